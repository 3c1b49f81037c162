/* Landlock and seccomp for the service, applied in main() before any thread and before GIO.
 *
 * Files are confined, not ports (an account may name any port). What the kernel does not know is left out and told in
 * the report, never an error. Sanitizer builds leave out the ptrace rule and PR_SET_DUMPABLE.
 */
#pragma once

#include "base/paths.h"

G_BEGIN_DECLS

/* A further file or folder that may be read (a CA file that the configuration names); before mr_sandbox_apply(). The
 * configuration folder can always be read, so a CA file that is named later works from there. */
void mr_sandbox_allow_read (const char *path);
/* extra_writable: NULL-terminated list of further folders, or NULL. */
gboolean mr_sandbox_apply (const MrPaths *paths, const char *const *extra_writable, GError **error);
/* "landlock 7, seccomp, not dumpable" or what is missing; for `status`. Borrowed. */
const char *mr_sandbox_report (void);

G_END_DECLS
