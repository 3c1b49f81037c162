/* Limits of accounts: the rest waits with a time of its own, a restart forgets nothing, a provider's own "no more" stops the account. */
#include "engine-fixture.h"

#include <string.h>

#define LIMITS(text) "[account main]\nname=Gmail\naddresses=me@example.com\nhost=127.0.0.1\nport=%u\ntls=none\n" text

static gint64
seconds_from_start (gint64 time)
{
  return (time - START) / G_USEC_PER_SEC;
}

static const char *
param (const MrRecipientRecord *r, const char *key)
{
  const char *value = NULL;

  g_assert_nonnull (r->cause_params);
  g_variant_lookup (r->cause_params, key, "&s", &value);
  return value;
}

/* Waits until it waits for the limit up to this second. */
static void
expect_limit (EngineFixture *f, const char *id, guint n, gint64 second, const char *kind)
{
  for (;;) {
    guint64 revision = f->revision;
    g_autoptr (MrMessageRecord) message = engine_wait_reason (f, id, n, MR_WAIT_ACCOUNT_LIMIT);
    const MrRecipientRecord *r = engine_recipient (message, n);

    if (seconds_from_start (r->next_attempt) != second) {
      engine_wait_revision (f, revision);
      continue;
    }
    g_assert_cmpint (r->state, ==, MR_RECIPIENT_WAITING);
    g_assert_cmpuint (r->attempts, ==, 0);
    g_assert_cmpstr (param (r, "account"), ==, "Gmail");
    g_assert_cmpstr (param (r, "limit-kind"), ==, kind);
    return;
  }
}

static guint
peer_recipients (EngineFixture *f)
{
  guint n = 0;

  for (guint i = 0; i < f->peer->messages->len; i++)
    n += smtp_peer_message (f->peer, i)->recipients->len;
  return n;
}

static void
test_minute (EngineFixture *f, gconstpointer data)
{
  char *ids[5];

  engine_fixture_start (f, LIMITS ("limit-minute=2\n"));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = engine_submit (f, "me@example.com", "you@example.net");
  expect_limit (f, ids[2], 0, 60, "minute");
  expect_limit (f, ids[3], 0, 60, "minute");
  expect_limit (f, ids[4], 0, 120, "minute");
  g_assert_cmpuint (peer_recipients (f), ==, 2);
  g_autoptr (MrAccountRecord) account = engine_account (f, "main");
  g_assert_cmpuint (account->used_minute, ==, 2);
  g_assert_cmpuint (account->used_day, ==, 2);
  g_assert_cmpint (seconds_from_start (account->limit_until), ==, 60);
  engine_fixture_advance (f, 59);
  g_assert_cmpuint (peer_recipients (f), ==, 2);
  engine_fixture_advance (f, 1);
  mr_message_record_free (engine_wait_state (f, ids[2], 0, MR_RECIPIENT_DELIVERED));
  mr_message_record_free (engine_wait_state (f, ids[3], 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (peer_recipients (f), ==, 4);
  engine_fixture_advance (f, 60);
  g_autoptr (MrMessageRecord) last = engine_wait_state (f, ids[4], 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpint (engine_recipient (last, 0)->wait_reason, ==, MR_WAIT_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_free (ids[i]);
}

/* As many recipients of one message as there is room for go, the others follow. */
static void
test_splits (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start (f, LIMITS ("limit-day=3\n"));
  id = engine_submit (f, "me@example.com", "a@example.net,b@example.net,c@example.net,d@example.net,e@example.net");
  mr_message_record_free (engine_wait_state (f, id, 2, MR_RECIPIENT_DELIVERED));
  expect_limit (f, id, 3, 24 * 3600, "day");
  expect_limit (f, id, 4, 24 * 3600, "day");
  g_assert_cmpuint (f->peer->messages->len, ==, 1);
  g_assert_cmpuint (peer_recipients (f), ==, 3);
  engine_fixture_advance (f, 24 * 3600);
  mr_message_record_free (engine_wait_state (f, id, 4, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (peer_recipients (f), ==, 5);
}

static void
test_restart (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  engine_fixture_start (f, LIMITS ("limit-day=1\n"));
  first = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_DELIVERED));
  engine_fixture_advance (f, 3600);
  engine_fixture_restart (f);
  second = engine_submit (f, "me@example.com", "you@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_reason (f, second, 0, MR_WAIT_ACCOUNT_LIMIT);
  /* The store knows the minute: no earlier than 24 hours after, and not a minute later. */
  gint64 wait = seconds_from_start (engine_recipient (message, 0)->next_attempt);
  g_assert_cmpint (wait, >=, 24 * 3600);
  g_assert_cmpint (wait, <=, 24 * 3600 + 60);
  g_assert_cmpuint (peer_recipients (f), ==, 1);
  engine_fixture_restart (f);
  g_autoptr (MrAccountRecord) account = engine_account (f, "main");
  g_assert_cmpuint (account->used_day, ==, 1);
  engine_fixture_advance (f, wait + 1 - 3600);
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
}

/* A place that was counted for a message which was then refused is free again at once. */
static void
test_refused_frees (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  engine_fixture_start (f, LIMITS ("limit-day=1\n"));
  smtp_peer_reply (f->peer, "RCPT TO:<gone@", "550 5.1.1 no such user", 0);
  first = engine_submit (f, "me@example.com", "gone@example.net");
  second = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_FAILED));
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_raised (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, LIMITS ("limit-day=1\n"));
  first = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_DELIVERED));
  second = engine_submit (f, "me@example.com", "you@example.net");
  expect_limit (f, second, 0, 24 * 3600, "day");
  mr_engine_set_config (f->engine, "account main", "limit-day", "2", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_provider_says (EngineFixture *f, gconstpointer data)
{
  char *ids[4];

  engine_fixture_start (f, LIMITS (""));
  smtp_peer_reply (f->peer, "RCPT", "550 5.4.5 Daily user sending limit exceeded. Visit support", 0);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = engine_submit (f, "me@example.com", "you@example.net");
  /* One asks, the others do not hammer. */
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    expect_limit (f, ids[i], 0, 900, "provider");
  guint asked = smtp_peer_count (f->peer, "RCPT");
  g_assert_cmpuint (asked, >=, 1);
  g_assert_cmpuint (asked, <=, G_N_ELEMENTS (ids));
  g_autoptr (MrAccountRecord) account = engine_account (f, "main");
  g_assert_cmpint (account->state, ==, MR_ACCOUNT_READY);
  g_assert_cmpint (seconds_from_start (account->limit_until), ==, 900);
  /* Also after a restart. */
  engine_fixture_restart (f);
  g_autofree char *late = engine_submit (f, "me@example.com", "you@example.net");
  expect_limit (f, late, 0, 900, "provider");
  g_assert_cmpuint (smtp_peer_count (f->peer, "RCPT"), ==, asked);
  engine_fixture_advance (f, 900);
  expect_limit (f, late, 0, 900 + 3600, "provider");
  g_assert_cmpuint (smtp_peer_count (f->peer, "RCPT"), ==, asked + 1);
  smtp_peer_clear_replies (f->peer);
  engine_fixture_advance (f, 3600);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    mr_message_record_free (engine_wait_state (f, ids[i], 0, MR_RECIPIENT_DELIVERED));
    g_free (ids[i]);
  }
  mr_message_record_free (engine_wait_state (f, late, 0, MR_RECIPIENT_DELIVERED));
}

/* A new account takes over what is known of its provider; who gives limits of their own keeps them. */
static void
test_preset (EngineFixture *f, gconstpointer data)
{
  const struct {
    const char *id;
    guint day, expect_day;
  } table[] = { { "known", 0, 500 }, { "own", 7, 7 } };

  engine_fixture_start (f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (MrAccountRecord) record = mr_account_record_new ();
    EngineAnswer answer = { 0 };

    record->id = g_strdup (table[i].id);
    record->addresses = g_strsplit ("me@gmail.com", " ", -1);
    record->host = g_strdup ("smtp.gmail.com");
    record->port = 465;
    record->tls = MR_TLS_IMPLICIT;
    record->provider = g_strdup ("gmail");
    record->limit_day = table[i].day;
    mr_engine_add_account (f->engine, record, NULL, engine_done_cb, &answer);
    engine_answer_ok (&answer);
    g_autoptr (MrAccountRecord) account = engine_account (f, table[i].id);
    g_assert_cmpuint (account->limit_day, ==, table[i].expect_day);
  }
}

/* Each time once, further and further apart; a time that it names counts. */
static void
test_provider_again (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start (f, LIMITS (""));
  smtp_peer_reply (f->peer, "RCPT", "550 5.4.5 Daily user sending limit exceeded", 2);
  smtp_peer_reply (f->peer, "RCPT", "451 4.7.0 Sending limit exceeded, try again in 30 minutes", 1);
  id = engine_submit (f, "me@example.com", "you@example.net");
  expect_limit (f, id, 0, 900, "provider");
  engine_fixture_advance (f, 900);
  expect_limit (f, id, 0, 900 + 3600, "provider");
  engine_fixture_advance (f, 3600);
  expect_limit (f, id, 0, 900 + 3600 + 1800, "provider");
  engine_fixture_advance (f, 1800);
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED);
  g_assert_cmpuint (engine_recipient (message, 0)->policy_retries, ==, 0);
  g_assert_cmpuint (smtp_peer_count (f->peer, "RCPT"), ==, 4);
}

#define ADD(path, func) g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/limits/minute", test_minute);
  ADD ("/limits/splits", test_splits);
  ADD ("/limits/restart", test_restart);
  ADD ("/limits/refused-frees", test_refused_frees);
  ADD ("/limits/raised", test_raised);
  ADD ("/limits/preset", test_preset);
  ADD ("/limits/provider-says", test_provider_says);
  ADD ("/limits/provider-again", test_provider_again);
  return g_test_run ();
}
