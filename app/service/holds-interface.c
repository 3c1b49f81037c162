/* The parts of com.example.MailRelay.Service and .Outbox about pauses and rules that keep mail back. */
#include <config.h>

#include "service/interfaces.h"

#include <mailrelay/engine-holds.h>

#include "base/records-variant.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

static gboolean
handle_pause_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, const char *account, gint64 until,
                 MrEngine *engine)
{
  if (*account == '\0' || mr_call_check_name (invocation, account))
    mr_engine_pause (engine, *account != '\0' ? account : NULL, until, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_resume_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, const char *account, MrEngine *engine)
{
  if (*account == '\0' || mr_call_check_name (invocation, account))
    mr_engine_resume (engine, *account != '\0' ? account : NULL, mr_call_done_cb, invocation);
  return TRUE;
}

static GVariant *
convert_rule (gconstpointer record)
{
  return mr_hold_rule_record_to_variant (record);
}

static void
rules_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_rule);
}

static gboolean
handle_list_hold_rules_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_hold_rules (engine, rules_cb, invocation);
  return TRUE;
}

static void
set_cb (const char *id, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(s)", id));
}

static gboolean
handle_set_hold_rule_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *variant, MrEngine *engine)
{
  g_autoptr (MrHoldRuleRecord) rule = mr_hold_rule_record_from_variant (variant);

  mr_engine_set_hold_rule (engine, rule, set_cb, invocation);
  return TRUE;
}

static gboolean
handle_remove_hold_rule_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *id, MrEngine *engine)
{
  if (mr_call_check_name (invocation, id))
    mr_engine_remove_hold_rule (engine, id, mr_call_done_cb, invocation);
  return TRUE;
}

void
mr_holds_interface_attach_service (GDBusInterfaceSkeleton *service, MrEngine *engine)
{
  g_signal_connect (service, "handle-pause", G_CALLBACK (handle_pause_cb), engine);
  g_signal_connect (service, "handle-resume", G_CALLBACK (handle_resume_cb), engine);
}

void
mr_holds_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine)
{
  g_signal_connect (outbox, "handle-list-hold-rules", G_CALLBACK (handle_list_hold_rules_cb), engine);
  g_signal_connect (outbox, "handle-set-hold-rule", G_CALLBACK (handle_set_hold_rule_cb), engine);
  g_signal_connect (outbox, "handle-remove-hold-rule", G_CALLBACK (handle_remove_hold_rule_cb), engine);
}
