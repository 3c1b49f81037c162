/* The flow between the pages. What makes the account of what they say is account-assistant-chain.c.
 *
 * Nothing is added before a test has passed or a person said so. A sign-in whose account was not added is taken back when the window closes.
 */
#include "config.h"

#include "ui/account-assistant-private.h"

#include <glib/gi18n-lib.h>

#include "client/set-up-calls.h"
#include "ui/oauth-client-window.h"

enum { SAVED, CLOSED_AFTER, BY_HAND, IMPORT, REMEMBER, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAccountAssistant, mr_account_assistant, ADW_TYPE_WINDOW)

static gboolean
is_on (MrAccountAssistant *self, const char *page)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), page) == 0;
}

static const char *
next_label (MrAccountAssistant *self)
{
  if (is_on (self, "found"))
    return mr_assistant_found_get_way (self->found) == MR_WAY_SIGN_IN ? _ ("Sign In…") : _ ("Next");
  return _ ("Done");
}

void
mr_account_assistant_update_header (MrAccountAssistant *self)
{
  gboolean first = is_on (self, "address");

  gtk_widget_set_visible (self->cancel_button, first);
  gtk_widget_set_visible (self->back_button, !first && !self->saved);
  gtk_widget_set_visible (GTK_WIDGET (self->next_button),
                          is_on (self, "found") || (is_on (self, "done") && self->saved));
  gtk_button_set_label (self->next_button, next_label (self));
}

void
mr_account_assistant_go_to (MrAccountAssistant *self, const char *page)
{
  gtk_stack_set_visible_child_name (self->pages, page);
  mr_account_assistant_update_header (self);
}

static void
remember (MrAccountAssistant *self)
{
  g_autofree char *address = mr_assistant_address_dup_address (self->address);
  g_autofree char *name = mr_assistant_address_dup_name (self->address);

  if (!self->saved && *address != '\0')
    g_signal_emit (self, signals[REMEMBER], 0, address, name);
}

/* ---- to the next page ---- */

/* What came without protection is taken only by a person's word. */
static void
ask_insecure (MrAccountAssistant *self, const MrDiscoveryRecord *record)
{
  g_autofree char *text = g_strdup_printf (
      record->tls == MR_TLS_NONE
          ? _ ("Mail to %s goes over the network without encryption: everybody on the way can read it.")
          : _ (
              "Nobody vouches for these settings: somebody on the way may have put %s there to read your mail and your "
              "password. Compare the name with your provider's help pages."),
      record->host);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Use These Settings?"), text);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "use", _ ("Use Them"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "use", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response::use", G_CALLBACK (mr_account_assistant_go_on), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
next_clicked_cb (MrAccountAssistant *self)
{
  if (is_on (self, "done")) {
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  const MrDiscoveryRecord *record = mr_assistant_found_get_record (self->found);
  if (record == NULL || !mr_assistant_found_check (self->found))
    return;
  if (!record->secure || record->tls == MR_TLS_NONE)
    ask_insecure (self, record);
  else
    mr_account_assistant_go_on (self);
}

static void
back_clicked_cb (MrAccountAssistant *self)
{
  if (is_on (self, "done")) {
    mr_assistant_done_stop (self->done);
    mr_account_assistant_go_to (self, "found");
  } else if (is_on (self, "found") && self->chose_provider)
    mr_account_assistant_go_to (self, "providers");
  else
    mr_account_assistant_go_to (self, "address");
}

/* ---- what the pages ask for ---- */

static void
show_found (MrAccountAssistant *self, GPtrArray *results, gboolean chose_provider)
{
  g_autofree char *address = mr_assistant_address_dup_address (self->address);

  if (results->len == 0)
    return;
  remember (self);
  self->chose_provider = chose_provider;
  mr_assistant_found_show (self->found, results, mr_assistant_address_get_desktop_accounts (self->address), address);
  mr_account_assistant_go_to (self, "found");
  mr_assistant_found_focus (self->found);
}

static void
found_cb (MrAccountAssistant *self)
{
  show_found (self, mr_assistant_address_get_results (self->address), FALSE);
}

/* Told while the person looks at what was found; what was tested already is not taken back. */
static void
disagrees_cb (MrAccountAssistant *self)
{
  if (is_on (self, "found") && !self->chose_provider)
    mr_assistant_found_add (self->found, mr_assistant_address_get_results (self->address));
}

static void
choose_provider_cb (MrAccountAssistant *self)
{
  mr_account_assistant_go_to (self, "providers");
  mr_assistant_providers_show (self->providers);
}

static void
provider_chosen_cb (MrAccountAssistant *self)
{
  g_autoptr (GPtrArray) results = mr_assistant_providers_dup_results (self->providers);

  show_found (self, results, TRUE);
}

static void
check_microsoft_cb (MrAccountAssistant *self)
{
  mr_account_assistant_go_to (self, "address");
  mr_assistant_address_check_microsoft (self->address);
}

static void
search_again (MrAccountAssistant *self)
{
  mr_account_assistant_go_to (self, "address");
  mr_assistant_address_search (self->address);
}

static void
register_cb (MrAccountAssistant *self, const char *provider)
{
  GtkWidget *window = mr_oauth_client_window_new (self->desk, GTK_WINDOW (self), provider);

  g_signal_connect_object (window, "saved", G_CALLBACK (search_again), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

/* What is known so far goes along. */
static void
by_hand_cb (MrAccountAssistant *self)
{
  g_autofree char *address = mr_assistant_address_dup_address (self->address);
  g_autofree char *name = mr_assistant_address_dup_name (self->address);
  g_autoptr (MrAccountRecord) draft = NULL;

  if (is_on (self, "found") && mr_assistant_found_get_record (self->found) != NULL) {
    mr_account_assistant_make_account (self);
    draft = mr_account_record_copy (self->account);
  } else {
    draft = mr_account_record_new ();
    draft->name = g_strdup (name);
    draft->addresses = g_strsplit (address, ",", *address != '\0' ? 1 : 0);
    draft->tls = MR_TLS_IMPLICIT;
    draft->port = 465;
    draft->user = g_strdup (address);
    draft->host = g_strdup ("");
  }
  g_object_ref (self);
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[BY_HAND], 0, draft);
  g_object_unref (self);
}

static void
import_cb (MrAccountAssistant *self)
{
  g_object_ref (self);
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[IMPORT], 0);
  g_object_unref (self);
}

static void
connect_programs_cb (MrAccountAssistant *self)
{
  self->after = "connect";
  gtk_window_close (GTK_WINDOW (self));
}

static void
show_message_cb (MrAccountAssistant *self, const char *id)
{
  g_free (self->message);
  self->message = g_strdup (id);
  self->after = self->message;
  gtk_window_close (GTK_WINDOW (self));
}

/* ---- class ---- */

static void
taken_back_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  mr_client_sign_out_finish (MR_CLIENT (source), result, NULL);
}

static gboolean
mr_account_assistant_close_request (GtkWindow *window)
{
  MrAccountAssistant *self = MR_ACCOUNT_ASSISTANT (window);
  const char *after = self->after;

  remember (self);
  mr_assistant_address_stop (self->address);
  if (self->signed_in != NULL && !self->added)
    mr_client_sign_out_async (mr_desk_get_client (self->desk), self->signed_in, NULL, taken_back_cb, NULL);
  g_clear_pointer (&self->signed_in, g_free);
  if (self->saved) {
    self->after = "";
    g_signal_emit (self, signals[CLOSED_AFTER], 0, after);
    self->saved = FALSE;
  }
  return GTK_WINDOW_CLASS (mr_account_assistant_parent_class)->close_request (window);
}

static void
mr_account_assistant_dispose (GObject *object)
{
  MrAccountAssistant *self = MR_ACCOUNT_ASSISTANT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_account_assistant_parent_class)->dispose (object);
}

static void
mr_account_assistant_finalize (GObject *object)
{
  MrAccountAssistant *self = MR_ACCOUNT_ASSISTANT (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->account, mr_account_record_free);
  g_free (self->signed_in);
  g_free (self->message);
  G_OBJECT_CLASS (mr_account_assistant_parent_class)->finalize (object);
}

static void
mr_account_assistant_init (MrAccountAssistant *self)
{
  const struct {
    gpointer *page;
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { (gpointer *)&self->address, "found", G_CALLBACK (found_cb) },
    { (gpointer *)&self->address, "disagrees", G_CALLBACK (disagrees_cb) },
    { (gpointer *)&self->address, "by-hand", G_CALLBACK (by_hand_cb) },
    { (gpointer *)&self->address, "import", G_CALLBACK (import_cb) },
    { (gpointer *)&self->address, "choose-provider", G_CALLBACK (choose_provider_cb) },
    { (gpointer *)&self->address, "register", G_CALLBACK (register_cb) },
    { (gpointer *)&self->providers, "chosen", G_CALLBACK (provider_chosen_cb) },
    { (gpointer *)&self->found, "changed", G_CALLBACK (mr_account_assistant_update_header) },
    { (gpointer *)&self->found, "activated", G_CALLBACK (next_clicked_cb) },
    { (gpointer *)&self->found, "by-hand", G_CALLBACK (by_hand_cb) },
    { (gpointer *)&self->found, "check-microsoft", G_CALLBACK (check_microsoft_cb) },
    { (gpointer *)&self->found, "register", G_CALLBACK (register_cb) },
    { (gpointer *)&self->done, "tested", G_CALLBACK (mr_account_assistant_tested_cb) },
    { (gpointer *)&self->done, "add-anyway", G_CALLBACK (mr_account_assistant_add) },
    { (gpointer *)&self->done, "connect-programs", G_CALLBACK (connect_programs_cb) },
    { (gpointer *)&self->done, "show-message", G_CALLBACK (show_message_cb) },
  };

  self->cancellable = g_cancellable_new ();
  self->after = "";
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (*handlers[i].page, handlers[i].signal, handlers[i].callback, self, G_CONNECT_SWAPPED);
  mr_account_assistant_update_header (self);
}

static void
mr_account_assistant_class_init (MrAccountAssistantClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_ASSISTANT_ADDRESS);
  g_type_ensure (MR_TYPE_ASSISTANT_PROVIDERS);
  g_type_ensure (MR_TYPE_ASSISTANT_FOUND);
  g_type_ensure (MR_TYPE_ASSISTANT_DONE);
  object_class->dispose = mr_account_assistant_dispose;
  object_class->finalize = mr_account_assistant_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = mr_account_assistant_close_request;
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CLOSED_AFTER] = g_signal_new ("closed-after", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[BY_HAND] = g_signal_new ("by-hand", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[IMPORT] = g_signal_new ("import", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[REMEMBER] = g_signal_new ("remember", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/account-assistant.ui");
  gtk_widget_class_bind_template_child (widget_class, MrAccountAssistant, pages);
  gtk_widget_class_bind_template_child (widget_class, MrAccountAssistant, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MrAccountAssistant, back_button);
  gtk_widget_class_bind_template_child (widget_class, MrAccountAssistant, next_button);
  gtk_widget_class_bind_template_child (widget_class, MrAccountAssistant, address);
  gtk_widget_class_bind_template_child (widget_class, MrAccountAssistant, providers);
  gtk_widget_class_bind_template_child (widget_class, MrAccountAssistant, found);
  gtk_widget_class_bind_template_child (widget_class, MrAccountAssistant, done);
  gtk_widget_class_bind_template_callback (widget_class, next_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_account_assistant_new (MrDesk *desk, GtkWindow *parent)
{
  MrAccountAssistant *self = g_object_new (MR_TYPE_ACCOUNT_ASSISTANT, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  mr_assistant_address_set_desk (self->address, desk);
  mr_assistant_providers_set_desk (self->providers, desk);
  mr_assistant_done_set_desk (self->done, desk);
  /* Not before: a focus that is set before the window is there hides the window from accessibility clients (GTK 4.8). */
  g_signal_connect_object (self, "map", G_CALLBACK (mr_assistant_address_focus), self->address,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  return GTK_WIDGET (self);
}

void
mr_account_assistant_resume (MrAccountAssistant *self, const char *address, const char *name)
{
  g_return_if_fail (MR_IS_ACCOUNT_ASSISTANT (self));
  mr_assistant_address_resume (self->address, address, name);
}
