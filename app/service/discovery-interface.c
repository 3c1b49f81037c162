/* Finding settings, over the bus: check, call the engine, convert, tell. */
#include <config.h>

#include "service/discovery-interface.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-accounts.h>
#include <string.h>

#include "base/records-variant.h"
#include "data/dbus/names.h"
#include "service/call.h"
#include "service/caller-job.h"

#define KEY         "discoveries"
#define JOBS_MAX    8
#define ADDRESS_MAX 512

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (valid));
}

static void
step_cb (const MrDiscoverStep *step, gpointer data)
{
  MrCallerJob *job = data;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "source", mr_source_nick (step->source));
  add_text (&builder, "state", step->state);
  add_text (&builder, "host", step->host);
  add_text (&builder, "text", step->text);
  g_variant_builder_add (&builder, "{sv}", "elapsed", g_variant_new_int64 (step->elapsed));
  mr_caller_job_emit (job, "DiscoverStep", g_variant_new ("(ua{sv})", mr_caller_job_get_number (job), &builder));
}

static void
done_cb (GPtrArray *results, const GError *error, gpointer data)
{
  MrCallerJob *job = data;
  g_autofree char *words = g_utf8_make_valid (error != NULL ? error->message : "", -1);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < results->len; i++)
    g_variant_builder_add_value (&builder, mr_discovery_record_to_variant (g_ptr_array_index (results, i)));
  mr_caller_job_emit (job, "DiscoverDone",
                      g_variant_new ("(usaa{sv})", mr_caller_job_get_number (job), words, &builder));
  mr_caller_job_free (job);
}

static MrDiscoverFlags
read_flags (GVariant *options)
{
  static const struct {
    const char *key;
    MrDiscoverFlags flag;
  } rows[] = { { "third-party", MR_DISCOVER_THIRD_PARTY },
               { "autodiscover", MR_DISCOVER_AUTODISCOVER },
               { "probe", MR_DISCOVER_PROBE },
               { "known", MR_DISCOVER_KNOWN } };
  MrDiscoverFlags flags = MR_DISCOVER_DEFAULT;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gboolean set = FALSE;
    if (g_variant_lookup (options, rows[i].key, "b", &set) && set)
      flags |= rows[i].flag;
  }
  return flags;
}

static gboolean
handle_discover_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, const char *address, GVariant *options,
                    MrEngine *engine)
{
  MrCallerJobs *jobs = g_object_get_data (G_OBJECT (skeleton), KEY);
  MrCallerJob *job;

  if (strlen (address) > ADDRESS_MAX) {
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("The address is too long"));
    return TRUE;
  }
  job = mr_caller_job_new (jobs, invocation);
  if (job != NULL)
    mr_caller_job_started (job, invocation,
                           mr_engine_discover (engine, address, read_flags (options), step_cb, done_cb, job));
  return TRUE;
}

static gboolean
handle_cancel_discover_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, guint number, MrEngine *engine)
{
  mr_caller_jobs_cancel (g_object_get_data (G_OBJECT (skeleton), KEY), invocation, number);
  mr_dbus_accounts_complete_cancel_discover (skeleton, invocation);
  return TRUE;
}

static void
cancel_cb (guint number, gpointer data)
{
  mr_engine_cancel_discover (data, number);
}

void
mr_discovery_interface_forget (MrDBusAccounts *skeleton, GDBusConnection *connection)
{
  mr_caller_jobs_forget (g_object_get_data (G_OBJECT (skeleton), KEY), connection);
}

void
mr_discovery_interface_connect (MrDBusAccounts *skeleton, MrEngine *engine)
{
  MrCallerJobs *jobs = mr_caller_jobs_new (MR_BUS_ACCOUNTS, JOBS_MAX, cancel_cb, engine);

  g_object_set_data_full (G_OBJECT (skeleton), KEY, jobs, (GDestroyNotify)mr_caller_jobs_free);
  g_signal_connect (skeleton, "handle-discover", G_CALLBACK (handle_discover_cb), engine);
  g_signal_connect (skeleton, "handle-cancel-discover", G_CALLBACK (handle_cancel_discover_cb), engine);
}
