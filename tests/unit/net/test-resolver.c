/* The resolver against a scripted server. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "dns-server.h"
#include "net-test.h"
#include "net/resolver-private.h"

#define ANSWER   0x8180
#define NXDOMAIN 0x8183
#define SERVFAIL 0x8182
#define REFUSED  0x8185
#define FORMERR  0x8181

/* ---- what the server says, by name ---- */

static GByteArray *
say_mx (const DnsQuery *query)
{
  GByteArray *wire = wire_new (ANSWER, query->name, query->type);

  if (g_str_has_prefix (query->name, "null"))
    wire_mx (wire, query->name, 0, "");
  if (strcmp (query->name, "null.test") == 0)
    return wire;
  wire_mx (wire, query->name, 20, "c.test");
  wire_mx (wire, query->name, 10, "a.test");
  wire_mx (wire, query->name, 10, "b.test");
  return wire;
}

static GByteArray *
say_srv (const DnsQuery *query)
{
  GByteArray *wire = wire_new (ANSWER, query->name, query->type);

  if (strcmp (query->name, "_none._tcp.test") == 0) {
    wire_soa (wire, "test");
    return wire;
  }
  if (!g_str_has_prefix (query->name, "_all"))
    wire_srv (wire, query->name, 0, 0, 0, "");
  if (g_str_has_prefix (query->name, "_off"))
    return wire;
  wire_srv (wire, query->name, 20, 5, 587, "c.test");
  wire_srv (wire, query->name, 10, 2, 465, "b.test");
  wire_srv (wire, query->name, 10, 0, 465, "a.test");
  return wire;
}

static GByteArray *
say_addresses (const DnsQuery *query, guint n4, guint n6)
{
  GByteArray *wire = wire_new (ANSWER, query->name, query->type);
  guint n = query->type == MR_DNS_A ? n4 : n6;

  for (guint i = 1; i <= n; i++) {
    g_autofree char *address = g_strdup_printf (query->type == MR_DNS_A ? "192.0.2.%u" : "2001:db8::%u", i);
    wire_address (wire, query->name, address);
    wire_address (wire, query->name, address);
  }
  if (n == 0)
    wire_soa (wire, "test");
  return wire;
}

/* n0.ring.test is n1.ring.test is n2.ring.test ... one a question. */
static GByteArray *
say_next (const DnsQuery *query, guint last)
{
  guint n = (guint)g_ascii_strtoull (query->name + 1, NULL, 10);
  g_autofree char *next = g_strdup_printf ("n%u.%s", n + 1, strchr (query->name, '.') + 1);
  GByteArray *wire;

  if (n >= last)
    return say_addresses (query, 1, 0);
  wire = wire_new (ANSWER, query->name, query->type);
  wire_alias (wire, query->name, next);
  return wire;
}

static GByteArray *
say_truncated (const DnsQuery *query)
{
  if (!query->tcp)
    return wire_new (ANSWER | 0x0200, query->name, query->type);
  return say_addresses (query, 20, 20);
}

static GByteArray *
say (DnsServer *server, const DnsQuery *query, gpointer data)
{
  gboolean v6 = query->type == MR_DNS_AAAA;

  if (strcmp (query->name, "silent.test") == 0)
    return NULL;
  if (strcmp (query->name, "nx.test") == 0)
    return wire_new (NXDOMAIN, query->name, query->type);
  if (strcmp (query->name, "nodata.test") == 0)
    return say_addresses (query, 0, 0);
  if (strcmp (query->name, "servfail.test") == 0 || (v6 && strcmp (query->name, "halffail.test") == 0))
    return wire_new (SERVFAIL, query->name, query->type);
  if (strcmp (query->name, "refused.test") == 0)
    return wire_new (REFUSED, query->name, query->type);
  if (strcmp (query->name, "noedns.test") == 0 && query->edns)
    return wire_new (FORMERR, query->name, query->type);
  if (strcmp (query->name, "broken.test") == 0) {
    GByteArray *wire = wire_new (ANSWER, query->name, query->type);
    wire_count (wire, 1);
    return wire;
  }
  if (strcmp (query->name, "halffail.test") == 0 || strcmp (query->name, "v4.test") == 0)
    return say_addresses (query, 2, 0);
  if (strcmp (query->name, "halfnothing.test") == 0)
    return v6 ? wire_new (SERVFAIL, query->name, query->type) : say_addresses (query, 0, 0);
  if (strcmp (query->name, "big.test") == 0)
    return say_truncated (query);
  if (g_str_has_suffix (query->name, ".chain.test"))
    return say_next (query, 5);
  if (g_str_has_suffix (query->name, ".endless.test"))
    return say_next (query, G_MAXUINT);
  if (query->type == MR_DNS_MX)
    return say_mx (query);
  if (query->type == MR_DNS_SRV)
    return say_srv (query);
  return say_addresses (query, 3, 2);
}

/* ---- what is told ---- */

typedef struct {
  guint calls;
  gboolean nxdomain;
  char *got;
  GError *error;
  MrResolver **free_inside;
  MrResolver *again_inside;
} Result;

static void
result_clear (Result *result)
{
  g_clear_pointer (&result->got, g_free);
  g_clear_error (&result->error);
  result->calls = 0;
}

static void addresses_cb (const char *const *addresses, const GError *error, gpointer data);

static void
note (Result *result, char *got, const GError *error)
{
  g_free (result->got);
  g_clear_error (&result->error);
  result->calls++;
  result->got = got;
  result->error = error != NULL ? g_error_copy (error) : NULL;
  if (result->free_inside != NULL)
    g_clear_pointer (result->free_inside, mr_resolver_free);
  if (result->again_inside != NULL)
    mr_resolver_lookup_addresses (g_steal_pointer (&result->again_inside), "v4.test", addresses_cb, result);
}

static void
mx_cb (GPtrArray *records, gboolean nxdomain, const GError *error, gpointer data)
{
  Result *result = data;
  GString *got = g_string_new (NULL);

  g_assert_true ((records == NULL) == (error != NULL));
  for (guint i = 0; records != NULL && i < records->len; i++) {
    const MrMxRecord *record = g_ptr_array_index (records, i);
    g_string_append_printf (got, "%u %s;", record->preference, record->name);
  }
  result->nxdomain = nxdomain;
  note (result, g_string_free (got, FALSE), error);
}

static void
srv_cb (GPtrArray *records, const GError *error, gpointer data)
{
  GString *got = g_string_new (NULL);

  g_assert_true ((records == NULL) == (error != NULL));
  for (guint i = 0; records != NULL && i < records->len; i++) {
    const MrSrvRecord *record = g_ptr_array_index (records, i);
    g_string_append_printf (got, "%u %u %u %s;", record->priority, record->weight, record->port, record->target);
  }
  note (data, g_string_free (got, FALSE), error);
}

static void
addresses_cb (const char *const *addresses, const GError *error, gpointer data)
{
  g_assert_true ((addresses == NULL) == (error != NULL));
  note (data, addresses != NULL ? g_strjoinv (" ", (char **)addresses) : NULL, error);
}

static MrResolver *
resolver_new (const char *servers, guint timeout_ms)
{
  g_autoptr (GError) error = NULL;
  MrResolver *resolver = mr_resolver_new_with_options (
      &(MrResolverOptions){ .servers = servers, .hosts = "/dev/null", .timeout_ms = timeout_ms, .tries = 2 }, &error);

  g_assert_no_error (error);
  return resolver;
}

static void
look_up_mx (MrResolver *resolver, const char *name, Result *result)
{
  result_clear (result);
  mr_resolver_lookup_mx (resolver, name, mx_cb, result);
  g_assert_cmpuint (result->calls, ==, 0);
  wait_for (result->calls > 0);
}

static void
look_up_srv (MrResolver *resolver, const char *name, Result *result)
{
  result_clear (result);
  mr_resolver_lookup_srv (resolver, name, srv_cb, result);
  g_assert_cmpuint (result->calls, ==, 0);
  wait_for (result->calls > 0);
}

static void
look_up (MrResolver *resolver, const char *name, Result *result)
{
  result_clear (result);
  mr_resolver_lookup_addresses (resolver, name, addresses_cb, result);
  g_assert_cmpuint (result->calls, ==, 0);
  wait_for (result->calls > 0);
}

static void
test_mx (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 5000);
  Result result = { 0 };
  guint a_first = 0, b_first = 0;

  /* Sorted; equals in both orders sooner or later. */
  while (a_first == 0 || b_first == 0) {
    look_up_mx (resolver, "example.test", &result);
    g_assert_no_error (result.error);
    a_first += strcmp (result.got, "10 a.test;10 b.test;20 c.test;") == 0;
    b_first += strcmp (result.got, "10 b.test;10 a.test;20 c.test;") == 0;
  }
  look_up_mx (resolver, "null.test", &result);
  g_assert_cmpstr (result.got, ==, "0 ;");
  /* A null MX beside others is none. */
  look_up_mx (resolver, "nullandmore.test", &result);
  g_assert_cmpuint (strlen (result.got), ==, strlen ("10 a.test;10 b.test;20 c.test;"));
  result_clear (&result);
  dns_server_free (server);
}

static void
test_srv (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 5000);
  Result result = { 0 }, cancelled = { 0 };
  guint a_first = 0, b_first = 0;

  /* By priority; within one by lot, and weight 0 comes first sooner or later too. */
  while (a_first == 0 || b_first == 0) {
    look_up_srv (resolver, "_all._tcp.test", &result);
    g_assert_no_error (result.error);
    a_first += strcmp (result.got, "10 0 465 a.test;10 2 465 b.test;20 5 587 c.test;") == 0;
    b_first += strcmp (result.got, "10 2 465 b.test;10 0 465 a.test;20 5 587 c.test;") == 0;
    g_assert_true (g_str_has_suffix (result.got, ";20 5 587 c.test;"));
  }
  /* "Not offered" counts only alone. */
  look_up_srv (resolver, "_off._tcp.test", &result);
  g_assert_cmpstr (result.got, ==, "0 0 0 ;");
  look_up_srv (resolver, "_some._tcp.test", &result);
  g_assert_true (g_str_has_suffix (result.got, ";20 5 587 c.test;"));
  look_up_srv (resolver, "_none._tcp.test", &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND);
  look_up_srv (resolver, "not a name", &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_DNS_NOT_FOUND);
  mr_resolver_lookup_srv (resolver, "_all._tcp.test", srv_cb, &cancelled);
  mr_resolver_cancel (resolver, &cancelled);
  look_up_srv (resolver, "_all._tcp.test", &result);
  g_assert_cmpuint (cancelled.calls, ==, 0);
  result_clear (&result);
  dns_server_free (server);
}

typedef struct {
  const char *name;
  int mx_code;
  gboolean nxdomain;
  int address_code;
} Row;

static void
test_errors (void)
{
  static const Row rows[] = {
    { "nx.test", MR_ERROR_DNS_NOT_FOUND, TRUE, MR_ERROR_DNS_NOT_FOUND },
    { "nodata.test", MR_ERROR_DNS_NOT_FOUND, FALSE, MR_ERROR_DNS_NOT_FOUND },
    { "servfail.test", MR_ERROR_DNS_TEMPORARY, FALSE, MR_ERROR_DNS_TEMPORARY },
    { "refused.test", MR_ERROR_DNS_TEMPORARY, FALSE, MR_ERROR_DNS_TEMPORARY },
    { "broken.test", MR_ERROR_DNS_TEMPORARY, FALSE, MR_ERROR_DNS_TEMPORARY },
    { "silent.test", MR_ERROR_DNS_TEMPORARY, FALSE, MR_ERROR_DNS_TEMPORARY },
    { "bad..name", MR_ERROR_DNS_NOT_FOUND, TRUE, MR_ERROR_DNS_NOT_FOUND },
    { "", MR_ERROR_DNS_NOT_FOUND, TRUE, MR_ERROR_DNS_NOT_FOUND },
  };
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 20);
  Result result = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    look_up_mx (resolver, rows[i].name, &result);
    g_assert_error (result.error, MR_ERROR, rows[i].mx_code);
    g_assert_cmpint (result.nxdomain, ==, rows[i].nxdomain);
    look_up (resolver, rows[i].name, &result);
    g_assert_error (result.error, MR_ERROR, rows[i].address_code);
    g_assert_cmpuint (result.calls, ==, 1);
  }
  result_clear (&result);
  dns_server_free (server);
}

static void
test_nobody_listens (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 1000);
  Result result = { 0 };

  dns_server_free (server);
  look_up (resolver, "example.test", &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_DNS_TEMPORARY);
  result_clear (&result);
}

static void
test_addresses (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 5000);
  Result result = { 0 };

  look_up (resolver, "example.test", &result);
  g_assert_cmpstr (result.got, ==, "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 192.0.2.3");
  look_up (resolver, "v4.test", &result);
  g_assert_cmpstr (result.got, ==, "192.0.2.1 192.0.2.2");
  /* One family that cannot be asked does not take the other. */
  look_up (resolver, "halffail.test", &result);
  g_assert_cmpstr (result.got, ==, "192.0.2.1 192.0.2.2");
  /* ... but makes "nothing" uncertain. */
  look_up (resolver, "halfnothing.test", &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_DNS_TEMPORARY);
  result_clear (&result);
  dns_server_free (server);
}

static void
test_truncated (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 5000);
  g_auto (GStrv) addresses = NULL;
  Result result = { 0 };

  look_up (resolver, "big.test", &result);
  g_assert_no_error (result.error);
  addresses = g_strsplit (result.got, " ", -1);
  g_assert_cmpuint (g_strv_length (addresses), ==, 16);
  g_assert_cmpstr (addresses[14], ==, "2001:db8::8");
  g_assert_cmpstr (addresses[15], ==, "192.0.2.8");
  result_clear (&result);
  dns_server_free (server);
}

static void
test_aliases (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 5000);
  Result result = { 0 };

  look_up (resolver, "n0.chain.test", &result);
  g_assert_cmpstr (result.got, ==, "192.0.2.1");
  server->queries = 0;
  look_up (resolver, "n0.endless.test", &result);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_DNS_TEMPORARY);
  g_assert_cmpuint (server->queries, <=, 2 * (MR_DNS_ALIASES_MAX + 1));
  result_clear (&result);
  dns_server_free (server);
}

static void
test_no_edns (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 5000);
  Result result = { 0 };

  look_up_mx (resolver, "noedns.test", &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (server->queries, ==, 2);
  result_clear (&result);
  dns_server_free (server);
}

static GByteArray *
refuse_all (DnsServer *server, const DnsQuery *query, gpointer data)
{
  return wire_new (REFUSED, query->name, query->type);
}

static GByteArray *
stay_silent (DnsServer *server, const DnsQuery *query, gpointer data)
{
  return NULL;
}

/* One that refuses, or does not answer, leads to the next. */
static void
test_next_server (void)
{
  static const DnsHandler handlers[] = { refuse_all, stay_silent };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++) {
    DnsServer *bad = dns_server_new (handlers[i], NULL), *good = dns_server_new (say, NULL);
    g_autofree char *servers = g_strdup_printf ("%s,%s", bad->address, good->address);
    g_autoptr (MrResolver) resolver = resolver_new (servers, 50);
    Result result = { 0 };

    look_up_mx (resolver, "null.test", &result);
    g_assert_cmpstr (result.got, ==, "0 ;");
    g_assert_cmpuint (bad->queries, >, 0);
    result_clear (&result);
    dns_server_free (bad);
    dns_server_free (good);
  }
}

static void
test_never_asked (void)
{
  static const char *const rows[][2] = {
    { "192.0.2.1", "192.0.2.1" },      { "2001:db8::1", "2001:db8::1" },   { "localhost", "::1 127.0.0.1" },
    { "LocalHost.", "::1 127.0.0.1" }, { "a.localhost", "::1 127.0.0.1" }, { "Printer", "192.0.2.50" },
  };
  DnsServer *server = dns_server_new (say, NULL);
  g_autofree char *folder = g_dir_make_tmp ("mail-relay-net-XXXXXX", NULL);
  g_autofree char *hosts = g_build_filename (folder, "hosts", NULL);
  g_autoptr (MrResolver) resolver = NULL;
  Result result = { 0 };

  g_assert_true (g_file_set_contents (hosts, "192.0.2.50 printer example.test\n", -1, NULL));
  resolver = mr_resolver_new_with_options (
      &(MrResolverOptions){ .servers = server->address, .hosts = hosts, .timeout_ms = 5000, .tries = 1 }, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    look_up (resolver, rows[i][0], &result);
    g_assert_cmpstr (result.got, ==, rows[i][1]);
  }
  g_assert_cmpuint (server->queries, ==, 0);
  /* The hosts file has no say about MX. */
  look_up_mx (resolver, "example.test", &result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (server->queries, ==, 1);
  result_clear (&result);
  dns_server_free (server);
  g_unlink (hosts);
  g_rmdir (folder);
}

static void
test_at_most_200 (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 60000);
  Result result = { 0 };

  server->hold = TRUE;
  for (guint i = 0; i < 700; i++)
    mr_resolver_lookup_mx (resolver, "null.test", mx_cb, &result);
  wait_for (server->queries >= 200);
  settle ();
  g_assert_cmpuint (server->queries, ==, 200);
  while (result.calls < 700) {
    dns_server_release (server);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpuint (server->queries, ==, 700);
  g_assert_no_error (result.error);
  /* Numbers that cannot be guessed, and not one source port for ever. */
  g_assert_cmpuint (g_hash_table_size (server->ids), >, 650);
  g_assert_cmpuint (g_hash_table_size (server->ports), >=, 2);
  result_clear (&result);
  dns_server_free (server);
}

static void
test_cancel (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  g_autoptr (MrResolver) resolver = resolver_new (server->address, 5000);
  Result cancelled = { 0 }, other = { 0 };

  mr_resolver_lookup_mx (resolver, "example.test", mx_cb, &cancelled);
  mr_resolver_lookup_addresses (resolver, "example.test", addresses_cb, &cancelled);
  mr_resolver_lookup_addresses (resolver, "127.0.0.1", addresses_cb, &cancelled);
  mr_resolver_cancel (resolver, &cancelled);
  look_up (resolver, "example.test", &other);
  settle ();
  g_assert_cmpuint (cancelled.calls, ==, 0);
  result_clear (&other);
  dns_server_free (server);
}

static void
test_free_in_flight (void)
{
  DnsServer *server = dns_server_new (stay_silent, NULL);
  MrResolver *resolver = resolver_new (server->address, 60000);
  Result one = { 0 }, two = { 0 }, local = { 0 };

  mr_resolver_lookup_mx (resolver, "example.test", mx_cb, &one);
  mr_resolver_lookup_addresses (resolver, "example.test", addresses_cb, &two);
  mr_resolver_lookup_addresses (resolver, "127.0.0.1", addresses_cb, &local);
  mr_resolver_free (resolver);
  g_assert_error (one.error, MR_ERROR, MR_ERROR_CANCELLED);
  g_assert_error (two.error, MR_ERROR, MR_ERROR_CANCELLED);
  g_assert_error (local.error, MR_ERROR, MR_ERROR_CANCELLED);
  g_assert_cmpuint (one.calls + two.calls + local.calls, ==, 3);
  settle ();
  result_clear (&one);
  result_clear (&two);
  result_clear (&local);
  dns_server_free (server);
}

static void
test_inside_callback (void)
{
  DnsServer *server = dns_server_new (say, NULL);
  MrResolver *resolver = resolver_new (server->address, 5000);
  Result again = { .again_inside = resolver }, frees = { .free_inside = &resolver }, other = { 0 };

  mr_resolver_lookup_mx (resolver, "null.test", mx_cb, &again);
  wait_for (again.calls == 2);
  g_assert_cmpstr (again.got, ==, "192.0.2.1 192.0.2.2");
  mr_resolver_lookup_mx (resolver, "null.test", mx_cb, &frees);
  mr_resolver_lookup_mx (resolver, "silent.test", mx_cb, &other);
  wait_for (frees.calls == 1);
  g_assert_null (resolver);
  g_assert_error (other.error, MR_ERROR, MR_ERROR_CANCELLED);
  settle ();
  result_clear (&again);
  result_clear (&frees);
  result_clear (&other);
  dns_server_free (server);
}

static void
test_bad_servers (void)
{
  static const char *const bad[]
      = { "not an address", "127.0.0.1:99999999", "example.com", "127.0.0.1:0", "127.0.0.1,nonsense", "[", "[]" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mr_resolver_new (bad[i], 1000, 1, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

static void
test_good_servers (void)
{
  static const char *const good[] = { "127.0.0.1", "::1", "[::1]", "127.0.0.1:53; [::1]:5353", "192.0.2.1,192.0.2.2:54",
                                      "" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MrResolver) resolver = mr_resolver_new (good[i], 1000, 1, &error);

    g_assert_no_error (error);
  }
}

/* The system's servers change while we run: the new ones are asked, also where the file is a link. */
static void
test_resolv_conf (void)
{
  for (guint linked = 0; linked < 2; linked++) {
    DnsServer *first = dns_server_new (say, NULL), *second = dns_server_new_beside (first, 2);
    g_autofree char *folder = g_dir_make_tmp ("mail-relay-net-XXXXXX", NULL);
    g_autofree char *real = g_build_filename (folder, "real", NULL), *link = g_build_filename (folder, "link", NULL);
    g_autoptr (MrResolver) resolver = NULL;
    Result result = { 0 };

    g_assert_nonnull (second);
    g_assert_true (g_file_set_contents (real, "nameserver 127.0.0.1\n", -1, NULL));
    g_assert_cmpint (symlink (real, link), ==, 0);
    resolver = mr_resolver_new_with_options (&(MrResolverOptions){ .resolv_conf = linked ? link : real,
                                                                   .port = first->port,
                                                                   .hosts = "/dev/null",
                                                                   .timeout_ms = 5000,
                                                                   .tries = 1 },
                                             NULL);
    look_up_mx (resolver, "null.test", &result);
    g_assert_no_error (result.error);
    g_assert_cmpuint (first->queries, ==, 1);
    g_assert_true (g_file_set_contents (real, "nameserver 127.0.0.2\n", -1, NULL));
    while (second->queries == 0)
      look_up_mx (resolver, "null.test", &result);
    g_assert_no_error (result.error);
    result_clear (&result);
    g_clear_pointer (&resolver, mr_resolver_free);
    dns_server_free (first);
    dns_server_free (second);
    g_unlink (link);
    g_unlink (real);
    g_rmdir (folder);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resolver/mx", test_mx);
  g_test_add_func ("/resolver/srv", test_srv);
  g_test_add_func ("/resolver/errors", test_errors);
  g_test_add_func ("/resolver/nobody-listens", test_nobody_listens);
  g_test_add_func ("/resolver/addresses", test_addresses);
  g_test_add_func ("/resolver/truncated", test_truncated);
  g_test_add_func ("/resolver/aliases", test_aliases);
  g_test_add_func ("/resolver/no-edns", test_no_edns);
  g_test_add_func ("/resolver/next-server", test_next_server);
  g_test_add_func ("/resolver/never-asked", test_never_asked);
  g_test_add_func ("/resolver/at-most-200", test_at_most_200);
  g_test_add_func ("/resolver/cancel", test_cancel);
  g_test_add_func ("/resolver/free-in-flight", test_free_in_flight);
  g_test_add_func ("/resolver/inside-callback", test_inside_callback);
  g_test_add_func ("/resolver/bad-servers", test_bad_servers);
  g_test_add_func ("/resolver/good-servers", test_good_servers);
  g_test_add_func ("/resolver/resolv-conf", test_resolv_conf);
  return g_test_run ();
}
