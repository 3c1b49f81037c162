/* What is said of a key that signs (DKIM): why the record of an old one has to stay. Pure; through gettext of the caller's locale. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* "Its last mail went to a provider ...; leave its entry until 2026-12-04". now: wall time. NULL: it is not old. (transfer full) */
char *mr_dkim_key_dup_reason (const MrDkimKeyRecord *key, gint64 now);

G_END_DECLS
