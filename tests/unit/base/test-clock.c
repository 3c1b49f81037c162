/* Clocks and the two formats of a time. */
#include "base/clock.h"

static void
test_fake (void)
{
  g_autoptr (MrClock) clock = mr_clock_new_fake (1000000);
  MrClock *second = mr_clock_ref (clock);

  g_assert_cmpint (mr_clock_wall (clock), ==, 1000000);
  g_assert_cmpint (mr_clock_monotonic (clock), ==, 1000000);
  mr_clock_advance (second, 5);
  mr_clock_unref (second);
  g_assert_cmpint (mr_clock_wall (clock), ==, 1000005);
  g_assert_cmpint (mr_clock_monotonic (clock), ==, 1000005);
}

static void
test_real (void)
{
  g_autoptr (MrClock) clock = mr_clock_new_real ();
  gint64 before = mr_clock_monotonic (clock);

  /* After this was written, and the monotonic clock does not go back. */
  g_assert_cmpint (mr_clock_wall (clock), >, G_GINT64_CONSTANT (1750000000000000));
  g_assert_cmpint (mr_clock_monotonic (clock), >=, before);
}

static void
test_formats (void)
{
  static const struct {
    gint64 usec;
    const char *rfc5322;
    const char *iso8601;
  } rows[] = {
    { 0, "Thu, 1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z" },
    { G_GINT64_CONSTANT (1795543877000000), "Tue, 24 Nov 2026 18:11:17 +0000", "2026-11-24T18:11:17Z" },
    { G_GINT64_CONSTANT (1709164799999999), "Wed, 28 Feb 2024 23:59:59 +0000", "2024-02-28T23:59:59Z" },
    { G_GINT64_CONSTANT (1709164800000000), "Thu, 29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *rfc5322 = mr_clock_format_rfc5322 (rows[i].usec, TRUE);
    g_autofree char *iso8601 = mr_clock_format_iso8601 (rows[i].usec);
    g_assert_cmpstr (rfc5322, ==, rows[i].rfc5322);
    g_assert_cmpstr (iso8601, ==, rows[i].iso8601);
  }
}

/* A damaged row must not end the process that shows it. */
static void
test_extremes (void)
{
  const gint64 times[] = { G_MININT64, -1, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *utc = mr_clock_format_rfc5322 (times[i], TRUE);
    g_autofree char *local = mr_clock_format_rfc5322 (times[i], FALSE);
    g_autofree char *iso8601 = mr_clock_format_iso8601 (times[i]);
    g_assert_nonnull (utc);
    g_assert_nonnull (local);
    g_assert_nonnull (iso8601);
  }
}

/* TZ is read once in a process. */
static void
test_zone_in_child (void)
{
  const struct {
    const char *zone;
    const char *expected;
  } rows[] = { { "UTC-5:30", "Tue, 24 Nov 2026 23:41:17 +0530" }, { "UTC+3:30", "Tue, 24 Nov 2026 14:41:17 -0330" } };

  if (g_test_subprocess ()) {
    g_autofree char *text = mr_clock_format_rfc5322 (G_GINT64_CONSTANT (1795543877000000), FALSE);
    g_print ("%s\n", text);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_setenv ("TZ", rows[i].zone, TRUE);
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    g_autofree char *pattern = g_strdup_printf ("*%s*", rows[i].expected);
    g_test_trap_assert_stdout (pattern);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/fake", test_fake);
  g_test_add_func ("/clock/real", test_real);
  g_test_add_func ("/clock/formats", test_formats);
  g_test_add_func ("/clock/extremes", test_extremes);
  g_test_add_func ("/clock/zone", test_zone_in_child);
  return g_test_run ();
}
