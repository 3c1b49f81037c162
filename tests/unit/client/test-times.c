/* Times as a person says them, in a zone with summer time. */
#include "client/times.h"

#define HOUR G_TIME_SPAN_HOUR

static gint64
local (int year, int month, int day, int hour, int minute)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, hour, minute, 0);

  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

static void
test_durations (void)
{
  const struct {
    const char *text;
    gint64 usec;
  } good[] = { { "90m", 90 * G_TIME_SPAN_MINUTE },
               { "1h", HOUR },
               { "2d", 48 * HOUR },
               { "1h30m", HOUR * 3 / 2 },
               { "45s", 45 * G_TIME_SPAN_SECOND },
               { "366d", 366 * 24 * HOUR } };
  const char *bad[] = { "", "h", "1", "-1h", "1x", "30m1h", "1h1h", "367d", "99999999999999999999h", "1h ", "0m" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    gint64 usec = 0;

    g_assert_true (mr_duration_parse (good[i].text, &usec, NULL));
    g_assert_cmpint (usec, ==, good[i].usec);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    gint64 usec = 7;

    g_assert_false (mr_duration_parse (bad[i], &usec, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    g_assert_cmpint (usec, ==, 7);
  }
}

static void
test_times (void)
{
  gint64 now = local (2026, 3, 28, 14, 30); /* a Saturday; the clocks go forward in the night */
  const struct {
    const char *text;
    gint64 when;
  } good[] = {
    { "now", now },
    { "2h", now + 2 * HOUR },
    { "18:00", local (2026, 3, 28, 18, 0) },
    { "8:00", local (2026, 3, 29, 8, 0) },
    { "today 15:00", local (2026, 3, 28, 15, 0) },
    { "tomorrow", local (2026, 3, 29, 8, 0) },
    { "tomorrow 8:05", local (2026, 3, 29, 8, 5) },
    { "2026-12-24", local (2026, 12, 24, 8, 0) },
    { "2026-12-24 08:30", local (2026, 12, 24, 8, 30) },
  };
  const char *bad[] = { "",           "yesterday",       "today 8:00", "24:00",           "12:60",        "12",
                        "tomorrow x", "2026-02-30",      "2025-12-24", "2028-12-24 8:00", "2026-12-24 8", "12:00:00",
                        "-1:30",      "tomorrow 8:00 pm" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    gint64 when = 0;

    g_assert_true (mr_time_parse (good[i].text, now, &when, NULL));
    g_assert_cmpint (when, ==, good[i].when);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    gint64 when;

    g_assert_false (mr_time_parse (bad[i], now, &when, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

static void
test_presets (void)
{
  gint64 saturday = local (2026, 3, 28, 14, 30), monday = local (2026, 3, 30, 7, 0);

  g_assert_cmpint (mr_time_morning (saturday, 1), ==, local (2026, 3, 29, 8, 0));
  /* The night is an hour shorter. */
  g_assert_cmpint (mr_time_morning (saturday, 1) - saturday, ==, 16 * HOUR + HOUR / 2);
  g_assert_cmpint (mr_time_monday (saturday), ==, local (2026, 3, 30, 8, 0));
  g_assert_cmpint (mr_time_monday (monday), ==, local (2026, 4, 6, 8, 0));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Europe/Berlin", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/times/durations", test_durations);
  g_test_add_func ("/times/times", test_times);
  g_test_add_func ("/times/presets", test_presets);
  return g_test_run ();
}
