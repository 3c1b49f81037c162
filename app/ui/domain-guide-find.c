/* The route is asked first: it decides what is a fault. The check runs in the service and is begun anew where the route changes. */
#include "config.h"

#include "ui/domain-guide-find.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ndr/domain-texts.h"
#include "ui/domain-finding-row.h"
#include "ui/format.h"
#include "ui/record-item.h"

struct _MrGuideFind {
  AdwBin parent_instance;
  GtkListBox *routes, *findings;
  GtkWidget *choice_group, *address_group, *add_account, *stop, *again, *ask_service, *ask_lists;
  GtkLabel *choice, *summary, *address_words;
  AdwEntryRow *address;
  GtkProgressBar *progress;

  GtkCheckButton
      *no_route;           /* never shown: with it one route alone is a choice of one, no tick that can be taken away */
  MrGuideSession *session; /* NULL: not begun, or closed */
  char *shown_routes;      /* what the rows were made of */
  char *asked;             /* addresses of the check that runs: an answer once the service has taken them */
  gboolean filling;        /* a tick is set, not clicked */
  gboolean service, lists; /* the person agreed that they are asked */
};

enum { ADD_ACCOUNT, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrGuideFind, mr_guide_find, ADW_TYPE_BIN)

static void
check (MrGuideFind *self)
{
  g_autofree char *addresses = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->address))));
  const MrClientDomainCheck options
      = { .addresses = addresses, .ask_service = self->service, .blocklists = self->lists };

  g_free (self->asked);
  self->asked = g_strdup (addresses);
  mr_guide_session_check (self->session, &options);
}

/* ---- the route ---- */

static void
route_toggled_cb (GtkCheckButton *button, MrGuideFind *self)
{
  MrGuideAnswers *answers;
  const char *id = g_object_get_data (G_OBJECT (button), "account");

  if (self->filling || self->session == NULL || !gtk_check_button_get_active (button))
    return;
  answers = mr_guide_session_get_answers (self->session);
  mr_guide_answers_set (&answers->account, id);
  answers->direct = *id == '\0';
  check (self);
}

static GtkCheckButton *
append_route (MrGuideFind *self, const char *id, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_check_button_new ();
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *subtitle_markup = g_markup_escape_text (subtitle, -1);

  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), self->no_route);
  g_object_set_data_full (G_OBJECT (button), "account", g_strdup (id), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle_markup);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  g_signal_connect (button, "toggled", G_CALLBACK (route_toggled_cb), self);
  gtk_list_box_append (self->routes, row);
  return GTK_CHECK_BUTTON (button);
}

static const char *
way_of (const MrAccountRecord *account)
{
  return account->kind == MR_ACCOUNT_DIRECT ? _ ("without a provider") : account->host;
}

/* What tells whether the rows are still true. */
static char *
dup_routes (MrGuideFind *self)
{
  GListModel *accounts = mr_desk_get_accounts (mr_guide_session_get_desk (self->session));
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);

    if (mr_guide_account_fits (account, mr_guide_session_get_domain (self->session)))
      g_string_append_printf (out, "%s\n%s\n%s\n", account->id, mr_format_account_name (account), way_of (account));
  }
  return g_string_free (out, FALSE);
}

static void
fill_routes (MrGuideFind *self)
{
  GListModel *accounts = mr_desk_get_accounts (mr_guide_session_get_desk (self->session));
  const char *domain = mr_guide_session_get_domain (self->session);
  const MrAccountRecord *now = mr_guide_session_get_account (self->session);
  GtkCheckButton *button;
  gboolean has_direct = FALSE;

  g_free (self->shown_routes);
  self->shown_routes = dup_routes (self);
  self->filling = TRUE;
  gtk_check_button_set_active (self->no_route, TRUE);
  mr_domain_clear_list (self->routes);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);

    if (!mr_guide_account_fits (account, domain))
      continue;
    button = append_route (self, account->id, mr_format_account_name (account), way_of (account));
    gtk_check_button_set_active (button, now != NULL && strcmp (now->id, account->id) == 0);
    has_direct = has_direct || account->kind == MR_ACCOUNT_DIRECT;
  }
  if (!has_direct) {
    button = append_route (self, "", _ ("Without a provider"),
                           _ ("this computer brings the mail to each recipient’s server itself"));
    gtk_check_button_set_active (button, mr_guide_session_get_answers (self->session)->direct);
  }
  self->filling = FALSE;
}

/* ---- findings ---- */

static const MrDomainFinding *
find (GPtrArray *findings, const char *check)
{
  for (guint i = 0; i < findings->len; i++) {
    const MrDomainFinding *finding = findings->pdata[i];

    if (strcmp (finding->check, check) == 0 && finding->state != MR_FINDING_NOT_APPLICABLE)
      return finding;
  }
  return NULL;
}

static void
show_choice (MrGuideFind *self, GPtrArray *findings, gboolean done)
{
  const MrAccountRecord *account = mr_guide_session_get_account (self->session);
  const MrDomainFinding *finding = find (findings, "choice");
  gboolean direct = mr_guide_session_is_direct (self->session);
  gboolean none = account == NULL && !direct;

  gtk_widget_set_visible (self->address_group, direct);
  gtk_widget_set_visible (self->choice_group, none || (direct && finding != NULL));
  if (none)
    gtk_label_set_text (self->choice, _ ("No account sends for this domain yet. A provider is the way that works "
                                         "everywhere. To see whether this computer could do without one, choose "
                                         "“Without a provider” above."));
  else if (direct && finding != NULL) {
    g_autofree char *sentence = mr_domain_dup_sentence (finding), *remedy = mr_domain_dup_remedy (finding);
    g_autofree char *text = g_strjoin (*remedy != '\0' ? " " : "", sentence, remedy, NULL);

    gtk_label_set_text (self->choice, text);
  }
  gtk_widget_set_visible (self->add_account, none || finding == NULL || finding->state != MR_FINDING_GOOD);
}

/* Each address that is known, and how it was learnt. */
static void
show_addresses (MrGuideFind *self, GPtrArray *findings)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++) {
    const MrDomainFinding *finding = findings->pdata[i];
    g_autofree char *sentence = mr_domain_dup_sentence (finding), *meaning = mr_domain_dup_meaning (finding);

    if (strcmp (finding->check, "public-address") == 0 && finding->state != MR_FINDING_NOT_APPLICABLE)
      g_string_append_printf (words, "%s%s%s%s", words->len > 0 ? "\n" : "", sentence, *meaning != '\0' ? " " : "",
                              meaning);
  }
  gtk_label_set_text (self->address_words, words->str);
  gtk_widget_set_visible (GTK_WIDGET (self->address_words), words->len > 0);
  g_string_free (words, TRUE);
}

/* What the check has learnt is what the entries are to be about, where nothing was typed. */
static void
take_addresses (MrGuideFind *self, const MrDomainReport *report)
{
  g_autoptr (GString) found = g_string_new (NULL);

  if (!mr_guide_session_is_direct (self->session) || *gtk_editable_get_text (GTK_EDITABLE (self->address)) != '\0')
    return;
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *finding = report->findings->pdata[i];

    if (strcmp (finding->check, "public-address") == 0 && finding->state == MR_FINDING_GOOD)
      g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", finding->subject);
  }
  if (found->len > 0)
    mr_guide_answers_set (&mr_guide_session_get_answers (self->session)->addresses, found->str);
}

static guint
fill_findings (MrGuideFind *self, GPtrArray *findings)
{
  guint n = 0;

  mr_domain_clear_list (self->findings);
  for (guint i = 0; i < findings->len; i++) {
    const MrDomainFinding *finding = findings->pdata[i];

    if ((finding->state != MR_FINDING_WRONG && finding->state != MR_FINDING_ATTENTION)
        || mr_domain_check_is_further (finding->check) || strcmp (finding->check, "choice") == 0)
      continue;
    gtk_list_box_append (self->findings, mr_domain_finding_row_new (finding));
    n++;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->findings), n > 0);
  return n;
}

static void
report_changed_cb (MrGuideFind *self)
{
  const MrDomainReport *report = mr_guide_session_get_report (self->session);
  GPtrArray *findings = report != NULL ? report->findings : mr_guide_session_get_findings (self->session);
  double fraction = 0;
  gboolean checking = mr_guide_session_is_checking (self->session, &fraction);
  guint n = fill_findings (self, findings);

  gtk_widget_set_visible (GTK_WIDGET (self->progress), checking);
  gtk_widget_set_visible (self->stop, checking);
  gtk_widget_set_visible (self->again, !checking);
  gtk_progress_bar_set_fraction (self->progress, fraction);
  g_autofree char *wrong = g_strdup_printf (
      ngettext ("%u thing is wrong or deserves attention. The next pages help with what can be entered in the DNS.",
                "%u things are wrong or deserve attention. The next pages help with what can be entered in the DNS.",
                n),
      n);
  gtk_label_set_text (self->summary, checking          ? _ ("Looking…")
                                     : report == NULL  ? _ ("The check was stopped.")
                                     : report->stopped ? _ ("The check was stopped.")
                                     : n == 0          ? _ ("No mistake was found.")
                                                       : wrong);
  show_choice (self, findings, report != NULL);
  show_addresses (self, findings);
  if (report == NULL)
    return;
  if (self->asked != NULL && *self->asked != '\0')
    mr_guide_answers_set (&mr_guide_session_get_answers (self->session)->addresses, self->asked);
  take_addresses (self, report);
}

static void
stop_clicked_cb (MrGuideFind *self)
{
  mr_guide_session_stop_check (self->session);
}

static void
again_clicked_cb (MrGuideFind *self)
{
  check (self);
}

static void
address_applied_cb (MrGuideFind *self)
{
  check (self);
}

static void
ask_service_clicked_cb (MrGuideFind *self)
{
  self->service = TRUE;
  check (self);
}

static void
ask_lists_clicked_cb (MrGuideFind *self)
{
  self->lists = TRUE;
  check (self);
}

static void
add_account_clicked_cb (MrGuideFind *self)
{
  g_signal_emit (self, signals[ADD_ACCOUNT], 0);
}

/* Every change of an account's state comes here; rows that are made anew would take the keyboard away. */
static void
accounts_changed_cb (MrGuideFind *self)
{
  g_autofree char *routes = dup_routes (self);

  if (g_strcmp0 (routes, self->shown_routes) == 0)
    return;
  fill_routes (self);
  report_changed_cb (self);
}

void
mr_guide_find_set_session (MrGuideFind *self, MrGuideSession *session)
{
  self->session = g_object_ref (session);
  fill_routes (self);
  g_signal_connect_object (session, "changed::report", G_CALLBACK (report_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mr_guide_session_get_desk (session), "accounts-changed", G_CALLBACK (accounts_changed_cb),
                           self, G_CONNECT_SWAPPED);
  check (self);
}

static void
mr_guide_find_dispose (GObject *object)
{
  g_clear_object (&MR_GUIDE_FIND (object)->session);
  g_clear_object (&MR_GUIDE_FIND (object)->no_route);
  G_OBJECT_CLASS (mr_guide_find_parent_class)->dispose (object);
}

static void
mr_guide_find_finalize (GObject *object)
{
  g_free (MR_GUIDE_FIND (object)->asked);
  g_free (MR_GUIDE_FIND (object)->shown_routes);
  G_OBJECT_CLASS (mr_guide_find_parent_class)->finalize (object);
}

static void
mr_guide_find_init (MrGuideFind *self)
{
  self->no_route = g_object_ref_sink (GTK_CHECK_BUTTON (gtk_check_button_new ()));
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_guide_find_class_init (MrGuideFindClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_guide_find_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_guide_find_finalize;
  signals[ADD_ACCOUNT] = g_signal_new ("add-account", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/domain-guide-find.ui");
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, routes);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, findings);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, choice_group);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, address_group);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, add_account);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, stop);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, again);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, ask_service);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, ask_lists);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, choice);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, summary);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, address);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, address_words);
  gtk_widget_class_bind_template_child (widget_class, MrGuideFind, progress);
  gtk_widget_class_bind_template_callback (widget_class, stop_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, ask_service_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, ask_lists_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_account_clicked_cb);
}
