/* Addresses as text, and which of them are private. */
#include <glib.h>

#include "net/resolver.h"
#include "net/sockaddr.h"

static void
test_parse (void)
{
  static const char *const good[][2] = {
    { "127.0.0.1", "127.0.0.1" },        { "::1", "::1" },
    { "2001:DB8::0001", "2001:db8::1" }, { "::ffff:192.0.2.1", "192.0.2.1" },
    { "fe80::1%lo", "fe80::1%lo" },
  };
  static const char *const bad[] = { "",         "localhost",  "1.2.3", "1.2.3.4.5",
                                     "0x7f.1",   "127.0.0.1 ", "[::1]", "::1%no-such-interface",
                                     "fe80::1%", "1.2.3.256" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    MrSockaddr address;
    g_autofree char *text = NULL;

    g_assert_true (mr_sockaddr_parse (good[i][0], 25, &address));
    g_assert_cmpuint (mr_sockaddr_port (&address), ==, 25);
    text = mr_sockaddr_dup_address (&address);
    g_assert_cmpstr (text, ==, good[i][1]);
    g_assert_true (mr_address_is_numeric (good[i][0]));
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mr_address_is_numeric (bad[i]));
}

static void
test_parse_with_port (void)
{
  static const char *const good[] = { "127.0.0.1:2525", "[::1]:2525", "0.0.0.0:0", "[::]:65535" };
  static const char *const bad[] = { "127.0.0.1",
                                     "127.0.0.1:",
                                     "127.0.0.1:65536",
                                     "127.0.0.1:-1",
                                     "::1:2525",
                                     "[::1]",
                                     "[::1]2525",
                                     "[127.0.0.1]:25",
                                     ":25",
                                     "[",
                                     "]:1",
                                     "[:1",
                                     "a:25",
                                     "127.0.0.1:25x" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    MrSockaddr address;
    g_autofree char *text = NULL;

    g_assert_true (mr_sockaddr_parse_with_port (good[i], &address));
    text = mr_sockaddr_dup_with_port (&address);
    g_assert_cmpstr (text, ==, good[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    MrSockaddr address;
    g_assert_false (mr_sockaddr_parse_with_port (bad[i], &address));
  }
}

static void
test_equal (void)
{
  MrSockaddr a, b;

  mr_sockaddr_parse ("127.0.0.1", 25, &a);
  mr_sockaddr_parse ("::ffff:127.0.0.1", 25, &b);
  g_assert_true (mr_sockaddr_equal (&a, &b, TRUE));
  g_assert_true (mr_sockaddr_is_loopback (&b));
  mr_sockaddr_parse ("127.0.0.1", 26, &b);
  g_assert_false (mr_sockaddr_equal (&a, &b, TRUE));
  g_assert_true (mr_sockaddr_equal (&a, &b, FALSE));
  mr_sockaddr_parse ("::1", 25, &b);
  g_assert_false (mr_sockaddr_equal (&a, &b, FALSE));
}

static void
test_private (void)
{
  static const char *const private_ones[] = { "0.0.0.0",        "10.1.2.3",        "100.64.0.1",  "100.127.255.255",
                                              "127.0.0.1",      "127.255.0.1",     "169.254.1.1", "172.16.0.1",
                                              "172.31.255.255", "192.168.0.1",     "192.0.0.8",   "198.18.0.1",
                                              "224.0.0.1",      "255.255.255.255", "::",          "::1",
                                              "fe80::1",        "fec0::1",         "fc00::1",     "fdff::1",
                                              "ff02::1",        "::ffff:10.0.0.1", "::7f00:1",    "64:ff9b::7f00:1",
                                              "64:ff9b:1::1",   "2002:a00:1::1",   "100::1" };
  static const char *const public_ones[] = { "1.1.1.1",       "9.255.255.255", "11.0.0.1",         "100.63.255.255",
                                             "100.128.0.0",   "172.15.0.1",    "172.32.0.1",       "192.0.1.1",
                                             "192.0.2.1",     "192.169.0.1",   "198.20.0.1",       "223.255.255.255",
                                             "2001:db8::1",   "2a00::1",       "64:ff9b::101:101", "2002:101:101::1",
                                             "::ffff:1.1.1.1" };

  for (guint i = 0; i < G_N_ELEMENTS (private_ones); i++)
    g_assert_true (mr_address_is_private (private_ones[i]));
  for (guint i = 0; i < G_N_ELEMENTS (public_ones); i++)
    g_assert_false (mr_address_is_private (public_ones[i]));
  g_assert_false (mr_address_is_private ("example.com"));
  g_assert_true (mr_address_is_loopback ("127.3.2.1"));
  g_assert_true (mr_address_is_loopback ("::1"));
  g_assert_true (mr_address_is_loopback ("::ffff:127.0.0.1"));
  g_assert_false (mr_address_is_loopback ("10.0.0.1"));
  g_assert_false (mr_address_is_loopback ("localhost"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sockaddr/parse", test_parse);
  g_test_add_func ("/sockaddr/parse-with-port", test_parse_with_port);
  g_test_add_func ("/sockaddr/equal", test_equal);
  g_test_add_func ("/sockaddr/private", test_private);
  return g_test_run ();
}
