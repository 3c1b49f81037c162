/* Nothing is changed before Import is pressed, and then only here: accounts are added, passwords stored, one after the other. The old files are touched
 * only after a further question, and only those whose password was stored.
 */
#include "config.h"

#include "ui/import-window.h"

#include <glib/gi18n-lib.h>

#include "client/account-file.h"
#include "client/set-up-calls.h"
#include "ui/format.h"
#include "ui/import-row.h"
#include "ui/record-item.h"
#include "ui/secrets-dialog.h"
#include "ui/toast.h"

struct _MrImportWindow {
  AdwWindow parent_instance;
  GtkStack *stack;
  GtkListBox *list;
  AdwPreferencesGroup *group;
  GtkWidget *import_button, *close_button, *cancel_button, *warnings_group;
  GtkLabel *warnings;

  MrDesk *desk;
  GCancellable *cancellable;
  GPtrArray *sources; /* MrImportSource */
  GPtrArray *found;   /* MrImportFound */
  GPtrArray *providers;
  GString *problems;
  guint current; /* row that is being imported */
  guint n_added;
  gboolean added; /* the current one is there, its password is not */
};

enum { IMPORTED, COMPLETE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrImportWindow, mr_import_window, ADW_TYPE_WINDOW)

static MrImportRow *
nth_row (MrImportWindow *self, guint n)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int)n);

  return row != NULL ? MR_IMPORT_ROW (row) : NULL;
}

/* ---- what is there ---- */

static GPtrArray *
copy_existing (MrImportWindow *self)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  GPtrArray *existing = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_account_record_free);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    g_ptr_array_add (existing, mr_account_record_copy (mr_record_item_get (item)));
  }
  return existing;
}

static void
update_buttons (MrImportWindow *self)
{
  gboolean any = FALSE;

  for (guint i = 0; nth_row (self, i) != NULL; i++)
    any = any || mr_import_row_is_chosen (nth_row (self, i));
  gtk_widget_set_sensitive (self->import_button, any);
}

static void
complete_cb (MrImportWindow *self, MrImportRow *row)
{
  g_autoptr (MrAccountRecord) draft = mr_account_record_copy (mr_import_row_get_found (row)->account);

  g_object_ref (self);
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[COMPLETE], 0, draft);
  g_object_unref (self);
}

static void
show_found (MrImportWindow *self, guint n_known)
{
  g_autofree char *known = NULL;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < self->found->len; i++) {
    GtkWidget *widget = mr_import_row_new (g_ptr_array_index (self->found, i));
    g_signal_connect_object (widget, "changed", G_CALLBACK (update_buttons), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (widget, "complete", G_CALLBACK (complete_cb), self, G_CONNECT_SWAPPED);
    gtk_list_box_append (self->list, widget);
  }
  if (n_known > 0)
    known = g_strdup_printf (ngettext ("%u account is here already.", "%u accounts are here already.", n_known),
                             n_known);
  adw_preferences_group_set_description (self->group, known);
  gtk_label_set_text (self->warnings, self->problems->str);
  gtk_widget_set_visible (self->warnings_group, self->problems->len > 0);
  gtk_stack_set_visible_child_name (self->stack, self->found->len > 0 ? "list" : "nothing");
  update_buttons (self);
}

static void
add_problem (MrImportWindow *self, const char *path, const GError *error)
{
  g_string_append_printf (self->problems, "%s%s: %s", self->problems->len > 0 ? "\n" : "", path, error->message);
}

static void
take_all (GPtrArray *to, GPtrArray *from)
{
  while (from->len > 0)
    g_ptr_array_add (to, g_ptr_array_steal_index (from, 0));
}

static void
look (MrImportWindow *self)
{
  g_autoptr (GPtrArray) existing = copy_existing (self);

  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
  g_string_truncate (self->problems, 0);
  for (guint i = 0; i < self->sources->len; i++) {
    const MrImportSource *source = g_ptr_array_index (self->sources, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) found = mr_import_read (source->kind, source->path, &error);
    if (found != NULL)
      take_all (self->found, found);
    else
      add_problem (self, source->path, error);
  }
  if (self->providers != NULL)
    mr_import_match_providers (self->found, self->providers);
  show_found (self, mr_import_fit (self->found, existing));
}

static void
providers_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) providers = mr_client_list_providers_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrImportWindow *self = data;
  /* Without the list of providers the accounts lack names and limits, not more. */
  self->providers = g_steal_pointer (&providers);
  look (self);
}

/* ---- a file that a person chose ---- */

/* What was exported here is no other program's file. */
static gboolean
take_account_file (MrImportWindow *self, const char *path)
{
  g_autofree char *data = NULL;
  gsize len;

  if (!g_file_get_contents (path, &data, &len, NULL))
    return FALSE;
  g_autoptr (GPtrArray) accounts = len <= MR_ACCOUNT_FILE_MAX ? mr_account_file_read (data, len, NULL) : NULL;
  if (accounts == NULL || accounts->len == 0)
    return FALSE;
  g_autoptr (GPtrArray) existing = copy_existing (self);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_import_found_free);
  g_string_truncate (self->problems, 0);
  while (accounts->len > 0) {
    MrImportFound *found = g_new0 (MrImportFound, 1);
    found->kind = MR_IMPORT_N_KINDS;
    found->file = g_strdup (path);
    found->account = g_ptr_array_steal_index (accounts, 0);
    found->complete = TRUE;
    found->warnings = g_new0 (char *, 1);
    found->secret_file = g_strdup ("");
    g_ptr_array_add (self->found, found);
  }
  show_found (self, mr_import_fit (self->found, existing));
  return TRUE;
}

static void
take_file (MrImportWindow *self, const char *path)
{
  MrImportKind kind;

  if (take_account_file (self, path))
    return;
  if (!mr_import_guess_kind (path, &kind)) {
    mr_toast_show (GTK_WIDGET (self),
                   _ ("This is neither a file of exported accounts nor one of a program known here"));
    return;
  }
  MrImportSource *source = g_new0 (MrImportSource, 1);
  source->kind = kind;
  source->path = g_strdup (path);
  g_ptr_array_set_size (self->sources, 0);
  g_ptr_array_add (self->sources, source);
  look (self);
}

static void
file_chosen_cb (GtkNativeDialog *dialog, int response, MrImportWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
    if (path != NULL)
      take_file (self, path);
  }
  g_object_unref (dialog);
}

static void
file_clicked_cb (MrImportWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Accounts From a File"), GTK_WINDOW (self),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (file_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- taking the passwords out of the old files ---- */

static void
forget_cb (MrImportWindow *self)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (GArray) stored = g_array_new (FALSE, FALSE, sizeof (gboolean));

  for (guint i = 0; nth_row (self, i) != NULL; i++) {
    gboolean was_stored = mr_import_row_secret_was_stored (nth_row (self, i));
    g_ptr_array_add (found, (gpointer)mr_import_row_get_found (nth_row (self, i)));
    g_array_append_val (stored, was_stored);
  }
  g_autofree gboolean *forgotten = g_new0 (gboolean, found->len + 1);
  g_autofree char **troubles = g_new0 (char *, found->len + 1);
  mr_import_forget_secrets (found, (const gboolean *)(gconstpointer)stored->data, forgotten, troubles);
  for (guint i = 0; i < found->len; i++) {
    if (forgotten[i] || troubles[i] != NULL)
      mr_import_row_set_forgotten (nth_row (self, i), troubles[i]);
    g_free (troubles[i]);
  }
}

static char *
dup_old_files (MrImportWindow *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) files = g_string_new (NULL);

  for (guint i = 0; nth_row (self, i) != NULL; i++) {
    const char *file = mr_import_row_get_found (nth_row (self, i))->secret_file;
    if (mr_import_row_secret_was_stored (nth_row (self, i)) && g_hash_table_add (seen, (gpointer)file))
      g_string_append_printf (files, "\n%s", file);
  }
  return files->len > 0 ? g_string_free (g_steal_pointer (&files), FALSE) : NULL;
}

static void
ask_to_forget (MrImportWindow *self)
{
  g_autofree char *files = dup_old_files (self);

  if (files == NULL)
    return;
  g_autofree char *text = g_strdup_printf (
      _ ("They are among your saved passwords now and still stand readable in these files:\n%s\n\nWithout "
         "them the other program can no longer log in by itself. No copy of a file is kept."),
      files);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Take the Passwords Out of the Old Files?"), text);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("Leave the Files"), "forget",
                                    _ ("Take Out"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "forget", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response::forget", G_CALLBACK (forget_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- the import, row by row ---- */

static void import_next (MrImportWindow *self);
static void store_secret (MrImportWindow *self);

static void
finish (MrImportWindow *self)
{
  for (guint i = 0; nth_row (self, i) != NULL; i++)
    mr_import_row_thaw (nth_row (self, i));
  gtk_widget_set_visible (self->import_button, FALSE);
  gtk_widget_set_visible (self->cancel_button, FALSE);
  gtk_widget_set_visible (self->close_button, TRUE);
  gtk_widget_grab_focus (self->close_button);
  g_signal_emit (self, signals[IMPORTED], 0, self->n_added);
  ask_to_forget (self);
}

static void
row_done (MrImportWindow *self, const char *trouble)
{
  MrImportRow *row = nth_row (self, self->current);

  mr_import_row_set_result (row, self->added, trouble);
  self->n_added += self->added ? 1 : 0;
  self->added = FALSE;
  self->current++;
  import_next (self);
}

static void
secret_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_set_password_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrImportWindow *self = data;
  if (ok)
    mr_import_row_set_secret_stored (nth_row (self, self->current));
  if (g_error_matches (error, MR_ERROR, MR_ERROR_NO_KEYRING)) {
    GtkWidget *dialog = mr_secrets_dialog_new (self->desk, GTK_WINDOW (self));
    g_signal_connect_object (dialog, "chosen", G_CALLBACK (store_secret), self, G_CONNECT_SWAPPED);
    gtk_window_present (GTK_WINDOW (dialog));
    return;
  }
  row_done (self, ok ? NULL : error->message);
}

static void
store_secret (MrImportWindow *self)
{
  MrImportRow *row = nth_row (self, self->current);
  const MrImportFound *found = mr_import_row_get_found (row);

  if (!mr_import_row_takes_secret (row))
    row_done (self, NULL);
  else
    mr_client_set_password_async (mr_desk_get_client (self->desk), found->account->id, found->secret, self->cancellable,
                                  secret_cb, self);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_add_account_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrImportWindow *self = data;
  self->added = ok;
  if (ok)
    store_secret (self);
  else
    row_done (self, error->message);
}

static void
import_next (MrImportWindow *self)
{
  MrImportRow *row;

  while ((row = nth_row (self, self->current)) != NULL && !mr_import_row_is_chosen (row))
    self->current++;
  if (row == NULL) {
    finish (self);
    return;
  }
  mr_client_add_account_async (mr_desk_get_client (self->desk), mr_import_row_get_found (row)->account,
                               self->cancellable, added_cb, self);
}

static void
import_clicked_cb (MrImportWindow *self)
{
  gtk_widget_set_sensitive (self->import_button, FALSE);
  for (guint i = 0; nth_row (self, i) != NULL; i++)
    mr_import_row_freeze (nth_row (self, i));
  self->current = 0;
  import_next (self);
}

/* ---- class ---- */

static void
mr_import_window_dispose (GObject *object)
{
  MrImportWindow *self = MR_IMPORT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_import_window_parent_class)->dispose (object);
}

static void
mr_import_window_finalize (GObject *object)
{
  MrImportWindow *self = MR_IMPORT_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->providers, g_ptr_array_unref);
  g_string_free (self->problems, TRUE);
  G_OBJECT_CLASS (mr_import_window_parent_class)->finalize (object);
}

static void
mr_import_window_init (MrImportWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->problems = g_string_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_import_window_class_init (MrImportWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mr_import_window_dispose;
  object_class->finalize = mr_import_window_finalize;
  signals[IMPORTED] = g_signal_new ("imported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[COMPLETE] = g_signal_new ("complete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/import-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrImportWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MrImportWindow, list);
  gtk_widget_class_bind_template_child (widget_class, MrImportWindow, group);
  gtk_widget_class_bind_template_child (widget_class, MrImportWindow, import_button);
  gtk_widget_class_bind_template_child (widget_class, MrImportWindow, close_button);
  gtk_widget_class_bind_template_child (widget_class, MrImportWindow, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, MrImportWindow, warnings_group);
  gtk_widget_class_bind_template_child (widget_class, MrImportWindow, warnings);
  gtk_widget_class_bind_template_callback (widget_class, import_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, file_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_import_window_new_for (MrDesk *desk, GtkWindow *parent, GPtrArray *sources)
{
  MrImportWindow *self = g_object_new (MR_TYPE_IMPORT_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  self->sources = g_ptr_array_ref (sources);
  mr_client_list_providers_async (mr_desk_get_client (desk), self->cancellable, providers_cb, self);
  return GTK_WIDGET (self);
}

GtkWidget *
mr_import_window_new (MrDesk *desk, GtkWindow *parent)
{
  g_autoptr (GPtrArray) sources = mr_import_list_own_sources ();

  return mr_import_window_new_for (desk, parent, sources);
}
