/* Small texts by kind and key: see notes.h. */
#include "config.h"

#include "store/notes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "store/private.h"

void
mr_store_note_free (MrStoreNote *note)
{
  if (note == NULL)
    return;
  g_free (note->key);
  g_free (note->text);
  g_free (note);
}

/* ---- writing ---- */

typedef struct {
  MrRequest base;
  char *kind, *key, *text;
} PutRequest;

static gboolean
remove_note (MrSession *session, const PutRequest *request, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "DELETE FROM note WHERE kind = ?1 AND key = ?2", error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, request->kind);
  mr_db_bind_text (row, 2, request->key);
  return mr_db_run (session->db, row, error);
}

static gboolean
trim (MrSession *session, const PutRequest *request, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "DELETE FROM note WHERE kind = ?1 AND key IN (SELECT key FROM note"
                                        " WHERE kind = ?1 ORDER BY changed DESC, key LIMIT -1 OFFSET ?2)",
                                        error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, request->kind);
  sqlite3_bind_int64 (row, 2, MR_NOTE_MAX_ROWS);
  return mr_db_run (session->db, row, error);
}

static gboolean
run_put (MrSession *session, MrRequest *base, GError **error)
{
  const PutRequest *request = (PutRequest *)base;
  g_auto (MrRow) row = NULL;

  if (request->text == NULL)
    return remove_note (session, request, error);
  if (strlen (request->text) > MR_NOTE_MAX_TEXT) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("It is too much to be kept"));
    return FALSE;
  }
  row = mr_db_statement (session->db, "INSERT OR REPLACE INTO note (kind, key, changed, text) VALUES (?1, ?2, ?3, ?4)",
                         error);
  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, request->kind);
  mr_db_bind_text (row, 2, request->key);
  sqlite3_bind_int64 (row, 3, session->now);
  mr_db_bind_text (row, 4, request->text);
  return mr_db_run (session->db, row, error) && trim (session, request, error);
}

static void
release_put (MrRequest *base)
{
  PutRequest *request = (PutRequest *)base;

  g_free (request->kind);
  g_free (request->key);
  g_free (request->text);
  mr_request_release (base);
}

static const MrRequestKind put_kind = { "put-note", run_put, NULL, NULL, mr_request_deliver, release_put };

void
mr_store_put_note (MrStore *store, const char *kind, const char *key, const char *text, MrStoreFunc func, gpointer data)
{
  PutRequest *request = mr_request_new (sizeof *request, &put_kind, NULL);

  request->base.func = func;
  request->base.data = data;
  request->kind = g_strdup (kind);
  request->key = g_strdup (key);
  request->text = g_strdup (text);
  mr_store_submit (store, request);
}

/* ---- reading ---- */

typedef struct {
  MrRequest base;
  MrStoreNotesFunc func;
  char *kind, *prefix;
  GPtrArray *rows;
} ListRequest;

static gboolean
run_list (MrSession *session, MrRequest *base, GError **error)
{
  ListRequest *request = (ListRequest *)base;
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT key, changed, text FROM note WHERE kind = ?1 AND key >= ?2"
                                        " AND substr (key, 1, length (?2)) = ?2 ORDER BY changed DESC, key",
                                        error);
  gboolean has_row = FALSE, bad = FALSE;

  if (row == NULL)
    return FALSE;
  g_ptr_array_set_size (request->rows, 0);
  mr_db_bind_text (row, 1, request->kind);
  mr_db_bind_text (row, 2, request->prefix);
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    MrStoreNote *note = g_new0 (MrStoreNote, 1);
    note->key = mr_row_get_text (row, 0, &bad);
    note->changed = sqlite3_column_int64 (row, 1);
    note->text = mr_row_get_text (row, 2, &bad);
    g_ptr_array_add (request->rows, note);
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
  ListRequest *request = (ListRequest *)base;

  g_free (request->kind);
  g_free (request->prefix);
  g_ptr_array_unref (request->rows);
  mr_request_release (base);
}

static const MrRequestKind list_kind = { "list-notes", run_list, NULL, NULL, deliver_list, release_list };

void
mr_store_list_notes (MrStore *store, const char *kind, const char *prefix, MrStoreNotesFunc func, gpointer data)
{
  ListRequest *request = mr_request_new (sizeof *request, &list_kind, NULL);

  request->func = func;
  request->base.data = data;
  request->kind = g_strdup (kind);
  request->prefix = g_strdup (prefix);
  request->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_store_note_free);
  mr_store_submit_read (store, store->lists, request);
}
