/* Reading of files to a bound: see read-file.h.
 *
 * A size told beforehand may be wrong, and a pipe or a device has none: what counts is what was read. Nothing of it is kept or sent anywhere.
 */
#include <config.h>

#include "client/read-file.h"

#include <glib/gi18n-lib.h>

typedef struct {
  gsize max;
  char *contents;
  gsize len;
} Read;

static void
read_free (gpointer data)
{
  Read *self = data;

  g_free (self->contents);
  g_free (self);
}

static gboolean
read_more (const char *contents, goffset size, gpointer data)
{
  const Read *self = g_task_get_task_data (data);

  return (guint64)size <= self->max;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Read *self = g_task_get_task_data (task);
  g_autofree char *name = g_file_get_parse_name (G_FILE (source));
  GError *error = NULL;

  if (!g_file_load_partial_contents_finish (G_FILE (source), result, &self->contents, &self->len, NULL, &error))
    g_task_return_error (task, error);
  else if (self->len > self->max)
    g_task_return_new_error (task, MR_ERROR, MR_ERROR_TOO_BIG, _ ("%s is larger than %zu bytes"), name, self->max);
  else
    g_task_return_boolean (task, TRUE);
}

void
mr_read_file_async (GFile *file, gsize max, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (file, cancellable, callback, data);
  Read *self = g_new0 (Read, 1);

  self->max = max;
  g_task_set_source_tag (task, mr_read_file_async);
  g_task_set_task_data (task, self, read_free);
  g_file_load_partial_contents_async (file, cancellable, read_more, loaded_cb, task);
}

char *
mr_read_file_finish (GFile *file, GAsyncResult *result, gsize *ret_len, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, file), NULL);
  Read *self = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  *ret_len = self->len;
  return g_steal_pointer (&self->contents);
}
