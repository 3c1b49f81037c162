/* Who may call.
 *
 * On the socket the kernel tells the peer's user when it connects, and connections of others are refused. On a message bus
 * the bus tells the user of each sender; the answer is kept with the connection, because a unique name is never given
 * twice. A bus that does not answer means no.
 *
 * Calls of one sender are handled in the order in which it made them: what comes while the bus is asked waits. This is why
 * the check does not stand in a handler of "g-authorize-method": GLib runs that in a pool of threads, from which two calls
 * come back in any order ("hold" after "release", an old search after the one that took its place).
 */
#include <config.h>

#include "service/caller.h"

#include <unistd.h>

#include "base/log.h"

#define BUS_TIMEOUT_MS 5000
#define MAX_KNOWN      256
#define MAX_WAITING    1000 /* calls of one sender that the bus was not asked about yet */

/* A class of skeletons, whose calls pass here first. */
typedef struct {
  GDBusInterfaceVTable vtable;
  GDBusInterfaceMethodCallFunc handle; /* what was generated */
} Gate;

/* A sender that the bus is asked about. */
typedef struct {
  char *sender;
  GQueue waiting; /* of Call, in order */
} Stranger;

typedef struct {
  GDBusInterfaceSkeleton *skeleton; /* owned: it may be taken from the bus meanwhile */
  GDBusMethodInvocation *invocation;
} Call;

static G_DEFINE_QUARK (mr - caller - gate, gate);

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

/* ---- senders of a message bus ---- */

/* A table by sender that goes with the connection. */
static GHashTable *
get_table (GDBusConnection *connection, const char *name)
{
  GHashTable *table = g_object_get_data (G_OBJECT (connection), name);

  if (table == NULL) {
    table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_object_set_data_full (G_OBJECT (connection), name, table, (GDestroyNotify)g_hash_table_unref);
  }
  return table;
}

static GHashTable *
get_known (GDBusConnection *connection)
{
  return get_table (connection, "mr-known-senders");
}

static GHashTable *
get_strangers (GDBusConnection *connection)
{
  return get_table (connection, "mr-strangers");
}

static void
pass (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation)
{
  const Gate *gate = g_type_get_qdata (G_OBJECT_TYPE (skeleton), gate_quark ());

  gate->handle (g_dbus_method_invocation_get_connection (invocation), g_dbus_method_invocation_get_sender (invocation),
                g_dbus_method_invocation_get_object_path (invocation),
                g_dbus_method_invocation_get_interface_name (invocation),
                g_dbus_method_invocation_get_method_name (invocation),
                g_dbus_method_invocation_get_parameters (invocation), invocation, skeleton);
}

static void
refuse (GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                                                 "Only the user whose service this is may call it");
}

static void
stranger_free (Stranger *stranger)
{
  g_free (stranger->sender);
  g_free (stranger);
}

static void
know (GDBusConnection *connection, const char *sender)
{
  GHashTable *known = get_known (connection);

  if (g_hash_table_size (known) >= MAX_KNOWN)
    g_hash_table_remove_all (known);
  g_hash_table_add (known, g_strdup (sender));
}

static void
user_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GDBusConnection *connection = G_DBUS_CONNECTION (source);
  Stranger *stranger = data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (connection, result, NULL);
  guint32 uid = G_MAXUINT32;
  Call *call;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &uid);
  g_hash_table_remove (get_strangers (connection), stranger->sender);
  if (uid == (guint32)geteuid ())
    know (connection, stranger->sender);
  else
    mr_warning ("service", "a call of another user was refused");
  while ((call = g_queue_pop_head (&stranger->waiting)) != NULL) {
    /* An interface that was taken away has no engine behind it any more. */
    if (uid == (guint32)geteuid () && g_dbus_interface_skeleton_has_connection (call->skeleton, connection))
      pass (call->skeleton, call->invocation);
    else
      refuse (call->invocation);
    g_object_unref (call->skeleton);
    g_free (call);
  }
  stranger_free (stranger);
}

static Stranger *
ask_bus (GDBusConnection *connection, const char *sender)
{
  Stranger *stranger = g_new0 (Stranger, 1);

  stranger->sender = g_strdup (sender);
  g_hash_table_insert (get_strangers (connection), g_strdup (sender), stranger);
  g_dbus_connection_call (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "GetConnectionUnixUser", g_variant_new ("(s)", sender), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, BUS_TIMEOUT_MS, NULL, user_cb, stranger);
  return stranger;
}

static void
wait_for_bus (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation)
{
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  Stranger *stranger = g_hash_table_lookup (get_strangers (connection), sender);
  Call *call;

  if (stranger == NULL)
    stranger = ask_bus (connection, sender);
  if (g_queue_get_length (&stranger->waiting) >= MAX_WAITING) {
    g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED,
                                                   "Too many calls before the first one was answered");
    return;
  }
  call = g_new (Call, 1);
  call->skeleton = g_object_ref (skeleton);
  call->invocation = invocation;
  g_queue_push_tail (&stranger->waiting, call);
}

/* ---- the gate ---- */

static void
method_call_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  GDBusInterfaceSkeleton *skeleton = data;

  /* Without a bus the observer has let only this user in. */
  if ((g_dbus_connection_get_flags (connection) & G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION) == 0)
    pass (skeleton, invocation);
  else if (sender == NULL)
    refuse (invocation);
  else if (g_hash_table_contains (get_known (connection), sender))
    pass (skeleton, invocation);
  else
    wait_for_bus (skeleton, invocation);
}

static GDBusInterfaceVTable *
get_vtable_cb (GDBusInterfaceSkeleton *skeleton)
{
  Gate *gate = g_type_get_qdata (G_OBJECT_TYPE (skeleton), gate_quark ());

  return &gate->vtable;
}

void
mr_caller_guard (GDBusInterfaceSkeleton *skeleton)
{
  GDBusInterfaceSkeletonClass *class = G_DBUS_INTERFACE_SKELETON_GET_CLASS (skeleton);
  Gate *gate;

  if (g_type_get_qdata (G_OBJECT_TYPE (skeleton), gate_quark ()) != NULL)
    return;
  /* Kept as long as the class, which is as long as the process. */
  gate = g_new0 (Gate, 1);
  gate->vtable = *class->get_vtable (skeleton);
  gate->handle = gate->vtable.method_call;
  gate->vtable.method_call = method_call_cb;
  g_type_set_qdata (G_OBJECT_TYPE (skeleton), gate_quark (), gate);
  class->get_vtable = get_vtable_cb;
}
