/* Fuzz target: client machine, whose server says the bytes; and the data writer, whose message they are. The first byte
 * chooses options, the second where the rest is cut. The message must leave as one message without a lone CR or LF. */
#include <string.h>

#include "fuzz.h"
#include "smtp/client.h"

static void
check_wire (const char *wire, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    if (wire[i] == '\r')
      g_assert_true (i + 1 < len && wire[i + 1] == '\n');
    if (wire[i] == '\n')
      g_assert_true (i > 0 && wire[i - 1] == '\r');
  }
}

typedef struct {
  MrSmtpClient *client;
  GString *events;
  GString *wire;
  const guint8 *body;
  gsize body_len;
  guint messages;
} Run;

static void
drain (Run *run)
{
  gsize len;
  const guint8 *bytes = mr_buffer_peek (mr_smtp_client_output (run->client), &len);

  g_string_append_len (run->wire, (const char *)bytes, (gssize)len);
  mr_buffer_consume (mr_smtp_client_output (run->client), len);
}

static void
send_body (Run *run)
{
  gsize start;
  const char *end;

  drain (run);
  start = run->wire->len;
  g_assert_true (mr_smtp_client_body (run->client, run->body, run->body_len));
  mr_smtp_client_body_end (run->client);
  drain (run);
  /* The first CRLF.CRLF is the last thing written. */
  g_string_insert (run->wire, (gssize)start, "\r\n");
  end = memmem (run->wire->str + start, run->wire->len - start, "\r\n.\r\n", 5);
  g_assert_nonnull (end);
  g_assert_true (end + 5 == run->wire->str + run->wire->len);
}

static void
begin (Run *run)
{
  static const char *const recipients[] = { "b@example.com", "c@example.com", NULL };

  if (run->messages++ < 3)
    g_assert_true (mr_smtp_client_begin (
        run->client, &(MrSmtpTransaction){ .reverse_path = "a@example.com", .recipients = recipients, .size = 1 },
        NULL));
  else
    mr_smtp_client_quit (run->client);
}

static void
take_event (Run *run, const MrSmtpClientEvent *event)
{
  g_autoptr (MrSecret) password = mr_secret_new ("secret", 6);

  g_string_append_printf (run->events, "%d %u %d %u %s %s\n", event->kind, event->index, event->stage,
                          event->reply != NULL ? event->reply->code : 0,
                          event->reply != NULL && event->reply->text != NULL ? event->reply->text : "", event->what);
  switch (event->kind) {
  case MR_CLIENT_STARTTLS:
    mr_smtp_client_tls_started (run->client);
    break;
  case MR_CLIENT_CREDENTIALS:
    mr_smtp_client_credentials (run->client, "user", password);
    break;
  case MR_CLIENT_BODY:
    send_body (run);
    break;
  case MR_CLIENT_READY:
  case MR_CLIENT_MAIL_REFUSED:
  case MR_CLIENT_DATA_REFUSED:
  case MR_CLIENT_DONE:
    /* A refusal may be followed by the end of the session. */
    if (mr_smtp_client_is_ready (run->client))
      begin (run);
    break;
  case MR_CLIENT_NONE:
  case MR_CLIENT_RCPT:
  case MR_CLIENT_VERIFIED:
  case MR_CLIENT_FAILED:
  case MR_CLIENT_CLOSED:
    break;
  }
}

static void
pump (Run *run)
{
  MrSmtpClientEvent event;

  while (mr_smtp_client_next (run->client, &event) != MR_CLIENT_NONE)
    take_event (run, &event);
  drain (run);
}

static char *
converse (guint8 flags, const guint8 *data, gsize size, gsize cut)
{
  Run run = { .events = g_string_new (NULL), .wire = g_string_new (NULL), .body = data, .body_len = size };
  g_autofree char *transcript = NULL;
  char *result;

  run.client = mr_smtp_client_new (&(MrSmtpClientOptions){
      .ehlo_name = "me",
      .tls = flags & 3,
      .tls_active = (flags & 4) != 0,
      .want_auth = (flags & 8) != 0,
      .with_token = (flags & 16) != 0,
      .auth_in_clear_allowed = TRUE,
  });
  g_assert_true (mr_smtp_client_feed (run.client, data, cut));
  pump (&run);
  g_assert_true (mr_smtp_client_feed (run.client, data + cut, size - cut));
  pump (&run);
  mr_smtp_client_eof (run.client);
  pump (&run);
  check_wire (run.wire->str, run.wire->len);
  transcript = mr_smtp_client_dup_transcript (run.client);
  g_assert_cmpuint (strlen (transcript), <=, 8192);
  g_assert_true (g_utf8_validate (transcript, -1, NULL));
  result = g_strdup (run.events->str);
  mr_smtp_client_free (run.client);
  g_string_free (run.events, TRUE);
  g_string_free (run.wire, TRUE);
  return result;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *whole = NULL, *part = NULL;

  if (size < 2 || size > 10000)
    return 0;
  whole = converse (data[0], data + 2, size - 2, 0);
  part = converse (data[0], data + 2, size - 2, MIN (data[1], size - 2));
  /* Only with STARTTLS it matters in which packet a byte came. */
  if ((data[0] & 3) == MR_TLS_NONE || (data[0] & 4) != 0)
    g_assert_cmpstr (whole, ==, part);
  return 0;
}
