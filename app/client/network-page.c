/* Where a network's sign-in page is reached: see network-page.h. One property of org.freedesktop.NetworkManager on the system bus. */
#include "client/network-page.h"

#define NAME       "org.freedesktop.NetworkManager"
#define PATH       "/org/freedesktop/NetworkManager"
#define OTHER_PAGE "http://example.com/"
#define TIMEOUT_MS 2000

/* What the bus says is opened in a browser: a page, and nothing that starts another program. */
static gboolean
is_page (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0'
         && (g_str_equal (g_uri_get_scheme (uri), "http") || g_str_equal (g_uri_get_scheme (uri), "https"));
}

static void
return_page (GTask *task, GVariant *reply)
{
  g_autoptr (GVariant) value = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      && is_page (g_variant_get_string (value, NULL)))
    g_task_return_pointer (task, g_variant_dup_string (value, NULL), g_free);
  else
    g_task_return_pointer (task, g_strdup (OTHER_PAGE), g_free);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  return_page (task, reply);
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus == NULL) {
    return_page (task, NULL);
    return;
  }
  g_dbus_connection_call (bus, NAME, PATH, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", NAME, "ConnectivityCheckUri"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, g_task_get_cancellable (task), asked_cb,
                          g_object_ref (task));
}

void
mr_network_page_find_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);

  g_task_set_source_tag (task, mr_network_page_find_async);
  g_bus_get (G_BUS_TYPE_SYSTEM, cancellable, bus_cb, task);
}

char *
mr_network_page_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
