/* Addresses that are never written to: a small table, read as a whole. The key is the address in lower case, since whoever wants to be left alone is
 * the same person in capitals. */
#include "config.h"

#include "store/private.h"

#include <glib/gi18n-lib.h>

#define NEVER_MAX 100000

typedef struct {
  MrRequest base;
  MrStore *store;
  MrNeverRecord *record; /* to add; its address alone to remove */
  gboolean remove;
} NeverRequest;

static gboolean
check_number (MrSession *session, GError **error)
{
  gint64 n = 0;

  if (!mr_db_get_int (session->db, "SELECT count(*) FROM never", &n, error))
    return FALSE;
  if (n >= NEVER_MAX)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG,
                         _ ("The list “never write to” is full; remove addresses from it first"));
  return n < NEVER_MAX;
}

static gboolean
run_never (MrSession *session, MrRequest *base, GError **error)
{
  NeverRequest *request = (NeverRequest *)base;
  const MrNeverRecord *record = request->record;
  g_autofree char *key = g_ascii_strdown (record->address, -1);
  g_auto (MrRow) row = NULL;

  if (!request->remove && !check_number (session, error))
    return FALSE;
  row = request->remove ? mr_db_statement (session->db, "DELETE FROM never WHERE key = ?1", error)
                        : mr_db_statement (session->db,
                                           "INSERT OR REPLACE INTO never (key, address, added, reason, message)"
                                           " VALUES (?1, ?2, ?3, ?4, ?5)",
                                           error);
  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, key);
  if (!request->remove) {
    mr_db_bind_text (row, 2, record->address);
    sqlite3_bind_int64 (row, 3, record->added > 0 ? record->added : session->now);
    mr_db_bind_text (row, 4, record->reason);
    mr_db_bind_text (row, 5, record->message_id);
  }
  if (!mr_db_run (session->db, row, error))
    return FALSE;
  if (!request->remove || sqlite3_changes (session->db->handle) > 0)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("%s is not on the list “never write to”"), record->address);
  return FALSE;
}

/* Main context: the list in memory follows the one on disk. */
static void
deliver_never (MrRequest *base)
{
  NeverRequest *request = (NeverRequest *)base;
  g_autofree char *key = g_ascii_strdown (request->record->address, -1);

  if (base->error == NULL && request->remove)
    g_hash_table_remove (request->store->never, key);
  else if (base->error == NULL)
    g_hash_table_add (request->store->never, g_steal_pointer (&key));
  mr_request_deliver (base);
}

static void
release_never (MrRequest *base)
{
  mr_never_record_free (((NeverRequest *)base)->record);
  mr_request_release (base);
}

static const MrRequestKind never_kind = { "never", run_never, NULL, NULL, deliver_never, release_never };

static void
submit_never (MrStore *store, MrNeverRecord *record, gboolean remove, MrStoreFunc func, gpointer data)
{
  NeverRequest *request = mr_request_new (sizeof *request, &never_kind, NULL);

  request->base.func = func;
  request->base.data = data;
  request->store = store;
  request->record = record;
  request->remove = remove;
  mr_store_submit (store, request);
}

void
mr_store_add_never (MrStore *store, MrNeverRecord *record, MrStoreFunc func, gpointer data)
{
  submit_never (store, record, FALSE, func, data);
}

void
mr_store_remove_never (MrStore *store, const char *address, MrStoreFunc func, gpointer data)
{
  submit_never (store, mr_never_record_new (address), TRUE, func, data);
}

gboolean
mr_store_is_never (MrStore *store, const char *address)
{
  g_autofree char *key = g_hash_table_size (store->never) > 0 ? g_ascii_strdown (address, -1) : NULL;

  return key != NULL && g_hash_table_contains (store->never, key);
}

gboolean
mr_never_load (MrDb *db, GHashTable *never, GError **error)
{
  MrRow row = mr_db_prepare (db, "SELECT key FROM never", error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  while ((ok = mr_db_step (db, row, &has_row, error)) && has_row) {
    const char *key = (const char *)sqlite3_column_text (row, 0);

    if (key != NULL)
      g_hash_table_add (never, g_strdup (key));
  }
  sqlite3_finalize (row);
  return ok;
}

/* ---- reading ---- */

typedef struct {
  MrRequest base;
  MrStoreNeverFunc func;
  GPtrArray *rows;
} ListRequest;

static gboolean
run_list (MrSession *session, MrRequest *base, GError **error)
{
  ListRequest *request = (ListRequest *)base;
  g_auto (MrRow) row = mr_db_statement (
      session->db, "SELECT address, added, reason, message FROM never ORDER BY added DESC, key", error);
  gboolean has_row = FALSE, bad = FALSE;

  if (row == NULL)
    return FALSE;
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    MrNeverRecord *record = mr_never_record_new (NULL);
    record->address = mr_row_get_text (row, 0, &bad);
    record->added = sqlite3_column_int64 (row, 1);
    record->reason = mr_row_get_text (row, 2, &bad);
    record->message_id = mr_row_get_text (row, 3, &bad);
    g_ptr_array_add (request->rows, record);
  }
  return FALSE;
}

static void
deliver_list (MrRequest *base)
{
  ListRequest *request = (ListRequest *)base;

  request->func (request->rows, base->error, base->data);
}

static void
release_list (MrRequest *base)
{
  g_ptr_array_unref (((ListRequest *)base)->rows);
  mr_request_release (base);
}

static const MrRequestKind list_kind = { "list-never", run_list, NULL, NULL, deliver_list, release_list };

void
mr_store_list_never (MrStore *store, MrStoreNeverFunc func, gpointer data)
{
  ListRequest *request = mr_request_new (sizeof *request, &list_kind, NULL);

  request->func = func;
  request->base.data = data;
  request->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_never_record_free);
  mr_store_submit_read (store, store->lists, request);
}
