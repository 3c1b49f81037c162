/* Calls about pauses and rules that keep mail back. */
#include <config.h>

#include "client/hold-calls.h"

#include <glib/gi18n-lib.h>

#include "base/records-variant.h"
#include "client/client-private.h"
#include "data/dbus/names.h"

static void
call (MrClient *self, const char *interface, const char *method, GVariant *parameters, const char *reply_type,
      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted = {
    .interface = interface, .method = method, .parameters = parameters, .reply_type = G_VARIANT_TYPE (reply_type)
  };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

void
mr_client_pause_async (MrClient *self, const char *account, gint64 until, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer data)
{
  call (self, MR_BUS_SERVICE, "Pause", g_variant_new ("(sx)", account != NULL ? account : "", until), "()", cancellable,
        callback, data);
}

gboolean
mr_client_pause_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_resume_async (MrClient *self, const char *account, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer data)
{
  call (self, MR_BUS_SERVICE, "Resume", g_variant_new ("(s)", account != NULL ? account : ""), "()", cancellable,
        callback, data);
}

gboolean
mr_client_resume_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

static gpointer
convert_rule (GVariant *variant)
{
  return mr_hold_rule_record_from_variant (variant);
}

void
mr_client_list_hold_rules_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, MR_BUS_OUTBOX, "ListHoldRules", NULL, "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_hold_rules_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (rows == NULL)
    return NULL;
  return mr_client_convert_records (rows, convert_rule, (GDestroyNotify)mr_hold_rule_record_free);
}

void
mr_client_set_hold_rule_async (MrClient *self, const MrHoldRuleRecord *rule, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  call (self, MR_BUS_OUTBOX, "SetHoldRule", g_variant_new ("(@a{sv})", mr_hold_rule_record_to_variant (rule)), "(s)",
        cancellable, callback, data);
}

char *
mr_client_set_hold_rule_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  char *id = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &id);
  return id;
}

void
mr_client_remove_hold_rule_async (MrClient *self, const char *id, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data)
{
  call (self, MR_BUS_OUTBOX, "RemoveHoldRule", g_variant_new ("(s)", id), "()", cancellable, callback, data);
}

gboolean
mr_client_remove_hold_rule_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

/* ---- words ---- */

char *
mr_hold_rule_dup_sentence (const MrHoldRuleRecord *rule)
{
  g_autofree char *names = g_strjoinv (", ", rule->match);

  switch (rule->kind) {
  case MR_HOLD_RULE_SENDER:
    return g_strdup_printf (rule->send ? _ ("Mail from %s goes at once") : _ ("Mail from %s is kept back for review"),
                            names);
  case MR_HOLD_RULE_RECIPIENT:
    return g_strdup_printf (rule->send ? _ ("Mail to %s goes at once") : _ ("Mail to %s is kept back for review"),
                            names);
  case MR_HOLD_RULE_LEAVES:
    return g_strdup_printf (rule->send ? _ ("Mail to anybody but %s goes at once")
                                       : _ ("Mail to anybody but %s is kept back for review"),
                            names);
  case MR_HOLD_RULE_PROGRAM:
    return g_strdup_printf (rule->send ? _ ("Mail of the program %s goes at once")
                                       : _ ("Mail of the program %s is kept back for review"),
                            names);
  case MR_HOLD_RULE_EVERYTHING:
  case MR_HOLD_RULE_N_KINDS:
    break;
  }
  return g_strdup (rule->send ? _ ("Everything goes at once") : _ ("Everything is kept back for review"));
}
