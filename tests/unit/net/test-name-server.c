/* Questions to one name server itself, and answers of the resolver with their header bits: flags on the wire, truncation, servers that are lame, fail, do
 * not know EDNS, or are not there; questions in flight when it ends. */
#include "net/dns-server.h"

#include <string.h>

#include "dns-server.h"
#include "net-test.h"
#include "net/resolver.h"

#define ANSWER        0x8180
#define AUTHORITATIVE 0x8500
#define SERVFAIL      0x8182
#define FORMERR       0x8181
#define TRUNCATED     0x8780
#define AD            0x20

typedef struct {
  guint done;
  MrDnsAnswer *answer;
  gint code; /* of the error, -1: none */
  char *message;
} Told;

static void
told_clear (Told *told)
{
  mr_dns_answer_free (told->answer);
  g_free (told->message);
  *told = (Told){ .code = -1 };
}

static void
answer_cb (const MrDnsAnswer *answer, const GError *error, gpointer data)
{
  Told *told = data;
  guint done = told->done + 1;

  g_assert_true ((answer == NULL) != (error == NULL));
  told_clear (told);
  told->done = done;
  if (answer != NULL)
    told->answer = mr_dns_answer_copy (answer);
  else {
    g_assert_cmpint (error->domain, ==, MR_ERROR);
    told->code = error->code;
    told->message = g_strdup (error->message);
  }
}

static void
ask (MrDnsServer *server, const char *name, MrDnsType type, Told *told)
{
  guint before = told->done;

  mr_dns_server_ask (server, name, type, answer_cb, told);
  g_assert_cmpuint (told->done, ==, before); /* never inside of the call */
  wait_for (told->done == before + 1);
}

static const char *
text_of (const Told *told, guint n)
{
  g_assert_nonnull (told->answer);
  g_assert_cmpuint (told->answer->records->len, >, n);
  return ((const MrDnsRecord *)g_ptr_array_index (told->answer->records, n))->text;
}

static void
add_text (GByteArray *wire, const char *owner, gsize len)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  while (len > 0) {
    guint8 piece = (guint8)MIN (len, 255);
    g_autofree char *string = g_strnfill (piece, 'x');

    g_byte_array_append (data, &piece, 1);
    g_byte_array_append (data, (const guint8 *)string, piece);
    len -= piece;
  }
  wire_record (wire, 1, owner, MR_DNS_TXT, data->data, data->len);
}

/* By the first label of what is asked. */
static GByteArray *
by_name (DnsServer *server, const DnsQuery *query, gpointer data)
{
  guint *recursion = data;
  GByteArray *wire;

  if (recursion != NULL)
    *recursion += query->recursion;
  if (g_str_has_prefix (query->name, "silent"))
    return NULL;
  if (g_str_has_prefix (query->name, "fails"))
    return wire_new (SERVFAIL, query->name, query->type);
  if (g_str_has_prefix (query->name, "bogus"))
    return wire_new (query->unchecked ? ANSWER : SERVFAIL, query->name, query->type);
  if (g_str_has_prefix (query->name, "plain") && query->edns)
    return wire_new (FORMERR, query->name, query->type);
  if (g_str_has_prefix (query->name, "garbage")) {
    wire = wire_new (AUTHORITATIVE, query->name, query->type);
    wire_count (wire, 1); /* of a record that is not there */
    return wire;
  }
  if (g_str_has_prefix (query->name, "big")) {
    if (!query->tcp)
      return wire_new (TRUNCATED, query->name, query->type);
    wire = wire_new (AUTHORITATIVE, query->name, query->type);
    add_text (wire, query->name, 5000);
    return wire;
  }
  wire = wire_new (g_str_has_prefix (query->name, "lame") ? ANSWER : AUTHORITATIVE | AD, query->name, query->type);
  if (query->type == MR_DNS_A)
    wire_address (wire, query->name, "192.0.2.1");
  return wire;
}

static void
test_server (void)
{
  guint recursion = 0;
  DnsServer *mock = dns_server_new (by_name, &recursion);
  g_autoptr (MrDnsServer) server = mr_dns_server_new ("127.0.0.1", mock->port, 200, 1, NULL);
  Told told = { .code = -1 };

  g_assert_cmpstr (mr_dns_server_get_address (server), ==, "127.0.0.1");
  ask (server, "good.example", MR_DNS_A, &told);
  g_assert_cmpstr (text_of (&told, 0), ==, "192.0.2.1");
  g_assert_true (told.answer->authoritative);
  ask (server, "lame.example", MR_DNS_A, &told);
  g_assert_false (told.answer->authoritative);
  ask (server, "good.example", MR_DNS_TXT, &told);
  g_assert_cmpint (told.answer->outcome, ==, MR_DNS_NO_DATA);
  ask (server, "big.example", MR_DNS_TXT, &told);
  g_assert_cmpuint (strlen (text_of (&told, 0)), ==, 5000);
  ask (server, "plain.example", MR_DNS_A, &told);
  g_assert_cmpstr (text_of (&told, 0), ==, "192.0.2.1");
  g_assert_cmpuint (recursion, ==, 0);
  told_clear (&told);
  dns_server_free (mock);
}

static void
test_trouble (void)
{
  DnsServer *mock = dns_server_new (by_name, NULL);
  g_autoptr (MrDnsServer) server = mr_dns_server_new ("127.0.0.1", mock->port, 50, 1, NULL);
  g_autoptr (GError) error = NULL;
  Told told = { .code = -1 };

  ask (server, "fails.example", MR_DNS_A, &told);
  g_assert_cmpint (told.code, ==, MR_ERROR_REFUSED);
  g_assert_nonnull (strstr (told.message, "SERVFAIL"));
  ask (server, "silent.example", MR_DNS_A, &told);
  g_assert_cmpint (told.code, ==, MR_ERROR_TIMED_OUT);
  ask (server, "garbage.example", MR_DNS_A, &told);
  g_assert_cmpint (told.code, ==, MR_ERROR_PROTOCOL);
  ask (server, "a..b", MR_DNS_A, &told);
  g_assert_cmpint (told.code, ==, MR_ERROR_NETWORK);
  dns_server_free (mock);
  ask (server, "good.example", MR_DNS_A, &told);
  g_assert_cmpint (told.code, ==, MR_ERROR_NETWORK);
  told_clear (&told);
  g_assert_null (mr_dns_server_new ("ns.example", 53, 50, 1, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

static void
test_free_in_flight (void)
{
  DnsServer *mock = dns_server_new (by_name, NULL);
  MrDnsServer *server = mr_dns_server_new ("127.0.0.1", mock->port, 5000, 1, NULL);
  Told told = { .code = -1 };

  mr_dns_server_ask (server, "silent.example", MR_DNS_A, answer_cb, &told);
  mr_dns_server_ask (server, "a..b", MR_DNS_A, answer_cb, &told);
  wait_for (mock->queries == 1 || told.done > 0);
  mr_dns_server_free (server);
  settle ();
  g_assert_cmpuint (told.done, <=, 1);
  told_clear (&told);
  dns_server_free (mock);
}

static MrDnsServer *freed;

static void
free_cb (const MrDnsAnswer *answer, const GError *error, gpointer data)
{
  g_clear_pointer (&freed, mr_dns_server_free);
  ++*(guint *)data;
}

static void
test_free_inside (void)
{
  DnsServer *mock = dns_server_new (by_name, NULL);
  guint done = 0;

  freed = mr_dns_server_new ("127.0.0.1", mock->port, 5000, 1, NULL);
  mr_dns_server_ask (freed, "good.example", MR_DNS_A, free_cb, &done);
  wait_for (done == 1);
  g_assert_null (freed);
  dns_server_free (mock);
}

/* ---- through the resolver ---- */

static void
resolve (MrResolver *resolver, const char *name, MrDnsType type, gboolean unchecked, Told *told)
{
  guint before = told->done;

  if (unchecked)
    mr_resolver_lookup_unchecked (resolver, name, type, answer_cb, told);
  else
    mr_resolver_lookup_answer (resolver, name, type, answer_cb, told);
  wait_for (told->done == before + 1);
}

static void
test_bits (void)
{
  guint recursion = 0;
  DnsServer *mock = dns_server_new (by_name, &recursion);
  g_autoptr (MrResolver) resolver = mr_resolver_new (mock->address, 200, 1, NULL);
  Told told = { .code = -1 };

  resolve (resolver, "good.example", MR_DNS_A, FALSE, &told);
  g_assert_true (told.answer->authenticated);
  resolve (resolver, "lame.example", MR_DNS_DS, FALSE, &told);
  g_assert_false (told.answer->authenticated);
  g_assert_cmpint (told.answer->outcome, ==, MR_DNS_NO_DATA);
  resolve (resolver, "bogus.example", MR_DNS_A, FALSE, &told);
  g_assert_cmpint (told.code, ==, MR_ERROR_DNS_TEMPORARY);
  resolve (resolver, "bogus.example", MR_DNS_A, TRUE, &told);
  g_assert_cmpint (told.answer->outcome, ==, MR_DNS_NO_DATA);
  resolve (resolver, "a..b", MR_DNS_A, TRUE, &told);
  g_assert_cmpint (told.code, ==, MR_ERROR_DNS_NOT_FOUND);
  g_assert_cmpuint (recursion, ==, mock->queries);
  told_clear (&told);
  dns_server_free (mock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-server/server", test_server);
  g_test_add_func ("/name-server/trouble", test_trouble);
  g_test_add_func ("/name-server/free-in-flight", test_free_in_flight);
  g_test_add_func ("/name-server/free-inside", test_free_inside);
  g_test_add_func ("/name-server/bits", test_bits);
  return g_test_run ();
}
