/* Messages as files. One message at a time is fetched, so that memory holds one. */
#include <config.h>

#include "client/save-message.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "mail/preview.h"

#define NAMES_MAX 10000

char *
mr_save_dup_file_name (const char *id, const char *subject)
{
  g_autofree char *name = subject != NULL ? mr_preview_dup_file_name (subject) : NULL;

  /* A dot or a space at the end is lost on other systems. */
  for (gsize n = name != NULL ? strlen (name) : 0; n > 0 && strchr (" .", name[n - 1]) != NULL; n--)
    name[n - 1] = '\0';
  return g_strdup_printf ("%s.eml", name != NULL && *name != '\0' ? name : id);
}

gboolean
mr_save_write_file (const char *path, GBytes *bytes, gboolean replace, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);
  g_autofree char *shown = g_filename_display_name (path);
  int fd = -1;

  if (!replace) {
    /* Takes the name before anything is written. */
    fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
      g_set_error (error, MR_ERROR, MR_ERROR_EXISTS, _ ("There is a file “%s” already"), shown);
      return FALSE;
    }
    if (fd < 0) {
      mr_set_errno_error (error, errno, _ ("“%s” could not be written"), shown);
      return FALSE;
    }
    close (fd);
  }
  if (g_file_set_contents_full (path, data != NULL ? data : "", (gssize)len,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &local))
    return TRUE;
  if (!replace)
    (void)g_unlink (path);
  g_set_error (error, MR_ERROR, MR_ERROR_FAILED, _ ("“%s” could not be written: %s"), shown, local->message);
  return FALSE;
}

/* ---- many ---- */

typedef struct {
  char **ids;
  char *folder;
  guint next, saved, total;
  MrMessageRecord *message; /* of ids[next] */
  MrSaveProgressFunc progress;
  gpointer progress_data;
} Save;

static void save_next (GTask *task);

static void
save_free (gpointer data)
{
  Save *save = data;

  g_strfreev (save->ids);
  g_free (save->folder);
  mr_message_record_free (save->message);
  g_free (save);
}

static gboolean
write_message (Save *save, GBytes *bytes, GError **error)
{
  g_autofree char *name = mr_save_dup_file_name (save->message->id, save->message->subject);
  g_autofree char *stem = g_strndup (name, strlen (name) - strlen (".eml"));

  for (guint i = 1; i < NAMES_MAX; i++) {
    g_autofree char *numbered = i == 1 ? g_strdup (name) : g_strdup_printf ("%s (%u).eml", stem, i);
    g_autofree char *path = g_build_filename (save->folder, numbered, NULL);
    g_autoptr (GError) local = NULL;

    if (mr_save_write_file (path, bytes, FALSE, &local))
      return TRUE;
    if (!g_error_matches (local, MR_ERROR, MR_ERROR_EXISTS)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  g_set_error_literal (error, MR_ERROR, MR_ERROR_EXISTS, _ ("The folder has too many messages of one name"));
  return FALSE;
}

static void
body_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Save *save = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = mr_client_get_body_finish (MR_CLIENT (source), result, &error);

  /* Its text was deleted meanwhile: no reason to leave the others. A folder that is gone is one. */
  if (bytes == NULL && g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND))
    g_clear_error (&error);
  else if (bytes != NULL && write_message (save, bytes, &error))
    save->saved++;
  if (error != NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  save->next++;
  save_next (task);
}

static void
message_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Save *save = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_pointer (&save->message, mr_message_record_free);
  if (mr_client_get_message_finish (MR_CLIENT (source), result, &save->message, NULL, &error)
      && save->message->has_body) {
    mr_client_get_body_async (MR_CLIENT (source), save->message->id, g_task_get_cancellable (task), body_cb, task);
    return;
  }
  if (error != NULL && !g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_clear_error (&error);
  save->next++;
  save_next (task);
}

static void
save_next (GTask *task)
{
  Save *save = g_task_get_task_data (task);

  if (save->progress != NULL && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    save->progress (save->next, save->total, save->progress_data);
  if (save->ids[save->next] == NULL) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  mr_client_get_message_async (g_task_get_source_object (task), save->ids[save->next], g_task_get_cancellable (task),
                               message_cb, task);
}

void
mr_save_messages_async (MrClient *client, const char *const *ids, const char *folder, MrSaveProgressFunc progress,
                        gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (client, cancellable, callback, data);
  Save *save = g_new0 (Save, 1);

  save->ids = g_strdupv ((char **)ids);
  save->total = g_strv_length (save->ids);
  save->folder = g_strdup (folder);
  save->progress = progress;
  save->progress_data = progress_data;
  g_task_set_source_tag (task, mr_save_messages_async);
  g_task_set_task_data (task, save, save_free);
  save_next (task);
}

gboolean
mr_save_messages_finish (MrClient *client, GAsyncResult *result, guint *ret_saved, GError **error)
{
  const Save *save = g_task_get_task_data (G_TASK (result));

  if (ret_saved != NULL)
    *ret_saved = save->saved;
  return g_task_propagate_boolean (G_TASK (result), error);
}
