/* Lines of the service's log as base/log.h writes them: "2026-11-24T18:11:17Z info engine: c12: text". */
#pragma once

#include <mailrelay/types.h>

#include "base/log.h"

G_BEGIN_DECLS

/* Level of a line; INFO where it has none that is known. */
MrLogLevel mr_log_line_get_level (const char *line);
/* Name of its connection, "c12" or "s11"; NULL: none. (transfer full) */
char *mr_log_line_dup_session (const char *line);
/* At least of that level, of this connection (NULL or "": any), with this text in it (NULL or "": any; without case). */
gboolean mr_log_line_matches (const char *line, MrLogLevel min, const char *session, const char *search);

G_END_DECLS
