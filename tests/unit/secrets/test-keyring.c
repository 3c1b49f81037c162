/* The keyring back end with a real gnome-keyring, unlocked with the password "test" (tests/mock/with-keyring.sh). */
#include <gio/gio.h>

#include "harness.h"

#define NAME  "org.freedesktop.secrets"
#define ROOT  "/org/freedesktop/secrets"
#define LOGIN ROOT "/collection/login"

static GDBusConnection *bus;

static GVariant *
call (const char *interface, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_sync (bus, NAME, ROOT, interface, method, parameters, NULL,
                                                  G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  return answer;
}

static void
lock (void)
{
  const char *paths[] = { LOGIN, NULL };

  g_variant_unref (call ("org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", paths)));
}

/* What gnome-keyring's own tools use where there is no prompter. */
static void
unlock (const char *password)
{
  g_autoptr (GVariant) session = call ("org.freedesktop.Secret.Service", "OpenSession",
                                       g_variant_new ("(sv)", "plain", g_variant_new_string ("")));
  const char *path;

  g_variant_get_child (session, 1, "&o", &path);
  g_variant_unref (call (
      "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface", "UnlockWithMasterPassword",
      g_variant_new ("(o@(oayays))", LOGIN,
                     g_variant_new ("(o@ay@ays)", path, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, NULL, 0, 1),
                                    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, password, strlen (password), 1),
                                    "text/plain"))));
}

static void
test_life (void)
{
  g_autoptr (MrSecrets) secrets = mr_secrets_new ("secret-service", NULL, NULL);

  g_assert_cmpint (harness_probe (secrets), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "-");
  g_assert_cmpint (harness_store (secrets, "work", "geheim, ü"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "geheim, ü");
  g_assert_cmpint (harness_clear (secrets, "work"), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "-");
  harness_check_kinds (secrets);
}

static void
test_lock (void)
{
  g_autoptr (MrSecrets) secrets = mr_secrets_new ("secret-service", NULL, NULL);

  g_assert_cmpint (harness_store (secrets, "work", "secret"), ==, HARNESS_OK);
  lock ();
  harness_await_state (secrets, MR_SECRETS_LOCKED);
  harness_assert_lookup (secrets, "work", "!keyring-locked");
  g_assert_cmpint (harness_store (secrets, "work", "new"), ==, MR_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (harness_clear (secrets, "work"), ==, MR_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (harness_check_writable (secrets), ==, MR_ERROR_KEYRING_LOCKED);
  unlock ("test");
  harness_await_state (secrets, MR_SECRETS_OK);
  g_assert_cmpint (harness_check_writable (secrets), ==, HARNESS_OK);
  harness_assert_lookup (secrets, "work", "secret");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_assert_nonnull (bus);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_test_add_func ("/secrets/keyring/life", test_life);
  g_test_add_func ("/secrets/keyring/lock", test_lock);
  return g_test_run ();
}
