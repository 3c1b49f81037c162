/* What waits by destination and age, as qshape tells it: a destination that does not take its mail shows as old mail in its row. */
#include "store/private.h"
#include "store/statistics.h"

#include <string.h>

#define DOMAINS_MAX 50
#define MINUTE      G_TIME_SPAN_MINUTE

typedef struct {
  MrRequest base;
  MrStoreStatisticsFunc func;
  GPtrArray *rows;
} AgesRequest;

static guint
age_step (gint64 age)
{
  guint step = 0;

  while (step + 1 < MR_QUEUE_AGES && age >= mr_queue_age_limit (step) * MINUTE)
    step++;
  return step;
}

static void
count_one (GHashTable *domains, const char *address, gint64 age)
{
  const char *at = address != NULL ? strrchr (address, '@') : NULL;
  g_autofree char *domain = g_ascii_strdown (at != NULL ? at + 1 : "", -1);
  MrQueueAgeRecord *record = g_hash_table_lookup (domains, domain);

  if (record == NULL) {
    record = g_new0 (MrQueueAgeRecord, 1);
    record->domain = g_utf8_make_valid (domain, -1);
    g_hash_table_insert (domains, g_steal_pointer (&domain), record);
  }
  record->total++;
  record->ages[age_step (age)]++;
}

static gboolean
collect (MrSession *session, GHashTable *domains, gint64 now, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "SELECT r.address, m.created FROM message m JOIN recipient r"
      " ON r.key BETWEEN m.num << 20 AND (m.num << 20 | 1048575) WHERE m.finished = 0 AND r.state <= 3",
      error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    count_one (domains, (const char *)sqlite3_column_text (row, 0), now - sqlite3_column_int64 (row, 1));
  }
  return FALSE;
}

static int
compare_totals (gconstpointer a, gconstpointer b)
{
  const MrQueueAgeRecord *x = *(MrQueueAgeRecord *const *)a, *y = *(MrQueueAgeRecord *const *)b;

  if (x->total != y->total)
    return x->total > y->total ? -1 : 1;
  return strcmp (x->domain, y->domain);
}

/* What stands behind the bound becomes the last row. */
static void
bound_rows (GPtrArray *rows)
{
  MrQueueAgeRecord *rest;

  g_ptr_array_sort (rows, compare_totals);
  if (rows->len <= DOMAINS_MAX)
    return;
  rest = g_new0 (MrQueueAgeRecord, 1);
  rest->domain = g_strdup (MR_STATISTIC_REST);
  for (guint i = DOMAINS_MAX; i < rows->len; i++) {
    const MrQueueAgeRecord *record = g_ptr_array_index (rows, i);

    rest->total += record->total;
    for (guint step = 0; step < MR_QUEUE_AGES; step++)
      rest->ages[step] += record->ages[step];
  }
  g_ptr_array_set_size (rows, DOMAINS_MAX);
  g_ptr_array_add (rows, rest);
}

static gboolean
run_ages (MrSession *session, MrRequest *base, GError **error)
{
  AgesRequest *request = (AgesRequest *)base;
  g_autoptr (GHashTable) domains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean ok = collect (session, domains, mr_clock_wall (session->store->clock), error);
  GHashTableIter iter;
  gpointer record;

  g_ptr_array_set_size (request->rows, 0);
  g_hash_table_iter_init (&iter, domains);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    g_ptr_array_add (request->rows, record);
  bound_rows (request->rows);
  return ok;
}

static void
deliver_ages (MrRequest *base)
{
  AgesRequest *request = (AgesRequest *)base;

  request->func (request->rows, base->error, base->data);
}

static void
release_ages (MrRequest *base)
{
  g_ptr_array_unref (((AgesRequest *)base)->rows);
  mr_request_release (base);
}

static const MrRequestKind ages_kind = { "queue-ages", run_ages, NULL, NULL, deliver_ages, release_ages };

void
mr_store_list_queue_ages (MrStore *store, MrStoreStatisticsFunc func, gpointer data)
{
  AgesRequest *request = mr_request_new (sizeof *request, &ages_kind, NULL);

  request->func = func;
  request->base.data = data;
  request->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_queue_age_record_free);
  mr_store_submit_read (store, store->lists, request);
}
