/* What a person changes of messages, with a server that says what became of it. */
#include <mailrelay/engine-actions.h>

#include "engine-fixture.h"

#include <string.h>

static gint
edit (EngineFixture *f, const char *id, MrEditKind kind, guint n, const char *address)
{
  const MrRecipientEdit one = { kind, n, address };
  EngineAnswer answer = { 0 };

  mr_engine_edit_recipients (f->engine, id, &one, 1, engine_count_cb, &answer);
  wait_for (answer.done);
  if (answer.error == NULL)
    g_assert_cmpuint (answer.count, ==, 1);
  return engine_answer_code (&answer);
}

static const char *
sent (EngineFixture *f, guint i)
{
  return ((PeerMessage *)g_ptr_array_index (f->peer->messages, i))->body->str;
}

static guint
redirect (EngineFixture *f, const char *id, const char *to, gboolean keep)
{
  const char *ids[] = { id, NULL }, *recipients[] = { to, to, NULL };
  EngineAnswer answer = { 0 };

  mr_engine_redirect (f->engine, ids, recipients, keep, engine_count_cb, &answer);
  return engine_answer_count (&answer);
}

typedef struct {
  gboolean done;
  char *id;
  int code;
} Again;

static void
again_cb (const char *const *ids, const GError *error, gpointer data)
{
  Again *again = data;

  again->done = TRUE;
  again->id = g_strdup (ids[0]);
  again->code = error != NULL ? error->code : -1;
}

static char *
send_again (EngineFixture *f, const char *id, const char *const *recipients, int code)
{
  const char *ids[] = { id, NULL };
  Again again = { 0 };

  mr_engine_send_again (f->engine, ids, recipients, again_cb, &again);
  wait_for (again.done);
  g_assert_cmpint (again.code, ==, code);
  return again.id;
}

static guint
schedule (EngineFixture *f, const char *id, gint64 when)
{
  const char *ids[] = { id, NULL };
  EngineAnswer answer = { 0 };

  mr_engine_schedule (f->engine, ids, when, engine_count_cb, &answer);
  return engine_answer_count (&answer);
}

/* A typing mistake, put right; the message had been over. */
static void
test_correct (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<jon@", "550 5.1.1 unknown", 0);
  id = engine_submit (f, "me@example.com", "jon@example.net,b@example.net");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_FAILED));
  mr_message_record_free (engine_wait_state (f, id, 1, MR_RECIPIENT_DELIVERED));
  g_assert_cmpint (edit (f, id, MR_EDIT_CORRECT, 1, "c@example.net"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (edit (f, id, MR_EDIT_CORRECT, 0, "b@example.net"), ==, MR_ERROR_EXISTS);
  g_assert_cmpint (edit (f, id, MR_EDIT_CORRECT, 0, "john"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (edit (f, id, MR_EDIT_CORRECT, 0, "john@example.net"), ==, -1);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpstr (engine_recipient (message, 0)->corrected_from, ==, "jon@example.net");
  g_assert_cmpuint (f->peer->messages->len, ==, 2);
}

/* Older than its life: corrected, it has a life again, and it is no old mail that a person has to decide on. */
static void
test_correct_expired (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<a@", "451 4.3.0 later", 0);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  for (guint i = 0; engine_state (f, id, 0) != MR_RECIPIENT_EXPIRED && i < 40; i++) {
    engine_fixture_advance (f, 6 * 3600);
    g_autoptr (MrMessageRecord) message = engine_get (f, id);
    guint before = engine_recipient (message, 0)->attempts;
    if (engine_recipient (message, 0)->state == MR_RECIPIENT_WAITING)
      mr_message_record_free (engine_wait_attempts (f, id, 0, before));
  }
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_EXPIRED));
  engine_fixture_advance (f, 10 * 24 * 3600);
  smtp_peer_reply (f->peer, "RCPT TO:<b@", "451 4.3.0 later", 1);
  g_assert_cmpint (edit (f, id, MR_EDIT_CORRECT, 0, "b@example.net"), ==, -1);
  g_autoptr (MrMessageRecord) waits = engine_wait_attempts (f, id, 0, 1);
  g_assert_cmpint (waits->hold, ==, MR_HOLD_NONE);
  g_assert_cmpint (engine_recipient (waits, 0)->state, ==, MR_RECIPIENT_WAITING);
  engine_fixture_advance (f, 3600);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_add_and_remove (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<a@", "451 4.3.0 later", 0);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_assert_cmpint (edit (f, id, MR_EDIT_ADD, 0, "a@example.net"), ==, MR_ERROR_EXISTS);
  g_assert_cmpint (edit (f, id, MR_EDIT_ADD, 0, "b@example.net"), ==, -1);
  mr_message_record_free (engine_wait_state (f, id, 1, MR_RECIPIENT_DELIVERED));
  g_assert_cmpint (edit (f, id, MR_EDIT_REMOVE, 1, NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpint (edit (f, id, MR_EDIT_REMOVE, 0, NULL), ==, -1);
  g_autoptr (MrMessageRecord) message = engine_get (f, id);
  g_assert_cmpint (message->finished, !=, 0);
  g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_CANCELLED);
  mr_engine_edit_recipients (f->engine, id, NULL, 0, engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_INVALID);
}

/* The only one that is being sent: what comes of that decides. */
static void
test_while_sending (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (f->peer->dots == 1);
  g_assert_cmpint (edit (f, id, MR_EDIT_CORRECT, 0, "b@example.net"), ==, MR_ERROR_BUSY);
  smtp_peer_say (f->peer, "250 2.0.0 taken");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_redirect (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *kept = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<a@", "451 4.3.0 later", 0);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_assert_cmpuint (engine_act (f, mr_engine_hold, id), ==, 1);
  g_assert_cmpuint (redirect (f, id, "b@example.net", FALSE), ==, 1);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 1, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_CANCELLED);
  g_assert_cmpuint (message->recipients->len, ==, 2);
  /* Kept: a copy goes, and the message waits as before. */
  kept = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, kept, 0, 1));
  g_assert_cmpuint (engine_act (f, mr_engine_hold, kept), ==, 1);
  g_assert_cmpuint (redirect (f, kept, "c@example.net", TRUE), ==, 1);
  wait_for (f->peer->messages->len == 2);
  g_autoptr (MrMessageRecord) same = engine_get (f, kept);
  g_assert_cmpint (same->hold, ==, MR_HOLD_PERSON);
  g_assert_cmpuint (same->recipients->len, ==, 1);
}

static void
test_send_again (EngineFixture *f, gconstpointer data)
{
  const char *other[] = { "c@example.net", NULL }, *bad[] = { "c@example.net\r\nX: y", NULL };
  g_autofree char *id = NULL, *copy = NULL, *to_other = NULL, *none = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<a@", "550 5.1.1 unknown", 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_FAILED));
  none = send_again (f, id, bad, MR_ERROR_INVALID);
  g_assert_null (none);
  copy = send_again (f, id, NULL, -1);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, copy, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpstr (message->again_of, ==, id);
  g_assert_cmpstr (engine_recipient (message, 0)->address, ==, "a@example.net");
  to_other = send_again (f, id, other, -1);
  mr_message_record_free (engine_wait_state (f, to_other, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->messages->len, ==, 2);
  g_assert_cmpstr (sent (f, 0), ==, sent (f, 1));
  g_assert_cmpint (engine_state (f, id, 0), ==, MR_RECIPIENT_FAILED);
  /* It knows its copies. */
  g_autoptr (MrMessageRecord) origin = engine_get (f, id);
  g_assert_cmpuint (g_strv_length (origin->copies), ==, 2);
  g_assert_cmpstr (origin->copies[0], ==, copy);
  g_assert_cmpstr (origin->copies[1], ==, to_other);
  g_assert_null (message->copies);
  /* Delivered, its content is not kept: that is said. */
  none = send_again (f, copy, NULL, MR_ERROR_NOT_FOUND);
  g_assert_null (none);
}

static void
test_schedule (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  const gint64 day = 24 * 3600;
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  gint64 now = mr_clock_wall (f->clock);
  g_assert_cmpuint (schedule (f, id, now + 8 * day * G_USEC_PER_SEC), ==, 1);
  engine_fixture_advance (f, 7 * day);
  engine_fixture_restart (f);
  g_assert_cmpuint (f->peer->dots, ==, 0);
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 1);
  engine_fixture_advance (f, day + 60);
  /* Its life begins at that time: one deferral does not end it. */
  g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, id, 0, 2);
  g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpuint (schedule (f, id, mr_clock_wall (f->clock) + day * G_USEC_PER_SEC), ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_retry, id), ==, 1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (schedule (f, id, mr_clock_wall (f->clock)), ==, 0);
  const char *ids[] = { id, NULL };
  mr_engine_schedule (f->engine, ids, G_MAXINT64, engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_INVALID);
}

static void
test_return (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *stranger = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<a@", "451 4.3.0 later", 0);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  const char *ids[] = { id, NULL };
  mr_engine_return (f->engine, ids, TRUE, engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 1);
  g_assert_cmpint (engine_state (f, id, 0), ==, MR_RECIPIENT_RETURNED);
  wait_for (f->peer->messages->len == 1);
  const char *report = sent (f, 0);
  g_assert_nonnull (strstr (report, "returned to you by hand"));
  g_assert_nonnull (strstr (report, "Final-Recipient: rfc822; a@example.net"));
  mr_engine_return (f->engine, ids, TRUE, engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 0);
  /* The sender is nobody here: no report can find its way, and nothing is done behind a person's back. */
  stranger = engine_submit (f, "who@elsewhere.example", "a@example.net");
  mr_message_record_free (engine_wait_hold (f, stranger, MR_HOLD_NO_ACCOUNT));
  ids[0] = stranger;
  mr_engine_return (f->engine, ids, TRUE, engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_REFUSED);
  g_assert_cmpint (engine_state (f, stranger, 0), ==, MR_RECIPIENT_WAITING);
  mr_engine_return (f->engine, ids, FALSE, engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 1);
  g_assert_cmpint (engine_state (f, stranger, 0), ==, MR_RECIPIENT_RETURNED);
}

static void
test_change_account (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  id = engine_submit (f, "who@elsewhere.example", "a@example.net");
  mr_message_record_free (engine_wait_hold (f, id, MR_HOLD_NO_ACCOUNT));
  const char *ids[] = { id, NULL };
  mr_engine_change_account (f->engine, ids, "nobody", engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_NOT_FOUND);
  mr_engine_change_account (f->engine, ids, "main", engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

/* A message of the history goes once more, through another account, to those who did not get it. */
static void
test_change_account_of_failed (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT TO:<bad@", "550 5.1.1 no such user", 1);
  id = engine_submit (f, "me@example.com", "bad@example.net");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_FAILED));
  const char *ids[] = { id, NULL };
  mr_engine_change_account (f->engine, ids, "main", engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  mr_engine_change_account (f->engine, ids, "main", engine_count_cb, &answer);
  g_assert_cmpuint (engine_answer_count (&answer), ==, 0);
}

static void
test_undo (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  g_assert_cmpuint (engine_act (f, mr_engine_hold, id), ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, id), ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_restore, id), ==, 1);
  g_autoptr (MrMessageRecord) held = engine_get (f, id);
  g_assert_cmpint (held->finished, ==, 0);
  g_assert_cmpint (held->hold, ==, MR_HOLD_PERSON);
  g_assert_cmpuint (engine_act (f, mr_engine_cancel, id), ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_delete, id), ==, 1);
  g_assert_cmpuint (engine_act (f, mr_engine_restore, id), ==, 1); /* back in the history */
  g_autoptr (MrMessageRecord) stopped = engine_get (f, id);
  g_assert_cmpint (stopped->finished, !=, 0);
  g_assert_cmpuint (engine_act (f, mr_engine_delete, id), ==, 1);
  engine_fixture_advance (f, 60);
  engine_fixture_restart (f); /* what was removed goes with the next start at the latest */
  EngineAnswer answer = { 0 };
  const char *ids[] = { id, NULL };
  mr_engine_restore (f->engine, ids, engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_NOT_FOUND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/edits/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("correct", test_correct);
  ADD ("correct-expired", test_correct_expired);
  ADD ("add-and-remove", test_add_and_remove);
  ADD ("while-sending", test_while_sending);
  ADD ("redirect", test_redirect);
  ADD ("send-again", test_send_again);
  ADD ("schedule", test_schedule);
  ADD ("return", test_return);
  ADD ("change-account", test_change_account);
  ADD ("change-account-of-failed", test_change_account_of_failed);
  ADD ("undo", test_undo);
  return g_test_run ();
}
