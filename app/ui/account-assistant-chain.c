/* The chain that makes the account: sign in (where the way asks for it), test, add, password.
 *
 * Nothing is added before a test has passed or a person said so. A step that was done is not repeated: what was signed in or added keeps its id, and after
 * a password that could not be stored the account that is there is changed instead of added again. The chain ends with "saved".
 */
#include "config.h"

#include "ui/account-assistant-private.h"

#include <glib/gi18n-lib.h>

#include "client/set-up-calls.h"
#include "ui/account-assistant-rules.h"
#include "ui/record-item.h"
#include "ui/secrets-dialog.h"
#include "ui/sign-in-window.h"
#include "ui/toast.h"

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

void
mr_account_assistant_make_account (MrAccountAssistant *self)
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

  mr_account_assistant_go_to (self, "done");
  mr_assistant_done_start (self->done, self->account, secret);
}

static void
signed_in_cb (MrAccountAssistant *self)
{
  g_free (self->signed_in);
  self->signed_in = g_strdup (self->account->id);
  start_test (self);
}

void
mr_account_assistant_go_on (MrAccountAssistant *self)
{
  mr_account_assistant_make_account (self);
  if (mr_assistant_found_get_way (self->found) != MR_WAY_SIGN_IN) {
    start_test (self);
    return;
  }
  GtkWidget *window = mr_sign_in_window_new (self->desk, GTK_WINDOW (self), self->account);
  g_signal_connect_object (window, "signed-in", G_CALLBACK (signed_in_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
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
  mr_account_assistant_update_header (self);
  g_signal_emit_by_name (self, "saved", self->account->id);
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
saved_account_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_save_account_finish (MR_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    account_done (data, ok, error);
}

void
mr_account_assistant_add (MrAccountAssistant *self)
{
  const MrAccountRecord *tested = mr_assistant_done_get_account (self->done);

  if (self->saved || tested == NULL)
    return;
  mr_client_save_account_async (mr_desk_get_client (self->desk), tested, self->added, self->cancellable,
                                saved_account_cb, self);
}

void
mr_account_assistant_tested_cb (MrAccountAssistant *self, gboolean ok)
{
  if (ok)
    mr_account_assistant_add (self);
}
