/* Statistics, ages of the queue and audit lines: memory, nicks, dictionaries, fields of CSV. */
#include <config.h>

#include "base/statistics-records.h"

#include <string.h>

#include "base/record-fields.h"

static const char *const kind_nicks[] = { "all", "account", "program", "domain", "cause", "provider" };
static const char *const span_nicks[] = { "day", "month", "year" };
static const char *const count_nicks[] = { "submitted", "delivered",  "deferred", "failed",
                                           "returned",  "complaints", "bytes" };
G_STATIC_ASSERT (G_N_ELEMENTS (kind_nicks) == MR_STATISTIC_N_KINDS);
G_STATIC_ASSERT (G_N_ELEMENTS (span_nicks) == MR_SPAN_N_SPANS);
G_STATIC_ASSERT (G_N_ELEMENTS (count_nicks) == MR_COUNT_N_COUNTS);

/* Fewer say nothing about a provider. */
#define ACCEPTANCE_MIN 5

static int
find_nick (const char *const *nicks, guint n, const char *nick)
{
  for (guint i = 0; nick != NULL && i < n; i++)
    if (strcmp (nicks[i], nick) == 0)
      return (int)i;
  return -1;
}

const char *
mr_statistic_kind_nick (MrStatisticKind kind)
{
  return (guint)kind < MR_STATISTIC_N_KINDS ? kind_nicks[kind] : "unknown";
}

gboolean
mr_statistic_kind_from_nick (const char *nick, MrStatisticKind *ret)
{
  int found = find_nick (kind_nicks, MR_STATISTIC_N_KINDS, nick);

  if (found >= 0)
    *ret = (MrStatisticKind)found;
  return found >= 0;
}

const char *
mr_span_nick (MrSpan span)
{
  return (guint)span < MR_SPAN_N_SPANS ? span_nicks[span] : "unknown";
}

gboolean
mr_span_from_nick (const char *nick, MrSpan *ret)
{
  int found = find_nick (span_nicks, MR_SPAN_N_SPANS, nick);

  if (found >= 0)
    *ret = (MrSpan)found;
  return found >= 0;
}

const char *
mr_count_kind_nick (MrCountKind kind)
{
  return (guint)kind < MR_COUNT_N_COUNTS ? count_nicks[kind] : "unknown";
}

/* ---- statistics ---- */

void
mr_statistic_record_free (MrStatisticRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->name);
  g_free (record);
}

int
mr_statistic_record_acceptance (const MrStatisticRecord *record)
{
  guint64 delivered = record->counts[MR_COUNT_DELIVERED];
  guint64 decided = delivered + record->counts[MR_COUNT_FAILED];
  guint64 good = delivered - MIN (delivered, record->counts[MR_COUNT_RETURNED]);

  return decided < ACCEPTANCE_MIN || decided > G_MAXUINT64 / 1000 ? -1 : (int)(good * 1000 / decided);
}

static const MrField statistic_fields[] = {
  ROW (MR_FIELD_INT64, MrStatisticRecord, "time", time),
  ROW (MR_FIELD_STRING, MrStatisticRecord, "name", name),
  ROW (MR_FIELD_UINT64, MrStatisticRecord, "submitted", counts[MR_COUNT_SUBMITTED]),
  ROW (MR_FIELD_UINT64, MrStatisticRecord, "delivered", counts[MR_COUNT_DELIVERED]),
  ROW (MR_FIELD_UINT64, MrStatisticRecord, "deferred", counts[MR_COUNT_DEFERRED]),
  ROW (MR_FIELD_UINT64, MrStatisticRecord, "failed", counts[MR_COUNT_FAILED]),
  ROW (MR_FIELD_UINT64, MrStatisticRecord, "returned", counts[MR_COUNT_RETURNED]),
  ROW (MR_FIELD_UINT64, MrStatisticRecord, "complaints", counts[MR_COUNT_COMPLAINTS]),
  ROW (MR_FIELD_UINT64, MrStatisticRecord, "bytes", counts[MR_COUNT_BYTES]),
  ROW (MR_FIELD_BOOLEAN, MrStatisticRecord, "falling", falling),
  END_ROW,
};

GVariant *
mr_statistic_record_to_variant (const MrStatisticRecord *record)
{
  int acceptance = mr_statistic_record_acceptance (record);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  mr_fields_write (&builder, statistic_fields, record);
  if (acceptance >= 0)
    g_variant_builder_add (&builder, "{sv}", "acceptance", g_variant_new_int32 (acceptance));
  return g_variant_builder_end (&builder);
}

MrStatisticRecord *
mr_statistic_record_from_variant (GVariant *variant)
{
  MrStatisticRecord *record = g_new0 (MrStatisticRecord, 1);

  mr_fields_read (statistic_fields, record, variant);
  return record;
}

/* ---- ages of the queue ---- */

guint
mr_queue_age_limit (guint step)
{
  return step + 1 < MR_QUEUE_AGES ? 5u << step : G_MAXUINT;
}

void
mr_queue_age_record_free (MrQueueAgeRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->domain);
  g_free (record);
}

static const MrField queue_age_fields[] = {
  ROW (MR_FIELD_STRING, MrQueueAgeRecord, "domain", domain),
  ROW (MR_FIELD_UINT, MrQueueAgeRecord, "total", total),
  END_ROW,
};

GVariant *
mr_queue_age_record_to_variant (const MrQueueAgeRecord *record)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  mr_fields_write (&builder, queue_age_fields, record);
  g_variant_builder_add (
      &builder, "{sv}", "ages",
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, record->ages, MR_QUEUE_AGES, sizeof record->ages[0]));
  return g_variant_builder_end (&builder);
}

MrQueueAgeRecord *
mr_queue_age_record_from_variant (GVariant *variant)
{
  g_autoptr (MrQueueAgeRecord) record = g_new0 (MrQueueAgeRecord, 1);
  g_autoptr (GVariant) ages = NULL;

  mr_fields_read (queue_age_fields, record, variant);
  if (record->domain == NULL)
    return NULL;
  ages = g_variant_lookup_value (variant, "ages", G_VARIANT_TYPE ("au"));
  for (gsize i = 0; ages != NULL && i < MIN (g_variant_n_children (ages), MR_QUEUE_AGES); i++)
    g_variant_get_child (ages, i, "u", &record->ages[i]);
  return g_steal_pointer (&record);
}

/* ---- audit ---- */

void
mr_audit_record_free (MrAuditRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->message);
  g_free (record->program);
  g_free (record->peer);
  g_free (record->reverse_path);
  g_free (record->from);
  g_free (record->subject);
  g_free (record->message_id);
  g_free (record->recipients);
  g_free (record->account);
  g_free (record->host);
  g_free (record->reply_enhanced);
  g_free (record->reply_text);
  g_free (record->cause);
  g_free (record);
}

ENUM_ADAPTERS (MrRecipientState, recipient_state)

static const MrField submitted_fields[] = {
  ROW (MR_FIELD_UINT64, MrAuditRecord, "serial", serial),
  ROW (MR_FIELD_INT64, MrAuditRecord, "time", time),
  ROW (MR_FIELD_BOOLEAN, MrAuditRecord, "submitted", submitted),
  ROW (MR_FIELD_STRING, MrAuditRecord, "message", message),
  ROW (MR_FIELD_UID, MrAuditRecord, "uid", uid),
  ROW (MR_FIELD_STRING, MrAuditRecord, "program", program),
  ROW (MR_FIELD_STRING, MrAuditRecord, "peer", peer),
  ROW (MR_FIELD_STRING, MrAuditRecord, "reverse-path", reverse_path),
  ROW (MR_FIELD_STRING, MrAuditRecord, "from", from),
  ROW (MR_FIELD_STRING, MrAuditRecord, "subject", subject),
  ROW (MR_FIELD_STRING, MrAuditRecord, "message-id", message_id),
  ROW (MR_FIELD_UINT64, MrAuditRecord, "size", size),
  TEXT_ROW (MrAuditRecord, "recipients", recipients, MR_LONG_TEXT),
  END_ROW,
};

static const MrField outcome_fields[] = {
  ENUM_ROW (MrAuditRecord, "state", state, recipient_state),
  ROW (MR_FIELD_STRING, MrAuditRecord, "account", account),
  ROW (MR_FIELD_STRING, MrAuditRecord, "host", host),
  ROW (MR_FIELD_UINT, MrAuditRecord, "reply-code", reply_code),
  ROW (MR_FIELD_STRING, MrAuditRecord, "reply-enhanced", reply_enhanced),
  TEXT_ROW (MrAuditRecord, "reply-text", reply_text, MR_REPLY_TEXT),
  ROW (MR_FIELD_STRING, MrAuditRecord, "cause", cause),
  END_ROW,
};

GVariant *
mr_audit_record_to_variant (const MrAuditRecord *record)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  mr_fields_write (&builder, submitted_fields, record);
  if (!record->submitted)
    mr_fields_write (&builder, outcome_fields, record);
  return g_variant_builder_end (&builder);
}

MrAuditRecord *
mr_audit_record_from_variant (GVariant *variant)
{
  g_autoptr (MrAuditRecord) record = g_new0 (MrAuditRecord, 1);

  record->uid = -1;
  mr_fields_read (submitted_fields, record, variant);
  mr_fields_read (outcome_fields, record, variant);
  return record->message != NULL ? g_steal_pointer (&record) : NULL;
}

/* ---- CSV ---- */

void
mr_csv_append (GString *text, const char *field, gboolean last)
{
  /* Addresses and subjects come from strangers: a spreadsheet runs what begins like this. */
  gboolean formula = field != NULL && *field != '\0' && strchr ("=+-@\t\r", *field) != NULL;

  if (field != NULL && (formula || strpbrk (field, ",\"\r\n;") != NULL)) {
    g_string_append_c (text, '"');
    if (formula)
      g_string_append_c (text, '\'');
    for (const char *p = field; *p != '\0'; p++) {
      if (*p == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *p);
    }
    g_string_append_c (text, '"');
  } else if (field != NULL)
    g_string_append (text, field);
  g_string_append (text, last ? "\r\n" : ",");
}
