/* The flow between the pages, and the chain that makes the account: sign in (where the way asks for it), test, add, password.
 *
 * Nothing is added before a test has passed or a person said so. A step of the chain that was done is not repeated. A sign-in whose account was not
 * added is taken back when the window closes.
 */
#include "config.h"

#include "ui/account-assistant.h"

#include <glib/gi18n-lib.h>

#include "client/set-up-calls.h"
#include "ui/account-assistant-address.h"
#include "ui/account-assistant-done.h"
#include "ui/account-assistant-found.h"
#include "ui/account-assistant-providers.h"
#include "ui/account-assistant-rules.h"
#include "ui/format.h"
#include "ui/oauth-client-window.h"
#include "ui/record-item.h"
#include "ui/secrets-dialog.h"
#include "ui/sign-in-window.h"
#include "ui/toast.h"

struct _MrAccountAssistant {
  AdwWindow parent_instance;
  GtkStack *pages;
  GtkWidget *cancel_button, *back_button;
  GtkButton *next_button;
  MrAssistantAddress *address;
  MrAssistantProviders *providers;
  MrAssistantFound *found;
  MrAssistantDone *done;

  MrDesk *desk;
  GCancellable *cancellable;
  MrAccountRecord *account; /* being signed in, tested, added */
  char *signed_in;          /* account id of a sign-in whose account is not added yet */
  gboolean chose_provider;  /* the settings came from the list */
  gboolean added, saved;
  const char *after; /* what to do when the window has closed; "" */
  char *message;
};

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

static void
update_header (MrAccountAssistant *self)
{
  gboolean first = is_on (self, "address");

  gtk_widget_set_visible (self->cancel_button, first);
  gtk_widget_set_visible (self->back_button, !first && !self->saved);
  gtk_widget_set_visible (GTK_WIDGET (self->next_button),
                          is_on (self, "found") || (is_on (self, "done") && self->saved));
  gtk_button_set_label (self->next_button, next_label (self));
}

static void
go_to (MrAccountAssistant *self, const char *page)
{
  gtk_stack_set_visible_child_name (self->pages, page);
  update_header (self);
}

static void
remember (MrAccountAssistant *self)
{
  g_autofree char *address = mr_assistant_address_dup_address (self->address);
  g_autofree char *name = mr_assistant_address_dup_name (self->address);

  if (!self->saved && *address != '\0')
    g_signal_emit (self, signals[REMEMBER], 0, address, name);
}

/* ---- adding ---- */

static void store_password (MrAccountAssistant *self);

static void
finish (MrAccountAssistant *self)
{
  self->saved = TRUE;
  g_clear_pointer (&self->signed_in, g_free);
  mr_assistant_found_forget (self->found);
  mr_assistant_done_set_saved (self->done);
  update_header (self);
  g_signal_emit (self, signals[SAVED], 0, self->account->id);
}

static void
unlock_clicked_cb (MrAccountAssistant *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.unlock-keyring", NULL);
}

static void
password_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_set_password_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAccountAssistant *self = data;
  if (ok)
    finish (self);
  else if (g_error_matches (error, MR_ERROR, MR_ERROR_NO_KEYRING)) {
    GtkWidget *dialog = mr_secrets_dialog_new (self->desk, GTK_WINDOW (self));
    g_signal_connect_object (dialog, "chosen", G_CALLBACK (store_password), self, G_CONNECT_SWAPPED);
    gtk_window_present (GTK_WINDOW (dialog));
  } else if (g_error_matches (error, MR_ERROR, MR_ERROR_KEYRING_LOCKED))
    mr_toast_show_button (GTK_WIDGET (self), _ ("Your saved passwords are locked. Unlock them, then test again."),
                          _ ("Unlock…"), G_CALLBACK (unlock_clicked_cb), G_OBJECT (self));
  else
    mr_toast_show_error (GTK_WIDGET (self), _ ("The account is saved, but its password is not"), error);
}

static void
store_password (MrAccountAssistant *self)
{
  MrSecret *secret = mr_assistant_done_get_secret (self->done);

  if (secret == NULL)
    finish (self);
  else
    mr_client_set_password_async (mr_desk_get_client (self->desk), self->account->id, secret, self->cancellable,
                                  password_done_cb, self);
}

static void
account_done (MrAccountAssistant *self, gboolean ok, const GError *error)
{
  if (!ok) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not save the account"), error);
    return;
  }
  self->added = TRUE;
  store_password (self);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_add_account_finish (MR_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    account_done (data, ok, error);
}

static void
updated_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_update_account_finish (MR_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    account_done (data, ok, error);
}

static void
add (MrAccountAssistant *self)
{
  const MrAccountRecord *tested = mr_assistant_done_get_account (self->done);

  if (self->saved || tested == NULL)
    return;
  if (self->added)
    mr_client_update_account_async (mr_desk_get_client (self->desk), tested, self->cancellable, updated_cb, self);
  else
    mr_client_add_account_async (mr_desk_get_client (self->desk), tested, self->cancellable, added_cb, self);
}

static void
tested_cb (MrAccountAssistant *self, gboolean ok)
{
  if (ok)
    add (self);
}

/* ---- from what was found to the test ---- */

static GStrv
dup_taken_ids (MrAccountAssistant *self)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const char *id = ((MrAccountRecord *)mr_record_item_get (item))->id;
    if (!self->added || self->account == NULL || g_strcmp0 (id, self->account->id) != 0)
      g_strv_builder_add (builder, id);
  }
  return g_strv_builder_end (builder);
}

static void
make_account (MrAccountAssistant *self)
{
  g_autofree char *address = mr_assistant_address_dup_address (self->address);
  g_autofree char *name = mr_assistant_address_dup_name (self->address);
  g_autofree char *host = mr_assistant_found_dup_host (self->found);
  g_autofree char *user = mr_assistant_found_dup_user (self->found);
  g_auto (GStrv) taken = dup_taken_ids (self);
  const MrAssistantPlan plan = { .record = mr_assistant_found_get_record (self->found),
                                 .host = host,
                                 .address = address,
                                 .name = name,
                                 .user = user,
                                 .way = mr_assistant_found_get_way (self->found),
                                 .desktop_account = mr_assistant_found_get_desktop_account (self->found),
                                 .taken = (const char *const *)taken };
  MrAccountRecord *account = mr_assistant_make_account (&plan);

  /* What was added or signed in keeps its id. */
  const char *kept = self->signed_in != NULL ? self->signed_in : self->added ? self->account->id : NULL;
  if (kept != NULL) {
    g_free (account->id);
    account->id = g_strdup (kept);
  }
  g_clear_pointer (&self->account, mr_account_record_free);
  self->account = account;
}

static void
start_test (MrAccountAssistant *self)
{
  g_autoptr (MrSecret) secret = mr_assistant_found_dup_secret (self->found);

  go_to (self, "done");
  mr_assistant_done_start (self->done, self->account, secret);
}

static void
signed_in_cb (MrAccountAssistant *self)
{
  g_free (self->signed_in);
  self->signed_in = g_strdup (self->account->id);
  start_test (self);
}

static void
go_on (MrAccountAssistant *self)
{
  make_account (self);
  if (mr_assistant_found_get_way (self->found) != MR_WAY_SIGN_IN) {
    start_test (self);
    return;
  }
  GtkWidget *window = mr_sign_in_window_new (self->desk, GTK_WINDOW (self), self->account);
  g_signal_connect_object (window, "signed-in", G_CALLBACK (signed_in_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

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
  g_signal_connect_object (dialog, "response::use", G_CALLBACK (go_on), self, G_CONNECT_SWAPPED);
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
    go_on (self);
}

static void
back_clicked_cb (MrAccountAssistant *self)
{
  if (is_on (self, "done")) {
    mr_assistant_done_stop (self->done);
    go_to (self, "found");
  } else if (is_on (self, "found") && self->chose_provider)
    go_to (self, "providers");
  else
    go_to (self, "address");
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
  go_to (self, "found");
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
  go_to (self, "providers");
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
  go_to (self, "address");
  mr_assistant_address_check_microsoft (self->address);
}

static void
search_again (MrAccountAssistant *self)
{
  go_to (self, "address");
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
    make_account (self);
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
    { (gpointer *)&self->found, "changed", G_CALLBACK (update_header) },
    { (gpointer *)&self->found, "activated", G_CALLBACK (next_clicked_cb) },
    { (gpointer *)&self->found, "by-hand", G_CALLBACK (by_hand_cb) },
    { (gpointer *)&self->found, "check-microsoft", G_CALLBACK (check_microsoft_cb) },
    { (gpointer *)&self->found, "register", G_CALLBACK (register_cb) },
    { (gpointer *)&self->done, "tested", G_CALLBACK (tested_cb) },
    { (gpointer *)&self->done, "add-anyway", G_CALLBACK (add) },
    { (gpointer *)&self->done, "connect-programs", G_CALLBACK (connect_programs_cb) },
    { (gpointer *)&self->done, "show-message", G_CALLBACK (show_message_cb) },
  };

  self->cancellable = g_cancellable_new ();
  self->after = "";
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (*handlers[i].page, handlers[i].signal, handlers[i].callback, self, G_CONNECT_SWAPPED);
  update_header (self);
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
