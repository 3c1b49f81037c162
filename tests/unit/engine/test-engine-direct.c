/* Without a provider: MX look-up, null MX, unknown domains, private addresses, our own listener. */
#include "engine-fixture.h"

#include <string.h>

#include "../net/dns-server.h"

#define TYPE_A  1
#define TYPE_MX 15

/* good.example has an MX with an address, null.example a null MX, bare.example only an address, slow.example a server in trouble; there is
 * nothing else. */
static GByteArray *
answer (DnsServer *server, const DnsQuery *query, gpointer data)
{
  GByteArray *wire;

  if (strcmp (query->name, "slow.example") == 0)
    return wire_new (0x8182, query->name, query->type);
  if (strstr (query->name, ".example") == NULL || strcmp (query->name, "no.example") == 0)
    return wire_new (0x8183, query->name, query->type);
  wire = wire_new (0x8180, query->name, query->type);
  if (query->type == TYPE_MX && strcmp (query->name, "good.example") == 0)
    wire_mx (wire, query->name, 10, "mx.good.example");
  else if (query->type == TYPE_MX && strcmp (query->name, "null.example") == 0)
    wire_mx (wire, query->name, 0, "");
  else if (query->type == TYPE_A && strcmp (query->name, "null.example") != 0)
    wire_address (wire, query->name, "127.0.0.1");
  return wire;
}

static DnsServer *
start (EngineFixture *f, guint16 port, const char *extra)
{
  DnsServer *dns = dns_server_new (answer, NULL);
  g_autofree char *config = g_strdup_printf ("[account main]\naddresses=*\nkind=direct\n"
                                             "[dns]\nservers=%s\n[delivery]\nidle-keep=0\nmx-port=%u\n%s",
                                             dns->address, port, extra);

  g_free (f->peer->extensions);
  f->peer->extensions = g_strdup ("PIPELINING;8BITMIME");
  engine_fixture_start (f, config);
  return dns;
}

static void
end (EngineFixture *f, DnsServer *dns)
{
  engine_fixture_stop (f, 0);
  dns_server_free (dns);
}

static void
test_domains (EngineFixture *f, gconstpointer data)
{
  DnsServer *dns = start (f, f->peer->port, "allow-private-mx=true\n");
  g_autofree char *id = engine_submit (
      f, "me@example.com", "a@good.example,b@bare.example,c@null.example,d@no.example,e@slow.example,f@good.example");

  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_DELIVERED));
  mr_message_record_free (engine_wait_state (f, id, 1, MR_RECIPIENT_DELIVERED));
  mr_message_record_free (engine_wait_state (f, id, 2, MR_RECIPIENT_FAILED));
  mr_message_record_free (engine_wait_state (f, id, 3, MR_RECIPIENT_FAILED));
  g_autoptr (MrMessageRecord) message = engine_wait_attempts (f, id, 4, 1);
  g_assert_cmpstr (engine_recipient (message, 0)->host, ==, "mx.good.example");
  g_assert_cmpuint (engine_recipient (message, 2)->reply.code, ==, 556);
  g_assert_cmpstr (engine_recipient (message, 2)->cause, ==, "domain-no-mail");
  g_assert_cmpstr (engine_recipient (message, 3)->cause, ==, "domain-unknown");
  g_assert_cmpint (engine_recipient (message, 4)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpint (engine_recipient (message, 4)->stage, ==, MR_STAGE_RESOLVE);
  /* Two recipients at one domain share one transaction. */
  g_assert_cmpuint (f->peer->messages->len, ==, 2);
  g_assert_cmpint (engine_recipient (message, 5)->state, ==, MR_RECIPIENT_DELIVERED);
  end (f, dns);
}

static void
test_private_address (EngineFixture *f, gconstpointer data)
{
  DnsServer *dns = start (f, f->peer->port, "");
  g_autofree char *id = engine_submit (f, "me@example.com", "a@good.example");

  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_FAILED));
  g_assert_cmpuint (f->peer->connections, ==, 0);
  end (f, dns);
}

/* allow-private-mx never lifts the rule that we are no MX. */
static void
test_own_listener (EngineFixture *f, gconstpointer data)
{
  guint16 port = f->peer->port;
  g_autofree char *extra = g_strdup_printf ("allow-private-mx=true\n[submission]\nlisten=127.0.0.1:%u\n", port);
  DnsServer *dns;
  g_autofree char *id = NULL;

  smtp_peer_stop_listening (f->peer);
  dns = start (f, port, extra);
  id = engine_submit (f, "me@example.com", "a@good.example");
  mr_message_record_free (engine_wait_state (f, id, 0, MR_RECIPIENT_FAILED));
  end (f, dns);
}

/* The look-up is under way when the engine ends. */
static void
test_stop_while_looking_up (EngineFixture *f, gconstpointer data)
{
  DnsServer *dns = start (f, f->peer->port, "allow-private-mx=true\n");
  g_autofree char *id = NULL;

  dns->hold = TRUE;
  id = engine_submit (f, "me@example.com", "a@good.example");
  wait_for (dns->queries > 0);
  engine_fixture_stop (f, 0);
  dns_server_release (dns);
  dns_server_free (dns);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/engine/direct/" name, EngineFixture, NULL, engine_fixture_set_up, func, engine_fixture_tear_down)
  ADD ("domains", test_domains);
  ADD ("private-address", test_private_address);
  ADD ("own-listener", test_own_listener);
  ADD ("stop-while-looking-up", test_stop_while_looking_up);
  return g_test_run ();
}
