/* Statistics as people read them: slots of the local time zone, providers by their names, who accepts less than before.
 *
 * The store counts by hour and by domain; what a slot or a provider is, is decided here, so that a new preset or another time zone changes nothing
 * that has been counted.
 */
#include <config.h>

#include <mailrelay/engine-statistics.h>

#include "engine/engine-private.h"
#include "engine/providers.h"
#include "policy/acceptance.h"
#include "store/statistics.h"

#define HOURS        24
#define DAYS         30
#define MONTHS       12
#define SLOTS_MAX    32
#define RECENT_USEC  G_TIME_SPAN_DAY
#define BEFORE_USEC  (14 * G_TIME_SPAN_DAY)
#define FAR_TOMORROW G_TIME_SPAN_DAY

typedef enum { STEP_TIMES, STEP_ROWS, STEP_RECENT, STEP_BEFORE, STEP_END } Step;

/* One question: some readings of the store, one after the other. */
typedef struct {
  MrEngine *engine;
  MrSpan span;
  MrStatisticKind kind;
  char *name;
  gint64 now;
  gint64 slots[SLOTS_MAX + 1]; /* begins, and the end of the last */
  guint n_slots;
  Step step;
  GPtrArray *answers[STEP_END]; /* MrStatisticRecord; NULL: not asked */
  MrStatisticsFunc func;
  MrRecordsFunc falling_func;
  gpointer data;
} Job;

static void next (Job *job);

static void
job_free (Job *job)
{
  for (guint i = 0; i < STEP_END; i++)
    g_clear_pointer (&job->answers[i], g_ptr_array_unref);
  g_free (job->name);
  g_free (job);
}

static GPtrArray *
new_rows (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)mr_statistic_record_free);
}

static void
add_counts (MrStatisticRecord *to, const MrStatisticRecord *from)
{
  for (guint i = 0; i < MR_COUNT_N_COUNTS; i++)
    to->counts[i] += from->counts[i];
}

/* ---- slots ---- */

static GDateTime *
slot_begin (MrSpan span, GDateTime *now)
{
  GTimeZone *zone = g_date_time_get_timezone (now);

  if (span == MR_SPAN_YEAR)
    return g_date_time_new (zone, g_date_time_get_year (now), g_date_time_get_month (now), 1, 0, 0, 0);
  return g_date_time_new (zone, g_date_time_get_year (now), g_date_time_get_month (now),
                          g_date_time_get_day_of_month (now), span == MR_SPAN_DAY ? g_date_time_get_hour (now) : 0, 0,
                          0);
}

static GDateTime *
go_back (MrSpan span, GDateTime *from, int n)
{
  if (span == MR_SPAN_DAY)
    return g_date_time_add_hours (from, -n);
  return span == MR_SPAN_MONTH ? g_date_time_add_days (from, -n) : g_date_time_add_months (from, -n);
}

static void
make_slots (Job *job)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (job->now / G_USEC_PER_SEC);
  g_autoptr (GDateTime) last = slot_begin (job->span, now);

  job->n_slots = job->span == MR_SPAN_DAY ? HOURS : job->span == MR_SPAN_MONTH ? DAYS : MONTHS;
  for (guint i = 0; i < job->n_slots; i++) {
    g_autoptr (GDateTime) begin = go_back (job->span, last, (int)(job->n_slots - 1 - i));
    job->slots[i] = g_date_time_to_unix (begin) * G_USEC_PER_SEC;
  }
  /* A clock that was set back: what was counted since stands in the last slot. */
  job->slots[job->n_slots] = job->now + FAR_TOMORROW;
}

static GPtrArray *
fill_slots (const Job *job, GPtrArray *hours)
{
  GPtrArray *rows = new_rows ();
  guint at = 0;

  for (guint i = 0; i < job->n_slots; i++) {
    MrStatisticRecord *slot = g_new0 (MrStatisticRecord, 1);

    slot->time = job->slots[i];
    for (; at < hours->len && ((MrStatisticRecord *)hours->pdata[at])->time < job->slots[i + 1]; at++)
      add_counts (slot, hours->pdata[at]);
    g_ptr_array_add (rows, slot);
  }
  return rows;
}

/* ---- providers ---- */

static const char *
provider_name (MrPresets *presets, const char *name)
{
  const MrPreset *preset = mr_presets_find_domain (presets, name, NULL);

  if (preset == NULL)
    preset = mr_presets_find_mx (presets, name, NULL);
  return preset != NULL ? preset->name : name;
}

static int
compare_weights (gconstpointer a, gconstpointer b)
{
  const MrStatisticRecord *x = *(MrStatisticRecord *const *)a, *y = *(MrStatisticRecord *const *)b;
  guint64 one = x->counts[MR_COUNT_DELIVERED] + x->counts[MR_COUNT_FAILED];
  guint64 two = y->counts[MR_COUNT_DELIVERED] + y->counts[MR_COUNT_FAILED];

  return one > two ? -1 : one < two;
}

/* The domains of one provider are one row. */
static GPtrArray *
join_providers (MrEngine *engine, GPtrArray *rows)
{
  g_autoptr (MrPresets) presets = mr_engine_dup_presets (engine);
  g_autoptr (GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *joined = new_rows ();

  for (guint i = 0; i < rows->len; i++) {
    const MrStatisticRecord *row = g_ptr_array_index (rows, i);
    const char *name = row->name != NULL ? provider_name (presets, row->name) : "";
    MrStatisticRecord *to = g_hash_table_lookup (found, name);

    if (to == NULL) {
      to = g_new0 (MrStatisticRecord, 1);
      to->name = g_strdup (name);
      g_ptr_array_add (joined, to);
      g_hash_table_insert (found, to->name, to);
    }
    add_counts (to, row);
  }
  g_ptr_array_sort (joined, compare_weights);
  return joined;
}

static const MrStatisticRecord *
find_name (GPtrArray *rows, const char *name)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_strcmp0 (((MrStatisticRecord *)rows->pdata[i])->name, name) == 0)
      return rows->pdata[i];
  return NULL;
}

static void
mark_falling (Job *job)
{
  GPtrArray *recent = job->answers[STEP_RECENT];

  for (guint i = 0; i < recent->len; i++) {
    MrStatisticRecord *row = g_ptr_array_index (recent, i);
    const MrStatisticRecord *before = find_name (job->answers[STEP_BEFORE], row->name);

    row->falling = before != NULL && mr_policy_acceptance_falls (row, before);
  }
}

/* ---- the job ---- */

static void
finish (Job *job, const GError *error)
{
  g_autoptr (GPtrArray) none = new_rows ();

  if (job->answers[STEP_BEFORE] != NULL && error == NULL)
    mark_falling (job);
  if (job->falling_func != NULL) {
    GPtrArray *recent = error == NULL ? job->answers[STEP_RECENT] : NULL;
    for (guint i = 0; recent != NULL && i < recent->len;)
      if (((MrStatisticRecord *)recent->pdata[i])->falling)
        i++;
      else
        g_ptr_array_remove_index (recent, i);
    job->falling_func (recent, error, job->data);
  } else if (error != NULL)
    job->func (NULL, NULL, error, job->data);
  else {
    GPtrArray *rows = job->answers[STEP_ROWS] != NULL ? job->answers[STEP_ROWS] : none;
    for (guint i = 0; job->answers[STEP_RECENT] != NULL && i < rows->len; i++) {
      MrStatisticRecord *row = g_ptr_array_index (rows, i);
      const MrStatisticRecord *recent = find_name (job->answers[STEP_RECENT], row->name);
      row->falling = recent != NULL && recent->falling;
    }
    job->func (job->answers[STEP_TIMES], rows, NULL, job->data);
  }
  job_free (job);
}

static void
rows_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  Job *job = data;

  if (error != NULL) {
    finish (job, error);
    return;
  }
  if (job->step == STEP_TIMES)
    job->answers[job->step] = fill_slots (job, rows);
  else if (job->kind == MR_STATISTIC_PROVIDER)
    job->answers[job->step] = join_providers (job->engine, rows);
  else {
    GPtrArray *own = new_rows ();
    for (guint i = 0; i < rows->len; i++)
      g_ptr_array_add (own, g_steal_pointer (&rows->pdata[i]));
    job->answers[job->step] = own;
  }
  job->step++;
  next (job);
}

static void
read_names (Job *job, gint64 since, gint64 until)
{
  mr_store_get_statistics (job->engine->store, job->kind, NULL, FALSE, since, until, rows_cb, job);
}

static void
next (Job *job)
{
  gboolean by_name = job->kind != MR_STATISTIC_ALL, one = job->name != NULL;
  gint64 until = job->slots[job->n_slots];

  if (job->step == STEP_TIMES)
    mr_store_get_statistics (job->engine->store, one ? job->kind : MR_STATISTIC_ALL, job->name, TRUE, job->slots[0],
                             until, rows_cb, job);
  else if (job->step == STEP_ROWS && by_name)
    read_names (job, job->slots[0], until);
  else if (job->step == STEP_RECENT && job->kind == MR_STATISTIC_PROVIDER)
    read_names (job, job->now - RECENT_USEC, until);
  else if (job->step == STEP_BEFORE && job->kind == MR_STATISTIC_PROVIDER)
    read_names (job, job->now - RECENT_USEC - BEFORE_USEC, job->now - RECENT_USEC);
  else
    finish (job, NULL);
}

static Job *
job_new (MrEngine *engine, MrSpan span, MrStatisticKind kind, gpointer data)
{
  Job *job = g_new0 (Job, 1);

  job->engine = engine;
  job->span = span;
  job->kind = kind;
  job->now = mr_clock_wall (engine->clock);
  job->data = data;
  make_slots (job);
  return job;
}

void
mr_engine_get_statistics (MrEngine *engine, MrSpan span, MrStatisticKind kind, const char *name, MrStatisticsFunc func,
                          gpointer data)
{
  Job *job = job_new (engine, span, kind, data);

  job->name = kind != MR_STATISTIC_ALL && kind != MR_STATISTIC_PROVIDER ? g_strdup (name) : NULL;
  job->func = func;
  next (job);
}

void
mr_engine_list_falling (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  Job *job = job_new (engine, MR_SPAN_DAY, MR_STATISTIC_PROVIDER, data);

  job->falling_func = func;
  job->step = STEP_RECENT;
  next (job);
}

void
mr_engine_list_queue_ages (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  mr_store_list_queue_ages (engine->store, func, data);
}

void
mr_engine_list_audit (MrEngine *engine, guint64 after, gint64 since, guint limit, MrRecordsFunc func, gpointer data)
{
  mr_store_list_audit (engine->store, after, since, limit, func, data);
}
