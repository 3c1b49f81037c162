/* What a person does with messages: keep back, send, stop, try now, another account, mark, delete, pause. */
#include "engine-fixture.h"

#include <string.h>

static guint
act_all (EngineFixture *f, EngineAction action)
{
  EngineAnswer answer = { 0 };

  action (f->engine, NULL, engine_count_cb, &answer);
  return engine_answer_count (&answer);
}

static void
set_paused (EngineFixture *f, gboolean paused)
{
  EngineAnswer answer = { 0 };

  mr_engine_set_paused (f->engine, paused, engine_done_cb, &answer);
  engine_answer_ok (&answer);
}

static void
test_pause (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  set_paused (f, TRUE);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_PAUSED));
  engine_fixture_advance (f, 3600);
  g_assert_cmpuint (f->peer->connections, ==, 0);
  engine_fixture_restart (f);
  engine_fixture_advance (f, 3600);
  g_assert_cmpuint (f->peer->connections, ==, 0);
  set_paused (f, FALSE);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_hold_and_release (EngineFixture *f, gconstpointer data)
{
  g_autofree char *a = NULL, *b = NULL;

  engine_fixture_start_simple (f);
  set_paused (f, TRUE);
  a = engine_submit (f, "me@example.com", "a@example.net");
  b = engine_submit (f, "me@example.com", "b@example.net");
  g_assert_cmpuint (engine_act (f, mr_engine_hold, a), ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_hold, a), ==, 0);
  set_paused (f, FALSE);
  mr_message_record_free (engine_wait_state (f, b, 0, MR_RECIPIENT_DELIVERED));
  g_autoptr (MrMessageRecord) held = engine_get (f, a);
  g_assert_cmpint (held->hold, ==, MR_HOLD_PERSON);
  g_assert_cmpint (engine_recipient (held, 0)->state, ==, MR_RECIPIENT_WAITING);
  /* Trying now is not letting go. */
  g_assert_cmpuint (engine_act (f, mr_engine_retry, a), ==, 0);
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
  g_assert_cmpuint (act_all (f, mr_engine_release), ==, 1);
  mr_message_record_free (engine_wait_state (f, a, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (engine_act (f, mr_engine_release, a), ==, 0);
  g_assert_cmpuint (engine_act (f, mr_engine_hold, a), ==, 0);
}

/* Waiting in memory behind the one connection that asks whether the host is back. */
static void
test_hold_in_memory (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN "[delivery]\nidle-keep=0\nconcurrency=1\n");
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  first = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (f->peer->dots == 1);
  second = engine_submit (f, "me@example.com", "b@example.net");
  g_assert_cmpuint (engine_act (f, mr_engine_hold, second), ==, 1);
  smtp_peer_say (f->peer, "250 2.0.0 taken");
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_DELIVERED));
  engine_fixture_advance (f, 3600);
  mr_message_record_free (engine_wait_hold (f, second, MR_HOLD_PERSON));
  g_assert_cmpuint (f->peer->dots, ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_release, second), ==, 1);
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_cancel (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<a@", "451 4.3.0 later", 0);
  smtp_peer_reply (f->peer, "RCPT TO:<bad@", "550 5.1.1 unknown", 0);
  id = engine_submit (f, "me@example.com", "a@example.net,bad@example.net,c@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, id), ==, 1);
  g_autoptr (MrMessageRecord) message = engine_get (f, id);
  g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_CANCELLED);
  g_assert_cmpint (engine_recipient (message, 1)->state, ==, MR_RECIPIENT_FAILED);
  g_assert_cmpint (engine_recipient (message, 2)->state, ==, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (message->finished, !=, 0);
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, id), ==, 0);
}

/* One recipient is on its way, another waits for its time: both are stopped. */
static void
test_cancel_in_flight (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<first@", "451 4.3.0 later", 1);
  smtp_peer_reply (f->peer, "RCPT TO:<second@", "450 4.2.0 try again in 10 minutes", 1);
  id = engine_submit (f, "me@example.com", "first@example.net,second@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 1, 1));
  smtp_peer_reply (f->peer, "MAIL", PEER_SILENT, 1);
  engine_fixture_advance (f, 60);
  wait_for (smtp_peer_count (f->peer, "MAIL") == 2);
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, id), ==, 1);
  smtp_peer_stop_listening (f->peer);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_CANCELLED);
  g_assert_cmpint (engine_recipient (message, 1)->state, ==, MR_RECIPIENT_CANCELLED);
  g_assert_cmpint (message->finished, !=, 0);
}

/* Stopped after the dot and the reply is lost: possibly delivered, and never sent again by itself. */
static void
test_cancel_after_the_dot (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (f->peer->dots == 1);
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, id), ==, 1);
  smtp_peer_say (f->peer, "bad"); /* no reply: the session is over */
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_UNCERTAIN);
  g_assert_cmpint (engine_recipient (message, 0)->next_attempt, ==, 0);
  engine_fixture_advance (f, 24 * 3600);
  g_assert_cmpuint (f->peer->dots, ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_retry, id), ==, 1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_cancel_waiting_in_memory (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN "[delivery]\nidle-keep=0\nconcurrency=1\n");
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  first = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (f->peer->dots == 1);
  second = engine_submit (f, "me@example.com", "b@example.net");
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, second), ==, 1);
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_CANCELLED));
  smtp_peer_say (f->peer, "250 2.0.0 taken");
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->dots, ==, 1);
}

/* The host fails while it has a message that a person stopped: what stands behind it is not left without a time. */
static void
test_cancel_before_trouble (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL;

  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("SIZE"); /* one command at a time */
  engine_fixture_start (f, ACCOUNT_MAIN "[delivery]\nidle-keep=0\nconcurrency=1\n");
  smtp_peer_reply (f->peer, "MAIL", PEER_SILENT, 1);
  first = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (smtp_peer_count (f->peer, "MAIL") == 1);
  second = engine_submit (f, "me@example.com", "b@example.net");
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, first), ==, 1);
  smtp_peer_say (f->peer, "421 4.3.2 going down");
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_CANCELLED));
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_retry (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_assert_cmpuint (engine_act (f, mr_engine_retry, id), ==, 1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (engine_act (f, mr_engine_retry, id), ==, 0);
}

static guint
send_through (EngineFixture *f, const char *id, const char *account, gboolean always)
{
  EngineAnswer answer = { 0 };

  mr_engine_send_through (f->engine, id, account, always, engine_count_cb, &answer);
  return engine_answer_count (&answer);
}

static void
test_send_through (EngineFixture *f, gconstpointer data)
{
  g_autofree char *once = NULL, *always = NULL, *later = NULL;

  engine_fixture_start_simple (f);
  once = engine_submit (f, "other@example.org", "a@example.net");
  g_autoptr (MrMessageRecord) held = engine_wait_hold (f, once, MR_HOLD_NO_ACCOUNT);
  g_assert_cmpint (engine_recipient (held, 0)->wait_reason, ==, MR_WAIT_NO_ACCOUNT);
  g_assert_cmpuint (send_through (f, once, "main", FALSE), ==, 1);
  mr_message_record_free (engine_wait_state (f, once, 0, MR_RECIPIENT_DELIVERED));
  always = engine_submit (f, "other@example.org", "a@example.net");
  mr_message_record_free (engine_wait_hold (f, always, MR_HOLD_NO_ACCOUNT));
  g_assert_cmpuint (send_through (f, always, "main", TRUE), ==, 1);
  mr_message_record_free (engine_wait_state (f, always, 0, MR_RECIPIENT_DELIVERED));
  later = engine_submit (f, "other@example.org", "a@example.net");
  mr_message_record_free (engine_wait_state (f, later, 0, MR_RECIPIENT_DELIVERED));
  EngineAnswer answer = { 0 };
  mr_engine_send_through (f->engine, later, "nobody", FALSE, engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_NOT_FOUND);
}

static void
test_mark_delivered_while_sending (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", PEER_CLOSE, 1);
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net,b@example.net");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_UNCERTAIN));
  mr_engine_mark_delivered (f->engine, id, 1, engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 1);
  g_assert_cmpint (engine_state (f, id, 1), ==, MR_RECIPIENT_DELIVERED);
  engine_fixture_advance (f, 3600);
  wait_for (f->peer->dots == 2);
  mr_engine_mark_delivered (f->engine, id, G_MAXUINT, engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 0);
  smtp_peer_say (f->peer, "250 2.0.0 taken");
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (message->finished, !=, 0);
}

static void
test_delete (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_assert_cmpuint (engine_act (f, mr_engine_delete, id), ==, 0);
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, id), ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_delete, id), ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_delete, id), ==, 0);
  g_assert_cmpuint (engine_outbox_size (f), ==, 0);
}

static void
test_bad_numbers (EngineFixture *f, gconstpointer data)
{
  const char *bad[] = { "../../etc/passwd", NULL };
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  mr_engine_hold (f->engine, bad, engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_INVALID);
  mr_engine_cancel (f->engine, NULL, engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/actions/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("pause", test_pause);
  ADD ("hold-and-release", test_hold_and_release);
  ADD ("hold-in-memory", test_hold_in_memory);
  ADD ("cancel", test_cancel);
  ADD ("cancel-in-flight", test_cancel_in_flight);
  ADD ("cancel-after-the-dot", test_cancel_after_the_dot);
  ADD ("cancel-waiting-in-memory", test_cancel_waiting_in_memory);
  ADD ("cancel-before-trouble", test_cancel_before_trouble);
  ADD ("retry", test_retry);
  ADD ("send-through", test_send_through);
  ADD ("mark-delivered-while-sending", test_mark_delivered_while_sending);
  ADD ("delete", test_delete);
  ADD ("bad-numbers", test_bad_numbers);
  return g_test_run ();
}
