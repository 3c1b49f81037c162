/* Times as a person says them. The words are English, in every language: they stand in scripts. */
#include <config.h>

#include "client/times.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define YEAR (366 * G_TIME_SPAN_DAY)

gboolean
mr_duration_parse (const char *text, gint64 *ret, GError **error)
{
  static const struct {
    char unit;
    gint64 usec;
  } units[] = {
    { 'd', G_TIME_SPAN_DAY }, { 'h', G_TIME_SPAN_HOUR }, { 'm', G_TIME_SPAN_MINUTE }, { 's', G_TIME_SPAN_SECOND }
  };
  const char *p = text;
  gint64 total = 0;
  guint next = 0; /* units come from big to small, each once */

  while (*p != '\0' && next < G_N_ELEMENTS (units) && total <= YEAR) {
    char *end = NULL;
    guint64 number = g_ascii_isdigit (*p) ? g_ascii_strtoull (p, &end, 10) : 0;

    if (end == NULL || number > 1000000)
      break;
    while (next < G_N_ELEMENTS (units) && units[next].unit != *end)
      next++;
    if (next == G_N_ELEMENTS (units))
      break;
    total += (gint64)number * units[next++].usec;
    p = end + 1;
  }
  if (*p == '\0' && total > 0 && total <= YEAR) {
    *ret = total;
    return TRUE;
  }
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.50s” is no duration up to a year: write 90m, 1h or 2d"), text);
  return FALSE;
}

/* The hour of a local day, days from the one that base is in. A time that the clocks leave out is the one after it. */
static gint64
at (gint64 base, int days, int hour, int minute)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (base / G_USEC_PER_SEC);
  g_autoptr (GDateTime) day = g_date_time_add_days (then, days);
  g_autoptr (GDateTime) time = g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                                      g_date_time_get_day_of_month (day), hour, minute, 0);

  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : 0;
}

gint64
mr_time_morning (gint64 now, guint days)
{
  return at (now, (int)days, MR_MORNING, 0);
}

gint64
mr_time_monday (gint64 now)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (now / G_USEC_PER_SEC);

  return at (now, 8 - g_date_time_get_day_of_week (then), MR_MORNING, 0);
}

/* "8:00", "08:00"; "": the morning. */
static gboolean
parse_clock (const char *text, int *ret_hour, int *ret_minute)
{
  int hour = 0, minute = 0, used = 0;

  if (*text == '\0') {
    *ret_hour = MR_MORNING;
    *ret_minute = 0;
    return TRUE;
  }
  if (!g_ascii_isdigit (*text) || sscanf (text, "%2d:%2d%n", &hour, &minute, &used) != 2 || text[used] != '\0'
      || hour > 23 || minute < 0 || minute > 59)
    return FALSE;
  *ret_hour = hour;
  *ret_minute = minute;
  return TRUE;
}

/* 0: not of this form. */
static gint64
parse_date (const char *text, int hour, int minute)
{
  int year = 0, month = 0, day = 0, used = 0;

  if (!g_ascii_isdigit (*text) || sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || text[used] != '\0')
    return 0;
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, hour, minute, 0);
  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : 0;
}

static gint64
parse (const char *text, gint64 now)
{
  const char *space = strchr (text, ' ');
  g_autofree char *day = g_strndup (text, space != NULL ? (gsize)(space - text) : strlen (text));
  g_autofree char *clock = g_strstrip (g_strdup (space != NULL ? space : ""));
  int hour, minute;
  gint64 span;

  if (g_str_equal (text, "now"))
    return now;
  if (mr_duration_parse (text, &span, NULL))
    return now + span;
  if (space == NULL && strchr (text, ':') != NULL && parse_clock (text, &hour, &minute)) {
    gint64 today = at (now, 0, hour, minute);

    return today > now ? today : at (now, 1, hour, minute);
  }
  if (!parse_clock (clock, &hour, &minute))
    return 0;
  if (g_ascii_strcasecmp (day, "today") == 0)
    return at (now, 0, hour, minute);
  if (g_ascii_strcasecmp (day, "tomorrow") == 0)
    return at (now, 1, hour, minute);
  return parse_date (day, hour, minute);
}

gboolean
mr_time_parse (const char *text, gint64 now, gint64 *ret, GError **error)
{
  gint64 when = parse (text, now);

  if (when >= now && when <= now + YEAR) {
    *ret = when;
    return TRUE;
  }
  if (when > 0)
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.50s” is not within the next year"), text);
  else
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("“%.50s” is no time: write “tomorrow 8:00”, “18:00”, “2h” or “2026-12-24 08:00”"), text);
  return FALSE;
}
