/* Which domain was checked is asked once for each set of accounts, and only where there is one that may be the person's own. */
#include "config.h"

#include "ui/set-up-card.h"

#include <glib/gi18n-lib.h>

#include "client/domain-calls.h"
#include "ui/record-item.h"
#include "ui/set-up-state.h"
#include "ui/settings.h"

struct _MrSetUpCard {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkLabel *title, *text;
  GtkButton *button;

  MrDesk *desk;
  GSettings *settings; /* NULL: nothing is remembered */
  GCancellable *cancellable;
  MrSetUpNext next;
  char *own_domain; /* of the accounts; NULL */
  char *asked;      /* the domain of which it is known or asked whether it was checked; NULL */
  gboolean unchecked;
};

G_DEFINE_FINAL_TYPE (MrSetUpCard, mr_set_up_card, GTK_TYPE_WIDGET)

static void update (MrSetUpCard *self);

/* ---- the domain ---- */

static void
domains_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) domains = mr_client_list_domains_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSetUpCard *self = data;
  self->unchecked = domains != NULL;
  for (guint i = 0; domains != NULL && i < domains->len; i++) {
    const MrDomainRecord *record = g_ptr_array_index (domains, i);

    if (record->checked > 0 && g_ascii_strcasecmp (record->domain, self->asked) == 0)
      self->unchecked = FALSE;
  }
  update (self);
}

static void
ask_for_domain (MrSetUpCard *self)
{
  if (self->own_domain == NULL || g_strcmp0 (self->own_domain, self->asked) == 0)
    return;
  g_free (self->asked);
  self->asked = g_strdup (self->own_domain);
  self->unchecked = FALSE;
  mr_client_list_domains_async (mr_desk_get_client (self->desk), self->cancellable, domains_cb, self);
}

/* The first account's that has one of its own, the default account's before all. (transfer full) */
static char *
dup_own_domain (GListModel *accounts)
{
  g_autofree char *domain = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);

    if (account->own_domain == NULL || *account->own_domain == '\0' || (domain != NULL && !account->is_default))
      continue;
    g_free (domain);
    domain = g_strdup (account->own_domain);
  }
  return g_steal_pointer (&domain);
}

/* ---- what is said ---- */

static void
say (MrSetUpCard *self, const char *title, const char *text, const char *button)
{
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->text, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_button_set_label (self->button, button);
}

static void
show_next (MrSetUpCard *self)
{
  g_autofree char *text = NULL, *address = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), self->next != MR_SET_UP_NOTHING);
  switch (self->next) {
  case MR_SET_UP_ACCOUNT:
    address = mr_set_up_dup_address (self->settings);
    text = address != NULL ? g_strdup_printf (_ ("%s is not set up yet"), address) : NULL;
    say (self, text != NULL ? text : _ ("Mail cannot leave yet"),
         _ ("Add a sending account: your address, and your provider's password or sign-in."), _ ("Finish Setting Up"));
    break;
  case MR_SET_UP_PROGRAMS:
    say (self, _ ("Your account works"), _ ("Connect the programs that shall send mail, or send a test to yourself."),
         _ ("Finish Setting Up"));
    break;
  case MR_SET_UP_DOMAIN:
    text = g_strdup_printf (_ ("%s is your own domain. See whether receivers can tell your mail from forgeries."),
                            self->own_domain);
    say (self, _ ("Your domain"), text, _ ("Check the Domain"));
    break;
  case MR_SET_UP_NOTHING:
    break;
  }
}

static void
update (MrSetUpCard *self)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  MrNoticeFacts facts;

  mr_desk_get_notice_facts (self->desk, &facts);
  g_free (self->own_domain);
  self->own_domain = dup_own_domain (accounts);
  ask_for_domain (self);
  const MrSetUpFacts now = { .n_accounts = g_list_model_get_n_items (accounts),
                             .accounts_known = mr_desk_knows_accounts (self->desk),
                             .mail_waits = facts.n_waiting > 0,
                             .own_domain = self->unchecked ? self->own_domain : NULL };
  self->next = mr_set_up_next (self->settings, &now);
  show_next (self);
}

static void
button_clicked_cb (MrSetUpCard *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (self->next == MR_SET_UP_ACCOUNT)
    gtk_widget_activate_action (widget, "win.add-account", NULL);
  else if (self->next == MR_SET_UP_PROGRAMS)
    gtk_widget_activate_action (widget, "win.finish-set-up", NULL);
  else if (self->next == MR_SET_UP_DOMAIN)
    gtk_widget_activate_action (widget, "app.open-domain", "(ss)", self->own_domain, "");
  if (self->next == MR_SET_UP_DOMAIN) {
    /* It is being looked at; next time the list of domains tells whether it was. */
    self->unchecked = FALSE;
    update (self);
  }
}

static void
dismiss_clicked_cb (MrSetUpCard *self)
{
  if (self->next == MR_SET_UP_DOMAIN)
    mr_set_up_dismiss_domain (self->settings, self->own_domain);
  else
    mr_set_up_finish (self->settings);
  update (self);
}

/* ---- class ---- */

void
mr_set_up_card_set_desk (MrSetUpCard *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_SET_UP_CARD (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
  self->settings = mr_settings_new ();
  g_signal_connect_object (desk, "accounts-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (desk, "status-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  if (self->settings != NULL)
    g_signal_connect_object (self->settings, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
mr_set_up_card_dispose (GObject *object)
{
  MrSetUpCard *self = MR_SET_UP_CARD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->desk);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (mr_set_up_card_parent_class)->dispose (object);
}

static void
mr_set_up_card_finalize (GObject *object)
{
  MrSetUpCard *self = MR_SET_UP_CARD (object);

  g_clear_object (&self->cancellable);
  g_free (self->own_domain);
  g_free (self->asked);
  G_OBJECT_CLASS (mr_set_up_card_parent_class)->finalize (object);
}

static void
mr_set_up_card_init (MrSetUpCard *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_set_up_card_class_init (MrSetUpCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_set_up_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_set_up_card_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/set-up-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MrSetUpCard, box);
  gtk_widget_class_bind_template_child (widget_class, MrSetUpCard, title);
  gtk_widget_class_bind_template_child (widget_class, MrSetUpCard, text);
  gtk_widget_class_bind_template_child (widget_class, MrSetUpCard, button);
  gtk_widget_class_bind_template_callback (widget_class, button_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_clicked_cb);
}
