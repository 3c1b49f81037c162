/* One SQLite connection: opening with the pragmas of the store, kept statements, errors in words. */
#include "config.h"

#include "store/db.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/text.h"
#include "store/store.h"

#define TEXT_MAX  65536
#define BUSY_MSEC 5000

static void
set_error (MrDb *db, int rc, const char *what, GError **error)
{
  int system_errno = db->handle != NULL ? sqlite3_system_errno (db->handle) : 0;
  const char *text = db->handle != NULL ? sqlite3_errmsg (db->handle) : sqlite3_errstr (rc);

  db->failed = TRUE;
  if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC)
    db->sync_failed = TRUE;

  if ((rc & 0xff) == SQLITE_FULL || ((rc & 0xff) == SQLITE_IOERR && (system_errno == ENOSPC || system_errno == EDQUOT)))
    g_set_error (error, MR_ERROR, MR_ERROR_FULL, _ ("The disk that holds the outbox is full; make room on it"));
  else if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
    g_set_error (error, MR_ERROR, MR_ERROR_CORRUPT, _ ("The outbox file is damaged (%s); restore it from a backup"),
                 text);
  else if ((rc & 0xff) == SQLITE_BUSY)
    g_set_error (error, MR_ERROR, MR_ERROR_BUSY,
                 _ ("Another program keeps the outbox file locked; close it and try again"));
  else
    g_set_error (error, MR_ERROR, MR_ERROR_STORE, _ ("The outbox file cannot be used (%s: %s, code %d)"), what, text,
                 rc);
}

gboolean
mr_db_exec (MrDb *db, const char *sql, GError **error)
{
  int rc = sqlite3_exec (db->handle, sql, NULL, NULL, NULL);

  if (rc != SQLITE_OK)
    set_error (db, sqlite3_extended_errcode (db->handle), "exec", error);
  return rc == SQLITE_OK;
}

gboolean
mr_db_get_int (MrDb *db, const char *sql, gint64 *ret, GError **error)
{
  MrRow row = mr_db_prepare (db, sql, error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  gboolean ok = mr_db_step (db, row, &has_row, error);
  if (ok)
    *ret = has_row ? sqlite3_column_int64 (row, 0) : 0;
  sqlite3_finalize (row);
  return ok;
}

static gboolean
set_journal (MrDb *db, MrDbFlags flags, GError **error)
{
  const char *sync = (flags & MR_DB_NO_SYNC) != 0 || mr_store_fault_no_sync () ? "PRAGMA synchronous=OFF"
                     : (flags & MR_DB_ROLLBACK_JOURNAL) != 0                   ? "PRAGMA synchronous=EXTRA"
                                                                               : "PRAGMA synchronous=FULL";
  const char *journal = (flags & MR_DB_ROLLBACK_JOURNAL) != 0 ? "PRAGMA journal_mode=DELETE"
                                                              : "PRAGMA journal_mode=WAL";
  gboolean has_row = FALSE;

  MrRow row = mr_db_prepare (db, journal, error);
  if (row == NULL)
    return FALSE;
  gboolean ok = mr_db_step (db, row, &has_row, error);
  if (ok && has_row)
    db->wal = g_strcmp0 ((const char *)sqlite3_column_text (row, 0), "wal") == 0;
  sqlite3_finalize (row);
  if (!ok || !mr_db_exec (db, sync, error))
    return FALSE;
  if (!db->wal && (flags & MR_DB_ROLLBACK_JOURNAL) == 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_STORE, _ ("SQLite cannot open a write-ahead log beside the outbox file"));
    return FALSE;
  }
  return TRUE;
}

/* page_size and auto_vacuum only bite on an empty file, and must come before the journal mode writes its first page.
 * The checkpoint is the writer thread's business. Foreign keys are not declared: rows of a message are tied to it by
 * ranges of their keys (schema.c), which the pragma would not check. trusted_schema: functions in a schema that somebody
 * else wrote into our file do not run. */
static gboolean
set_pragmas (MrDb *db, MrDbFlags flags, int cache_kib, GError **error)
{
  g_autofree char *cache = g_strdup_printf ("PRAGMA cache_size=-%d", cache_kib);

  if (!mr_db_exec (db, cache, error) || !mr_db_exec (db, "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY", error))
    return FALSE;
  if ((flags & MR_DB_READ_ONLY) != 0)
    return mr_db_exec (db, "PRAGMA query_only=ON", error);
  return mr_db_exec (db, "PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL", error)
         && set_journal (db, flags, error)
         && mr_db_exec (db,
                        "PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON;"
                        "PRAGMA secure_delete=FAST",
                        error);
}

/* Before the first connection of the process: no statistics of each allocation (a process-wide mutex). Where a library
 * has been quicker the call is refused, which costs speed only. */
static void
configure_once (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;
  sqlite3_config (SQLITE_CONFIG_MULTITHREAD);
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3_initialize ();
  g_once_init_leave (&done, 1);
}

static void
finalize_cb (gpointer statement)
{
  sqlite3_finalize (statement);
}

MrDb *
mr_db_open (const char *path, MrDbFlags flags, int cache_kib, GError **error)
{
  configure_once ();

  g_autoptr (MrDb) db = g_new0 (MrDb, 1);
  db->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize_cb);

  /* A reader opens read-write too: the shared memory of the write-ahead log asks for it; query_only keeps it honest. */
  int open_flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE;
  if ((flags & MR_DB_READ_ONLY) == 0)
    open_flags |= SQLITE_OPEN_CREATE;
  int rc = sqlite3_open_v2 (path, &db->handle, open_flags, NULL);
  if (rc != SQLITE_OK) {
    set_error (db, rc, "open", error);
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  sqlite3_busy_timeout (db->handle, BUSY_MSEC);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (!set_pragmas (db, flags, cache_kib, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&db);
}

void
mr_db_close (MrDb *db)
{
  if (db == NULL)
    return;
  g_hash_table_unref (db->statements);
  /* A statement that is left over would keep file and locks open behind our back. */
  if (sqlite3_close (db->handle) != SQLITE_OK)
    g_critical ("The outbox file is closed in the middle of its use");
  g_free (db);
}

MrRow
mr_db_prepare (MrDb *db, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v3 (db->handle, sql, -1, 0, &stmt, NULL);

  if (rc != SQLITE_OK)
    set_error (db, rc, "prepare", error);
  return stmt;
}

MrRow
mr_db_statement (MrDb *db, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (db->statements, sql);

  if (stmt != NULL)
    return stmt;
  int rc = sqlite3_prepare_v3 (db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  if (rc != SQLITE_OK) {
    set_error (db, rc, "prepare", error);
    return NULL;
  }
  g_hash_table_insert (db->statements, (gpointer)sql, stmt);
  return stmt;
}

gboolean
mr_db_step (MrDb *db, MrRow row, gboolean *ret_row, GError **error)
{
  int rc = sqlite3_step (row);

  if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
    *ret_row = rc == SQLITE_ROW;
    return TRUE;
  }
  set_error (db, rc, "step", error);
  return FALSE;
}

gboolean
mr_db_run (MrDb *db, MrRow row, GError **error)
{
  int rc = sqlite3_step (row);

  if (rc == SQLITE_DONE)
    return TRUE;
  set_error (db, rc, "run", error);
  return FALSE;
}

void
mr_db_bind_text (MrRow row, int index, const char *text)
{
  if (text == NULL) {
    sqlite3_bind_null (row, index);
    return;
  }

  gsize len = strnlen (text, TEXT_MAX + 1);
  if (len <= TEXT_MAX && g_utf8_validate_len (text, len, NULL)) {
    sqlite3_bind_text (row, index, text, (int)len, SQLITE_STATIC);
    return;
  }
  /* What is written must be what a reader takes for sound. */
  g_autofree char *clean = mr_text_sanitize (text, TEXT_MAX);
  sqlite3_bind_text (row, index, clean, -1, SQLITE_TRANSIENT);
}

void
mr_db_bind_key (MrRow row, int index, const char *id)
{
  sqlite3_bind_text (row, index, id, 16, SQLITE_STATIC);
}

gboolean
mr_db_begin (MrDb *db, GError **error)
{
  db->failed = FALSE;
  db->sync_failed = FALSE;

  g_auto (MrRow) row = mr_db_statement (db, "BEGIN IMMEDIATE", error);
  return row != NULL && mr_db_run (db, row, error);
}

gboolean
mr_db_commit (MrDb *db, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (db, "COMMIT", error);
  return row != NULL && mr_db_run (db, row, error);
}

void
mr_db_rollback (MrDb *db)
{
  /* Some errors (disk full, I/O) have rolled back already. */
  if (sqlite3_get_autocommit (db->handle))
    return;
  g_auto (MrRow) row = mr_db_statement (db, "ROLLBACK", NULL);
  if (row != NULL)
    sqlite3_step (row);
}
