/* com.example.MailRelay.Domains: the list, reports and the check, over the bus. A check belongs to the caller that started it. */
#include <config.h>

#include "service/interfaces.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-domains.h>
#include <string.h>

#include "base/records-variant.h"
#include "data/dbus/mailrelay-dbus.h"
#include "data/dbus/names.h"
#include "service/call.h"
#include "service/caller-job.h"

#define KEY      "domain-checks"
#define JOBS_MAX 4
#define TEXT_MAX 1024

/* ---- the check ---- */

static void
finding_cb (const MrDomainFinding *finding, guint done, guint total, gpointer data)
{
  MrCallerJob *job = data;
  g_autoptr (GVariant) told = finding != NULL ? g_variant_ref_sink (mr_domain_finding_to_variant (finding)) : NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, told);
  g_variant_dict_insert (&dict, "done", "u", done);
  g_variant_dict_insert (&dict, "total", "u", total);
  mr_caller_job_emit (job, "Finding",
                      g_variant_new ("(u@a{sv})", mr_caller_job_get_number (job), g_variant_dict_end (&dict)));
}

static void
done_cb (const MrDomainReport *report, const GError *error, gpointer data)
{
  MrCallerJob *job = data;
  g_autofree char *words = g_utf8_make_valid (error != NULL ? error->message : "", -1);
  GVariant *told = report != NULL ? mr_domain_report_to_variant (report) : g_variant_new ("a{sv}", NULL);

  mr_caller_job_emit (job, "CheckDone", g_variant_new ("(us@a{sv})", mr_caller_job_get_number (job), words, told));
  mr_caller_job_free (job);
}

static void
cancel_cb (guint number, gpointer data)
{
  mr_engine_cancel_domain_check (data, number);
}

/* NULL: too long. Borrowed from options. */
static const char *
text_of (GVariant *options, const char *key)
{
  const char *text = "";

  g_variant_lookup (options, key, "&s", &text);
  return strlen (text) <= TEXT_MAX ? text : NULL;
}

static gboolean
is_set (GVariant *options, const char *key)
{
  gboolean set = FALSE;

  return g_variant_lookup (options, key, "b", &set) && set;
}

static gboolean
handle_start_check_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain,
                       GVariant *options, MrEngine *engine)
{
  MrDomainCheckOptions wanted = { .domain = domain,
                                  .account = text_of (options, "account"),
                                  .direct = is_set (options, "direct"),
                                  .addresses = text_of (options, "addresses"),
                                  .helo = text_of (options, "helo"),
                                  .dns = text_of (options, "dns"),
                                  .sources = is_set (options, "ask-service") ? MR_ADDRESS_DNS : 0,
                                  .blocklists = is_set (options, "blocklists"),
                                  .keep = is_set (options, "keep") };
  MrCallerJob *job;

  if (strlen (domain) > TEXT_MAX || wanted.account == NULL || wanted.addresses == NULL || wanted.helo == NULL
      || wanted.dns == NULL) {
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("What was entered is too long"));
    return TRUE;
  }
  job = mr_caller_job_new (g_object_get_data (G_OBJECT (skeleton), KEY), invocation);
  if (job != NULL)
    mr_caller_job_started (job, invocation, mr_engine_check_domain (engine, &wanted, finding_cb, done_cb, job));
  return TRUE;
}

static gboolean
handle_cancel_check_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, guint number, MrEngine *engine)
{
  mr_caller_jobs_cancel (g_object_get_data (G_OBJECT (skeleton), KEY), invocation, number);
  mr_dbus_domains_complete_cancel_check (skeleton, invocation);
  return TRUE;
}

/* ---- the list ---- */

static GVariant *
convert_domain (gconstpointer record)
{
  return mr_domain_record_to_variant (record);
}

static void
domains_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_domain);
}

static gboolean
handle_list_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_domains (engine, domains_cb, invocation);
  return TRUE;
}

static gboolean
handle_add_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain, MrEngine *engine)
{
  mr_engine_add_domain (engine, domain, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_remove_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain, MrEngine *engine)
{
  mr_engine_remove_domain (engine, domain, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_accept_drifts_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain,
                         MrEngine *engine)
{
  mr_engine_accept_drifts (engine, domain, mr_call_done_cb, invocation);
  return TRUE;
}

static void
report_cb (const MrDomainReport *report, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(@a{sv})", mr_domain_report_to_variant (report)));
}

static gboolean
handle_get_report_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain, MrEngine *engine)
{
  mr_engine_get_domain_report (engine, domain, report_cb, invocation);
  return TRUE;
}

/* ---- life ---- */

void
mr_domains_interface_forget (GDBusInterfaceSkeleton *skeleton, GDBusConnection *connection)
{
  mr_caller_jobs_forget (g_object_get_data (G_OBJECT (skeleton), KEY), connection);
}

GDBusInterfaceSkeleton *
mr_domains_interface_new (MrEngine *engine)
{
  MrDBusDomains *skeleton = mr_dbus_domains_skeleton_new ();
  MrCallerJobs *jobs = mr_caller_jobs_new (MR_BUS_DOMAINS, JOBS_MAX, cancel_cb, engine);

  g_object_set_data_full (G_OBJECT (skeleton), KEY, jobs, (GDestroyNotify)mr_caller_jobs_free);
  g_signal_connect (skeleton, "handle-list", G_CALLBACK (handle_list_cb), engine);
  g_signal_connect (skeleton, "handle-add", G_CALLBACK (handle_add_cb), engine);
  g_signal_connect (skeleton, "handle-remove", G_CALLBACK (handle_remove_cb), engine);
  g_signal_connect (skeleton, "handle-accept-drifts", G_CALLBACK (handle_accept_drifts_cb), engine);
  g_signal_connect (skeleton, "handle-get-report", G_CALLBACK (handle_get_report_cb), engine);
  g_signal_connect (skeleton, "handle-start-check", G_CALLBACK (handle_start_check_cb), engine);
  g_signal_connect (skeleton, "handle-cancel-check", G_CALLBACK (handle_cancel_check_cb), engine);
  mr_publish_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  mr_prove_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
