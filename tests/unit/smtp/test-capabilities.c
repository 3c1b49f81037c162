/* What a server's answer to EHLO offers. */
#include "smtp/capabilities.h"

static void
test_all (void)
{
  static const char *const lines[] = { "STARTTLS",     "pipelining", "Size 1000", "8BITMIME",   "ENHANCEDSTATUSCODES",
                                       "CHUNKING",     "DSN",        "SMTPUTF8",  "AUTH PLAIN", "AUTH=LOGIN plain",
                                       "auth XOAUTH2", "",           "=",         "STARTTLSX",  NULL };
  MrSmtpCapabilities caps = { 0 };

  mr_capabilities_set (&caps, lines);
  /* The first line is the greeting, whatever it says. */
  g_assert_false (caps.starttls);
  g_assert_true (caps.pipelining && caps.eightbitmime && caps.enhanced && caps.chunking && caps.dsn && caps.smtputf8);
  g_assert_true (caps.size);
  g_assert_cmpuint (caps.max_size, ==, 1000);
  g_assert_cmpuint (g_strv_length (caps.auth_mechanisms), ==, 3);
  g_assert_true (mr_capabilities_has_mechanism (&caps, "PLAIN"));
  g_assert_true (mr_capabilities_has_mechanism (&caps, "LOGIN"));
  g_assert_true (mr_capabilities_has_mechanism (&caps, "XOAUTH2"));
  g_assert_false (mr_capabilities_has_mechanism (&caps, "CRAM-MD5"));

  mr_capabilities_set (&caps, NULL);
  g_assert_false (caps.pipelining || caps.size);
  g_assert_cmpuint (caps.max_size, ==, 0);
  g_assert_cmpuint (g_strv_length (caps.auth_mechanisms), ==, 0);
  mr_capabilities_clear (&caps);
}

static void
test_sizes (void)
{
  static const struct {
    const char *line;
    gboolean size;
    guint64 max;
  } cases[] = {
    { "SIZE", TRUE, 0 },      { "SIZE 0", TRUE, 0 },  { "SIZE  26214400 ", TRUE, 26214400 },    { "SIZE -1", TRUE, 0 },
    { "SIZE many", TRUE, 0 }, { "SIZE=5", FALSE, 0 }, { "SIZE 99999999999999999999", TRUE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const lines[] = { "mx", cases[i].line, NULL };
    MrSmtpCapabilities caps = { 0 };

    mr_capabilities_set (&caps, lines);
    g_assert_cmpint (caps.size, ==, cases[i].size);
    g_assert_cmpuint (caps.max_size, ==, cases[i].max);
    mr_capabilities_clear (&caps);
  }
}

static void
test_many_mechanisms (void)
{
  g_autoptr (GString) line = g_string_new ("AUTH");
  MrSmtpCapabilities caps = { 0 };
  const char *lines[] = { "mx", NULL, NULL };

  for (int i = 0; i < 500; i++)
    g_string_append_printf (line, " X%d", i);
  g_string_append (line, " ANAMETHATISLONGERTHANTHESASLREGISTRYALLOWS");
  lines[1] = line->str;
  mr_capabilities_set (&caps, lines);
  g_assert_cmpuint (g_strv_length (caps.auth_mechanisms), ==, 32);
  mr_capabilities_clear (&caps);
}

static void
test_seen (void)
{
  static const char *const rows[][2] = {
    { "smtp.example.com at your service, [192.0.2.9]", "192.0.2.9" },
    { "mx.example.com Hello host.example [IPv6:2001:db8::9], pleased to meet you", "2001:db8::9" },
    { "mx.example.com Hello [10.0.0.5] ([203.0.113.7])", "203.0.113.7" },
    { "mx.example.com Hello [2001:db8::7]", "2001:db8::7" },
    { "mx.example.com", NULL },
    { "mx.example.com Hello [", NULL },
    { "mx.example.com Hello []", NULL },
    { "mx.example.com Hello [abc]", NULL },
    { "mx.example.com Hello [192.0.2.9", NULL },
    { "mx.example.com Hello [host.example] [192.0.2.9]", "192.0.2.9" },
    { "mx.example.com Hello [192.0.2.9] [odd", "192.0.2.9" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    MrSmtpCapabilities caps = { 0 };

    g_test_message ("%s", rows[i][0]);
    mr_capabilities_set (&caps, (const char *const[]){ rows[i][0], "PIPELINING", NULL });
    g_assert_cmpstr (caps.seen, ==, rows[i][1]);
    mr_capabilities_clear (&caps);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/capabilities/all", test_all);
  g_test_add_func ("/smtp/capabilities/sizes", test_sizes);
  g_test_add_func ("/smtp/capabilities/many-mechanisms", test_many_mechanisms);
  g_test_add_func ("/smtp/capabilities/seen", test_seen);
  return g_test_run ();
}
