/* The service as a process. The engine comes first: it takes the lock of the store, so that only one service touches the
 * socket. At the end the bus goes when the engine has stopped, so that clients see how it ends. */
#include <config.h>

#include "service/daemon.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/log.h"
#include "base/sandbox.h"
#include "service/bus.h"
#include "service/foreground.h"
#include "service/notify.h"
#include "service/power.h"

#define GRACE_MS 10000

struct _MrDaemon {
  const MrPaths *paths;
  const MrServiceOptions *options;
  MrEngine *engine;
  MrClock *clock; /* borrowed */
  MrBus *bus;
  MrPower *power;
  GMainLoop *loop;
  gboolean stopping;
};

MrDaemon *
mr_daemon_new (const MrPaths *paths, const MrServiceOptions *options, MrClock *clock)
{
  MrDaemon *self = g_new0 (MrDaemon, 1);

  self->engine = mr_engine_new (paths, clock);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->paths = paths;
  self->clock = clock;
  self->options = options;
  return self;
}

void
mr_daemon_free (MrDaemon *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->power, mr_power_free);
  g_clear_pointer (&self->bus, mr_bus_free);
  g_clear_pointer (&self->engine, mr_engine_free);
  g_main_loop_unref (self->loop);
  g_free (self);
}

/* The command line outranks the settings, which the engine takes into force each time they change. */
static void
apply_log_level (MrDaemon *self)
{
  if (self->options->has_log_level)
    mr_log_set_level (self->options->log_level);
}

static void
changed_cb (MrEngine *engine, MrChanged what, guint64 revision, gpointer data)
{
  MrDaemon *self = data;

  if ((what & MR_CHANGED_CONFIG) != 0)
    apply_log_level (self);
  if (self->power != NULL)
    mr_power_changed (self->power);
  if (self->bus != NULL)
    mr_bus_changed (self->bus, what, revision);
}

static void
stopped_cb (const GError *error, gpointer data)
{
  MrDaemon *self = data;

  if (error != NULL)
    mr_error ("service", "the engine did not stop cleanly: %s", error->message);
  /* Nothing of the engine can be called any more. */
  g_clear_pointer (&self->power, mr_power_free);
  g_clear_pointer (&self->bus, mr_bus_free);
  g_main_loop_quit (self->loop);
}

void
mr_daemon_stop (MrDaemon *self)
{
  if (self->stopping) {
    mr_warning ("service", "ending at once");
    g_main_loop_quit (self->loop);
    return;
  }
  self->stopping = TRUE;
  mr_info ("service", "ending: what is being sent may finish for %d s", GRACE_MS / 1000);
  mr_service_notify ("STOPPING=1");
  if (self->bus != NULL)
    mr_bus_prepare_stop (self->bus);
  mr_engine_stop (self->engine, GRACE_MS, stopped_cb, self);
}

static void
quit_cb (gpointer data)
{
  MrDaemon *self = data;

  if (!self->stopping)
    mr_daemon_stop (self);
}

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  g_autofree char *text = error == NULL ? mr_foreground_dup_text (status) : NULL;

  if (text == NULL)
    return;
  fputs (text, stdout);
  fflush (stdout);
}

gboolean
mr_daemon_run (MrDaemon *self, GError **error)
{
  mr_engine_set_changed_func (self->engine, changed_cb, self);
  if (!mr_engine_start (self->engine, error))
    return FALSE;
  apply_log_level (self);
  self->bus = mr_bus_new (self->engine, self->paths, self->clock, quit_cb, self);
  self->power = mr_power_new (self->engine);
  mr_info ("service", "version %s is ready; sandbox: %s", MR_VERSION, mr_sandbox_report ());
  mr_service_notify ("READY=1");
  if (self->options->foreground_info)
    mr_engine_get_status (self->engine, status_cb, NULL);
  g_main_loop_run (self->loop);
  mr_engine_set_changed_func (self->engine, NULL, NULL);
  mr_info ("service", "ended");
  return TRUE;
}
