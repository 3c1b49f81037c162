/* The only source of time. */
#include "base/clock.h"

struct _MrClock {
  gatomicrefcount refs;
  gboolean fake;
  GMutex lock; /* of the two below, which only a fake clock uses */
  gint64 wall;
  gint64 monotonic;
};

MrClock *
mr_clock_new_real (void)
{
  MrClock *clock = g_new0 (MrClock, 1);

  g_atomic_ref_count_init (&clock->refs);
  g_mutex_init (&clock->lock);
  return clock;
}

MrClock *
mr_clock_new_fake (gint64 wall_usec)
{
  MrClock *clock = mr_clock_new_real ();

  clock->fake = TRUE;
  clock->wall = wall_usec;
  clock->monotonic = wall_usec;
  return clock;
}

MrClock *
mr_clock_ref (MrClock *clock)
{
  g_atomic_ref_count_inc (&clock->refs);
  return clock;
}

void
mr_clock_unref (MrClock *clock)
{
  if (clock == NULL || !g_atomic_ref_count_dec (&clock->refs))
    return;
  g_mutex_clear (&clock->lock);
  g_free (clock);
}

gint64
mr_clock_wall (MrClock *clock)
{
  if (!clock->fake)
    return g_get_real_time ();
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&clock->lock);
  return clock->wall;
}

gint64
mr_clock_monotonic (MrClock *clock)
{
  if (!clock->fake)
    return g_get_monotonic_time ();
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&clock->lock);
  return clock->monotonic;
}

void
mr_clock_advance (MrClock *clock, gint64 usec)
{
  g_return_if_fail (clock->fake);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&clock->lock);
  clock->wall += usec;
  clock->monotonic += usec;
}

/* Years 1 to 9999, which is what GDateTime and both formats hold. A damaged row reads as the nearest of them. */
static GDateTime *
date_time (gint64 wall_usec, gboolean utc)
{
  gint64 sec = CLAMP (wall_usec / G_USEC_PER_SEC, G_GINT64_CONSTANT (-62135510400), G_GINT64_CONSTANT (253402214400));
  GDateTime *when = utc ? g_date_time_new_from_unix_utc (sec) : g_date_time_new_from_unix_local (sec);

  return when != NULL ? when : g_date_time_new_from_unix_utc (sec);
}

char *
mr_clock_format_rfc5322 (gint64 wall_usec, gboolean utc)
{
  /* Not strftime: its names follow the locale. */
  static const char days[][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char months[][4]
      = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) when = date_time (wall_usec, utc);
  int offset = (int)(g_date_time_get_utc_offset (when) / G_TIME_SPAN_MINUTE);
  int minutes = ABS (offset);

  return g_strdup_printf ("%s, %d %s %04d %02d:%02d:%02d %c%02d%02d", days[g_date_time_get_day_of_week (when) - 1],
                          g_date_time_get_day_of_month (when), months[g_date_time_get_month (when) - 1],
                          g_date_time_get_year (when), g_date_time_get_hour (when), g_date_time_get_minute (when),
                          g_date_time_get_second (when), offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

char *
mr_clock_format_iso8601 (gint64 wall_usec)
{
  g_autoptr (GDateTime) when = date_time (wall_usec, TRUE);

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ", g_date_time_get_year (when), g_date_time_get_month (when),
                          g_date_time_get_day_of_month (when), g_date_time_get_hour (when),
                          g_date_time_get_minute (when), g_date_time_get_second (when));
}
