/* Saving is a short chain: account, then password, then default. A step that fails leaves the window open with what was typed; the steps before it
 * have been done and are not repeated.
 */
#include "config.h"

#include "ui/account-editor-private.h"

#include <glib/gi18n-lib.h>

#include "ui/secrets-dialog.h"
#include "ui/toast.h"

static void
set_busy (MrAccountEditor *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->page), !busy);
}

static void store_password (MrAccountEditor *self);

static void
saved (MrAccountEditor *self)
{
  g_object_ref (self);
  g_signal_emit_by_name (self, "saved", self->id, self->is_new);
  gtk_window_close (GTK_WINDOW (self));
  g_object_unref (self);
}

static void
default_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_set_default_account_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAccountEditor *self = data;
  if (ok) {
    saved (self);
    return;
  }
  set_busy (self, FALSE);
  mr_toast_show_error (GTK_WIDGET (self), _ ("Could not make this the default account"), error);
}

static void
make_default (MrAccountEditor *self)
{
  if (!gtk_switch_get_active (self->default_switch) || self->original->is_default) {
    saved (self);
    return;
  }
  mr_client_set_default_account_async (mr_desk_get_client (self->desk), self->id, self->cancellable, default_done_cb,
                                       self);
}

static void
unlock_clicked_cb (MrAccountEditor *self)
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
  MrAccountEditor *self = data;
  if (ok) {
    gtk_editable_set_text (self->password, "");
    make_default (self);
    return;
  }
  set_busy (self, FALSE);
  if (g_error_matches (error, MR_ERROR, MR_ERROR_NO_KEYRING)) {
    GtkWidget *dialog = mr_secrets_dialog_new (self->desk, GTK_WINDOW (self));
    g_signal_connect_object (dialog, "chosen", G_CALLBACK (store_password), self, G_CONNECT_SWAPPED);
    gtk_window_present (GTK_WINDOW (dialog));
  } else if (g_error_matches (error, MR_ERROR, MR_ERROR_KEYRING_LOCKED))
    mr_toast_show_button (GTK_WIDGET (self), _ ("Your saved passwords are locked. Unlock them, then save again."),
                          _ ("Unlock…"), G_CALLBACK (unlock_clicked_cb), G_OBJECT (self));
  else
    mr_toast_show_error (GTK_WIDGET (self), _ ("The account is saved, but its password is not"), error);
}

static void
store_password (MrAccountEditor *self)
{
  g_autoptr (MrSecret) secret = mr_account_editor_read_password (self);

  if (secret == NULL) {
    make_default (self);
    return;
  }
  set_busy (self, TRUE);
  mr_client_set_password_async (mr_desk_get_client (self->desk), self->id, secret, self->cancellable, password_done_cb,
                                self);
}

static void
account_done (MrAccountEditor *self, gboolean ok, const GError *error)
{
  if (ok) {
    self->exists = TRUE;
    store_password (self);
    return;
  }
  set_busy (self, FALSE);
  if (!self->exists)
    g_clear_pointer (&self->id, g_free);
  mr_toast_show_error (GTK_WIDGET (self), _ ("Could not save the account"), error);
}

static void
account_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_save_account_finish (MR_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    account_done (data, ok, error);
}

void
mr_account_editor_save (MrAccountEditor *self)
{
  g_autoptr (MrAccountRecord) record = mr_account_editor_read (self);
  MrAccountField field = mr_account_editor_check (self, record);

  self->checked = TRUE;
  if (field != MR_FIELD_NONE) {
    mr_account_editor_focus (self, field);
    return;
  }
  if (record->id == NULL)
    mr_account_editor_choose_id (self, record);
  set_busy (self, TRUE);
  mr_client_save_account_async (mr_desk_get_client (self->desk), record, self->exists, self->cancellable,
                                account_saved_cb, self);
}
