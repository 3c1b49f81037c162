/* Calls of com.example.MailRelay.Outbox about statistics and the audit log, and their records as CSV. */
#include <config.h>

#include "client/statistics-calls.h"

#include "base/clock.h"
#include "base/statistics-records.h"
#include "client/client-private.h"
#include "data/dbus/names.h"

static void
call (MrClient *self, const char *method, GVariant *parameters, const char *reply_type, GCancellable *cancellable,
      GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted = {
    .interface = MR_BUS_OUTBOX, .method = method, .parameters = parameters, .reply_type = G_VARIANT_TYPE (reply_type)
  };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_statistic (GVariant *variant)
{
  return mr_statistic_record_from_variant (variant);
}

void
mr_client_get_statistics_async (MrClient *self, MrSpan span, MrStatisticKind kind, const char *name,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "GetStatistics",
        g_variant_new ("(sss)", mr_span_nick (span), mr_statistic_kind_nick (kind), name != NULL ? name : ""),
        "(aa{sv}aa{sv})", cancellable, callback, data);
}

gboolean
mr_client_get_statistics_finish (MrClient *self, GAsyncResult *result, GPtrArray **ret_times, GPtrArray **ret_rows,
                                 GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) times = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 1) : NULL;

  if (reply == NULL)
    return FALSE;
  *ret_times = mr_client_convert_records (times, convert_statistic, (GDestroyNotify)mr_statistic_record_free);
  *ret_rows = mr_client_convert_records (rows, convert_statistic, (GDestroyNotify)mr_statistic_record_free);
  return TRUE;
}

/* The one answer of a call that gives a list. */
static GPtrArray *
finish_list (MrClient *self, GAsyncResult *result, gpointer (*convert) (GVariant *), GDestroyNotify destroy,
             GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  return rows != NULL ? mr_client_convert_records (rows, convert, destroy) : NULL;
}

static gpointer
convert_age (GVariant *variant)
{
  return mr_queue_age_record_from_variant (variant);
}

void
mr_client_list_queue_ages_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ListQueueAges", NULL, "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_queue_ages_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return finish_list (self, result, convert_age, (GDestroyNotify)mr_queue_age_record_free, error);
}

static gpointer
convert_audit (GVariant *variant)
{
  return mr_audit_record_from_variant (variant);
}

void
mr_client_list_audit_async (MrClient *self, guint64 after, gint64 since, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ListAudit", g_variant_new ("(txu)", after, since, MR_CLIENT_AUDIT_PAGE), "(aa{sv})", cancellable,
        callback, data);
}

GPtrArray *
mr_client_list_audit_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return finish_list (self, result, convert_audit, (GDestroyNotify)mr_audit_record_free, error);
}

/* ---- CSV ---- */

char *
mr_statistics_dup_csv (GPtrArray *records, MrStatisticKind kind)
{
  GString *text = g_string_new (NULL);

  mr_csv_append (text, kind == MR_STATISTIC_ALL ? "time" : mr_statistic_kind_nick (kind), FALSE);
  for (guint i = 0; i < MR_COUNT_N_COUNTS; i++)
    mr_csv_append (text, mr_count_kind_nick ((MrCountKind)i), i + 1 == MR_COUNT_N_COUNTS);
  for (guint i = 0; i < records->len; i++) {
    const MrStatisticRecord *record = g_ptr_array_index (records, i);
    g_autofree char *time = kind == MR_STATISTIC_ALL ? mr_clock_format_iso8601 (record->time) : NULL;

    mr_csv_append (text, time != NULL ? time : record->name, FALSE);
    for (guint k = 0; k < MR_COUNT_N_COUNTS; k++) {
      g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, record->counts[k]);
      mr_csv_append (text, number, k + 1 == MR_COUNT_N_COUNTS);
    }
  }
  return g_string_free (text, FALSE);
}

static const char *const audit_titles[] = { "serial",     "time",           "event",        "message", "uid",
                                            "program",    "peer",           "reverse-path", "from",    "recipients",
                                            "subject",    "message-id",     "size",         "account", "host",
                                            "reply-code", "reply-enhanced", "reply-text",   "cause" };

static void
append_line (GString *text, const MrAuditRecord *r)
{
  g_autofree char *serial = g_strdup_printf ("%" G_GUINT64_FORMAT, r->serial);
  g_autofree char *time = mr_clock_format_iso8601 (r->time);
  g_autofree char *uid = r->uid >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, r->uid) : NULL;
  g_autofree char *size = r->submitted ? g_strdup_printf ("%" G_GUINT64_FORMAT, r->size) : NULL;
  g_autofree char *code = r->reply_code > 0 ? g_strdup_printf ("%u", r->reply_code) : NULL;
  const char *const fields[] = { serial,
                                 time,
                                 r->submitted ? "submitted" : mr_recipient_state_nick (r->state),
                                 r->message,
                                 uid,
                                 r->program,
                                 r->peer,
                                 r->reverse_path,
                                 r->from,
                                 r->recipients,
                                 r->subject,
                                 r->message_id,
                                 size,
                                 r->account,
                                 r->host,
                                 code,
                                 r->reply_enhanced,
                                 r->reply_text,
                                 r->cause };

  G_STATIC_ASSERT (G_N_ELEMENTS (fields) == G_N_ELEMENTS (audit_titles));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    mr_csv_append (text, fields[i], i + 1 == G_N_ELEMENTS (fields));
}

char *
mr_audit_dup_csv (GPtrArray *records, gboolean titles)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; titles && i < G_N_ELEMENTS (audit_titles); i++)
    mr_csv_append (text, audit_titles[i], i + 1 == G_N_ELEMENTS (audit_titles));
  for (guint i = 0; i < records->len; i++)
    append_line (text, g_ptr_array_index (records, i));
  return g_string_free (text, FALSE);
}
