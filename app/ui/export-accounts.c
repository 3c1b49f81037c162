/* Readable by its owner alone: it has no secret in it, but says whose accounts they are. */
#include "config.h"

#include "ui/export-accounts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/os.h"
#include "client/account-file.h"
#include "ui/record-item.h"
#include "ui/toast.h"

typedef struct {
  MrDesk *desk;
  GtkWindow *parent;
} Export;

static char *
dup_text (MrDesk *desk)
{
  g_autoptr (GPtrArray) accounts = g_ptr_array_new ();
  GListModel *model = mr_desk_get_accounts (desk);

  /* The model keeps its items while this runs. */
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (model, i);
    g_ptr_array_add (accounts, mr_record_item_get (item));
  }
  return mr_account_file_write (accounts);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  Export *export = data;
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                                                           : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autoptr (GError) error = NULL;

  if (path != NULL) {
    g_autofree char *text = dup_text (export->desk);
    if (mr_os_write_file (path, text, strlen (text), 0600, &error))
      mr_toast_show (GTK_WIDGET (export->parent), _ ("Accounts exported, without their passwords"));
    else
      mr_toast_show_error (GTK_WIDGET (export->parent), _ ("Could not export the accounts"), error);
  }
  g_object_unref (export->desk);
  g_object_unref (export->parent);
  g_free (export);
  g_object_unref (dialog);
}

void
mr_export_accounts (MrDesk *desk, GtkWindow *parent)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Export Accounts"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));
  Export *export = g_new (Export, 1);

  *export = (Export){ .desk = g_object_ref (desk), .parent = g_object_ref (parent) };
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "mail-relay-accounts.conf");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
