/* Names made from addresses, names that look like it, and what block lists answer. */
#include "mailauth/reverse-name.h"

static void
test_names (void)
{
  g_autofree char *four = mr_reverse_name ("192.0.2.1"), *six = mr_reverse_name ("2001:db8::1");
  g_autofree char *list = mr_list_name ("192.0.2.1", "zen.example");

  g_assert_cmpstr (four, ==, "1.2.0.192.in-addr.arpa");
  g_assert_cmpstr (six, ==, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
  g_assert_cmpstr (list, ==, "1.2.0.192.zen.example");
  g_assert_null (mr_reverse_name ("mail.example"));
}

static void
test_generic (void)
{
  static const struct {
    const char *name, *address;
    gboolean generic;
  } rows[] = {
    { "mail.example.com", "192.0.2.1", FALSE },
    { "mx1.example.com", "192.0.2.1", FALSE },
    { "host-192-0-2-1.carrier.example", "192.0.2.1", TRUE },
    { "p5b3c0201.dip0.example", "91.60.2.1", TRUE },
    { "1.2.dsl.example", "192.0.2.1", TRUE },
    { "c0000201.example", "192.0.2.1", TRUE },
    { "dynamic-7.example", "192.0.2.1", TRUE },
    { "clientele.example", "192.0.2.1", FALSE },
    { "static.mail.example", "2001:db8::1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (mr_host_name_looks_generic (rows[i].name, rows[i].address) != rows[i].generic)
      g_error ("%s", rows[i].name);
  }
}

static void
test_lists (void)
{
  g_assert_cmpint (mr_listed_from_answer ("zen.spamhaus.org", "127.0.0.2"), ==, MR_LISTED_YES);
  g_assert_cmpint (mr_listed_from_answer ("zen.spamhaus.org", "127.0.0.11"), ==, MR_LISTED_POLICY);
  g_assert_cmpint (mr_listed_from_answer ("list.example", "127.0.0.11"), ==, MR_LISTED_YES);
  g_assert_cmpint (mr_listed_from_answer ("zen.spamhaus.org", "127.255.255.254"), ==, MR_LISTED_REFUSED);
  g_assert_cmpint (mr_listed_from_answer ("zen.spamhaus.org", "192.0.2.1"), ==, MR_LISTED_NO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reverse-name/names", test_names);
  g_test_add_func ("/reverse-name/generic", test_generic);
  g_test_add_func ("/reverse-name/lists", test_lists);
  return g_test_run ();
}
