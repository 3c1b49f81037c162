/* Statistics in words: see statistics-words.h. */
#include "config.h"

#include "ui/statistics-words.h"

#include <glib/gi18n-lib.h>

static char *
format_slot (gint64 time, const char *format)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);

  return g_date_time_format (when, format);
}

char *
mr_statistics_dup_slot_label (MrSpan span, gint64 time)
{
  if (span == MR_SPAN_DAY)
    return format_slot (time, "%H:%M");
  /* Translators: g_date_time_format(): day of the month and short month, or the short month alone */
  return format_slot (time, span == MR_SPAN_MONTH ? _ ("%-d %b") : "%b");
}

char *
mr_statistics_dup_slot (MrSpan span, gint64 time)
{
  if (span == MR_SPAN_DAY)
    return format_slot (time, "%A, %H:%M");
  /* Translators: g_date_time_format(): a day of the week, a day of the month */
  return format_slot (time, span == MR_SPAN_MONTH ? _ ("%A, %-d %B") : "%B %Y");
}

static void
add_count (GString *text, guint64 count, const char *format)
{
  if (count == 0)
    return;
  if (text->len > 0)
    /* Translators: between the parts of a list: "12 delivered, 3 failed" */
    g_string_append (text, _ (", "));
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  g_auto (GStrv) around = g_strsplit (format, "%s", 2);
  g_string_append_printf (text, "%s%s%s", around[0], number, around[1] != NULL ? around[1] : "");
}

char *
mr_statistics_dup_counts (const MrStatisticRecord *record)
{
  GString *text = g_string_new (NULL);

  add_count (text, record->counts[MR_COUNT_DELIVERED], _ ("%s delivered"));
  add_count (text, record->counts[MR_COUNT_DEFERRED],
             g_dngettext (GETTEXT_PACKAGE, "%s had to wait", "%s had to wait", record->counts[MR_COUNT_DEFERRED]));
  add_count (text, record->counts[MR_COUNT_FAILED], _ ("%s failed"));
  add_count (
      text, record->counts[MR_COUNT_RETURNED],
      g_dngettext (GETTEXT_PACKAGE, "%s came back later", "%s came back later", record->counts[MR_COUNT_RETURNED]));
  add_count (text, record->counts[MR_COUNT_COMPLAINTS],
             g_dngettext (GETTEXT_PACKAGE, "%s complained", "%s complained", record->counts[MR_COUNT_COMPLAINTS]));
  if (text->len == 0)
    g_string_append (text, _ ("nothing"));
  return g_string_free (text, FALSE);
}

char *
mr_statistics_dup_acceptance (const MrStatisticRecord *record)
{
  int acceptance = mr_statistic_record_acceptance (record);

  if (acceptance < 0)
    return NULL;
  if (record->falling)
    return g_strdup_printf (_ ("%d.%d %% accepted, less than before"), acceptance / 10, acceptance % 10);
  return g_strdup_printf (_ ("%d.%d %% accepted"), acceptance / 10, acceptance % 10);
}

char *
mr_statistics_dup_name (MrDiagnosis *diagnosis, MrStatisticKind kind, const char *name, const char *account_name)
{
  if (name == NULL)
    return g_strdup (kind == MR_STATISTIC_PROGRAM ? _ ("unknown program") : _ ("unknown"));
  if (g_str_equal (name, MR_STATISTIC_REST))
    return g_strdup (_ ("All others"));
  if (account_name != NULL)
    return g_strdup (account_name);
  if (kind != MR_STATISTIC_CAUSE)
    return g_strdup (name);
  g_autofree char *title = mr_cause_dup_title (diagnosis, name, NULL);
  return *title != '\0' ? g_steal_pointer (&title) : g_strdup (name);
}

/* "5 minutes", "5 hours" */
static char *
dup_minutes (guint minutes)
{
  if (minutes < 120)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u minute", "%u minutes", minutes), minutes);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u hour", "%u hours", minutes / 60), minutes / 60);
}

char *
mr_statistics_dup_ages (const MrQueueAgeRecord *record)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MR_QUEUE_AGES; i++) {
    gboolean last = i + 1 == MR_QUEUE_AGES;
    g_autofree char *limit = dup_minutes (mr_queue_age_limit (last ? i - 1 : i));

    if (record->ages[i] == 0)
      continue;
    if (text->len > 0)
      g_string_append (text, _ (", "));
    /* Translators: "3 for less than 40 minutes" */
    g_string_append_printf (text, last ? _ ("%u for more than %s") : _ ("%u for less than %s"), record->ages[i], limit);
  }
  return g_string_free (text, FALSE);
}

void
mr_statistics_sum (GPtrArray *slots, MrStatisticRecord *ret)
{
  *ret = (MrStatisticRecord){ 0 };
  for (guint i = 0; i < slots->len; i++)
    for (guint k = 0; k < MR_COUNT_N_COUNTS; k++)
      ret->counts[k] += ((const MrStatisticRecord *)g_ptr_array_index (slots, i))->counts[k];
}
