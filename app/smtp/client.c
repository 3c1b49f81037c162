/* Client machine: bytes, states, replies (RFC 5321, 2920).
 *
 * Each command that goes out leaves an entry in client->expected, each complete reply takes the first one off:
 * pipelined or not, a reply is dealt with as the answer to its command. A reply that nothing asked for, one that
 * cannot be read and 421 end the session, with the stage that had been reached. next() handles one reply at a time
 * and gives its event out before it touches the next. A state that is set against the table is logged and ends this
 * session.
 */
#include <config.h>

#include "smtp/client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "smtp/client-private.h"
#include "smtp/command-line.h"

#define IN_MAX  262144
#define OUT_MAX 262144

#define TO(name) (1u << MR_CLIENT_STATE_##name)
#define OVER     (TO (FAILED) | TO (CLOSED))

static const struct {
  const char *name;
  guint to;
} states[MR_CLIENT_N_STATES] = {
  [MR_CLIENT_STATE_GREETING] = { "greeting", TO (HELLO) | OVER },
  [MR_CLIENT_STATE_HELLO] = { "hello", TO (STARTTLS) | TO (CREDENTIALS) | TO (READY) | OVER },
  [MR_CLIENT_STATE_STARTTLS] = { "starttls", TO (HANDSHAKE) | TO (CREDENTIALS) | TO (READY) | OVER },
  [MR_CLIENT_STATE_HANDSHAKE] = { "handshake", TO (HELLO) | OVER },
  [MR_CLIENT_STATE_CREDENTIALS] = { "credentials", TO (AUTH) | OVER },
  [MR_CLIENT_STATE_AUTH] = { "auth", TO (READY) | OVER },
  [MR_CLIENT_STATE_READY] = { "ready", TO (ENVELOPE) | TO (VERIFY) | TO (QUIT) | OVER },
  [MR_CLIENT_STATE_VERIFY] = { "verify", TO (READY) | OVER },
  [MR_CLIENT_STATE_ENVELOPE] = { "envelope", TO (READY) | TO (BODY) | TO (LONE_DOT) | OVER },
  [MR_CLIENT_STATE_BODY] = { "body", TO (DOT) | OVER },
  [MR_CLIENT_STATE_DOT] = { "dot", TO (READY) | OVER },
  [MR_CLIENT_STATE_LONE_DOT] = { "lone-dot", TO (READY) | OVER },
  [MR_CLIENT_STATE_QUIT] = { "quit", TO (CLOSED) },
  [MR_CLIENT_STATE_CLOSED] = { "closed", 0 },
  [MR_CLIENT_STATE_FAILED] = { "failed", 0 },
};

static const MrStage stages[] = {
  [MR_EXPECT_GREETING] = MR_STAGE_EHLO,     [MR_EXPECT_EHLO] = MR_STAGE_EHLO, [MR_EXPECT_HELO] = MR_STAGE_EHLO,
  [MR_EXPECT_STARTTLS] = MR_STAGE_STARTTLS, [MR_EXPECT_AUTH] = MR_STAGE_AUTH, [MR_EXPECT_MAIL] = MR_STAGE_MAIL,
  [MR_EXPECT_RCPT] = MR_STAGE_RCPT,         [MR_EXPECT_DATA] = MR_STAGE_DATA, [MR_EXPECT_DOT] = MR_STAGE_DOT,
  [MR_EXPECT_LONE_DOT] = MR_STAGE_DATA,     [MR_EXPECT_RSET] = MR_STAGE_MAIL, [MR_EXPECT_VERIFY] = MR_STAGE_MAIL,
  [MR_EXPECT_QUIT] = MR_STAGE_QUIT,
};

MrSmtpClient *
mr_smtp_client_new (const MrSmtpClientOptions *options)
{
  MrSmtpClient *client = g_new0 (MrSmtpClient, 1);
  const char *name = options->ehlo_name;
  gboolean usable = name != NULL && name[0] != '\0' && strlen (name) <= 255 && mr_command_path_is_safe (name);

  client->options = *options;
  /* A name that a server would take for two words, or for a line of its own, is not sent. */
  client->ehlo_name = g_strdup (usable ? name : "[127.0.0.1]");
  client->options.ehlo_name = client->ehlo_name;
  client->host = g_strdup (options->host);
  client->options.host = client->host;
  client->tls = options->tls_active;
  client->stage = MR_STAGE_EHLO;
  client->reader = mr_reply_reader_new ();
  client->in = mr_buffer_new (IN_MAX);
  client->out = mr_buffer_new (OUT_MAX);
  client->transcript = mr_transcript_new ();
  mr_capabilities_set (&client->caps, NULL);
  g_queue_init (&client->expected);
  g_queue_push_tail (&client->expected, GUINT_TO_POINTER (MR_EXPECT_GREETING));
  return client;
}

void
mr_smtp_client_free (MrSmtpClient *client)
{
  if (client == NULL)
    return;
  mr_client_auth_clear (client);
  mr_client_transaction_clear (&client->transaction);
  mr_capabilities_clear (&client->caps);
  mr_reply_record_clear (&client->reply);
  mr_reply_record_clear (&client->greeting);
  mr_reply_reader_free (client->reader);
  mr_buffer_free (client->in);
  if (client->out_secret)
    mr_buffer_wipe (client->out);
  mr_buffer_free (client->out);
  mr_transcript_free (client->transcript);
  g_queue_clear (&client->expected);
  g_free (client->ehlo_name);
  g_free (client->host);
  g_free (client);
}

void
mr_client_set_state (MrSmtpClient *client, MrClientState state)
{
  if ((states[client->state].to & (1u << state)) == 0) {
    mr_error ("smtp", "client: illegal edge %s -> %s, the session ends", states[client->state].name,
              states[state].name);
    if (client->state != MR_CLIENT_STATE_FAILED && client->state != MR_CLIENT_STATE_CLOSED)
      mr_client_fail (client, FALSE, _ ("Internal error in the conversation with the server"));
    return;
  }
  mr_debug ("smtp", "client: %s -> %s", states[client->state].name, states[state].name);
  client->state = state;
  if (state == MR_CLIENT_STATE_READY)
    client->stage = client->options.want_auth ? MR_STAGE_AUTH : MR_STAGE_EHLO;
}

static void
emit (MrSmtpClient *client, const MrSmtpClientEvent *event)
{
  g_return_if_fail (client->n_events < MR_CLIENT_EVENTS_MAX);

  client->events[client->n_events++] = *event;
}

void
mr_client_emit (MrSmtpClient *client, MrSmtpClientEventKind kind, guint index, const MrReplyRecord *reply)
{
  emit (client, &(MrSmtpClientEvent){ .kind = kind, .index = index, .reply = reply, .stage = client->stage });
}

void
mr_client_fail (MrSmtpClient *client, gboolean with_reply, const char *what)
{
  gboolean quitting = client->state == MR_CLIENT_STATE_QUIT;

  if (client->state == MR_CLIENT_STATE_FAILED || client->state == MR_CLIENT_STATE_CLOSED)
    return;
  if (!quitting)
    mr_client_transaction_tell (client);
  if (!with_reply)
    mr_reply_record_clear (&client->reply);
  g_queue_clear (&client->expected);
  mr_client_auth_clear (client);
  mr_client_set_state (client, quitting ? MR_CLIENT_STATE_CLOSED : MR_CLIENT_STATE_FAILED);
  emit (client, &(MrSmtpClientEvent){ .kind = quitting ? MR_CLIENT_CLOSED : MR_CLIENT_FAILED,
                                      .reply = &client->reply,
                                      .stage = client->stage,
                                      .what = what });
}

void
mr_client_fail_unexpected (MrSmtpClient *client)
{
  mr_client_fail (client, TRUE, _ ("The server gave an answer that does not fit the question"));
}

gboolean
mr_client_send (MrSmtpClient *client, MrExpect expect, const char *line, const char *shown)
{
  gsize len = strlen (line);

  /* Two appends that cannot fail halfway, and no copy of a line that may hold a secret. */
  if (mr_buffer_room (client->out) < len + 2 + MR_CLIENT_RESERVE)
    return FALSE;
  if (!mr_buffer_append (client->out, line, len) || !mr_buffer_append (client->out, "\r\n", 2))
    return FALSE;
  mr_transcript_add (client->transcript, '>', shown != NULL ? shown : line);
  g_queue_push_tail (&client->expected, GUINT_TO_POINTER (expect));
  return TRUE;
}

static MrStage
expected_stage (MrSmtpClient *client)
{
  if (g_queue_is_empty (&client->expected))
    return client->stage;
  return stages[GPOINTER_TO_UINT (g_queue_peek_head (&client->expected))];
}

/* Sends what may be sent now: RSET, then the transaction, then QUIT. */
static void
pump (MrSmtpClient *client)
{
  if (client->rset_wanted && (client->caps.pipelining || g_queue_is_empty (&client->expected))
      && mr_client_send (client, MR_EXPECT_RSET, "RSET", NULL))
    client->rset_wanted = FALSE;
  if (client->rset_wanted)
    return;
  mr_client_transaction_pump (client);
  /* verify_sender() wants its RSET behind MAIL. */
  if (client->rset_wanted && client->caps.pipelining && mr_client_send (client, MR_EXPECT_RSET, "RSET", NULL))
    client->rset_wanted = FALSE;
  if (client->quit_wanted && (client->caps.pipelining || g_queue_is_empty (&client->expected))
      && mr_client_send (client, MR_EXPECT_QUIT, "QUIT", NULL))
    client->quit_wanted = FALSE;
}

static void
show_reply (MrSmtpClient *client)
{
  const char *const *lines = mr_reply_reader_get_lines (client->reader);
  guint code = mr_reply_reader_get_code (client->reader);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = g_strdup_printf ("%03u%c%s", code, lines[i + 1] != NULL ? '-' : ' ', lines[i]);

    mr_transcript_add (client->transcript, '<', line);
  }
}

/* The command's own handler, once 421 and replies that nothing asked for are dealt with. */
static void
dispatch (MrSmtpClient *client, MrExpect expect)
{
  switch (expect) {
  case MR_EXPECT_GREETING:
    mr_client_greeting_reply (client);
    break;
  case MR_EXPECT_EHLO:
  case MR_EXPECT_HELO:
    mr_client_hello_reply (client, expect == MR_EXPECT_EHLO);
    break;
  case MR_EXPECT_STARTTLS:
    mr_client_starttls_reply (client);
    break;
  case MR_EXPECT_AUTH:
    mr_client_auth_reply (client);
    break;
  case MR_EXPECT_QUIT:
    mr_client_fail (client, TRUE, NULL);
    break;
  case MR_EXPECT_MAIL:
  case MR_EXPECT_RCPT:
  case MR_EXPECT_DATA:
  case MR_EXPECT_DOT:
  case MR_EXPECT_LONE_DOT:
  case MR_EXPECT_RSET:
  case MR_EXPECT_VERIFY:
    mr_client_transaction_reply (client, expect);
    break;
  }
}

static void
handle_reply (MrSmtpClient *client)
{
  MrClientAuth *auth = &client->auth;

  if (auth->clear != NULL) {
    mr_reply_reader_hide (client->reader, mr_secret_get (auth->password));
    mr_reply_reader_hide (client->reader, mr_secret_get (auth->clear));
  }
  show_reply (client);
  mr_reply_reader_take (client->reader, &client->reply);
  client->stage = expected_stage (client);
  if (client->reply.code == 421)
    mr_client_fail (client, TRUE, _ ("The server is closing the connection"));
  else if (g_queue_is_empty (&client->expected))
    mr_client_fail (client, TRUE, _ ("The server spoke without having been asked"));
  else
    dispatch (client, GPOINTER_TO_UINT (g_queue_pop_head (&client->expected)));
}

/* Reads at most one reply. FALSE: there is nothing more to do now. */
static gboolean
step (MrSmtpClient *client)
{
  gsize len;
  gsize used;
  const guint8 *data = mr_buffer_peek (client->in, &len);
  MrReplyStatus status;

  if (len == 0 && !client->eof)
    return FALSE;
  if (len == 0 || client->state == MR_CLIENT_STATE_HANDSHAKE) {
    client->stage = expected_stage (client);
    mr_client_fail (client, FALSE,
                    len == 0 ? _ ("The connection ended before the server had answered")
                             : _ ("The server sent data before the encryption it had agreed to"));
    return TRUE;
  }
  status = mr_reply_reader_feed (client->reader, data, len, &used);
  mr_buffer_consume (client->in, used);
  if (status == MR_REPLY_COMPLETE)
    handle_reply (client);
  else if (status == MR_REPLY_BAD) {
    client->stage = expected_stage (client);
    mr_client_fail (client, FALSE,
                    _ ("The server's answer cannot be understood; is this a mail server, is it this port?"));
  }
  return TRUE;
}

static void
wipe_drained (MrSmtpClient *client)
{
  if (client->out_secret && mr_buffer_length (client->out) == 0) {
    mr_buffer_wipe (client->out);
    client->out_secret = FALSE;
  }
}

MrSmtpClientEventKind
mr_smtp_client_next (MrSmtpClient *client, MrSmtpClientEvent *ret)
{
  gboolean more = TRUE;

  wipe_drained (client);
  while (client->n_events == 0 && more && client->state != MR_CLIENT_STATE_FAILED
         && client->state != MR_CLIENT_STATE_CLOSED) {
    more = step (client);
    pump (client);
  }
  if (client->n_events == 0) {
    *ret = (MrSmtpClientEvent){ .kind = MR_CLIENT_NONE, .stage = client->stage };
    return MR_CLIENT_NONE;
  }
  *ret = client->events[0];
  client->events[0] = client->events[1];
  client->n_events--;
  return ret->kind;
}

gboolean
mr_smtp_client_feed (MrSmtpClient *client, const void *data, gsize len)
{
  wipe_drained (client);
  if (client->state == MR_CLIENT_STATE_FAILED || client->state == MR_CLIENT_STATE_CLOSED)
    return TRUE;
  return mr_buffer_append (client->in, data, len);
}

void
mr_smtp_client_eof (MrSmtpClient *client)
{
  client->eof = TRUE;
}

void
mr_smtp_client_tls_started (MrSmtpClient *client)
{
  if (client->state == MR_CLIENT_STATE_FAILED)
    return;
  g_return_if_fail (client->state == MR_CLIENT_STATE_HANDSHAKE);

  client->tls = TRUE;
  mr_capabilities_set (&client->caps, NULL);
  mr_transcript_add (client->transcript, '*', "TLS");
  mr_client_send_ehlo (client);
}

void
mr_smtp_client_quit (MrSmtpClient *client)
{
  if (client->state == MR_CLIENT_STATE_FAILED || client->state == MR_CLIENT_STATE_CLOSED
      || client->state == MR_CLIENT_STATE_QUIT)
    return;
  if (client->state == MR_CLIENT_STATE_READY) {
    client->stage = MR_STAGE_QUIT;
    client->quit_wanted = TRUE;
    mr_client_set_state (client, MR_CLIENT_STATE_QUIT);
    pump (client);
    return;
  }
  /* QUIT would be taken for something else here: for text, or for an answer that is due. */
  g_queue_clear (&client->expected);
  client->n_events = 0;
  mr_client_auth_clear (client);
  mr_client_set_state (client, MR_CLIENT_STATE_CLOSED);
  mr_client_emit (client, MR_CLIENT_CLOSED, 0, &client->reply);
}

MrBuffer *
mr_smtp_client_output (MrSmtpClient *client)
{
  return client->out;
}

const MrSmtpCapabilities *
mr_smtp_client_get_capabilities (MrSmtpClient *client)
{
  return &client->caps;
}

const MrReplyRecord *
mr_smtp_client_get_greeting (MrSmtpClient *client)
{
  return &client->greeting;
}

const char *
mr_smtp_client_get_mechanism (MrSmtpClient *client)
{
  return client->mechanism;
}

MrStage
mr_smtp_client_get_stage (MrSmtpClient *client)
{
  return expected_stage (client);
}

gboolean
mr_smtp_client_is_ready (MrSmtpClient *client)
{
  return client->state == MR_CLIENT_STATE_READY;
}

char *
mr_smtp_client_dup_transcript (MrSmtpClient *client)
{
  return mr_transcript_dup (client->transcript);
}

void
mr_smtp_client_restart_transcript (MrSmtpClient *client)
{
  mr_transcript_clear (client->transcript);
  mr_transcript_add (client->transcript, '*', _ ("the connection of the message before is used again"));
}
