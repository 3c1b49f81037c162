/* Sleep and shutdown: see power.h.
 *
 * logind hands out a "delay" lock as a file descriptor; while one is open it waits before it goes to sleep, at most InhibitDelayMaxSec (5 s). The lock
 * is held all the time and let go when nothing is in flight any more, or after LIMIT_MS, so that we are never the one that is waited for in vain.
 */
#include <config.h>

#include "service/power.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#include "base/log.h"

#define NAME     "org.freedesktop.login1"
#define PATH     "/org/freedesktop/login1"
#define MANAGER  "org.freedesktop.login1.Manager"
#define LIMIT_MS 4500

struct _MrPower {
  MrEngine *engine;
  GCancellable *cancellable;
  GDBusConnection *connection;
  guint signals, watch, timer;
  int lock;        /* -1: none */
  gboolean ending; /* we were told that the machine sleeps or ends */
};

static void
let_go (MrPower *self, const char *why)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->lock < 0)
    return;
  mr_info ("service", "the machine may go to sleep: %s", why);
  close (self->lock);
  self->lock = -1;
}

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  g_autoptr (GCancellable) cancellable = data;
  MrPower *self = g_object_get_data (G_OBJECT (cancellable), "power");

  if (!g_cancellable_is_cancelled (cancellable) && self->ending && error == NULL && status->sending == 0)
    let_go (self, "nothing is being sent");
}

static void
look (MrPower *self)
{
  if (self->ending && self->lock >= 0)
    mr_engine_get_status (self->engine, status_cb, g_object_ref (self->cancellable));
}

static gboolean
limit_cb (gpointer data)
{
  MrPower *self = data;

  self->timer = 0;
  let_go (self, "what is being sent takes too long, and is tried again afterwards");
  return G_SOURCE_REMOVE;
}

/* ---- the lock ---- */

static void
locked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds,
                                                                                result, &error);
  gint32 handle = -1;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrPower *self = data;
  if (reply != NULL)
    g_variant_get (reply, "(h)", &handle);
  if (handle >= 0 && fds != NULL && handle < g_unix_fd_list_get_length (fds))
    self->lock = g_unix_fd_list_get (fds, handle, NULL);
  if (self->lock < 0)
    mr_debug ("service", "sleep does not wait for us: %s", error != NULL ? error->message : "no lock was given");
}

static void
take_lock (MrPower *self)
{
  if (self->lock >= 0 || self->connection == NULL)
    return;
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, NAME, PATH, MANAGER, "Inhibit",
      g_variant_new ("(ssss)", "sleep:shutdown", "Mail Relay", "Mail is being sent", "delay"), G_VARIANT_TYPE ("(h)"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, self->cancellable, locked_cb, self);
}

/* ---- what logind says ---- */

static void
signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer data)
{
  MrPower *self = data;
  gboolean begins = FALSE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)"))
      || (!g_str_equal (name, "PrepareForSleep") && !g_str_equal (name, "PrepareForShutdown")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  if (begins == self->ending)
    return;
  self->ending = begins;
  mr_engine_set_asleep (self->engine, begins);
  if (begins) {
    mr_info ("service", "the machine is about to sleep or to end: no new message is begun");
    if (self->lock >= 0)
      self->timer = g_timeout_add (LIMIT_MS, limit_cb, self);
    look (self);
  } else {
    mr_info ("service", "the machine is awake: what waits is tried now");
    g_clear_handle_id (&self->timer, g_source_remove);
    take_lock (self);
  }
}

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
  take_lock (data);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  MrPower *self = data;

  /* A lock of a logind that is gone holds nothing up. */
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrPower *self = data;
  if (connection == NULL) {
    mr_debug ("service", "no system bus, so nobody tells of sleep: %s", error->message);
    return;
  }
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  self->connection = g_steal_pointer (&connection);
  self->signals = g_dbus_connection_signal_subscribe (self->connection, NAME, MANAGER, NULL, PATH, NULL,
                                                      G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, self, NULL);
  self->watch = g_bus_watch_name_on_connection (self->connection, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, appeared_cb,
                                                vanished_cb, self, NULL);
}

/* ---- lifetime ---- */

MrPower *
mr_power_new (MrEngine *engine)
{
  MrPower *self = g_new0 (MrPower, 1);

  self->engine = engine;
  self->lock = -1;
  self->cancellable = g_cancellable_new ();
  g_object_set_data (G_OBJECT (self->cancellable), "power", self);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, self);
  return self;
}

void
mr_power_free (MrPower *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->connection != NULL)
    g_dbus_connection_signal_unsubscribe (self->connection, self->signals);
  g_clear_object (&self->connection);
  if (self->lock >= 0)
    close (self->lock);
  g_object_unref (self->cancellable);
  g_free (self);
}

void
mr_power_changed (MrPower *self)
{
  look (self);
}
