/* Adding and changing an account. The password row is write-only: it starts empty even where a password is stored, because what stands in a
 * row can be read by every accessibility client.
 */
#include "config.h"

#include "ui/account-editor-private.h"

#include <glib/gi18n-lib.h>

#include "ui/format.h"

enum { SAVED, REMOVE_REQUESTED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAccountEditor, mr_account_editor, ADW_TYPE_WINDOW)

static void
field_changed_cb (MrAccountEditor *self)
{
  if (self->filling)
    return;
  mr_account_test_reset (self->test);
  if (!self->checked)
    return;
  g_autoptr (MrAccountRecord) record = mr_account_editor_read (self);
  mr_account_editor_check (self, record);
}

/* ---- rows that depend on each other ---- */

static const char *
tls_hint (MrTlsMode mode)
{
  if (mode == MR_TLS_IMPLICIT)
    return _ ("Encrypted from the first byte.");
  if (mode == MR_TLS_STARTTLS)
    return _ ("The connection begins in the open and must switch to encryption before anything is sent.");
  return _ (
      "Everybody on the way can read the mail. Only for a server on this computer or network; no password is sent "
      "to any other.");
}

static void
tls_changed_cb (MrAccountEditor *self)
{
  MrTlsMode mode = mr_account_editor_get_mode (self);
  g_autofree char *port = mr_account_editor_dup_trimmed (self->port);

  gtk_label_set_text (self->tls_hint, tls_hint (mode));
  if (!self->filling
      && (*port == '\0' || mr_account_form_parse_port (port) == mr_account_form_usual_port (self->mode))) {
    g_autofree char *usual = g_strdup_printf ("%u", mr_account_form_usual_port (mode));
    gtk_editable_set_text (self->port, usual);
  }
  self->mode = mode;
  field_changed_cb (self);
}

static void
direct_changed_cb (MrAccountEditor *self)
{
  gboolean direct = gtk_switch_get_active (self->direct);

  gtk_widget_set_visible (self->server_group, !direct);
  gtk_widget_set_visible (self->test_group, !direct);
  gtk_widget_set_visible (self->direct_warning, direct);
  field_changed_cb (self);
}

static void
show_fingerprint (MrAccountEditor *self)
{
  gboolean accepted = self->fingerprint != NULL && *self->fingerprint != '\0';

  gtk_widget_set_visible (GTK_WIDGET (self->fingerprint_row), accepted);
  adw_action_row_set_subtitle (self->fingerprint_row, accepted ? self->fingerprint : "");
}

static void
fingerprint_remove_clicked_cb (MrAccountEditor *self)
{
  g_clear_pointer (&self->fingerprint, g_free);
  show_fingerprint (self);
  field_changed_cb (self);
}

static void
run_test (MrAccountEditor *self)
{
  g_autoptr (MrAccountRecord) record = mr_account_editor_read (self);
  g_autoptr (MrSecret) secret = mr_account_editor_read_password (self);
  MrAccountField field = mr_account_editor_check (self, record);

  self->checked = TRUE;
  if (field != MR_FIELD_NONE) {
    mr_account_editor_focus (self, field);
    return;
  }
  if (record->id == NULL)
    record->id = mr_account_form_make_id (record, (const char *const[]){ NULL });
  mr_account_test_start (self->test, record, secret);
}

static void
accept_certificate_cb (MrAccountEditor *self, const char *fingerprint)
{
  g_free (self->fingerprint);
  self->fingerprint = g_strdup (fingerprint);
  show_fingerprint (self);
  adw_expander_row_set_expanded (self->advanced, TRUE);
  run_test (self);
}

static void
ca_chosen_cb (GtkNativeDialog *dialog, int response, MrAccountEditor *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
    if (path != NULL)
      gtk_editable_set_text (self->ca_file, path);
  }
  g_object_unref (dialog);
}

static void
ca_choose_clicked_cb (MrAccountEditor *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Certificate Authorities"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (ca_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
sign_in_clicked_cb (MrAccountEditor *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.sign-in-account", "s", self->id);
  gtk_window_close (GTK_WINDOW (self));
}

static void
remove_clicked_cb (MrAccountEditor *self)
{
  g_object_ref (self);
  g_signal_emit (self, signals[REMOVE_REQUESTED], 0, self->id);
  gtk_window_close (GTK_WINDOW (self));
  g_object_unref (self);
}

/* ---- record → fields ---- */

static void
setup (MrAccountEditor *self, const MrAccountRecord *account, gboolean exists)
{
  self->is_new = !exists;
  self->exists = exists;
  self->original = account != NULL ? mr_account_record_copy (account) : mr_account_record_new ();
  self->mode = MR_TLS_IMPLICIT;
  self->filling = TRUE;
  if (account != NULL) {
    mr_account_editor_fill (self, account);
    mr_account_editor_show_facts (self, account);
  }
  if (exists) {
    g_autofree char *title = g_strdup_printf (_ ("Account %s"), mr_format_account_name (account));
    gtk_window_set_title (GTK_WINDOW (self), title);
    self->id = g_strdup (account->id);
  } else {
    gtk_window_set_title (GTK_WINDOW (self), _ ("New Sending Account"));
    gtk_button_set_label (self->save_button, _ ("Add"));
  }
  tls_changed_cb (self);
  direct_changed_cb (self);
  show_fingerprint (self);
  self->filling = FALSE;
  gtk_widget_set_visible (self->state_group, exists);
  gtk_widget_set_visible (self->remove_group, exists);
  gtk_widget_set_visible (GTK_WIDGET (self->log_in_row), account != NULL);
  gtk_widget_set_sensitive (self->default_row, !exists || !account->is_default);
}

static void
mr_account_editor_dispose (GObject *object)
{
  MrAccountEditor *self = MR_ACCOUNT_EDITOR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_account_editor_parent_class)->dispose (object);
}

static void
mr_account_editor_finalize (GObject *object)
{
  MrAccountEditor *self = MR_ACCOUNT_EDITOR (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->original, mr_account_record_free);
  g_free (self->fingerprint);
  g_free (self->id);
  G_OBJECT_CLASS (mr_account_editor_parent_class)->finalize (object);
}

static void
mr_account_editor_init (MrAccountEditor *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->test, "requested", G_CALLBACK (run_test), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->test, "accept-certificate", G_CALLBACK (accept_certificate_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, save_button);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, page);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, server_group);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, test_group);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, state_group);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, remove_group);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, default_row);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, paused_row);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, direct_warning);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, addresses);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, name);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, host);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, port);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, user);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, password);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, ca_file);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, tls);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, advanced);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, fingerprint_row);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, more);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, state_row);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, state_icon);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, used_row);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, log_in_row);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, colour);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, limit_minute);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, limit_day);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, who_error);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, server_error);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, limit_error);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, tls_hint);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, direct);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, default_switch);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, paused_switch);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, test);
}

static void
mr_account_editor_class_init (MrAccountEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_ACCOUNT_TEST);
  object_class->dispose = mr_account_editor_dispose;
  object_class->finalize = mr_account_editor_finalize;
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[REMOVE_REQUESTED] = g_signal_new ("remove-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/account-editor.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback_full (widget_class, "save_clicked_cb", G_CALLBACK (mr_account_editor_save));
  gtk_widget_class_bind_template_callback (widget_class, sign_in_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, field_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, tls_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, direct_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, ca_choose_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, fingerprint_remove_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static GtkWidget *
editor_new (MrDesk *desk, const MrAccountRecord *account, gboolean exists)
{
  MrAccountEditor *self = g_object_new (MR_TYPE_ACCOUNT_EDITOR, NULL);

  self->desk = g_object_ref (desk);
  mr_account_test_set_desk (self->test, desk);
  setup (self, account, exists);
  return GTK_WIDGET (self);
}

GtkWidget *
mr_account_editor_new (MrDesk *desk, const MrAccountRecord *account)
{
  return editor_new (desk, account, account != NULL);
}

GtkWidget *
mr_account_editor_new_draft (MrDesk *desk, const MrAccountRecord *draft)
{
  return editor_new (desk, draft, FALSE);
}
