/* The keyring back end against a Secret Service that behaves badly on demand (tests/mock/mock_secrets.py), on a bus of
 * its own. After each test the mock is asked whether it was made to prompt: the service never does. */
#include <gio/gio.h>

#include "harness.h"
#include "secrets/secrets-private.h"

#define NAME     "org.freedesktop.secrets"
#define SHORT_MS 100 /* the time limit where a test waits for it */
#define LONG_MS  60000

typedef struct {
  GDBusConnection *bus;
  GSubprocess *mock;
  MrSecrets *secrets;
  gboolean owned;
  guint watch;
  guint changes;
  GString *items; /* what was said of items, in order */
} Fixture;

static void
appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  ((Fixture *)data)->owned = TRUE;
}

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer data)
{
  ((Fixture *)data)->owned = FALSE;
}

static void
changed_cb (MrSecrets *secrets, gpointer data)
{
  ((Fixture *)data)->changes++;
}

static void
item_changed_cb (const char *id, const char *kind, gboolean present, gpointer data)
{
  g_string_append_printf (((Fixture *)data)->items, "%s/%s %s;", id, kind, present ? "changed" : "gone");
}

static void
start_mock (Fixture *f, const char *option)
{
  g_autoptr (GError) error = NULL;

  f->mock = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "/usr/bin/python3", g_getenv ("MR_TEST_MOCK"), option,
                              NULL);
  g_assert_no_error (error);
  while (!f->owned)
    g_main_context_iteration (NULL, TRUE);
}

static GVariant *
control (Fixture *f, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_sync (f->bus, NAME, "/mock", "com.example.MailRelay.Mock", method,
                                                  parameters, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, &error);

  g_assert_no_error (error);
  return answer;
}

static void
tell (Fixture *f, const char *method, GVariant *parameters)
{
  g_variant_unref (control (f, method, parameters));
}

static void
stop_mock (Fixture *f)
{
  if (f->mock == NULL)
    return;
  tell (f, "Quit", NULL);
  g_assert_true (g_subprocess_wait (f->mock, NULL, NULL));
  g_clear_object (&f->mock);
  while (f->owned)
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Fixture *f, gconstpointer option)
{
  g_autoptr (GError) error = NULL;

  f->bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (f->bus, FALSE);
  f->watch = g_bus_watch_name_on_connection (f->bus, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, appeared_cb, vanished_cb, f,
                                             NULL);
  if (g_strcmp0 (option, "none") != 0)
    start_mock (f, option);
  f->secrets = mr_secrets_new ("secret-service", NULL, &error);
  g_assert_no_error (error);
  mr_secrets_watch (f->secrets, changed_cb, f);
  mr_secrets_watch_items (f->secrets, item_changed_cb, f);
  mr_secrets_set_keep (f->secrets, MR_SECRETS_KEEP_NEVER);
  f->items = g_string_new (NULL);
}

static void
tear_down (Fixture *f, gconstpointer option)
{
  if (f->mock != NULL) {
    g_autoptr (GVariant) prompts = control (f, "Prompts", NULL);
    guint n;

    g_variant_get (prompts, "(u)", &n);
    g_assert_cmpuint (n, ==, 0);
  }
  mr_secrets_free (f->secrets);
  stop_mock (f);
  g_bus_unwatch_name (f->watch);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (f->bus);
  g_string_free (f->items, TRUE);
}

static void
assert_dump (Fixture *f, const char *expected)
{
  g_autoptr (GVariant) dump = control (f, "Dump", NULL);
  g_autofree char *text = g_variant_print (dump, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_life (Fixture *f, gconstpointer option)
{
  harness_assert_lookup (f->secrets, "work", "-");
  g_assert_cmpint (harness_store (f->secrets, "work", "geheim, ü"), ==, HARNESS_OK);
  g_assert_cmpint (harness_store (f->secrets, "home", "other"), ==, HARNESS_OK);
  harness_assert_lookup (f->secrets, "work", "geheim, ü");
  g_assert_cmpint (harness_store (f->secrets, "work", "new"), ==, HARNESS_OK);
  harness_assert_lookup (f->secrets, "work", "new");
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, HARNESS_OK);
  harness_assert_lookup (f->secrets, "work", "-");
  harness_assert_lookup (f->secrets, "home", "other");
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, HARNESS_OK);
  g_assert_cmpint (harness_probe (f->secrets), ==, HARNESS_OK);
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_OK);
}

static void
test_kinds (Fixture *f, gconstpointer option)
{
  harness_check_kinds (f->secrets);
}

/* Items of versions that knew one secret an account: read, replaced when stored anew, removed with the account. */
static void
test_old_items (Fixture *f, gconstpointer option)
{
  tell (f, "Plant", g_variant_new ("(ssss)", "work", "smtp", "com.example.MailRelay.Account", "old"));
  harness_assert_lookup (f->secrets, "work", "old");
  harness_assert_lookup (f->secrets, "work/oauth-token", "-");
  g_assert_cmpint (harness_store (f->secrets, "work", "new"), ==, HARNESS_OK);
  harness_assert_lookup (f->secrets, "work", "new");
  assert_dump (f, "({'work/password': 'new'},)");
  tell (f, "Plant", g_variant_new ("(ssss)", "work", "smtp", "com.example.MailRelay.Account", "old"));
  tell (f, "Plant", g_variant_new ("(ssss)", "work", "smtp", "org.example.Other", "of another program"));
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, HARNESS_OK);
  assert_dump (f, "({'work/smtp': 'of another program'},)");
}

static void
test_locked_from_the_start (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_probe (f->secrets), ==, MR_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_LOCKED);
  /* A provider that cannot search while it is locked finds nothing: that says nothing. */
  harness_assert_lookup (f->secrets, "work", "!keyring-locked");
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, MR_ERROR_KEYRING_LOCKED);
  tell (f, "Unlock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_OK);
  harness_assert_lookup (f->secrets, "work", "-");
  tell (f, "Lock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_LOCKED);
  g_assert_cmpint (harness_store (f->secrets, "work", "x"), ==, MR_ERROR_KEYRING_LOCKED);
}

static void
test_locked_item (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  tell (f, "Lock", NULL);
  harness_assert_lookup (f->secrets, "work", "!keyring-locked");
  g_assert_cmpint (harness_store (f->secrets, "work", "new"), ==, MR_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (harness_check_writable (f->secrets), ==, MR_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, MR_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_LOCKED);
  tell (f, "Unlock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_OK);
  harness_assert_lookup (f->secrets, "work", "secret");
}

/* Nobody calls: locking and unlocking elsewhere is seen by itself. */
static void
test_watch (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_probe (f->secrets), ==, HARNESS_OK);
  f->changes = 0;
  tell (f, "Lock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_LOCKED);
  tell (f, "Unlock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_OK);
  g_assert_cmpuint (f->changes, ==, 2);
}

static void
test_service_comes_and_goes (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_probe (f->secrets), ==, MR_ERROR_NO_KEYRING);
  harness_assert_lookup (f->secrets, "work", "!no-keyring");
  g_assert_cmpint (harness_store (f->secrets, "work", "x"), ==, MR_ERROR_NO_KEYRING);
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, MR_ERROR_NO_KEYRING);
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_NO_SERVICE);

  start_mock (f, NULL);
  harness_await_state (f->secrets, MR_SECRETS_OK);
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  stop_mock (f);
  harness_await_state (f->secrets, MR_SECRETS_NO_SERVICE);
  harness_assert_lookup (f->secrets, "work", "!no-keyring");

  start_mock (f, NULL);
  harness_await_state (f->secrets, MR_SECRETS_OK);
  harness_assert_lookup (f->secrets, "work", "-");
}

static void
hang (Fixture *f, const char *method)
{
  g_test_message ("%s hangs", method);
  tell (f, "Hang", g_variant_new ("(s)", method));
}

/* Each call ends, whichever of the keyring's own calls never does. */
static void
test_hangs (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  mr_secrets_set_limit (f->secrets, SHORT_MS);
  hang (f, "SearchItems");
  harness_assert_lookup (f->secrets, "work", "!timed-out");
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_TIMED_OUT);
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, MR_ERROR_TIMED_OUT);
  hang (f, "GetSecrets");
  harness_assert_lookup (f->secrets, "work", "!timed-out");
  hang (f, "CreateItem");
  g_assert_cmpint (harness_store (f->secrets, "work", "other"), ==, MR_ERROR_TIMED_OUT);
  hang (f, "Delete");
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, MR_ERROR_TIMED_OUT);
  hang (f, "ReadAlias");
  g_assert_cmpint (harness_probe (f->secrets), ==, MR_ERROR_TIMED_OUT);
  hang (f, "");
  mr_secrets_set_limit (f->secrets, LONG_MS);
  harness_assert_lookup (f->secrets, "work", "secret");
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_OK);
}

/* The very first call of a session hangs: there is no cached connection yet. */
static void
test_hangs_at_first (Fixture *f, gconstpointer option)
{
  mr_secrets_set_limit (f->secrets, SHORT_MS);
  hang (f, "OpenSession");
  harness_assert_lookup (f->secrets, "work", "!timed-out");
  hang (f, "");
  mr_secrets_set_limit (f->secrets, LONG_MS);
  harness_assert_lookup (f->secrets, "work", "-");
}

static void
test_slow (Fixture *f, gconstpointer option)
{
  tell (f, "Delay", g_variant_new ("(u)", 30));
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  harness_assert_lookup (f->secrets, "work", "secret");
}

static void
test_failures (Fixture *f, gconstpointer option)
{
  static const char *const methods[] = { "SearchItems", "GetSecrets" };

  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
    tell (f, "Fail", g_variant_new ("(s)", methods[i]));
    harness_assert_lookup (f->secrets, "work", "!no-keyring");
  }
  tell (f, "Fail", g_variant_new ("(s)", "ReadAlias"));
  g_assert_cmpint (harness_probe (f->secrets), ==, MR_ERROR_NO_KEYRING);
  tell (f, "Fail", g_variant_new ("(s)", "CreateItem"));
  g_assert_cmpint (harness_store (f->secrets, "work", "other"), ==, MR_ERROR_NO_KEYRING);
  tell (f, "Fail", g_variant_new ("(s)", "Delete"));
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, MR_ERROR_NO_KEYRING);
  tell (f, "Fail", g_variant_new ("(s)", ""));
  harness_assert_lookup (f->secrets, "work", "secret");
}

/* A keyring that takes a password and does not keep it, or says it removed one and did not. */
static void
test_read_back (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_store (f->secrets, "work", "old"), ==, HARNESS_OK);
  tell (f, "Lose", g_variant_new ("(b)", TRUE));
  g_assert_cmpint (harness_store (f->secrets, "work", "new"), ==, MR_ERROR_FAILED);
  g_assert_cmpint (harness_store (f->secrets, "home", "new"), ==, MR_ERROR_FAILED);
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, MR_ERROR_FAILED);
  harness_assert_lookup (f->secrets, "work", "old");
}

/* KeePassXC: a database is open and none is the default one. */
static void
test_no_default (Fixture *f, gconstpointer option)
{
  tell (f, "NoDefault", g_variant_new ("(b)", TRUE));
  g_assert_cmpint (harness_probe (f->secrets), ==, HARNESS_OK);
  harness_assert_lookup (f->secrets, "work", "-");
  g_assert_cmpint (harness_store (f->secrets, "work", "x"), ==, HARNESS_OK);
  harness_assert_lookup (f->secrets, "work", "x");
}

static void
assert_no_place (Fixture *f)
{
  g_assert_cmpint (harness_probe (f->secrets), ==, MR_ERROR_NO_KEYRING);
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_NO_PLACE);
  harness_assert_lookup (f->secrets, "work", "!no-keyring");
  g_assert_cmpint (harness_store (f->secrets, "work", "x"), ==, MR_ERROR_NO_KEYRING);
  g_assert_cmpint (harness_check_writable (f->secrets), ==, MR_ERROR_NO_KEYRING);
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_NO_PLACE);
}

/* Deleted while we run, or the database was closed: seen by itself, there and back. */
static void
test_no_collection (Fixture *f, gconstpointer option)
{
  if (option == NULL) {
    g_assert_cmpint (harness_store (f->secrets, "work", "x"), ==, HARNESS_OK);
    tell (f, "NoCollection", g_variant_new ("(b)", TRUE));
    harness_await_state (f->secrets, MR_SECRETS_NO_PLACE);
  }
  assert_no_place (f);
  tell (f, "NoCollection", g_variant_new ("(b)", FALSE));
  harness_await_state (f->secrets, MR_SECRETS_OK);
  g_assert_cmpint (harness_store (f->secrets, "work", "y"), ==, HARNESS_OK);
  harness_assert_lookup (f->secrets, "work", "y");
}

/* KeePassXC: what is locked cannot be searched. */
static void
test_blind (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  tell (f, "Blind", g_variant_new ("(b)", TRUE));
  tell (f, "Lock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_LOCKED);
  harness_assert_lookup (f->secrets, "work", "!keyring-locked");
  g_assert_cmpint (harness_clear (f->secrets, "work"), ==, MR_ERROR_KEYRING_LOCKED);
  tell (f, "Unlock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_OK);
  harness_assert_lookup (f->secrets, "work", "secret");
}

/* KeePassXC: unlocked, and still each entry wants a person's word. */
static void
test_asks_each (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  tell (f, "Each", g_variant_new ("(b)", TRUE));
  harness_assert_lookup (f->secrets, "work", "!keyring-locked");
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_ASKS_EACH);
  tell (f, "Each", g_variant_new ("(b)", FALSE));
  harness_assert_lookup (f->secrets, "work", "secret");
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_OK);
}

/* ---- memory ---- */

/* Locked, deaf, gone: what was seen once goes on. */
static void
test_kept (Fixture *f, gconstpointer option)
{
  mr_secrets_set_keep (f->secrets, MR_SECRETS_KEEP_UNTIL_END);
  g_assert_false (mr_secrets_has_kept (f->secrets, "work"));
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  tell (f, "Plant", g_variant_new ("(ssss)", "home", "oauth-token", "com.example.MailRelay.Account", "token"));
  harness_assert_lookup (f->secrets, "home/oauth-token", "token");
  g_assert_true (mr_secrets_has_kept (f->secrets, "work"));
  g_assert_true (mr_secrets_has_kept (f->secrets, "home"));
  tell (f, "Lock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_LOCKED);
  harness_assert_lookup (f->secrets, "work", "secret");
  harness_assert_lookup (f->secrets, "home/oauth-token", "token");
  harness_assert_lookup (f->secrets, "home", "!keyring-locked");
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_LOCKED);

  mr_secrets_set_limit (f->secrets, SHORT_MS);
  hang (f, "SearchItems");
  harness_assert_lookup (f->secrets, "work", "secret"); /* waits once */
  g_assert_cmpint (mr_secrets_get_state (f->secrets), ==, MR_SECRETS_TIMED_OUT);
  mr_secrets_set_limit (f->secrets, LONG_MS);
  harness_assert_lookup (f->secrets, "work", "secret"); /* and not again; the probe finds it locked */
  hang (f, "");
  harness_await_state (f->secrets, MR_SECRETS_LOCKED);

  stop_mock (f);
  harness_await_state (f->secrets, MR_SECRETS_NO_SERVICE);
  harness_assert_lookup (f->secrets, "work", "secret");
  mr_secrets_forget (f->secrets, "work");
  harness_assert_lookup (f->secrets, "work", "!no-keyring");
  harness_assert_lookup (f->secrets, "home/oauth-token", "token");
  mr_secrets_set_keep (f->secrets, MR_SECRETS_KEEP_NEVER);
  harness_assert_lookup (f->secrets, "home/oauth-token", "!no-keyring");
}

static void
test_kept_for_a_time (Fixture *f, gconstpointer option)
{
  mr_secrets_set_keep (f->secrets, 1);
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  tell (f, "Lock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_LOCKED);
  harness_assert_lookup (f->secrets, "work", "secret");
  while (mr_secrets_has_kept (f->secrets, "work"))
    g_main_context_iteration (NULL, TRUE);
  harness_assert_lookup (f->secrets, "work", "!keyring-locked");
}

/* An account that is removed takes what is in memory with it, whatever the keyring says. */
static void
test_cleared_is_not_kept (Fixture *f, gconstpointer option)
{
  mr_secrets_set_keep (f->secrets, MR_SECRETS_KEEP_UNTIL_END);
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  tell (f, "Lock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_LOCKED);
  g_assert_cmpint (harness_clear (f->secrets, "work/*"), ==, MR_ERROR_KEYRING_LOCKED);
  g_assert_false (mr_secrets_has_kept (f->secrets, "work"));
  harness_assert_lookup (f->secrets, "work", "!keyring-locked");
}

static gboolean
is_there (Fixture *f, const char *name)
{
  g_autofree char *got = harness_dup_lookup (f->secrets, name);

  return strcmp (got, "-") != 0;
}

/* Removed while it was locked: gone as soon as it is open. */
static void
test_cleared_later (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  g_assert_cmpint (harness_store (f->secrets, "work/oauth-token", "token"), ==, HARNESS_OK);
  g_assert_cmpint (harness_store (f->secrets, "home", "stays"), ==, HARNESS_OK);
  tell (f, "Lock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_LOCKED);
  g_assert_cmpint (harness_clear (f->secrets, "work/*"), ==, MR_ERROR_KEYRING_LOCKED);
  tell (f, "Unlock", NULL);
  harness_await_state (f->secrets, MR_SECRETS_OK);
  while (is_there (f, "work") || is_there (f, "work/oauth-token"))
    ;
  assert_dump (f, "({'home/password': 'stays'},)");
}

/* ---- changed elsewhere ---- */

static void
await_items (Fixture *f, const char *expected)
{
  while (f->items->len < strlen (expected))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (f->items->str, ==, expected);
  g_string_truncate (f->items, 0);
}

static guint
count_calls (Fixture *f, const char *method)
{
  g_autoptr (GVariant) answer = control (f, "Calls", g_variant_new ("(s)", method));
  guint n;

  g_variant_get (answer, "(u)", &n);
  return n;
}

/* What ends with a question open went away: it is not slow. */
static void
test_ends_while_asked (Fixture *f, gconstpointer option)
{
  Answer answer = { 0 };
  guint before;

  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  hang (f, "SearchItems");
  before = count_calls (f, "SearchItems");
  harness_look_up (f->secrets, "work", &answer);
  while (count_calls (f, "SearchItems") == before)
    g_main_context_iteration (NULL, FALSE);
  stop_mock (f);
  harness_await (&answer);
  g_assert_cmpint (answer.code, ==, MR_ERROR_NO_KEYRING);
  harness_await_state (f->secrets, MR_SECRETS_NO_SERVICE);
}

static void
test_changed_elsewhere (Fixture *f, gconstpointer keep)
{
  mr_secrets_set_keep (f->secrets, GPOINTER_TO_INT (keep));
  g_assert_cmpint (harness_store (f->secrets, "work", "old"), ==, HARNESS_OK);
  tell (f, "Change", g_variant_new ("(ss)", "work/password", "new"));
  await_items (f, "work/password changed;");
  harness_assert_lookup (f->secrets, "work", "new");
  tell (f, "Change", g_variant_new ("(ss)", "work/password", ""));
  await_items (f, "work/password gone;");
  harness_assert_lookup (f->secrets, "work", "-");
  tell (f, "Plant", g_variant_new ("(ssss)", "work", "password", "com.example.MailRelay.Account", "back"));
  await_items (f, "work/password changed;");
}

static void
test_changed_elsewhere_kept (Fixture *f, gconstpointer option)
{
  test_changed_elsewhere (f, GINT_TO_POINTER (MR_SECRETS_KEEP_UNTIL_END));
}

static void
test_changed_elsewhere_not_kept (Fixture *f, gconstpointer option)
{
  test_changed_elsewhere (f, GINT_TO_POINTER (MR_SECRETS_KEEP_NEVER));
}

/* Said to be changed, and the same: a log-in that was refused is not tried again for that. */
static void
test_touched (Fixture *f, gconstpointer option)
{
  guint before;

  g_assert_cmpint (harness_store (f->secrets, "work", "same"), ==, HARNESS_OK);
  before = count_calls (f, "SearchItems");
  tell (f, "Touch", g_variant_new ("(s)", "work/password"));
  while (count_calls (f, "SearchItems") == before)
    g_main_context_iteration (NULL, FALSE);
  harness_assert_lookup (f->secrets, "work", "same");
  g_assert_cmpstr (f->items->str, ==, "");
}

/* Another provider takes over, with another password. */
static void
test_other_provider (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_store (f->secrets, "work", "old"), ==, HARNESS_OK);
  stop_mock (f);
  harness_await_state (f->secrets, MR_SECRETS_NO_SERVICE);
  start_mock (f, NULL);
  await_items (f, "work/password gone;");
  tell (f, "Plant", g_variant_new ("(ssss)", "work", "password", "com.example.MailRelay.Account", "other"));
  await_items (f, "work/password changed;");
}

/* Attributes are readable by everybody on the bus, so none of them is a secret. */
static void
test_what_is_stored (Fixture *f, gconstpointer option)
{
  g_assert_cmpint (harness_store (f->secrets, "work", "secret"), ==, HARNESS_OK);
  assert_dump (f, "({'work/password': 'secret'},)");
}

static void
test_freed_while_asking (Fixture *f, gconstpointer option)
{
  Answer answer = { 0 };

  hang (f, "SearchItems");
  harness_look_up (f->secrets, "work", &answer);
  mr_secrets_free (g_steal_pointer (&f->secrets));
  g_assert_cmpuint (answer.answers, ==, 1);
  g_assert_cmpint (answer.code, ==, MR_ERROR_CANCELLED);
  hang (f, "");
}

#define ADD(name, func, option) g_test_add ("/secrets/service/" name, Fixture, option, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("hangs-at-first", test_hangs_at_first, NULL);
  ADD ("life", test_life, NULL);
  ADD ("kinds", test_kinds, NULL);
  ADD ("old-items", test_old_items, NULL);
  ADD ("locked-from-the-start", test_locked_from_the_start, "--locked");
  ADD ("locked-item", test_locked_item, NULL);
  ADD ("watch", test_watch, NULL);
  ADD ("comes-and-goes", test_service_comes_and_goes, "none");
  ADD ("hangs", test_hangs, NULL);
  ADD ("ends-while-asked", test_ends_while_asked, NULL);
  ADD ("slow", test_slow, NULL);
  ADD ("failures", test_failures, NULL);
  ADD ("read-back", test_read_back, NULL);
  ADD ("no-default", test_no_default, NULL);
  ADD ("no-collection", test_no_collection, "--no-collection");
  ADD ("collection-deleted", test_no_collection, NULL);
  ADD ("blind", test_blind, NULL);
  ADD ("asks-each", test_asks_each, NULL);
  ADD ("kept", test_kept, NULL);
  ADD ("kept-for-a-time", test_kept_for_a_time, NULL);
  ADD ("cleared-is-not-kept", test_cleared_is_not_kept, NULL);
  ADD ("cleared-later", test_cleared_later, NULL);
  ADD ("changed-elsewhere/kept", test_changed_elsewhere_kept, NULL);
  ADD ("changed-elsewhere/not-kept", test_changed_elsewhere_not_kept, NULL);
  ADD ("touched", test_touched, NULL);
  ADD ("other-provider", test_other_provider, NULL);
  ADD ("what-is-stored", test_what_is_stored, NULL);
  ADD ("freed-while-asking", test_freed_while_asking, NULL);
  return g_test_run ();
}
