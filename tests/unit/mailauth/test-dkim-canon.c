/* Canonicalisation: what is hashed, cut at every place. Expected texts are of RFC 6376 3.4 and of faults that real code had. */
#include "mailauth/dkim-canon.h"

#include <string.h>

typedef struct {
  const char *in, *simple, *relaxed;
} BodyCase;

static const BodyCase bodies[] = {
  { "", "\r\n", "" },
  { "\r\n", "\r\n", "" },
  { "\r\n\r\n\r\n", "\r\n", "" },
  { " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n" },
  { "hello", "hello\r\n", "hello\r\n" },
  { "hello\r\n", "hello\r\n", "hello\r\n" },
  { "hello\r\n  \t\r\n \r\n", "hello\r\n  \t\r\n \r\n", "hello\r\n" },
  { "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n" },
  { "a \t\r\n", "a \t\r\n", "a\r\n" },
  { "\t a", "\t a\r\n", " a\r\n" },
  { "a\rb\r\n", "a\rb\r\n", "a\rb\r\n" },
  { "a\r\r\n", "a\r\r\n", "a\r\r\n" },
  { "a\nb\r\n", "a\nb\r\n", "a\nb\r\n" },
  { "a\r", "a\r\r\n", "a\r\r\n" },
  { " \r", " \r\r\n", " \r\r\n" },
};

static GBytes *
digest_of (MrDkimCanon canon, const char *text, gsize cut_1, gsize cut_2, guint64 *ret_total)
{
  g_autoptr (MrDkimBody) body = mr_dkim_body_new (canon, FALSE, -1);

  mr_dkim_body_feed (body, text, cut_1);
  mr_dkim_body_feed (body, text + cut_1, cut_2 - cut_1);
  mr_dkim_body_feed (body, text + cut_2, strlen (text) - cut_2);
  return mr_dkim_body_end (body, ret_total);
}

static void
check_body (MrDkimCanon canon, const char *text, const char *expected)
{
  g_autofree char *hex = g_compute_checksum_for_string (G_CHECKSUM_SHA256, expected, -1);

  for (gsize i = 0; i <= strlen (text); i++)
    for (gsize j = i; j <= strlen (text); j++) {
      guint64 total = 0;
      g_autoptr (GBytes) digest = digest_of (canon, text, i, j, &total);
      g_autoptr (GString) found = g_string_new (NULL);
      const guint8 *bytes = g_bytes_get_data (digest, NULL);
      for (gsize k = 0; k < g_bytes_get_size (digest); k++)
        g_string_append_printf (found, "%02x", bytes[k]);
      g_assert_cmpuint (total, ==, strlen (expected));
      g_assert_cmpstr (found->str, ==, hex);
    }
}

static void
test_bodies (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    check_body (MR_DKIM_SIMPLE, bodies[i].in, bodies[i].simple);
    check_body (MR_DKIM_RELAXED, bodies[i].in, bodies[i].relaxed);
  }
}

static void
test_limit (void)
{
  g_autoptr (MrDkimBody) body = mr_dkim_body_new (MR_DKIM_SIMPLE, FALSE, 5);
  g_autofree char *hex = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "hello", -1);
  guint64 total = 0;

  mr_dkim_body_feed (body, "hello and more\r\n", 16);
  g_autoptr (GBytes) digest = mr_dkim_body_end (body, &total);
  g_assert_cmpuint (total, ==, 16);
  g_assert_cmphex (((const guint8 *)g_bytes_get_data (digest, NULL))[0], ==,
                   g_ascii_xdigit_value (hex[0]) * 16 + g_ascii_xdigit_value (hex[1]));
}

static void
test_fields (void)
{
  static const struct {
    const char *raw, *simple, *relaxed;
  } cases[] = {
    { "A: X\r\n", "A: X\r\n", "a:X\r\n" },
    { "B : Y\t\r\n\tZ  \r\n", "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n" },
    { "SUBJect: a\r\n b\r\n\tc  d", "SUBJect: a\r\n b\r\n\tc  d\r\n", "subject:a b c d\r\n" },
    { "X:\r\n", "X:\r\n", "x:\r\n" },
    { "X:  \r\n  \r\n", "X:  \r\n  \r\n", "x:\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const expected[] = { cases[i].simple, cases[i].relaxed };
    for (int canon = MR_DKIM_SIMPLE; canon <= MR_DKIM_RELAXED; canon++) {
      g_autoptr (GByteArray) out = g_byte_array_new ();
      mr_dkim_append_field (out, (MrDkimCanon)canon, cases[i].raw, strlen (cases[i].raw), TRUE);
      g_autofree char *text = g_strndup ((const char *)out->data, out->len);
      g_assert_cmpstr (text, ==, expected[canon]);
    }
  }
}

static void
test_without_signature (void)
{
  static const struct {
    const char *in, *out;
  } cases[] = {
    { "DKIM-Signature: v=1; b=abc; bh=xyz", "DKIM-Signature: v=1; b=; bh=xyz" },
    { "DKIM-Signature: bh=b=x; b = a\r\n b=c\r\n", "DKIM-Signature: bh=b=x; b =" },
    { "DKIM-Signature: b=abc", "DKIM-Signature: b=" },
    { "DKIM-Signature:v=1;\r\n\tb=abc;", "DKIM-Signature:v=1;\r\n\tb=;" },
    { "DKIM-Signature: v=1; bb=2", "DKIM-Signature: v=1; bb=2" },
    { "DKIM-Signature", "DKIM-Signature" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize len = 0;
    g_autofree char *out = mr_dkim_without_signature (cases[i].in, strlen (cases[i].in), &len);
    g_assert_cmpstr (out, ==, cases[i].out);
    g_assert_cmpuint (len, ==, strlen (out));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dkim-canon/bodies", test_bodies);
  g_test_add_func ("/dkim-canon/limit", test_limit);
  g_test_add_func ("/dkim-canon/fields", test_fields);
  g_test_add_func ("/dkim-canon/without-signature", test_without_signature);
  return g_test_run ();
}
