/* A disk that takes nothing for a while: what became of a message is recorded as soon as it takes something again. */
#include "engine-fixture.h"

#include <signal.h>
#include <sys/resource.h>

/* Every write to a file fails, as on a full or broken disk. */
static void
break_disk (gboolean broken)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = broken ? 1 : limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* A later write was refused, so all earlier ones were as well. */
static void
assert_broken (EngineFixture *f, const char *id)
{
  const char *ids[] = { id, NULL };
  EngineAnswer answer = { 0 };

  mr_engine_hold (f->engine, ids, engine_count_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), !=, -1);
}

static void
test_outcome (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL, *next = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net,b@example.net");
  wait_for (f->peer->dots == 1);
  break_disk (TRUE);
  smtp_peer_say (f->peer, "250 2.0.0 taken");
  wait_for (smtp_peer_count (f->peer, "QUIT") == 1);
  assert_broken (f, id);
  g_assert_cmpint (engine_state (f, id, 0), ==, MR_RECIPIENT_WAITING);
  break_disk (FALSE);
  mr_message_record_free (engine_wait_state (f, id, 1, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->dots, ==, 1);
  next = engine_submit (f, "me@example.com", "c@example.net");
  mr_message_record_free (engine_wait_state (f, next, 0, MR_RECIPIENT_DELIVERED));
}

/* What waits for its next try is tried, although its time came while that could not be written. */
static void
test_deferral (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, ".", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (f->peer->dots == 1);
  break_disk (TRUE);
  smtp_peer_say (f->peer, "451 4.3.0 later");
  wait_for (smtp_peer_count (f->peer, "QUIT") == 1);
  assert_broken (f, id);
  mr_clock_advance (f->clock, G_TIME_SPAN_HOUR);
  break_disk (FALSE);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (f->peer->dots, ==, 2);
}

/* The service ends meanwhile: the next start finds what a crash leaves, and the message is not lost. */
static void
test_stop (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "RCPT", "550 5.1.1 no such user", 1);
  smtp_peer_reply (f->peer, "MAIL", PEER_SILENT, 1);
  id = engine_submit (f, "me@example.com", "a@example.net");
  wait_for (smtp_peer_count (f->peer, "MAIL") == 1);
  break_disk (TRUE);
  smtp_peer_say (f->peer, "250 2.1.0 ok");
  wait_for (smtp_peer_count (f->peer, "QUIT") == 1);
  assert_broken (f, id);
  engine_fixture_stop (f, 0);
  break_disk (FALSE);
  engine_fixture_start_simple (f);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

#define ADD(path, function)                                                                                            \
  g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  signal (SIGXFSZ, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/disk/outcome", test_outcome);
  ADD ("/engine/disk/deferral", test_deferral);
  ADD ("/engine/disk/stop", test_stop);
  return g_test_run ();
}
