/* Tests of addresses and address lists. */
#include <string.h>

#include <glib.h>

#include "mail/address-list.h"
#include "mail/address.h"

static void
test_valid (void)
{
  static const struct {
    const char *text, *local, *domain;
  } cases[] = {
    { "user@example.com", "user", "example.com" },
    { "a.b-c+d_e@sub.example.co.uk", "a.b-c+d_e", "sub.example.co.uk" },
    { "\"john doe\"@example.com", "\"john doe\"", "example.com" },
    { "\"a\\\"b@c\"@example.com", "\"a\\\"b@c\"", "example.com" },
    { "\"\"@example.com", "\"\"", "example.com" },
    { "!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~", "example.com" },
    { "user@[192.0.2.1]", "user", "[192.0.2.1]" },
    { "user@[IPv6:2001:db8::1]", "user", "[IPv6:2001:db8::1]" },
    { "user@[ipv6:::1]", "user", "[ipv6:::1]" },
    { "root@localhost", "root", "localhost" },
    { "jörg@bücher.example", "jörg", "bücher.example" },
    { "x@my_host.example.com", "x", "my_host.example.com" },
    { "x@3com.example", "x", "3com.example" },
    { "x@xn--bcher-kva.example", "x", "xn--bcher-kva.example" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MrAddress) address = mr_address_parse (cases[i].text, &error);
    g_autofree char *again = NULL;

    g_assert_no_error (error);
    g_assert_cmpstr (address->local, ==, cases[i].local);
    g_assert_cmpstr (address->domain, ==, cases[i].domain);
    again = mr_address_to_string (address);
    g_assert_cmpstr (again, ==, cases[i].text);
    g_assert_true (mr_address_is_valid (cases[i].text));
  }
}

static void
test_invalid (void)
{
  static const char *const cases[] = {
    "",
    "user",
    "@example.com",
    "user@",
    "user@@example.com",
    "a@b@example.com",
    "user@.example.com",
    "user@example..com",
    "user@example.com.",
    "user@-example.com",
    "user@example-.com",
    "user@exam ple.com",
    "us er@example.com",
    ".user@example.com",
    "user.@example.com",
    "us..er@example.com",
    "<user@example.com>",
    "user@example.com\r\nRCPT TO:<x@y>",
    "user\n@example.com",
    "us\177er@example.com",
    "us\tr@example.com",
    "\"user@example.com",
    "\"us\"er\"@example.com",
    "\"user\\\"@example.com",
    "user\"x\"@example.com",
    "user@[192.0.2]",
    "user@[192.0.2.1",
    "user@[2001:db8::1]",
    "user@[IPv6:192.0.2.1]",
    "user@[]",
    "user@192.0.2.1",
    "user@exa\xffmple.com",
    "\xc3@example.com",
    "user@xn--bücher.example",
    "user@example.com ",
    " user@example.com",
    "@a.example,@b.example:user@example.com",
    "a,b@example.com",
    "user@exa\xc2\x85mple.com",
    "user@a/b",
    "us(x)er@example.com",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MrAddress) address = mr_address_parse (cases[i], &error);

    if (address != NULL)
      g_test_message ("accepted: %s", cases[i]);
    g_assert_null (address);
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_cmpuint (strlen (error->message), >, 10);
    g_assert_false (mr_address_is_valid (cases[i]));
  }
}

static void
test_bounds (void)
{
  g_autofree char *local = g_strnfill (MR_LOCAL_PART_MAX, 'x');
  g_autofree char *label = g_strnfill (63, 'y');
  g_autofree char *fits = g_strdup_printf ("%s@example.com", local);
  g_autofree char *too_long = g_strdup_printf ("%sx@example.com", local);
  g_autofree char *domain_fits = g_strdup_printf ("x@%s.%s.%s.%s", label, label, label, label);
  g_autofree char *label_too_long = g_strdup_printf ("x@%sy.example", label);
  g_autofree char *domain_too_long = g_strdup_printf ("%sz", domain_fits);

  g_assert_true (mr_address_is_valid (fits));
  g_assert_false (mr_address_is_valid (too_long));
  g_assert_true (mr_address_is_valid (domain_fits));
  g_assert_false (mr_address_is_valid (label_too_long));
  g_assert_false (mr_address_is_valid (domain_too_long));
}

static void
test_ascii_domain (void)
{
  static const struct {
    const char *text, *domain;
  } cases[] = {
    { "x@Example.COM", "example.com" },
    { "x@Bücher.example", "xn--bcher-kva.example" },
    { "x@faß.example", "xn--fa-hia.example" },
    { "x@[192.0.2.1]", "[192.0.2.1]" },
    { "x@[IPv6:2001:DB8::1]", "[IPv6:2001:DB8::1]" },
    { "x", NULL },
    { "x@", NULL },
    { "x@a\xe2\x80\xae.example", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *domain = mr_address_dup_ascii_domain (cases[i].text);
    g_assert_cmpstr (domain, ==, cases[i].domain);
  }
}

static void
test_equal (void)
{
  g_assert_true (mr_address_equal ("a@Example.com", "a@example.COM"));
  g_assert_true (mr_address_equal ("a@bücher.example", "a@XN--bcher-kva.example"));
  g_assert_false (mr_address_equal ("A@example.com", "a@example.com"));
  g_assert_false (mr_address_equal ("a@example.com", "a@example.org"));
  g_assert_false (mr_address_equal ("a", "a"));
  g_assert_false (mr_address_equal ("ab@example.com", "a@example.com"));
  g_assert_true (mr_address_equal ("\"a@b\"@example.com", "\"a@b\"@example.com"));

  g_assert_true (mr_address_matches ("Me@Example.com", "me@example.com"));
  g_assert_true (mr_address_matches ("me@example.com", "*"));
  g_assert_true (mr_address_matches ("me@EXAMPLE.com", "*@example.com"));
  g_assert_true (mr_address_matches ("me@bücher.example", "*@xn--bcher-kva.example"));
  g_assert_false (mr_address_matches ("me@sub.example.com", "*@example.com"));
  g_assert_false (mr_address_matches ("me@example.com", "you@example.com"));
  g_assert_false (mr_address_matches ("me@example.com", "me"));
  g_assert_false (mr_address_matches ("", "*"));
}

static void
test_local (void)
{
  static const char *const own[] = { "desk.example.com", NULL };
  static const char *const local[] = { "x@localhost",
                                       "x@desk",
                                       "x@desk.local",
                                       "x@DESK.LOCAL",
                                       "x@a.localdomain",
                                       "x@a.lan",
                                       "x@a.internal",
                                       "x@r.home.arpa",
                                       "x@home.arpa",
                                       "x@Desk.Example.COM",
                                       "x@[127.0.0.1]",
                                       "x@[10.1.2.3]",
                                       "x@[192.168.1.1]",
                                       "x@[172.31.0.1]",
                                       "x@[IPv6:::1]",
                                       "x@[IPv6:fe80::1]",
                                       "x@[IPv6:fd00::1]",
                                       "x@[IPv6:::ffff:10.0.0.1]",
                                       "x" };
  static const char *const public[] = { "x@example.com",        "x@example.local.com", "x@example.test",
                                        "x@mylocal.example",    "x@[192.0.2.1]",       "x@[172.32.0.1]",
                                        "x@[IPv6:2001:db8::1]", "x@lan.example" };

  for (guint i = 0; i < G_N_ELEMENTS (local); i++)
    g_assert_true (mr_address_domain_is_local (local[i], own));
  for (guint i = 0; i < G_N_ELEMENTS (public); i++)
    g_assert_false (mr_address_domain_is_local (public[i], own));
  g_assert_false (mr_address_domain_is_local ("x@desk.example.com", NULL));
}

static void
test_list (void)
{
  static const struct {
    const char *value, *expected; /* separated by spaces */
    gboolean bad;
  } cases[] = {
    { "a@x.example", "a@x.example", FALSE },
    { "A <a@x.example>, b@y.example (c), G: c@z.example;", "a@x.example b@y.example c@z.example", FALSE },
    { "\"Last, First\" <a@x.example>", "a@x.example", FALSE },
    { "\"a@b, <c@d.example>\" <a@x.example>", "a@x.example", FALSE },
    { "=?utf-8?q?J=C3=B6rg=2C_x?= <a@x.example>", "a@x.example", FALSE },
    { "Jörg Müller <a@x.example>", "a@x.example", FALSE },
    { "J. R. Q. Public <a@x.example>", "a@x.example", FALSE },
    { "a@x.example (a comment, with (nested) <b@y.example>)", "a@x.example", FALSE },
    { "(c) a (d) @ (e) x . example (f)", "a@x.example", FALSE },
    { "a . b@x.example", "a.b@x.example", FALSE },
    { "\"john doe\"@x.example", "\"john doe\"@x.example", FALSE },
    { "undisclosed-recipients:;", "", FALSE },
    { "G: a@x.example, B <b@y.example>; , c@z.example", "a@x.example b@y.example c@z.example", FALSE },
    { "", "", FALSE },
    { " , ,, a@x.example , ", "a@x.example", FALSE },
    { "a@x.example;b@y.example", "a@x.example b@y.example", FALSE },
    { "<@r.example,@s.example:a@x.example>", "a@x.example", FALSE },
    { "<a@x.example>, b@y.example", "a@x.example b@y.example", FALSE },
    { "a@x.example\r\n\t,\r\n b@y.example", "a@x.example b@y.example", FALSE },
    { "x <a@[192.0.2.1]>", "a@[192.0.2.1]", FALSE },
    { "root", "", TRUE },
    { "root, a@x.example", "a@x.example", TRUE },
    { "a b@x.example, c@z.example", "c@z.example", TRUE },
    { "no address here, c@z.example", "c@z.example", TRUE },
    { "<>", "", TRUE },
    { "A <a@x.example", "", TRUE },
    { "A <a@x.example> trailing, b@y.example", "a@x.example b@y.example", FALSE },
    { "\"never closed <a@x.example>, b@y.example", "", TRUE },
    { "(never closed a@x.example", "", FALSE },
    { "a@x.example > b, c@z.example", "c@z.example", TRUE },
    { "a@@x.example, c@z.example", "c@z.example", TRUE },
    { "a@x.example)", "a@x.example", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean bad = 2;
    g_auto (GStrv) list = mr_address_list_parse (cases[i].value, 100, &bad);
    g_autofree char *joined = g_strjoinv (" ", list);

    g_test_message ("%s", cases[i].value);
    g_assert_cmpstr (joined, ==, cases[i].expected);
    g_assert_cmpint (bad, ==, cases[i].bad);
  }
}

static void
test_list_bounds (void)
{
  gboolean bad = FALSE;
  g_auto (GStrv) two = mr_address_list_parse ("a@x.example, b@x.example, c@x.example", 2, &bad);
  g_auto (GStrv) all = NULL, qualified = NULL;

  g_assert_cmpuint (g_strv_length (two), ==, 2);
  g_assert_true (bad);
  all = mr_address_list_parse ("a@x.example, b@x.example", 2, &bad);
  g_assert_cmpuint (g_strv_length (all), ==, 2);
  g_assert_false (bad);
  qualified = mr_address_list_parse_qualified ("root (Cron Daemon), Bob <bob>, c@x.example", 9, "desk.example", &bad);
  g_assert_cmpstr (qualified[0], ==, "root@desk.example");
  g_assert_cmpstr (qualified[1], ==, "bob@desk.example");
  g_assert_cmpstr (qualified[2], ==, "c@x.example");
  g_assert_false (bad);
}

static void
test_iter_spans (void)
{
  static const char value[] = " \"A, B\" <a@x.example> , b@y.example(c)";
  MrAddressIter iter;
  MrAddressSpan span;

  mr_address_iter_init (&iter, value, strlen (value));
  g_assert_true (mr_address_iter_next (&iter, &span));
  g_assert_cmpstr (span.spec, ==, "a@x.example");
  g_assert_cmpmem (value + span.start, span.end - span.start, "a@x.example", 11);
  g_free (span.spec);
  g_assert_true (mr_address_iter_next (&iter, &span));
  g_assert_cmpstr (span.spec, ==, "b@y.example");
  g_assert_cmpmem (value + span.start, span.end - span.start, "b@y.example", 11);
  g_free (span.spec);
  g_assert_false (mr_address_iter_next (&iter, &span));
  g_assert_false (iter.bad);

  /* A NUL inside must not make a shorter address of it. */
  mr_address_iter_init (&iter, "a@x.example\0evil", 16);
  g_assert_false (mr_address_iter_next (&iter, &span));
  g_assert_true (iter.bad);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/address/valid", test_valid);
  g_test_add_func ("/mail/address/invalid", test_invalid);
  g_test_add_func ("/mail/address/bounds", test_bounds);
  g_test_add_func ("/mail/address/ascii-domain", test_ascii_domain);
  g_test_add_func ("/mail/address/equal", test_equal);
  g_test_add_func ("/mail/address/local", test_local);
  g_test_add_func ("/mail/address/list", test_list);
  g_test_add_func ("/mail/address/list-bounds", test_list_bounds);
  g_test_add_func ("/mail/address/iter-spans", test_iter_spans);
  return g_test_run ();
}
