/* What takes a message out of the window: a file, the clipboard, paper. Nothing is changed by it.
 *
 * A call holds the page, so that what a person asked for is finished where the page is left meanwhile; closing the window cancels it.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/save-message.h"
#include "mail/preview.h"
#include "ndr/details.h"
#include "ui/message-print.h"
#include "ui/messages-page-private.h"
#include "ui/toast.h"

#define COPIED_MAX 100 /* messages whose facts are copied at once */

static GtkWindow *
window_of (MrMessagesPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

void
mr_messages_page_update_keep_actions (MrMessagesPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  guint n = mr_messages_page_count_selected (self);
  const MrMessageRecord *message = n == 1 ? mr_message_detail_get_message (self->detail) : NULL;
  gboolean has_body = message != NULL && message->has_body;

  gtk_widget_action_set_enabled (widget, "messages.save", n > 1 || has_body);
  gtk_widget_action_set_enabled (widget, "messages.print", has_body);
  gtk_widget_action_set_enabled (widget, "messages.copy-details", n > 0 && n <= COPIED_MAX);
}

/* ---- files ---- */

typedef struct {
  MrMessagesPage *page;
  char **ids;
  char *path;
  GString *facts; /* of the messages so far, to be copied */
  guint next;
} Keep;

static Keep *
keep_new (MrMessagesPage *self)
{
  Keep *keep = g_new0 (Keep, 1);

  keep->page = g_object_ref (self);
  keep->ids = mr_messages_page_dup_selected_ids (self);
  return keep;
}

static void
keep_free (Keep *keep)
{
  g_object_unref (keep->page);
  g_strfreev (keep->ids);
  g_free (keep->path);
  if (keep->facts != NULL)
    g_string_free (keep->facts, TRUE);
  g_free (keep);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keep, keep_free)

static void
one_fetched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keep) keep = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mr_client_get_body_finish (MR_CLIENT (source), result, &error);
  GtkWidget *widget = GTK_WIDGET (keep->page);

  /* The person was asked whether a file that is there may be replaced. */
  if (bytes != NULL && mr_save_write_file (keep->path, bytes, TRUE, &error))
    mr_toast_show (widget, _ ("The message was saved"));
  else
    mr_toast_show_error (widget, _ ("Could not save the message"), error);
}

static void
many_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keep) keep = data;
  g_autoptr (GError) error = NULL;
  guint saved = 0, wanted = g_strv_length (keep->ids);
  GtkWidget *widget = GTK_WIDGET (keep->page);

  if (!mr_save_messages_finish (MR_CLIENT (source), result, &saved, &error)) {
    mr_toast_show_error (widget, _ ("Could not save all messages"), error);
    return;
  }
  g_autofree char *all = g_strdup_printf (ngettext ("%u message was saved", "%u messages were saved", saved), saved);
  g_autofree char *rest = saved < wanted
                              ? g_strdup_printf (ngettext ("%s; the text of %u is no longer kept",
                                                           "%s; the texts of %u are no longer kept", wanted - saved),
                                                 all, wanted - saved)
                              : NULL;
  mr_toast_show (widget, rest != NULL ? rest : all);
}

static void
file_chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (Keep) keep = data;
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                                                           : NULL;
  MrMessagesPage *self = keep->page;

  keep->path = file != NULL ? g_file_get_path (file) : NULL;
  g_object_unref (dialog);
  if (keep->path == NULL || self->desk == NULL)
    return;
  if (g_strv_length (keep->ids) == 1) {
    mr_client_get_body_async (mr_desk_get_client (self->desk), keep->ids[0], self->cancellable, one_fetched_cb, keep);
    (void)g_steal_pointer (&keep);
    return;
  }
  mr_save_messages_async (mr_desk_get_client (self->desk), (const char *const *)keep->ids, keep->path, NULL, NULL,
                          self->cancellable, many_saved_cb, keep);
  (void)g_steal_pointer (&keep);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  Keep *keep = keep_new (self);
  const MrMessageRecord *message = mr_message_detail_get_message (self->detail);
  gboolean many = g_strv_length (keep->ids) > 1;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      many ? _ ("Save the Messages in a Folder") : _ ("Save the Message"), window_of (self),
      many ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  if (!many && message != NULL) {
    g_autofree char *file = mr_save_dup_file_name (message->id, message->subject);
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), file);
  }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (file_chosen_cb), keep);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- clipboard ---- */

static void details_cb (GObject *source, GAsyncResult *result, gpointer data);

static void
fetch_details (Keep *keep)
{
  MrMessagesPage *self = keep->page;

  mr_client_get_message_async (mr_desk_get_client (self->desk), keep->ids[keep->next], self->cancellable, details_cb,
                               keep);
}

/* One after the other: many messages are one text, in the order of the list. */
static void
details_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keep) keep = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) message = NULL;
  g_autoptr (GPtrArray) attempts = NULL;
  MrMessagesPage *self = keep->page;
  GtkWidget *widget = GTK_WIDGET (self);

  if (!mr_client_get_message_finish (MR_CLIENT (source), result, &message, &attempts, &error)) {
    mr_toast_show_error (widget, _ ("Could not copy the details"), error);
    return;
  }
  if (self->desk == NULL)
    return;
  g_autofree char *text = mr_details_dup_text (message, attempts, mr_desk_get_diagnosis (self->desk),
                                               mr_desk_now (self->desk));
  g_string_append_printf (keep->facts, "%s%s", keep->facts->len > 0 ? "\n\n" : "", text);
  if (keep->ids[++keep->next] != NULL) {
    fetch_details (g_steal_pointer (&keep));
    return;
  }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), keep->facts->str);
  mr_toast_show (widget, _ ("All facts are in the clipboard"));
}

static void
copy_details_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_autoptr (Keep) keep = keep_new (self);

  if (keep->ids[0] == NULL)
    return;
  keep->facts = g_string_new (NULL);
  fetch_details (g_steal_pointer (&keep));
}

/* ---- paper ---- */

static void
print_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keep) keep = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mr_client_get_body_finish (MR_CLIENT (source), result, &error);
  MrMessagesPage *self = keep->page;
  const MrMessageRecord *message = mr_message_detail_get_message (self->detail);

  if (bytes == NULL) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not print the message"), error);
    return;
  }
  /* Another one is selected by now: what is printed is what is seen. */
  if (message == NULL || g_strcmp0 (message->id, keep->ids[0]) != 0)
    return;
  g_autoptr (MrPreview) preview = mr_preview_read (bytes);
  g_autoptr (GtkPrintOperation) operation = mr_message_print_new (message, preview, mr_desk_now (self->desk));
  if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, window_of (self), &error)
      == GTK_PRINT_OPERATION_RESULT_ERROR)
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not print the message"), error);
}

static void
print_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_autoptr (Keep) keep = keep_new (self);

  if (keep->ids[0] == NULL)
    return;
  mr_client_get_body_async (mr_desk_get_client (self->desk), keep->ids[0], self->cancellable, print_cb, keep);
  (void)g_steal_pointer (&keep);
}

void
mr_messages_page_install_keep_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "messages.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "messages.copy-details", NULL, copy_details_action);
  gtk_widget_class_install_action (widget_class, "messages.print", NULL, print_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "messages.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "messages.print", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "messages.copy-details", NULL);
}
