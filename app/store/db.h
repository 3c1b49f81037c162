/* SQLite with GError: the only wrapper, and the only place that sees a result code.
 *
 * A connection belongs to one thread at a time (opened without SQLite's mutexes). Statements are prepared once for each
 * SQL literal and kept. Errors: SQLITE_FULL is MR_ERROR_FULL, SQLITE_CORRUPT and SQLITE_NOTADB are MR_ERROR_CORRUPT,
 * SQLITE_BUSY is MR_ERROR_BUSY, all others MR_ERROR_STORE.
 */
#pragma once

#include <mailrelay/types.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct _MrDb MrDb;

typedef enum {
  MR_DB_READ_ONLY = 1 << 0,
  MR_DB_ROLLBACK_JOURNAL = 1 << 1, /* no WAL: the file is on a network file system */
  MR_DB_NO_SYNC = 1 << 2           /* tests only: shows that they notice a missing sync */
} MrDbFlags;

struct _MrDb {
  sqlite3 *handle;
  GHashTable *statements; /* SQL literal (by address) → sqlite3_stmt */
  gboolean failed; /* SQLite reported an error since the last mr_db_begin(): the transaction must not be committed */
  gboolean sync_failed; /* ... and it was a sync: the next one may lie, so nothing is tried again */
  gboolean wal;
};

MrDb *mr_db_open (const char *path, MrDbFlags flags, int cache_kib, GError **error);
void mr_db_close (MrDb *db);
gboolean mr_db_exec (MrDb *db, const char *sql, GError **error);
/* One integer from a query or PRAGMA of one row. */
gboolean mr_db_get_int (MrDb *db, const char *sql, gint64 *ret, GError **error);

gboolean mr_db_begin (MrDb *db, GError **error);
gboolean mr_db_commit (MrDb *db, GError **error);
void mr_db_rollback (MrDb *db);

/* A kept statement, ready to be bound: sql must be a literal. NULL on error. Let it go out of scope as g_auto (MrRow), which resets it. */
typedef sqlite3_stmt *MrRow;
MrRow mr_db_statement (MrDb *db, const char *sql, GError **error);
/* One statement for this time only; finish with sqlite3_finalize(). */
MrRow mr_db_prepare (MrDb *db, const char *sql, GError **error);
/* TRUE with *ret_row TRUE: a row is there; with *ret_row FALSE: the end. */
gboolean mr_db_step (MrDb *db, MrRow row, gboolean *ret_row, GError **error);
/* For statements without rows. */
gboolean mr_db_run (MrDb *db, MrRow row, GError **error);
/* Text or NULL, not copied: it must live until the statement has run. Invalid UTF-8 is replaced, text above 64 KiB cut. */
void mr_db_bind_text (MrRow row, int index, const char *text);
void mr_db_bind_key (MrRow row, int index, const char *id);

static inline void
mr_row_reset (MrRow *row)
{
  if (*row != NULL)
    sqlite3_reset (*row);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrRow, mr_row_reset)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDb, mr_db_close)

G_END_DECLS
