/* Calls of com.example.MailRelay.Domains. The check is a job of the service (client/job.h). */
#include <config.h>

#include "client/domain-calls.h"

#include <glib/gi18n-lib.h>

#include "base/records-variant.h"
#include "client/job.h"
#include "data/dbus/names.h"

static const MrClientJobKind check = { .interface = MR_BUS_DOMAINS,
                                       .method = "StartCheck",
                                       .cancel = "CancelCheck",
                                       .step = "Finding",
                                       .done = "CheckDone",
                                       .done_type = "(usa{sv})" };

typedef struct {
  MrClientDomainFindingFunc func;
  gpointer data;
} Steps;

static void
step_cb (GVariant *dict, guint number, gpointer data)
{
  const Steps *steps = data;
  g_autoptr (MrDomainFinding) finding = mr_domain_finding_from_variant (dict);
  guint done = 0, total = 0;

  g_variant_lookup (dict, "done", "u", &done);
  g_variant_lookup (dict, "total", "u", &total);
  if (steps->func != NULL)
    steps->func (finding, done, total, steps->data);
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

static void
add_true (GVariantBuilder *builder, const char *key, gboolean set)
{
  if (set)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_boolean (TRUE));
}

void
mr_client_check_domain_async (MrClient *self, const char *domain, const MrClientDomainCheck *options,
                              MrClientDomainFindingFunc finding, gpointer finding_data, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  Steps *steps = g_new (Steps, 1);
  GVariantBuilder builder;

  *steps = (Steps){ .func = finding, .data = finding_data };
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "account", options->account);
  add_text (&builder, "addresses", options->addresses);
  add_text (&builder, "helo", options->helo);
  add_text (&builder, "dns", options->dns);
  add_true (&builder, "direct", options->direct);
  add_true (&builder, "ask-service", options->ask_service);
  add_true (&builder, "blocklists", options->blocklists);
  add_true (&builder, "keep", options->keep);
  mr_client_job_async (self, &check, g_variant_new ("(sa{sv})", domain, &builder), NULL, step_cb, steps, g_free,
                       cancellable, callback, data);
}

MrDomainReport *
mr_client_check_domain_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) last = mr_client_job_finish (self, result, error);
  g_autoptr (GVariant) dict = NULL;
  g_autoptr (MrDomainReport) report = NULL;
  const char *words = "";

  if (last == NULL)
    return NULL;
  g_variant_get (last, "(u&s@a{sv})", NULL, &words, &dict);
  report = mr_domain_report_from_variant (dict);
  if (*words != '\0' || report == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_FAILED, words);
    return NULL;
  }
  return g_steal_pointer (&report);
}

/* ---- the list ---- */

static void
call (MrClient *self, const char *method, GVariant *parameters, const char *reply_type, GCancellable *cancellable,
      GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted = {
    .interface = MR_BUS_DOMAINS, .method = method, .parameters = parameters, .reply_type = G_VARIANT_TYPE (reply_type)
  };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_domain (GVariant *variant)
{
  return mr_domain_record_from_variant (variant);
}

void
mr_client_list_domains_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "List", NULL, "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_domains_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (rows == NULL)
    return NULL;
  return mr_client_convert_records (rows, convert_domain, (GDestroyNotify)mr_domain_record_free);
}

void
mr_client_add_domain_async (MrClient *self, const char *domain, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer data)
{
  call (self, "Add", g_variant_new ("(s)", domain), "()", cancellable, callback, data);
}

gboolean
mr_client_add_domain_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_remove_domain_async (MrClient *self, const char *domain, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Remove", g_variant_new ("(s)", domain), "()", cancellable, callback, data);
}

gboolean
mr_client_remove_domain_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_accept_drifts_async (MrClient *self, const char *domain, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  call (self, "AcceptDrifts", g_variant_new ("(s)", domain), "()", cancellable, callback, data);
}

gboolean
mr_client_change_domain_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_get_domain_report_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data)
{
  call (self, "GetReport", g_variant_new ("(s)", domain), "(a{sv})", cancellable, callback, data);
}

MrDomainReport *
mr_client_get_domain_report_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) dict = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  MrDomainReport *report = dict != NULL ? mr_domain_report_from_variant (dict) : NULL;

  if (dict != NULL && report == NULL)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("the service told no report"));
  return report;
}
