/* What is being sent right now, as people see it, and ending it. */
#include <mailrelay/engine-activity.h>
#include <string.h>

#include "engine-fixture.h"

typedef struct {
  gboolean done;
  GPtrArray *records; /* copies, by way of the bus's form */
} Answer;

static void
records_cb (GPtrArray *records, const GError *error, gpointer data)
{
  Answer *answer = data;

  g_assert_no_error (error);
  answer->records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_activity_record_free);
  for (guint i = 0; i < records->len; i++) {
    g_autoptr (GVariant) variant = g_variant_ref_sink (mr_activity_record_to_variant (records->pdata[i]));

    g_ptr_array_add (answer->records, mr_activity_record_from_variant (variant));
  }
  answer->done = TRUE;
}

static GPtrArray *
activity (EngineFixture *f)
{
  Answer answer = { 0 };

  mr_engine_list_activity (f->engine, records_cb, &answer);
  wait_for (answer.done);
  return answer.records;
}

static guint
stop (EngineFixture *f, const char *id)
{
  EngineAnswer answer = { 0 };

  mr_engine_stop_sending (f->engine, id, engine_count_cb, &answer);
  return engine_answer_count (&answer);
}

static void
test_idle (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  g_autoptr (GPtrArray) before = activity (f);
  g_assert_cmpuint (before->len, ==, 0);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  /* The connection is kept for a while and has no message. */
  g_autoptr (GPtrArray) after = activity (f);
  g_assert_cmpuint (after->len, ==, 0);
  g_assert_cmpuint (stop (f, id), ==, 0);
}

static void
test_before_the_message (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *transcript = NULL;
  guint attempts = 0;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "DATA", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net,b@example.net");
  wait_for (smtp_peer_count (f->peer, "DATA") == 1);

  g_autoptr (GPtrArray) records = activity (f);
  g_assert_cmpuint (records->len, ==, 1);
  const MrActivityRecord *record = records->pdata[0];
  g_assert_cmpstr (record->message_id, ==, id);
  g_assert_true (g_str_has_prefix (record->session, "c"));
  g_assert_cmpstr (record->from, ==, "me@example.com");
  g_assert_cmpstr (record->recipient, ==, "a@example.net");
  g_assert_cmpuint (record->n_recipients, ==, 2);
  g_assert_cmpstr (record->account, ==, "main");
  g_assert_cmpstr (record->destination, ==, "127.0.0.1");
  g_assert_nonnull (record->address);
  g_assert_cmpuint (record->done, ==, 0);
  g_assert_cmpuint (record->total, >, 0);
  g_assert_true (record->may_stop);

  g_assert_cmpuint (stop (f, id), ==, 1);
  g_autoptr (MrMessageRecord) held = engine_wait_hold (f, id, MR_HOLD_PERSON);
  g_assert_cmpint (engine_recipient (held, 0)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpint (engine_recipient (held, 1)->state, ==, MR_RECIPIENT_WAITING);
  /* The message is kept back first; what the ended connection came to is written after that. */
  g_autoptr (MrMessageRecord) full = engine_get_full (f, id, &attempts, &transcript);
  while (attempts < 2) {
    mr_message_record_free (g_steal_pointer (&full));
    g_clear_pointer (&transcript, g_free);
    full = engine_get_full (f, id, &attempts, &transcript);
  }
  g_autoptr (GPtrArray) none = activity (f);
  g_assert_cmpuint (none->len, ==, 0);

  /* It counts as no attempt, and goes out as if nothing had been. */
  g_assert_cmpuint (engine_recipient (full, 0)->attempts, ==, 0);
  g_assert_cmpuint (engine_act (f, mr_engine_release, id), ==, 1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  mr_message_record_free (engine_wait_state (f, id, 1, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
}

/* What one server waits for is ended; what another transaction of the lane has, goes on. */
static void
test_others_go_on (EngineFixture *f, gconstpointer data)
{
  g_autofree char *a = NULL, *b = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN "[delivery]\nidle-keep=0\nconcurrency=1\n");
  smtp_peer_reply (f->peer, "MAIL", PEER_SILENT, 1);
  a = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (smtp_peer_count (f->peer, "MAIL") == 1);
  b = engine_submit (f, "me@example.com", "b@example.net");
  g_assert_cmpuint (stop (f, a), ==, 1);
  mr_message_record_free (engine_wait_state (f, b, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
}

static void
test_after_the_dot (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "you@example.net");
  wait_for (f->peer->dots == 1);
  g_autoptr (GPtrArray) records = activity (f);
  const MrActivityRecord *record = records->pdata[0];
  g_assert_cmpint (record->stage, ==, MR_STAGE_DOT);
  g_assert_cmpuint (record->done, ==, record->total);
  g_assert_false (record->may_stop);
  g_assert_cmpuint (stop (f, id), ==, 0);
  smtp_peer_say (f->peer, "250 2.0.0 taken");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_not_connected (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "CONNECT", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "you@example.net");
  wait_for (f->peer->connections == 1);
  g_assert_cmpuint (stop (f, id), ==, 1);
  g_autoptr (MrMessageRecord) held = engine_wait_hold (f, id, MR_HOLD_PERSON);
  g_assert_cmpint (engine_recipient (held, 0)->state, ==, MR_RECIPIENT_WAITING);
}

static void
test_rate (void)
{
  MrActivityRecord record = { .done = 3000, .sending = 2 * G_USEC_PER_SEC };

  g_assert_cmpuint (mr_activity_record_get_rate (&record), ==, 1500);
  record.sending = 10;
  g_assert_cmpuint (mr_activity_record_get_rate (&record), ==, 0);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/activity/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("idle", test_idle);
  ADD ("before-the-message", test_before_the_message);
  ADD ("others-go-on", test_others_go_on);
  ADD ("after-the-dot", test_after_the_dot);
  ADD ("not-connected", test_not_connected);
  g_test_add_func ("/engine/activity/rate", test_rate);
  return g_test_run ();
}
