/* Fuzz target: server machine. The first byte chooses options and answers, the second where the rest is cut; events and
 * output must be the same with and without the cut. */
#include <string.h>

#include "fuzz.h"
#include "smtp/dsn.h"
#include "smtp/server.h"

typedef struct {
  MrSmtpServer *server;
  GString *events;
  GString *body;
  GString *output;
  guint8 flags;
  guint n;
  gboolean open; /* as the events tell */
} Run;

static void
answer (Run *run, const MrSmtpServerEvent *event)
{
  static const guint codes[] = { 250, 250, 250, 450, 250, 550 };
  guint code = run->flags & 0x80 ? codes[run->n % G_N_ELEMENTS (codes)] : 250;

  if (event->kind == MR_SERVER_AUTH)
    mr_smtp_server_auth_result (run->server, run->n % 2 == 0, run->n % 3 == 0);
  else
    mr_smtp_server_answer (run->server, event->kind == MR_SERVER_DATA && code == 250 ? 354 : code, "2.0.0", "answer");
  if (event->kind == MR_SERVER_MAIL)
    run->open = code == 250;
  if (event->kind == MR_SERVER_END)
    run->open = FALSE;
}

static void
take_event (Run *run, const MrSmtpServerEvent *event)
{
  g_string_append_printf (run->events, "%d %s %s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %d %d\n", event->kind,
                          event->helo, event->path, event->authcid, event->declared_size,
                          event->kind == MR_SERVER_END ? event->size : 0, event->data_error, event->reason);
  g_string_append_printf (run->events, "%d %s %u %s\n", event->ret, event->envid, event->notify, event->orcpt);
  g_assert_true (event->envid == NULL || mr_dsn_envid_is_valid (event->envid));
  g_assert_true (event->orcpt == NULL || mr_dsn_orcpt_is_valid (event->orcpt));
  if (event->path != NULL)
    g_assert_true (strpbrk (event->path, "\r\n") == NULL && g_str_is_ascii (event->path));
  if (event->kind == MR_SERVER_END) {
    g_assert_true (run->open);
    g_assert_cmpuint (event->size, ==, run->body->len);
    if (event->data_error != MR_DATA_OK)
      run->open = FALSE;
    g_string_truncate (run->body, 0);
  }
  if (event->kind == MR_SERVER_RESET) {
    g_assert_true (run->open);
    run->open = FALSE;
    g_string_truncate (run->body, 0);
  }
  if (event->kind == MR_SERVER_STARTTLS)
    mr_smtp_server_tls_started (run->server);
}

static void
pump (Run *run)
{
  MrSmtpServerEvent event;
  gsize len;
  const guint8 *bytes;

  while (mr_smtp_server_next (run->server, &event) != MR_SERVER_NONE) {
    run->n++;
    if (event.kind == MR_SERVER_BODY) {
      g_assert_true (run->open && event.len > 0);
      g_string_append_len (run->body, (const char *)event.bytes, (gssize)event.len);
      g_assert_cmpuint (event.size, ==, run->body->len);
      run->n--;
      continue;
    }
    take_event (run, &event);
    if (mr_smtp_server_wants_answer (run->server))
      answer (run, &event);
    g_assert_true (mr_smtp_server_in_transaction (run->server) == run->open || event.kind == MR_SERVER_CLOSE);
    bytes = mr_buffer_peek (mr_smtp_server_output (run->server), &len);
    g_string_append_len (run->output, (const char *)bytes, (gssize)len);
    mr_buffer_consume (mr_smtp_server_output (run->server), len);
  }
  /* Answers to commands that have no event. */
  bytes = mr_buffer_peek (mr_smtp_server_output (run->server), &len);
  g_string_append_len (run->output, (const char *)bytes, (gssize)len);
  mr_buffer_consume (mr_smtp_server_output (run->server), len);
}

static char *
converse (guint8 flags, const guint8 *data, gsize size, gsize cut)
{
  Run run
      = { .flags = flags, .events = g_string_new (NULL), .body = g_string_new (NULL), .output = g_string_new (NULL) };
  char *result;

  run.server = mr_smtp_server_new (&(MrSmtpServerOptions){
      .greeting_name = "localhost",
      .max_size = flags & 1 ? 50 : 0,
      .max_line = flags & 2 ? 20 : 0,
      .max_command = 512,
      .max_recipients = flags & 4 ? 2 : 0,
      .max_errors = flags & 8 ? 3 : 0,
      .offer_dsn = TRUE,
      .offer_auth = TRUE,
      .auth_without_tls = (flags & 16) != 0,
      .tls_active = (flags & 32) != 0,
      .bare = flags & 64 ? MR_BARE_REFUSE : MR_BARE_LF_IS_EOL,
  });
  g_assert_true (mr_smtp_server_feed (run.server, data, cut));
  pump (&run);
  g_assert_true (mr_smtp_server_feed (run.server, data + cut, size - cut));
  pump (&run);
  mr_smtp_server_eof (run.server);
  pump (&run);
  g_assert_false (run.open);
  result = g_strconcat (run.events->str, run.output->str, NULL);
  mr_smtp_server_free (run.server);
  g_string_free (run.events, TRUE);
  g_string_free (run.body, TRUE);
  g_string_free (run.output, TRUE);
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
  g_assert_cmpstr (whole, ==, part);
  return 0;
}
