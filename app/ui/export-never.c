/* The list is the one that was shown when the button was pressed, and nothing of it is kept afterwards. */
#include "config.h"

#include "ui/export-never.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/types.h>
#include <string.h>

#include "base/os.h"
#include "client/never-text.h"
#include "ui/record-item.h"
#include "ui/toast.h"

typedef struct {
  GListModel *records;
  GtkWindow *parent;
} Export;

static char *
dup_text (GListModel *model, const char *path)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) records = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    MrRecordItem *item = g_list_model_get_item (model, i);
    g_ptr_array_add (items, item);
    g_ptr_array_add (records, mr_record_item_get (item));
  }
  return mr_never_dup_text (records, mr_never_format_of_name (path));
}

void
mr_export_never_to (GListModel *records, GFile *file, GtkWindow *parent)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *text = path != NULL ? dup_text (records, path) : NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID, _ ("Choose a folder of this computer"));
  if (path != NULL && mr_os_write_file (path, text, strlen (text), 0600, &error))
    mr_toast_show (GTK_WIDGET (parent), _ ("List exported"));
  else
    mr_toast_show_error (GTK_WIDGET (parent), _ ("Could not export the list"), error);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  Export *export = data;
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                                                           : NULL;

  if (file != NULL)
    mr_export_never_to (export->records, file, export->parent);
  g_object_unref (export->records);
  g_object_unref (export->parent);
  g_free (export);
  g_object_unref (dialog);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *suffix)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_suffix (filter, suffix);
  gtk_file_chooser_add_filter (chooser, filter);
}

void
mr_export_never (GListModel *records, GtkWindow *parent)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Export the List"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));
  Export *export = g_new (Export, 1);

  *export = (Export){ .records = g_object_ref (records), .parent = g_object_ref (parent) };
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("Table with dates and reasons (.csv)"), "csv");
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("Addresses alone (.txt)"), "txt");
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "never-write-to.csv");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
