/* Queue ids. */
#include "base/id.h"

#include <mailrelay/records.h>
#include <string.h>

#include "base/base32.h"

static void
test_base32 (void)
{
  static const guint8 bytes[] = { 0x00, 0x44, 0x32, 0x14, 0xc7, 0xff, 0xff, 0xff, 0xff, 0xff };
  char text[17];

  mr_base32_encode (bytes, 16, text);
  g_assert_cmpstr (text, ==, "01234567ZZZZZZZZ");
  g_assert_true (mr_base32_is_char ('Z'));
  for (const char *p = "ILOUilou-a "; *p != '\0'; p++)
    g_assert_false (mr_base32_is_char (*p));
  g_assert_false (mr_base32_is_char ('\0'));
}

static void
test_form (void)
{
  g_autoptr (MrClock) clock = mr_clock_new_fake (G_GINT64_CONSTANT (1795543877123456));
  g_autofree char *id = mr_id_new (clock);

  g_assert_cmpuint (strlen (id), ==, MR_ID_LENGTH);
  g_assert_true (mr_id_is_valid (id));
  /* 1795543877123 ms in 48 bits, of which nine characters hold the first 45. */
  guint64 ms = G_GUINT64_CONSTANT (1795543877123) >> 3;
  for (int i = 8; i >= 0; i--, ms >>= 5)
    g_assert_cmpint (id[i], ==, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[ms & 31]);
}

/* Many within one millisecond, then time moves on: each is greater than the one before. */
static void
test_order (void)
{
  g_autoptr (MrClock) clock = mr_clock_new_fake (G_GINT64_CONSTANT (2000000000000000));
  g_autofree char *before = mr_id_new (clock);

  for (int i = 0; i < 5000; i++) {
    if (i % 1000 == 999)
      mr_clock_advance (clock, 1000);
    char *id = mr_id_new (clock);
    g_assert_cmpstr (before, <, id);
    g_free (before);
    before = id;
  }
}

/* A clock that is set back a little keeps the order; one that is set back far starts anew rather than living in the
 * future for years. */
static void
test_clock_set_back (void)
{
  g_autoptr (MrClock) now = mr_clock_new_fake (G_GINT64_CONSTANT (3000000000000000));
  g_autoptr (MrClock) a_second_ago = mr_clock_new_fake (G_GINT64_CONSTANT (2999999999000000));
  g_autoptr (MrClock) last_year = mr_clock_new_fake (G_GINT64_CONSTANT (2968464000000000));
  g_autofree char *first = mr_id_new (now);
  g_autofree char *second = mr_id_new (a_second_ago);
  g_autofree char *third = mr_id_new (last_year);

  g_assert_cmpstr (first, <, second);
  g_assert_cmpstr (third, <, first);
}

static void
test_valid (void)
{
  g_assert_true (mr_id_is_valid ("0123456789ABCDEF"));
  g_assert_false (mr_id_is_valid (NULL));
  g_assert_false (mr_id_is_valid (""));
  g_assert_false (mr_id_is_valid ("0123456789ABCDE"));
  g_assert_false (mr_id_is_valid ("0123456789ABCDEF0"));
  g_assert_false (mr_id_is_valid ("0123456789abcdef"));
  g_assert_false (mr_id_is_valid ("0123456789ABCDEI"));
  g_assert_false (mr_id_is_valid ("0123456789ABCD.1"));
  g_assert_false (mr_id_is_valid ("0123456789ABCDE\n"));
}

static void
test_time (void)
{
  static const gint64 times[] = { 1790000000123000, 1, 8796093022207000, G_GINT64_CONSTANT (1100000000007000) };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autoptr (MrClock) clock = mr_clock_new_fake (times[i] + G_GINT64_CONSTANT (20000000000000000) * (i + 1));
    g_autofree char *id = mr_id_new (clock);
    g_assert_cmpint (mr_id_get_time (id), ==, mr_clock_wall (clock) / 1000 * 1000);
  }
  g_assert_cmpint (mr_id_get_time ("no id"), ==, 0);
  g_assert_cmpint (mr_id_get_time (NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id/base32", test_base32);
  g_test_add_func ("/id/form", test_form);
  g_test_add_func ("/id/order", test_order);
  g_test_add_func ("/id/clock-set-back", test_clock_set_back);
  g_test_add_func ("/id/valid", test_valid);
  g_test_add_func ("/id/time", test_time);
  return g_test_run ();
}
