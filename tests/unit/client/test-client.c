/* The client against a service of the test's own: connecting, losing, calls, errors, the test of an account. */
#include "client/calls.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "fake-service.h"

#define A_ID "0123456789ABCDEF"

static void
count_cb (MrClient *client, guint what, guint64 revision, gpointer data)
{
  *(guint *)data |= what;
}

static void
test_connects (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  guint changed = 0;

  fake_service_start (fake);
  g_signal_connect (client, "changed", G_CALLBACK (count_cb), &changed);
  mr_client_connect_async (client, NULL, answer_cb, &answer);
  g_assert_true (mr_client_is_connecting (client));
  g_assert_true (mr_client_connect_finish (client, answer_wait (&answer), &error));
  g_assert_no_error (error);
  g_assert_true (mr_client_is_connected (client));
  g_assert_cmpstr (mr_client_get_service_version (client), ==, "9.9");
  g_assert_true (mr_client_version_differs (client));
  wait_until (changed == MR_CLIENT_CHANGED_ALL);

  changed = 0;
  fake_service_emit (fake, "programs");
  wait_until (changed != 0);
  g_assert_cmpuint (changed, ==, MR_CLIENT_CHANGED_PROGRAMS);
  g_clear_object (&client);
  fake_service_free (fake);
}

static void
test_nobody_there (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;

  mr_client_get_status_async (client, NULL, answer_cb, &answer);
  g_assert_null (mr_client_get_status_finish (client, answer_wait (&answer), &error));
  g_assert_true (mr_client_is_unreachable (error));
  g_assert_cmpstr (mr_client_get_connect_error (client), !=, NULL);
  g_assert_false (mr_client_is_connecting (client));
  fake_service_free (fake);
}

static void
test_comes_back (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_auto (Answer) answer = { NULL };
  guint changed = 0;

  fake_service_start (fake);
  mr_client_connect_async (client, NULL, answer_cb, &answer);
  g_assert_true (mr_client_connect_finish (client, answer_wait (&answer), NULL));
  fake_service_stop (fake);
  wait_until (!mr_client_is_connected (client));
  g_signal_connect (client, "changed", G_CALLBACK (count_cb), &changed);
  fake_service_start (fake);
  wait_until (mr_client_is_connected (client) && changed == MR_CLIENT_CHANGED_ALL);
  g_assert_null (mr_client_get_connect_error (client));
  g_clear_object (&client);
  fake_service_free (fake);
}

static void
test_calls (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_autoptr (GError) error = NULL;
  const char *const ids[] = { A_ID, A_ID, NULL };
  guint count = 0;

  fake_service_start (fake);
  {
    g_auto (Answer) answer = { NULL };
    mr_client_retry_async (client, ids, NULL, answer_cb, &answer);
    g_assert_true (mr_client_retry_finish (client, answer_wait (&answer), &count, &error));
    g_assert_cmpuint (count, ==, 2);
  }
  {
    g_auto (Answer) answer = { NULL };
    mr_client_cancel_async (client, ids, NULL, answer_cb, &answer);
    g_assert_false (mr_client_cancel_finish (client, answer_wait (&answer), &count, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
    g_assert_cmpstr (error->message, ==, "No such message");
    g_assert_false (mr_client_is_unreachable (error));
    g_clear_error (&error);
  }
  {
    g_auto (Answer) answer = { NULL };
    mr_client_get_body_async (client, A_ID, NULL, answer_cb, &answer);
    g_autoptr (GBytes) body = mr_client_get_body_finish (client, answer_wait (&answer), &error);
    g_assert_no_error (error);
    g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "Subject: x\r\n\r\nbody\r\n", 20);
  }
  {
    g_auto (Answer) answer = { NULL };
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    mr_client_retry_async (client, ids, cancellable, answer_cb, &answer);
    g_cancellable_cancel (cancellable);
    g_assert_false (mr_client_retry_finish (client, answer_wait (&answer), &count, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_false (mr_client_is_unreachable (error));
  }
  g_clear_object (&client);
  fake_service_free (fake);
}

static void
test_submit (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  const char *const recipients[] = { "b@y.example", "c@y.example", NULL };
  int fds[2];

  fake_service_start (fake);
  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (write (fds[1], "text", 4), ==, 4);
  close (fds[1]);
  mr_client_submit_async (client, fds[0], "a@x.example", recipients, "tester", NULL, answer_cb, &answer);
  close (fds[0]);
  g_autofree char *id = mr_client_submit_finish (client, answer_wait (&answer), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, A_ID);
  g_assert_cmpstr (fake->last, ==, "a@x.example>b@y.example,c@y.example:tester:text");
  g_clear_object (&client);
  fake_service_free (fake);
}

static void
test_passwords (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (MrSecret) secret = mr_secret_new ("pass word", 9);

  fake_service_start (fake);
  {
    g_auto (Answer) answer = { NULL };
    mr_client_set_password_async (client, "work", secret, NULL, answer_cb, &answer);
    g_assert_true (mr_client_set_password_finish (client, answer_wait (&answer), &error));
    g_assert_cmpstr (fake->last, ==, "pass word");
  }
  {
    g_auto (Answer) answer = { NULL };
    g_autofree char *id = NULL;
    g_autoptr (MrSecret) told = NULL;
    mr_client_add_program_async (client, "scanner", NULL, answer_cb, &answer);
    g_assert_true (mr_client_add_program_finish (client, answer_wait (&answer), &id, &told, &error));
    g_assert_cmpstr (id, ==, "scanner");
    g_assert_cmpstr (mr_secret_get (told), ==, "ABCD-EFGH");
  }
  g_clear_object (&client);
  fake_service_free (fake);
}

/* What a person cleared on the page must reach the service as empty, not as absent. */
static void
test_update_sends_empty (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_auto (Answer) answer = { NULL };
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();

  fake_service_start (fake);
  record->id = g_strdup ("work");
  mr_client_update_account_async (client, record, NULL, answer_cb, &answer);
  g_assert_true (mr_client_update_account_finish (client, answer_wait (&answer), NULL));
  g_assert_nonnull (strstr (fake->last, "'user': <''>"));
  g_assert_nonnull (strstr (fake->last, "'fingerprint': <''>"));
  g_assert_nonnull (strstr (fake->last, "'paused': <false>"));
  g_clear_object (&client);
  fake_service_free (fake);
}

/* ---- the test of an account ---- */

static void
step_cb (const MrClientTestStep *step, gpointer data)
{
  g_string_append_printf (data, "%s:%s;", mr_stage_nick (step->stage), step->text);
}

static void
test_account_test (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();
  g_autoptr (MrSecret) secret = mr_secret_new ("x", 1);
  g_autoptr (GError) error = NULL;

  fake_service_start (fake);
  record->id = g_strdup ("work");
  {
    g_auto (Answer) answer = { NULL };
    g_autofree char *transcript = NULL;
    g_autoptr (GString) steps = g_string_new (NULL);
    mr_client_test_account_async (client, record, NULL, step_cb, steps, NULL, answer_cb, &answer);
    g_assert_true (mr_client_test_account_finish (client, answer_wait (&answer), &transcript, &error));
    g_assert_cmpstr (steps->str, ==, "connect:first;auth:second;");
    g_assert_cmpstr (transcript, ==, "> EHLO");
    g_assert_cmpstr (fake->last, ==, "{'id': <'work'>}");
  }
  {
    g_auto (Answer) answer = { NULL };
    g_autofree char *transcript = NULL;
    record->host = g_strdup ("smtp.example.com");
    mr_client_test_account_async (client, record, secret, NULL, NULL, NULL, answer_cb, &answer);
    g_assert_false (mr_client_test_account_finish (client, answer_wait (&answer), &transcript, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_FAILED);
    g_assert_cmpstr (error->message, ==, "wrong password");
    g_assert_cmpstr (transcript, ==, "> EHLO");
    g_assert_nonnull (strstr (fake->last, "'host': <'smtp.example.com'>"));
  }
  g_clear_object (&client);
  fake_service_free (fake);
}

static void
test_account_test_ends_early (void)
{
  FakeService *fake = fake_service_new ();
  g_autoptr (MrClient) client = mr_client_new (FALSE);
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();
  g_autoptr (GError) error = NULL;

  fake_service_start (fake);
  fake->silent_test = TRUE;
  record->id = g_strdup ("work");
  {
    g_auto (Answer) answer = { NULL };
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    mr_client_test_account_async (client, record, NULL, NULL, NULL, cancellable, answer_cb, &answer);
    wait_until (fake->last != NULL);
    g_cancellable_cancel (cancellable);
    g_assert_false (mr_client_test_account_finish (client, answer_wait (&answer), NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error (&error);
    wait_until (fake->n_cancelled_tests == 1);
  }
  {
    g_auto (Answer) answer = { NULL };
    g_clear_pointer (&fake->last, g_free);
    mr_client_test_account_async (client, record, NULL, NULL, NULL, NULL, answer_cb, &answer);
    wait_until (fake->last != NULL);
    fake_service_stop (fake);
    g_assert_false (mr_client_test_account_finish (client, answer_wait (&answer), NULL, &error));
    g_assert_true (mr_client_is_unreachable (error));
  }
  g_clear_object (&client);
  fake_service_free (fake);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/client/connects", test_connects);
  g_test_add_func ("/client/client/nobody-there", test_nobody_there);
  g_test_add_func ("/client/client/comes-back", test_comes_back);
  g_test_add_func ("/client/client/calls", test_calls);
  g_test_add_func ("/client/client/submit", test_submit);
  g_test_add_func ("/client/client/passwords", test_passwords);
  g_test_add_func ("/client/client/update-sends-empty", test_update_sends_empty);
  g_test_add_func ("/client/client/account-test", test_account_test);
  g_test_add_func ("/client/client/account-test-ends-early", test_account_test_ends_early);
  return g_test_run ();
}
