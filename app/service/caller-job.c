/* Jobs of callers: who may hear of them and stop them. */
#include <config.h>

#include "service/caller-job.h"

#include <glib/gi18n-lib.h>

#include "data/dbus/names.h"
#include "service/call.h"

struct _MrCallerJobs {
  const char *interface;
  guint max;
  MrCallerJobCancelFunc cancel;
  gpointer data;
  GPtrArray *jobs; /* MrCallerJob, borrowed: each takes itself out when it is freed */
  gboolean stopping;
};

struct _MrCallerJob {
  MrCallerJobs *jobs;
  GDBusConnection *connection;
  char *sender; /* NULL on a peer-to-peer connection */
  guint name_watch;
  guint number;
};

MrCallerJobs *
mr_caller_jobs_new (const char *interface, guint max, MrCallerJobCancelFunc cancel, gpointer data)
{
  MrCallerJobs *self = g_new0 (MrCallerJobs, 1);

  self->interface = interface;
  self->max = max;
  self->cancel = cancel;
  self->data = data;
  self->jobs = g_ptr_array_new ();
  return self;
}

void
mr_caller_jobs_free (MrCallerJobs *self)
{
  g_ptr_array_unref (self->jobs);
  g_free (self);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  MrCallerJob *job = data;

  job->jobs->cancel (job->number, job->jobs->data);
}

MrCallerJob *
mr_caller_job_new (MrCallerJobs *self, GDBusMethodInvocation *invocation)
{
  MrCallerJob *job;

  if (self->stopping || self->jobs->len >= self->max) {
    mr_call_refuse (invocation, MR_ERROR_BUSY,
                    self->stopping ? _ ("The service is about to end")
                                   : _ ("Too many of these run at once: wait for one to end"));
    return NULL;
  }
  job = g_new0 (MrCallerJob, 1);
  job->jobs = self;
  job->connection = g_object_ref (g_dbus_method_invocation_get_connection (invocation));
  job->sender = g_strdup (g_dbus_method_invocation_get_sender (invocation));
  g_ptr_array_add (self->jobs, job);
  return job;
}

void
mr_caller_job_started (MrCallerJob *job, GDBusMethodInvocation *invocation, guint number)
{
  if (number == 0) {
    mr_call_refuse (invocation, MR_ERROR_BUSY, _ ("Too many of these run at once: wait for one to end"));
    return;
  }
  job->number = number;
  if (job->sender != NULL)
    job->name_watch = g_bus_watch_name_on_connection (job->connection, job->sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                      vanished_cb, job, NULL);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", number));
}

void
mr_caller_job_free (MrCallerJob *job)
{
  g_ptr_array_remove_fast (job->jobs->jobs, job);
  if (job->name_watch != 0)
    g_bus_unwatch_name (job->name_watch);
  g_object_unref (job->connection);
  g_free (job->sender);
  g_free (job);
}

guint
mr_caller_job_get_number (MrCallerJob *job)
{
  return job->number;
}

gpointer
mr_caller_job_get_data (MrCallerJob *job)
{
  return job->jobs->data;
}

void
mr_caller_job_emit (MrCallerJob *job, const char *name, GVariant *parameters)
{
  g_dbus_connection_emit_signal (job->connection, job->sender, MR_BUS_PATH, job->jobs->interface, name, parameters,
                                 NULL);
}

gboolean
mr_caller_jobs_owns (MrCallerJobs *self, GDBusMethodInvocation *invocation, guint number)
{
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);

  for (guint i = 0; i < self->jobs->len; i++) {
    const MrCallerJob *job = g_ptr_array_index (self->jobs, i);
    if (job->number == number && job->connection == connection && g_strcmp0 (job->sender, sender) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
mr_caller_jobs_cancel (MrCallerJobs *self, GDBusMethodInvocation *invocation, guint number)
{
  if (!mr_caller_jobs_owns (self, invocation, number))
    return FALSE;
  self->cancel (number, self->data);
  return TRUE;
}

void
mr_caller_jobs_forget (MrCallerJobs *self, GDBusConnection *connection)
{
  self->stopping = self->stopping || connection == NULL;
  /* Backwards: a job that is stopped takes itself out, and the last one into its place. */
  for (guint i = self->jobs->len; i-- > 0;) {
    const MrCallerJob *job = g_ptr_array_index (self->jobs, i);
    if (connection == NULL || job->connection == connection)
      self->cancel (job->number, self->data);
  }
}
