/* What can be done with accounts from anywhere in the window: adding, changing, order, pause, a message to oneself. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "ui/account-assistant-message.h"
#include "ui/account-assistant.h"
#include "ui/account-editor.h"
#include "ui/account-form.h"
#include "ui/connect-window.h"
#include "ui/export-accounts.h"
#include "ui/format.h"
#include "ui/import-window.h"
#include "ui/record-item.h"
#include "ui/remove-account.h"
#include "ui/set-up-state.h"
#include "ui/sign-in-window.h"
#include "ui/toast.h"
#include "ui/window-private.h"

#include "client/autostart.h"
#include "client/set-up-calls.h"

static MrClient *
client_of (MrWindow *self)
{
  return mr_desk_get_client (self->desk);
}

/* For the calls whose success shows by itself. */
#define DEFINE_DONE(name, finish, words)                                                                               \
  static void name (GObject *source, GAsyncResult *result, gpointer data)                                              \
  {                                                                                                                    \
    g_autoptr (GError) error = NULL;                                                                                   \
                                                                                                                       \
    if (!finish (MR_CLIENT (source), result, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))    \
      mr_toast_show_error (data, words, error);                                                                        \
  }

DEFINE_DONE (account_updated_cb, mr_client_update_account_finish, _ ("Could not change the account"))
DEFINE_DONE (default_set_cb, mr_client_set_default_account_finish, _ ("Could not change the default account"))
DEFINE_DONE (ordered_cb, mr_client_order_accounts_finish, _ ("Could not change the order"))

static void
account_saved_cb (MrWindow *self, const char *id, gboolean is_new)
{
  /* Not by what there is now: the list may have heard of the new account before its password was stored. */
  if (is_new && self->adding_first) {
    self->had_account = TRUE;
    mr_set_up_account_added (self->settings);
    mr_window_update (self);
    gtk_window_present (GTK_WINDOW (mr_connect_window_new (self->desk, GTK_WINDOW (self), TRUE)));
  } else
    mr_toast_show (GTK_WIDGET (self), is_new ? _ ("Account added") : _ ("Account saved"));
}

static void
remove_requested_cb (MrWindow *self, const char *id)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.remove-account", "s", id);
}

static void
present_editor (MrWindow *self, GtkWidget *editor)
{
  gtk_window_set_transient_for (GTK_WINDOW (editor), GTK_WINDOW (self));
  g_signal_connect_object (editor, "saved", G_CALLBACK (account_saved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (editor, "remove-requested", G_CALLBACK (remove_requested_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (editor));
}

static void
connect_pressed_cb (MrWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.connect-programs", NULL);
}

static void
autostart_set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_autostart_set_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrWindow *self = data;
  if (ok)
    mr_toast_show_button (GTK_WIDGET (self), _ ("Mail is taken after each log-in from now on"), _ ("Change…"),
                          G_CALLBACK (connect_pressed_cb), G_OBJECT (self));
  else
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not change what starts when you log in"), error);
}

/* The first account is there and its way leads past the page with the switch: what that page would have done, said aloud. */
static void
start_after_log_in (MrWindow *self)
{
  self->adding_first = FALSE;
  mr_autostart_set_async (TRUE, self->cancellable, autostart_set_cb, self);
}

static void
assistant_closed_cb (MrWindow *self, const char *after)
{
  gboolean connect = g_str_equal (after, "connect") || (self->adding_first && *after == '\0');

  self->had_account = TRUE;
  mr_window_update (self);
  if (connect)
    gtk_window_present (GTK_WINDOW (mr_connect_window_new (self->desk, GTK_WINDOW (self), self->adding_first)));
  else if (*after != '\0') {
    mr_window_show_page (self, "outbox");
    mr_window_follow_message (self, after);
  }
  if (!connect && self->adding_first)
    start_after_log_in (self);
}

static void
by_hand_cb (MrWindow *self, const MrAccountRecord *draft)
{
  present_editor (self, mr_account_editor_new_draft (self->desk, draft));
}

static void
imported_cb (MrWindow *self, guint n)
{
  self->had_account = self->had_account || n > 0;
  mr_window_update (self);
  if (n > 0)
    mr_window_show_page (self, "accounts");
  if (n > 0 && self->adding_first) {
    mr_set_up_account_added (self->settings);
    start_after_log_in (self);
  }
}

static void
import_accounts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  GtkWidget *window = mr_import_window_new (self->desk, GTK_WINDOW (self));

  self->adding_first = g_list_model_get_n_items (mr_desk_get_accounts (self->desk)) == 0;
  g_signal_connect_object (window, "imported", G_CALLBACK (imported_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "complete", G_CALLBACK (by_hand_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
import_cb (MrWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.import-accounts", NULL);
}

static void
export_accounts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  mr_export_accounts (self->desk, GTK_WINDOW (self));
}

/* Already now: whoever ends everything on the assistant's last page goes on behind it. */
static void
assistant_saved_cb (MrWindow *self)
{
  if (self->adding_first)
    mr_set_up_account_added (self->settings);
}

static void
remember_cb (MrWindow *self, const char *address, const char *name)
{
  if (!self->adding_first)
    return;
  mr_set_up_remember (self->settings, address, name);
  mr_window_update (self);
}

static void
finish_set_up_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  if (g_list_model_get_n_items (mr_desk_get_accounts (self->desk)) == 0)
    gtk_widget_activate_action (widget, "win.add-account", NULL);
  else
    gtk_window_present (GTK_WINDOW (mr_connect_window_new (self->desk, GTK_WINDOW (self), TRUE)));
}

static void
add_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  GtkWidget *assistant = mr_account_assistant_new (self->desk, GTK_WINDOW (self));

  self->adding_first = g_list_model_get_n_items (mr_desk_get_accounts (self->desk)) == 0;
  if (self->adding_first) {
    g_autofree char *address = mr_set_up_dup_address (self->settings);
    g_autofree char *person = mr_set_up_dup_name (self->settings);

    if (address != NULL)
      mr_account_assistant_resume (MR_ACCOUNT_ASSISTANT (assistant), address, person);
  }
  g_signal_connect_object (assistant, "saved", G_CALLBACK (assistant_saved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (assistant, "remember", G_CALLBACK (remember_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (assistant, "closed-after", G_CALLBACK (assistant_closed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (assistant, "import", G_CALLBACK (import_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (assistant, "by-hand", G_CALLBACK (by_hand_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (assistant));
}

static void
edit_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  const MrAccountRecord *account = mr_desk_find_account (self->desk, g_variant_get_string (parameter, NULL));

  if (account != NULL)
    present_editor (self, mr_account_editor_new (self->desk, account));
  else
    mr_toast_show (widget, _ ("This account is no longer there"));
}

static void
signed_in_cb (MrWindow *self)
{
  mr_toast_show (GTK_WIDGET (self), _ ("Signed in. Waiting mail goes out now."));
}

/* What the desktop or an administrator gave cannot be renewed here. */
static void
explain_sign_in (MrWindow *self, const MrAccountRecord *account)
{
  gboolean desktop = account->oauth_flow == MR_OAUTH_DESKTOP;
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (self), desktop ? _ ("Sign In at the Desktop") : _ ("Ask Your Administrator"),
      desktop
          ? _ ("This account belongs to the desktop. Open the desktop's settings, Online Accounts, and sign in there "
               "again. Mail waits and goes on by itself.")
          : _ ("This account gets access with credentials of your organisation. They have run out or were taken back: "
               "enter new ones in the account."));

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
sign_in_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  const MrAccountRecord *account = mr_desk_find_account (self->desk, g_variant_get_string (parameter, NULL));

  if (account == NULL) {
    mr_toast_show (widget, _ ("This account is no longer there"));
    return;
  }
  if (account->oauth_flow == MR_OAUTH_DESKTOP || account->oauth_flow == MR_OAUTH_CREDENTIALS) {
    explain_sign_in (self, account);
    return;
  }
  GtkWidget *window = mr_sign_in_window_new (self->desk, GTK_WINDOW (self), account);
  g_signal_connect_object (window, "signed-in", G_CALLBACK (signed_in_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
set_default_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  mr_client_set_default_account_async (client_of (self), g_variant_get_string (parameter, NULL), self->cancellable,
                                       default_set_cb, self);
}

static void
pause_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  const char *id;
  gboolean paused;

  g_variant_get (parameter, "(&sb)", &id, &paused);
  const MrAccountRecord *account = mr_desk_find_account (self->desk, id);
  if (account == NULL)
    return;
  g_autoptr (MrAccountRecord) record = mr_account_record_copy (account);
  record->paused = paused;
  mr_client_update_account_async (client_of (self), record, self->cancellable, account_updated_cb, self);
}

static void
remove_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  mr_remove_account_ask (self->desk, GTK_WINDOW (self), g_variant_get_string (parameter, NULL));
}

/* ---- order ---- */

static char **
dup_ids (MrWindow *self)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    g_strv_builder_add (builder, ((const MrAccountRecord *)mr_record_item_get (item))->id);
  }
  return g_strv_builder_end (builder);
}

static void
place (MrWindow *self, const char *const *ids, const char *id, gint to)
{
  g_auto (GStrv) order = mr_account_form_reorder (ids, id, to);

  if (order != NULL)
    mr_client_order_accounts_async (client_of (self), (const char *const *)order, self->cancellable, ordered_cb, self);
}

static void
place_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  g_auto (GStrv) ids = dup_ids (self);
  const char *id;
  gint to;

  g_variant_get (parameter, "(&si)", &id, &to);
  place (self, (const char *const *)ids, id, to);
}

static void
move_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  g_auto (GStrv) ids = dup_ids (self);
  const char *id;
  gint delta;

  g_variant_get (parameter, "(&si)", &id, &delta);
  for (gint i = 0; ids[i] != NULL; i++)
    if (g_str_equal (ids[i], id)) {
      place (self, (const char *const *)ids, id, i + delta);
      return;
    }
}

/* ---- a message to oneself ---- */

/* The address that the account's own mail comes from; NULL: only patterns. */
static const char *
own_address (const MrAccountRecord *account)
{
  for (guint i = 0; account->addresses != NULL && account->addresses[i] != NULL; i++)
    if (strchr (account->addresses[i], '*') == NULL)
      return account->addresses[i];
  return account->user != NULL && strchr (account->user, '@') != NULL ? account->user : NULL;
}

static void
follow_clicked_cb (MrWindow *self)
{
  mr_window_show_page (self, "outbox");
  if (self->test_message != NULL)
    mr_window_follow_message (self, self->test_message);
}

static void
submitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = mr_client_submit_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrWindow *self = data;
  if (id == NULL) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("The test message was not taken"), error);
    return;
  }
  g_free (self->test_message);
  self->test_message = g_steal_pointer (&id);
  mr_toast_show_button (GTK_WIDGET (self), _ ("The test message is on its way to you"), _ ("Follow It"),
                        G_CALLBACK (follow_clicked_cb), G_OBJECT (self));
}

static void
test_message_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  const MrAccountRecord *account = mr_desk_find_account (self->desk, g_variant_get_string (parameter, NULL));
  const char *recipients[] = { account != NULL ? own_address (account) : NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (recipients[0] == NULL) {
    mr_toast_show (widget, _ ("This account has no address of its own to write to: enter one in the account"));
    return;
  }
  int fd = mr_assistant_open_test_message (recipients[0], mr_format_account_name (account), &error);
  if (fd < 0) {
    mr_toast_show_error (widget, _ ("The test message was not taken"), error);
    return;
  }
  mr_client_submit_async (client_of (self), fd, recipients[0], recipients, "mail-relay", self->cancellable,
                          submitted_cb, self);
  close (fd);
}

void
mr_window_install_account_actions (GtkWidgetClass *widget_class)
{
  static const struct {
    const char *name, *type;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.add-account", NULL, add_account_action },
    { "win.finish-set-up", NULL, finish_set_up_action },
    { "win.import-accounts", NULL, import_accounts_action },
    { "win.export-accounts", NULL, export_accounts_action },
    { "win.edit-account", "s", edit_account_action },
    { "win.sign-in-account", "s", sign_in_account_action },
    { "win.set-default-account", "s", set_default_account_action },
    { "win.pause-account", "(sb)", pause_account_action },
    { "win.remove-account", "s", remove_account_action },
    { "win.move-account", "(si)", move_account_action },
    { "win.place-account", "(si)", place_account_action },
    { "win.test-message", "s", test_message_action },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].type, actions[i].activate);
}
