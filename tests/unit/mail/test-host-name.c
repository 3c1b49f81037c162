/* Host names and addresses of web pages. */
#include "mail/host-name.h"

#include <string.h>

static void
test_valid (void)
{
  static const char *const good[]
      = { "smtp.example.com", "a",         "localhost",   "1and1.com", "xn--bcher-kva.example",
          "A-1.b-2.Example",  "192.0.2.1", "2001:db8::1", "3.example", "x.3com" };
  static const char *const bad[] = { "",
                                     ".",
                                     "example.",
                                     ".example",
                                     "a..b",
                                     "-a.example",
                                     "a-.example",
                                     "a_b.example",
                                     "a b.example",
                                     "a/b",
                                     "bücher.example",
                                     "[192.0.2.1]",
                                     "192.0.2.300",
                                     "1.2.3",
                                     "a.example\n",
                                     "%EMAILDOMAIN%",
                                     "user@host.example",
                                     "host:25" };
  g_autofree char *label = g_strnfill (64, 'a');
  g_autofree char *longest = g_strnfill (63, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mr_host_name_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (mr_host_name_is_valid (bad[i]))
      g_error ("“%s” is taken for a host name", bad[i]);
  g_assert_false (mr_host_name_is_valid (NULL));
  g_assert_false (mr_host_name_is_valid (label));
  g_assert_true (mr_host_name_is_valid (longest));
  g_autofree char *four = g_strjoin (".", longest, longest, longest, longest, NULL);
  g_assert_cmpuint (strlen (four), ==, 255);
  g_assert_false (mr_host_name_is_valid (four));
}

static void
test_below (void)
{
  g_assert_true (mr_host_name_is_below ("a.B.example", "b.EXAMPLE"));
  g_assert_true (mr_host_name_is_below ("b.example", "b.example"));
  g_assert_false (mr_host_name_is_below ("ab.example", "b.example"));
  g_assert_false (mr_host_name_is_below ("example", "b.example"));
  g_assert_false (mr_host_name_is_below ("b.example", ""));
}

static void
test_loopback (void)
{
  g_assert_true (mr_host_name_is_loopback ("LocalHost"));
  g_assert_true (mr_host_name_is_loopback ("127.8.9.1"));
  g_assert_true (mr_host_name_is_loopback ("::1"));
  g_assert_false (mr_host_name_is_loopback ("128.0.0.1"));
  g_assert_false (mr_host_name_is_loopback ("localhost.example.com"));
  g_assert_false (mr_host_name_is_loopback ("127.0.0.1.example"));
}

static void
test_url (void)
{
  static const char *const good[] = { "https://a.example", "https://a.example/", "https://a.example:8443/x?y=z#w",
                                      "https://192.0.2.1/x" };
  static const char *const bad[] = { "",
                                     "http://a.example/",
                                     "https://",
                                     "https:///x",
                                     "https://a b.example/",
                                     "https://user@a.example/",
                                     "https://a.example/x y",
                                     "https://a.example/\"",
                                     "https://a.example:/x",
                                     "https://a.example:123456/",
                                     "HTTPS://a.example/",
                                     "javascript:alert(1)",
                                     "https://a.example/\n" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mr_https_url_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (mr_https_url_is_valid (bad[i]))
      g_error ("“%s” is taken for an address of a page", bad[i]);
  g_autofree char *tail = g_strnfill (2048, 'a');
  g_autofree char *huge = g_strconcat ("https://a.example/", tail, NULL);
  g_assert_false (mr_https_url_is_valid (huge));
  g_assert_false (mr_https_url_is_valid (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mail/host-name/valid", test_valid);
  g_test_add_func ("/mail/host-name/below", test_below);
  g_test_add_func ("/mail/host-name/loopback", test_loopback);
  g_test_add_func ("/mail/host-name/url", test_url);
  return g_test_run ();
}
