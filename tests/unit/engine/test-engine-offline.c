/* The network goes and comes back: what waited for it goes at once, without its time being used up. */
#include "engine-fixture.h"

#include "../net/dns-server.h"
#include "fake-network.h"

static gboolean dns_works;

static GByteArray *
answer (DnsServer *server, const DnsQuery *query, gpointer data)
{
  GByteArray *wire;

  if (!dns_works)
    return wire_new (0x8182, query->name, query->type);
  wire = wire_new (0x8180, query->name, query->type);
  if (query->type == 1)
    wire_address (wire, query->name, "127.0.0.1");
  return wire;
}

static DnsServer *
start (EngineFixture *f)
{
  DnsServer *dns = dns_server_new (answer, NULL);
  g_autofree char *config = g_strdup_printf (
      "[account main]\naddresses=*\nhost=mail.example.org\nport=%u\ntls=none\n"
      "[delivery]\nidle-keep=0\nconcurrency-per-destination=1\n[dns]\nservers=%s\n",
      f->peer->port, dns->address);

  dns_works = FALSE;
  engine_fixture_start (f, config);
  return dns;
}

/* Behind the message that found no network wait others: all go when it is back, and none has lost an attempt. */
static void
test_comes_back (EngineFixture *f, gconstpointer data)
{
  DnsServer *dns = start (f);
  char *ids[4];

  fake_network_set (FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = engine_submit (f, "me@example.com", "you@example.net");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (MrMessageRecord) message = engine_wait_reason (f, ids[i], 0, MR_WAIT_OFFLINE);
    g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_WAITING);
    g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 0);
  }
  dns_works = TRUE;
  fake_network_set (TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    mr_message_record_free (engine_wait_state (f, ids[i], 0, MR_RECIPIENT_DELIVERED));
    g_free (ids[i]);
  }
  engine_fixture_stop (f, 0);
  dns_server_free (dns);
}

/* A name server that fails while the network is there is the name server's trouble: tried again in its time. */
static void
test_only_dns (EngineFixture *f, gconstpointer data)
{
  DnsServer *dns = start (f);
  g_autofree char *id = engine_submit (f, "me@example.com", "you@example.net");

  g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, id, 0, 1);
  g_assert_cmpint (engine_recipient (message, 0)->wait_reason, ==, MR_WAIT_RETRY_TIME);
  engine_fixture_stop (f, 0);
  dns_server_free (dns);
}

/* Weeks without a network do not age a message. */
static void
test_time_stands_still (EngineFixture *f, gconstpointer data)
{
  DnsServer *dns = start (f);
  g_autofree char *id = NULL;

  fake_network_set (FALSE);
  id = engine_submit (f, "me@example.com", "you@example.net");
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_OFFLINE));
  engine_fixture_advance (f, 6 * 86400);
  dns_works = TRUE;
  fake_network_set (TRUE);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  engine_fixture_stop (f, 0);
  dns_server_free (dns);
}

#define METERED ACCOUNT_MAIN "[delivery]\nmetered-max-size=100000\n"

/* Larger than METERED allows. */
static char *
submit_large (EngineFixture *f)
{
  g_autoptr (GString) text = g_string_new ("From: <me@example.com>\nSubject: large\n\n");

  while (text->len < 110000)
    g_string_append (text, "A line of a text that comes again and again, until it is large enough.\n");
  return engine_submit_text (f, "me@example.com", "lou@example.net", text->str, NULL);
}

/* Large mail waits for a network that does not count, unless a person sends it anyway; small mail goes. */
static void
test_metered (EngineFixture *f, gconstpointer data)
{
  fake_network_set_kind (TRUE, FALSE);
  engine_fixture_start (f, METERED);
  g_autofree char *waits = submit_large (f);
  g_autofree char *anyway = submit_large (f);
  g_autofree char *small = engine_submit (f, "me@example.com", "lou@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_reason (f, waits, 0, MR_WAIT_METERED);
  g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 0);
  mr_message_record_free (engine_wait_reason (f, anyway, 0, MR_WAIT_METERED));
  mr_message_record_free (engine_wait_state (f, small, 0, MR_RECIPIENT_DELIVERED));
  g_assert_cmpuint (engine_act (f, mr_engine_retry, anyway), ==, 1);
  mr_message_record_free (engine_wait_state (f, anyway, 0, MR_RECIPIENT_DELIVERED));
  mr_message_record_free (engine_wait_reason (f, waits, 0, MR_WAIT_METERED));
  fake_network_set_kind (FALSE, FALSE);
  mr_message_record_free (engine_wait_state (f, waits, 0, MR_RECIPIENT_DELIVERED));
}

/* Without the setting nothing waits, and what waits goes when it is switched off. */
static void
test_metered_setting (EngineFixture *f, gconstpointer data)
{
  EngineAnswer answer = { 0 };

  fake_network_set_kind (TRUE, FALSE);
  engine_fixture_start (f, METERED);
  g_autofree char *id = submit_large (f);
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_METERED));
  mr_engine_reset_config (f->engine, "delivery", "metered-max-size", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  g_autofree char *other = submit_large (f);
  mr_message_record_free (engine_wait_state (f, other, 0, MR_RECIPIENT_DELIVERED));
  fake_network_set_kind (FALSE, FALSE);
}

/* The network is another one when the service starts again. */
static void
test_metered_restart (EngineFixture *f, gconstpointer data)
{
  fake_network_set_kind (TRUE, FALSE);
  engine_fixture_start (f, METERED);
  g_autofree char *id = submit_large (f);
  mr_message_record_free (engine_wait_reason (f, id, 0, MR_WAIT_METERED));
  engine_fixture_stop (f, 0);
  fake_network_set_kind (FALSE, FALSE);
  engine_fixture_start (f, METERED);
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
}

/* Its id, after it met the network that wants a person to sign in: nothing was counted against it or its account. */
static char *
meet_sign_in_page (EngineFixture *f, const char *config)
{
  fake_network_set_kind (FALSE, TRUE);
  engine_fixture_start (f, config);
  char *id = engine_submit (f, "me@example.com", "lou@example.net");
  g_autoptr (MrMessageRecord) message = engine_wait_reason (f, id, 0, MR_WAIT_OFFLINE);
  g_autoptr (MrAccountRecord) account = engine_account (f, "main");
  g_assert_cmpint (account->state, ==, MR_ACCOUNT_READY);
  g_assert_cmpint (engine_recipient (message, 0)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpuint (engine_recipient (message, 0)->attempts, ==, 0);
  return id;
}

/* A strange greeting, silence and a line that breaks off; days of that age no message, and it goes by itself when the person has signed in. */
static void
test_captive (EngineFixture *f, gconstpointer data)
{
  static const struct {
    const char *command, *reply;
  } rows[] = { { "CONNECT", "554 5.3.2 this is no mail server" }, { "CONNECT", PEER_CLOSE }, { "RCPT", PEER_CLOSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    smtp_peer_reply (f->peer, rows[i].command, rows[i].reply, 0);
    g_autofree char *id = meet_sign_in_page (f, ACCOUNT_MAIN);
    engine_fixture_advance (f, 6 * 86400);
    smtp_peer_clear_replies (f->peer);
    fake_network_set_kind (FALSE, FALSE);
    mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
    engine_fixture_stop (f, 0);
  }
}

/* Encryption that the page does not know is no trouble of the account, and without the page it is. */
static void
test_captive_tls (EngineFixture *f, gconstpointer data)
{
  g_autofree char *id = meet_sign_in_page (f, "[account main]\naddresses=*\nhost=127.0.0.1\nport=%u\ntls=starttls\n");

  fake_network_set_kind (FALSE, FALSE);
  engine_wait_account (f, "main", MR_ACCOUNT_TLS_TROUBLE);
}

#define ADD(path, function)                                                                                            \
  g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/offline/comes-back", test_comes_back);
  ADD ("/engine/offline/only-dns", test_only_dns);
  ADD ("/engine/offline/time-stands-still", test_time_stands_still);
  ADD ("/engine/offline/metered", test_metered);
  ADD ("/engine/offline/metered/setting", test_metered_setting);
  ADD ("/engine/offline/metered/restart", test_metered_restart);
  ADD ("/engine/offline/captive", test_captive);
  ADD ("/engine/offline/captive/tls", test_captive_tls);
  return g_test_run ();
}
