/* Reading what was counted: over time, or by name. */
#include "store/private.h"
#include "store/statistics.h"

#define NAMES_MAX 500

typedef struct {
  MrRequest base;
  MrStatisticKind kind;
  char *name;
  gboolean times;
  gint64 since, until; /* seconds */
  MrStoreStatisticsFunc func;
  GPtrArray *rows;
} StatisticsRequest;

#define SUMS                                                                                                           \
  " sum (submitted), sum (delivered), sum (deferred), sum (failed), sum (returned), sum (complaints), sum (bytes)"

static MrRow
query (MrSession *session, const StatisticsRequest *request, GError **error)
{
  MrRow row = request->times
                  ? mr_db_statement (session->db,
                                     "SELECT time, NULL," SUMS " FROM statistic WHERE kind = ?1 AND days IN (0, 1)"
                                     " AND time >= ?2 AND time < ?3 AND (?4 IS NULL OR name = ?4)"
                                     " GROUP BY time ORDER BY time",
                                     error)
                  : mr_db_statement (session->db,
                                     "SELECT 0, name," SUMS " FROM statistic WHERE kind IN (?1, ?5)"
                                     " AND days IN (0, 1) AND time >= ?2 AND time < ?3 GROUP BY name"
                                     " ORDER BY sum (submitted + delivered + deferred + failed) DESC, name LIMIT ?4",
                                     error);

  if (row == NULL)
    return NULL;
  /* How they are counted: see mr_statistics_count(). */
  sqlite3_bind_int (row, 1, request->kind == MR_STATISTIC_ALL ? MR_STATISTIC_PROGRAM : request->kind);
  sqlite3_bind_int64 (row, 2, request->since);
  sqlite3_bind_int64 (row, 3, request->until);
  if (request->times)
    mr_db_bind_text (row, 4, request->name);
  else {
    sqlite3_bind_int (row, 4, NAMES_MAX);
    sqlite3_bind_int (row, 5, request->kind == MR_STATISTIC_PROVIDER ? MR_STATISTIC_DOMAIN : request->kind);
  }
  return row;
}

static MrStatisticRecord *
get_statistic (MrRow row)
{
  MrStatisticRecord *record = g_new0 (MrStatisticRecord, 1);
  gboolean bad = FALSE;

  record->time = sqlite3_column_int64 (row, 0) * G_USEC_PER_SEC;
  record->name = mr_row_get_text (row, 1, &bad);
  if (record->name != NULL && *record->name == '\0')
    g_clear_pointer (&record->name, g_free);
  for (int i = 0; i < MR_COUNT_N_COUNTS; i++)
    record->counts[i] = (guint64)MAX (sqlite3_column_int64 (row, 2 + i), 0);
  return record;
}

static gboolean
run_statistics (MrSession *session, MrRequest *base, GError **error)
{
  StatisticsRequest *request = (StatisticsRequest *)base;
  g_auto (MrRow) row = query (session, request, error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  g_ptr_array_set_size (request->rows, 0);
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    g_ptr_array_add (request->rows, get_statistic (row));
  }
  return FALSE;
}

static void
deliver_statistics (MrRequest *base)
{
  StatisticsRequest *request = (StatisticsRequest *)base;

  request->func (request->rows, base->error, base->data);
}

static void
release_statistics (MrRequest *base)
{
  StatisticsRequest *request = (StatisticsRequest *)base;

  g_free (request->name);
  g_ptr_array_unref (request->rows);
  mr_request_release (base);
}

static const MrRequestKind statistics_kind = { "statistics", run_statistics,     NULL,
                                               NULL,         deliver_statistics, release_statistics };

/* ---- first what the writer has not written yet ---- */

typedef struct {
  MrRequest base;
  MrStore *store;
  MrRequest *then; /* owned until it is submitted */
} FlushRequest;

static gboolean
run_flush (MrSession *session, MrRequest *base, GError **error)
{
  mr_statistics_write_kept (session->statistics);
  return TRUE;
}

/* What is written can be read even where the rest could not be. */
static void
deliver_flush (MrRequest *base)
{
  FlushRequest *request = (FlushRequest *)base;

  mr_store_submit_read (request->store, request->store->lists, g_steal_pointer (&request->then));
}

static void
release_flush (MrRequest *base)
{
  FlushRequest *request = (FlushRequest *)base;

  if (request->then != NULL)
    request->then->kind->release (request->then);
  mr_request_release (base);
}

static const MrRequestKind flush_kind = { "statistics-flush", run_flush, NULL, NULL, deliver_flush, release_flush };

void
mr_store_get_statistics (MrStore *store, MrStatisticKind kind, const char *name, gboolean times, gint64 since,
                         gint64 until, MrStoreStatisticsFunc func, gpointer data)
{
  StatisticsRequest *request = mr_request_new (sizeof *request, &statistics_kind, NULL);

  request->kind = kind;
  request->name = g_strdup (name);
  request->times = times;
  request->since = since / G_USEC_PER_SEC;
  request->until = until / G_USEC_PER_SEC;
  request->func = func;
  request->base.data = data;
  request->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_statistic_record_free);
  FlushRequest *flush = mr_request_new (sizeof *flush, &flush_kind, NULL);
  flush->store = store;
  flush->then = &request->base;
  flush->base.data = data;
  mr_store_submit (store, flush);
}
