/* The maildrop folder: where a message waits, on the disk, when the service cannot be reached. The service takes what it finds there when it starts
 * (engine/command-line).
 *
 * A file is named ID.msg and holds lines "F reverse-path" (once, empty for the null one), "R recipient" (each) and, where the sender wants them, "N
 * NOTIFY", "T RET" and "V ENVID" (RFC 3461), an empty line, and the message as it was given. It appears under its name only when it is complete and synced, and its name with it.
 */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

/* The sender's wishes as they stand in the parameters of SMTP (RFC 3461): "SUCCESS,FAILURE", "HDRS", xtext. Each may be NULL. */
typedef struct {
  const char *notify, *ret, *envid;
} MrMaildropWishes;

/* TRUE: the message is on the disk. Addresses and wishes with a line break are refused (MR_ERROR_INVALID). wishes may be NULL. */
gboolean mr_maildrop_write (const char *folder, MrClock *clock, const char *reverse_path, const char *const *recipients,
                            const MrMaildropWishes *wishes, GBytes *message, GError **error);

G_END_DECLS
