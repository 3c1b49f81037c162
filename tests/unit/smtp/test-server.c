/* Server machine: what a dialog cannot show (limits of input and output, late answers, borrowed bytes, wiping). The
 * conversations themselves are in tests/dialogs. */
#include <string.h>

#include "base/log.h"
#include "smtp/server.h"

static const MrSmtpServerOptions options = {
  .greeting_name = "localhost",
  .max_size = 1 << 20,
  .max_command = 1024,
  .max_line = 998,
  .max_recipients = 10,
  .max_errors = 5,
  .offer_auth = TRUE,
  .auth_without_tls = TRUE,
  .offer_starttls = TRUE,
};

static void
feed (MrSmtpServer *server, const char *text)
{
  g_assert_true (mr_smtp_server_feed (server, text, strlen (text)));
}

static void
expect (MrSmtpServer *server, MrSmtpServerEventKind kind)
{
  MrSmtpServerEvent event;

  g_assert_cmpint (mr_smtp_server_next (server, &event), ==, kind);
}

static char *
take_output (MrSmtpServer *server)
{
  gsize len;
  const guint8 *bytes = mr_buffer_peek (mr_smtp_server_output (server), &len);
  char *text = g_strndup ((const char *)bytes, len);

  mr_buffer_consume (mr_smtp_server_output (server), len);
  return text;
}

/* Up to the answer of DATA. */
static MrSmtpServer *
new_in_data (void)
{
  MrSmtpServer *server = mr_smtp_server_new (&options);
  g_autofree char *output = NULL;

  feed (server, "EHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n");
  expect (server, MR_SERVER_HELO);
  expect (server, MR_SERVER_MAIL);
  mr_smtp_server_answer (server, 250, "2.1.0", "OK");
  g_assert_true (mr_smtp_server_in_transaction (server));
  expect (server, MR_SERVER_RCPT);
  mr_smtp_server_answer (server, 250, "2.1.5", "OK");
  expect (server, MR_SERVER_DATA);
  mr_smtp_server_answer (server, 354, NULL, "Go on");
  g_assert_true (mr_smtp_server_in_data (server));
  output = take_output (server);
  return server;
}

static void
test_waits_for_answers (void)
{
  g_autoptr (MrSmtpServer) server = mr_smtp_server_new (&options);
  g_autofree char *output = NULL;

  feed (server, "EHLO me\r\nMAIL FROM:<a@example.com>\r\nRSET\r\n");
  expect (server, MR_SERVER_HELO);
  g_assert_cmpstr (mr_smtp_server_get_helo (server), ==, "me");
  g_assert_true (mr_smtp_server_is_esmtp (server));
  g_assert_false (mr_smtp_server_wants_answer (server));
  expect (server, MR_SERVER_MAIL);
  g_assert_true (mr_smtp_server_wants_answer (server));
  g_free (take_output (server));
  /* Nothing is read before the answer. */
  expect (server, MR_SERVER_NONE);
  feed (server, "NOOP\r\n");
  expect (server, MR_SERVER_NONE);
  g_assert_false (mr_smtp_server_in_transaction (server));
  mr_smtp_server_answer (server, 250, "2.1.0", "OK");
  expect (server, MR_SERVER_RESET);
  expect (server, MR_SERVER_NONE);
  output = take_output (server);
  g_assert_cmpstr (output, ==, "250 2.1.0 OK\r\n250 2.0.0 OK\r\n250 2.0.0 OK\r\n");
}

static void
test_input_bound (void)
{
  g_autoptr (MrSmtpServer) server = mr_smtp_server_new (&options);
  gsize room;
  g_autofree char *bytes = NULL;

  feed (server, "EHLO me\r\nMAIL FROM:<a@example.com>\r\n");
  expect (server, MR_SERVER_HELO);
  expect (server, MR_SERVER_MAIL);
  /* While an answer is due, input piles up to its bound and not further. */
  room = mr_smtp_server_room (server);
  bytes = g_malloc0 (room + 1);
  g_assert_false (mr_smtp_server_feed (server, bytes, room + 1));
  g_assert_true (mr_smtp_server_feed (server, bytes, room));
  g_assert_cmpuint (mr_smtp_server_room (server), ==, 0);
  g_assert_false (mr_smtp_server_feed (server, bytes, 1));
}

static void
test_endless_line (void)
{
  g_autoptr (MrSmtpServer) server = mr_smtp_server_new (&options);
  char bytes[4096];
  g_autofree char *output = NULL;

  memset (bytes, 'x', sizeof bytes);
  g_free (take_output (server));
  for (int i = 0; i < 1000; i++) {
    g_assert_true (mr_smtp_server_feed (server, bytes, sizeof bytes));
    expect (server, MR_SERVER_NONE);
  }
  feed (server, "\r\nNOOP\r\n");
  expect (server, MR_SERVER_NONE);
  output = take_output (server);
  g_assert_cmpstr (output, ==, "500 5.5.2 The line is too long\r\n250 2.0.0 OK\r\n");
}

static void
test_output_bound (void)
{
  g_autoptr (MrSmtpServer) server = mr_smtp_server_new (&options);
  MrSmtpServerEvent event = { 0 };
  MrSmtpServerEventKind kind = MR_SERVER_NONE;

  /* A client that sends and never reads. */
  for (int i = 0; i < 100000 && kind == MR_SERVER_NONE; i++) {
    feed (server, "HELP\r\n");
    kind = mr_smtp_server_next (server, &event);
  }
  g_assert_cmpint (kind, ==, MR_SERVER_CLOSE);
  g_assert_cmpint (event.reason, ==, MR_CLOSE_OVERFLOW);
  expect (server, MR_SERVER_NONE);
  /* Closed: input and answers are of no interest. */
  feed (server, "NOOP\r\n");
  expect (server, MR_SERVER_NONE);
  mr_smtp_server_answer (server, 250, NULL, "OK");
  mr_smtp_server_abort (server, 421, "4.4.2", "late");
  expect (server, MR_SERVER_NONE);
}

static void
test_body_bytes (void)
{
  g_autoptr (MrSmtpServer) server = new_in_data ();
  MrSmtpServerEvent event;
  g_autoptr (GString) line = g_string_new (NULL);

  while (line->len < 60000)
    g_string_append (line, "0123456789 0123456789 0123456789\r\n");
  feed (server, line->str);
  feed (server, ".\r\n");
  /* Long runs come as they are. */
  g_assert_cmpint (mr_smtp_server_next (server, &event), ==, MR_SERVER_BODY);
  g_assert_cmpmem (event.bytes, event.len, line->str, line->len);
  g_assert_cmpuint (event.size, ==, line->len);
  g_assert_cmpint (mr_smtp_server_next (server, &event), ==, MR_SERVER_END);
  g_assert_cmpuint (event.size, ==, line->len);
  g_assert_cmpint (event.data_error, ==, MR_DATA_OK);
  g_assert_true (mr_smtp_server_in_transaction (server));
  mr_smtp_server_answer (server, 250, "2.0.0", "queued");
  g_assert_false (mr_smtp_server_in_transaction (server));
  expect (server, MR_SERVER_NONE);
}

static void
test_abort_while_storing (void)
{
  g_autoptr (MrSmtpServer) server = new_in_data ();
  MrSmtpServerEvent event;
  g_autofree char *output = NULL;

  feed (server, "x\r\n.\r\nNOOP\r\n");
  expect (server, MR_SERVER_BODY);
  expect (server, MR_SERVER_END);
  mr_smtp_server_abort (server, 421, "4.3.2", "going down");
  g_assert_false (mr_smtp_server_wants_answer (server));
  expect (server, MR_SERVER_RESET);
  g_assert_cmpint (mr_smtp_server_next (server, &event), ==, MR_SERVER_CLOSE);
  g_assert_cmpint (event.reason, ==, MR_CLOSE_ANSWER);
  /* The answer that comes late is dropped. */
  mr_smtp_server_answer (server, 250, "2.0.0", "queued");
  output = take_output (server);
  g_assert_cmpstr (output, ==, "421 4.3.2 going down\r\n");
}

static void
test_auth (void)
{
  g_autoptr (MrSmtpServer) server = mr_smtp_server_new (&options);
  MrSmtpServerEvent event;

  feed (server, "EHLO me\r\nAUTH PLAIN AHVzZXIAc2VjcmV0\r\n");
  expect (server, MR_SERVER_HELO);
  g_assert_cmpint (mr_smtp_server_next (server, &event), ==, MR_SERVER_AUTH);
  g_assert_cmpstr (event.authcid, ==, "user");
  g_assert_cmpstr (mr_secret_get (event.password), ==, "secret");
  g_assert_null (mr_smtp_server_get_identity (server));
  mr_smtp_server_auth_result (server, TRUE, FALSE);
  g_assert_cmpstr (mr_smtp_server_get_identity (server), ==, "user");
  feed (server, "STARTTLS\r\n");
  expect (server, MR_SERVER_STARTTLS);
  mr_smtp_server_tls_started (server);
  g_assert_true (mr_smtp_server_is_tls (server));
  g_assert_null (mr_smtp_server_get_identity (server));
  g_assert_null (mr_smtp_server_get_helo (server));
}

static void
test_auth_line_bound (void)
{
  g_autoptr (MrSmtpServer) server = mr_smtp_server_new (&options);
  g_autofree char *line = g_strnfill (20000, 'A');
  g_autofree char *output = NULL;

  feed (server, "EHLO me\r\nAUTH PLAIN\r\n");
  expect (server, MR_SERVER_HELO);
  expect (server, MR_SERVER_NONE);
  g_free (take_output (server));
  feed (server, line);
  feed (server, "\r\nNOOP\r\n");
  expect (server, MR_SERVER_NONE);
  output = take_output (server);
  g_assert_cmpstr (output, ==, "500 5.5.6 The response is too long\r\n250 2.0.0 OK\r\n");
}

static void
test_tls_early_bytes (void)
{
  g_autoptr (MrSmtpServer) server = mr_smtp_server_new (&options);
  MrSmtpServerEvent event;

  feed (server, "STARTTLS\r\n");
  expect (server, MR_SERVER_STARTTLS);
  feed (server, "RSET\r\n");
  g_assert_cmpint (mr_smtp_server_next (server, &event), ==, MR_SERVER_CLOSE);
  g_assert_cmpint (event.reason, ==, MR_CLOSE_TLS_LEFTOVER);
}

static void
test_wrong_answers (void)
{
  g_autoptr (MrSmtpServer) server = mr_smtp_server_new (&options);

  /* Mistakes of the caller are told and change nothing. */
  if (g_test_subprocess ()) {
    mr_smtp_server_answer (server, 250, NULL, "nobody asked");
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*wants_answer*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  g_test_add_func ("/smtp/server/waits-for-answers", test_waits_for_answers);
  g_test_add_func ("/smtp/server/input-bound", test_input_bound);
  g_test_add_func ("/smtp/server/endless-line", test_endless_line);
  g_test_add_func ("/smtp/server/output-bound", test_output_bound);
  g_test_add_func ("/smtp/server/body-bytes", test_body_bytes);
  g_test_add_func ("/smtp/server/abort-while-storing", test_abort_while_storing);
  g_test_add_func ("/smtp/server/auth", test_auth);
  g_test_add_func ("/smtp/server/auth-line-bound", test_auth_line_bound);
  g_test_add_func ("/smtp/server/tls-early-bytes", test_tls_early_bytes);
  g_test_add_func ("/smtp/server/wrong-answers", test_wrong_answers);
  return g_test_run ();
}
