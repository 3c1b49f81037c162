/* mail-relayctl stats: what was sent, had to wait and failed; what waits by destination and age. */
#include <config.h>

#include "ctl/verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "base/statistics-records.h"
#include "client/statistics-calls.h"
#include "ctl/output.h"

typedef struct {
  MrSpan span;
  MrStatisticKind kind;
  gboolean csv, queue;
} Wanted;

/* ---- words ---- */

static char *
dup_slot (MrSpan span, gint64 time)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);

  return g_date_time_format (when, span == MR_SPAN_DAY     ? "%Y-%m-%d %H:%M"
                                   : span == MR_SPAN_MONTH ? "%Y-%m-%d"
                                                           : "%Y-%m");
}

static char *
dup_name (MrCtl *ctl, MrStatisticKind kind, const char *name)
{
  if (name == NULL)
    return g_strdup (_ ("(unknown)"));
  if (g_str_equal (name, MR_STATISTIC_REST))
    return g_strdup (_ ("(all others)"));
  if (kind != MR_STATISTIC_CAUSE)
    return g_strdup (name);
  g_autofree char *title = mr_cause_dup_title (mr_ctl_get_diagnosis (ctl), name, NULL);
  return *title != '\0' ? g_steal_pointer (&title) : g_strdup (name);
}

static char *
dup_number (guint64 number)
{
  return number > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, number) : g_strdup ("-");
}

static const char *
kind_title (MrStatisticKind kind)
{
  static const char *const titles[] = { N_ ("Since"),  N_ ("Account"), N_ ("Program"),
                                        N_ ("Domain"), N_ ("Cause"),   N_ ("Recipients' provider") };

  G_STATIC_ASSERT (G_N_ELEMENTS (titles) == MR_STATISTIC_N_KINDS);
  return _ (titles[kind]);
}

/* "97.5 %", and that it falls. */
static char *
dup_acceptance (const MrStatisticRecord *record)
{
  int acceptance = mr_statistic_record_acceptance (record);

  if (acceptance < 0)
    return g_strdup ("-");
  /* Translators: a share of 100; %d.%d is one number with one decimal */
  g_autofree char *share = g_strdup_printf (_ ("%d.%d %%"), acceptance / 10, acceptance % 10);
  return record->falling ? g_strdup_printf (_ ("%s, less than before"), share) : g_steal_pointer (&share);
}

/* ---- tables ---- */

static void
add_row (MrTable *table, const char *name, const MrStatisticRecord *record)
{
  g_autofree char *delivered = dup_number (record->counts[MR_COUNT_DELIVERED]);
  g_autofree char *deferred = dup_number (record->counts[MR_COUNT_DEFERRED]);
  g_autofree char *failed = dup_number (record->counts[MR_COUNT_FAILED]);
  g_autofree char *returned = dup_number (record->counts[MR_COUNT_RETURNED]);
  g_autofree char *complaints = dup_number (record->counts[MR_COUNT_COMPLAINTS]);
  g_autofree char *acceptance = dup_acceptance (record);
  const char *cells[] = { name, delivered, deferred, failed, returned, complaints, acceptance, NULL };

  mr_table_add (table, cells, G_MAXUINT, NULL);
}

static void
print_rows (MrCtl *ctl, const Wanted *wanted, GPtrArray *records)
{
  const char *const titles[] = { kind_title (wanted->kind), _ ("Delivered"),  _ ("Had to wait"), _ ("Failed"),
                                 _ ("Came back"),           _ ("Complaints"), _ ("Accepted"),    NULL };
  g_autoptr (MrTable) table = mr_table_new (titles);

  if (records->len == 0) {
    puts (_ ("Nothing was sent in this time."));
    return;
  }
  for (guint i = 0; i < records->len; i++) {
    const MrStatisticRecord *record = g_ptr_array_index (records, i);
    g_autofree char *name = wanted->kind == MR_STATISTIC_ALL ? dup_slot (wanted->span, record->time)
                                                             : dup_name (ctl, wanted->kind, record->name);
    add_row (table, name, record);
  }
  mr_table_print (table);
}

static void
print_ages (MrCtl *ctl, GPtrArray *records)
{
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);

  if (records->len == 0) {
    puts (_ ("Nothing waits."));
    return;
  }
  g_ptr_array_add (titles, g_strdup (_ ("Domain")));
  g_ptr_array_add (titles, g_strdup (_ ("Waiting")));
  for (guint i = 0; i + 1 < MR_QUEUE_AGES; i++)
    /* Translators: minutes */
    g_ptr_array_add (titles, g_strdup_printf (_ ("%u min"), mr_queue_age_limit (i)));
  g_ptr_array_add (titles, g_strdup (_ ("older")));
  g_ptr_array_add (titles, NULL);
  g_autoptr (MrTable) table = mr_table_new ((const char *const *)titles->pdata);
  for (guint i = 0; i < records->len; i++) {
    const MrQueueAgeRecord *record = g_ptr_array_index (records, i);
    g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

    g_ptr_array_add (cells, dup_name (ctl, MR_STATISTIC_DOMAIN, record->domain));
    g_ptr_array_add (cells, dup_number (record->total));
    for (guint k = 0; k < MR_QUEUE_AGES; k++)
      g_ptr_array_add (cells, dup_number (record->ages[k]));
    g_ptr_array_add (cells, NULL);
    mr_table_add (table, (const char *const *)cells->pdata, G_MAXUINT, NULL);
  }
  mr_table_print (table);
}

/* ---- JSON ---- */

static GVariant *
records_to_variant (GPtrArray *records)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&builder, mr_statistic_record_to_variant (g_ptr_array_index (records, i)));
  return g_variant_builder_end (&builder);
}

static void
print_json (const Wanted *wanted, GPtrArray *times, GPtrArray *rows)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "span", "s", mr_span_nick (wanted->span));
  g_variant_dict_insert (&dict, "by", "s", mr_statistic_kind_nick (wanted->kind));
  g_variant_dict_insert_value (&dict, "times", records_to_variant (times));
  g_variant_dict_insert_value (&dict, "rows", records_to_variant (rows));
  mr_print_json (g_variant_dict_end (&dict));
}

static void
print_ages_json (GPtrArray *records)
{
  GVariantBuilder builder;
  GVariantDict dict;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&builder, mr_queue_age_record_to_variant (g_ptr_array_index (records, i)));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "domains", g_variant_builder_end (&builder));
  mr_print_json (g_variant_dict_end (&dict));
}

/* ---- the verb ---- */

static int
show_ages (MrCtl *ctl)
{
  g_autoptr (GError) error = NULL;

  mr_client_list_queue_ages_async (ctl->client, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  g_autoptr (GPtrArray) records = mr_client_list_queue_ages_finish (ctl->client, result, &error);
  if (records == NULL)
    return mr_ctl_fail (ctl, error);
  if (ctl->json)
    print_ages_json (records);
  else
    print_ages (ctl, records);
  return MR_EXIT_DONE;
}

static int
show (MrCtl *ctl, const Wanted *wanted)
{
  g_autoptr (GPtrArray) times = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  mr_client_get_statistics_async (ctl->client, wanted->span, wanted->kind, NULL, NULL, mr_ctl_ready_cb, ctl);
  g_autoptr (GAsyncResult) result = mr_ctl_wait (ctl);
  if (!mr_client_get_statistics_finish (ctl->client, result, &times, &rows, &error))
    return mr_ctl_fail (ctl, error);
  GPtrArray *shown = wanted->kind == MR_STATISTIC_ALL ? times : rows;
  if (wanted->csv) {
    g_autofree char *csv = mr_statistics_dup_csv (shown, wanted->kind);
    fputs (csv, stdout);
  } else if (ctl->json)
    print_json (wanted, times, rows);
  else
    print_rows (ctl, wanted, shown);
  return MR_EXIT_DONE;
}

int
mr_verb_stats (MrCtl *ctl, int argc, char **argv)
{
  g_autofree char *by = NULL, *span = NULL;
  Wanted wanted = { .span = MR_SPAN_DAY, .kind = MR_STATISTIC_ALL };
  const GOptionEntry entries[] = {
    { "by", 0, 0, G_OPTION_ARG_STRING, &by, N_ ("account, program, domain, cause or provider; else over time"),
      N_ ("WHAT") },
    { "span", 0, 0, G_OPTION_ARG_STRING, &span, N_ ("day (24 hours, the default), month (30 days) or year"),
      N_ ("SPAN") },
    { "queue", 0, 0, G_OPTION_ARG_NONE, &wanted.queue, N_ ("What waits, by destination and age"), NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &wanted.csv, N_ ("Lines for a spreadsheet"), NULL },
    { 0 },
  };

  if (!mr_ctl_parse (ctl, "stats", NULL, N_ ("Recipients that were delivered, had to wait and failed."), entries, 0, 0,
                     &argc, &argv))
    return MR_EXIT_USAGE;
  if (by != NULL && !mr_statistic_kind_from_nick (by, &wanted.kind))
    return mr_ctl_usage (_ ("--by takes one of: account, program, domain, cause, provider"));
  if (span != NULL && !mr_span_from_nick (span, &wanted.span))
    return mr_ctl_usage (_ ("--span takes one of: day, month, year"));
  if (wanted.csv && (ctl->json || wanted.queue))
    return mr_ctl_usage (_ ("--csv goes neither with --json nor with --queue"));
  return wanted.queue ? show_ages (ctl) : show (ctl, &wanted);
}
