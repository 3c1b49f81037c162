/* Finding settings: every source against scripted DNS and HTTPS servers, what they may say, and what leaves this machine. */
#include "engine-fixture.h"

#include <mailrelay/engine-accounts.h>
#include <string.h>

#include "../net/dns-server.h"
#include "../net/https-server.h"
#include "../net/net-test.h"
#include "engine/discovery.h"
#include "engine/engine-private.h"

#define XML(host)                                                                                                      \
  "<clientConfig version=\"1.1\"><emailProvider id=\"x\"><displayName>X</displayName>"                                 \
  "<outgoingServer type=\"smtp\"><hostname>" host "</hostname><port>465</port><socketType>SSL</socketType>"            \
  "<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></outgoingServer>"            \
  "</emailProvider></clientConfig>"

#define NAMES                                                                                                          \
  "DNS:autoconfig.one.test,DNS:one.test,DNS:autoconfig.two.test,DNS:two.test,DNS:moved.test,DNS:list.test,"            \
  "DNS:autoconfig.gmx.de,DNS:autoconfig.example.net,DNS:autodiscover.one.test,DNS:smtp.one.test,DNS:mail.one.test,"    \
  "DNS:autoconfig.xn--bcher-kva.test,DNS:ua-auto-config.one.test"

typedef struct {
  EngineFixture engine;
  DnsServer *dns;
  HttpsServer *web, *smtp;
  char *ca_file;
  GHashTable *names; /* that have an address */
  GHashTable *pages; /* "host/path" to the whole answer after "HTTP/1.1 "; "": never answers */
  const char *mx, *srv, *srv_plain;
  gboolean dead_dns;
  GString *asked; /* names in DNS and requests: all that left */
} World;

typedef struct {
  World *world;
  GString *steps; /* "source state host;" */
  GPtrArray *results;
  GError *error;
  guint done;
  guint cancel_after; /* steps */
  guint number;
} Search;

/* ---- the network ---- */

static GByteArray *
say (DnsServer *server, const DnsQuery *query, gpointer data)
{
  World *world = data;
  const char *srv = g_str_has_prefix (query->name, "_submissions.") ? world->srv : world->srv_plain;
  GByteArray *wire;

  g_string_append_printf (world->asked, "%s\n", query->name);
  if (world->dead_dns)
    return wire_new (0x8182, query->name, query->type);
  if (!g_hash_table_contains (world->names, query->name) && *query->name != '_') {
    wire = wire_new (0x8183, query->name, query->type);
    wire_soa (wire, "test");
    return wire;
  }
  wire = wire_new (0x8180, query->name, query->type);
  if (query->type == MR_DNS_A)
    wire_address (wire, query->name, "127.0.0.1");
  else if (query->type == MR_DNS_MX && world->mx != NULL)
    wire_mx (wire, query->name, 10, world->mx);
  else if (query->type == MR_DNS_SRV && srv != NULL)
    wire_srv (wire, query->name, 0, 0, query->name[11] == 's' ? 465 : 587, srv);
  else
    wire_soa (wire, "test");
  return wire;
}

static char *
serve (HttpsServer *server, const char *request, gboolean *ret_stall, gpointer data)
{
  World *world = data;
  g_auto (GStrv) words = g_strsplit (request, " ", 3);
  const char *host = strstr (request, "Host: ");
  g_autofree char *name = host != NULL ? g_strndup (host + 6, strcspn (host + 6, ":\r")) : g_strdup ("");
  g_autofree char *key = g_strconcat (name, words[1], NULL);
  const char *page = g_hash_table_lookup (world->pages, key);

  g_string_append_printf (world->asked, "%s\n", key);
  if (page == NULL)
    return g_strdup ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  return *page != '\0' ? g_strconcat ("HTTP/1.1 ", page, NULL) : NULL;
}

static char *
talk (HttpsServer *server, const char *line, gboolean *ret_stall, gpointer data)
{
  *ret_stall = TRUE;
  if (g_str_has_prefix (line, "EHLO "))
    return g_strdup ("250-here\r\n250-AUTH PLAIN XOAUTH2\r\n250 SIZE 1000\r\n");
  return g_strdup (g_str_has_prefix (line, "QUIT") ? "221 bye\r\n" : "503 no\r\n");
}

static void
set_up (World *world, gconstpointer data)
{
  g_autofree char *certificate = make_certificate (NAMES, 10);
  g_autofree char *config = NULL;

  engine_fixture_set_up (&world->engine, data);
  world->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  world->asked = g_string_new (NULL);
  world->dns = dns_server_new (say, world);
  world->web = https_server_new (certificate, serve, world);
  world->smtp = https_server_new (certificate, talk, world);
  world->smtp->greeting = "220 here ESMTP\r\n";
  world->ca_file = make_ca_file (certificate);
  config = g_strdup_printf (
      "[dns]\nservers=%s\ntries=1\n[tls]\nca-file=%s\n[discovery]\nispdb=https://list.test:%u/v1.1/\n",
      world->dns->address, world->ca_file, world->web->port);
  engine_fixture_start (&world->engine, config);
  mr_discoveries_set_ports (world->engine.engine->discoveries, world->web->port, world->smtp->port,
                            world->engine.peer->port);
  mr_discoveries_set_patience (world->engine.engine->discoveries, 60000, 30000);
}

static void
tear_down (World *world, gconstpointer data)
{
  if (world->engine.engine != NULL)
    engine_fixture_stop (&world->engine, 0);
  /* What was given up is freed in the turns after. */
  wait_for (https_server_open (world->web) == 0 && https_server_open (world->smtp) == 0);
  settle ();
  engine_fixture_tear_down (&world->engine, data);
  https_server_free (world->web);
  https_server_free (world->smtp);
  dns_server_free (world->dns);
  remove_folder (g_path_get_dirname (world->ca_file));
  g_free (world->ca_file);
  g_hash_table_unref (world->names);
  g_hash_table_unref (world->pages);
  g_string_free (world->asked, TRUE);
}

static void
name (World *world, const char *host)
{
  g_hash_table_add (world->names, g_strdup (host));
}

/* type: of the content; NULL: it never answers. */
static void
page (World *world, const char *url, const char *type, const char *body)
{
  char *text = type == NULL ? g_strdup ("")
                            : g_strdup_printf ("200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", type,
                                               strlen (body), body);

  g_autofree char *host = g_strndup (url, strcspn (url, "/"));
  name (world, host);
  g_hash_table_insert (world->pages, g_strdup (url), text);
}

#define AUTOCONFIG(domain) "autoconfig." domain "/mail/config-v1.1.xml"
#define WELL_KNOWN(domain) domain "/.well-known/autoconfig/mail/config-v1.1.xml"

/* ---- a search ---- */

static void
step_cb (const MrDiscoverStep *step, gpointer data)
{
  Search *search = data;

  g_assert_cmpuint (search->done, ==, 0);
  g_assert_true (strcmp (step->state, "failed") != 0 || *step->text != '\0');
  g_string_append_printf (search->steps, "%s %s %s;", mr_source_nick (step->source), step->state, step->host);
  if (search->cancel_after > 0 && --search->cancel_after == 0)
    mr_engine_cancel_discover (search->world->engine.engine, search->number);
}

static void
done_cb (GPtrArray *results, const GError *error, gpointer data)
{
  Search *search = data;

  search->done++;
  search->error = error != NULL ? g_error_copy (error) : NULL;
  search->results = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  for (guint i = 0; i < results->len; i++)
    g_ptr_array_add (search->results, mr_discovery_record_copy (g_ptr_array_index (results, i)));
}

static void
search_clear (Search *search)
{
  if (search->steps != NULL)
    g_string_free (search->steps, TRUE);
  g_clear_pointer (&search->results, g_ptr_array_unref);
  g_clear_error (&search->error);
  memset (search, 0, sizeof *search);
}

static void
begin (World *world, const char *address, MrDiscoverFlags flags, Search *search)
{
  guint cancel_after = search->cancel_after;

  search_clear (search);
  search->world = world;
  search->cancel_after = cancel_after;
  search->steps = g_string_new (NULL);
  g_string_truncate (world->asked, 0);
  search->number = mr_engine_discover (world->engine.engine, address, flags, step_cb, done_cb, search);
  g_assert_cmpuint (search->number, !=, 0);
  g_assert_cmpuint (search->steps->len + search->done, ==, 0);
}

static void
search (World *world, const char *address, MrDiscoverFlags flags, Search *ret)
{
  begin (world, address, flags, ret);
  wait_for (ret->done > 0);
  g_assert_cmpuint (ret->done, ==, 1);
  g_assert_null (strstr (world->asked->str, "alice"));
}

static const MrDiscoveryRecord *
nth (const Search *search, guint n)
{
  g_assert_cmpuint (n, <, search->results->len);
  return g_ptr_array_index (search->results, n);
}

static void
assert_record (const MrDiscoveryRecord *record, MrSource source, const char *host, guint port, gboolean secure,
               gboolean conflicts)
{
  g_assert_cmpint (record->source, ==, source);
  g_assert_cmpstr (record->host, ==, host);
  g_assert_cmpuint (record->port, ==, port);
  g_assert_cmpint (record->secure, ==, secure);
  g_assert_cmpint (record->conflicts, ==, conflicts);
}

#define has_step(search, text) (strstr ((search)->steps->str, text) != NULL)

/* ---- tests ---- */

static void
test_autoconfig (World *world, gconstpointer data)
{
  Search s = { 0 };

  page (world, AUTOCONFIG ("one.test"), "text/xml", XML ("smtp.one.test"));
  page (world, WELL_KNOWN ("one.test"), "text/xml", XML ("other.one.test"));
  search (world, "Alice@One.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_no_error (s.error);
  assert_record (nth (&s, 0), MR_SOURCE_AUTOCONFIG, "smtp.one.test", 465, TRUE, FALSE);
  g_assert_cmpuint (s.results->len, ==, 1);
  g_assert_cmpstr (nth (&s, 0)->source_host, ==, "autoconfig.one.test");
  g_assert_cmpstr (nth (&s, 0)->user, ==, "Alice@One.test");
  g_assert_cmpstr (nth (&s, 0)->log_ins[0], ==, "password");
  g_assert_true (has_step (&s, "preset trying ;preset nothing ;autoconfig trying autoconfig.one.test;"));
  g_assert_true (has_step (&s, "autoconfig found autoconfig.one.test;"));
  g_assert_true (has_step (&s, "ispdb skipped list.test;"));
  g_assert_true (has_step (&s, "autodiscover skipped outlook.office365.com;"));
  g_assert_false (has_step (&s, "probe"));
  search_clear (&s);
}

static void
test_domain_config (World *world, gconstpointer data)
{
  Search s = { 0 };

  page (world, "ua-auto-config.one.test/.well-known/user-agent-configuration.json", "application/json",
        "{\"protocols\":{\"smtp\":{\"host\":\"smtp.one.test\"}},\"authentication\":{\"password\":true}}");
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  assert_record (nth (&s, 0), MR_SOURCE_AUTOCONFIG, "smtp.one.test", 465, TRUE, FALSE);
  g_assert_cmpstr (nth (&s, 0)->source_host, ==, "ua-auto-config.one.test");
  g_assert_cmpstr (nth (&s, 0)->user, ==, "alice@one.test");
  page (world, "ua-auto-config.one.test/.well-known/user-agent-configuration.json", "application/json", "[[[[{");
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_true (has_step (&s, "autoconfig failed ua-auto-config.one.test;"));
  search_clear (&s);
}

static void
test_well_known (World *world, gconstpointer data)
{
  Search s = { 0 };

  /* Nothing at the first, a redirect to another host at the second. */
  page (world, AUTOCONFIG ("one.test"), "text/html", "<html><body>Welcome!</body>");
  page (world, "moved.test/x.xml", "application/xml", XML ("smtp.one.test"));
  name (world, "one.test");
  g_hash_table_insert (
      world->pages, g_strdup (WELL_KNOWN ("one.test")),
      g_strdup_printf ("302 Found\r\nContent-Length: 0\r\nLocation: https://moved.test:%u/x.xml\r\n\r\n",
                       world->web->port));
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  assert_record (nth (&s, 0), MR_SOURCE_WELL_KNOWN, "smtp.one.test", 465, TRUE, FALSE);
  g_assert_cmpstr (nth (&s, 0)->source_host, ==, "moved.test");
  g_assert_true (has_step (&s, "autoconfig nothing autoconfig.one.test;"));
  /* A redirect to where nothing is encrypted is not followed. */
  g_hash_table_insert (world->pages, g_strdup (WELL_KNOWN ("one.test")),
                       g_strdup ("302 Found\r\nContent-Length: 0\r\nLocation: http://moved.test/x.xml\r\n\r\n"));
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_cmpuint (s.results->len, ==, 0);
  g_assert_true (has_step (&s, "well-known failed one.test;"));
  search_clear (&s);
}

static void
test_broken (World *world, gconstpointer data)
{
  static const char *const bodies[]
      = { "<clientConfig><emailProvider>", "<other/>", "", "\377\376", XML ("127.0.0.1"), XML ("localhost") };
  Search s = { 0 };

  page (world, WELL_KNOWN ("one.test"), "text/xml", XML ("smtp.one.test"));
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    page (world, AUTOCONFIG ("one.test"), "text/xml", bodies[i]);
    search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
    g_assert_cmpuint (s.results->len, ==, 1);
    assert_record (nth (&s, 0), MR_SOURCE_WELL_KNOWN, "smtp.one.test", 465, TRUE, FALSE);
    g_assert_false (has_step (&s, "autoconfig found"));
  }
  /* A certificate for another name, and a server that never answers. */
  name (world, "autoconfig.three.test");
  page (world, WELL_KNOWN ("three.test"), NULL, NULL);
  page (world, WELL_KNOWN ("one.test"), NULL, NULL);
  mr_discoveries_set_patience (world->engine.engine->discoveries, 1000, 200);
  search (world, "alice@three.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_true (has_step (&s, "autoconfig failed autoconfig.three.test;"));
  g_assert_true (has_step (&s, "well-known failed three.test;"));
  g_assert_cmpuint (s.results->len, ==, 0);
  world->srv = "smtp.one.test";
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_true (has_step (&s, "well-known failed one.test;"));
  assert_record (nth (&s, 0), MR_SOURCE_SRV, "smtp.one.test", 465, FALSE, FALSE);
  search_clear (&s);
}

static void
test_ispdb (World *world, gconstpointer data)
{
  Search s = { 0 };

  page (world, "list.test/v1.1/one.test", "text/xml", XML ("smtp.one.test"));
  name (world, "one.test");
  search (world, "alice@one.test", MR_DISCOVER_KNOWN, &s);
  g_assert_cmpuint (s.results->len, ==, 0);
  g_assert_null (strstr (world->asked->str, "list.test"));
  search (world, "alice@one.test", MR_DISCOVER_THIRD_PARTY, &s);
  assert_record (nth (&s, 0), MR_SOURCE_ISPDB, "smtp.one.test", 465, TRUE, FALSE);
  /* The domain's own word counts more. */
  page (world, WELL_KNOWN ("one.test"), "text/xml", XML ("own.one.test"));
  search (world, "alice@one.test", MR_DISCOVER_THIRD_PARTY, &s);
  assert_record (nth (&s, 0), MR_SOURCE_WELL_KNOWN, "own.one.test", 465, TRUE, FALSE);
  search_clear (&s);
}

static void
test_srv (World *world, gconstpointer data)
{
  Search s = { 0 };

  name (world, "one.test");
  world->srv = "a.one.test";
  world->srv_plain = "b.one.test";
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_cmpuint (s.results->len, ==, 2);
  assert_record (nth (&s, 0), MR_SOURCE_SRV, "a.one.test", 465, FALSE, FALSE);
  assert_record (nth (&s, 1), MR_SOURCE_SRV, "b.one.test", 587, FALSE, FALSE);
  g_assert_cmpint (nth (&s, 0)->tls, ==, MR_TLS_IMPLICIT);
  g_assert_cmpint (nth (&s, 1)->tls, ==, MR_TLS_STARTTLS);
  /* "." is "not here", and nobody may send us to ourselves. */
  world->srv = "";
  world->srv_plain = "localhost";
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_cmpuint (s.results->len, ==, 0);
  g_assert_true (has_step (&s, "srv nothing _submissions._tcp.one.test;"));
  search_clear (&s);
}

/* What is better is waited for, also where something else was there at once. */
static void
test_better_comes_later (World *world, gconstpointer data)
{
  Search s = { 0 };

  mr_discoveries_set_patience (world->engine.engine->discoveries, 60000, 1);
  world->srv = "srv.one.test";
  page (world, WELL_KNOWN ("one.test"), "text/xml", XML ("smtp.one.test"));
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_cmpuint (s.results->len, ==, 2);
  assert_record (nth (&s, 0), MR_SOURCE_WELL_KNOWN, "smtp.one.test", 465, TRUE, FALSE);
  assert_record (nth (&s, 1), MR_SOURCE_SRV, "srv.one.test", 465, FALSE, FALSE);
  search_clear (&s);
}

static void
test_mx (World *world, gconstpointer data)
{
  Search s = { 0 };

  name (world, "one.test");
  world->mx = "aspmx.l.google.com";
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_cmpstr (nth (&s, 0)->provider, ==, "google-workspace");
  g_assert_cmpint (nth (&s, 0)->source, ==, MR_SOURCE_MX);
  g_assert_false (nth (&s, 0)->secure);
  g_assert_false (nth (&s, 0)->conflicts);
  g_assert_cmpstr (nth (&s, 0)->user, ==, "alice@one.test");
  /* What the domain says is first, and does not agree with who has its mail. */
  page (world, AUTOCONFIG ("one.test"), "text/xml", XML ("mail.one.test"));
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  assert_record (nth (&s, 0), MR_SOURCE_AUTOCONFIG, "mail.one.test", 465, TRUE, TRUE);
  g_assert_cmpstr (nth (&s, 1)->provider, ==, "google-workspace");
  g_assert_false (nth (&s, 1)->conflicts);
  /* Where it names the provider's server it is given what is known of it. */
  page (world, AUTOCONFIG ("one.test"), "text/xml", XML ("smtp.gmail.com"));
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  assert_record (nth (&s, 0), MR_SOURCE_AUTOCONFIG, "smtp.gmail.com", 465, TRUE, FALSE);
  g_assert_cmpstr (nth (&s, 0)->provider, ==, "google-workspace");
  g_assert_cmpstr (nth (&s, 0)->oauth_token, !=, "");
  search_clear (&s);
}

static void
test_mx_hoster (World *world, gconstpointer data)
{
  Search s = { 0 };

  name (world, "one.test");
  world->mx = "mx1.eu.example.net";
  page (world, AUTOCONFIG ("example.net"), "text/xml", XML ("smtp.example.net"));
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  assert_record (nth (&s, 0), MR_SOURCE_MX, "smtp.example.net", 465, FALSE, FALSE);
  g_assert_true (has_step (&s, "mx trying autoconfig.eu.example.net;"));
  search_clear (&s);
}

/* The program's own knowledge stays first, and whoever says otherwise is marked. */
static void
test_preset (World *world, gconstpointer data)
{
  Search s = { 0 };
  guint last;

  page (world, AUTOCONFIG ("gmx.de"), "text/xml", XML ("smtp.elsewhere.test"));
  name (world, "gmx.de");
  /* Only the program's own word is wanted: nobody is asked. */
  search (world, "alice@gmx.de", MR_DISCOVER_KNOWN | MR_DISCOVER_THIRD_PARTY, &s);
  g_assert_cmpstr (nth (&s, 0)->host, ==, "mail.gmx.net");
  for (guint i = 0; i < s.results->len; i++)
    g_assert_cmpint (nth (&s, i)->source, ==, MR_SOURCE_PRESET);
  g_assert_cmpuint (world->asked->len, ==, 0);
  search (world, "alice@gmx.de", MR_DISCOVER_DEFAULT, &s);
  g_assert_cmpint (nth (&s, 0)->source, ==, MR_SOURCE_PRESET);
  g_assert_true (nth (&s, 0)->secure);
  g_assert_cmpstr (nth (&s, 0)->host, ==, "mail.gmx.net");
  last = s.results->len - 1;
  assert_record (nth (&s, last), MR_SOURCE_AUTOCONFIG, "smtp.elsewhere.test", 465, TRUE, TRUE);
  g_assert_false (has_step (&s, "mx "));
  g_assert_false (has_step (&s, "ispdb "));
  search_clear (&s);
}

static void
test_autodiscover (World *world, gconstpointer data)
{
  const char *url
      = "autodiscover.one.test/autodiscover/autodiscover.json?Email=postmaster%40one.test&Protocol=AutodiscoverV1";
  Search s = { 0 };

  name (world, "one.test");
  page (world, url, "application/json",
        "{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"https://outlook.office365.com/autodiscover/autodiscover.xml\"}");
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_cmpuint (s.results->len, ==, 0);
  g_assert_null (strstr (world->asked->str, "autodiscover"));
  search (world, "alice@one.test", MR_DISCOVER_AUTODISCOVER, &s);
  g_assert_cmpstr (nth (&s, 0)->provider, ==, "microsoft365");
  g_assert_cmpint (nth (&s, 0)->source, ==, MR_SOURCE_AUTODISCOVER);
  g_assert_cmpstr (nth (&s, 0)->user, ==, "alice@one.test");
  /* An Exchange server of one's own is none of Microsoft's. */
  page (world, url, "application/json",
        "{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"https://mail.one.test/autodiscover.xml\"}");
  search (world, "alice@one.test", MR_DISCOVER_AUTODISCOVER, &s);
  g_assert_cmpuint (s.results->len, ==, 0);
  search_clear (&s);
}

static void
test_probe (World *world, gconstpointer data)
{
  Search s = { 0 };

  name (world, "one.test");
  name (world, "smtp.one.test");
  name (world, "mail.one.test");
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_true (has_step (&s, "probe skipped one.test;"));
  g_assert_cmpuint (world->smtp->connections, ==, 0);
  search (world, "alice@one.test", MR_DISCOVER_PROBE, &s);
  assert_record (nth (&s, 0), MR_SOURCE_PROBE, "smtp.one.test", world->smtp->port, TRUE, FALSE);
  g_assert_cmpstr (nth (&s, 0)->log_ins[0], ==, "password");
  g_assert_cmpstr (nth (&s, 0)->log_ins[1], ==, "oauth2");
  assert_record (nth (&s, 1), MR_SOURCE_PROBE, "mail.one.test", world->smtp->port, TRUE, FALSE);
  /* No log-in was tried anywhere, and the peer without encryption is no finding. */
  g_assert_cmpuint (world->engine.peer->log_ins, ==, 0);
  for (guint i = 0; i < s.results->len; i++)
    g_assert_cmpuint (nth (&s, i)->port, !=, world->engine.peer->port);
  search_clear (&s);
}

static void
test_nobody (World *world, gconstpointer data)
{
  static const char *const bad[] = { "",
                                     "@",
                                     "alice@",
                                     "alice",
                                     "localhost",
                                     "alice@localhost",
                                     "alice@printer.local",
                                     "alice@[192.0.2.1]",
                                     "a b@one.test",
                                     "alice@one.test\r\nx",
                                     "one..test" };
  Search s = { 0 };

  search (world, "alice@nowhere.test", MR_DISCOVER_PROBE, &s);
  g_assert_error (s.error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND);
  g_assert_false (has_step (&s, "probe"));
  world->dead_dns = TRUE;
  search (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_error (s.error, MR_ERROR, MR_ERROR_NETWORK);
  /* Each failed question tells its own words, which go with its connection. */
  search (world, "alice@one.test", MR_DISCOVER_PROBE, &s);
  g_assert_true (has_step (&s, "probe failed smtp.one.test;"));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    search (world, bad[i], MR_DISCOVER_DEFAULT, &s);
    g_assert_error (s.error, MR_ERROR, MR_ERROR_INVALID);
    g_assert_cmpuint (world->asked->len, ==, 0);
  }
  search_clear (&s);
}

static void
test_domains (World *world, gconstpointer data)
{
  Search s = { 0 };

  /* A bare domain: there is no address to fill in. */
  page (world, AUTOCONFIG ("one.test"), "text/xml", XML ("smtp.one.test"));
  search (world, " one.test ", MR_DISCOVER_DEFAULT, &s);
  assert_record (nth (&s, 0), MR_SOURCE_AUTOCONFIG, "smtp.one.test", 465, TRUE, FALSE);
  g_assert_cmpstr (nth (&s, 0)->user, ==, "");
  page (world, AUTOCONFIG ("xn--bcher-kva.test"), "text/xml", XML ("smtp.one.test"));
  search (world, "alice@B\303\274cher.test", MR_DISCOVER_DEFAULT, &s);
  g_assert_cmpstr (nth (&s, 0)->user, ==, "alice@B\303\274cher.test");
  search_clear (&s);
}

static void
test_cancel (World *world, gconstpointer data)
{
  Search s = { 0 };

  page (world, WELL_KNOWN ("one.test"), NULL, NULL);
  page (world, AUTOCONFIG ("one.test"), "text/xml", XML ("smtp.one.test"));
  world->mx = "mx1.eu.example.net";
  name (world, "smtp.one.test");
  /* From inside of each step, until it comes to its own end. */
  for (guint n = 1; s.done == 0 || s.error != NULL; n += 2) {
    s.cancel_after = n;
    search (world, "alice@one.test", MR_DISCOVER_THIRD_PARTY | MR_DISCOVER_AUTODISCOVER, &s);
    if (s.error != NULL)
      g_assert_error (s.error, MR_ERROR, MR_ERROR_CANCELLED);
    g_assert_cmpuint (n, <, 60);
  }
  s.cancel_after = 0;
  /* While it is being asked, and by a number that is not there. */
  begin (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  mr_engine_cancel_discover (world->engine.engine, s.number + 1);
  wait_for (has_step (&s, "well-known trying"));
  mr_engine_cancel_discover (world->engine.engine, s.number);
  g_assert_cmpuint (s.done, ==, 1);
  g_assert_error (s.error, MR_ERROR, MR_ERROR_CANCELLED);
  /* The engine ends under it. */
  page (world, AUTOCONFIG ("one.test"), NULL, NULL);
  begin (world, "alice@one.test", MR_DISCOVER_DEFAULT, &s);
  wait_for (has_step (&s, "well-known trying"));
  engine_fixture_stop (&world->engine, 0);
  g_assert_cmpuint (s.done, ==, 1);
  g_assert_error (s.error, MR_ERROR, MR_ERROR_CANCELLED);
  search_clear (&s);
}

#define add(path, func) g_test_add (path, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/engine-discovery/autoconfig", test_autoconfig);
  add ("/engine-discovery/domain-config", test_domain_config);
  add ("/engine-discovery/well-known", test_well_known);
  add ("/engine-discovery/broken", test_broken);
  add ("/engine-discovery/ispdb", test_ispdb);
  add ("/engine-discovery/srv", test_srv);
  add ("/engine-discovery/better-comes-later", test_better_comes_later);
  add ("/engine-discovery/mx", test_mx);
  add ("/engine-discovery/mx-hoster", test_mx_hoster);
  add ("/engine-discovery/preset", test_preset);
  add ("/engine-discovery/autodiscover", test_autodiscover);
  add ("/engine-discovery/probe", test_probe);
  add ("/engine-discovery/nobody", test_nobody);
  add ("/engine-discovery/domains", test_domains);
  add ("/engine-discovery/cancel", test_cancel);
  return g_test_run ();
}
