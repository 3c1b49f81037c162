/* A scripted SMTP server. */
#include "smtp-peer.h"

#include <string.h>

typedef struct {
  char *command, *reply;
  guint times; /* left; G_MAXUINT: always */
} Rule;

typedef struct {
  SmtpPeer *peer;
  GSocketConnection *connection;
  GDataInputStream *input;
  GCancellable *cancellable;
  PeerMessage *message;
  gboolean in_data, in_auth;
} Side;

static void read_next (Side *side);

static void
message_free (gpointer data)
{
  PeerMessage *message = data;

  g_free (message->reverse_path);
  g_ptr_array_unref (message->recipients);
  g_string_free (message->body, TRUE);
  g_free (message);
}

static PeerMessage *
message_new (const char *reverse_path)
{
  PeerMessage *message = g_new0 (PeerMessage, 1);

  message->reverse_path = g_strdup (reverse_path);
  message->recipients = g_ptr_array_new_with_free_func (g_free);
  message->body = g_string_new (NULL);
  return message;
}

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  g_free (rule->command);
  g_free (rule->reply);
  g_free (rule);
}

static void
side_free (Side *side)
{
  if (side->peer != NULL) {
    side->peer->now--;
    g_ptr_array_remove_fast (side->peer->open, side);
  }
  g_clear_pointer (&side->message, message_free);
  g_object_unref (side->cancellable);
  g_object_unref (side->input);
  g_io_stream_close (G_IO_STREAM (side->connection), NULL, NULL);
  g_object_unref (side->connection);
  g_free (side);
}

static void
write_text (Side *side, const char *text)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (side->connection));

  /* The other side may be gone already. */
  g_output_stream_write_all (output, text, strlen (text), NULL, NULL, NULL);
  g_output_stream_write_all (output, "\r\n", 2, NULL, NULL, NULL);
}

static const char *
find_reply (SmtpPeer *peer, const char *command, const char *otherwise)
{
  for (guint i = 0; i < peer->rules->len; i++) {
    Rule *rule = g_ptr_array_index (peer->rules, i);

    if (rule->times == 0 || g_ascii_strncasecmp (command, rule->command, strlen (rule->command)) != 0)
      continue;
    if (rule->times != G_MAXUINT)
      rule->times--;
    return rule->reply;
  }
  return otherwise;
}

static void
greet (Side *side)
{
  g_auto (GStrv) lines = g_strsplit (side->peer->extensions, ";", -1);
  g_autoptr (GString) text = g_string_new ("250-peer.example");

  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      g_string_append_printf (text, "\r\n250-%s", lines[i]);
  g_string_append (text, "\r\n250 ENHANCEDSTATUSCODES");
  write_text (side, text->str);
}

/* What the command means when nothing else was said. */
static const char *
usual_reply (Side *side, const char *line)
{
  if (g_ascii_strncasecmp (line, "MAIL", 4) == 0)
    return "250 2.1.0 ok";
  if (g_ascii_strncasecmp (line, "RCPT", 4) == 0)
    return "250 2.1.5 ok";
  if (g_ascii_strncasecmp (line, "DATA", 4) == 0)
    return side->message != NULL && side->message->recipients->len > 0 ? "354 go on" : "503 5.5.1 no recipient";
  if (g_ascii_strncasecmp (line, "AUTH", 4) == 0)
    return "235 2.7.0 welcome";
  if (g_ascii_strncasecmp (line, "QUIT", 4) == 0)
    return "221 2.0.0 bye";
  return "250 2.0.0 ok";
}

static void
take_effect (Side *side, const char *line, const char *reply)
{
  gboolean ok = reply[0] == '2' || reply[0] == '3';

  /* A transaction ends with MAIL and RSET whatever is said about them, and only 354 asks for data (RFC 5321 4.1.1.4). */
  if (g_ascii_strncasecmp (line, "MAIL", 4) == 0 || g_ascii_strncasecmp (line, "RSET", 4) == 0)
    g_clear_pointer (&side->message, message_free);
  if (!ok)
    return;
  if (g_ascii_strncasecmp (line, "MAIL FROM:", 10) == 0)
    side->message = message_new (line + 10);
  else if (g_ascii_strncasecmp (line, "RCPT TO:", 8) == 0 && side->message != NULL)
    g_ptr_array_add (side->message->recipients, g_strdup (line + 8));
  else if (g_ascii_strncasecmp (line, "DATA", 4) == 0 && side->message != NULL)
    side->in_data = strncmp (reply, "354", 3) == 0;
}

/* FALSE: the connection ends. */
static gboolean
send_reply (Side *side, const char *reply)
{
  if (strcmp (reply, PEER_CLOSE) == 0)
    return FALSE;
  if (strcmp (reply, PEER_SILENT) != 0)
    write_text (side, reply);
  return TRUE;
}

static gboolean
at_dot (Side *side)
{
  const char *reply = find_reply (side->peer, ".", "250 2.0.0 taken");

  side->in_data = FALSE;
  side->peer->dots++;
  if (reply[0] == '2')
    g_ptr_array_add (side->peer->messages, g_steal_pointer (&side->message));
  return send_reply (side, reply);
}

static gboolean
at_command (Side *side, const char *line)
{
  SmtpPeer *peer = side->peer;
  const char *reply;

  g_ptr_array_add (peer->commands, g_strdup (line));
  if (g_ascii_strncasecmp (line, "AUTH", 4) == 0)
    peer->log_ins++;
  reply = find_reply (peer, line, NULL);
  if (reply == NULL && g_ascii_strncasecmp (line, "EHLO", 4) == 0) {
    greet (side);
    return TRUE;
  }
  if (reply == NULL)
    reply = usual_reply (side, line);
  take_effect (side, line, reply);
  return send_reply (side, reply) && g_ascii_strncasecmp (line, "QUIT", 4) != 0;
}

static void
line_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Side *side = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  gboolean go_on = TRUE;

  if (line == NULL || side->peer == NULL) {
    side_free (side);
    return;
  }
  if (!side->in_data)
    go_on = at_command (side, line);
  else if (strcmp (line, ".") == 0)
    go_on = at_dot (side);
  else
    g_string_append_printf (side->message->body, "%s\r\n", line + (line[0] == '.' ? 1 : 0));
  if (go_on)
    read_next (side);
  else
    side_free (side);
}

static void
read_next (Side *side)
{
  g_data_input_stream_read_line_async (side->input, G_PRIORITY_DEFAULT, side->cancellable, line_cb, side);
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  SmtpPeer *peer = data;
  Side *side = g_new0 (Side, 1);

  peer->connections++;
  peer->now++;
  side->peer = peer;
  side->connection = g_object_ref (connection);
  side->cancellable = g_cancellable_new ();
  side->input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_data_input_stream_set_newline_type (side->input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  g_ptr_array_add (peer->open, side);
  if (send_reply (side, find_reply (peer, "CONNECT", "220 peer.example")))
    read_next (side);
  else
    side_free (side);
  return TRUE;
}

SmtpPeer *
smtp_peer_new (void)
{
  SmtpPeer *peer = g_new0 (SmtpPeer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  peer->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (peer->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  peer->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  peer->extensions = g_strdup ("PIPELINING;8BITMIME;SIZE 10000000;AUTH PLAIN");
  peer->rules = g_ptr_array_new_with_free_func (rule_free);
  peer->commands = g_ptr_array_new_with_free_func (g_free);
  peer->messages = g_ptr_array_new_with_free_func (message_free);
  peer->open = g_ptr_array_new ();
  g_signal_connect (peer->service, "incoming", G_CALLBACK (incoming_cb), peer);
  g_socket_service_start (peer->service);
  return peer;
}

/* The read that is under way ends and frees the side. */
static void
drop_all (SmtpPeer *peer)
{
  while (peer->open->len > 0) {
    Side *side = g_ptr_array_index (peer->open, 0);

    g_ptr_array_remove_index_fast (peer->open, 0);
    peer->now--;
    side->peer = NULL;
    g_cancellable_cancel (side->cancellable);
  }
}

void
smtp_peer_stop_listening (SmtpPeer *peer)
{
  drop_all (peer);
  g_socket_service_stop (peer->service);
  g_socket_listener_close (G_SOCKET_LISTENER (peer->service));
}

void
smtp_peer_free (SmtpPeer *peer)
{
  if (peer == NULL)
    return;
  smtp_peer_stop_listening (peer);
  g_signal_handlers_disconnect_by_data (peer->service, peer);
  g_object_unref (peer->service);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (peer->extensions);
  g_ptr_array_unref (peer->rules);
  g_ptr_array_unref (peer->commands);
  g_ptr_array_unref (peer->messages);
  g_ptr_array_unref (peer->open);
  g_free (peer);
}

void
smtp_peer_reply (SmtpPeer *peer, const char *command, const char *reply, guint times)
{
  Rule *rule = g_new (Rule, 1);

  rule->command = g_strdup (command);
  rule->reply = g_strdup (reply);
  rule->times = times == 0 ? G_MAXUINT : times;
  g_ptr_array_add (peer->rules, rule);
}

void
smtp_peer_clear_replies (SmtpPeer *peer)
{
  g_ptr_array_set_size (peer->rules, 0);
}

void
smtp_peer_say (SmtpPeer *peer, const char *text)
{
  for (guint i = 0; i < peer->open->len; i++)
    write_text (g_ptr_array_index (peer->open, i), text);
}

guint
smtp_peer_count (SmtpPeer *peer, const char *command)
{
  guint n = 0;

  for (guint i = 0; i < peer->commands->len; i++)
    n += g_ascii_strncasecmp (g_ptr_array_index (peer->commands, i), command, strlen (command)) == 0;
  return n;
}

const PeerMessage *
smtp_peer_message (SmtpPeer *peer, guint i)
{
  g_assert_cmpuint (i, <, peer->messages->len);
  return g_ptr_array_index (peer->messages, i);
}
