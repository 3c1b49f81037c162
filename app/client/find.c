/* One search for the service. A GTask with a state; each step is one call and its callback, and every step that fails goes on to
 * the next way of reaching it. */
#include <config.h>

#include "client/find.h"

#include <glib/gi18n-lib.h>

#include "base/paths.h"
#include "client/launch.h"
#include "data/dbus/names.h"

#define CALL_TIMEOUT_MS 5000
#define START_TRIES     400 /* of POLL_MS each */
#define POLL_MS         25
/* After our own start failed: another program may have started it at the same moment. */
#define TRIES_AFTER_END 20

typedef struct {
  gboolean may_start;
  GDBusConnection *session;
  gboolean on_bus;
  char *socket_address;
  MrLaunch *launch;
  guint tries_left;
  guint poll;
  char *words;
} Find;

static void
find_free (gpointer data)
{
  Find *find = data;

  g_clear_object (&find->session);
  g_clear_pointer (&find->launch, mr_launch_free);
  g_clear_handle_id (&find->poll, g_source_remove);
  g_free (find->socket_address);
  g_free (find->words);
  g_free (find);
}

/* TRUE: the search is over. */
static gboolean
is_cancelled (GTask *task)
{
  return g_task_return_error_if_cancelled (task);
}

static void
fail (GTask *task, const char *words)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "%s", words);
}

/* ---- socket ---- */

static void try_socket (GTask *task);

static gboolean
poll_cb (gpointer data)
{
  Find *find = g_task_get_task_data (data);

  find->poll = 0;
  try_socket (data);
  return G_SOURCE_REMOVE;
}

/* Waits for the service that was started. */
static void
wait_on (GTask *task)
{
  Find *find = g_task_get_task_data (task);
  g_autofree char *words = NULL;

  if (mr_launch_has_failed (find->launch, &words) && find->tries_left > TRIES_AFTER_END) {
    find->tries_left = TRIES_AFTER_END;
    find->words = g_strdup_printf (_ ("The Mail Relay service ended again: %s"), words);
  }
  if (find->tries_left-- == 0) {
    fail (task, find->words != NULL ? find->words : _ ("The Mail Relay service was started and does not answer"));
    g_object_unref (task);
    return;
  }
  GSource *source = g_timeout_source_new (POLL_MS);
  g_source_set_callback (source, poll_cb, task, NULL);
  find->poll = g_source_attach (source, g_task_get_context (task));
  g_source_unref (source);
}

static void start_service (GTask *task);

static void
socket_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Find *find = g_task_get_task_data (task);
  GDBusConnection *connection = g_dbus_connection_new_for_address_finish (result, NULL);

  if (connection != NULL) {
    find->on_bus = FALSE;
    g_task_return_pointer (task, connection, g_object_unref);
  } else if (is_cancelled (task)) {
    return;
  } else if (find->launch != NULL) {
    wait_on (g_steal_pointer (&task));
  } else if (find->may_start) {
    start_service (g_steal_pointer (&task));
  } else {
    fail (task, _ ("The Mail Relay service does not run"));
  }
}

static void
try_socket (GTask *task)
{
  Find *find = g_task_get_task_data (task);

  g_dbus_connection_new_for_address (find->socket_address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                     g_task_get_cancellable (task), socket_cb, task);
}

/* ---- starting ---- */

static void
spawn (GTask *task)
{
  Find *find = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  find->launch = mr_launch_new (&error);
  if (find->launch == NULL) {
    fail (task, error->message);
    g_object_unref (task);
    return;
  }
  find->tries_left = START_TRIES;
  wait_on (task);
}

static void
activated_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Find *find = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  if (reply != NULL) {
    find->on_bus = TRUE;
    g_task_return_pointer (task, g_steal_pointer (&find->session), g_object_unref);
  } else if (!is_cancelled (task)) {
    spawn (g_steal_pointer (&task));
  }
}

static void
start_service (GTask *task)
{
  Find *find = g_task_get_task_data (task);

  if (find->session == NULL || mr_launch_is_build_folder ()) {
    spawn (task);
    return;
  }
  g_dbus_connection_call (find->session, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", MR_BUS_NAME, 0), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, 2 * CALL_TIMEOUT_MS, g_task_get_cancellable (task), activated_cb,
                          task);
}

/* ---- session bus ---- */

static void
owner_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Find *find = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  if (reply != NULL) {
    find->on_bus = TRUE;
    g_task_return_pointer (task, g_steal_pointer (&find->session), g_object_unref);
  } else if (!is_cancelled (task)) {
    try_socket (g_steal_pointer (&task));
  }
}

static void
session_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Find *find = g_task_get_task_data (task);

  find->session = g_dbus_connection_new_for_address_finish (result, NULL);
  if (is_cancelled (task))
    return;
  if (find->session == NULL) {
    try_socket (g_steal_pointer (&task));
    return;
  }
  g_dbus_connection_set_exit_on_close (find->session, FALSE);
  /* Not among the arguments: they are evaluated in any order, and one of them gives the task away. */
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_dbus_connection_call (find->session, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetNameOwner", g_variant_new ("(s)", MR_BUS_NAME), G_VARIANT_TYPE ("(s)"),
                          G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, cancellable, owner_cb, g_steal_pointer (&task));
}

void
mr_find_service_async (gboolean may_start, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Find *find = g_new0 (Find, 1);
  g_autoptr (MrPaths) paths = mr_paths_new ();
  g_autofree char *path = g_dbus_address_escape_value (paths->bus_socket);
  g_autofree char *session = mr_bus_dup_session_address ();

  g_task_set_source_tag (task, mr_find_service_async);
  g_task_set_task_data (task, find, find_free);
  find->may_start = may_start;
  find->socket_address = g_strconcat ("unix:path=", path, NULL);
  if (session == NULL)
    try_socket (task);
  else
    g_dbus_connection_new_for_address (
        session, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
        cancellable, session_cb, task);
}

GDBusConnection *
mr_find_service_finish (GAsyncResult *result, gboolean *ret_on_bus, GError **error)
{
  Find *find = g_task_get_task_data (G_TASK (result));
  GDBusConnection *connection = g_task_propagate_pointer (G_TASK (result), error);

  if (connection != NULL)
    *ret_on_bus = find->on_bus;
  return connection;
}
