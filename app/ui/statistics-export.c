/* Files of statistics and of the audit log. The log may be long: its pages go to the file as they come, and the file gets its name at the end. */
#include "config.h"

#include "ui/statistics-export.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/os.h"
#include "client/statistics-calls.h"
#include "ui/toast.h"

typedef struct {
  GtkWindow *parent;
  MrDesk *desk;
  char *text; /* NULL: the audit log */
  GFile *file;
  GFileOutputStream *stream;
  guint64 after;
  gboolean begun;
} Export;

static void fetch (Export *export);

static void
export_free (Export *export)
{
  g_clear_object (&export->stream);
  g_clear_object (&export->file);
  g_clear_object (&export->desk);
  g_object_unref (export->parent);
  g_free (export->text);
  g_free (export);
}

static void
end (Export *export, const GError *error)
{
  if (error != NULL)
    mr_toast_show_error (GTK_WIDGET (export->parent), _ ("Could not save the file"), error);
  else
    mr_toast_show (GTK_WIDGET (export->parent), _ ("Saved"));
  export_free (export);
}

/* A stream that is given up without being closed leaves the old file as it was. */
static void
give_up (Export *export, const GError *error)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_output_stream_close (G_OUTPUT_STREAM (export->stream), cancelled, NULL);
  end (export, error);
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = mr_client_list_audit_finish (MR_CLIENT (source), result, &error);
  g_autofree char *text = lines != NULL ? mr_audit_dup_csv (lines, !export->begun) : NULL;

  if (lines == NULL
      || !g_output_stream_write_all (G_OUTPUT_STREAM (export->stream), text, strlen (text), NULL, NULL, &error)) {
    give_up (export, error);
    return;
  }
  export->begun = TRUE;
  if (lines->len == MR_CLIENT_AUDIT_PAGE) {
    export->after = ((MrAuditRecord *)lines->pdata[lines->len - 1])->serial;
    fetch (export);
  } else if (g_output_stream_close (G_OUTPUT_STREAM (export->stream), NULL, &error))
    end (export, NULL);
  else
    end (export, error);
}

static void
fetch (Export *export)
{
  mr_client_list_audit_async (mr_desk_get_client (export->desk), export->after, 0, NULL, page_cb, export);
}

static void
write_file (Export *export)
{
  g_autofree char *path = g_file_get_path (export->file);
  g_autoptr (GError) error = NULL;

  if (export->text != NULL) {
    gboolean ok = path != NULL && mr_os_write_file (path, export->text, strlen (export->text), 0600, &error);
    if (!ok && error == NULL)
      g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID, _ ("Choose a folder of this computer"));
    end (export, ok ? NULL : error);
    return;
  }
  export->stream = g_file_replace (export->file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, &error);
  if (export->stream == NULL)
    end (export, error);
  else
    fetch (export);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  Export *export = data;

  if (response == GTK_RESPONSE_ACCEPT)
    export->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (export->file != NULL)
    write_file (export);
  else
    export_free (export);
  g_object_unref (dialog);
}

static void
ask (Export *export, const char *title, const char *name)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, export->parent, GTK_FILE_CHOOSER_ACTION_SAVE,
                                                              _ ("_Save"), _ ("_Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
mr_export_text (GtkWindow *parent, const char *title, const char *name, const char *text)
{
  Export *export = g_new0 (Export, 1);

  export->parent = g_object_ref (parent);
  export->text = g_strdup (text);
  ask (export, title, name);
}

void
mr_export_audit (MrDesk *desk, GtkWindow *parent)
{
  Export *export = g_new0 (Export, 1);

  export->parent = g_object_ref (parent);
  export->desk = g_object_ref (desk);
  ask (export, _ ("Save the Audit Log"), "mail-relay-audit.csv");
}
