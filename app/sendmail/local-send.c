/* One message over SMTP to this computer: the client machine over a stream.
 *
 * The port is a number that any user of the computer could have taken while the service did not run. So the message is handed over only to a process of
 * this user; the kernel tells whose it is once the other side has accepted, that is, when its greeting is here.
 */
#include <config.h>

#include "sendmail/local-send.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "net/connect.h"
#include "net/peer.h"
#include "net/stream.h"
#include "smtp/client.h"
#include "smtp/dsn.h"

#define CONNECT_TIMEOUT_MS 5000
#define SILENCE_MS         (5 * 60 * 1000)

typedef struct {
  const MrSendJob *job;
  MrSentResult *result;
  GMainLoop *loop;
  int fd; /* the stream's */
  MrStream *stream;
  MrSmtpClient *client;
  gboolean greeted, over, body_ended, in_body;
  gsize sent;
} Send;

static void
finish (Send *send, MrSent sent, guint code, const char *text)
{
  if (send->over)
    return;
  send->over = TRUE;
  send->result->sent = sent;
  send->result->code = code;
  g_free (send->result->text);
  send->result->text = g_strdup (text != NULL ? text : "");
  g_main_loop_quit (send->loop);
}

static void
finish_with_reply (Send *send, const MrReplyRecord *reply)
{
  g_autofree char *text = g_strdup_printf ("%u %s%s%s", reply->code, reply->enhanced != NULL ? reply->enhanced : "",
                                           reply->enhanced != NULL ? " " : "", reply->text != NULL ? reply->text : "");
  MrSent sent = reply->code >= 500   ? MR_SENT_REFUSED
                : reply->code >= 400 ? MR_SENT_LATER
                : reply->code >= 200 ? MR_SENT_TAKEN
                                     : MR_SENT_NOT_THERE;

  finish (send, sent, reply->code, text);
}

/* ---- the machine ---- */

static void
count_bytes (GBytes *message, guint64 *ret_size, gboolean *ret_8bit)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);

  *ret_size = len;
  *ret_8bit = FALSE;
  for (gsize i = 0; i < len; i++) {
    if (data[i] == '\n' && (i == 0 || data[i - 1] != '\r'))
      (*ret_size)++;
    *ret_8bit = *ret_8bit || data[i] >= 0x80;
  }
}

static void
begin (Send *send)
{
  guint n = g_strv_length ((char **)send->job->recipients);
  g_autofree guint *notify = g_new (guint, n + 1);
  g_autofree char *envid = send->job->envid != NULL ? mr_xtext_encode (send->job->envid) : NULL;
  MrSmtpTransaction transaction = { .reverse_path = send->job->reverse_path,
                                    .recipients = send->job->recipients,
                                    .ret = send->job->ret,
                                    .envid = envid,
                                    .notify = notify };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    notify[i] = send->job->notify;

  count_bytes (send->job->message, &transaction.size, &transaction.body_8bit);
  if (!mr_smtp_client_begin (send->client, &transaction, &error))
    finish (send, MR_SENT_REFUSED, 553, error->message);
}

static void
write_body (Send *send)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (send->job->message, &len);

  while (send->in_body && !send->body_ended) {
    gsize part = MIN (mr_smtp_client_body_room (send->client), len - send->sent);
    if (part == 0 && send->sent < len)
      return;
    if (part > 0 && !mr_smtp_client_body (send->client, data + send->sent, part))
      return;
    send->sent += part;
    if (send->sent == len) {
      mr_smtp_client_body_end (send->client);
      send->body_ended = TRUE;
    }
  }
}

static void
handle_event (Send *send, const MrSmtpClientEvent *event)
{
  switch (event->kind) {
  case MR_CLIENT_READY:
    begin (send);
    break;
  case MR_CLIENT_MAIL_REFUSED:
    send->result->at_sender = TRUE;
    finish_with_reply (send, event->reply);
    break;
  case MR_CLIENT_RCPT:
    if (event->reply->code >= 400) {
      /* Told by DATA_REFUSED where it was the only one; the first reason is kept for that. */
      send->result->refused++;
      if (send->result->text == NULL)
        send->result->text = g_strdup_printf ("%u %s", event->reply->code, event->reply->text);
      if (send->result->code == 0)
        send->result->code = event->reply->code;
    }
    break;
  case MR_CLIENT_BODY:
    send->in_body = TRUE;
    write_body (send);
    break;
  case MR_CLIENT_DATA_REFUSED:
    if (event->reply != NULL && event->reply->code != 0) {
      finish_with_reply (send, event->reply);
    } else {
      g_autofree char *reason = g_steal_pointer (&send->result->text);
      finish (send, send->result->code >= 500 ? MR_SENT_REFUSED : MR_SENT_LATER, send->result->code, reason);
    }
    break;
  case MR_CLIENT_DONE:
    finish_with_reply (send, event->reply);
    break;
  case MR_CLIENT_FAILED:
    if (event->reply != NULL && event->reply->code != 0)
      finish_with_reply (send, event->reply);
    else
      finish (send, send->body_ended ? MR_SENT_UNKNOWN : MR_SENT_NOT_THERE, 0, event->what);
    break;
  case MR_CLIENT_STARTTLS:
  case MR_CLIENT_CREDENTIALS:
  case MR_CLIENT_VERIFIED:
  case MR_CLIENT_CLOSED:
  case MR_CLIENT_NONE:
    finish (send, MR_SENT_NOT_THERE, 0, _ ("The service speaks in an unexpected way"));
    break;
  default:
    break;
  }
}

static void
pump (Send *send)
{
  MrSmtpClientEvent event;

  while (!send->over && mr_smtp_client_next (send->client, &event) != MR_CLIENT_NONE)
    handle_event (send, &event);
  if (!send->over)
    mr_stream_flush (send->stream);
}

/* ---- the stream ---- */

static gboolean
is_our_own (Send *send)
{
  g_autoptr (MrPeer) peer = mr_peer_new (send->fd);

  /* Unknown where the kernel does not tell: then there is nothing to go by. */
  return peer == NULL || peer->uid < 0 || peer->uid == (gint64)geteuid ();
}

static gsize
input_cb (MrStream *stream, const guint8 *data, gsize len, gpointer owner)
{
  Send *send = owner;

  if (!send->greeted && !is_our_own (send)) {
    finish (send, MR_SENT_NOT_THERE, 0, _ ("A program of another user has taken the port"));
    return len;
  }
  send->greeted = TRUE;
  if (send->over)
    return len;
  if (!mr_smtp_client_feed (send->client, data, len)) {
    finish (send, send->body_ended ? MR_SENT_UNKNOWN : MR_SENT_NOT_THERE, 0, _ ("The service's answer is too long"));
    return len;
  }
  pump (send);
  return len;
}

static void
eof_cb (MrStream *stream, gpointer owner)
{
  Send *send = owner;

  mr_smtp_client_eof (send->client);
  pump (send);
  finish (send, send->body_ended ? MR_SENT_UNKNOWN : MR_SENT_NOT_THERE, 0, _ ("The connection was closed"));
}

static void
drained_cb (MrStream *stream, gpointer owner)
{
  Send *send = owner;

  if (send->over)
    return;
  write_body (send);
  pump (send);
}

static void
error_cb (MrStream *stream, const GError *error, gpointer owner)
{
  Send *send = owner;

  finish (send, send->body_ended ? MR_SENT_UNKNOWN : MR_SENT_NOT_THERE, 0, error->message);
}

static const MrStreamFuncs funcs = { input_cb, eof_cb, drained_cb, NULL, error_cb };

static void
connected_cb (int fd, gboolean no_route, const GError *error, gpointer data)
{
  Send *send = data;
  const MrSmtpClientOptions options = { .ehlo_name = "localhost", .tls = MR_TLS_NONE };

  if (fd < 0) {
    finish (send, MR_SENT_NOT_THERE, 0, error->message);
    return;
  }
  send->fd = fd;
  send->client = mr_smtp_client_new (&options);
  send->stream = mr_stream_new (fd, mr_smtp_client_output (send->client), &funcs, send);
  mr_stream_set_timeout (send->stream, SILENCE_MS);
}

/* "127.0.0.1:2525" or "[::1]:2525" */
static gboolean
split_address (const char *address, char **ret_host, guint16 *ret_port)
{
  const char *colon = strrchr (address, ':');
  guint64 port;

  if (colon == NULL || colon == address || !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL))
    return FALSE;
  gboolean brackets = address[0] == '[' && colon[-1] == ']';
  *ret_host = g_strndup (address + brackets, (gsize)(colon - address) - 2u * (guint)brackets);
  *ret_port = (guint16)port;
  return TRUE;
}

void
mr_local_send (const char *address, const MrSendJob *job, MrSentResult *ret)
{
  g_autofree char *host = NULL;
  guint16 port;
  Send send = { .job = job, .result = ret, .fd = -1 };

  memset (ret, 0, sizeof *ret);
  if (!split_address (address, &host, &port)) {
    ret->sent = MR_SENT_NOT_THERE;
    ret->text = g_strdup_printf (_ ("“%s” is not an address with a port"), address);
    return;
  }
  send.loop = g_main_loop_new (NULL, FALSE);
  mr_connect_start (host, port, CONNECT_TIMEOUT_MS, connected_cb, &send);
  g_main_loop_run (send.loop);
  if (send.stream != NULL && send.client != NULL && mr_smtp_client_is_ready (send.client)) {
    mr_smtp_client_quit (send.client);
    mr_stream_flush (send.stream);
  }
  g_clear_pointer (&send.stream, mr_stream_free);
  g_clear_pointer (&send.client, mr_smtp_client_free);
  g_main_loop_unref (send.loop);
}

void
mr_sent_result_clear (MrSentResult *result)
{
  g_clear_pointer (&result->text, g_free);
}
