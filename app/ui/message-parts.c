/* Rows for parts. What is saved gets the name that the message gives it, made safe, in a folder that the person chooses. */
#include "config.h"

#include "ui/message-parts.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "client/save-message.h"
#include "ui/toast.h"

#define INDENT 18

struct _MrMessageParts {
  GtkBox parent_instance;
  GtkListBox *list;
  const MrPreview *preview; /* NULL: none */
};

G_DEFINE_FINAL_TYPE (MrMessageParts, mr_message_parts, GTK_TYPE_BOX)

/* ---- saving ---- */

typedef struct {
  MrMessageParts *owner; /* referenced */
  GBytes *content;
  char *path;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_object_unref (save->owner);
  g_bytes_unref (save->content);
  g_free (save->path);
  g_free (save);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Save *save = data;
  GError *error = NULL;

  /* The person was asked whether a file that is there may be replaced. */
  if (mr_save_write_file (save->path, save->content, TRUE, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  const Save *save = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    mr_toast_show (GTK_WIDGET (save->owner), _ ("The attachment was saved"));
  else
    mr_toast_show_error (GTK_WIDGET (save->owner), _ ("Could not save the attachment"), error);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  Save *save = data;
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                                                           : NULL;

  save->path = file != NULL ? g_file_get_path (file) : NULL;
  if (save->path != NULL) {
    g_autoptr (GTask) task = g_task_new (NULL, NULL, written_cb, NULL);

    g_task_set_task_data (task, save, save_free);
    g_task_run_in_thread (task, write_in_thread);
  } else
    save_free (save);
  g_object_unref (dialog);
}

static void
save_clicked_cb (GtkWidget *button, const MrPreviewPart *part)
{
  MrMessageParts *self = MR_MESSAGE_PARTS (gtk_widget_get_ancestor (button, MR_TYPE_MESSAGE_PARTS));
  GtkRoot *root = gtk_widget_get_root (button);
  GtkFileChooserNative *dialog;
  g_autofree char *name = mr_preview_part_dup_name (part);
  Save *save = g_new0 (Save, 1);

  save->owner = g_object_ref (self);
  save->content = mr_preview_dup_content (self->preview, part);
  dialog = gtk_file_chooser_native_new (_ ("Save the Attachment"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), save);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- rows ---- */

static const char *
icon_for (const MrPreviewPart *part)
{
  if (part->is_container)
    return "folder-symbolic";
  return part->is_attachment ? "mail-attachment-symbolic" : "text-x-generic-symbolic";
}

static void
add_part (MrMessageParts *self, const MrPreviewPart *part)
{
  GtkWidget *row = adw_action_row_new (), *icon = gtk_image_new_from_icon_name (icon_for (part));
  g_autofree char *name = part->is_container ? g_strdup (part->type) : mr_preview_part_dup_name (part);
  g_autofree char *size = g_format_size (part->size);
  g_autofree char *facts = part->is_container ? g_strdup (_ ("Contains what follows"))
                                              : g_strdup_printf ("%s · %s", part->type, size);
  g_autofree char *title = g_markup_escape_text (name, -1), *subtitle = g_markup_escape_text (facts, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  gtk_widget_set_margin_start (icon, (int)MIN (part->depth, 5) * INDENT);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  if (!part->is_container) {
    GtkWidget *save = gtk_button_new_from_icon_name ("document-save-symbolic");
    g_autofree char *label = g_strdup_printf (_ ("Save %s"), name);

    gtk_widget_set_valign (save, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (save, "flat");
    gtk_widget_set_tooltip_text (save, label);
    gtk_accessible_update_property (GTK_ACCESSIBLE (save), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    g_signal_connect (save, "clicked", G_CALLBACK (save_clicked_cb), (gpointer)part);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), save);
  }
  gtk_list_box_append (self->list, row);
}

void
mr_message_parts_set_preview (MrMessageParts *self, const MrPreview *preview)
{
  GtkListBoxRow *row;

  g_return_if_fail (MR_IS_MESSAGE_PARTS (self));
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  self->preview = preview;
  for (guint i = 0; preview != NULL && i < preview->parts->len; i++)
    add_part (self, preview->parts->pdata[i]);
}

static void
mr_message_parts_init (MrMessageParts *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_widget_set_hexpand (GTK_WIDGET (self->list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Parts of the message"), -1);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->list));
}

static void
mr_message_parts_class_init (MrMessagePartsClass *klass)
{
}
