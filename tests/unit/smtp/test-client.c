/* Client machine: what a dialog cannot show (many recipients, full output, transcripts, masking, wiping, arguments),
 * and both machines against each other. The conversations themselves are in tests/dialogs. */
#include <string.h>

#include "base/log.h"
#include "smtp/client.h"
#include "smtp/server.h"

static void
feed (MrSmtpClient *client, const char *text)
{
  g_assert_true (mr_smtp_client_feed (client, text, strlen (text)));
}

static void
expect (MrSmtpClient *client, MrSmtpClientEventKind kind)
{
  MrSmtpClientEvent event;

  g_assert_cmpint (mr_smtp_client_next (client, &event), ==, kind);
}

static char *
take_output (MrSmtpClient *client)
{
  gsize len;
  const guint8 *bytes = mr_buffer_peek (mr_smtp_client_output (client), &len);
  char *text = g_strndup ((const char *)bytes, len);

  mr_buffer_consume (mr_smtp_client_output (client), len);
  return text;
}

static MrSmtpClient *
new_ready (gboolean pipelining)
{
  MrSmtpClient *client = mr_smtp_client_new (&(MrSmtpClientOptions){ .ehlo_name = "me.example" });

  feed (client, pipelining ? "220 mx\r\n250-mx\r\n250 PIPELINING\r\n" : "220 mx\r\n250 mx\r\n");
  expect (client, MR_CLIENT_READY);
  g_free (take_output (client));
  return client;
}

static void
test_arguments (void)
{
  g_autoptr (MrSmtpClient) client = new_ready (TRUE);
  static const char *const bad[] = { "a@example.com>\r\nRSET", "a@example.com> SIZE=1", "a b@example.com",
                                     "a\r@example.com", "\xc3\xa4@example.com" };
  g_autofree char *output = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *const good_list[] = { "b@example.com", NULL };
    const char *const bad_list[] = { "b@example.com", bad[i], NULL };
    g_autoptr (GError) error = NULL, error_2 = NULL, error_3 = NULL;

    g_assert_false (
        mr_smtp_client_begin (client, &(MrSmtpTransaction){ .reverse_path = bad[i], .recipients = good_list }, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    g_assert_false (
        mr_smtp_client_begin (client, &(MrSmtpTransaction){ .reverse_path = "", .recipients = bad_list }, &error_2));
    g_assert_error (error_2, MR_ERROR, MR_ERROR_INVALID);
    g_assert_false (mr_smtp_client_verify_sender (client, bad[i], &error_3));
    g_assert_error (error_3, MR_ERROR, MR_ERROR_INVALID);
  }
  /* Nothing left, and the session goes on. */
  output = take_output (client);
  g_assert_cmpstr (output, ==, "");
  g_assert_true (mr_smtp_client_is_ready (client));
}

static void
test_ehlo_name (void)
{
  static const char *const bad[] = { NULL, "", "two words", "a\r\nMAIL FROM:<>", "a\xc3\xa4" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (MrSmtpClient) client = mr_smtp_client_new (&(MrSmtpClientOptions){ .ehlo_name = bad[i] });
    g_autofree char *output = NULL;

    feed (client, "220 mx\r\n");
    expect (client, MR_CLIENT_NONE);
    output = take_output (client);
    g_assert_cmpstr (output, ==, "EHLO [127.0.0.1]\r\n");
  }
}

/* Recipients that do not fit into the output go out as the replies come in, and DATA last. */
static void
test_many_recipients (void)
{
  g_autoptr (MrSmtpClient) client = new_ready (TRUE);
  g_autoptr (GPtrArray) recipients = g_ptr_array_new_with_free_func (g_free);
  const guint n = 20000;
  guint replied = 0, commands = 0, told = 0;
  gboolean data = FALSE;
  MrSmtpClientEvent event;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (recipients, g_strdup_printf ("recipient-%u@a-rather-long-domain.example.com", i));
  g_ptr_array_add (recipients, NULL);
  g_assert_true (mr_smtp_client_begin (
      client, &(MrSmtpTransaction){ .reverse_path = "", .recipients = (const char *const *)recipients->pdata }, NULL));
  while (!data) {
    g_autofree char *output = take_output (client);
    g_auto (GStrv) lines = g_strsplit (output, "\r\n", -1);

    g_assert_cmpuint (strlen (output), >, 0);
    for (guint i = 0; lines[i][0] != '\0'; i++) {
      g_assert_false (data);
      if (commands > 0 && commands <= n) {
        g_autofree char *expected = g_strdup_printf ("RCPT TO:<%s>", (char *)recipients->pdata[commands - 1]);

        g_assert_cmpstr (lines[i], ==, expected);
      }
      data = strcmp (lines[i], "DATA") == 0;
      commands++;
    }
    for (; replied < commands && replied <= n; replied++) {
      feed (client, "250 ok\r\n");
      while (mr_smtp_client_next (client, &event) != MR_CLIENT_NONE) {
        g_assert_cmpint (event.kind, ==, MR_CLIENT_RCPT);
        g_assert_cmpuint (event.index, ==, told++);
      }
    }
  }
  g_assert_cmpuint (commands, ==, n + 2);
  g_assert_cmpuint (told, ==, n);
  feed (client, "354 go\r\n");
  expect (client, MR_CLIENT_BODY);
}

static void
test_full_output (void)
{
  g_autoptr (MrSmtpClient) client = new_ready (TRUE);
  const char *const recipients[] = { "b@example.com", NULL };
  g_autofree char *dots = g_strnfill (1 << 20, '\n');
  gsize given = 0;

  g_assert_true (
      mr_smtp_client_begin (client, &(MrSmtpTransaction){ .reverse_path = "", .recipients = recipients }, NULL));
  feed (client, "250 ok\r\n250 ok\r\n354 go\r\n");
  expect (client, MR_CLIENT_RCPT);
  expect (client, MR_CLIENT_BODY);
  g_free (take_output (client));
  g_assert_false (mr_smtp_client_body (client, dots, 1 << 20));
  g_assert_cmpuint (mr_buffer_length (mr_smtp_client_output (client)), ==, 0);
  while (mr_smtp_client_body_room (client) > 0) {
    gsize room = mr_smtp_client_body_room (client);

    g_assert_true (mr_smtp_client_body (client, dots, room));
    given += room;
  }
  /* The end of the message always fits. */
  mr_smtp_client_body_end (client);
  g_assert_cmpint (mr_smtp_client_get_stage (client), ==, MR_STAGE_DOT);
  g_assert_cmpuint (mr_buffer_length (mr_smtp_client_output (client)), ==, 2 * given + 3);
}

static void
test_transcript (void)
{
  g_autoptr (MrSmtpClient) client = mr_smtp_client_new (
      &(MrSmtpClientOptions){ .ehlo_name = "me.example", .want_auth = TRUE, .auth_in_clear_allowed = TRUE });
  g_autoptr (MrSecret) password = mr_secret_new ("secret", 6);
  const char *const recipients[] = { "b@example.com", NULL };
  g_autofree char *transcript = NULL, *restarted = NULL;
  MrBuffer *out = mr_smtp_client_output (client);

  feed (client, "220 mx\r\n250-mx\r\n250 AUTH LOGIN\r\n");
  expect (client, MR_CLIENT_CREDENTIALS);
  mr_smtp_client_credentials (client, "user", password);
  for (int i = 0; i < 3; i++) {
    g_free (take_output (client));
    feed (client, i < 2 ? "334 UGFzc3dvcmQ6\r\n" : "235 c2VjcmV0 means secret\r\n");
    if (i < 2)
      expect (client, MR_CLIENT_NONE);
  }
  expect (client, MR_CLIENT_READY);
  g_assert_true (
      mr_smtp_client_begin (client, &(MrSmtpTransaction){ .reverse_path = "", .recipients = recipients }, NULL));
  feed (client, "250 ok\r\n");
  expect (client, MR_CLIENT_NONE);
  feed (client, "250 ok\r\n");
  expect (client, MR_CLIENT_RCPT);
  expect (client, MR_CLIENT_NONE);
  feed (client, "354 go\r\n");
  expect (client, MR_CLIENT_BODY);
  g_assert_true (mr_smtp_client_body (client, "what nobody is to read\r\n", 24));
  mr_smtp_client_body_end (client);
  feed (client, "250-2.0.0 two\r\n250 2.0.0 lines\r\n");
  expect (client, MR_CLIENT_DONE);
  mr_buffer_clear (out);
  transcript = mr_smtp_client_dup_transcript (client);
  g_assert_cmpstr (transcript, ==,
                   "< 220 mx\n> EHLO me.example\n< 250-mx\n< 250 AUTH LOGIN\n> AUTH LOGIN\n< 334 UGFzc3dvcmQ6\n> ****\n"
                   "< 334 UGFzc3dvcmQ6\n> ****\n< 235 **** means ****\n> MAIL FROM:<>\n< 250 ok\n"
                   "> RCPT TO:<b@example.com>\n< 250 ok\n> DATA\n< 354 go\n> (24 bytes)\n> .\n< 250-2.0.0 two\n"
                   "< 250 2.0.0 lines\n");
  mr_smtp_client_restart_transcript (client);
  restarted = mr_smtp_client_dup_transcript (client);
  g_assert_true (g_str_has_prefix (restarted, "* "));
  g_assert_cmpuint (strlen (restarted), <, 100);
}

/* The bytes of a consumed password are gone from the output's memory. */
static void
test_wiped (void)
{
  g_autoptr (MrSmtpClient) client = mr_smtp_client_new (
      &(MrSmtpClientOptions){ .ehlo_name = "me.example", .want_auth = TRUE, .auth_in_clear_allowed = TRUE });
  g_autoptr (MrSecret) password = mr_secret_new ("secret", 6);
  const guint8 *bytes;
  gsize len;

  feed (client, "220 mx\r\n250-mx\r\n250 AUTH PLAIN\r\n");
  expect (client, MR_CLIENT_CREDENTIALS);
  g_free (take_output (client));
  mr_smtp_client_credentials (client, "user", password);
  bytes = mr_buffer_peek (mr_smtp_client_output (client), &len);
  g_assert_nonnull (g_strstr_len ((const char *)bytes, (gssize)len, "AHVzZXIAc2VjcmV0"));
  mr_buffer_consume (mr_smtp_client_output (client), len);
  expect (client, MR_CLIENT_NONE);
  /* The block is small and kept by the buffer. */
  for (gsize i = 0; i < len; i++)
    g_assert_cmpint (bytes[i], ==, 0);
}

/* A response that does not fit a command line goes out as a line of its own. */
static void
test_long_password (void)
{
  g_autoptr (MrSmtpClient) client = mr_smtp_client_new (
      &(MrSmtpClientOptions){ .ehlo_name = "me.example", .want_auth = TRUE, .auth_in_clear_allowed = TRUE });
  g_autofree char *text = g_strnfill (1000, 'x');
  g_autoptr (MrSecret) password = mr_secret_new (text, 1000);
  g_autofree char *output = NULL, *response = NULL;

  feed (client, "220 mx\r\n250-mx\r\n250 AUTH PLAIN\r\n");
  expect (client, MR_CLIENT_CREDENTIALS);
  g_free (take_output (client));
  mr_smtp_client_credentials (client, "user", password);
  output = take_output (client);
  g_assert_cmpstr (output, ==, "AUTH PLAIN\r\n");
  feed (client, "334 \r\n");
  expect (client, MR_CLIENT_NONE);
  response = take_output (client);
  g_assert_cmpuint (strlen (response), >, 1300);
  feed (client, "235 ok\r\n");
  expect (client, MR_CLIENT_READY);
}

static void
test_quit_early (void)
{
  g_autoptr (MrSmtpClient) client = mr_smtp_client_new (&(MrSmtpClientOptions){ .ehlo_name = "me.example" });
  g_autofree char *output = NULL;

  mr_smtp_client_quit (client);
  expect (client, MR_CLIENT_CLOSED);
  expect (client, MR_CLIENT_NONE);
  output = take_output (client);
  g_assert_cmpstr (output, ==, "");
}

static void
test_eof_after_quit (void)
{
  g_autoptr (MrSmtpClient) client = new_ready (FALSE);

  mr_smtp_client_quit (client);
  mr_smtp_client_eof (client);
  expect (client, MR_CLIENT_CLOSED);
}

static void
test_endless_reply (void)
{
  g_autoptr (MrSmtpClient) client = new_ready (TRUE);
  MrSmtpClientEvent event = { 0 };
  guint lines = 0;

  g_assert_true (mr_smtp_client_verify_sender (client, "", NULL));
  while (mr_smtp_client_next (client, &event) == MR_CLIENT_NONE && lines++ < 1000)
    feed (client, "250-more\r\n");
  g_assert_cmpint (event.kind, ==, MR_CLIENT_FAILED);
  g_assert_cmpint (event.stage, ==, MR_STAGE_MAIL);
  g_assert_cmpuint (event.reply->code, ==, 0);
  g_assert_nonnull (event.what);
}

/* Both machines: a message goes through them byte by byte, with any cut. */
typedef struct {
  MrSmtpClient *client;
  MrSmtpServer *server;
  GString *stored;
  gboolean done;
  gsize chunk;
} Pair;

/* At most chunk bytes from one to the other. */
static gboolean
carry (MrBuffer *from, void *to, gboolean (*feed_func) (void *, const void *, gsize), gsize chunk)
{
  gsize len;
  const guint8 *bytes = mr_buffer_peek (from, &len);

  len = MIN (len, chunk);
  if (len == 0)
    return FALSE;
  g_assert_true (feed_func (to, bytes, len));
  mr_buffer_consume (from, len);
  return TRUE;
}

static gboolean
feed_client (void *client, const void *data, gsize len)
{
  return mr_smtp_client_feed (client, data, len);
}

static gboolean
feed_server (void *server, const void *data, gsize len)
{
  return mr_smtp_server_feed (server, data, len);
}

static gboolean
serve (Pair *pair)
{
  MrSmtpServerEvent event;

  switch (mr_smtp_server_next (pair->server, &event)) {
  case MR_SERVER_NONE:
    return FALSE;
  case MR_SERVER_AUTH:
    mr_smtp_server_auth_result (pair->server, strcmp (mr_secret_get (event.password), "secret") == 0, FALSE);
    break;
  case MR_SERVER_MAIL:
  case MR_SERVER_RCPT:
    mr_smtp_server_answer (pair->server, 250, "2.1.0", "OK");
    break;
  case MR_SERVER_DATA:
    mr_smtp_server_answer (pair->server, 354, NULL, "Go on");
    break;
  case MR_SERVER_BODY:
    g_string_append_len (pair->stored, (const char *)event.bytes, (gssize)event.len);
    break;
  case MR_SERVER_END:
    g_assert_cmpint (event.data_error, ==, MR_DATA_OK);
    mr_smtp_server_answer (pair->server, 250, "2.0.0", "queued");
    break;
  case MR_SERVER_HELO:
  case MR_SERVER_STARTTLS:
  case MR_SERVER_RESET:
  case MR_SERVER_CLOSE:
  default:
    break;
  }
  return TRUE;
}

static gboolean
send_on (Pair *pair, const GString *message)
{
  const char *const recipients[] = { "b@example.com", "c@example.com", NULL };
  g_autoptr (MrSecret) password = mr_secret_new ("secret", 6);
  MrSmtpClientEvent event;

  switch (mr_smtp_client_next (pair->client, &event)) {
  case MR_CLIENT_NONE:
    return FALSE;
  case MR_CLIENT_CREDENTIALS:
    mr_smtp_client_credentials (pair->client, "user", password);
    break;
  case MR_CLIENT_READY:
    g_assert_true (mr_smtp_client_begin (
        pair->client, &(MrSmtpTransaction){ .reverse_path = "a@example.com", .recipients = recipients, .size = 10 },
        NULL));
    break;
  case MR_CLIENT_RCPT:
    g_assert_cmpuint (event.reply->code, ==, 250);
    break;
  case MR_CLIENT_BODY:
    for (gsize i = 0; i < message->len; i += pair->chunk)
      g_assert_true (mr_smtp_client_body (pair->client, message->str + i, MIN (pair->chunk, message->len - i)));
    mr_smtp_client_body_end (pair->client);
    break;
  case MR_CLIENT_DONE:
    g_assert_cmpuint (event.reply->code, ==, 250);
    mr_smtp_client_quit (pair->client);
    break;
  case MR_CLIENT_CLOSED:
    pair->done = TRUE;
    break;
  case MR_CLIENT_STARTTLS:
  case MR_CLIENT_MAIL_REFUSED:
  case MR_CLIENT_DATA_REFUSED:
  case MR_CLIENT_VERIFIED:
  case MR_CLIENT_FAILED:
  default:
    g_error ("event %d: %s", event.kind, event.what);
  }
  return TRUE;
}

static void
test_pair (void)
{
  static const char *const messages[]
      = { "", "\r\n", ".", "..\r\n.\r\n", "Subject: x\r\n\r\n.\r\nRSET\r\n..x\r\nend", "a\r\n.\r\n\r\n.\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++) {
    for (gsize chunk = 1; chunk < 40; chunk++) {
      g_autoptr (GString) message = g_string_new (messages[i]);
      Pair pair = { .chunk = chunk, .stored = g_string_new (NULL) };
      gboolean busy = TRUE;

      pair.client = mr_smtp_client_new (
          &(MrSmtpClientOptions){ .ehlo_name = "me", .want_auth = TRUE, .auth_in_clear_allowed = TRUE });
      pair.server = mr_smtp_server_new (&(MrSmtpServerOptions){
          .greeting_name = "localhost", .max_recipients = 10, .offer_auth = TRUE, .auth_without_tls = TRUE });
      while (busy) {
        busy = carry (mr_smtp_client_output (pair.client), pair.server, feed_server, chunk);
        busy = carry (mr_smtp_server_output (pair.server), pair.client, feed_client, chunk) || busy;
        busy = serve (&pair) || busy;
        busy = send_on (&pair, message) || busy;
      }
      g_assert_true (pair.done);
      if (message->len > 0 && !g_str_has_suffix (message->str, "\r\n"))
        g_string_append (message, "\r\n");
      g_assert_cmpmem (pair.stored->str, pair.stored->len, message->str, message->len);
      mr_smtp_client_free (pair.client);
      mr_smtp_server_free (pair.server);
      g_string_free (pair.stored, TRUE);
    }
  }
}

/* Neither token nor response stays in the conversation, the reason of the refusal does. */
static void
test_token_transcript (void)
{
  g_autoptr (MrSmtpClient) client = mr_smtp_client_new (&(MrSmtpClientOptions){
      .ehlo_name = "me.example", .tls = MR_TLS_IMPLICIT, .tls_active = TRUE, .want_auth = TRUE, .with_token = TRUE });
  g_autoptr (MrSecret) token = mr_secret_new ("ya29.token", 10);
  g_autofree char *output = NULL, *transcript = NULL;

  feed (client, "220 mx\r\n250-mx\r\n250 AUTH XOAUTH2\r\n");
  expect (client, MR_CLIENT_CREDENTIALS);
  mr_smtp_client_credentials (client, "u", token);
  feed (client, "334 eyJzdGF0dXMiOiI0MDEifQ==\r\n");
  expect (client, MR_CLIENT_NONE);
  feed (client, "535 5.7.8 dXNlcj11AWF1dGg9QmVhcmVyIHlhMjkudG9rZW4BAQ== no\r\n");
  expect (client, MR_CLIENT_FAILED);
  output = take_output (client);
  g_assert_cmpstr (output, ==, "EHLO me.example\r\nAUTH XOAUTH2 dXNlcj11AWF1dGg9QmVhcmVyIHlhMjkudG9rZW4BAQ==\r\n\r\n");
  transcript = mr_smtp_client_dup_transcript (client);
  g_assert_cmpstr (transcript, ==,
                   "< 220 mx\n> EHLO me.example\n< 250-mx\n< 250 AUTH XOAUTH2\n> AUTH XOAUTH2 ****\n"
                   "< 334 eyJzdGF0dXMiOiI0MDEifQ==\n* {\"status\":\"401\"}\n> \n< 535 5.7.8 **** no\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  g_test_add_func ("/smtp/client/arguments", test_arguments);
  g_test_add_func ("/smtp/client/ehlo-name", test_ehlo_name);
  g_test_add_func ("/smtp/client/many-recipients", test_many_recipients);
  g_test_add_func ("/smtp/client/full-output", test_full_output);
  g_test_add_func ("/smtp/client/transcript", test_transcript);
  g_test_add_func ("/smtp/client/token-transcript", test_token_transcript);
  g_test_add_func ("/smtp/client/wiped", test_wiped);
  g_test_add_func ("/smtp/client/long-password", test_long_password);
  g_test_add_func ("/smtp/client/quit-early", test_quit_early);
  g_test_add_func ("/smtp/client/eof-after-quit", test_eof_after_quit);
  g_test_add_func ("/smtp/client/endless-reply", test_endless_reply);
  g_test_add_func ("/smtp/client/pair", test_pair);
  return g_test_run ();
}
