/* Server machine: events, states, answers (RFC 5321, 2920, 3207). Reading is in server-input.c, the commands are in
 * server-commands.c.
 *
 * next() pulls: it gives out the events that wait, else reads one command line or one piece of data from the input.
 * While an answer is due nothing is read, so that the order of replies is the order of commands however much was
 * pipelined. Input, output and event queue are bounded. A state that is set against the table below is a mistake of
 * ours: it is logged and ends this session, not the process.
 */
#include "smtp/server.h"

#include <string.h>

#include "base/log.h"
#include "smtp/reply.h"
#include "smtp/server-private.h"

#define IN_MAX      131072
#define OUT_MAX     65536
#define COMMAND_MIN 512 /* RFC 5321 4.5.3.1.4 */

#define TO(name) (1u << MR_SERVER_STATE_##name)

static const struct {
  const char *name;
  guint to;
} states[MR_SERVER_N_STATES] = {
  [MR_SERVER_STATE_START] = { "start", TO (READY) | TO (TLS) | TO (CLOSED) },
  [MR_SERVER_STATE_READY] = { "ready",
                              TO (READY) | TO (MAIL_ANSWER) | TO (AUTH) | TO (AUTH_ANSWER) | TO (TLS) | TO (CLOSED) },
  [MR_SERVER_STATE_MAIL_ANSWER] = { "mail-answer", TO (READY) | TO (ENVELOPE) | TO (CLOSED) },
  [MR_SERVER_STATE_ENVELOPE] = { "envelope",
                                 TO (READY) | TO (RCPT_ANSWER) | TO (DATA_ANSWER) | TO (TLS) | TO (CLOSED) },
  [MR_SERVER_STATE_RCPT_ANSWER] = { "rcpt-answer", TO (ENVELOPE) | TO (CLOSED) },
  [MR_SERVER_STATE_DATA_ANSWER] = { "data-answer", TO (ENVELOPE) | TO (DATA) | TO (CLOSED) },
  [MR_SERVER_STATE_DATA] = { "data", TO (END_ANSWER) | TO (READY) | TO (CLOSED) },
  [MR_SERVER_STATE_END_ANSWER] = { "end-answer", TO (READY) | TO (CLOSED) },
  [MR_SERVER_STATE_AUTH] = { "auth", TO (READY) | TO (AUTH_ANSWER) | TO (CLOSED) },
  [MR_SERVER_STATE_AUTH_ANSWER] = { "auth-answer", TO (READY) | TO (CLOSED) },
  [MR_SERVER_STATE_TLS] = { "tls", TO (START) | TO (CLOSED) },
  [MR_SERVER_STATE_CLOSED] = { "closed", 0 },
};

MrSmtpServer *
mr_smtp_server_new (const MrSmtpServerOptions *options)
{
  MrSmtpServer *server = g_new0 (MrSmtpServer, 1);
  g_autofree char *text = NULL;

  server->options = *options;
  server->options.max_command = CLAMP (options->max_command, COMMAND_MIN, MR_AUTH_LINE_MAX);
  server->greeting_name = g_strdup (options->greeting_name != NULL ? options->greeting_name : "localhost");
  server->options.greeting_name = server->greeting_name;
  server->session.tls = options->tls_active;
  server->session.first_line = TRUE;
  server->in = mr_buffer_new (IN_MAX);
  server->out = mr_buffer_new (OUT_MAX);
  server->line = g_string_new (NULL);
  text = g_strdup_printf ("%s ESMTP", server->greeting_name);
  mr_server_reply (server, 220, NULL, text);
  return server;
}

static void
clear_session (MrServerSession *session)
{
  g_clear_pointer (&session->helo, g_free);
  g_clear_pointer (&session->identity, g_free);
  mr_sasl_server_clear (&session->sasl);
  session->esmtp = FALSE;
}

void
mr_smtp_server_free (MrSmtpServer *server)
{
  if (server == NULL)
    return;
  clear_session (&server->session);
  mr_buffer_wipe (server->in);
  mr_buffer_free (server->in);
  mr_buffer_free (server->out);
  mr_wipe (server->line->str, server->line->allocated_len);
  g_string_free (server->line, TRUE);
  g_free (server->path);
  g_free (server->word);
  g_free (server->greeting_name);
  g_free (server);
}

void
mr_server_set_state (MrSmtpServer *server, MrServerState state)
{
  if ((states[server->state].to & (1u << state)) == 0) {
    mr_error ("smtp", "server: illegal edge %s -> %s, the session ends", states[server->state].name,
              states[state].name);
    if (server->state != MR_SERVER_STATE_CLOSED)
      mr_server_close (server, MR_CLOSE_ERRORS);
    return;
  }
  mr_debug ("smtp", "server: %s -> %s", states[server->state].name, states[state].name);
  server->state = state;
}

void
mr_server_emit (MrSmtpServer *server, const MrSmtpServerEvent *event)
{
  guint last = (server->first_event + server->n_events) % MR_SERVER_EVENTS_MAX;

  g_return_if_fail (server->n_events < MR_SERVER_EVENTS_MAX);

  server->events[last] = *event;
  server->n_events++;
}

void
mr_server_reset_transaction (MrSmtpServer *server, gboolean tell)
{
  if (server->transaction.open && tell)
    mr_server_emit (server, &(MrSmtpServerEvent){ .kind = MR_SERVER_RESET });
  server->transaction = (MrServerTransaction){ 0 };
}

void
mr_server_close (MrSmtpServer *server, MrSmtpCloseReason reason)
{
  if (server->state == MR_SERVER_STATE_CLOSED)
    return;
  mr_server_reset_transaction (server, TRUE);
  mr_server_set_state (server, MR_SERVER_STATE_CLOSED);
  mr_server_emit (server, &(MrSmtpServerEvent){ .kind = MR_SERVER_CLOSE, .reason = reason });
}

void
mr_server_reply (MrSmtpServer *server, guint code, const char *enhanced, const char *text)
{
  g_autofree char *reply = mr_reply_format (code, enhanced, text);

  mr_debug ("smtp", "> %u%s%s %.200s", code, enhanced != NULL ? " " : "", enhanced != NULL ? enhanced : "",
            text != NULL ? text : "");

  if (server->state != MR_SERVER_STATE_CLOSED && !mr_buffer_append_str (server->out, reply))
    mr_server_close (server, MR_CLOSE_OVERFLOW);
}

static void
count_error (MrSmtpServer *server)
{
  server->session.errors++;
  if (server->options.max_errors > 0 && server->session.errors >= server->options.max_errors
      && server->state != MR_SERVER_STATE_CLOSED) {
    mr_server_reply (server, 421, "4.7.0", "Too many errors, closing the connection");
    mr_server_close (server, MR_CLOSE_ERRORS);
  }
}

void
mr_server_error (MrSmtpServer *server, guint code, const char *enhanced, const char *text)
{
  mr_server_reply (server, code, enhanced, text);
  count_error (server);
}

gboolean
mr_smtp_server_wants_answer (MrSmtpServer *server)
{
  const guint answer = TO (MAIL_ANSWER) | TO (RCPT_ANSWER) | TO (DATA_ANSWER) | TO (END_ANSWER) | TO (AUTH_ANSWER);

  return (answer & (1u << server->state)) != 0;
}

static gboolean
step (MrSmtpServer *server)
{
  if (server->state == MR_SERVER_STATE_CLOSED || mr_smtp_server_wants_answer (server))
    return FALSE;
  if (server->state == MR_SERVER_STATE_TLS && mr_buffer_length (server->in) > 0) {
    mr_server_close (server, MR_CLOSE_TLS_LEFTOVER);
    return TRUE;
  }
  if (server->state == MR_SERVER_STATE_DATA ? mr_server_read_data (server) : mr_server_read_line (server))
    return TRUE;
  if (!server->eof)
    return FALSE;
  mr_server_close (server, MR_CLOSE_EOF);
  return TRUE;
}

MrSmtpServerEventKind
mr_smtp_server_next (MrSmtpServer *server, MrSmtpServerEvent *ret)
{
  if (server->given > 0) {
    mr_buffer_consume (server->in, server->given);
    server->given = 0;
  }
  while (server->n_events == 0) {
    if (!step (server)) {
      *ret = (MrSmtpServerEvent){ .kind = MR_SERVER_NONE };
      return MR_SERVER_NONE;
    }
  }
  *ret = server->events[server->first_event];
  server->first_event = (server->first_event + 1) % MR_SERVER_EVENTS_MAX;
  server->n_events--;
  return ret->kind;
}

gboolean
mr_smtp_server_feed (MrSmtpServer *server, const void *data, gsize len)
{
  if (server->state == MR_SERVER_STATE_CLOSED)
    return TRUE;
  if (server->given > 0) {
    mr_buffer_consume (server->in, server->given);
    server->given = 0;
  }
  return mr_buffer_append (server->in, data, len);
}

gsize
mr_smtp_server_room (MrSmtpServer *server)
{
  return mr_buffer_room (server->in) + server->given;
}

void
mr_smtp_server_eof (MrSmtpServer *server)
{
  server->eof = TRUE;
}

/* After what the caller answered to MAIL, RCPT, DATA or the end of the data. */
static void
go_on (MrSmtpServer *server, guint code)
{
  gboolean yes = code / 100 == 2;

  if (server->state == MR_SERVER_STATE_MAIL_ANSWER) {
    server->transaction.open = yes;
    mr_server_set_state (server, yes ? MR_SERVER_STATE_ENVELOPE : MR_SERVER_STATE_READY);
  } else if (server->state == MR_SERVER_STATE_RCPT_ANSWER) {
    if (yes)
      server->transaction.recipients++;
    mr_server_set_state (server, MR_SERVER_STATE_ENVELOPE);
  } else if (server->state == MR_SERVER_STATE_DATA_ANSWER) {
    mr_data_reader_init (&server->transaction.data, server->options.bare, server->options.max_size,
                         server->options.max_line);
    mr_server_set_state (server, code == 354 ? MR_SERVER_STATE_DATA : MR_SERVER_STATE_ENVELOPE);
  } else {
    mr_server_reset_transaction (server, FALSE);
    if (yes)
      server->session.errors = 0;
    mr_server_set_state (server, MR_SERVER_STATE_READY);
  }
}

void
mr_smtp_server_answer (MrSmtpServer *server, guint code, const char *enhanced, const char *text)
{
  gboolean counts = server->state != MR_SERVER_STATE_RCPT_ANSWER;

  /* The answer may come after abort(): then nobody waits for it. */
  if (server->state == MR_SERVER_STATE_CLOSED)
    return;
  g_return_if_fail (mr_smtp_server_wants_answer (server) && server->state != MR_SERVER_STATE_AUTH_ANSWER);
  g_return_if_fail (code == 354 ? server->state == MR_SERVER_STATE_DATA_ANSWER : code / 100 != 3);

  mr_server_reply (server, code, code == 354 ? NULL : enhanced, text);
  if (server->state == MR_SERVER_STATE_CLOSED)
    return;
  if (code == 421) {
    mr_server_close (server, MR_CLOSE_ANSWER);
    return;
  }
  go_on (server, code);
  if (code / 100 == 5 && counts)
    count_error (server);
}

void
mr_smtp_server_auth_result (MrSmtpServer *server, gboolean ok, gboolean temporary)
{
  MrServerSession *session = &server->session;

  if (server->state == MR_SERVER_STATE_CLOSED)
    return;
  g_return_if_fail (server->state == MR_SERVER_STATE_AUTH_ANSWER);

  mr_server_set_state (server, MR_SERVER_STATE_READY);
  if (ok)
    session->identity = g_strdup (session->sasl.authcid);
  mr_sasl_server_clear (&session->sasl);
  if (ok)
    mr_server_reply (server, 235, "2.7.0", "Authentication succeeded");
  else if (temporary)
    mr_server_reply (server, 454, "4.7.0", "Passwords cannot be checked now, try again later");
  else
    mr_server_error (server, 535, "5.7.8", "User name or password is wrong");
}

void
mr_smtp_server_tls_started (MrSmtpServer *server)
{
  if (server->state == MR_SERVER_STATE_CLOSED)
    return;
  g_return_if_fail (server->state == MR_SERVER_STATE_TLS);

  clear_session (&server->session);
  server->session.tls = TRUE;
  mr_server_set_state (server, MR_SERVER_STATE_START);
}

void
mr_smtp_server_abort (MrSmtpServer *server, guint code, const char *enhanced, const char *text)
{
  if (server->state == MR_SERVER_STATE_CLOSED)
    return;
  mr_server_reply (server, code, enhanced, text);
  mr_server_close (server, MR_CLOSE_ANSWER);
}

MrBuffer *
mr_smtp_server_output (MrSmtpServer *server)
{
  return server->out;
}

gboolean
mr_smtp_server_in_transaction (MrSmtpServer *server)
{
  return server->transaction.open;
}

gboolean
mr_smtp_server_in_data (MrSmtpServer *server)
{
  return server->state == MR_SERVER_STATE_DATA;
}

gboolean
mr_smtp_server_is_tls (MrSmtpServer *server)
{
  return server->session.tls;
}

const char *
mr_smtp_server_get_identity (MrSmtpServer *server)
{
  return server->session.identity;
}

const char *
mr_smtp_server_get_helo (MrSmtpServer *server)
{
  return server->session.helo;
}

gboolean
mr_smtp_server_is_esmtp (MrSmtpServer *server)
{
  return server->session.esmtp;
}
