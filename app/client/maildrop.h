/* The maildrop folder: where a message waits, on the disk, when the service cannot be reached. The service takes what it finds there when it starts
 * (engine/command-line).
 *
 * A file is named ID.msg and holds lines "F reverse-path" (once, empty for the null one) and "R recipient" (each), an empty line, and the message as
 * it was given. It appears under its name only when it is complete and synced, and its name with it.
 */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

/* TRUE: the message is on the disk. Addresses with a line break are refused (MR_ERROR_INVALID). */
gboolean mr_maildrop_write (const char *folder, MrClock *clock, const char *reverse_path, const char *const *recipients,
                            GBytes *message, GError **error);

G_END_DECLS
