/* Lists of messages: pages, ids, and the rows of given ids.
 *
 * The total of an unfiltered list is a counter; a filtered one is counted by walking, and the count of the last filter is remembered by its
 * reader thread until something is committed, so that turning pages counts once. Who shows a long list asks for all ids once and then for rows
 * by their ids: that costs the same whatever the order, and no page shifts when something changes in between.
 */
#include "store/list-query.h"
#include "store/lists.h"
#include "store/private.h"

#define PAGE_MAX 500
#define IDS_MAX  100000
#define PACK_MAX 1000000

typedef struct {
  MrRequest base;
  MrListQuery query;
  guint limit;
  char **wanted; /* of a request for rows */
  MrStoreListFunc func;
  MrStoreIdsFunc ids_func;
  MrStoreBytesFunc pack_func;
  GPtrArray *rows;
  GPtrArray *ids;
  GByteArray *packed;
  guint64 total;
} ListRequest;

/* ---- the recipient that stands for the message ---- */

static gboolean
load_recipient (MrSession *session, gint64 key, MrMessageRecord *record, gboolean *bad, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT " MR_RECIPIENT_COLUMNS " FROM recipient WHERE key = ?1",
                                        error);
  gboolean has_row = FALSE, row_bad = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, key);
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  if (has_row)
    g_ptr_array_add (record->recipients, mr_row_get_recipient (row, &row_bad));
  *bad = *bad || row_bad || !has_row;
  return TRUE;
}

/* The first recipient of the state that stands for the message. */
static gboolean
find_representative (MrSession *session, gint64 num, gint64 *ret_key, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db, "SELECT state, min (key) FROM recipient WHERE key BETWEEN ?1 AND ?2 GROUP BY state", error);
  g_autoptr (MrMessageRecord) states = mr_message_record_new ();
  gint64 keys[MR_RECIPIENT_N_STATES] = { 0 };
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  while (TRUE) {
    if (!mr_db_step (session->db, row, &has_row, error))
      return FALSE;
    if (!has_row)
      break;
    guint state = (guint)sqlite3_column_int (row, 0);
    if (state >= MR_RECIPIENT_N_STATES)
      continue;
    MrRecipientRecord *recipient = mr_recipient_record_new (0, "");
    recipient->state = (MrRecipientState)state;
    keys[state] = sqlite3_column_int64 (row, 1);
    g_ptr_array_add (states->recipients, recipient);
  }
  gint64 key = keys[mr_message_record_summary_state (states)];
  *ret_key = key > 0 ? key : MR_KEY (num, 0);
  return TRUE;
}

static gboolean
add_representative (MrSession *session, gint64 num, MrMessageRecord *record, gboolean *bad, GError **error)
{
  gint64 key = MR_KEY (num, 0);

  if (record->n_recipients > 1 && !find_representative (session, num, &key, error))
    return FALSE;
  return load_recipient (session, key, record, bad, error);
}

/* ---- running ---- */

/* The message that the statement stands on. */
static gboolean
take_row (MrSession *session, MrRow row, GPtrArray *rows, GError **error)
{
  MrMessageExtra extra;
  gboolean bad = FALSE;
  MrMessageRecord *record = mr_row_get_message (row, &extra, &bad);

  g_ptr_array_add (rows, record);
  if (!add_representative (session, extra.num, record, &bad, error))
    return FALSE;
  if (bad && record->hold != MR_HOLD_DAMAGED) {
    record->hold = MR_HOLD_DAMAGED;
    mr_store_report_damage (session->store, (const char *)sqlite3_column_text (row, 0));
  }
  return TRUE;
}

static gboolean
load_page (MrSession *session, ListRequest *request, GError **error)
{
  MrRow row = mr_list_query_prepare (&request->query, session->db, MR_MESSAGE_COLUMNS, TRUE, request->limit, error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row) {
    ok = take_row (session, row, request->rows, error);
    if (!ok)
      break;
  }
  sqlite3_finalize (row);
  return ok;
}

static void
count_known (MrSession *session, ListRequest *request)
{
  pthread_mutex_lock (&session->store->mutex);
  gint64 total = request->query.filter.kind == MR_LIST_OUTBOX ? session->store->counts.messages_active
                                                              : session->store->counts.finished;
  pthread_mutex_unlock (&session->store->mutex);
  request->total = (guint64)MAX (total, (gint64)request->rows->len);
}

static gboolean
count_matches (MrSession *session, ListRequest *request, GError **error)
{
  MrRow row = mr_list_query_prepare (&request->query, session->db, "count (*)", FALSE, 0, error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  gboolean ok = mr_db_step (session->db, row, &has_row, error);
  request->total = ok && has_row ? (guint64)sqlite3_column_int64 (row, 0) : 0;
  sqlite3_finalize (row);
  g_atomic_int_inc (&session->store->n_counts);
  return ok;
}

static gboolean
count_rows (MrSession *session, ListRequest *request, GError **error)
{
  MrListFilter wanted = request->query.filter;
  gint64 version = 0;

  if (!mr_list_filter_is_narrow (&wanted)) {
    count_known (session, request);
    return TRUE;
  }
  /* Another connection's commit changes the version of what this one sees. */
  if (!mr_db_get_int (session->db, "PRAGMA data_version", &version, error))
    return FALSE;
  wanted.sort = MR_LIST_SORT_TIME;
  wanted.ascending = FALSE;
  if (version == session->counted_version && mr_list_filter_equal (&wanted, &session->counted_filter)) {
    request->total = session->counted_total;
    return TRUE;
  }
  if (!count_matches (session, request, error))
    return FALSE;
  session->counted_version = version;
  session->counted_total = request->total;
  mr_list_filter_clear (&session->counted_filter);
  mr_list_filter_copy (&wanted, &session->counted_filter);
  return TRUE;
}

static gboolean
run_list (MrSession *session, MrRequest *base, GError **error)
{
  ListRequest *request = (ListRequest *)base;

  mr_list_query_narrow (&request->query, session);
  return load_page (session, request, error) && count_rows (session, request, error);
}

static gboolean
run_ids (MrSession *session, MrRequest *base, GError **error)
{
  ListRequest *request = (ListRequest *)base;
  mr_list_query_narrow (&request->query, session);
  MrRow row = mr_list_query_prepare (&request->query, session->db, "id", TRUE, request->limit, error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row)
    g_ptr_array_add (request->ids, g_strdup ((const char *)sqlite3_column_text (row, 0)));
  sqlite3_finalize (row);
  g_ptr_array_add (request->ids, NULL);
  return ok;
}

static gboolean
run_pack (MrSession *session, MrRequest *base, GError **error)
{
  ListRequest *request = (ListRequest *)base;
  mr_list_query_narrow (&request->query, session);
  MrRow row = mr_list_query_prepare (&request->query, session->db, "id", TRUE, request->limit, error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  request->packed = g_byte_array_new ();
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row)
    if (sqlite3_column_bytes (row, 0) == MR_ID_LENGTH)
      g_byte_array_append (request->packed, sqlite3_column_blob (row, 0), MR_ID_LENGTH);
  sqlite3_finalize (row);
  return ok;
}

/* Ids that are there no more give no row. */
static gboolean
run_rows (MrSession *session, MrRequest *base, GError **error)
{
  ListRequest *request = (ListRequest *)base;

  for (guint i = 0; request->wanted[i] != NULL && i < PAGE_MAX; i++) {
    g_auto (MrRow) row = mr_db_statement (session->db, "SELECT " MR_MESSAGE_COLUMNS " FROM message WHERE id = ?1",
                                          error);
    gboolean has_row = FALSE;

    if (row == NULL)
      return FALSE;
    mr_db_bind_text (row, 1, request->wanted[i]);
    if (!mr_db_step (session->db, row, &has_row, error) || (has_row && !take_row (session, row, request->rows, error)))
      return FALSE;
  }
  request->total = request->rows->len;
  return TRUE;
}

static void
deliver_list (MrRequest *base)
{
  ListRequest *request = (ListRequest *)base;

  request->func (request->rows, request->total, base->error, base->data);
}

static void
deliver_ids (MrRequest *base)
{
  ListRequest *request = (ListRequest *)base;
  static const char *const none[] = { NULL };
  gboolean ok = base->error == NULL;

  request->ids_func (ok ? (const char *const *)request->ids->pdata : none, base->error, base->data);
}

static void
deliver_pack (MrRequest *base)
{
  ListRequest *request = (ListRequest *)base;
  g_autoptr (GBytes) ids = base->error == NULL ? g_byte_array_free_to_bytes (g_steal_pointer (&request->packed)) : NULL;

  request->pack_func (ids, base->error, base->data);
}

static void
release_list (MrRequest *base)
{
  ListRequest *request = (ListRequest *)base;

  mr_list_query_clear (&request->query);
  g_strfreev (request->wanted);
  g_ptr_array_unref (request->rows);
  g_ptr_array_unref (request->ids);
  g_clear_pointer (&request->packed, g_byte_array_unref);
  mr_request_release (base);
}

static const MrRequestKind list_kind = { "list", run_list, NULL, NULL, deliver_list, release_list };
static const MrRequestKind ids_kind = { "list-ids", run_ids, NULL, NULL, deliver_ids, release_list };
static const MrRequestKind pack_kind = { "pack-ids", run_pack, NULL, NULL, deliver_pack, release_list };
static const MrRequestKind rows_kind = { "list-rows", run_rows, NULL, NULL, deliver_list, release_list };

static ListRequest *
new_list (const MrRequestKind *kind, const MrListFilter *filter, const char *after, guint limit, gpointer data)
{
  ListRequest *request = mr_request_new (sizeof *request, kind, NULL);

  request->base.data = data;
  mr_list_query_init (&request->query, filter, after);
  request->limit = limit;
  request->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);
  request->ids = g_ptr_array_new_with_free_func (g_free);
  return request;
}

void
mr_store_list (MrStore *store, const MrListFilter *filter, const char *after, guint limit, MrStoreListFunc func,
               gpointer data)
{
  ListRequest *request = new_list (&list_kind, filter, after, MIN (limit, PAGE_MAX), data);

  request->func = func;
  mr_store_submit_read (store, store->lists, request);
}

void
mr_store_list_ids (MrStore *store, const MrListFilter *filter, MrStoreIdsFunc func, gpointer data)
{
  ListRequest *request = new_list (&ids_kind, filter, NULL, IDS_MAX, data);

  request->ids_func = func;
  mr_store_submit_read (store, store->lists, request);
}

void
mr_store_pack_ids (MrStore *store, const MrListFilter *filter, MrStoreBytesFunc func, gpointer data)
{
  ListRequest *request = new_list (&pack_kind, filter, NULL, PACK_MAX, data);

  request->pack_func = func;
  mr_store_submit_read (store, store->lists, request);
}

void
mr_store_list_rows (MrStore *store, const char *const *ids, MrStoreListFunc func, gpointer data)
{
  const MrListFilter none = { .state = -1 };
  ListRequest *request = new_list (&rows_kind, &none, NULL, 0, data);

  request->wanted = g_strdupv ((char **)ids);
  request->func = func;
  mr_store_submit_read (store, store->lists, request);
}
