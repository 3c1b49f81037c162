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

#define ADD(path, function)                                                                                            \
  g_test_add (path, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/offline/comes-back", test_comes_back);
  ADD ("/engine/offline/only-dns", test_only_dns);
  ADD ("/engine/offline/time-stands-still", test_time_stands_still);
  return g_test_run ();
}
