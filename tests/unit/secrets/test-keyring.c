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

  mr_secrets_set_keep (secrets, MR_SECRETS_KEEP_NEVER);
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

/* The keyring locks itself; what was seen is still there. */
static void
test_kept (void)
{
  g_autoptr (MrSecrets) secrets = mr_secrets_new ("secret-service", NULL, NULL);

  g_assert_cmpint (harness_store (secrets, "work", "secret"), ==, HARNESS_OK);
  lock ();
  harness_await_state (secrets, MR_SECRETS_LOCKED);
  harness_assert_lookup (secrets, "work", "secret");
  g_assert_cmpint (mr_secrets_get_state (secrets), ==, MR_SECRETS_LOCKED);
  unlock ("test");
  harness_await_state (secrets, MR_SECRETS_OK);
}

static void
changed_cb (const char *id, const char *kind, gboolean present, gpointer data)
{
  g_string_append_printf (data, "%s/%s %s;", id, kind, present ? "changed" : "gone");
}

static void
await_changes (GString *changes, const char *expected)
{
  while (changes->len < strlen (expected))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (changes->str, ==, expected);
  g_string_truncate (changes, 0);
}

/* What “Passwords and Keys” does with a password that is typed anew. gnome-keyring tells nobody: one has to look. */
static void
set_in_place (const char *id, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) session = call ("org.freedesktop.Secret.Service", "OpenSession",
                                       g_variant_new ("(sv)", "plain", g_variant_new_string ("")));
  GVariantBuilder attributes;
  const char *path;

  g_variant_builder_init (&attributes, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&attributes, "{ss}", "account", id);
  g_autoptr (GVariant) found = call ("org.freedesktop.Secret.Service", "SearchItems",
                                     g_variant_new ("(a{ss})", &attributes));
  g_autoptr (GVariant) unlocked = g_variant_get_child_value (found, 0);
  g_autofree const char **items = g_variant_get_objv (unlocked, NULL);
  g_variant_get_child (session, 1, "&o", &path);
  GVariant *secret = g_variant_new ("(o@ay@ays)", path, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, NULL, 0, 1),
                                    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, word, strlen (word), 1),
                                    "text/plain");
  g_autoptr (GVariant) done = g_dbus_connection_call_sync (bus, NAME, items[0], "org.freedesktop.Secret.Item",
                                                           "SetSecret", g_variant_new ("(@(oayays))", secret), NULL,
                                                           G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

/* Another program changes and deletes the item. */
static void
test_changed_elsewhere (void)
{
  g_autoptr (MrSecrets) secrets = mr_secrets_new ("secret-service", NULL, NULL);
  g_autoptr (MrSecrets) other = mr_secrets_new ("secret-service", NULL, NULL);
  GString *changes = g_string_new (NULL);

  mr_secrets_watch_items (secrets, changed_cb, changes);
  g_assert_cmpint (harness_store (secrets, "work", "old"), ==, HARNESS_OK);
  g_assert_cmpint (harness_store (other, "work", "new"), ==, HARNESS_OK);
  await_changes (changes, "work/password changed;");
  set_in_place ("work", "typed anew");
  mr_secrets_look_again (secrets);
  await_changes (changes, "work/password changed;");
  harness_assert_lookup (secrets, "work", "typed anew");
  g_assert_cmpint (harness_clear (other, "work"), ==, HARNESS_OK);
  await_changes (changes, "work/password gone;");
  g_string_free (changes, TRUE);
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
  g_test_add_func ("/secrets/keyring/kept", test_kept);
  g_test_add_func ("/secrets/keyring/changed-elsewhere", test_changed_elsewhere);
  return g_test_run ();
}
