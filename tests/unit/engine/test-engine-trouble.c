/* Trouble of accounts and hosts: one log-in, no bounce, back-off without attempts, the give-up time. */
#include "engine-fixture.h"

#include <string.h>

#include "../net/dns-server.h"

static void
set_password (EngineFixture *f, const char *password)
{
  g_autoptr (MrSecret) secret = mr_secret_new (password, strlen (password));
  EngineAnswer answer = { 0 };

  mr_engine_set_password (f->engine, "main", secret, engine_done_cb, &answer);
  engine_answer_ok (&answer);
}

static void
test_password_refused (EngineFixture *f, gconstpointer data)
{
  char *ids[5];

  engine_fixture_start (f, ACCOUNT_LOGIN "[general]\npaused=true\n");
  set_password (f, "wrong");
  smtp_peer_reply (f->peer, "AUTH", "535 5.7.8 wrong", 0);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = engine_submit (f, "me@example.com", "you@example.net");
  EngineAnswer answer = { 0 };
  mr_engine_set_paused (f->engine, FALSE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  engine_wait_account (f, "main", MR_ACCOUNT_PASSWORD_REFUSED);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (MrMessageRecord) message = engine_wait_reason (f, ids[i], 0, MR_WAIT_ACCOUNT_PAUSED);

    g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_WAITING);
    g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 0);
  }
  g_assert_cmpuint (f->peer->log_ins, ==, 1);
  g_autoptr (MrAccountRecord) record = engine_account (f, "main");
  g_assert_cmpuint (record->reply.code, ==, 535);
  g_assert_cmpuint (record->waiting, ==, G_N_ELEMENTS (ids));
  g_assert_cmpint (record->next_login, ==, START + G_TIME_SPAN_HOUR);
  engine_fixture_advance (f, 3599);
  g_assert_cmpuint (f->peer->log_ins, ==, 1);
  /* After an hour one of them asks again, then after six. */
  engine_fixture_advance (f, 1);
  wait_for (f->peer->log_ins == 2);
  for (guint64 revision = f->revision;; revision = f->revision) {
    g_autoptr (MrAccountRecord) again = engine_account (f, "main");
    if (again->next_login == START + 7 * G_TIME_SPAN_HOUR)
      break;
    engine_wait_revision (f, revision);
  }
  smtp_peer_clear_replies (f->peer);
  set_password (f, "right");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    mr_message_record_free (engine_wait_state (f, ids[i], 0, MR_RECIPIENT_DELIVERED));
    g_free (ids[i]);
  }
  engine_wait_account (f, "main", MR_ACCOUNT_READY);
  g_autoptr (MrAccountRecord) empty = engine_account (f, "main");
  g_assert_cmpuint (empty->waiting, ==, 0);
}

static void
test_no_password (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start (f, ACCOUNT_LOGIN);
  id = engine_submit (f, "me@example.com", "you@example.net");
  engine_wait_account (f, "main", MR_ACCOUNT_NO_PASSWORD);
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_ACCOUNT_PAUSED));
  g_assert_cmpuint (f->peer->log_ins, ==, 0);
  set_password (f, "secret");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  engine_wait_account (f, "main", MR_ACCOUNT_READY);
}

static GByteArray *
no_such_name (DnsServer *server, const DnsQuery *query, gpointer data)
{
  return wire_new (0x8183, query->name, query->type);
}

static void
test_unknown_host (EngineFixture *f, gconstpointer data)
{
  DnsServer *dns = dns_server_new (no_such_name, NULL);
  g_autofree char *config = g_strdup_printf ("[account main]\naddresses=*\nhost=mail.example.org\ntls=none\n"
                                             "[dns]\nservers=%s\n",
                                             dns->address);
  g_autofree char *id = NULL;

  engine_fixture_start (f, config);
  id = engine_submit (f, "me@example.com", "you@example.net");
  engine_wait_account (f, "main", MR_ACCOUNT_HOST_UNKNOWN);
  g_autoptr (MrMessageRecord) message = engine_wait_reason (f, id, 0, MR_WAIT_ACCOUNT_PAUSED);
  g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_WAITING);
  engine_fixture_stop (f, 0);
  dns_server_free (dns);
}

static void
test_three_refusals (EngineFixture *f, gconstpointer data)
{
  char *ids[4];

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "MAIL", "553 5.7.1 sender address rejected: not owned by user", 3);
  for (guint i = 0; i < 3; i++) {
    ids[i] = engine_submit (f, "me@example.com", "you@example.net");
    g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, ids[i], 0, 1);
    g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_NEEDS_PERSON);
  }
  engine_wait_account (f, "main", MR_ACCOUNT_SENDER_REFUSED);
  ids[3] = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_reason (f, ids[3], 0, MR_WAIT_ACCOUNT_PAUSED));
  g_assert_cmpuint (f->peer->connections, ==, 3);
  engine_fixture_advance (f, 300);
  /* It works again: all go on by themselves. */
  for (guint i = 0; i < 4; i++) {
    mr_message_record_free (engine_wait_state (f, ids[i], 0, MR_RECIPIENT_DELIVERED));
    g_free (ids[i]);
  }
  engine_wait_account (f, "main", MR_ACCOUNT_READY);
}

/* Messages that are too big for the account are refused here: that is not the account's trouble. */
static void
test_too_big_is_not_the_account (EngineFixture *f, gconstpointer data)
{
  engine_fixture_start_simple (f);
  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("SIZE 100");
  for (guint i = 0; i < 4; i++) {
    g_autofree char *id = engine_submit (f, "me@example.com", "you@example.net");
    mr_message_record_free (engine_wait_attempts (f, id, 0, 1));
  }
  g_autoptr (MrAccountRecord) record = engine_account (f, "main");
  g_assert_cmpint (record->state, ==, MR_ACCOUNT_READY);
}

/* The third refusal comes while more waits for the same connection: it goes no further. */
static void
test_trouble_stops_the_connection (EngineFixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, ACCOUNT_MAIN "[general]\npaused=true\n[delivery]\nconcurrency=1\n");
  smtp_peer_reply (f->peer, "MAIL", "553 5.7.1 sender address rejected: not owned by user", 0);
  for (guint i = 0; i < 6; i++)
    g_ptr_array_add (ids, engine_submit (f, "me@example.com", "you@example.net"));
  mr_engine_set_paused (f->engine, FALSE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  engine_wait_account (f, "main", MR_ACCOUNT_SENDER_REFUSED);
  for (guint i = 3; i < 6; i++) {
    g_autoptr (MrMessageRecord) message = engine_wait_reason (f, ids->pdata[i], 0, MR_WAIT_ACCOUNT_PAUSED);
    g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 0);
  }
  g_assert_cmpuint (smtp_peer_count (f->peer, "MAIL"), ==, 3);
}

/* What waits behind a host that fails waits with it, without attempts of its own. */
static void
test_back_off (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "CONNECT", "421 4.3.2 too busy", 1);
  first = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, first, 0, 1));
  second = engine_submit (f, "me@example.com", "b@example.net");
  g_autoptr (MrMessageRecord) behind = engine_wait_reason (f, second, 0, MR_WAIT_RETRY_TIME);
  g_assert_cmpuint (engine_recipient (behind, 0)->attempts, ==, 0);
  g_assert_cmpuint (engine_recipient (behind, 0)->reply.code, ==, 421);
  g_assert_nonnull (engine_recipient (behind, 0)->cause);
  g_assert_cmpint (engine_recipient (behind, 0)->next_attempt, ==, START + 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (f->peer->connections, ==, 1);
  engine_fixture_advance (f, 60);
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_DELIVERED));
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
}

/* 421 in place of a reply to MAIL blames the host as well (RFC 5321 3.8). */
static void
test_421_in_a_transaction (EngineFixture *f, gconstpointer data)
{
  g_autofree char *first = NULL, *second = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_reply (f->peer, "MAIL", "421 4.3.2 going down", 1);
  first = engine_submit (f, "me@example.com", "a@example.net");
  mr_message_record_free (engine_wait_attempts (f, first, 0, 1));
  second = engine_submit (f, "me@example.com", "b@example.net");
  g_autoptr (MrMessageRecord) behind = engine_wait_reason (f, second, 0, MR_WAIT_RETRY_TIME);
  g_assert_cmpuint (engine_recipient (behind, 0)->attempts, ==, 0);
  g_assert_cmpuint (f->peer->connections, ==, 1);
  engine_fixture_advance (f, 60);
  mr_message_record_free (engine_wait_state (f, first, 0, MR_RECIPIENT_DELIVERED));
  mr_message_record_free (engine_wait_state (f, second, 0, MR_RECIPIENT_DELIVERED));
}

static void
test_nobody_listens (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start_simple (f);
  smtp_peer_stop_listening (f->peer);
  id = engine_submit (f, "me@example.com", "a@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, id, 0, 1);
  g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpint (engine_recipient (message, 0)->stage, ==, MR_STAGE_CONNECT);
  g_assert_cmpuint (engine_recipient (message, 0)->reply.code, ==, 0);
}

static void
test_give_up (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;

  engine_fixture_start (f, ACCOUNT_MAIN "[retry]\nlife=600\nmax=60\n");
  smtp_peer_reply (f->peer, "RCPT", "451 4.3.0 later", 0);
  id = engine_submit (f, "me@example.com", "a@example.net");
  for (guint i = 1; i <= 10; i++) {
    g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, id, 0, i);
    g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_WAITING);
    engine_fixture_advance (f, 60);
  }
  g_autoptr (MrMessageRecord) message = engine_wait_state (f, id, 0, MR_RECIPIENT_EXPIRED);
  g_assert_cmpint (message->finished, !=, 0);
  g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 11);
}

static void
test_old_messages (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, ACCOUNT_MAIN "[general]\npaused=true\n");
  id = engine_submit (f, "me@example.com", "a@example.net");
  engine_fixture_stop (f, 0);
  mr_clock_advance (f->clock, 8 * G_TIME_SPAN_DAY);
  engine_fixture_start (f, ACCOUNT_MAIN "[general]\npaused=true\n");
  mr_engine_set_paused (f->engine, FALSE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_message_record_free (engine_wait_hold (f, id, MR_HOLD_OLD));
  g_assert_cmpuint (f->peer->connections, ==, 0);
  /* A person let it go: it is not held for its age again. */
  g_assert_cmpuint (engine_act (f, mr_engine_release, id), ==, 1);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/trouble/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("password-refused", test_password_refused);
  ADD ("no-password", test_no_password);
  ADD ("unknown-host", test_unknown_host);
  ADD ("three-refusals", test_three_refusals);
  ADD ("too-big-is-not-the-account", test_too_big_is_not_the_account);
  ADD ("trouble-stops-the-connection", test_trouble_stops_the_connection);
  ADD ("back-off", test_back_off);
  ADD ("421-in-a-transaction", test_421_in_a_transaction);
  ADD ("nobody-listens", test_nobody_listens);
  ADD ("give-up", test_give_up);
  ADD ("old-messages", test_old_messages);
  return g_test_run ();
}
