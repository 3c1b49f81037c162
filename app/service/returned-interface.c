/* The part of com.example.MailRelay.Outbox about what comes back: reports that a person opened, addresses that are never written to. */
#include <config.h>

#include "service/interfaces.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-reports.h>
#include <string.h>

#include "base/records-variant.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

#define TEXT_MAX 1024

static void
linked_cb (const char *id, guint recipient, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(su)", id != NULL ? id : "", recipient));
}

/* NULL where it is not there, empty or endless. */
static const char *
text_of (GVariant *facts, const char *key)
{
  const char *text = NULL;

  if (!g_variant_lookup (facts, key, "&s", &text) || *text == '\0' || strlen (text) > TEXT_MAX)
    return NULL;
  return text;
}

static gboolean
handle_link_report_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *facts, MrEngine *engine)
{
  MrReportLink report = { .message_id = text_of (facts, "message-id"),
                          .envid = text_of (facts, "envid"),
                          .queue_id = text_of (facts, "queue-id"),
                          .recipient = text_of (facts, "recipient"),
                          .cause = text_of (facts, "cause") };

  g_variant_lookup (facts, "when", "x", &report.when);
  g_variant_lookup (facts, "failed", "b", &report.failed);
  g_variant_lookup (facts, "complaint", "b", &report.complaint);
  mr_engine_link_report (engine, &report, linked_cb, invocation);
  return TRUE;
}

static GVariant *
convert_never (gconstpointer record)
{
  return mr_never_record_to_variant (record);
}

static void
never_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_never);
}

static GVariant *
convert_group (gconstpointer record)
{
  return mr_group_record_to_variant (record);
}

static void
groups_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_group);
}

static gboolean
handle_list_groups_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_groups (engine, groups_cb, invocation);
  return TRUE;
}

static gboolean
handle_list_never_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_never (engine, never_cb, invocation);
  return TRUE;
}

static gboolean
handle_add_never_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *address, const char *reason,
                     const char *message_id, MrEngine *engine)
{
  if (*message_id == '\0' || mr_call_check_id (invocation, message_id))
    mr_engine_add_never (engine, address, reason, message_id, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_remove_never_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *address,
                        MrEngine *engine)
{
  mr_engine_remove_never (engine, address, mr_call_done_cb, invocation);
  return TRUE;
}

void
mr_returned_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine)
{
  g_signal_connect (outbox, "handle-link-report", G_CALLBACK (handle_link_report_cb), engine);
  g_signal_connect (outbox, "handle-list-groups", G_CALLBACK (handle_list_groups_cb), engine);
  g_signal_connect (outbox, "handle-list-never", G_CALLBACK (handle_list_never_cb), engine);
  g_signal_connect (outbox, "handle-add-never", G_CALLBACK (handle_add_never_cb), engine);
  g_signal_connect (outbox, "handle-remove-never", G_CALLBACK (handle_remove_never_cb), engine);
}
