/* The reader of DNS answers: what is found, what is not there, and what is broken. */
#include <string.h>

#include "dns-wire.h"

#define ANSWER   0x8180
#define NXDOMAIN 0x8183

static MrDnsAnswer *
parse (const GByteArray *wire, const char *name, MrDnsType type)
{
  /* A copy of the exact size: one byte too many is seen by the sanitizer. */
  g_autofree guint8 *copy = g_memdup2 (wire->data, wire->len);

  return mr_dns_answer_parse (copy, wire->len, name, type, FALSE);
}

static void
expect (GByteArray *wire, const char *name, MrDnsType type, MrDnsOutcome outcome, const char *records)
{
  g_autoptr (MrDnsAnswer) answer = parse (wire, name, type);
  g_autoptr (GString) got = g_string_new (NULL);

  for (guint i = 0; i < answer->records->len; i++) {
    const MrDnsRecord *record = g_ptr_array_index (answer->records, i);

    if (type == MR_DNS_SRV)
      g_string_append_printf (got, "%u %u %u ", record->preference, record->weight, record->port);
    else if (type == MR_DNS_MX)
      g_string_append_printf (got, "%u ", record->preference);
    g_string_append_printf (got, "%s;", record->text);
    g_assert_cmpuint (record->ttl, ==, 300);
  }
  g_assert_cmpint (answer->outcome, ==, outcome);
  g_assert_cmpstr (got->str, ==, records);
  g_byte_array_unref (wire);
}

static void
test_found (void)
{
  GByteArray *wire = wire_new (ANSWER, "Mx.Example", MR_DNS_A);

  wire_address (wire, "mX.example", "192.0.2.1");
  wire_address (wire, "mx.example", "192.0.2.2");
  wire_address (wire, "other.example", "192.0.2.3");
  wire_address (wire, "mx.example", "2001:db8::1");
  expect (wire, "mx.EXAMPLE.", MR_DNS_A, MR_DNS_FOUND, "192.0.2.1;192.0.2.2;");
  wire = wire_new (ANSWER, "mx.example", MR_DNS_AAAA);
  wire_address (wire, "mx.example", "2001:db8::1");
  expect (wire, "mx.example", MR_DNS_AAAA, MR_DNS_FOUND, "2001:db8::1;");
}

static void
test_mx (void)
{
  GByteArray *wire = wire_new (ANSWER, "example.com", MR_DNS_MX);

  wire_mx (wire, "example.com", 20, "MX2.example.com");
  wire_mx (wire, "example.com", 10, "mx1.example.com");
  expect (wire, "example.com", MR_DNS_MX, MR_DNS_FOUND, "20 mx2.example.com;10 mx1.example.com;");
  /* The null MX: RFC 7505. */
  wire = wire_new (ANSWER, "example.com", MR_DNS_MX);
  wire_mx (wire, "example.com", 0, "");
  expect (wire, "example.com", MR_DNS_MX, MR_DNS_FOUND, "0 ;");
}

static void
test_srv (void)
{
  GByteArray *wire = wire_new (ANSWER, "_submission._tcp.example.com", MR_DNS_SRV);

  wire_srv (wire, "_submission._tcp.example.com", 20, 65535, 587, "Smtp.example.com");
  wire_srv (wire, "_submission._tcp.example.com", 0, 1, 65535, "");
  expect (wire, "_submission._tcp.example.com", MR_DNS_SRV, MR_DNS_FOUND, "20 65535 587 smtp.example.com;0 1 65535 ;");
  /* No target, half a number, a target that is no host, bytes behind it. */
  wire = wire_new (ANSWER, "_s._tcp.example.com", MR_DNS_SRV);
  wire_record (wire, 1, "_s._tcp.example.com", MR_DNS_SRV, "\0\1\0\2\0\3", 6);
  wire_record (wire, 1, "_s._tcp.example.com", MR_DNS_SRV, "\0\1\0\2\0", 5);
  wire_srv (wire, "_s._tcp.example.com", 0, 0, 25, "a b");
  wire_record (wire, 1, "_s._tcp.example.com", MR_DNS_SRV, "\0\1\0\2\0\3\1a\0x", 10);
  expect (wire, "_s._tcp.example.com", MR_DNS_SRV, MR_DNS_MALFORMED, "");
}

static void
test_not_there (void)
{
  GByteArray *wire = wire_new (ANSWER, "example.com", MR_DNS_MX);

  wire_soa (wire, "example.com");
  expect (wire, "example.com", MR_DNS_MX, MR_DNS_NO_DATA, "");
  expect (wire_new (ANSWER, "example.com", MR_DNS_MX), "example.com", MR_DNS_MX, MR_DNS_NO_DATA, "");
  wire = wire_new (NXDOMAIN, "nx.example.com", MR_DNS_A);
  wire_soa (wire, "example.com");
  expect (wire, "nx.example.com", MR_DNS_A, MR_DNS_NX_DOMAIN, "");
}

static void
test_failures (void)
{
  GByteArray *wire;

  for (guint rcode = 1; rcode < 16; rcode++) {
    g_autoptr (MrDnsAnswer) answer = NULL;

    wire = wire_new ((guint16)(0x8180 | rcode), "example.com", MR_DNS_A);
    answer = parse (wire, "example.com", MR_DNS_A);
    g_assert_cmpuint (answer->rcode, ==, rcode);
    g_assert_cmpint (answer->outcome, ==, rcode == 3 ? MR_DNS_NX_DOMAIN : MR_DNS_FAILURE);
    g_byte_array_unref (wire);
  }
  /* A referral: this server does not resolve. */
  wire = wire_new (ANSWER, "example.com", MR_DNS_A);
  wire_record (wire, 2, "com", MR_DNS_NS, "\2ns\0", 4);
  expect (wire, "example.com", MR_DNS_A, MR_DNS_FAILURE, "");
}

static void
test_aliases (void)
{
  GByteArray *wire = wire_new (ANSWER, "a.example", MR_DNS_A);
  g_autoptr (MrDnsAnswer) answer = NULL;

  /* In any order. */
  wire_address (wire, "c.example", "192.0.2.1");
  wire_alias (wire, "b.example", "C.example");
  wire_alias (wire, "a.example", "b.example");
  expect (wire, "a.example", MR_DNS_A, MR_DNS_FOUND, "192.0.2.1;");
  /* Records of a name on the way are not the target's. */
  wire = wire_new (ANSWER, "a.example", MR_DNS_A);
  wire_alias (wire, "a.example", "b.example");
  wire_address (wire, "a.example", "192.0.2.1");
  answer = parse (wire, "a.example", MR_DNS_A);
  g_assert_cmpint (answer->outcome, ==, MR_DNS_ALIAS);
  g_assert_cmpstr (answer->name, ==, "b.example");
  /* With the SOA it is certain that there is nothing. */
  wire_soa (wire, "example");
  expect (wire, "a.example", MR_DNS_A, MR_DNS_NO_DATA, "");
  wire = wire_new (NXDOMAIN, "a.example", MR_DNS_A);
  wire_alias (wire, "a.example", "b.example");
  expect (wire, "a.example", MR_DNS_A, MR_DNS_NX_DOMAIN, "");
}

static void
test_alias_rings (void)
{
  GByteArray *wire = wire_new (ANSWER, "a.example", MR_DNS_A);

  wire_alias (wire, "a.example", "b.example");
  wire_alias (wire, "b.example", "a.example");
  wire_address (wire, "a.example", "192.0.2.1");
  expect (wire, "a.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  wire = wire_new (ANSWER, "a.example", MR_DNS_A);
  wire_alias (wire, "a.example", "a.example");
  expect (wire, "a.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  /* Longer than anybody needs. */
  wire = wire_new (ANSWER, "n0.example", MR_DNS_A);
  for (guint i = 0; i <= MR_DNS_ALIASES_MAX; i++) {
    g_autofree char *from = g_strdup_printf ("n%u.example", i), *to = g_strdup_printf ("n%u.example", i + 1);
    wire_alias (wire, from, to);
  }
  expect (wire, "n0.example", MR_DNS_A, MR_DNS_MALFORMED, "");
}

static void
pointer_record (GByteArray *wire, guint target)
{
  wire_u16 (wire, 0xc000 | target);
  wire_u16 (wire, MR_DNS_A);
  wire_u16 (wire, 1);
  wire_u32 (wire, 300);
  wire_u16 (wire, 4);
  wire_u32 (wire, 0xc0000201);
  wire_count (wire, 1);
}

static void
test_compression (void)
{
  GByteArray *wire = wire_new (ANSWER, "mx.example", MR_DNS_A);
  guint at;

  pointer_record (wire, 12);
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_FOUND, "192.0.2.1;");
  /* To itself, forward, out of the message. */
  wire = wire_new (ANSWER, "mx.example", MR_DNS_A);
  pointer_record (wire, wire->len);
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  wire = wire_new (ANSWER, "mx.example", MR_DNS_A);
  pointer_record (wire, wire->len + 2);
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  wire = wire_new (ANSWER, "mx.example", MR_DNS_A);
  pointer_record (wire, 0x3fff);
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  /* A label before a pointer back to that label. */
  wire = wire_new (ANSWER, "mx.example", MR_DNS_A);
  at = wire->len;
  wire_u8 (wire, 1);
  wire_u8 (wire, 'a');
  pointer_record (wire, at);
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  /* The reserved kinds of labels. */
  wire = wire_new (ANSWER, "mx.example", MR_DNS_A);
  wire_u8 (wire, 0x40);
  wire_count (wire, 1);
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
}

static void
test_broken_records (void)
{
  GByteArray *wire = wire_new (ANSWER, "mx.example", MR_DNS_A);

  /* Wrong lengths are left out; nothing else left is malformed, not "no such record". */
  wire_record (wire, 1, "mx.example", MR_DNS_A, "abc", 3);
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  wire = wire_new (ANSWER, "mx.example", MR_DNS_A);
  wire_record (wire, 1, "mx.example", MR_DNS_A, "abcde", 5);
  wire_address (wire, "mx.example", "192.0.2.1");
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_FOUND, "192.0.2.1;");
  /* MX: no name, a name with bytes behind it, a name that is no host. */
  wire = wire_new (ANSWER, "example.com", MR_DNS_MX);
  wire_record (wire, 1, "example.com", MR_DNS_MX, "\0\12", 2);
  wire_record (wire, 1, "example.com", MR_DNS_MX, "\0\12\1a\0x", 6);
  wire_mx (wire, "example.com", 10, "a b");
  wire_mx (wire, "example.com", 10, "a\r\nb");
  expect (wire, "example.com", MR_DNS_MX, MR_DNS_MALFORMED, "");
}

/* Types whose text is made here: their numbers, and what is too short or says more than it has. */
static void
test_other_types (void)
{
  static const struct {
    guint type;
    const char *data;
    gsize len;
    const char *text; /* NULL: broken */
  } rows[] = {
    { MR_DNS_TXT, "\3abc\0\2de", 8, "abcde;" },
    { MR_DNS_TXT, "\0", 1, ";" },
    { MR_DNS_TXT, "\3a\0b", 4, "a\001b;" },
    { MR_DNS_TXT, "\4abc", 4, NULL },
    { MR_DNS_TXT, "", 0, NULL },
    { MR_DNS_TLSA, "\3\1\1\xab\xcd", 5, "3 1 1 abcd;" },
    { MR_DNS_TLSA, "\3\1\1", 3, NULL },
    { MR_DNS_CAA, "\0\5issueca.example", 17, "0 issue ca.example;" },
    { MR_DNS_CAA, "\200\5iodef\n\377", 9, "128 iodef ??;" },
    { MR_DNS_CAA, "\0\6issue", 7, NULL },
    { MR_DNS_CAA, "\0\0x", 3, NULL },
    { MR_DNS_DS, "\0\75\15\2\xcd\xef", 6, "61 13 2 cdef;" },
    { MR_DNS_DS, "\0\75\15\2", 4, NULL },
    /* The key of RFC 4034 5.4 would be long; the sum of appendix B by hand: 0101 + 030d + 0203 = 0611. */
    { MR_DNS_DNSKEY, "\1\1\3\15\2\3", 6, "1553 13 257;" },
    { MR_DNS_DNSKEY, "\1\1\3\15\2", 5, "1550 13 257;" },
    { MR_DNS_DNSKEY, "\1\1\3\15", 4, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GByteArray *wire = wire_new (ANSWER, "x.example", rows[i].type);

    g_test_message ("row %u", i);
    wire_record (wire, 1, "x.example", rows[i].type, rows[i].data, rows[i].len);
    expect (wire, "x.example", (MrDnsType)rows[i].type, rows[i].text != NULL ? MR_DNS_FOUND : MR_DNS_MALFORMED,
            rows[i].text != NULL ? rows[i].text : "");
  }
}

static void
test_soa (void)
{
  GByteArray *wire = wire_new (ANSWER, "example", MR_DNS_SOA);
  g_autoptr (MrDnsAnswer) answer = NULL;

  wire_soa (wire, "example");
  answer = parse (wire, "example", MR_DNS_SOA);
  /* In the section of the answer it counts, in that of the authority it does not. */
  g_assert_cmpint (answer->outcome, ==, MR_DNS_NO_DATA);
  g_byte_array_unref (wire);
  wire = wire_new (ANSWER, "example", MR_DNS_SOA);
  wire_record (wire, 1, "example", MR_DNS_SOA, "\2ns\0\1p\0\0\0\0\7\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\x3c", 27);
  expect (wire, "example", MR_DNS_SOA, MR_DNS_FOUND, "ns p 7 60;");
  wire = wire_new (ANSWER, "example", MR_DNS_SOA);
  wire_record (wire, 1, "example", MR_DNS_SOA, "\2ns\0\1p\0\0\0\0\7", 11);
  expect (wire, "example", MR_DNS_SOA, MR_DNS_MALFORMED, "");
}

static void
test_broken_messages (void)
{
  GByteArray *wire = wire_new (ANSWER, "mx.example", MR_DNS_A);

  wire_address (wire, "mx.example", "192.0.2.1");
  wire_soa (wire, "example");
  for (guint len = 0; len < wire->len; len++) {
    g_autofree guint8 *copy = g_memdup2 (wire->data, len);
    g_autoptr (MrDnsAnswer) answer = mr_dns_answer_parse (copy, len, "mx.example", MR_DNS_A, FALSE);

    g_assert_cmpint (answer->outcome, ==, MR_DNS_MALFORMED);
    g_assert_cmpuint (answer->records->len, ==, 0);
  }
  expect (wire, "mx.example", MR_DNS_A, MR_DNS_FOUND, "192.0.2.1;");
  /* Another question than ours; a question; another opcode. */
  expect (wire_new (ANSWER, "my.example", MR_DNS_A), "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  expect (wire_new (ANSWER, "mx.example", MR_DNS_AAAA), "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  expect (wire_new (0x0180, "mx.example", MR_DNS_A), "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
  expect (wire_new (0x9180, "mx.example", MR_DNS_A), "mx.example", MR_DNS_A, MR_DNS_MALFORMED, "");
}

static void
test_bounded (void)
{
  GByteArray *wire = wire_new (ANSWER, "mx.example", MR_DNS_A);
  g_autoptr (MrDnsAnswer) answer = NULL;

  for (guint i = 0; i < 500; i++) {
    g_autofree char *address = g_strdup_printf ("192.0.2.%u", i % 250);
    wire_address (wire, "mx.example", address);
  }
  answer = parse (wire, "mx.example", MR_DNS_A);
  g_assert_cmpint (answer->outcome, ==, MR_DNS_FOUND);
  g_assert_cmpuint (answer->records->len, ==, MR_DNS_RECORDS_MAX);
  g_byte_array_unref (wire);
}

static void
test_names (void)
{
  static const char *const good[] = { "a", "a.b", "a.b.", "_dmarc.example.com", "xn--mnchen-3ya.example", "1.2.3.4" };
  static const char *const bad[]
      = { "", ".", "a..b", ".a", "a..", "a b", "a\nb", "m\303\274nchen.example", "a/b", "a:b" };
  g_autofree char *label = g_strnfill (63, 'a'), *too_long = g_strnfill (64, 'a'), *name = NULL, *longer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mr_dns_name_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mr_dns_name_is_valid (bad[i]));
  g_assert_true (mr_dns_name_is_valid (label));
  g_assert_false (mr_dns_name_is_valid (too_long));
  name = g_strdup_printf ("%s.%s.%s.%.61s.", label, label, label, label);
  g_assert_true (mr_dns_name_is_valid (name));
  longer = g_strdup_printf ("%s.%s.%s.%.62s", label, label, label, label);
  g_assert_false (mr_dns_name_is_valid (longer));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dns-message/found", test_found);
  g_test_add_func ("/dns-message/mx", test_mx);
  g_test_add_func ("/dns-message/srv", test_srv);
  g_test_add_func ("/dns-message/not-there", test_not_there);
  g_test_add_func ("/dns-message/failures", test_failures);
  g_test_add_func ("/dns-message/aliases", test_aliases);
  g_test_add_func ("/dns-message/alias-rings", test_alias_rings);
  g_test_add_func ("/dns-message/compression", test_compression);
  g_test_add_func ("/dns-message/broken-records", test_broken_records);
  g_test_add_func ("/dns-message/other-types", test_other_types);
  g_test_add_func ("/dns-message/soa", test_soa);
  g_test_add_func ("/dns-message/broken-messages", test_broken_messages);
  g_test_add_func ("/dns-message/bounded", test_bounded);
  g_test_add_func ("/dns-message/names", test_names);
  return g_test_run ();
}
