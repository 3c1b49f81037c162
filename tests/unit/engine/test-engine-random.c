/* Random trouble, random actions, random stops: in the end every message has an end, and nothing was delivered twice. */
#include "engine-fixture.h"

#include <string.h>

#define MESSAGES  24
#define STEPS     80
#define HOURS_MAX 20000

static const char *const commands[] = { "CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".", "RSET", "QUIT" };
static const char *const replies[] = { "421 4.3.2 closing",        "451 4.3.0 later",
                                       "452 4.5.3 too many",       "550 5.1.1 no such user",
                                       "554 5.7.1 refused",        "553 5.7.1 sender not owned by user",
                                       "250 2.0.0 unexpected yes", PEER_CLOSE };

typedef struct {
  EngineFixture *f;
  char *ids[MESSAGES];
  guint n;
  guint open; /* actions that have not been answered */
} Run;

static guint
pick (guint n)
{
  return (guint)g_test_rand_int_range (0, (gint)n);
}

static void
counted_cb (guint count, const GError *error, gpointer data)
{
  ((Run *)data)->open--;
}

static void
done_cb (const GError *error, gpointer data)
{
  ((Run *)data)->open--;
}

static void
act (Run *run)
{
  const char *ids[] = { run->n > 0 ? run->ids[pick (run->n)] : NULL, NULL };
  MrEngine *engine = run->f->engine;

  if (ids[0] == NULL)
    return;
  run->open++;
  switch (pick (8)) {
  case 0:
    mr_engine_hold (engine, ids, counted_cb, run);
    break;
  case 1:
    mr_engine_release (engine, NULL, counted_cb, run);
    break;
  case 2:
    mr_engine_cancel (engine, ids, counted_cb, run);
    break;
  case 3:
    mr_engine_retry (engine, NULL, counted_cb, run);
    break;
  case 4:
    mr_engine_send_through (engine, ids[0], "second", FALSE, counted_cb, run);
    break;
  case 5:
    mr_engine_set_paused (engine, TRUE, done_cb, run);
    break;
  default:
    mr_engine_set_paused (engine, FALSE, done_cb, run);
    break;
  }
}

static void
step (Run *run)
{
  EngineFixture *f = run->f;

  switch (pick (8)) {
  case 0:
  case 1:
    if (run->n < MESSAGES) {
      g_autofree char *list = g_strdup_printf ("a%u@example.net,b%u@example.net,c%u@example.net", run->n, run->n,
                                               run->n);

      run->ids[run->n] = engine_submit (f, "me@example.com", list);
      run->n++;
    }
    break;
  case 2:
  case 3:
    smtp_peer_reply (f->peer, commands[pick (G_N_ELEMENTS (commands))], replies[pick (G_N_ELEMENTS (replies))], 1);
    break;
  case 4:
  case 5:
    act (run);
    break;
  case 6:
    engine_fixture_advance (f, g_test_rand_int_range (1, 4000));
    break;
  default:
    if (pick (4) == 0)
      engine_fixture_restart (f);
    break;
  }
  for (guint turns = pick (20); turns > 0; turns--)
    g_main_context_iteration (NULL, FALSE);
}

static guint
deliveries (EngineFixture *f, const char *address)
{
  guint n = 0;

  for (guint i = 0; i < f->peer->messages->len; i++) {
    const PeerMessage *m = smtp_peer_message (f->peer, i);

    for (guint k = 0; k < m->recipients->len; k++)
      n += strstr (g_ptr_array_index (m->recipients, k), address) != NULL;
  }
  return n;
}

/* Final, or resting as possibly delivered. */
static gboolean
has_ended (EngineFixture *f, const char *id)
{
  g_autoptr (MrMessageRecord) message = engine_get (f, id);

  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = engine_recipient (message, i);

    if (!mr_recipient_state_is_final (r->state) && !(r->state == MR_RECIPIENT_UNCERTAIN && r->next_attempt == 0))
      return FALSE;
  }
  return TRUE;
}

/* Three weeks of the fake clock have passed: says what the message waits for. */
G_NORETURN static void
stuck (EngineFixture *f, const char *id)
{
  g_autoptr (MrMessageRecord) message = engine_get (f, id);
  gint64 now = mr_clock_wall (f->clock);

  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = engine_recipient (message, i);

    g_printerr ("# %s: %s, waits for %s, next in %" G_GINT64_FORMAT " s, hold %s, override %s, %u attempts, cause %s\n",
                r->address, mr_recipient_state_nick (r->state), mr_wait_reason_nick (r->wait_reason),
                r->next_attempt == 0 ? -1 : (r->next_attempt - now) / G_USEC_PER_SEC,
                mr_hold_reason_nick (message->hold), message->account_override, r->attempts, r->cause);
  }
  g_error ("message %s has no end", id);
}

static void
check_message (EngineFixture *f, const char *id)
{
  g_autoptr (MrMessageRecord) message = engine_get (f, id);

  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = engine_recipient (message, i);
    guint n = deliveries (f, r->address);

    g_test_message ("%s: %s, %u deliveries, %u uncertain, reply %u %s at %s", r->address,
                    mr_recipient_state_nick (r->state), n, r->uncertain, r->reply.code, r->reply.text,
                    mr_stage_nick (r->stage));

    g_assert_cmpuint (n, <=, 1 + r->uncertain);
    if (r->state == MR_RECIPIENT_DELIVERED)
      g_assert_cmpuint (n, >=, 1);
    else if (r->uncertain == 0)
      g_assert_cmpuint (n, ==, 0);
  }
}

static void
test_random (EngineFixture *f, gconstpointer data)
{
  Run run = { .f = f };
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, ACCOUNT_MAIN "[account second]\naddresses=x@example.org\nhost=127.0.0.1\nport=%u\ntls=none\n"
                                        "[delivery]\nidle-keep=300\nconcurrency=2\nmax-messages-per-connection=3\n");
  for (guint i = 0; i < STEPS; i++)
    step (&run);
  wait_for (run.open == 0);
  smtp_peer_clear_replies (f->peer);
  mr_engine_set_paused (f->engine, FALSE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  for (guint i = 0; i < run.n; i++)
    for (guint hours = 0; !has_ended (f, run.ids[i]); hours++) {
      if (hours > HOURS_MAX)
        stuck (f, run.ids[i]);
      mr_engine_release (f->engine, NULL, engine_count_cb, &answer);
      engine_answer_ok (&answer);
      engine_fixture_advance (f, 3600);
      for (guint turns = 0; turns < 50; turns++)
        g_main_context_iteration (NULL, FALSE);
    }
  for (guint i = 0; i < run.n; i++) {
    check_message (f, run.ids[i]);
    g_free (run.ids[i]);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < 12; i++) {
    g_autofree char *path = g_strdup_printf ("/engine/random/%u", i);

    g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, test_random, engine_fixture_tear_down);
  }
  return g_test_run ();
}
