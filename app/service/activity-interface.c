/* The part of com.example.MailRelay.Outbox about what is being sent right now. */
#include <config.h>

#include "service/interfaces.h"

#include <mailrelay/engine-activity.h>

#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

static GVariant *
convert_activity (gconstpointer record)
{
  return mr_activity_record_to_variant (record);
}

static void
activity_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_activity);
}

static gboolean
handle_list_activity_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_activity (engine, activity_cb, invocation);
  return TRUE;
}

static gboolean
handle_stop_sending_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *id, MrEngine *engine)
{
  if (mr_call_check_id (invocation, id))
    mr_engine_stop_sending (engine, id, mr_call_count_cb, invocation);
  return TRUE;
}

void
mr_activity_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine)
{
  g_signal_connect (outbox, "handle-list-activity", G_CALLBACK (handle_list_activity_cb), engine);
  g_signal_connect (outbox, "handle-stop-sending", G_CALLBACK (handle_stop_sending_cb), engine);
}
