/* Ticks and fields. What is published fills them once; then they are the person's. */
#include "config.h"

#include "ui/domain-guide-ask.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/set-up-calls.h"
#include "ndr/domain-texts.h"
#include "ui/domain-finding-row.h"
#include "ui/format.h"
#include "ui/open-link.h"

struct _MrGuideAsk {
  AdwBin parent_instance;
  GtkSearchEntry *search;
  GtkListBox *services;
  AdwEntryRow *senders, *reports, *tls_reports;
  GtkWidget *signature_group, *provider_box, *provider_page, *sign_row, *ed25519_row, *propose, *tls_group,
      *propose_tls;
  GtkLabel *provider_words;
  GtkSwitch *sign, *ed25519, *lists;

  MrGuideSession *session;
  GCancellable *cancellable;
  GPtrArray *providers; /* MrDiscoveryRecord: whose pages there are */
  char *page;           /* of the account's provider; NULL: none */
};

G_DEFINE_FINAL_TYPE (MrGuideAsk, mr_guide_ask, ADW_TYPE_BIN)

/* ---- services ---- */

static void
service_toggled_cb (GtkCheckButton *button, MrGuideAsk *self)
{
  mr_guide_answers_set_service (mr_guide_session_get_answers (self->session),
                                g_object_get_data (G_OBJECT (button), "service"), gtk_check_button_get_active (button));
}

static GtkWidget *
new_service_row (MrGuideAsk *self, GVariant *service)
{
  const char *name = mr_guide_text (service, "name"), *id = mr_guide_text (service, "id");
  const char *term = mr_guide_text (service, "term");
  GtkWidget *row = adw_action_row_new (), *button = gtk_check_button_new ();
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *subtitle = g_markup_escape_text (
      *term != '\0' ? term : _ ("needs no entry here: it uses a return address and a key of its own"), -1);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button),
                               mr_guide_answers_has_service (mr_guide_session_get_answers (self->session), id));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "service", g_strdup (id), g_free);
  g_object_set_data_full (G_OBJECT (row), "name", g_utf8_casefold (name, -1), g_free);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  g_signal_connect (button, "toggled", G_CALLBACK (service_toggled_cb), self);
  return row;
}

/* Ticked ones first. */
static void
fill_services (MrGuideAsk *self)
{
  GVariant *services = mr_guide_session_get_services (self->session);
  const MrGuideAnswers *answers = mr_guide_session_get_answers (self->session);

  mr_domain_clear_list (self->services);
  for (guint pass = 0; services != NULL && pass < 2; pass++)
    for (gsize i = 0; i < g_variant_n_children (services); i++) {
      g_autoptr (GVariant) service = g_variant_get_child_value (services, i);

      if (mr_guide_answers_has_service (answers, mr_guide_text (service, "id")) == (pass == 0))
        gtk_list_box_append (self->services, new_service_row (self, service));
    }
}

static gboolean
filter_cb (GtkListBoxRow *row, gpointer data)
{
  MrGuideAsk *self = data;
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  const char *name = g_object_get_data (G_OBJECT (row), "name");

  return name == NULL || strstr (name, wanted) != NULL;
}

static void
search_changed_cb (MrGuideAsk *self)
{
  gtk_list_box_invalidate_filter (self->services);
}

/* ---- the signature ---- */

static const MrDomainFinding *
find_signature (MrGuideAsk *self)
{
  const MrDomainReport *report = mr_guide_session_get_report (self->session);

  return report != NULL ? mr_domain_report_find (report, "dkim", NULL) : NULL;
}

/* The provider's key counts behind a provider; its words are the check's. */
static void
show_provider (MrGuideAsk *self, const MrAccountRecord *account)
{
  const MrDomainFinding *finding = find_signature (self);
  g_autofree char *sentence = finding != NULL ? mr_domain_dup_sentence (finding) : g_strdup ("");
  g_autofree char *remedy = finding != NULL ? mr_domain_dup_remedy (finding) : g_strdup ("");
  g_autofree char *first
      = account == NULL ? g_strdup (_ ("Once an account sends for the domain, its provider’s signature counts."))
                        : g_strdup_printf (_ ("%s signs the mail that it hands on: its key counts, and no key of "
                                              "this program is needed."),
                                           mr_format_account_name (account));
  g_autofree char *text = g_strdup_printf ("%s\n%s %s", first, sentence, remedy);

  gtk_label_set_text (self->provider_words, g_strstrip (text));
  g_clear_pointer (&self->page, g_free);
  for (guint i = 0; account != NULL && self->providers != NULL && i < self->providers->len; i++) {
    const MrDiscoveryRecord *record = self->providers->pdata[i];

    if (self->page == NULL && *account->provider != '\0' && strcmp (record->provider, account->provider) == 0
        && mr_link_may_be_opened (record->help_url))
      self->page = g_strdup (record->help_url);
  }
  gtk_widget_set_visible (self->provider_page, self->page != NULL);
}

static void
show_signature (MrGuideAsk *self)
{
  GPtrArray *keys = mr_guide_session_get_keys (self->session);
  gboolean direct = mr_guide_session_is_direct (self->session);
  g_autofree char *there = keys != NULL && keys->len > 0
                               ? g_strdup_printf (_ ("With the key %s."), ((MrDkimKeyRecord *)keys->pdata[0])->selector)
                               : g_strdup (_ ("A key is made when you go on, and kept with your saved passwords. It "
                                              "begins to sign once its entry is published."));

  gtk_widget_set_visible (self->provider_box, !direct);
  gtk_widget_set_visible (self->sign_row, direct);
  gtk_widget_set_visible (self->ed25519_row, direct && gtk_switch_get_active (self->sign));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->sign_row), there);
  if (!direct)
    show_provider (self, mr_guide_session_get_account (self->session));
}

static void
sign_changed_cb (MrGuideAsk *self)
{
  if (self->session != NULL)
    show_signature (self);
}

static void
provider_page_clicked_cb (MrGuideAsk *self)
{
  if (self->page != NULL)
    mr_open_link (GTK_WIDGET (self), self->page);
}

static void
providers_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) providers = mr_client_list_providers_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || providers == NULL)
    return; /* without it there is no button */
  MrGuideAsk *self = data;
  self->providers = g_steal_pointer (&providers);
  show_signature (self);
}

/* ---- fields ---- */

static void
propose_clicked_cb (MrGuideAsk *self)
{
  g_autofree char *address = g_strdup_printf ("dmarc-reports@%s", mr_guide_session_get_domain (self->session));

  gtk_editable_set_text (GTK_EDITABLE (self->reports), address);
}

/* "tls-reports" of what is there. NULL: it has not come. (transfer full) */
static GVariant *
dup_tls (MrGuideAsk *self)
{
  GVariant *published = mr_guide_session_get_published (self->session);

  return published != NULL ? g_variant_lookup_value (published, "tls-reports", G_VARIANT_TYPE_VARDICT) : NULL;
}

static void
propose_tls_clicked_cb (MrGuideAsk *self)
{
  g_autoptr (GVariant) tls = dup_tls (self);

  if (tls != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->tls_reports), mr_guide_text (tls, "proposed"));
}

static void
show_tls (MrGuideAsk *self)
{
  g_autoptr (GVariant) tls = dup_tls (self);

  if (tls != NULL)
    adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->tls_group), mr_guide_text (tls, "words"));
  gtk_widget_set_visible (self->propose_tls, tls != NULL && *mr_guide_text (tls, "proposed") != '\0');
}

static void
answers_changed_cb (MrGuideAsk *self)
{
  const MrGuideAnswers *answers = mr_guide_session_get_answers (self->session);

  gtk_editable_set_text (GTK_EDITABLE (self->senders), answers->senders);
  gtk_editable_set_text (GTK_EDITABLE (self->reports), answers->reports);
  gtk_editable_set_text (GTK_EDITABLE (self->tls_reports), answers->tls_reports);
  fill_services (self);
  show_tls (self);
}

void
mr_guide_ask_take (MrGuideAsk *self)
{
  MrGuideAnswers *answers = mr_guide_session_get_answers (self->session);

  mr_guide_answers_set (&answers->senders, gtk_editable_get_text (GTK_EDITABLE (self->senders)));
  mr_guide_answers_set (&answers->reports, gtk_editable_get_text (GTK_EDITABLE (self->reports)));
  mr_guide_answers_set (&answers->tls_reports, gtk_editable_get_text (GTK_EDITABLE (self->tls_reports)));
  answers->lists = gtk_switch_get_active (self->lists);
  answers->sign = mr_guide_session_is_direct (self->session) && gtk_switch_get_active (self->sign);
  answers->ed25519 = answers->sign && gtk_switch_get_active (self->ed25519);
}

void
mr_guide_ask_set_session (MrGuideAsk *self, MrGuideSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed::lists", G_CALLBACK (fill_services), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed::answers", G_CALLBACK (answers_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed::keys", G_CALLBACK (show_signature), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed::report", G_CALLBACK (show_signature), self, G_CONNECT_SWAPPED);
  mr_client_list_providers_async (mr_desk_get_client (mr_guide_session_get_desk (session)), self->cancellable,
                                  providers_cb, self);
  show_signature (self);
}

/* ---- class ---- */

static void
mr_guide_ask_dispose (GObject *object)
{
  MrGuideAsk *self = MR_GUIDE_ASK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (mr_guide_ask_parent_class)->dispose (object);
}

static void
mr_guide_ask_finalize (GObject *object)
{
  MrGuideAsk *self = MR_GUIDE_ASK (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->providers, g_ptr_array_unref);
  g_free (self->page);
  G_OBJECT_CLASS (mr_guide_ask_parent_class)->finalize (object);
}

static void
mr_guide_ask_init (MrGuideAsk *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_filter_func (self->services, filter_cb, self, NULL);
}

static void
mr_guide_ask_class_init (MrGuideAskClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_guide_ask_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_guide_ask_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-guide-ask.ui");
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, search);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, services);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, senders);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, reports);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, tls_reports);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, signature_group);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, provider_box);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, provider_page);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, sign_row);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, ed25519_row);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, propose);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, propose_tls);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, tls_group);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, provider_words);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, sign);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, ed25519);
  gtk_widget_class_bind_template_child (widget_class, MrGuideAsk, lists);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, propose_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, propose_tls_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, provider_page_clicked_cb);
}
