/* The keyring back end where there is no session bus at all. */
#include "harness.h"

static void
test_no_bus (void)
{
  g_autoptr (MrSecrets) secrets = mr_secrets_new ("secret-service", NULL, NULL);

  g_assert_nonnull (secrets);
  harness_await_state (secrets, MR_SECRETS_NO_SERVICE);
  harness_assert_lookup (secrets, "work", "!no-keyring");
  g_assert_cmpint (harness_store (secrets, "work", "x"), ==, MR_ERROR_NO_KEYRING);
  g_assert_cmpint (harness_clear (secrets, "work"), ==, MR_ERROR_NO_KEYRING);
  g_assert_cmpint (harness_probe (secrets), ==, MR_ERROR_NO_KEYRING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_add_func ("/secrets/no-bus", test_no_bus);
  return g_test_run ();
}
