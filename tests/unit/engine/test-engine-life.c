/* Stopping at bad moments: nothing is lost, nobody is called twice or too late. */
#include "engine-fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
test_stop_after_the_dot (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (f->peer->dots == 1);
  engine_fixture_restart (f);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpuint (engine_recipient (message, 0)->uncertain, ==, 1);
  g_assert_cmpuint (f->peer->dots, ==, 2);
}

static void
test_stop_before_the_body (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "MAIL", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (smtp_peer_count (f->peer, "MAIL") == 1);
  engine_fixture_restart (f);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpuint (engine_recipient (message, 0)->uncertain, ==, 0);
}

/* What is in flight may finish within the grace, what waits is given back. */
static void
test_stop_with_grace (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, ACCOUNT_MAIN "[delivery]\nconcurrency=1\n");
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  first = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (f->peer->dots == 1);
  second = engine_submit (f, "me@example.com", "b@example.net");
  mr_engine_stop (f->engine, 60000, engine_done_cb, &answer);
  smtp_peer_say (f->peer, "250 2.0.0 taken");
  engine_answer_ok (&answer);
  g_clear_pointer (&f->engine, mr_engine_free);
  g_assert_cmpuint (f->peer->dots, ==, 1);
  engine_fixture_start_simple (f);
  g_assert_cmpint (engine_state (f, first, 0), ==, MR_RECIPIENT_DELIVERED);
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->dots, ==, 2);
}

/* The dot was sent, the commit is under way: the client gets its answer. */
static void
test_stop_while_storing (EngineFixture *f, gconstpointer data)
{
  EngineClient *client;
  EngineAnswer answer = { 0 };
  g_autoptr (GString) body = g_string_new ("Subject: x\r\n\r\n");

  engine_fixture_start (f, NULL);
  client = engine_client_new (f);
  engine_client_expect (client, "EHLO here", "250");
  engine_client_expect (client, "MAIL FROM:<me@example.com>", "250");
  engine_client_expect (client, "RCPT TO:<you@example.net>", "250");
  engine_client_expect (client, "DATA", "354");
  for (guint i = 0; i < 20000; i++)
    g_string_append (body, "a line of some length, many of them make more than one chunk\r\n");
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (client->connection));
  g_string_append (body, ".\r\n");
  g_socket_set_blocking (g_socket_connection_get_socket (client->connection), FALSE);
  for (gsize done = 0; done < body->len;) {
    gssize n = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), body->str + done,
                                                           body->len - done, NULL, NULL);
    if (n > 0)
      done += (gsize)n;
    g_main_context_iteration (NULL, FALSE);
  }
  /* Its input is read in the turns that the stop takes. */
  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    g_main_context_iteration (NULL, FALSE);
  mr_engine_stop (f->engine, 60000, engine_done_cb, &answer);
  g_autofree char *reply = engine_client_say (client, NULL);
  engine_answer_ok (&answer);
  g_clear_pointer (&f->engine, mr_engine_free);
  engine_client_free (client);
  engine_fixture_start (f, NULL);
  /* Told so if and only if it is there. */
  g_assert_nonnull (reply);
  g_assert_cmpuint (engine_outbox_size (f), ==, g_str_has_prefix (reply, "250") ? 1 : 0);
  if (!g_str_has_prefix (reply, "250"))
    g_assert_true (g_str_has_prefix (reply, "421") || g_str_has_prefix (reply, "451"));
}

typedef struct {
  guint calls;
  gint code;
} Counted;

static void
submitted_cb (const char *id, const GError *error, gpointer data)
{
  Counted *c = data;

  c->calls++;
  c->code = error != NULL ? error->code : -1;
}

/* A command line that is still writing: it is told, and nothing is stored. */
static void
test_stop_while_reading (EngineFixture *f, gconstpointer data)
{
  const char *recipients[] = { "you@example.net", NULL };
  Counted waiting = { 0 }, broken = { 0 };
  int fds[2], closed[2];

  engine_fixture_start (f, NULL);
  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (pipe (closed), ==, 0);
  mr_engine_submit (f->engine, fds[0], "me@example.com", recipients, "test", submitted_cb, &waiting);
  mr_engine_submit (f->engine, closed[0], "me@example.com", recipients, "test", submitted_cb, &broken);
  g_assert_cmpint (write (fds[1], "Subject: x\n\nhalf", 16), ==, 16);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  engine_fixture_stop (f, 0);
  close (fds[1]);
  close (closed[1]);
  g_assert_cmpuint (waiting.calls, ==, 1);
  g_assert_cmpint (waiting.code, ==, MR_ERROR_CANCELLED);
  g_assert_cmpuint (broken.calls, ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  engine_fixture_start (f, NULL);
  g_assert_cmpuint (engine_outbox_size (f), ==, 0);
}

/* Read to the end, being stored: the store answers while it is closed. */
static void
test_stop_while_submitting (EngineFixture *f, gconstpointer data)
{
  const char *recipients[] = { "you@example.net", NULL };
  g_autoptr (GString) body = g_string_new ("Subject: x\n\n");
  g_autofree char *path = g_build_filename (f->folder, "big", NULL);
  guint turns = GPOINTER_TO_UINT (data);
  Counted c = { 0 };

  for (guint i = 0; i < 10000; i++)
    g_string_append (body, "a line of some length, many of them make more than one chunk\n");
  g_assert_true (g_file_set_contents (path, body->str, (gssize)body->len, NULL));
  engine_fixture_start (f, NULL);
  FILE *stream = fopen (path, "r");
  mr_engine_submit (f->engine, dup (fileno (stream)), "me@example.com", recipients, "test", submitted_cb, &c);
  fclose (stream);
  for (guint i = 0; i < turns; i++)
    g_main_context_iteration (NULL, FALSE);
  engine_fixture_stop (f, 0);
  g_assert_cmpuint (c.calls, ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  engine_fixture_start (f, NULL);
  g_assert_cmpuint (engine_outbox_size (f), ==, c.code == -1 ? 1 : 0);
}

static void
count_cb (guint count, const GError *error, gpointer data)
{
  ((Counted *)data)->calls++;
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  ((Counted *)data)->calls++;
}

static void
records_cb (GPtrArray *records, const GError *error, gpointer data)
{
  ((Counted *)data)->calls++;
}

static void
bytes_cb (GBytes *bytes, const GError *error, gpointer data)
{
  ((Counted *)data)->calls++;
}

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  ((Counted *)data)->calls++;
}

static void
password_cb (const char *id, MrSecret *password, const GError *error, gpointer data)
{
  ((Counted *)data)->calls++;
}

static void
step_cb (const MrTestStep *step, gpointer data)
{
}

static void
tested_cb (gboolean ok, const char *transcript, const GError *error, gpointer data)
{
  Counted *c = data;

  c->calls++;
  c->code = error != NULL ? error->code : -1;
}

/* All kinds of calls are open: each is answered once, some after the engine has gone. */
static void
test_stop_with_open_calls (EngineFixture *f, gconstpointer data)
{
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1 };
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  guint turns = GPOINTER_TO_UINT (data);
  Counted counted = { 0 };
  EngineAnswer removed = { 0 };

  engine_fixture_start (f, ACCOUNT_MAIN "[account other]\naddresses=x@example.org\nhost=127.0.0.1\ntls=none\n");
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 0);
  for (guint i = 0; i < 5; i++)
    g_ptr_array_add (ids, engine_submit (f, "me@example.com", "a@example.net"));
  g_ptr_array_add (ids, NULL);
  mr_message_record_free (engine_wait_attempts (f, ids->pdata[0], 0, 1));
  mr_engine_hold (f->engine, (const char *const *)ids->pdata, count_cb, &counted);
  mr_engine_retry (f->engine, NULL, count_cb, &counted);
  mr_engine_cancel (f->engine, (const char *const *)ids->pdata, count_cb, &counted);
  mr_engine_mark_delivered (f->engine, ids->pdata[0], 0, count_cb, &counted);
  mr_engine_send_through (f->engine, ids->pdata[0], "other", TRUE, count_cb, &counted);
  mr_engine_list (f->engine, &filter, NULL, 10, list_cb, &counted);
  mr_engine_list_accounts (f->engine, records_cb, &counted);
  mr_engine_get_body (f->engine, ids->pdata[0], bytes_cb, &counted);
  mr_engine_get_status (f->engine, status_cb, &counted);
  mr_engine_add_program (f->engine, "scanner", password_cb, &counted);
  mr_engine_remove_account (f->engine, "main", "other", engine_done_cb, &removed);
  for (guint i = 0; i < turns; i++)
    g_main_context_iteration (NULL, FALSE);
  engine_fixture_stop (f, 0);
  wait_for (counted.calls == 10 && removed.done);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (counted.calls, ==, 10);
  engine_answer_code (&removed);
}

static void
test_stop_while_testing (EngineFixture *f, gconstpointer data)
{
  Counted c = { 0 };

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "CONNECT", PEER_SILENT, 0);
  g_autoptr (MrAccountRecord) record = engine_account (f, "main");
  mr_engine_test_account (f->engine, record, NULL, step_cb, tested_cb, &c);
  wait_for (f->peer->now == 1);
  engine_fixture_stop (f, 0);
  g_assert_cmpuint (c.calls, ==, 1);
  g_assert_cmpint (c.code, ==, MR_ERROR_CANCELLED);
}

/* The body is being converted in the pool. */
static void
test_stop_while_converting (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  guint turns = GPOINTER_TO_UINT (data);

  engine_fixture_start_simple (f);
  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("SIZE");
  id = engine_submit_text (f, "me@example.com", "you@example.net",
                           "From: me@example.com\nContent-Type: text/plain; charset=UTF-8\n\nGr\303\274\303\237e\n",
                           &error);
  wait_for (smtp_peer_count (f->peer, "EHLO") == 1);
  for (guint i = 0; i < turns; i++)
    g_main_context_iteration (NULL, FALSE);
  engine_fixture_restart (f);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_free_without_stop (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  EngineClient *client;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "MAIL", PEER_SILENT, 1);
  client = engine_client_new (f);
  id = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (smtp_peer_count (f->peer, "MAIL") == 1);
  g_clear_pointer (&f->engine, mr_engine_free);
  engine_client_free (client);
  engine_fixture_start_simple (f);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_one_engine_for_a_store (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrEngine) second = NULL;
  g_autoptr (GError) error = NULL;

  engine_fixture_start (f, NULL);
  second = mr_engine_new (f->paths, f->clock);
  g_assert_false (mr_engine_start (second, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_BUSY);
}

/* The stop comes so many turns of the loop later. */
static void
add_numbered (const char *name, guint turns, void (*func) (EngineFixture *f, gconstpointer data))
{
  g_autofree char *path = g_strdup_printf ("/engine/life/%s/%u", name, turns);

  g_test_add (path, EngineFixture, GUINT_TO_POINTER (turns), engine_fixture_set_up, func, engine_fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/life/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("stop-after-the-dot", test_stop_after_the_dot);
  ADD ("stop-before-the-body", test_stop_before_the_body);
  ADD ("stop-with-grace", test_stop_with_grace);
  for (guint turns = 0; turns < 8; turns++) {
    add_numbered ("stop-while-storing", turns, test_stop_while_storing);
    add_numbered ("stop-while-submitting", turns, test_stop_while_submitting);
    add_numbered ("stop-with-open-calls", turns, test_stop_with_open_calls);
    add_numbered ("stop-while-converting", turns, test_stop_while_converting);
  }
  ADD ("stop-while-reading", test_stop_while_reading);
  ADD ("stop-while-testing", test_stop_while_testing);
  ADD ("free-without-stop", test_free_without_stop);
  ADD ("one-engine-for-a-store", test_one_engine_for_a_store);
  return g_test_run ();
}
