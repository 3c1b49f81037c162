/* Times as a person says them: "tomorrow 8:00", "2h". Local time; now is handed in. All in microseconds of wall time. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* "90m", "1h", "2d", "1h30m"; at most a year. Error: MR_ERROR_INVALID with examples. */
gboolean mr_duration_parse (const char *text, gint64 *ret, GError **error);
/* "now", "18:00" (the next one), "today 18:00", "tomorrow", "tomorrow 8:00", "2026-12-24", "2026-12-24 08:00", or a duration from now ("2h"). A day
 * alone is its morning. Error: MR_ERROR_INVALID with examples, also for a time that has passed or is more than a year away. */
gboolean mr_time_parse (const char *text, gint64 now, gint64 *ret, GError **error);
/* MR_MORNING o'clock of the day that is so many days after today. */
#define MR_MORNING 8
gint64 mr_time_morning (gint64 now, guint days);
/* The morning of the next Monday after today. */
gint64 mr_time_monday (gint64 now);

G_END_DECLS
