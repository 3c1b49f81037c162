/* What is published over HTTPS: autoconfig files (draft-ietf-mailmaint-autoconfig) of the domain, of Mozilla's list, of whoever takes the domain's
 * mail; and Autodiscover version 2. No local part is sent: the file is the same for all addresses, and Autodiscover is asked about postmaster.
 */
#include "config.h"

#include "engine/discovery-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/discovery-json.h"
#include "policy/autoconfig.h"

#define TIMEOUT_MS    10000
#define REDIRECTS_MAX 5
#define MICROSOFT     "microsoft365" /* id of the preset */
#define MICROSOFT_URL "outlook.office365.com"

static char *
dup_url (MrDiscovery *job, const char *host, const char *path)
{
  guint port = job->all->https_port;

  return port == 443 ? g_strconcat ("https://", host, path, NULL)
                     : g_strdup_printf ("https://%s:%u%s", host, port, path);
}

static char *
dup_host (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "");
}

static void
fetch (MrInquiry *inquiry, const char *url, gsize max_size, guint redirects, MrHttpFunc func)
{
  MrDiscovery *job = inquiry->job;
  const MrHttpOptions options
      = { .url = url, .timeout_ms = TIMEOUT_MS, .max_size = max_size, .max_redirects = redirects };

  if (job->http == NULL)
    mr_inquiry_failed (inquiry, job->http_trouble);
  else
    inquiry->request = mr_http_start (job->http, &options, func, inquiry);
}

/* ---- autoconfig ---- */

static void
take_file (MrInquiry *inquiry, const MrHttpAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  gsize len;
  const char *data = g_bytes_get_data (answer->body, &len);
  g_autoptr (GPtrArray) records = mr_autoconfig_parse (data != NULL ? data : "", len, inquiry->job->address, &error);

  if (records != NULL) {
    if (answer->host_changed) {
      g_free (inquiry->host);
      inquiry->host = dup_host (answer->url);
    }
    mr_inquiry_found (inquiry, records);
  } else if (strcmp (answer->content_type, "text/html") == 0)
    mr_inquiry_nothing (inquiry); /* a web site that has a page for everything */
  else
    mr_inquiry_failed (inquiry, error->message);
}

static void
file_cb (const MrHttpAnswer *answer, const GError *error, gpointer data)
{
  MrInquiry *inquiry = data;
  g_autoptr (MrDiscovery) job = mr_discovery_ref (inquiry->job);
  g_autofree char *text = NULL;

  inquiry->request = NULL;
  if (error != NULL)
    mr_inquiry_error (inquiry, error);
  else if (answer->status == 200)
    take_file (inquiry, answer);
  else if (answer->status < 500)
    mr_inquiry_nothing (inquiry);
  else {
    text = g_strdup_printf (_ ("%s has trouble of its own (%u). Try again later."), inquiry->host, answer->status);
    mr_inquiry_failed (inquiry, text);
  }
}

/* draft-ietf-mailmaint-pacc: JSON with the host alone; implicit encryption. */
static void
domain_config_cb (const MrHttpAnswer *answer, const GError *error, gpointer data)
{
  MrInquiry *inquiry = data;
  g_autoptr (MrDiscovery) job = mr_discovery_ref (inquiry->job);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);
  g_autoptr (GError) local = NULL;
  MrDiscoveryRecord *record;
  const char *text;
  gsize len = 0;

  inquiry->request = NULL;
  if (error != NULL || answer->status != 200) {
    if (error != NULL)
      mr_inquiry_error (inquiry, error);
    else
      mr_inquiry_nothing (inquiry);
    return;
  }
  text = g_bytes_get_data (answer->body, &len);
  record = mr_domain_config_parse (text != NULL ? text : "", len, &local);
  if (record == NULL) {
    mr_inquiry_failed (inquiry, local->message);
    return;
  }
  g_free (record->user);
  record->user = g_strdup (job->address);
  g_ptr_array_add (records, record);
  mr_inquiry_found (inquiry, records);
}

static void
ask_domain_config (MrDiscovery *job)
{
  g_autofree char *host = g_strconcat ("ua-auto-config.", job->domain, NULL);
  g_autofree char *url = dup_url (job, host, "/.well-known/user-agent-configuration.json");
  MrInquiry *inquiry = mr_discovery_ask (job, MR_SOURCE_AUTOCONFIG, 1, host);

  if (inquiry == NULL)
    return;
  inquiry->is_file = TRUE;
  fetch (inquiry, url, MR_DISCOVERY_JSON_MAX, 0, domain_config_cb);
}

static void
ask_file (MrDiscovery *job, MrSource source, guint n, const char *host, const char *path)
{
  g_autofree char *url = dup_url (job, host, path);
  MrInquiry *inquiry = mr_discovery_ask (job, source, n, host);

  if (inquiry == NULL)
    return;
  inquiry->is_file = TRUE;
  inquiry->insecure = source == MR_SOURCE_MX;
  fetch (inquiry, url, MR_AUTOCONFIG_MAX, REDIRECTS_MAX, file_cb);
}

void
mr_discovery_ask_autoconfig (MrDiscovery *job)
{
  g_autofree char *host = g_strconcat ("autoconfig.", job->domain, NULL);

  ask_file (job, MR_SOURCE_AUTOCONFIG, 0, host, "/mail/config-v1.1.xml");
  ask_domain_config (job);
  ask_file (job, MR_SOURCE_WELL_KNOWN, 0, job->domain, "/.well-known/autoconfig/mail/config-v1.1.xml");
}

/* base: an address that ends in '/'; "" where the list is switched off. */
static void
ask_list (MrDiscovery *job, MrSource source, guint n, const char *domain)
{
  const char *base = mr_config_get_string (mr_engine_get_config (job->all->engine), "discovery", "ispdb");
  g_autofree char *host = dup_host (base), *url = g_strconcat (base, domain, NULL);
  MrInquiry *inquiry;

  if (*base == '\0'
      || !mr_discovery_may_ask (job, MR_DISCOVER_THIRD_PARTY, source, host,
                                _ ("Mozilla's list of providers is asked about the domain only with your agreement.")))
    return;
  inquiry = mr_discovery_ask (job, source, n, host);
  if (inquiry == NULL)
    return;
  inquiry->is_file = TRUE;
  inquiry->insecure = source == MR_SOURCE_MX;
  fetch (inquiry, url, MR_AUTOCONFIG_MAX, REDIRECTS_MAX, file_cb);
}

void
mr_discovery_ask_ispdb (MrDiscovery *job)
{
  ask_list (job, MR_SOURCE_ISPDB, 0, job->domain);
}

void
mr_discovery_ask_mx_hoster (MrDiscovery *job, const char *mx_host)
{
  const char *dot = strchr (mx_host, '.');
  g_autofree char *base = mr_http_dup_base_domain (mx_host);
  const char *full = dot != NULL ? dot + 1 : "";
  g_autofree char *full_host = g_strconcat ("autoconfig.", full, NULL), *base_host = NULL;

  /* A domain that takes its mail itself has been asked already. */
  if (base == NULL || strcmp (base, job->domain) == 0)
    return;
  base_host = g_strconcat ("autoconfig.", base, NULL);
  if (strcmp (full, base) != 0 && g_str_has_suffix (full, base))
    ask_file (job, MR_SOURCE_MX, 1, full_host, "/mail/config-v1.1.xml");
  ask_file (job, MR_SOURCE_MX, 2, base_host, "/mail/config-v1.1.xml");
  if (job->flags & MR_DISCOVER_THIRD_PARTY)
    ask_list (job, MR_SOURCE_MX, 3, base);
}

/* ---- Autodiscover ---- */

static void
take_tenant (MrInquiry *inquiry, const MrHttpAnswer *answer)
{
  MrDiscovery *job = inquiry->job;
  const MrPreset *preset = mr_presets_find (job->presets, MICROSOFT);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = NULL;
  gboolean is_microsoft = FALSE;
  gsize len;
  const char *data = g_bytes_get_data (answer->body, &len);

  if (!mr_autodiscover_parse (data != NULL ? data : "", len, &is_microsoft, &error) || !is_microsoft
      || preset == NULL) {
    mr_inquiry_nothing (inquiry);
    return;
  }
  if (job->known == NULL)
    job->known = preset;
  records = mr_preset_dup_records (preset, NULL, job->address, TRUE);
  mr_inquiry_found (inquiry, records);
}

static void
tenant_cb (const MrHttpAnswer *answer, const GError *error, gpointer data)
{
  MrInquiry *inquiry = data;
  g_autoptr (MrDiscovery) job = mr_discovery_ref (inquiry->job);

  inquiry->request = NULL;
  if (error != NULL)
    mr_inquiry_error (inquiry, error);
  else if (answer->status == 200)
    take_tenant (inquiry, answer);
  else
    mr_inquiry_nothing (inquiry);
}

static void
ask_tenant (MrDiscovery *job, guint n, const char *host)
{
  g_autofree char *path = g_strdup_printf (
      "/autodiscover/autodiscover.json?Email=postmaster%%40%s&Protocol=AutodiscoverV1", job->domain);
  g_autofree char *url = dup_url (job, host, path);
  MrInquiry *inquiry = mr_discovery_ask (job, MR_SOURCE_AUTODISCOVER, n, host);

  if (inquiry != NULL)
    fetch (inquiry, url, MR_DISCOVERY_JSON_MAX, 0, tenant_cb);
}

void
mr_discovery_ask_autodiscover (MrDiscovery *job)
{
  g_autofree char *host = g_strconcat ("autodiscover.", job->domain, NULL);

  if (!mr_discovery_may_ask (job, MR_DISCOVER_AUTODISCOVER, MR_SOURCE_AUTODISCOVER, MICROSOFT_URL,
                             _ ("Microsoft is asked about the domain only with your agreement.")))
    return;
  ask_tenant (job, 0, host);
  ask_tenant (job, 1, MICROSOFT_URL);
}
