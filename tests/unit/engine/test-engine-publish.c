/* Plans of what a domain publishes, with a scripted DNS: the policy file, where reports go, the step of DMARC by its evidence, what the allowed senders cost;
 * then what an update refuses before anything is sent, and the proof of a signature with the key from the DNS. */
#include "engine-fixture.h"

#include <mailrelay/engine-dkim.h>
#include <mailrelay/engine-evidence.h>
#include <mailrelay/engine-prove.h>
#include <mailrelay/engine-publish.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "../net/dns-server.h"
#include "mailauth/dkim-sign.h"

#define DAY      86400
#define TYPE_TXT 16
#define KEY      "key \"k\" { algorithm hmac-sha256; secret \"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI=\"; };"

typedef struct {
  const char *spf, *dmarc;
  char *key; /* record of selector mr1 */
  gboolean mail_servers;
} Zone;

static void
add_text (GByteArray *wire, const char *owner, const char *text)
{
  GByteArray *data = g_byte_array_new ();

  for (gsize at = 0; at < strlen (text); at += 255) {
    guint n = (guint)MIN (strlen (text) - at, 255);

    wire_u8 (data, n);
    g_byte_array_append (data, (const guint8 *)text + at, n);
  }
  wire_record (wire, 1, owner, TYPE_TXT, data->data, data->len);
  g_byte_array_unref (data);
}

static const char *
text_of (const Zone *zone, const char *name)
{
  static const struct {
    const char *name, *text;
  } others[] = { { "_smtp._tls.own.example", "v=TLSRPTv1; rua=mailto:tls@own.example" },
                 { "big.example", "v=spf1 include:one.example a -all" },
                 { "one.example", "v=spf1 ip4:192.0.2.1 -all" } };

  if (strcmp (name, "own.example") == 0)
    return zone->spf;
  if (strcmp (name, "_dmarc.own.example") == 0)
    return zone->dmarc;
  if (strcmp (name, "mr1._domainkey.own.example") == 0)
    return zone->key;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (strcmp (name, others[i].name) == 0)
      return others[i].text;
  return NULL;
}

static GByteArray *
answer (DnsServer *server, const DnsQuery *query, gpointer data)
{
  const Zone *zone = data;
  const char *text = query->type == TYPE_TXT ? text_of (zone, query->name) : NULL;
  gboolean mx = query->type == MR_DNS_MX && zone->mail_servers && strcmp (query->name, "own.example") == 0;
  GByteArray *wire;

  if (strcmp (query->name, "gone.example") == 0)
    return wire_new (0x8183, query->name, query->type);
  wire = wire_new (0x8180, query->name, query->type);
  if (text != NULL)
    add_text (wire, query->name, text);
  if (mx)
    wire_mx (wire, query->name, 10, "mail.own.example");
  return wire;
}

static DnsServer *
start (EngineFixture *f, Zone *zone)
{
  DnsServer *dns = dns_server_new (answer, zone);
  g_autofree char *config = g_strdup_printf ("[dns]\nservers=%s\n", dns->address);

  engine_fixture_start (f, config);
  return dns;
}

static void
end (EngineFixture *f, DnsServer *dns)
{
  engine_fixture_stop (f, 0);
  dns_server_free (dns);
}

/* ---- waiting ---- */

typedef struct {
  gboolean done;
  GVariant *dict;
  GError *error;
} Told;

static void
told_cb (GVariant *dict, const GError *error, gpointer data)
{
  Told *told = data;

  told->dict = dict != NULL ? g_variant_ref (dict) : NULL;
  told->error = error != NULL ? g_error_copy (error) : NULL;
  told->done = TRUE;
}

static GVariant *
take (Told *told, gint expected)
{
  wait_for (told->done);
  g_assert_cmpint (told->error != NULL ? told->error->code : -1, ==, expected);
  g_clear_error (&told->error);
  return told->dict;
}

static GVariant *
options_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *options = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return options;
}

static GVariant *
plan (EngineFixture *f, const char *options, gint expected)
{
  g_autoptr (GVariant) wanted = options_of (options);
  Told told = { 0 };

  mr_engine_plan_records (f->engine, "own.example", wanted, told_cb, &told);
  return take (&told, expected);
}

static GVariant *
part (GVariant *dict, const char *key)
{
  GVariant *value = g_variant_lookup_value (dict, key, G_VARIANT_TYPE_VARDICT);

  g_assert_nonnull (value);
  return value;
}

static const char *
text (GVariant *dict, const char *key)
{
  const char *value = NULL;

  g_assert_true (g_variant_lookup (dict, key, "&s", &value));
  return value;
}

/* ---- what goes with the records ---- */

/* The id follows from the policy: another mode, another id, and the same one for the same text. */
static void
test_policy_file (EngineFixture *f, gconstpointer unused)
{
  Zone zone = { .mail_servers = TRUE };
  DnsServer *dns = start (f, &zone);
  g_autoptr (GVariant) testing = plan (f, "{'mta-sts': <true>}", -1);
  g_autoptr (GVariant) again = plan (f, "{'mta-sts': <true>, 'sts-mode': <'testing'>}", -1);
  g_autoptr (GVariant) enforce = plan (f, "{'mta-sts': <true>, 'sts-mode': <'enforce'>}", -1);
  g_autoptr (GVariant) none = plan (f, "@a{sv} {}", -1);
  g_autoptr (GVariant) one = part (testing, "policy-file"), same = part (again, "policy-file");
  g_autoptr (GVariant) other = part (enforce, "policy-file"), empty = part (none, "policy-file");

  g_assert_cmpstr (text (one, "mode"), ==, "testing");
  g_assert_nonnull (strstr (text (one, "text"), "mode: testing"));
  g_assert_nonnull (strstr (text (one, "text"), "mx: mail.own.example"));
  g_assert_nonnull (strstr (text (other, "text"), "mode: enforce"));
  g_assert_cmpstr (text (one, "url"), ==, "https://mta-sts.own.example/.well-known/mta-sts.txt");
  g_assert_cmpstr (text (one, "id"), ==, text (same, "id"));
  g_assert_cmpstr (text (one, "id"), !=, text (other, "id"));
  g_assert_cmpuint (g_variant_n_children (empty), ==, 0);
  g_assert_null (plan (f, "{'sts-mode': <'none'>}", MR_ERROR_INVALID));
  g_assert_null (plan (f, "{'sts-id': <'not one'>}", MR_ERROR_INVALID));
  end (f, dns);
}

/* Without mail servers a policy would be about nothing: it says so, and no record is proposed. */
static void
test_no_policy_file (EngineFixture *f, gconstpointer unused)
{
  Zone zone = { 0 };
  DnsServer *dns = start (f, &zone);
  g_autoptr (GVariant) wished = plan (f, "{'mta-sts': <true>}", -1);
  g_autoptr (GVariant) file = part (wished, "policy-file"), tls = part (wished, "tls-reports");

  g_assert_cmpstr (text (file, "text"), ==, "");
  g_assert_cmpstr (text (file, "problem"), !=, "");
  g_assert_cmpstr (text (tls, "address"), ==, "tls@own.example");
  g_assert_cmpstr (text (tls, "proposed"), ==, "tls-reports@own.example");
  end (f, dns);
}

/* ---- allowed senders ---- */

static char *
spf_of (GVariant *dict)
{
  g_autoptr (GVariant) records = g_variant_lookup_value (dict, "records", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; i < g_variant_n_children (records); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);

    if (strcmp (text (record, "kind"), "spf") == 0)
      return g_strdup (text (record, "value"));
  }
  return NULL;
}

/* What is told is what the proposed record costs, not the one that is there. */
static void
test_costs (EngineFixture *f, gconstpointer unused)
{
  Zone zone = { .spf = "v=spf1 mx -all" };
  DnsServer *dns = start (f, &zone);
  g_autoptr (GVariant) dict = plan (f, "{'senders': <['include:big.example']>}", -1);
  g_autoptr (GVariant) costs = g_variant_lookup_value (dict, "costs", G_VARIANT_TYPE ("a(su)"));
  g_autofree char *printed = g_variant_print (costs, FALSE);
  guint look_ups = 0;

  g_assert_nonnull (strstr (printed, "('include:big.example', 3)"));
  g_assert_nonnull (strstr (printed, "('mx', 1)"));
  g_assert_true (g_variant_lookup (dict, "look-ups", "u", &look_ups));
  g_assert_cmpuint (look_ups, ==, 4);
  end (f, dns);
}

/* Typed addresses count where mail goes without a provider, and there only. */
static void
test_typed_address (EngineFixture *f, gconstpointer unused)
{
  Zone zone = { 0 };
  DnsServer *dns = start (f, &zone);
  g_autoptr (GVariant) direct = plan (f, "{'direct': <true>, 'addresses': <'192.0.2.7, 2001:db8::7;nonsense'>}", -1);
  g_autoptr (GVariant) relay = plan (f, "{'addresses': <'192.0.2.7'>}", -1);
  g_autofree char *own = spf_of (direct), *other = spf_of (relay);

  g_assert_nonnull (strstr (own, "ip4:192.0.2.7"));
  g_assert_nonnull (strstr (own, "ip6:2001:db8::7"));
  g_assert_null (strstr (own, "nonsense"));
  g_assert_true (other == NULL || strstr (other, "192.0.2.7") == NULL);
  end (f, dns);
}

/* What makes no sense is refused with words, however long it is. */
static void
test_nonsense (EngineFixture *f, gconstpointer unused)
{
  Zone zone = { 0 };
  DnsServer *dns = start (f, &zone);
  g_autofree char *term = g_strnfill (3000, 'x'), *senders = g_strdup_printf ("{'senders': <['%s']>}", term);
  const char *options[] = { "{'senders': <['bogus:1']>}", "{'provider': <'no-such'>}", "{'services': <['no-such']>}",
                            "{'reports': <'no'>}",        "{'dmarc': <'maybe'>}",      "{'sts-mode': <'strict'>}" };

  g_assert_null (plan (f, senders, MR_ERROR_TOO_BIG));
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    g_assert_null (plan (f, options[i], MR_ERROR_INVALID));
  end (f, dns);
}

/* A key that is removed while the plan waits for the DNS: the plan is what was wished when it began. */
static void
test_key_goes (EngineFixture *f, gconstpointer unused)
{
  Zone zone = { 0 };
  DnsServer *dns = dns_server_new (answer, &zone);
  g_autofree char *config = g_strdup_printf ("[dns]\nservers=%s\n[dkim k]\ndomain=own.example\nselector=s\n"
                                             "state=active\nrecord=v=DKIM1; p=abcd\n",
                                             dns->address);
  g_autoptr (GVariant) wanted = options_of ("@a{sv} {}");
  g_autofree char *printed = NULL;
  Told told = { 0 };
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, config);
  mr_engine_plan_records (f->engine, "own.example", wanted, told_cb, &told);
  g_assert_false (told.done);
  mr_engine_remove_dkim_key (f->engine, "k", TRUE, engine_done_cb, &answer);
  g_assert_false (told.done);
  engine_answer_ok (&answer);
  g_autoptr (GVariant) dict = take (&told, -1);
  printed = g_variant_print (dict, FALSE);
  g_assert_nonnull (strstr (printed, "v=DKIM1; p=abcd"));
  g_assert_nonnull (strstr (printed, "s._domainkey.own.example"));
  end (f, dns);
}

/* ---- the steps of DMARC ---- */

static void
import (EngineFixture *f, const char *id, const char *policy, guint count, const char *source, const char *result)
{
  gint64 day = START / G_USEC_PER_SEC + 2 * DAY;
  g_autofree char *name = g_build_filename (f->folder, "report", NULL);
  g_autofree char *xml = g_strdup_printf (
      "<feedback><report_metadata><org_name>R</org_name><report_id>%s</report_id><date_range><begin>%" G_GINT64_FORMAT
      "</begin><end>%" G_GINT64_FORMAT "</end></date_range></report_metadata><policy_published><domain>own.example"
      "</domain><p>%s</p></policy_published><record><row><source_ip>%s</source_ip><count>%u</count><policy_evaluated>"
      "<disposition>none</disposition><dkim>%s</dkim><spf>%s</spf></policy_evaluated></row><identifiers><header_from>"
      "own.example</header_from></identifiers><auth_results/></record></feedback>",
      id, day, day + DAY, policy, source, count, result, result);
  Told told = { 0 };

  g_assert_true (g_file_set_contents (name, xml, -1, NULL));
  mr_engine_import_reports (f->engine, g_open (name, O_RDONLY | O_CLOEXEC, 0), told_cb, &told);
  g_autoptr (GVariant) dict = take (&told, -1);
  g_assert_nonnull (dict);
}

static void
expect_step (EngineFixture *f, const char *options, const char *step, const char *next)
{
  g_autoptr (GVariant) dict = plan (f, options, -1);
  g_autoptr (GVariant) dmarc = part (dict, "dmarc");

  g_assert_cmpstr (text (dmarc, "step"), ==, step);
  g_assert_cmpstr (text (dmarc, "next"), ==, next);
  g_assert_cmpstr (text (dmarc, "words"), !=, "");
}

static void
test_steps (EngineFixture *f, gconstpointer unused)
{
  Zone zone = { 0 };
  DnsServer *dns = start (f, &zone);
  EngineAnswer answer = { 0 };

  expect_step (f, "@a{sv} {}", "go", "none"); /* nothing is there: begin */
  zone.dmarc = "v=DMARC1; p=none; rua=mailto:r@own.example";
  expect_step (f, "@a{sv} {}", "no-reports", "");
  import (f, "1", "none", 100, "192.0.2.1", "pass");
  expect_step (f, "@a{sv} {}", "too-early", "");
  import (f, "2", "none", 3, "192.0.2.9", "fail");
  expect_step (f, "@a{sv} {}", "failures", "");
  mr_engine_set_source_foreign (f->engine, "own.example", "192.0.2.9", TRUE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  engine_fixture_advance (f, 31 * DAY);
  expect_step (f, "@a{sv} {}", "go", "quarantine");
  zone.dmarc = "v=DMARC1; p=quarantine";
  expect_step (f, "{'mailing-lists': <true>}", "end", ""); /* no further, ever */
  expect_step (f, "@a{sv} {}", "no-reports", "");          /* those of the policy before do not count */
  zone.dmarc = "v=DMARC1; p=reject";
  expect_step (f, "@a{sv} {}", "end", "");
  end (f, dns);
}

/* ---- updates ---- */

static gint
update (EngineFixture *f, const char *options, const char *server, const char *key, guint *ret_count)
{
  g_autoptr (GVariant) wanted = options_of (options);
  g_autoptr (MrSecret) secret = mr_secret_new (key, strlen (key));
  EngineAnswer answer = { 0 };

  mr_engine_update_dns (f->engine, "own.example", wanted, server, secret, engine_count_cb, &answer);
  wait_for (answer.done);
  if (ret_count != NULL)
    *ret_count = answer.count;
  return engine_answer_code (&answer);
}

static void
test_update (EngineFixture *f, gconstpointer unused)
{
  Zone zone = { .spf = "v=spf1 ip4:192.0.2.1 -all", .dmarc = "v=DMARC1; p=none" };
  DnsServer *dns = start (f, &zone);
  guint n = 99;

  /* What is wrong is told before the DNS is asked anything. */
  g_assert_cmpint (update (f, "@a{sv} {}", "127.0.0.1:53", "no key", NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpint (update (f, "@a{sv} {}", "[2001:db8::1", KEY, NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpint (update (f, "{'dmarc': <'later'>}", "127.0.0.1:53", KEY, NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpuint (dns->queries, ==, 0);
  /* All is there: nobody is sent anything, whoever the server is. */
  g_assert_cmpint (update (f, "@a{sv} {}", "gone.example", KEY, &n), ==, -1);
  g_assert_cmpuint (n, ==, 0);
  /* Something is missing, and the server has no address. */
  g_assert_cmpint (update (f, "{'senders': <['ip4:192.0.2.2']>}", "gone.example", KEY, &n), ==, MR_ERROR_INVALID);
  g_assert_cmpuint (n, ==, 0);
  end (f, dns);
}

/* ---- proof ---- */

#define HEAD                                                                                                           \
  "From: me@own.example\r\nTo: you@else.example\r\nSubject: x\r\nDate: Mon, 21 Sep 2026 12:00:00 +0000\r\n\r\n"

static char *
dup_signed (MrDkimKey *key)
{
  const MrDkimSignOptions options = { .domain = "own.example", .selector = "mr1", .now = START / G_USEC_PER_SEC - 60 };
  g_autoptr (MrHeaderReader) header = mr_header_reader_new (65536);
  g_autoptr (GError) error = NULL;
  gsize used = 0;

  g_assert_cmpint (mr_header_reader_feed (header, HEAD, strlen (HEAD), &used), ==, MR_HEADER_DONE);
  g_autoptr (MrDkimSigner) signer = mr_dkim_signer_new (&options, key, header, &error);
  g_assert_no_error (error);
  mr_dkim_signer_feed (signer, "one\r\ntwo\r\n", 10);
  g_autofree char *field = mr_dkim_signer_end (signer, &error);
  g_assert_no_error (error);
  return g_strconcat (field, HEAD, "one\r\ntwo\r\n", NULL);
}

static GVariant *
verify (EngineFixture *f, const char *message)
{
  g_autofree char *name = g_build_filename (f->folder, "message", NULL);
  Told told = { 0 };

  g_assert_true (g_file_set_contents (name, message, -1, NULL));
  mr_engine_verify_message (f->engine, g_open (name, O_RDONLY | O_CLOEXEC, 0), told_cb, &told);
  return take (&told, -1);
}

static void
expect_result (EngineFixture *f, const char *message, const char *result)
{
  g_autoptr (GVariant) signatures = verify (f, message);
  g_autoptr (GVariant) row = NULL;

  g_assert_cmpuint (g_variant_n_children (signatures), ==, 1);
  row = g_variant_get_child_value (signatures, 0);
  g_assert_cmpstr (text (row, "domain"), ==, "own.example");
  g_assert_cmpstr (text (row, "selector"), ==, "mr1");
  g_assert_cmpstr (text (row, "result"), ==, result);
}

static void
test_proof (EngineFixture *f, gconstpointer unused)
{
  g_autoptr (MrDkimKey) key = mr_dkim_key_generate (MR_DKIM_ED25519, 0, NULL);
  Zone zone = { .key = mr_dkim_key_dup_record (key) };
  DnsServer *dns = start (f, &zone);
  g_autofree char *message = dup_signed (key);
  g_auto (GStrv) lines = g_strsplit (message, "\r\n", -1), words = g_strsplit (message, "two", 2);
  g_autofree char *unix_lines = g_strjoinv ("\n", lines), *changed = g_strjoinv ("too", words);
  g_autoptr (GVariant) bare = verify (f, HEAD "one\r\ntwo\r\n");
  Told told = { 0 };
  int ends[2];

  expect_result (f, message, "pass");
  expect_result (f, unix_lines, "pass"); /* as programs save it */
  expect_result (f, changed, "fail");
  g_assert_cmpuint (g_variant_n_children (bare), ==, 0);
  /* What has no end is not waited for. */
  g_assert_cmpint (pipe (ends), ==, 0);
  mr_engine_verify_message (f->engine, ends[0], told_cb, &told);
  g_assert_null (take (&told, MR_ERROR_INVALID));
  close (ends[1]);
  end (f, dns);
  g_free (zone.key);
}

#define TEST(name, function)                                                                                           \
  g_test_add ("/engine-publish/" name, EngineFixture, NULL, engine_fixture_set_up, function, engine_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEST ("policy-file", test_policy_file);
  TEST ("no-policy-file", test_no_policy_file);
  TEST ("costs", test_costs);
  TEST ("typed-address", test_typed_address);
  TEST ("nonsense", test_nonsense);
  TEST ("key-goes", test_key_goes);
  TEST ("steps", test_steps);
  TEST ("update", test_update);
  TEST ("proof", test_proof);
  return g_test_run ();
}
