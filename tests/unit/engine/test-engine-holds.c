/* Rules that keep mail back, and pauses that end. */
#include <mailrelay/engine-holds.h>

#include "engine-fixture.h"

static void
id_cb (const char *id, const GError *error, gpointer data)
{
  EngineAnswer *answer = data;

  answer->done = TRUE;
  answer->error = error != NULL ? g_error_copy (error) : NULL;
}

static gint
set_rule (EngineFixture *f, const char *id, MrHoldRuleKind kind, const char *match, gboolean send, gint64 after)
{
  g_autoptr (MrHoldRuleRecord) rule = mr_hold_rule_record_new (id);
  EngineAnswer answer = { 0 };

  rule->kind = kind;
  g_strfreev (rule->match);
  rule->match = g_strsplit (match, ";", -1);
  rule->send = send;
  rule->release_after = after;
  mr_engine_set_hold_rule (f->engine, rule, id_cb, &answer);
  return engine_answer_code (&answer);
}

static gint
remove_rule (EngineFixture *f, const char *id)
{
  EngineAnswer answer = { 0 };

  mr_engine_remove_hold_rule (f->engine, id, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static gint
pause_until (EngineFixture *f, const char *account, gint64 until)
{
  EngineAnswer answer = { 0 };

  mr_engine_pause (f->engine, account, until, engine_done_cb, &answer);
  return engine_answer_code (&answer);
}

static void
test_rules (EngineFixture *f, gconstpointer data)
{
  g_autofree char *kept = NULL, *sent = NULL, *later = NULL;

  engine_fixture_start_simple (f);
  g_assert_cmpint (set_rule (f, NULL, MR_HOLD_RULE_SENDER, "", FALSE, 0), ==, MR_ERROR_INVALID);
  g_assert_cmpint (set_rule (f, "../x", MR_HOLD_RULE_EVERYTHING, "", FALSE, 0), ==, MR_ERROR_INVALID);
  g_assert_cmpint (set_rule (f, "all", MR_HOLD_RULE_EVERYTHING, "", FALSE, 0), ==, -1);
  g_assert_cmpint (set_rule (f, NULL, MR_HOLD_RULE_RECIPIENT, "example.com", TRUE, 0), ==, -1);
  kept = engine_submit (f, "me@example.com", "you@example.net");
  sent = engine_submit (f, "me@example.com", "me@example.com");
  mr_message_record_free (engine_wait_state (f, sent, 0, MR_RECIPIENT_DELIVERED));
  g_autoptr (MrMessageRecord) held = engine_wait_hold (f, kept, MR_HOLD_RULE);
  g_assert_cmpstr (held->hold_rule, ==, "all");
  g_assert_cmpint (held->hold_until, ==, 0);
  engine_fixture_restart (f);
  engine_fixture_advance (f, 3600);
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
  /* Without the rule new mail goes; what it kept back waits for a person. */
  g_assert_cmpint (remove_rule (f, "all"), ==, -1);
  g_assert_cmpint (remove_rule (f, "all"), ==, MR_ERROR_NOT_FOUND);
  later = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, later, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (engine_act (f, mr_engine_release, kept), ==, 1);
  mr_message_record_free (engine_wait_state (f, kept, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_goes_by_itself (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *first = NULL;

  engine_fixture_start_simple (f);
  g_assert_cmpint (set_rule (f, "all", MR_HOLD_RULE_EVERYTHING, "", FALSE, 600), ==, -1);
  first = engine_submit (f, "me@example.com", "you@example.net");
  g_autoptr (MrMessageRecord) held = engine_wait_hold (f, first, MR_HOLD_RULE);
  g_assert_cmpint (held->hold_until, ==, held->created + 10 * G_TIME_SPAN_MINUTE);
  mr_clock_advance (f->clock, 12 * G_TIME_SPAN_MINUTE);
  /* The time passed while nothing ran. */
  engine_fixture_restart (f);
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_DELIVERED));
  id = engine_submit (f, "me@example.com", "two@example.net");
  mr_message_record_free (engine_wait_hold (f, id, MR_HOLD_RULE));
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
}

static void
test_pause_ends (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *other = NULL;
  gint64 now;

  engine_fixture_start_simple (f);
  now = mr_clock_wall (f->clock);
  g_assert_cmpint (pause_until (f, NULL, now - 1), ==, MR_ERROR_INVALID);
  g_assert_cmpint (pause_until (f, "nobody", 0), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (pause_until (f, NULL, now + G_TIME_SPAN_HOUR), ==, -1);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_PAUSED));
  engine_fixture_restart (f);
  g_assert_cmpuint (f->peer->connections, ==, 0);
  mr_clock_advance (f->clock, G_TIME_SPAN_HOUR + G_TIME_SPAN_MINUTE);
  engine_fixture_restart (f);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  /* One account alone. */
  now = mr_clock_wall (f->clock);
  g_assert_cmpint (pause_until (f, "main", now + G_TIME_SPAN_HOUR), ==, -1);
  engine_wait_account (f, "main", MR_ACCOUNT_PAUSED);
  g_autoptr (MrAccountRecord) account = engine_account (f, "main");
  g_assert_cmpint (account->paused_until, ==, (now / G_USEC_PER_SEC + 3600) * G_USEC_PER_SEC);
  other = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_reason (f, other, 0, MR_WAIT_ACCOUNT_PAUSED));
  EngineAnswer answer = { 0 };
  mr_engine_resume (f->engine, "main", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_message_record_free (engine_wait_state (f, other, 0, MR_RECIPIENT_DELIVERED));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/holds/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("rules", test_rules);
  ADD ("goes-by-itself", test_goes_by_itself);
  ADD ("pause-ends", test_pause_ends);
  return g_test_run ();
}
