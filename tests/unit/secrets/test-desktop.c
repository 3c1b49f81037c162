/* Accounts of the desktop, from GNOME Online Accounts as tests/mock/mock_goa.py plays them on a bus of its own. */
#include <gio/gio.h>

#include "secrets/desktop-accounts.h"

#define NAME     "org.gnome.OnlineAccounts"
#define SHORT_MS 100

typedef struct {
  GDBusConnection *bus;
  GSubprocess *mock;
  MrDesktopAccounts *desktop;
  gboolean owned;
  guint watch;
  guint changes;
} Fixture;

typedef struct {
  guint answers;
  char *text; /* what came, in words */
} Answer;

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

static GVariant *
control (Fixture *f, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_sync (f->bus, NAME, "/mock", "com.example.MailRelay.MockGoa", method,
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
changed_cb (MrDesktopAccounts *desktop, gpointer data)
{
  ((Fixture *)data)->changes++;
}

static void
set_up (Fixture *f, gconstpointer with_mock)
{
  g_autoptr (GError) error = NULL;

  f->bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (f->bus, FALSE);
  f->watch = g_bus_watch_name_on_connection (f->bus, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, appeared_cb, vanished_cb, f,
                                             NULL);
  if (with_mock != NULL) {
    f->mock = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "/usr/bin/python3", g_getenv ("MR_TEST_MOCK_GOA"),
                                NULL);
    g_assert_no_error (error);
    while (!f->owned)
      g_main_context_iteration (NULL, TRUE);
  }
  f->desktop = mr_desktop_accounts_new ();
  mr_desktop_accounts_watch (f->desktop, changed_cb, f);
}

static void
tear_down (Fixture *f, gconstpointer with_mock)
{
  mr_desktop_accounts_free (f->desktop);
  if (f->mock != NULL) {
    tell (f, "Quit", NULL);
    g_assert_true (g_subprocess_wait (f->mock, NULL, NULL));
    g_object_unref (f->mock);
    while (f->owned)
      g_main_context_iteration (NULL, TRUE);
  }
  g_bus_unwatch_name (f->watch);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (f->bus);
}

static void
answer (Answer *a, GString *text)
{
  a->answers++;
  g_free (a->text);
  a->text = g_string_free (text, FALSE);
}

static void
list_cb (GPtrArray *accounts, const GError *error, gpointer data)
{
  GString *text = g_string_new (NULL);

  g_assert_true ((accounts == NULL) == (error != NULL));
  if (error != NULL)
    g_string_append_printf (text, "!%s", mr_error_nick ((MrError)error->code));
  for (guint i = 0; accounts != NULL && i < accounts->len; i++) {
    const MrDesktopAccountRecord *record = g_ptr_array_index (accounts, i);

    g_string_append_printf (text, "%s %s %s (%s)%s;", record->id, record->provider, record->address, record->name,
                            record->needs_attention ? " attention" : "");
  }
  answer (data, text);
}

static void
token_cb (MrSecret *token, guint seconds, const GError *error, gpointer data)
{
  GString *text = g_string_new (NULL);

  g_assert_true ((token == NULL) == (error != NULL));
  if (error != NULL)
    g_string_append_printf (text, "!%s", mr_error_nick ((MrError)error->code));
  else
    g_string_append_printf (text, "%s %u", mr_secret_get (token), seconds);
  answer (data, text);
}

static void
await (Answer *a)
{
  g_assert_cmpuint (a->answers, ==, 0); /* never inside the call */
  while (a->answers == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (a->answers, ==, 1);
}

static void
assert_list (Fixture *f, const char *expected)
{
  Answer a = { 0 };

  mr_desktop_accounts_list (f->desktop, list_cb, &a);
  await (&a);
  g_assert_cmpstr (a.text, ==, expected);
  g_free (a.text);
}

static void
assert_token (Fixture *f, const char *id, const char *expected)
{
  Answer a = { 0 };

  mr_desktop_accounts_get_token (f->desktop, id, token_cb, &a);
  await (&a);
  g_assert_cmpstr (a.text, ==, expected);
  g_free (a.text);
}

static void
add (Fixture *f, const char *id, const char *type, const char *address, const char *provider)
{
  tell (f, "Add", g_variant_new ("(ssss)", id, type, address, provider));
}

static void
test_list (Fixture *f, gconstpointer data)
{
  assert_list (f, "");
  add (f, "account_1", "google", "me@gmail.com", "Google");
  add (f, "account_2", "windows_live", "me@outlook.com", "Microsoft");
  add (f, "account_3", "google", "ann@office.example", "Google");
  /* no token that an SMTP server takes */
  add (f, "account_4", "ms_graph", "me@office.example", "Microsoft 365");
  add (f, "account_5", "imap_smtp", "me@example.com", "IMAP and SMTP");
  while (f->changes == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_list (f, "account_3 google-workspace ann@office.example (Google);account_1 gmail me@gmail.com (Google);"
                  "account_2 outlook me@outlook.com (Microsoft);");
}

static void
await_change (Fixture *f)
{
  while (f->changes == 0)
    g_main_context_iteration (NULL, TRUE);
  f->changes = 0;
}

static void
test_changes (Fixture *f, gconstpointer data)
{
  add (f, "account_1", "google", "me@gmail.com", "Google");
  assert_list (f, "account_1 gmail me@gmail.com (Google);");
  f->changes = 0;
  tell (f, "SetAttention", g_variant_new ("(sb)", "account_1", TRUE));
  await_change (f);
  assert_list (f, "account_1 gmail me@gmail.com (Google) attention;");
  tell (f, "SetAttention", g_variant_new ("(sb)", "account_1", FALSE));
  await_change (f);
  tell (f, "SetMail", g_variant_new ("(sb)", "account_1", FALSE));
  await_change (f);
  assert_list (f, "");
  assert_token (f, "account_1", "!not-found");
  tell (f, "SetMail", g_variant_new ("(sb)", "account_1", TRUE));
  await_change (f);
  assert_list (f, "account_1 gmail me@gmail.com (Google);");
  tell (f, "Remove", g_variant_new ("(s)", "account_1"));
  await_change (f);
  assert_list (f, "");
}

static void
test_token (Fixture *f, gconstpointer data)
{
  add (f, "account_1", "google", "me@gmail.com", "Google");
  tell (f, "SetToken", g_variant_new ("(ssu)", "account_1", "ya29.first", 3599));
  assert_token (f, "account_1", "ya29.first 3599");
  tell (f, "SetToken", g_variant_new ("(ssu)", "account_1", "ya29.second", 0));
  assert_token (f, "account_1", "ya29.second 0");
  assert_token (f, "account_9", "!not-found");
  tell (f, "Mood", g_variant_new ("(s)", "refused"));
  assert_token (f, "account_1", "!refused");
  tell (f, "Mood", g_variant_new ("(s)", "failed"));
  assert_token (f, "account_1", "!network");
  tell (f, "Mood", g_variant_new ("(s)", "never"));
  mr_desktop_accounts_set_limit (f->desktop, SHORT_MS);
  assert_token (f, "account_1", "!timed-out");
  tell (f, "Mood", g_variant_new ("(s)", "ok"));
}

/* Several at once while there is no client yet, one of them given up, and an end in the middle. */
static void
test_lifetimes (Fixture *f, gconstpointer data)
{
  Answer lists[2] = { 0 }, given_up = { 0 }, pending = { 0 };

  add (f, "account_1", "google", "me@gmail.com", "Google");
  tell (f, "Mood", g_variant_new ("(s)", "never"));
  mr_desktop_accounts_list (f->desktop, list_cb, &lists[0]);
  mr_desktop_accounts_list (f->desktop, list_cb, &given_up);
  mr_desktop_accounts_get_token (f->desktop, "account_1", token_cb, &pending);
  mr_desktop_accounts_list (f->desktop, list_cb, &lists[1]);
  mr_desktop_accounts_cancel (f->desktop, &given_up);
  await (&lists[0]);
  while (lists[1].answers == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (given_up.answers, ==, 0);
  g_assert_cmpuint (pending.answers, ==, 0);
  mr_desktop_accounts_free (g_steal_pointer (&f->desktop));
  g_assert_cmpstr (pending.text, ==, "!cancelled");
  for (guint i = 0; i < 2; i++)
    g_free (lists[i].text);
  g_free (pending.text);
}

static void
test_freed_at_once (Fixture *f, gconstpointer data)
{
  Answer a = { 0 };

  mr_desktop_accounts_list (f->desktop, list_cb, &a);
  mr_desktop_accounts_free (g_steal_pointer (&f->desktop));
  g_assert_cmpstr (a.text, ==, "!cancelled");
  g_free (a.text);
}

static void
test_no_service (Fixture *f, gconstpointer data)
{
  assert_list (f, "");
  assert_token (f, "account_1", g_strcmp0 (g_getenv ("MR_TEST_HAVE_GOA"), "1") == 0 ? "!network" : "!not-found");
}

#define ADD(name, func, mock) g_test_add ("/secrets/desktop/" name, Fixture, mock, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("no-service", test_no_service, NULL);
  if (g_strcmp0 (g_getenv ("MR_TEST_HAVE_GOA"), "1") != 0)
    return g_test_run (); /* built without libgoa: there is nothing more to it */
  ADD ("list", test_list, "mock");
  ADD ("changes", test_changes, "mock");
  ADD ("token", test_token, "mock");
  ADD ("lifetimes", test_lifetimes, "mock");
  ADD ("freed-at-once", test_freed_at_once, "mock");
  return g_test_run ();
}
