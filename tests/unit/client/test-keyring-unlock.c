/* Unlocking against a Secret Service of the test's own on a private bus: with and without a prompt, dismissed, cancelled, gone. */
#include "client/keyring-unlock.h"

#include <string.h>

#include "fake-service.h"

#define PROMPT_PATH "/org/freedesktop/secrets/prompt/1"

static const char xml[]
    = "<node><interface name='org.freedesktop.Secret.Service'>"
      "<method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
      "<method name='Unlock'><arg type='ao' direction='in'/><arg type='ao' direction='out'/><arg type='o' "
      "direction='out'/></method>"
      "<method name='CreateCollection'><arg type='a{sv}' direction='in'/><arg type='s' direction='in'/><arg type='o' "
      "direction='out'/><arg type='o' direction='out'/></method>"
      "<property name='Collections' type='ao' access='read'/></interface><interface "
      "name='org.freedesktop.Secret.Prompt'>"
      "<method name='Prompt'><arg type='s' direction='in'/></method><method name='Dismiss'/>"
      "<signal name='Completed'><arg type='b'/><arg type='v'/></signal></interface></node>";

typedef enum { NO_PROMPT, ACCEPT, DISMISS, NEVER, BUSY, NO_DEFAULT, NO_COLLECTION } Behaviour;

typedef struct {
  GTestDBus *bus;
  GDBusConnection *connection;
  GDBusNodeInfo *info;
  guint name, objects[2];
  Behaviour behaviour;
  gboolean owned, prompted, dismissed;
  char *target; /* what was to be unlocked, or the alias of what was made */
} Fixture;

static void
emit_completed (Fixture *f, gboolean dismissed)
{
  g_dbus_connection_emit_signal (f->connection, NULL, PROMPT_PATH, "org.freedesktop.Secret.Prompt", "Completed",
                                 g_variant_new ("(bv)", dismissed, g_variant_new_string ("")), NULL);
}

static void
call_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
         GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Fixture *f = data;

  if (g_str_equal (method, "ReadAlias")) {
    g_dbus_method_invocation_return_value (
        invocation,
        g_variant_new ("(o)", f->behaviour >= NO_DEFAULT ? "/" : "/org/freedesktop/secrets/collection/login"));
  } else if (g_str_equal (method, "CreateCollection")) {
    g_autoptr (GVariant) properties = g_variant_get_child_value (parameters, 0);
    const char *label;

    g_assert_true (g_variant_lookup (properties, "org.freedesktop.Secret.Collection.Label", "&s", &label));
    g_free (f->target);
    g_variant_get_child (parameters, 1, "s", &f->target);
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(oo)", "/", f->behaviour == NO_PROMPT ? "/" : PROMPT_PATH));
  } else if (g_str_equal (method, "Unlock")) {
    const char *const none[] = { NULL };
    g_autofree const char **paths = NULL;

    g_autoptr (GVariant) objects = g_variant_get_child_value (parameters, 0);
    paths = g_variant_get_objv (objects, NULL);
    g_free (f->target);
    f->target = g_strdup (paths[0]);
    g_dbus_method_invocation_return_value (
        invocation, g_variant_new ("(^aoo)", none, f->behaviour == NO_PROMPT ? "/" : PROMPT_PATH));
  } else if (g_str_equal (method, "Prompt")) {
    f->prompted = TRUE;
    if (f->behaviour == BUSY) {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.gnome.keyring.Error.InProgress", "another prompt");
      return;
    }
    /* Even before the answer to the call: the order is not promised. */
    if (f->behaviour == ACCEPT || f->behaviour == DISMISS)
      emit_completed (f, f->behaviour == DISMISS);
    g_dbus_method_invocation_return_value (invocation, NULL);
  } else {
    f->dismissed = TRUE;
    g_dbus_method_invocation_return_value (invocation, NULL);
  }
}

static void
acquired_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  ((Fixture *)data)->owned = TRUE;
}

static GVariant *
property_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
             GError **error, gpointer data)
{
  Fixture *f = data;
  const char *const none[] = { NULL };
  const char *const paths[] = { "/org/freedesktop/secrets/collection/session", "/org/freedesktop/secrets/collection/db",
                                NULL };

  return g_variant_new_objv (f->behaviour == NO_COLLECTION ? none : paths, -1);
}

static const GDBusInterfaceVTable vtable = { call_cb, property_cb, NULL, { NULL } };

static void
set_up (Fixture *f, gconstpointer data)
{
  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
  f->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  f->info = g_dbus_node_info_new_for_xml (xml, NULL);
  f->objects[0] = g_dbus_connection_register_object (f->connection, "/org/freedesktop/secrets", f->info->interfaces[0],
                                                     &vtable, f, NULL, NULL);
  f->objects[1] = g_dbus_connection_register_object (f->connection, PROMPT_PATH, f->info->interfaces[1], &vtable, f,
                                                     NULL, NULL);
  if (data == NULL)
    return;
  f->name = g_bus_own_name_on_connection (f->connection, "org.freedesktop.secrets", G_BUS_NAME_OWNER_FLAGS_NONE,
                                          acquired_cb, NULL, f, NULL);
  wait_until (f->owned);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->name != 0)
    g_bus_unown_name (f->name);
  g_dbus_connection_unregister_object (f->connection, f->objects[0]);
  g_dbus_connection_unregister_object (f->connection, f->objects[1]);
  g_dbus_node_info_unref (f->info);
  g_free (f->target);
  g_object_unref (f->connection);
  g_test_dbus_down (f->bus);
  g_object_unref (f->bus);
}

static void
unlock (Fixture *f, Behaviour behaviour, GError **error)
{
  g_auto (Answer) answer = { NULL };

  f->behaviour = behaviour;
  f->prompted = FALSE;
  mr_keyring_unlock_async (NULL, answer_cb, &answer);
  gboolean ok = mr_keyring_unlock_finish (answer_wait (&answer), error);
  g_assert_true (ok == (*error == NULL));
}

static void
test_answers (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  unlock (f, NO_PROMPT, &error);
  g_assert_no_error (error);
  g_assert_false (f->prompted);
  unlock (f, ACCEPT, &error);
  g_assert_no_error (error);
  g_assert_true (f->prompted);
  unlock (f, DISMISS, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  unlock (f, BUSY, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpstr (f->target, ==, "/org/freedesktop/secrets/collection/login");
}

/* KeePassXC: a database is open and is not the default one. What forgets at log-out is not taken. */
static void
test_no_default (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->behaviour = NO_DEFAULT;
  g_auto (Answer) answer = { NULL };
  mr_keyring_unlock_async (NULL, answer_cb, &answer);
  wait_until (f->prompted);
  g_assert_cmpstr (f->target, ==, "/org/freedesktop/secrets/collection/db");
  emit_completed (f, FALSE);
  g_assert_true (mr_keyring_unlock_finish (answer_wait (&answer), &error));
  g_assert_no_error (error);
}

static void
create (Fixture *f, Behaviour behaviour, GError **error)
{
  g_auto (Answer) answer = { NULL };

  f->behaviour = behaviour;
  mr_keyring_create_async (NULL, answer_cb, &answer);
  gboolean ok = mr_keyring_create_finish (answer_wait (&answer), error);
  g_assert_true (ok == (*error == NULL));
}

static void
test_create (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  unlock (f, NO_COLLECTION, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  create (f, ACCEPT, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (f->target, ==, "default");
  create (f, NO_PROMPT, &error);
  g_assert_no_error (error);
  create (f, DISMISS, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_KEYRING_LOCKED);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_auto (Answer) answer = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  f->behaviour = NEVER;
  mr_keyring_unlock_async (cancellable, answer_cb, &answer);
  wait_until (f->prompted);
  g_cancellable_cancel (cancellable);
  g_assert_false (mr_keyring_unlock_finish (answer_wait (&answer), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wait_until (f->dismissed);
}

static void
gnome_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  *(gboolean *)data = TRUE;
}

/* gnome-keyring does not survive it. */
static void
test_cancelled_gnome (Fixture *f, gconstpointer data)
{
  g_auto (Answer) answer = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gboolean is_gnome = FALSE;
  guint name = g_bus_own_name_on_connection (f->connection, "org.gnome.keyring", G_BUS_NAME_OWNER_FLAGS_NONE, gnome_cb,
                                             NULL, &is_gnome, NULL);

  wait_until (is_gnome);
  f->behaviour = NEVER;
  mr_keyring_unlock_async (cancellable, answer_cb, &answer);
  wait_until (f->prompted);
  g_cancellable_cancel (cancellable);
  g_assert_false (mr_keyring_unlock_finish (answer_wait (&answer), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* What we sent last has arrived when a later call has been answered. */
  g_clear_error (&error);
  unlock (f, ACCEPT, &error);
  g_assert_no_error (error);
  g_assert_false (f->dismissed);
  g_bus_unown_name (name);
}

static void
test_vanishes (Fixture *f, gconstpointer data)
{
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;

  f->behaviour = NEVER;
  mr_keyring_unlock_async (NULL, answer_cb, &answer);
  wait_until (f->prompted);
  g_bus_unown_name (f->name);
  f->name = 0;
  g_assert_false (mr_keyring_unlock_finish (answer_wait (&answer), &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NO_KEYRING);
}

static void
test_no_service (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  unlock (f, ACCEPT, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NO_KEYRING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func) g_test_add ("/client/keyring-unlock/" name, Fixture, data, set_up, func, tear_down)
  ADD ("answers", "with", test_answers);
  ADD ("no-default", "with", test_no_default);
  ADD ("create", "with", test_create);
  ADD ("cancelled", "with", test_cancelled);
  ADD ("cancelled-gnome", "with", test_cancelled_gnome);
  ADD ("vanishes", "with", test_vanishes);
  ADD ("no-service", NULL, test_no_service);
  return g_test_run ();
}
