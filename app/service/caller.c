/* Who may call.
 *
 * On the socket the kernel tells the peer's user when it connects, and connections of others are refused. On a message bus
 * the bus tells the user of each sender; the answer is kept with the connection, because a unique name is never given twice. A bus that does not answer
 * means no.
 */
#include <config.h>

#include "service/caller.h"

#include <unistd.h>

#include "base/log.h"

#define BUS_TIMEOUT_MS 5000
#define MAX_KNOWN      256

static GMutex lock;

static gboolean
authorize_peer_cb (GDBusAuthObserver *observer, GIOStream *stream, GCredentials *credentials, gpointer data)
{
  uid_t uid = credentials != NULL ? g_credentials_get_unix_user (credentials, NULL) : (uid_t)-1;

  if (uid == geteuid ())
    return TRUE;
  mr_warning ("service", "a connection of user %ld was refused", (long)(int)uid);
  return FALSE;
}

static gboolean
allow_mechanism_cb (GDBusAuthObserver *observer, const char *mechanism, gpointer data)
{
  return g_strcmp0 (mechanism, "EXTERNAL") == 0;
}

GDBusAuthObserver *
mr_caller_observer_new (void)
{
  GDBusAuthObserver *observer = g_dbus_auth_observer_new ();

  g_signal_connect (observer, "authorize-authenticated-peer", G_CALLBACK (authorize_peer_cb), NULL);
  g_signal_connect (observer, "allow-mechanism", G_CALLBACK (allow_mechanism_cb), NULL);
  return observer;
}

/* Senders of this connection that were found to be this user. Under the lock. */
static GHashTable *
known_senders (GDBusConnection *connection)
{
  GHashTable *known = g_object_get_data (G_OBJECT (connection), "mr-known-senders");

  if (known == NULL) {
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_object_set_data_full (G_OBJECT (connection), "mr-known-senders", known, (GDestroyNotify)g_hash_table_unref);
  }
  return known;
}

static gboolean
ask_bus (GDBusConnection *connection, const char *sender)
{
  guint32 uid = G_MAXUINT32;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
      g_variant_new ("(s)", sender), G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, NULL, NULL);

  if (reply != NULL)
    g_variant_get (reply, "(u)", &uid);
  return uid == (guint32)geteuid ();
}

static gboolean
sender_is_us (GDBusConnection *connection, const char *sender)
{
  g_mutex_lock (&lock);
  gboolean is_known = g_hash_table_contains (known_senders (connection), sender);
  g_mutex_unlock (&lock);
  if (is_known)
    return TRUE;
  if (!ask_bus (connection, sender))
    return FALSE;

  g_mutex_lock (&lock);
  GHashTable *known = known_senders (connection);
  if (g_hash_table_size (known) >= MAX_KNOWN)
    g_hash_table_remove_all (known);
  g_hash_table_add (known, g_strdup (sender));
  g_mutex_unlock (&lock);
  return TRUE;
}

/* Runs in a thread of its own, so that the bus may be asked. FALSE: this handler has answered. */
static gboolean
authorize_cb (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer data)
{
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);

  /* Without a bus the observer has let only this user in. */
  if ((g_dbus_connection_get_flags (connection) & G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION) == 0)
    return TRUE;
  if (sender != NULL && sender_is_us (connection, sender))
    return TRUE;
  mr_warning ("service", "a call of another user was refused");
  g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                                                 "Only the user whose service this is may call it");
  return FALSE;
}

void
mr_caller_guard (GDBusInterfaceSkeleton *skeleton)
{
  g_signal_connect (skeleton, "g-authorize-method", G_CALLBACK (authorize_cb), NULL);
}
