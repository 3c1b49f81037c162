/* Calls that find settings for an address, and the order of accounts. */
#include <config.h>

#include "client/set-up-calls.h"

#include "base/records-variant.h"
#include "client/job.h"
#include "data/dbus/names.h"

static const MrClientJobKind discover = { .interface = MR_BUS_ACCOUNTS,
                                          .method = "Discover",
                                          .cancel = "CancelDiscover",
                                          .step = "DiscoverStep",
                                          .done = "DiscoverDone",
                                          .done_type = "(usaa{sv})" };

typedef struct {
  MrClientDiscoverStepFunc func;
  gpointer data;
} Steps;

static void
step_cb (GVariant *dict, guint number, gpointer data)
{
  const Steps *steps = data;
  const char *source = "", *state = "", *host = "", *text = "";
  MrClientDiscoverStep step = { .source = MR_SOURCE_PRESET };

  g_variant_lookup (dict, "source", "&s", &source);
  g_variant_lookup (dict, "state", "&s", &state);
  g_variant_lookup (dict, "host", "&s", &host);
  g_variant_lookup (dict, "text", "&s", &text);
  g_variant_lookup (dict, "elapsed", "x", &step.elapsed);
  if (!mr_source_from_nick (source, &step.source) || steps->func == NULL)
    return;
  step.state = state;
  step.host = host;
  step.text = text;
  steps->func (&step, steps->data);
}

void
mr_client_discover_async (MrClient *self, const char *address, MrClientDiscoverFlags flags,
                          MrClientDiscoverStepFunc step, gpointer step_data, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer data)
{
  Steps *steps = g_new (Steps, 1);
  GVariantBuilder options;

  *steps = (Steps){ .func = step, .data = step_data };
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "third-party",
                         g_variant_new_boolean ((flags & MR_CLIENT_DISCOVER_THIRD_PARTY) != 0));
  g_variant_builder_add (&options, "{sv}", "autodiscover",
                         g_variant_new_boolean ((flags & MR_CLIENT_DISCOVER_AUTODISCOVER) != 0));
  g_variant_builder_add (&options, "{sv}", "probe", g_variant_new_boolean ((flags & MR_CLIENT_DISCOVER_PROBE) != 0));
  g_variant_builder_add (&options, "{sv}", "known", g_variant_new_boolean ((flags & MR_CLIENT_DISCOVER_KNOWN) != 0));
  mr_client_job_async (self, &discover, g_variant_new ("(sa{sv})", address, &options), NULL, step_cb, steps, g_free,
                       cancellable, callback, data);
}

static gpointer
convert_found (GVariant *variant)
{
  return mr_discovery_record_from_variant (variant);
}

GPtrArray *
mr_client_discover_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) last = mr_client_job_finish (self, result, error);
  g_autoptr (GVariant) list = NULL;
  const char *words = "";

  if (last == NULL)
    return NULL;
  g_variant_get (last, "(u&s@aa{sv})", NULL, &words, &list);
  if (*words != '\0') {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_FAILED, words);
    return NULL;
  }
  return mr_client_convert_records (list, convert_found, (GDestroyNotify)mr_discovery_record_free);
}

void
mr_client_list_providers_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted
      = { .interface = MR_BUS_ACCOUNTS, .method = "ListProviders", .reply_type = G_VARIANT_TYPE ("(aa{sv})") };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

GPtrArray *
mr_client_list_providers_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) list = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (list == NULL)
    return NULL;
  return mr_client_convert_records (list, convert_found, (GDestroyNotify)mr_discovery_record_free);
}

void
mr_client_order_accounts_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted
      = { .interface = MR_BUS_ACCOUNTS, .method = "Order", .parameters = g_variant_new ("(^as)", ids) };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

gboolean
mr_client_order_accounts_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}
