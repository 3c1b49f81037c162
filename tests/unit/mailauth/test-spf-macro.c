/* Macros of SPF: the examples of RFC 7208 7.4, the grammar of 7.1, and the bound of names. */
#include "mailauth/spf-macro.h"

#include <arpa/inet.h>
#include <string.h>

static void
expect (const char *text, const char *address, MrSpfMacroKind kind, const char *expected)
{
  guint8 bytes[16] = { 0 };
  MrSpfMacroValues values = { .sender = "strong-bad@email.example.com",
                              .domain = "email.example.com",
                              .helo = "mx.example.org",
                              .receiver = "mx.example.net",
                              .client = address,
                              .address = bytes,
                              .is_ip4 = strchr (address, ':') == NULL,
                              .now = 1234567890 };
  g_autofree char *found = NULL;

  if (values.is_ip4) {
    bytes[10] = bytes[11] = 0xff;
    g_assert_cmpint (inet_pton (AF_INET, address, bytes + 12), ==, 1);
  } else {
    g_assert_cmpint (inet_pton (AF_INET6, address, bytes), ==, 1);
  }
  g_test_message ("%s", text);
  g_assert_true (mr_spf_macro_is_valid (text, kind));
  found = mr_spf_macro_expand (text, kind, &values);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_examples (void)
{
  static const char *const rows[][2] = {
    { "%{s}", "strong-bad@email.example.com" },
    { "%{o}", "email.example.com" },
    { "%{d}", "email.example.com" },
    { "%{d4}", "email.example.com" },
    { "%{d3}", "email.example.com" },
    { "%{d2}", "example.com" },
    { "%{d1}", "com" },
    { "%{dr}", "com.example.email" },
    { "%{d2r}", "example.email" },
    { "%{l}", "strong-bad" },
    { "%{l-}", "strong.bad" },
    { "%{lr}", "strong-bad" },
    { "%{lr-}", "bad.strong" },
    { "%{l1r-}", "strong" },
    { "%{h}", "mx.example.org" },
    { "%{p}", "unknown" },
    { "a%%b%_c%-d", "a%b c%20d" },
    { "%{r} saw %{c} at %{t}", "mx.example.net saw 192.0.2.3 at 1234567890" },
    { "%{S}", "strong-bad%40email.example.com" },
  };
  static const char *const names[][2] = {
    { "%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com" },
    { "%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com" },
    { "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com" },
    { "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com" },
    { "%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    expect (rows[i][0], "192.0.2.3", MR_SPF_MACRO_EXPLAIN, rows[i][1]);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    expect (names[i][0], "192.0.2.3", MR_SPF_MACRO_DOMAIN, names[i][1]);
  expect ("%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01", MR_SPF_MACRO_DOMAIN,
          "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com");
}

static void
test_grammar (void)
{
  static const char *const bad[] = { "%{d",
                                     "%{}.example.com",
                                     "%{d0}.example.com",
                                     "%(d).example.com",
                                     "%d.example.com",
                                     "%{a}.com",
                                     "%{dx}.com",
                                     "%{d2rr}.com",
                                     "%{c}.com",
                                     "%{r}.com",
                                     "%{t}.com",
                                     "a b.com",
                                     "%",
                                     "%{d2/}x",
                                     "example" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    g_assert_false (mr_spf_macro_is_valid (bad[i], MR_SPF_MACRO_DOMAIN));
  }
  g_assert_true (mr_spf_macro_is_valid ("%{c} at %{t}", MR_SPF_MACRO_EXPLAIN));
  g_assert_true (mr_spf_macro_needs_validated ("%{p}.example"));
  g_assert_true (mr_spf_macro_needs_validated ("%{P2r}.example"));
  g_assert_false (mr_spf_macro_needs_validated ("p%%{p}.%{d}"));
}

/* 7.3: labels go from the left until the name fits. */
static void
test_long (void)
{
  g_autofree char *label = g_strnfill (60, 'a');
  g_autofree char *text = g_strdup_printf ("%s.%s.%s.%s.b.%%{d}", label, label, label, label);
  g_autofree char *expected = g_strdup_printf ("%s.%s.%s.b.email.example.com", label, label, label);

  expect (text, "192.0.2.3", MR_SPF_MACRO_DOMAIN, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spf-macro/examples", test_examples);
  g_test_add_func ("/spf-macro/grammar", test_grammar);
  g_test_add_func ("/spf-macro/long", test_long);
  return g_test_run ();
}
