/* Adding and changing an account. The password row is write-only: it starts empty even where a password is stored, because what stands in a
 * row can be read by every accessibility client.
 *
 * Saving is a short chain: account, then password, then default. A step that fails leaves the window open with what was typed; the steps
 * before it have been done and are not repeated.
 */
#include "config.h"

#include "ui/account-editor.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/account-form.h"
#include "ui/account-test.h"
#include "ui/format.h"
#include "ui/record-item.h"
#include "ui/secrets-dialog.h"
#include "ui/toast.h"

struct _MrAccountEditor {
  AdwWindow parent_instance;
  GtkButton *save_button;
  AdwPreferencesPage *page;
  GtkWidget *server_group, *test_group, *state_group, *remove_group, *default_row, *direct_warning, *paused_row;
  GtkEditable *addresses, *name, *host, *port, *user, *password, *ca_file;
  AdwComboRow *tls;
  AdwExpanderRow *advanced;
  AdwActionRow *fingerprint_row;
  GtkLabel *who_error, *server_error, *tls_hint;
  GtkSwitch *direct, *default_switch, *paused_switch;
  MrAccountTest *test;

  MrDesk *desk;
  GCancellable *cancellable;
  MrAccountRecord *original; /* as it was opened; empty for a new one */
  gboolean is_new;
  gboolean exists; /* the service has it: also after a new one was added and its password could not be stored */
  char *fingerprint;
  char *id;
  MrTlsMode mode; /* before the last change of the row */
  gboolean filling;
  gboolean checked; /* mistakes are shown while typing only after the first try to save */
};

enum { SAVED, REMOVE_REQUESTED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAccountEditor, mr_account_editor, ADW_TYPE_WINDOW)

/* The order of the rows in the combo. */
static const MrTlsMode tls_order[] = { MR_TLS_IMPLICIT, MR_TLS_STARTTLS, MR_TLS_NONE };

static MrTlsMode
selected_mode (MrAccountEditor *self)
{
  guint selected = adw_combo_row_get_selected (self->tls);

  return selected < G_N_ELEMENTS (tls_order) ? tls_order[selected] : MR_TLS_IMPLICIT;
}

static char *
dup_trimmed (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

/* ---- fields → record ---- */

static MrAccountRecord *
read_fields (MrAccountEditor *self)
{
  MrAccountRecord *record = mr_account_record_new ();
  gboolean direct = gtk_switch_get_active (self->direct);

  record->kind = direct ? MR_ACCOUNT_DIRECT : MR_ACCOUNT_RELAY;
  record->name = dup_trimmed (self->name);
  record->addresses = mr_account_form_split_addresses (gtk_editable_get_text (self->addresses));
  record->host = direct ? g_strdup ("") : dup_trimmed (self->host);
  record->user = direct ? g_strdup ("") : dup_trimmed (self->user);
  record->tls = direct ? MR_TLS_OPPORTUNISTIC : selected_mode (self);
  g_autofree char *port = dup_trimmed (self->port);
  record->port = direct ? mr_account_form_usual_port (MR_TLS_OPPORTUNISTIC) : mr_account_form_parse_port (port);
  record->ca_file = dup_trimmed (self->ca_file);
  record->fingerprint = g_strdup (self->fingerprint != NULL ? self->fingerprint : "");
  record->paused = gtk_switch_get_active (self->paused_switch);
  record->order = self->original->order;
  record->is_default = self->original->is_default;
  if (self->id != NULL)
    record->id = g_strdup (self->id);
  return record;
}

static gboolean
has_password (MrAccountEditor *self)
{
  return *gtk_editable_get_text (self->password) != '\0';
}

static MrSecret *
read_password (MrAccountEditor *self)
{
  const char *text = gtk_editable_get_text (self->password);

  return has_password (self) ? mr_secret_new (text, strlen (text)) : NULL;
}

static void
choose_id (MrAccountEditor *self, MrAccountRecord *record)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    g_strv_builder_add (builder, ((MrAccountRecord *)mr_record_item_get (item))->id);
  }
  g_auto (GStrv) taken = g_strv_builder_end (builder);
  record->id = mr_account_form_make_id (record, (const char *const *)taken);
  self->id = g_strdup (record->id);
}

/* ---- mistakes, shown at their field ---- */

static void
show_mistake (MrAccountEditor *self, MrAccountField field, const char *sentence)
{
  const struct {
    MrAccountField field;
    GtkEditable *row;
  } rows[] = { { MR_FIELD_ADDRESSES, self->addresses },
               { MR_FIELD_HOST, self->host },
               { MR_FIELD_PORT, self->port },
               { MR_FIELD_USER, self->user },
               { MR_FIELD_CA_FILE, self->ca_file } };
  GtkLabel *label = field == MR_FIELD_ADDRESSES ? self->who_error : self->server_error;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gboolean wrong = rows[i].field == field;
    gtk_accessible_update_state (GTK_ACCESSIBLE (rows[i].row), GTK_ACCESSIBLE_STATE_INVALID,
                                 wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
    if (wrong)
      gtk_widget_add_css_class (GTK_WIDGET (rows[i].row), "error");
    else
      gtk_widget_remove_css_class (GTK_WIDGET (rows[i].row), "error");
  }
  gtk_widget_set_visible (GTK_WIDGET (self->who_error), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->server_error), FALSE);
  if (field != MR_FIELD_NONE) {
    gtk_label_set_text (label, sentence);
    gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
  }
}

static void
focus_field (MrAccountEditor *self, MrAccountField field)
{
  GtkEditable *rows[]
      = { [MR_FIELD_NONE] = NULL,       [MR_FIELD_ADDRESSES] = self->addresses, [MR_FIELD_HOST] = self->host,
          [MR_FIELD_PORT] = self->port, [MR_FIELD_USER] = self->user,           [MR_FIELD_CA_FILE] = self->ca_file };

  if (field == MR_FIELD_CA_FILE)
    adw_expander_row_set_expanded (self->advanced, TRUE);
  if (rows[field] != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (rows[field]));
}

static MrAccountField
check (MrAccountEditor *self, const MrAccountRecord *record)
{
  g_autofree char *sentence = NULL;
  MrAccountField field = mr_account_form_check (record, has_password (self), &sentence);

  show_mistake (self, field, sentence);
  return field;
}

static void
field_changed_cb (MrAccountEditor *self)
{
  if (self->filling)
    return;
  mr_account_test_reset (self->test);
  if (!self->checked)
    return;
  g_autoptr (MrAccountRecord) record = read_fields (self);
  check (self, record);
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
  MrTlsMode mode = selected_mode (self);
  g_autofree char *port = dup_trimmed (self->port);

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
  g_autoptr (MrAccountRecord) record = read_fields (self);
  g_autoptr (MrSecret) secret = read_password (self);
  MrAccountField field = check (self, record);

  self->checked = TRUE;
  if (field != MR_FIELD_NONE) {
    focus_field (self, field);
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

/* ---- saving ---- */

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
  g_signal_emit (self, signals[SAVED], 0, self->id, self->is_new);
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
  g_autoptr (MrSecret) secret = read_password (self);

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
account_added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_add_account_finish (MR_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    account_done (data, ok, error);
}

static void
account_updated_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_update_account_finish (MR_CLIENT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    account_done (data, ok, error);
}

static void
save_clicked_cb (MrAccountEditor *self)
{
  g_autoptr (MrAccountRecord) record = read_fields (self);
  MrAccountField field = check (self, record);

  self->checked = TRUE;
  if (field != MR_FIELD_NONE) {
    focus_field (self, field);
    return;
  }
  if (record->id == NULL)
    choose_id (self, record);
  set_busy (self, TRUE);
  if (self->exists)
    mr_client_update_account_async (mr_desk_get_client (self->desk), record, self->cancellable, account_updated_cb,
                                    self);
  else
    mr_client_add_account_async (mr_desk_get_client (self->desk), record, self->cancellable, account_added_cb, self);
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
fill (MrAccountEditor *self, const MrAccountRecord *account)
{
  g_autofree char *addresses = account->addresses != NULL ? g_strjoinv (", ", account->addresses) : g_strdup ("");
  g_autofree char *port = g_strdup_printf ("%u", account->port);
  gboolean has_user = account->user != NULL && *account->user != '\0';

  for (guint i = 0; i < G_N_ELEMENTS (tls_order); i++)
    if (tls_order[i] == account->tls)
      adw_combo_row_set_selected (self->tls, i);
  gtk_editable_set_text (self->addresses, addresses);
  gtk_editable_set_text (self->name, account->name != NULL ? account->name : "");
  gtk_editable_set_text (self->host, account->host != NULL ? account->host : "");
  gtk_editable_set_text (self->port, port);
  gtk_editable_set_text (self->user, account->user != NULL ? account->user : "");
  gtk_editable_set_text (self->ca_file, account->ca_file != NULL ? account->ca_file : "");
  gtk_switch_set_active (self->direct, account->kind == MR_ACCOUNT_DIRECT);
  gtk_switch_set_active (self->default_switch, account->is_default);
  gtk_switch_set_active (self->paused_switch, account->paused);
  self->fingerprint = g_strdup (account->fingerprint);
  adw_expander_row_set_expanded (self->advanced, account->kind == MR_ACCOUNT_DIRECT);
  if (self->exists && has_user && account->state != MR_ACCOUNT_NO_PASSWORD)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->password), _ ("Password (saved; type to replace it)"));
}

static void
setup (MrAccountEditor *self, const MrAccountRecord *account, gboolean exists)
{
  self->is_new = !exists;
  self->exists = exists;
  self->original = account != NULL ? mr_account_record_copy (account) : mr_account_record_new ();
  self->mode = MR_TLS_IMPLICIT;
  self->filling = TRUE;
  if (account != NULL)
    fill (self, account);
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
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, who_error);
  gtk_widget_class_bind_template_child (widget_class, MrAccountEditor, server_error);
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
  gtk_widget_class_bind_template_callback (widget_class, save_clicked_cb);
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
