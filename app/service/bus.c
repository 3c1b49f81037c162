/* Session bus and peer-to-peer socket.
 *
 * The session bus is reached through a connection of our own, not the process-wide one: that one would end the process when the bus goes, and could not
 * be made anew while somebody else still holds it.
 */
#include <config.h>

#include "service/bus.h"

#include <mailrelay/engine-domains.h>
#include <mailrelay/engine-publish.h>

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "data/dbus/names.h"
#include "service/background-status.h"
#include "service/caller.h"
#include "service/notifications.h"

#define N_INTERFACES   5
#define MAX_PEERS      64
#define FIRST_RETRY_MS 500
#define LAST_RETRY_MS  30000
#define SERVICE        0 /* places in interfaces[] */
#define ACCOUNTS       2
#define DOMAINS        4

struct _MrBus {
  MrEngine *engine;
  GDBusInterfaceSkeleton *interfaces[N_INTERFACES];
  GCancellable *cancellable;
  MrNotifications *notifications;
  MrBackgroundStatus *background;

  GDBusConnection *session; /* NULL while there is none */
  guint name;
  guint retry;
  guint retry_ms;

  char *socket_path;
  GDBusServer *server;
  GPtrArray *peers; /* GDBusConnection, owned */
};

static void connect_session (MrBus *self);

/* ---- exporting ---- */

static void export(MrBus *self, GDBusConnection *connection)
{
  for (guint i = 0; i < N_INTERFACES; i++) {
    g_autoptr (GError) error = NULL;
    if (!g_dbus_interface_skeleton_export (self->interfaces[i], connection, MR_BUS_PATH, &error))
      mr_error ("service", "an interface could not be exported: %s", error->message);
  }
}

static void
unexport (MrBus *self, GDBusConnection *connection)
{
  mr_accounts_interface_forget (self->interfaces[ACCOUNTS], connection);
  mr_domains_interface_forget (self->interfaces[DOMAINS], connection);
  for (guint i = 0; i < N_INTERFACES; i++)
    if (g_dbus_interface_skeleton_has_connection (self->interfaces[i], connection))
      g_dbus_interface_skeleton_unexport_from_connection (self->interfaces[i], connection);
}

/* ---- session bus ---- */

static gboolean
retry_cb (gpointer data)
{
  MrBus *self = data;

  self->retry = 0;
  connect_session (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (MrBus *self)
{
  if (self->retry == 0)
    self->retry = g_timeout_add (self->retry_ms, retry_cb, self);
  self->retry_ms = MIN (self->retry_ms * 2, LAST_RETRY_MS);
}

static void
drop_session (MrBus *self)
{
  if (self->name != 0)
    g_bus_unown_name (self->name);
  self->name = 0;
  if (self->session == NULL)
    return;
  mr_notifications_set_connection (self->notifications, NULL);
  if (self->background != NULL)
    mr_background_status_set_connection (self->background, NULL);
  g_signal_handlers_disconnect_by_data (self->session, self);
  unexport (self, self->session);
  g_clear_object (&self->session);
}

static void
session_closed_cb (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  MrBus *self = data;

  mr_info ("service", "the session bus is gone; the service goes on");
  drop_session (self);
  self->retry_ms = FIRST_RETRY_MS;
  retry_later (self);
}

static void
name_acquired_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  mr_info ("service", "%s is ours on the session bus", name);
}

static void
name_lost_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  if (connection != NULL && !g_dbus_connection_is_closed (connection))
    mr_warning ("service", "another program owns %s on the session bus", name);
}

static void
session_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrBus *self = data;
  if (connection == NULL) {
    mr_debug ("service", "no session bus: %s", error->message);
    retry_later (self);
    return;
  }
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  self->session = g_steal_pointer (&connection);
  self->retry_ms = FIRST_RETRY_MS;
  g_signal_connect (self->session, "closed", G_CALLBACK (session_closed_cb), self);
  if (g_dbus_connection_is_closed (self->session)) {
    session_closed_cb (self->session, TRUE, NULL, self);
    return;
  }
  export(self, self->session);
  self->name = g_bus_own_name_on_connection (self->session, MR_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, name_acquired_cb,
                                             name_lost_cb, self, NULL);
  mr_notifications_set_connection (self->notifications, self->session);
  if (self->background != NULL)
    mr_background_status_set_connection (self->background, self->session);
}

static void
connect_session (MrBus *self)
{
  g_autofree char *address = mr_bus_dup_session_address ();

  if (address == NULL)
    return;
  g_dbus_connection_new_for_address (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      self->cancellable, session_cb, self);
}

/* ---- peer-to-peer socket ---- */

static void
peer_closed_cb (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  MrBus *self = data;

  g_signal_handlers_disconnect_by_data (connection, self);
  unexport (self, connection);
  g_ptr_array_remove_fast (self->peers, connection);
}

static gboolean
new_connection_cb (GDBusServer *server, GDBusConnection *connection, gpointer data)
{
  MrBus *self = data;

  if (self->peers->len >= MAX_PEERS) {
    mr_warning ("service", "a client was refused: %u are connected", self->peers->len);
    return FALSE;
  }
  g_ptr_array_add (self->peers, g_object_ref (connection));
  g_signal_connect (connection, "closed", G_CALLBACK (peer_closed_cb), self);
  export(self, connection);
  return TRUE;
}

static void
start_server (MrBus *self)
{
  g_autofree char *escaped = g_dbus_address_escape_value (self->socket_path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autoptr (GDBusAuthObserver) observer = mr_caller_observer_new ();
  g_autoptr (GError) error = NULL;

  /* The store's lock is ours, so this can only be left over from a service that was killed. */
  (void)unlink (self->socket_path);
  self->server = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER, guid, observer,
                                         self->cancellable, &error);
  if (self->server == NULL) {
    mr_error ("service", "clients cannot connect at %s: %s", self->socket_path, error->message);
    return;
  }
  (void)chmod (self->socket_path, 0600);
  g_signal_connect (self->server, "new-connection", G_CALLBACK (new_connection_cb), self);
  g_dbus_server_start (self->server);
}

static void
stop_server (MrBus *self)
{
  if (self->server != NULL) {
    g_signal_handlers_disconnect_by_data (self->server, self);
    g_dbus_server_stop (self->server);
    (void)unlink (self->socket_path);
  }
  while (self->peers->len > 0) {
    g_autoptr (GDBusConnection) connection = g_object_ref (g_ptr_array_index (self->peers, 0));
    peer_closed_cb (connection, FALSE, NULL, self);
    g_dbus_connection_close (connection, NULL, NULL, NULL);
  }
  g_clear_object (&self->server);
}

/* ---- lifetime ---- */

static void
watch_cb (const char *domain, GVariant *watch, gpointer data)
{
  MrBus *self = data;
  gboolean done = FALSE, gave_up = FALSE;

  mr_publish_interface_watch_changed (self->interfaces[DOMAINS], domain, watch);
  g_variant_lookup (watch, "done", "b", &done);
  g_variant_lookup (watch, "gave-up", "b", &gave_up);
  if (done || gave_up)
    mr_domain_notes_watched (mr_notifications_get_domain_notes (self->notifications), domain, done);
}

static void
drift_cb (const char *domain, GPtrArray *findings, gpointer data)
{
  MrBus *self = data;

  mr_domain_notes_drifts (mr_notifications_get_domain_notes (self->notifications), domain, findings);
}

MrBus *
mr_bus_new (MrEngine *engine, const MrPaths *paths, MrClock *clock, MrQuitFunc quit, gpointer data)
{
  MrBus *self = g_new0 (MrBus, 1);

  mr_bus_register_errors ();
  self->engine = engine;
  self->cancellable = g_cancellable_new ();
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
  self->socket_path = g_strdup (paths->bus_socket);
  self->retry_ms = FIRST_RETRY_MS;
  self->interfaces[SERVICE] = mr_service_interface_new (engine, paths->bus_socket, quit, data);
  self->interfaces[1] = mr_outbox_interface_new (engine);
  self->interfaces[ACCOUNTS] = mr_accounts_interface_new (engine);
  self->interfaces[3] = mr_programs_interface_new (engine);
  self->interfaces[DOMAINS] = mr_domains_interface_new (engine);
  for (guint i = 0; i < N_INTERFACES; i++)
    mr_caller_guard (self->interfaces[i]);
  self->notifications = mr_notifications_new (engine, clock);
  self->background = mr_background_status_new (engine);
  mr_engine_set_watch_func (engine, watch_cb, self);
  mr_engine_set_drift_func (engine, drift_cb, self);
  start_server (self);
  connect_session (self);
  return self;
}

void
mr_bus_free (MrBus *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry, g_source_remove);
  mr_bus_prepare_stop (self);
  stop_server (self);
  drop_session (self);
  mr_notifications_free (self->notifications);
  for (guint i = 0; i < N_INTERFACES; i++)
    g_clear_object (&self->interfaces[i]);
  g_ptr_array_unref (self->peers);
  g_object_unref (self->cancellable);
  g_free (self->socket_path);
  g_free (self);
}

void
mr_bus_prepare_stop (MrBus *self)
{
  mr_engine_set_watch_func (self->engine, NULL, NULL);
  mr_engine_set_drift_func (self->engine, NULL, NULL);
  mr_notifications_stop (self->notifications);
  g_clear_pointer (&self->background, mr_background_status_free);
  mr_accounts_interface_forget (self->interfaces[ACCOUNTS], NULL);
  mr_domains_interface_forget (self->interfaces[DOMAINS], NULL);
}

void
mr_bus_changed (MrBus *self, MrChanged what, guint64 revision)
{
  mr_service_interface_changed (self->interfaces[SERVICE], what, revision);
  mr_notifications_changed (self->notifications, what);
  if (self->background != NULL)
    mr_background_status_changed (self->background, what);
}

gboolean
mr_bus_listens (MrBus *self)
{
  return self->server != NULL;
}
