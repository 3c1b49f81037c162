/* Text from strangers made fit to be kept and shown. */
#include "base/text.h"

#include <string.h>

static void
test_table (void)
{
  static const struct {
    const char *text;
    gsize max;
    const char *expected;
  } rows[] = {
    { "plain", 100, "plain" },
    { "", 100, "" },
    { "two\nlines", 100, "two\nlines" },
    { "a\rb\tc\033[31md\177e", 100, "a b c [31md e" },
    { "c1\xc2\x85next", 100, "c1 next" },
    { "abc\xe2\x80\xaetxt.exe", 100, "abc txt.exe" },
    { "iso\xe2\x81\xa6late", 100, "iso late" },
    { "bad\xff\xc3", 100, "bad\xef\xbf\xbd\xef\xbf\xbd" },
    { "gr\xc3\xbc\xc3\x9f", 100, "gr\xc3\xbc\xc3\x9f" },
    /* cut at a character boundary */
    { "gr\xc3\xbc\xc3\x9f", 4, "gr\xc3\xbc" },
    { "abcdef", 3, "abc" },
    { "abc", 0, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *clean = mr_text_sanitize (rows[i].text, rows[i].max);
    g_assert_cmpstr (clean, ==, rows[i].expected);
  }
}

/* Whatever comes in, what goes out is UTF-8, within the bound, and goes through unchanged a second time. */
static void
test_random (void)
{
  for (int round = 0; round < 2000; round++) {
    char text[64];
    gsize max = (gsize)g_test_rand_int_range (0, 70);
    for (guint i = 0; i < sizeof text - 1; i++)
      text[i] = (char)g_test_rand_int_range (1, 256);
    text[sizeof text - 1] = '\0';

    g_autofree char *clean = mr_text_sanitize (text, max);
    g_autofree char *again = mr_text_sanitize (clean, max);
    g_assert_true (g_utf8_validate (clean, -1, NULL));
    g_assert_cmpuint (strlen (clean), <=, max);
    g_assert_cmpstr (clean, ==, again);
  }
}

static void
test_fold (void)
{
  static const char *const rows[][2] = {
    { "Plain 12 %", "plain 12 %" },
    { "", "" },
    { "\xc3\x84rger", "arger" },  /* composed */
    { "A\xcc\x88rger", "arger" }, /* and apart */
    { "Stra\xc3\x9f"
      "e",
      "strasse" },
    { "\xce\xa3\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x82",
      "\xcf\x83\xce\xb9\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x83" },
    { "\xef\xac\x81n", "fin" }, /* ligature */
    { "bad\xff", "bad\xef\xbf\xbd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *once = mr_text_fold (rows[i][0]);
    g_autofree char *twice = mr_text_fold (once);
    g_assert_cmpstr (once, ==, rows[i][1]);
    g_assert_cmpstr (twice, ==, once);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/table", test_table);
  g_test_add_func ("/text/random", test_random);
  g_test_add_func ("/text/fold", test_fold);
  return g_test_run ();
}
