/* Keep sending when nobody is logged in: see linger.h. Calls of org.freedesktop.login1 on the system bus. */
#include <config.h>

#include "client/linger.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#define NAME       "org.freedesktop.login1"
#define PATH       "/org/freedesktop/login1"
#define MANAGER    "org.freedesktop.login1.Manager"
#define USER       "org.freedesktop.login1.User"
#define TIMEOUT_MS (5 * 60 * 1000) /* a person types a password */

typedef struct {
  gboolean set, on;
} Wish;

static void
fail (GTask *task, const GError *error)
{
  g_autofree char *remote = g_dbus_error_get_remote_error (error);
  gboolean refused = g_strcmp0 (remote, "org.freedesktop.DBus.Error.AccessDenied") == 0
                     || g_strcmp0 (remote, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") == 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else if (refused)
    g_task_return_new_error (
        task, MR_ERROR, MR_ERROR_REFUSED,
        _ ("The system does not allow it; ask whoever looks after this computer to run: loginctl enable-linger %s"),
        g_get_user_name ());
  else
    g_task_return_new_error (task, MR_ERROR, MR_ERROR_NOT_FOUND,
                             _ ("This needs systemd-logind, which does not answer on this computer"));
}

static void
linger_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL) {
    fail (task, error);
    return;
  }
  g_variant_get (reply, "(v)", &value);
  g_task_return_boolean (task, g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value));
}

static void
user_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  const char *path;

  if (reply == NULL) {
    fail (task, error);
    return;
  }
  g_variant_get (reply, "(&o)", &path);
  g_dbus_connection_call (G_DBUS_CONNECTION (source), NAME, path, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", USER, "Linger"), G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          g_task_get_cancellable (task), linger_cb, g_object_ref (task));
}

static void
set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    fail (task, error);
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Wish *wish = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);
  guint32 uid = (guint32)getuid ();

  if (connection == NULL) {
    fail (task, error);
    return;
  }
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  if (wish->set)
    g_dbus_connection_call (connection, NAME, PATH, MANAGER, "SetUserLinger",
                            g_variant_new ("(ubb)", uid, wish->on, TRUE), NULL,
                            G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, TIMEOUT_MS,
                            g_task_get_cancellable (task), set_cb, g_object_ref (task));
  else
    g_dbus_connection_call (connection, NAME, PATH, MANAGER, "GetUser", g_variant_new ("(u)", uid),
                            G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, g_task_get_cancellable (task), user_cb,
                            g_object_ref (task));
}

static void
begin (gboolean set, gboolean on, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Wish *wish = g_new (Wish, 1);

  *wish = (Wish){ .set = set, .on = on };
  g_task_set_task_data (task, wish, g_free);
  g_bus_get (G_BUS_TYPE_SYSTEM, cancellable, bus_cb, task);
}

void
mr_linger_query_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  begin (FALSE, FALSE, cancellable, callback, data);
}

gboolean
mr_linger_query_finish (GAsyncResult *result, gboolean *ret_on, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean on = g_task_propagate_boolean (G_TASK (result), &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *ret_on = on;
  return TRUE;
}

void
mr_linger_set_async (gboolean on, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  begin (TRUE, on, cancellable, callback, data);
}

gboolean
mr_linger_set_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
