/* Queue ids: 16 characters of Crockford base32, 48 bits of milliseconds and 32 random bits; they sort by age, are never
 * reused and are unique across gateways. Recipient and attempt ids add '.' and a number. */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

char *mr_id_new (MrClock *clock);
/* Exactly 16 characters of the alphabet (upper case). */
gboolean mr_id_is_valid (const char *id);
/* When it was made (wall time in microseconds); 0 for what is no id. */
gint64 mr_id_get_time (const char *id);

G_END_DECLS
