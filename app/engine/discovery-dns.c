/* What DNS says: SRV records of the submission services (RFC 6186, RFC 8314 5.1), and who takes the domain's mail.
 *
 * Nothing of it is proven, so nothing is taken without asking; of an MX host we conclude only which known provider it is.
 */
#include "config.h"

#include "engine/discovery-private.h"

#define TARGETS_MAX 4

static GPtrArray *
records_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
}

/* ---- SRV ---- */

static MrDiscoveryRecord *
record_of (const MrInquiry *inquiry, const MrSrvRecord *target)
{
  MrDiscoveryRecord *record = mr_discovery_record_new ();
  const char *const log_ins[] = { "password", NULL };

  record->host = g_strdup (target->target);
  record->port = target->port;
  record->tls = inquiry->tls;
  record->user = g_strdup (inquiry->job->address);
  record->log_ins = g_strdupv ((char **)log_ins);
  return record;
}

static void
srv_cb (GPtrArray *records, const GError *error, gpointer data)
{
  MrInquiry *inquiry = data;
  g_autoptr (MrDiscovery) job = mr_discovery_ref (inquiry->job);
  g_autoptr (GPtrArray) found = records_new ();

  inquiry->looking_up = FALSE;
  if (error != NULL) {
    mr_inquiry_error (inquiry, error);
    return;
  }
  for (guint i = 0; i < records->len && i < TARGETS_MAX; i++) {
    const MrSrvRecord *target = g_ptr_array_index (records, i);

    /* No target: the domain says that it does not offer this service. */
    if (*target->target != '\0')
      g_ptr_array_add (found, record_of (inquiry, target));
  }
  mr_inquiry_found (inquiry, found);
}

static void
ask_srv (MrDiscovery *job, guint n, const char *service, MrTlsMode tls)
{
  g_autofree char *name = g_strdup_printf ("_%s._tcp.%s", service, job->domain);
  MrInquiry *inquiry = mr_discovery_ask (job, MR_SOURCE_SRV, n, name);

  if (inquiry == NULL)
    return;
  inquiry->insecure = TRUE;
  inquiry->tls = tls;
  inquiry->looking_up = TRUE;
  mr_resolver_lookup_srv (job->all->engine->resolver, name, srv_cb, inquiry);
}

void
mr_discovery_ask_srv (MrDiscovery *job)
{
  ask_srv (job, 0, "submissions", MR_TLS_IMPLICIT);
  ask_srv (job, 1, "submission", MR_TLS_STARTTLS);
}

/* ---- MX ---- */

static void
mx_cb (GPtrArray *records, gboolean nxdomain, const GError *error, gpointer data)
{
  MrInquiry *inquiry = data;
  g_autoptr (MrDiscovery) job = mr_discovery_ref (inquiry->job);
  const MrMxRecord *first = records != NULL && records->len > 0 ? g_ptr_array_index (records, 0) : NULL;
  const MrPresetRegion *region = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *host = NULL;

  inquiry->looking_up = FALSE;
  job->no_domain = job->no_domain || nxdomain;
  if (error != NULL) {
    mr_inquiry_error (inquiry, error);
    return;
  }
  host = g_strdup (first != NULL ? first->name : "");
  for (guint i = 0; i < records->len && job->known == NULL; i++)
    job->known = mr_presets_find_mx (job->presets, ((const MrMxRecord *)g_ptr_array_index (records, i))->name, &region);
  found = job->known != NULL ? mr_preset_dup_records (job->known, region, job->address, TRUE) : records_new ();
  mr_inquiry_found (inquiry, found);
  if (job->known == NULL && *host != '\0')
    mr_discovery_ask_mx_hoster (job, host);
}

void
mr_discovery_ask_mx (MrDiscovery *job)
{
  MrInquiry *inquiry = mr_discovery_ask (job, MR_SOURCE_MX, 0, job->domain);

  if (inquiry == NULL)
    return;
  inquiry->insecure = TRUE;
  inquiry->looking_up = TRUE;
  mr_resolver_lookup_mx (job->all->engine->resolver, job->domain, mx_cb, inquiry);
}
