/* Input of the server machine: command lines and the data of messages (RFC 5321 2.3.8, 4.5.3.1).
 *
 * A line is taken out of the input as a whole; one that is longer than it may be is thrown away as it comes and
 * answered when it ends. Lines that belong to AUTH are wiped where they stood.
 */
#include "smtp/server-private.h"

#include <string.h>

/* What neither speaks SMTP nor could be made to: a browser that was lured into posting here, or a TLS client on the
 * plain port. Told by the first bytes, however they are cut. */
static gboolean
drop_strangers (MrSmtpServer *server, const guint8 *data, gsize len)
{
  static const char *const methods[] = { "GET ",     "POST ",    "HEAD ",  "PUT ",   "DELETE ",
                                         "OPTIONS ", "CONNECT ", "TRACE ", "PATCH ", "PRI " };

  if (!server->session.tls && len >= 2 && data[0] == 0x16 && data[1] == 0x03) {
    mr_server_close (server, MR_CLOSE_TLS_ON_PLAIN);
    return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    gsize method_len = strlen (methods[i]);

    if (len >= method_len && memcmp (data, methods[i], method_len) == 0) {
      mr_server_close (server, MR_CLOSE_HTTP);
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
has_control (const GString *line)
{
  for (gsize i = 0; i < line->len; i++) {
    guchar c = (guchar)line->str[i];

    if ((c < 0x20 && c != '\t') || c == 0x7f)
      return TRUE;
  }
  return FALSE;
}

static void
line_too_long (MrSmtpServer *server)
{
  if (server->state == MR_SERVER_STATE_AUTH) {
    mr_server_set_state (server, MR_SERVER_STATE_READY);
    mr_sasl_server_clear (&server->session.sasl);
    mr_server_error (server, 500, "5.5.6", "The response is too long");
  } else
    mr_server_error (server, 500, "5.5.2", "The line is too long");
}

/* The complete line of len bytes stands in server->line with its end. */
static void
read_line (MrSmtpServer *server)
{
  GString *line = server->line;
  gboolean bare_lf;

  g_string_truncate (line, line->len - 1);
  bare_lf = line->len == 0 || line->str[line->len - 1] != '\r';
  if (!bare_lf)
    g_string_truncate (line, line->len - 1);
  server->session.first_line = FALSE;

  if (bare_lf && server->options.bare == MR_BARE_REFUSE)
    mr_server_error (server, 500, "5.5.2", "A line must end in CR LF");
  else if (has_control (line))
    mr_server_error (server, 500, "5.5.2", "There is a control character in the line");
  else if (server->state == MR_SERVER_STATE_AUTH)
    mr_server_auth_line (server, line->str);
  else
    mr_server_command (server);
}

gboolean
mr_server_read_line (MrSmtpServer *server)
{
  gsize len;
  const guint8 *data = mr_buffer_peek (server->in, &len);
  gsize max = server->state == MR_SERVER_STATE_AUTH ? MR_AUTH_LINE_MAX : server->options.max_command;
  const guint8 *lf;
  gsize line_len;

  if (server->session.first_line && drop_strangers (server, data, len))
    return TRUE;
  lf = len > 0 ? memchr (data, '\n', len) : NULL;
  line_len = lf != NULL ? (gsize)(lf + 1 - data) : len;
  if (server->session.discarding || line_len > max || (lf == NULL && len == max)) {
    gboolean complete = lf != NULL;

    if (line_len == 0)
      return FALSE;
    mr_wipe ((guint8 *)data, line_len);
    mr_buffer_consume (server->in, line_len);
    server->session.discarding = !complete;
    server->session.first_line = FALSE;
    if (complete)
      line_too_long (server);
    return TRUE;
  }
  if (lf == NULL)
    return FALSE;
  g_string_truncate (server->line, 0);
  g_string_append_len (server->line, (const char *)data, (gssize)line_len);
  if (server->state == MR_SERVER_STATE_AUTH
      || g_ascii_strncasecmp ((const char *)data, "AUTH", MIN (4, line_len)) == 0) {
    mr_wipe ((guint8 *)data, line_len);
    mr_buffer_consume (server->in, line_len);
    if (mr_buffer_length (server->in) == 0)
      mr_buffer_wipe (server->in);
    read_line (server);
    mr_wipe (server->line->str, server->line->allocated_len);
    g_string_truncate (server->line, 0);
  } else {
    mr_buffer_consume (server->in, line_len);
    read_line (server);
  }
  return TRUE;
}

static void
end_data (MrSmtpServer *server)
{
  static const struct {
    guint code;
    const char *enhanced;
    const char *text;
  } refusals[] = {
    [MR_DATA_TOO_BIG] = { 552, "5.3.4", "The message is too big" },
    [MR_DATA_BARE_LF] = { 550, "5.6.11", "A line of the message does not end in CR LF" },
    [MR_DATA_BARE_CR] = { 550, "5.6.11", "There is a CR without LF in the message" },
    [MR_DATA_LONG_LINE] = { 550, "5.6.0", "A line of the message is too long" },
    [MR_DATA_NUL] = { 554, "5.6.0", "There is a NUL character in the message" },
  };
  MrSmtpServerEvent event
      = { .kind = MR_SERVER_END, .size = server->transaction.data.size, .data_error = server->transaction.data.error };

  mr_server_emit (server, &event);
  if (event.data_error == MR_DATA_OK) {
    mr_server_set_state (server, MR_SERVER_STATE_END_ANSWER);
    return;
  }
  mr_server_reset_transaction (server, FALSE);
  mr_server_set_state (server, MR_SERVER_STATE_READY);
  mr_server_error (server, refusals[event.data_error].code, refusals[event.data_error].enhanced,
                   refusals[event.data_error].text);
}

gboolean
mr_server_read_data (MrSmtpServer *server)
{
  MrDataReader *reader = &server->transaction.data;
  gsize len;
  const guint8 *data = mr_buffer_peek (server->in, &len);
  const guint8 *out;
  gsize out_len;
  gsize used;

  if (len == 0)
    return FALSE;
  if (mr_data_reader_feed (reader, data, len, &used, &out, &out_len)) {
    mr_buffer_consume (server->in, used);
    end_data (server);
    return TRUE;
  }
  if (out_len == 0)
    mr_buffer_consume (server->in, used);
  else {
    server->given = used;
    mr_server_emit (server,
                    &(MrSmtpServerEvent){ .kind = MR_SERVER_BODY, .bytes = out, .len = out_len, .size = reader->size });
  }
  return TRUE;
}
