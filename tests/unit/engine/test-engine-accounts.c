/* Accounts as a person changes them, what can be typed, and which account a message goes through. */
#include "engine-fixture.h"

#include <mailrelay/engine-accounts.h>

#include <string.h>

static MrAccountRecord *
new_account (EngineFixture *f, const char *id, const char *addresses)
{
  MrAccountRecord *record = mr_account_record_new ();

  g_free (record->id);
  record->id = g_strdup (id);
  g_strfreev (record->addresses);
  record->addresses = g_strsplit (addresses, " ", -1);
  g_free (record->host);
  record->host = g_strdup ("127.0.0.1");
  record->port = f->peer->port;
  record->tls = MR_TLS_NONE;
  return record;
}

static gint
add (EngineFixture *f, const MrAccountRecord *record)
{
  EngineAnswer answer = { 0 };

  mr_engine_add_account (f->engine, record, NULL, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static gint
update (EngineFixture *f, const MrAccountRecord *record)
{
  EngineAnswer answer = { 0 };

  mr_engine_update_account (f->engine, record, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static gint
remove_account (EngineFixture *f, const char *id, const char *move_to)
{
  EngineAnswer answer = { 0 };

  mr_engine_remove_account (f->engine, id, move_to, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static void
set_string (char **where, const char *value)
{
  g_free (*where);
  *where = g_strdup (value);
}

static void
test_add_releases_held (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) other = new_account (f, "other", "*@example.org");
  g_autoptr (MrAccountRecord) mine = new_account (f, "mine", "me@example.com");
  g_autofree char *id = NULL;

  engine_fixture_start (f, NULL);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_hold (f, id, MR_HOLD_NO_ACCOUNT));
  g_assert_cmpint (add (f, other), ==, -1);
  engine_fixture_advance (f, 60);
  mr_message_record_free (engine_wait_hold (f, id, MR_HOLD_NO_ACCOUNT));
  g_assert_cmpint (add (f, mine), ==, -1);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpstr (engine_recipient (message, 0)->account, ==, "mine");
  g_assert_cmpint (add (f, mine), ==, MR_ERROR_EXISTS);
  /* The first one that was added is the default. */
  g_autoptr (MrAccountRecord) found = engine_account (f, "other");
  g_assert_true (found->is_default);
}

static void
list_cb (GPtrArray *records, const GError *error, gpointer data)
{
  GString *ids = data;

  for (guint i = 0; i < records->len; i++) {
    const MrAccountRecord *record = g_ptr_array_index (records, i);
    g_string_append_printf (ids, "%s%s ", record->id, record->is_default ? "*" : "");
  }
}

static void
expect_order (EngineFixture *f, const char *expected)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  mr_engine_list_accounts (f->engine, list_cb, ids);
  wait_for (ids->len > 0);
  g_assert_cmpstr (ids->str, ==, expected);
}

static gint
order (EngineFixture *f, const char *ids)
{
  g_auto (GStrv) strv = g_strsplit (ids, " ", -1);
  EngineAnswer answer = { 0 };

  mr_engine_order_accounts (f->engine, (const char *const *)strv, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static void
test_order (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) a = new_account (f, "a", "a@example.com");
  g_autoptr (MrAccountRecord) b = new_account (f, "b", "*@example.com");
  g_autoptr (MrAccountRecord) c = new_account (f, "c", "*@example.com");

  engine_fixture_start (f, NULL);
  g_assert_cmpint (add (f, b), ==, -1);
  g_assert_cmpint (add (f, c), ==, -1);
  g_assert_cmpint (add (f, a), ==, -1);
  expect_order (f, "b* a c ");
  g_assert_cmpint (order (f, "c a b"), ==, -1);
  expect_order (f, "c a b* ");
  /* Those that are not named stay behind, in their order. */
  g_assert_cmpint (order (f, "a"), ==, -1);
  expect_order (f, "a c b* ");
  g_assert_cmpint (order (f, "a nobody"), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (order (f, "a b a"), ==, MR_ERROR_INVALID);
  engine_fixture_restart (f);
  expect_order (f, "a c b* ");
  /* Of two that fit the default one sends, wherever it stands. */
  g_autofree char *id = engine_submit (f, "me@example.com", "you@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpstr (engine_recipient (message, 0)->account, ==, "b");
}

static void
test_what_can_be_typed (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) record = new_account (f, "a", "*");

  engine_fixture_start (f, NULL);
  set_string (&record->host, "mail.example.com");
  set_string (&record->user, "me");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID); /* a password without encryption */
  set_string (&record->user, "");
  record->port = 0;
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  record->port = 70000;
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  record->port = engine_listen_port (f);
  set_string (&record->host, "127.0.0.1");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID); /* our own listener */
  set_string (&record->host, "localhost");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  record->port = 25;
  set_string (&record->host, "two words");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  set_string (&record->host, "");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  set_string (&record->host, "mail.example.com");
  set_string (&record->id, "../x");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  set_string (&record->id, "a");
  set_string (&record->addresses[0], "nobody");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  set_string (&record->addresses[0], "\"a;b\"@example.com");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  set_string (&record->addresses[0], "*@");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  set_string (&record->addresses[0], "*");
  set_string (&record->name, "a\n[general]\npaused=true");
  g_assert_cmpint (add (f, record), ==, MR_ERROR_INVALID);
  set_string (&record->name, "");
  g_assert_null (engine_account (f, "a"));
  g_assert_cmpint (add (f, record), ==, -1);
  g_assert_cmpint (update (f, record), ==, -1);
  record->port = 0;
  g_assert_cmpint (update (f, record), ==, MR_ERROR_INVALID);
  set_string (&record->id, "b");
  g_assert_cmpint (update (f, record), ==, MR_ERROR_NOT_FOUND);
}

/* The file names our own listener: the check at connecting catches it. */
static void
test_own_listener_at_connect (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;
  guint16 port = f->peer->port;

  /* A port that was free a moment ago. */
  smtp_peer_stop_listening (f->peer);
  text = g_strdup_printf ("[account main]\naddresses=*\nhost=127.0.0.1\nport=%u\ntls=none\n"
                          "[submission]\nlisten=127.0.0.1:%u\n",
                          port, port);
  engine_fixture_start (f, text);
  id = engine_submit (f, "me@example.com", "you@example.net");
  engine_wait_account (f, "main", MR_ACCOUNT_HOST_UNKNOWN);
  g_assert_cmpint (engine_state (f, id, 0), ==, MR_RECIPIENT_WAITING);
}

static void
test_update_wakes (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  guint16 port = f->peer->port;

  engine_fixture_start_simple (f);
  g_autoptr (MrAccountRecord) record = engine_account (f, "main");
  record->paused = TRUE;
  g_assert_cmpint (update (f, record), ==, -1);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_ACCOUNT_PAUSED));
  g_autoptr (MrAccountRecord) paused = engine_account (f, "main");
  g_assert_cmpint (paused->state, ==, MR_ACCOUNT_PAUSED);
  g_assert_cmpuint (paused->waiting, ==, 1);
  g_assert_cmpuint (f->peer->connections, ==, 0);
  record->paused = FALSE;
  record->port = port;
  g_assert_cmpint (update (f, record), ==, -1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_remove_and_move (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) second = new_account (f, "second", "*@example.org");
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  g_assert_cmpint (add (f, second), ==, -1);
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 1);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_assert_cmpint (remove_account (f, "nobody", NULL), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (remove_account (f, "main", "main"), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (remove_account (f, "main", "nobody"), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (remove_account (f, "main", "second"), ==, -1);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpstr (engine_recipient (message, 0)->account, ==, "second");
  g_assert_null (engine_account (f, "main"));
}

static void
test_remove_and_hold (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) again = new_account (f, "again", "me@example.com");
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 1);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_assert_cmpint (remove_account (f, "main", NULL), ==, -1);
  engine_fixture_advance (f, 60);
  mr_message_record_free (engine_wait_hold (f, id, MR_HOLD_NO_ACCOUNT));
  g_assert_cmpint (add (f, again), ==, -1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

/* What waits in memory for an account that is removed looks for another one at once. */
static void
test_remove_with_mail_in_memory (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) second = new_account (f, "second", "*@example.com");
  g_autofree char *a = NULL, *b = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN "[delivery]\nconcurrency=1\nidle-keep=0\n");
  g_assert_cmpint (add (f, second), ==, -1);
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  a = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (f->peer->dots == 1);
  b = engine_submit (f, "me@example.com", "b@example.net");
  g_assert_cmpint (remove_account (f, "main", NULL), ==, -1);
  smtp_peer_say (f->peer, "250 2.0.0 taken");
  mr_message_record_free (engine_wait_state (f, a, 0, MR_RECIPIENT_DELIVERED));
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, b, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpstr (engine_recipient (message, 0)->account, ==, "second");
}

static void
test_local_sender_is_rewritten (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *sender = g_strdup_printf ("root@%s", "box.local");
  const PeerMessage *m;

  engine_fixture_start_simple (f);
  id = engine_submit (f, sender, "you@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpstr (message->reverse_path, ==, sender); /* the history keeps the original */
  m = smtp_peer_message (f->peer, 0);
  g_assert_true (g_str_has_prefix (m->reverse_path, "<me@example.com>"));
  g_assert_nonnull (strstr (m->body->str, "From: <me@example.com>"));
}

/* The null reverse-path stays null; the header From picks the account. */
static void
test_null_reverse_path (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  id = engine_submit_text (f, "", "you@example.net", "From: me@example.com\n\nx\n", &error);
  g_assert_no_error (error);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  g_assert_true (g_str_has_prefix (smtp_peer_message (f->peer, 0)->reverse_path, "<>"));
}

typedef struct {
  guint steps, failed;
  gboolean done, ok;
  MrStage last;
  gint code;
} Tested;

static void
step_cb (const MrTestStep *step, gpointer data)
{
  Tested *t = data;

  g_assert_false (t->done);
  t->steps++;
  t->failed += !step->ok;
  t->last = step->stage;
}

static void
tested_cb (gboolean ok, const char *transcript, const GError *error, gpointer data)
{
  Tested *t = data;

  g_assert_false (t->done);
  t->done = TRUE;
  t->ok = ok;
  t->code = error != NULL ? error->code : -1;
  g_assert_true (transcript == NULL || strstr (transcript, "secret") == NULL);
}

static void
test_account_test (EngineFixture *f, gconstpointer data)
{
  g_autoptr (MrAccountRecord) record = new_account (f, "new", "me@example.com");
  g_autoptr (MrSecret) secret = mr_secret_new ("secret", 6);
  Tested good = { 0 }, bad = { 0 }, invalid = { 0 }, stopped = { 0 };
  guint number;

  engine_fixture_start (f, NULL);
  set_string (&record->user, "me");
  mr_engine_test_account (f->engine, record, secret, step_cb, tested_cb, &good);
  wait_for (good.done);
  g_assert_true (good.ok);
  g_assert_cmpuint (good.failed, ==, 0);
  g_assert_cmpint (good.last, ==, MR_STAGE_EHLO); /* the size */
  g_assert_cmpuint (f->peer->messages->len, ==, 0);
  smtp_peer_reply (f->peer, "AUTH", "535 5.7.8 no", 1);
  mr_engine_test_account (f->engine, record, secret, step_cb, tested_cb, &bad);
  wait_for (bad.done);
  g_assert_false (bad.ok);
  g_assert_cmpuint (bad.failed, ==, 1);
  g_assert_cmpint (bad.last, ==, MR_STAGE_AUTH);
  smtp_peer_reply (f->peer, "CONNECT", PEER_SILENT, 0);
  number = mr_engine_test_account (f->engine, record, secret, step_cb, tested_cb, &stopped);
  wait_for (f->peer->now == 1);
  mr_engine_cancel_test (f->engine, number);
  wait_for (stopped.done);
  g_assert_cmpint (stopped.code, ==, MR_ERROR_CANCELLED);
  record->port = 0;
  mr_engine_test_account (f->engine, record, NULL, step_cb, tested_cb, &invalid);
  g_assert_false (invalid.done);
  wait_for (invalid.done);
  g_assert_cmpint (invalid.code, ==, MR_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/accounts/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("add-releases-held", test_add_releases_held);
  ADD ("order", test_order);
  ADD ("what-can-be-typed", test_what_can_be_typed);
  ADD ("own-listener-at-connect", test_own_listener_at_connect);
  ADD ("update-wakes", test_update_wakes);
  ADD ("remove-and-move", test_remove_and_move);
  ADD ("remove-and-hold", test_remove_and_hold);
  ADD ("remove-with-mail-in-memory", test_remove_with_mail_in_memory);
  ADD ("local-sender-is-rewritten", test_local_sender_is_rewritten);
  ADD ("null-reverse-path", test_null_reverse_path);
  ADD ("account-test", test_account_test);
  return g_test_run ();
}
