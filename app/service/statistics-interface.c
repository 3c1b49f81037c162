/* The part of com.example.MailRelay.Outbox about statistics and the audit log. */
#include <config.h>

#include "service/interfaces.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-statistics.h>
#include <string.h>

#include "base/statistics-records.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

#define NAME_MAX_ 255
#define LINES_MAX 1000

static void
add_records (GVariantBuilder *builder, GPtrArray *records)
{
  g_variant_builder_init (builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (builder, mr_statistic_record_to_variant (g_ptr_array_index (records, i)));
}

static void
statistics_cb (GPtrArray *times, GPtrArray *rows, const GError *error, gpointer data)
{
  GVariantBuilder first, second;

  if (error != NULL) {
    mr_call_fail (data, error);
    return;
  }
  add_records (&first, times);
  add_records (&second, rows);
  g_dbus_method_invocation_return_value (data, g_variant_new ("(aa{sv}aa{sv})", &first, &second));
}

static gboolean
handle_get_statistics_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *span_nick,
                          const char *kind_nick, const char *name, MrEngine *engine)
{
  MrStatisticKind kind;
  MrSpan span;

  if (!mr_span_from_nick (span_nick, &span))
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("The span is one of: day, month, year"));
  else if (!mr_statistic_kind_from_nick (kind_nick, &kind))
    mr_call_refuse (invocation, MR_ERROR_INVALID,
                    _ ("It can be told by: all, account, program, domain, cause, provider"));
  else if (strlen (name) > NAME_MAX_)
    mr_call_refuse (invocation, MR_ERROR_TOO_BIG, _ ("This name is too long"));
  else
    mr_engine_get_statistics (engine, span, kind, *name != '\0' ? name : NULL, statistics_cb, invocation);
  return TRUE;
}

static GVariant *
convert_age (gconstpointer record)
{
  return mr_queue_age_record_to_variant (record);
}

static void
ages_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_age);
}

static gboolean
handle_list_queue_ages_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_queue_ages (engine, ages_cb, invocation);
  return TRUE;
}

static GVariant *
convert_audit (gconstpointer record)
{
  return mr_audit_record_to_variant (record);
}

static void
audit_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_audit);
}

static gboolean
handle_list_audit_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, guint64 after, gint64 since,
                      guint limit, MrEngine *engine)
{
  if (limit < 1 || limit > LINES_MAX)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("A page has 1 to 1000 lines"));
  else
    mr_engine_list_audit (engine, after, since, limit, audit_cb, invocation);
  return TRUE;
}

void
mr_statistics_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine)
{
  g_signal_connect (outbox, "handle-get-statistics", G_CALLBACK (handle_get_statistics_cb), engine);
  g_signal_connect (outbox, "handle-list-queue-ages", G_CALLBACK (handle_list_queue_ages_cb), engine);
  g_signal_connect (outbox, "handle-list-audit", G_CALLBACK (handle_list_audit_cb), engine);
}
