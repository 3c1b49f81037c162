/* Log with masking: what goes to standard error (journal) and into a ring that `mail-relayctl log` reads.
 *
 * Never message content, never a secret: callers pass ids, states, hosts and codes. As a second line of defence each
 * line passes a mask that hides what follows AUTH, PASS or a bearer word. Controls are escaped, a line has at most 1024
 * bytes, the ring 2000 lines. Thread-safe.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum { MR_LOG_DEBUG, MR_LOG_INFO, MR_LOG_WARNING, MR_LOG_ERROR } MrLogLevel;

/* Lines below min are neither printed nor kept. Default: INFO. */
void mr_log_set_level (MrLogLevel min);
/* FALSE: only the ring (for command-line tools and tests). Default: TRUE. */
void mr_log_set_stderr (gboolean enabled);
void mr_log (MrLogLevel level, const char *room, const char *format, ...) G_GNUC_PRINTF (3, 4);
#define mr_debug(room, ...)   mr_log (MR_LOG_DEBUG, room, __VA_ARGS__)
#define mr_info(room, ...)    mr_log (MR_LOG_INFO, room, __VA_ARGS__)
#define mr_warning(room, ...) mr_log (MR_LOG_WARNING, room, __VA_ARGS__)
#define mr_error(room, ...)   mr_log (MR_LOG_ERROR, room, __VA_ARGS__)
/* What is logged until the scope ends, in this thread, belongs to this session: its lines begin with "c12: ". label: at most 15 bytes. Use it as
 * g_auto (MrLogScope) scope G_GNUC_UNUSED = mr_log_enter (label); */
typedef struct {
  char before[16];
} MrLogScope;
MrLogScope mr_log_enter (const char *label);
void mr_log_leave (MrLogScope *scope);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrLogScope, mr_log_leave)
/* Somebody reads the lines as they come: for a while the ring keeps debug lines as well, whatever the level. */
void mr_log_watch (void);
/* TRUE where a debug line would be kept: spares the making of it. */
gboolean mr_log_wants_debug (void);
/* Lines after the serial number after, oldest first, at most limit; *ret_last the serial of the last one given.
 * (transfer full) strv. Each line: "2026-11-24T18:11:17Z info engine: text". */
char **mr_log_dup_lines (guint64 after, guint limit, guint64 *ret_last);
/* (transfer full) text with secrets replaced by "****"; also used for transcripts. */
char *mr_log_mask (const char *text);

G_END_DECLS
