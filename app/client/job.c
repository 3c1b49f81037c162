/* A job in the service. The subscription stands before the call is made, because the first step may arrive with the answer; signals that come before the
 * number is known are kept (at most a handful). The service going away ends the job.
 */
#include <config.h>

#include "client/job.h"

#include <glib/gi18n-lib.h>

#include "data/dbus/names.h"

#define MAX_EARLY 64

typedef struct {
  const MrClientJobKind *kind;
  MrClientJobStepFunc step;
  gpointer step_data;
  GDestroyNotify free_step;
  GDBusConnection *connection;
  guint subscription;
  gulong lost, cancelled;
  guint number;     /* 0: not told yet */
  GPtrArray *early; /* GVariant tuples with the signal's name in front */
  GVariant *parameters;
  GUnixFDList *fds; /* NULL: none */
  gboolean over;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_step != NULL)
    job->free_step (job->step_data);
  g_clear_pointer (&job->early, g_ptr_array_unref);
  g_clear_pointer (&job->parameters, g_variant_unref);
  g_clear_object (&job->fds);
  g_clear_object (&job->connection);
  g_free (job);
}

/* Takes the job's reference on the task away, once. */
static void
end (GTask *task, GVariant *last, GError *error)
{
  Job *job = g_task_get_task_data (task);

  if (job->over) {
    g_clear_error (&error);
    return;
  }
  job->over = TRUE;
  if (job->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), job->cancelled);
  if (job->connection != NULL) {
    g_signal_handler_disconnect (g_task_get_source_object (task), job->lost);
    g_dbus_connection_signal_unsubscribe (job->connection, job->subscription);
  }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_variant_ref (last), (GDestroyNotify)g_variant_unref);
  g_object_unref (task);
}

static void
take_signal (GTask *task, const char *name, GVariant *parameters)
{
  Job *job = g_task_get_task_data (task);
  gboolean is_step = g_str_equal (name, job->kind->step);
  const char *type = is_step ? "(ua{sv})" : g_str_equal (name, job->kind->done) ? job->kind->done_type : NULL;
  guint number = 0;

  if (type == NULL || !g_variant_is_of_type (parameters, G_VARIANT_TYPE (type)))
    return;
  g_variant_get_child (parameters, 0, "u", &number);
  if (number != job->number)
    return;
  if (!is_step) {
    end (task, parameters, NULL);
    return;
  }
  g_autoptr (GVariant) dict = g_variant_get_child_value (parameters, 1);
  if (job->step != NULL)
    job->step (dict, number, job->step_data);
}

static void
signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Job *job = g_task_get_task_data (task);

  if (job->over)
    return;
  if (job->number != 0)
    take_signal (task, name, parameters);
  else if (job->early->len < MAX_EARLY)
    g_ptr_array_add (job->early, g_variant_ref_sink (g_variant_new ("(sv)", name, parameters)));
}

static void
lost_cb (MrClient *client, GParamSpec *pspec, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);

  end (task, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The Mail Relay service has ended")));
}

static void
stop_in_service (GTask *task)
{
  Job *job = g_task_get_task_data (task);
  const char *name = mr_client_get_bus_name (g_task_get_source_object (task));

  if (job->number != 0 && job->connection != NULL)
    g_dbus_connection_call (job->connection, name, MR_BUS_PATH, job->kind->interface, job->kind->cancel,
                            g_variant_new ("(u)", job->number), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL,
                            NULL);
}

/* In an idle call: the cancellable's lock is held while its handlers run, and they may not be disconnected there. */
static gboolean
cancelled_idle_cb (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);

  if (!job->over) {
    stop_in_service (task);
    end (task, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Stopped")));
  }
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, cancelled_idle_cb, g_object_ref (data), g_object_unref);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (object), NULL,
                                                                                result, &error);

  if (reply == NULL) {
    g_dbus_error_strip_remote_error (error);
    end (task, NULL, error);
    return;
  }
  g_variant_get (reply, "(u)", &job->number);
  if (job->over) {
    stop_in_service (task);
    return;
  }
  for (guint i = 0; i < job->early->len && !job->over; i++) {
    const char *name;
    g_autoptr (GVariant) parameters = NULL;
    g_variant_get (g_ptr_array_index (job->early, i), "(&sv)", &name, &parameters);
    take_signal (task, name, parameters);
  }
}

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MrClient *client = MR_CLIENT (object);
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (job->over) {
    mr_client_connect_finish (client, result, NULL);
    return;
  }
  if (!mr_client_connect_finish (client, result, &error) || mr_client_get_connection (client) == NULL) {
    if (error == NULL)
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The Mail Relay service has ended"));
    end (task, NULL, error);
    return;
  }
  const char *name = mr_client_get_bus_name (client);
  job->connection = g_object_ref (mr_client_get_connection (client));
  job->subscription = g_dbus_connection_signal_subscribe (job->connection, name, job->kind->interface, NULL,
                                                          MR_BUS_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, task,
                                                          NULL);
  job->lost = g_signal_connect (client, "notify::connected", G_CALLBACK (lost_cb), task);
  g_dbus_connection_call_with_unix_fd_list (job->connection, name, MR_BUS_PATH, job->kind->interface, job->kind->method,
                                            job->parameters, G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                            -1, job->fds, NULL, started_cb, g_object_ref (task));
}

void
mr_client_job_async (MrClient *self, const MrClientJobKind *kind, GVariant *parameters, GUnixFDList *fds,
                     MrClientJobStepFunc step, gpointer step_data, GDestroyNotify free_step, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  Job *job = g_new0 (Job, 1);

  g_task_set_source_tag (task, mr_client_job_async);
  g_task_set_task_data (task, job, job_free);
  job->kind = kind;
  job->step = step;
  job->step_data = step_data;
  job->free_step = free_step;
  job->early = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  job->parameters = g_variant_ref_sink (parameters);
  job->fds = fds != NULL ? g_object_ref (fds) : NULL;
  if (cancellable != NULL && !g_cancellable_is_cancelled (cancellable))
    job->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task);
  mr_client_connect_async (self, NULL, connected_cb, g_object_ref (task));
}

GVariant *
mr_client_job_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
