/* The only source of time (the lint suite keeps every other one out).
 *
 * Wall time is what people see and what the store keeps; monotonic time (CLOCK_MONOTONIC: stands still while the machine
 * sleeps) is what time-outs and the online clock are measured with. A fake clock is moved by tests.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrClock MrClock;

MrClock *mr_clock_new_real (void);
/* Both clocks start at wall_usec; mr_clock_advance() moves them. */
MrClock *mr_clock_new_fake (gint64 wall_usec);
MrClock *mr_clock_ref (MrClock *clock);
void mr_clock_unref (MrClock *clock);
gint64 mr_clock_wall (MrClock *clock);               /* microseconds since the epoch */
gint64 mr_clock_monotonic (MrClock *clock);          /* microseconds since some point */
void mr_clock_advance (MrClock *clock, gint64 usec); /* fake clocks only */

/* "Tue, 24 Nov 2026 18:11:17 +0000" (RFC 5322 3.3), in local time with its offset, or in UTC. */
char *mr_clock_format_rfc5322 (gint64 wall_usec, gboolean utc);
/* "2026-11-24T18:11:17Z" */
char *mr_clock_format_iso8601 (gint64 wall_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrClock, mr_clock_unref)

G_END_DECLS
