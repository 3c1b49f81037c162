/* One call: connect if necessary, send, check the answer's type, give the service's own errors back. */
#include <config.h>

#include "client/client-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "base/os.h"
#include "data/dbus/names.h"

#define TIMEOUT_MS 30000

typedef struct {
  char *interface, *method;
  GVariant *parameters;
  GUnixFDList *fds;
  GVariantType *reply_type;
  int timeout_ms;
  GUnixFDList *reply_fds;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->interface);
  g_free (call->method);
  g_clear_pointer (&call->parameters, g_variant_unref);
  g_clear_object (&call->fds);
  g_variant_type_free (call->reply_type);
  g_clear_object (&call->reply_fds);
  g_free (call);
}

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (object), &call->reply_fds,
                                                                     result, &error);

  if (reply != NULL) {
    g_task_return_pointer (task, reply, (GDestroyNotify)g_variant_unref);
    return;
  }
  g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, error);
}

static void
send_call (GTask *task)
{
  MrClient *client = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  GDBusConnection *connection = mr_client_get_connection (client);

  if (connection == NULL) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "%s", _ ("The Mail Relay service has ended"));
    g_object_unref (task);
    return;
  }
  g_dbus_connection_call_with_unix_fd_list (connection, mr_client_get_bus_name (client), MR_BUS_PATH, call->interface,
                                            call->method, call->parameters, call->reply_type,
                                            G_DBUS_CALL_FLAGS_NO_AUTO_START, call->timeout_ms, call->fds,
                                            g_task_get_cancellable (task), answered_cb, task);
}

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GError *error = NULL;

  if (mr_client_connect_finish (MR_CLIENT (object), result, &error)) {
    send_call (task);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
mr_client_call (MrClient *self, const MrClientCall *wanted, GCancellable *cancellable, GAsyncReadyCallback callback,
                gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  Call *call = g_new0 (Call, 1);

  g_task_set_source_tag (task, mr_client_call);
  g_task_set_task_data (task, call, call_free);
  call->interface = g_strdup (wanted->interface);
  call->method = g_strdup (wanted->method);
  call->parameters = wanted->parameters != NULL ? g_variant_ref_sink (wanted->parameters) : NULL;
  call->fds = wanted->fds != NULL ? g_object_ref (wanted->fds) : NULL;
  call->reply_type = g_variant_type_copy (wanted->reply_type != NULL ? wanted->reply_type : G_VARIANT_TYPE_UNIT);
  call->timeout_ms = wanted->may_take_long ? G_MAXINT : TIMEOUT_MS;
  if (mr_client_is_connected (self))
    send_call (task);
  else
    mr_client_connect_async (self, cancellable, connected_cb, task);
}

GVariant *
mr_client_call_finish (MrClient *self, GAsyncResult *result, GUnixFDList **ret_fds, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  Call *call = g_task_get_task_data (G_TASK (result));
  GVariant *reply = g_task_propagate_pointer (G_TASK (result), error);

  if (reply != NULL && ret_fds != NULL)
    *ret_fds = g_steal_pointer (&call->reply_fds);
  return reply;
}

gboolean
mr_client_call_finish_void (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);

  return reply != NULL;
}

GUnixFDList *
mr_client_secret_fds (MrSecret *secret, GError **error)
{
  int fds[2];
  gsize len = secret != NULL ? mr_secret_length (secret) : 0;

  if (pipe2 (fds, O_CLOEXEC | O_NONBLOCK) != 0) {
    mr_set_errno_error (error, errno, _ ("No pipe for the password"));
    return NULL;
  }
  /* A pipe holds more than a secret may have, so that one write is enough. */
  gssize n = len > 0 ? write (fds[1], mr_secret_get (secret), len) : 0;
  int err = errno;
  close (fds[1]);
  if (n == (gssize)len)
    return g_unix_fd_list_new_from_array (fds, 1);
  close (fds[0]);
  mr_set_errno_error (error, err, _ ("The password could not be handed over"));
  return NULL;
}

GPtrArray *
mr_client_convert_records (GVariant *list, MrClientConvert convert, GDestroyNotify free_func)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (free_func);
  GVariantIter iter;
  GVariant *child;

  g_variant_iter_init (&iter, list);
  while ((child = g_variant_iter_next_value (&iter)) != NULL) {
    gpointer record = convert (child);
    if (record != NULL)
      g_ptr_array_add (records, record);
    g_variant_unref (child);
  }
  return records;
}
