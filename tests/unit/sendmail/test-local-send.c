/* One message over SMTP to a server of the test's own, in a thread: what each end of the conversation means. */
#include "sendmail/local-send.h"

#include <gio/gio.h>
#include <string.h>

typedef struct {
  GSocketListener *listener;
  const char *script; /* replies by the verb that asks: "MAIL=550 5.7.1 no;..." ; "drop" closes */
  char *address;
  GString *data;
  GThread *thread;
} Server;

static const char *
find_reply (const char *script, const char *verb, const char *usual, char *buffer, gsize size)
{
  g_autofree char *key = g_strconcat (verb, "=", NULL);
  const char *start = strstr (script, key);

  if (start == NULL)
    return usual;
  start += strlen (key);
  g_strlcpy (buffer, start, MIN (size, strcspn (start, ";") + 1));
  return buffer;
}

static void
serve (Server *server, GSocketConnection *connection)
{
  g_autoptr (GDataInputStream) in = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  static const struct {
    const char *verb, *usual;
  } rows[] = { { "EHLO", "250-x\r\n250 8BITMIME" },
               { "MAIL", "250 ok" },
               { "RCPT", "250 ok" },
               { "DATA", "354 go" },
               { "RSET", "250 ok" },
               { "QUIT", "221 bye" } };
  char buffer[256];
  const char *reply = find_reply (server->script, "HELLO", "220 x ESMTP", buffer, sizeof buffer);

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  for (;;) {
    g_autofree char *line = NULL;
    if (g_str_equal (reply, "drop") || !g_output_stream_printf (out, NULL, NULL, NULL, "%s\r\n", reply))
      return;
    if (g_str_has_prefix (reply, "354")) {
      for (;;) {
        g_autofree char *text = g_data_input_stream_read_line (in, NULL, NULL, NULL);
        if (text == NULL)
          return;
        if (g_str_equal (text, "."))
          break;
        g_string_append_printf (server->data, "%s\n", text);
      }
      reply = find_reply (server->script, "DOT", "250 taken", buffer, sizeof buffer);
      continue;
    }
    line = g_data_input_stream_read_line (in, NULL, NULL, NULL);
    if (line == NULL)
      return;
    reply = "500 what";
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
      if (g_ascii_strncasecmp (line, rows[i].verb, 4) == 0)
        reply = find_reply (server->script, strstr (line, "<bad") != NULL ? "BAD" : rows[i].verb, rows[i].usual, buffer,
                            sizeof buffer);
  }
}

static gpointer
server_thread (gpointer data)
{
  Server *server = data;
  g_autoptr (GSocketConnection) connection = g_socket_listener_accept (server->listener, NULL, NULL, NULL);

  if (connection != NULL)
    serve (server, connection);
  return NULL;
}

static void
check (const char *script, const char *message, const char *const *recipients, MrSent sent, guint code,
       const char *expected_data)
{
  Server server = { .script = script };
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (message, strlen (message));
  const MrSendJob job = { "a@x.example", recipients, bytes };
  g_auto (MrSentResult) result = { 0 };

  server.listener = g_socket_listener_new ();
  server.data = g_string_new (NULL);
  g_assert_true (g_socket_listener_add_address (server.listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, NULL));
  server.address = g_strdup_printf ("127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  server.thread = g_thread_new ("server", server_thread, &server);
  mr_local_send (server.address, &job, &result);
  g_thread_join (server.thread);
  g_assert_cmpint (result.sent, ==, sent);
  g_assert_cmpuint (result.code, ==, code);
  g_assert_nonnull (result.text);
  if (expected_data != NULL)
    g_assert_cmpstr (server.data->str, ==, expected_data);
  g_object_unref (server.listener);
  g_string_free (server.data, TRUE);
  g_free (server.address);
}

static const char *const one[] = { "b@y.example", NULL };
static const char *const one_bad[] = { "bad@y.example", NULL };
static const char *const both[] = { "b@y.example", "bad@y.example", NULL };

static void
test_taken (void)
{
  check ("", "Subject: x\n\nline\n.dot\n", one, MR_SENT_TAKEN, 250, "Subject: x\n\nline\n..dot\n");
  check ("", "Subject: x\r\n\r\nno end", one, MR_SENT_TAKEN, 250, "Subject: x\n\nno end\n");
  check ("BAD=550 no", "x: y\n\nz\n", both, MR_SENT_TAKEN, 250, NULL);
}

static void
test_not_taken (void)
{
  check ("MAIL=550 5.7.1 not you", "x: y\n", one, MR_SENT_REFUSED, 550, NULL);
  check ("MAIL=451 4.3.0 later", "x: y\n", one, MR_SENT_LATER, 451, NULL);
  check ("BAD=550 5.1.1 nobody", "x: y\n", one_bad, MR_SENT_REFUSED, 550, NULL);
  check ("DOT=452 4.3.1 full", "x: y\n", one, MR_SENT_LATER, 452, NULL);
  check ("DOT=554 5.6.0 no", "x: y\n", one, MR_SENT_REFUSED, 554, NULL);
  check ("DOT=drop", "x: y\n", one, MR_SENT_UNKNOWN, 0, NULL);
  check ("DATA=drop", "x: y\n", one, MR_SENT_NOT_THERE, 0, NULL);
  check ("HELLO=drop", "x: y\n", one, MR_SENT_NOT_THERE, 0, NULL);
}

static void
test_nobody_there (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  const MrSendJob job = { "a@x.example", one, bytes };
  g_auto (MrSentResult) result = { 0 };
  g_auto (MrSentResult) wrong = { 0 };

  g_socket_listener_close (listener);
  mr_local_send (address, &job, &result);
  g_assert_cmpint (result.sent, ==, MR_SENT_NOT_THERE);
  mr_local_send ("nonsense", &job, &wrong);
  g_assert_cmpint (wrong.sent, ==, MR_SENT_NOT_THERE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sendmail/local-send/taken", test_taken);
  g_test_add_func ("/sendmail/local-send/not-taken", test_not_taken);
  g_test_add_func ("/sendmail/local-send/nobody-there", test_nobody_there);
  return g_test_run ();
}
