/* Lists of messages: one query built from a filter, paged by key.
 *
 * The id is the key of the table and sorts by age, so a page is a walk along it from where the last one ended, whatever the
 * length of the list. Values are bound, never printed into the SQL. The total of an unfiltered list is a counter; a
 * filtered one is counted by walking, and the count of the last filter is remembered by its reader thread until something is committed, so
 * that turning pages counts once.
 */
#include "store/private.h"

#include <string.h>

#define PAGE_MAX   500
#define IDS_MAX    100000
#define SEARCH_MAX 200

typedef struct {
  MrRequest base;
  MrListFilter filter; /* strings owned */
  char *pattern;
  char *after;
  guint limit;
  MrStoreListFunc func;
  MrStoreIdsFunc ids_func;
  GPtrArray *rows;
  GPtrArray *ids;
  guint64 total;
} ListRequest;

#define RECIPIENTS "recipient r WHERE r.key BETWEEN num << 20 AND (num << 20 | 1048575)"

/* "%word%" with the wildcards of the search text escaped. */
static char *
like_pattern (const char *search)
{
  GString *pattern = g_string_new ("%");

  for (const char *p = search; *p != '\0' && pattern->len < SEARCH_MAX; p++) {
    if (*p == '%' || *p == '_' || *p == '\\')
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *p);
  }
  return g_string_free (g_string_append_c (pattern, '%'), FALSE);
}

static gboolean
is_filtered (const ListRequest *request)
{
  const MrListFilter *filter = &request->filter;

  return filter->state >= 0 || filter->held_only || request->pattern != NULL || filter->account != NULL
         || filter->program != NULL;
}

/* Parameters: ?1 state, ?2 pattern, ?3 account, ?4 program, ?5 after, ?6 limit. The conditions on finished are literal
 * for the sake of the partial index. */
static char *
build_query (const ListRequest *request, const char *columns, gboolean paged)
{
  const MrListFilter *filter = &request->filter;
  GString *sql = g_string_new (NULL);

  g_string_append_printf (sql, "SELECT %s FROM message WHERE %s", columns,
                          filter->kind == MR_LIST_OUTBOX ? "finished = 0" : "finished > 0");
  if (filter->held_only)
    g_string_append (sql, " AND hold > 0");
  if (filter->program != NULL)
    g_string_append (sql, " AND program = ?4");
  if (filter->account != NULL)
    g_string_append (sql, " AND (account_override = ?3 OR EXISTS (SELECT 1 FROM " RECIPIENTS " AND r.account = ?3))");
  if (filter->state >= 0)
    g_string_append (sql, " AND EXISTS (SELECT 1 FROM " RECIPIENTS " AND r.state = ?1)");
  if (request->pattern != NULL)
    g_string_append (sql,
                     " AND (id LIKE ?2 ESCAPE '\\' OR subject LIKE ?2 ESCAPE '\\' OR message_id LIKE ?2 ESCAPE '\\'"
                     " OR reverse_path LIKE ?2 ESCAPE '\\' OR from_address LIKE ?2 ESCAPE '\\'"
                     " OR EXISTS (SELECT 1 FROM " RECIPIENTS " AND r.address LIKE ?2 ESCAPE '\\'))");
  if (paged && request->after != NULL)
    g_string_append (sql, filter->ascending ? " AND id > ?5" : " AND id < ?5");
  if (paged)
    g_string_append (sql, filter->ascending ? " ORDER BY id ASC LIMIT ?6" : " ORDER BY id DESC LIMIT ?6");
  return g_string_free (sql, FALSE);
}

static MrRow
prepare (MrSession *session, const ListRequest *request, const char *columns, gboolean paged, GError **error)
{
  g_autofree char *sql = build_query (request, columns, paged);
  MrRow row = mr_db_prepare (session->db, sql, error);

  /* A parameter that the query does not have is refused without harm. */
  if (row == NULL)
    return NULL;
  sqlite3_bind_int (row, 1, request->filter.state);
  mr_db_bind_text (row, 2, request->pattern);
  mr_db_bind_text (row, 3, request->filter.account);
  mr_db_bind_text (row, 4, request->filter.program);
  mr_db_bind_text (row, 5, request->after);
  sqlite3_bind_int64 (row, 6, request->limit);
  return row;
}

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

static gboolean
load_page (MrSession *session, ListRequest *request, GError **error)
{
  MrRow row = prepare (session, request, MR_MESSAGE_COLUMNS, TRUE, error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row) {
    MrMessageExtra extra;
    gboolean bad = FALSE;
    MrMessageRecord *record = mr_row_get_message (row, &extra, &bad);

    g_ptr_array_add (request->rows, record);
    ok = add_representative (session, extra.num, record, &bad, error);
    if (!ok)
      break;
    if (bad && record->hold != MR_HOLD_DAMAGED) {
      record->hold = MR_HOLD_DAMAGED;
      mr_store_report_damage (session->store, (const char *)sqlite3_column_text (row, 0));
    }
  }
  sqlite3_finalize (row);
  return ok;
}

static gboolean
count_rows (MrSession *session, ListRequest *request, GError **error)
{
  gboolean has_row = FALSE;

  if (!is_filtered (request)) {
    pthread_mutex_lock (&session->store->mutex);
    gint64 total = request->filter.kind == MR_LIST_OUTBOX ? session->store->counts.messages_active
                                                          : session->store->counts.finished;
    pthread_mutex_unlock (&session->store->mutex);
    request->total = (guint64)MAX (total, (gint64)request->rows->len);
    return TRUE;
  }
  MrRow row = prepare (session, request, "count (*)", FALSE, error);
  if (row == NULL)
    return FALSE;
  /* Another connection's commit changes the version of what this one sees. */
  gint64 version = 0;
  gboolean ok = mr_db_get_int (session->db, "PRAGMA data_version", &version, error);
  char *query = sqlite3_expanded_sql (row);
  if (ok && query != NULL && version == session->counted_version && g_strcmp0 (query, session->counted_query) == 0)
    request->total = session->counted_total;
  else if (ok) {
    ok = mr_db_step (session->db, row, &has_row, error);
    request->total = ok && has_row ? (guint64)sqlite3_column_int64 (row, 0) : 0;
    session->counted_version = version;
    session->counted_total = request->total;
    g_free (session->counted_query);
    session->counted_query = ok ? g_strdup (query) : NULL;
    g_atomic_int_inc (&session->store->n_counts);
  }
  sqlite3_free (query);
  sqlite3_finalize (row);
  return ok;
}

static gboolean
run_list (MrSession *session, MrRequest *base, GError **error)
{
  ListRequest *request = (ListRequest *)base;

  return load_page (session, request, error) && count_rows (session, request, error);
}

static gboolean
run_ids (MrSession *session, MrRequest *base, GError **error)
{
  ListRequest *request = (ListRequest *)base;
  MrRow row = prepare (session, request, "id", TRUE, error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row)
    g_ptr_array_add (request->ids, g_strdup ((const char *)sqlite3_column_text (row, 0)));
  sqlite3_finalize (row);
  g_ptr_array_add (request->ids, NULL);
  return ok;
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
release_list (MrRequest *base)
{
  ListRequest *request = (ListRequest *)base;

  g_free ((char *)request->filter.account);
  g_free ((char *)request->filter.program);
  g_free (request->pattern);
  g_free (request->after);
  g_ptr_array_unref (request->rows);
  g_ptr_array_unref (request->ids);
  mr_request_release (base);
}

static const MrRequestKind list_kind = { "list", run_list, NULL, NULL, deliver_list, release_list };
static const MrRequestKind ids_kind = { "list-ids", run_ids, NULL, NULL, deliver_ids, release_list };

static ListRequest *
new_list (const MrRequestKind *kind, const MrListFilter *filter, const char *after, guint limit, gpointer data)
{
  ListRequest *request = mr_request_new (sizeof *request, kind, NULL);

  request->base.data = data;
  request->filter = *filter;
  request->filter.search = NULL;
  request->filter.account = g_strdup (filter->account);
  request->filter.program = g_strdup (filter->program);
  if (filter->search != NULL && filter->search[0] != '\0')
    request->pattern = like_pattern (filter->search);
  request->after = g_strdup (after);
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
