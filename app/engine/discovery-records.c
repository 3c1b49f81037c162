/* What was found, as it is handed out: who said it, whether that is proven, and whether it agrees with what the program knows.
 *
 * A network answer never takes the place of a preset without a word: where its host is not one of the provider that the domain, or its MX, points
 * to, it is marked as a conflict. An answer that names a host of a known provider is given that provider's words and limits.
 */
#include "config.h"

#include "engine/discovery-private.h"

#include <string.h>

#include "mail/host-name.h"

typedef struct {
  guint rank;
  gboolean is_file;
  MrDiscoveryRecord *record;
} Found;

void
mr_discovery_found_free (gpointer data)
{
  Found *found = data;

  mr_discovery_record_free (found->record);
  g_free (found);
}

static gboolean
preset_has_host (const MrPreset *preset, const char *host)
{
  for (guint i = 0; i < preset->servers->len; i++)
    if (g_ascii_strcasecmp (((const MrPresetServer *)preset->servers->pdata[i])->host, host) == 0)
      return TRUE;
  for (guint i = 0; i < preset->regions->len; i++)
    if (g_ascii_strcasecmp (((const MrPresetRegion *)preset->regions->pdata[i])->host, host) == 0)
      return TRUE;
  return FALSE;
}

static const MrPreset *
find_by_host (MrDiscovery *job, const char *host)
{
  MrPresets *presets = job->presets;

  if (job->known != NULL && preset_has_host (job->known, host))
    return job->known;
  for (guint i = 0; i < mr_presets_get_count (presets); i++)
    if (preset_has_host (mr_presets_get_nth (presets, i), host))
      return mr_presets_get_nth (presets, i);
  return NULL;
}

static void
take (char **to, char **from)
{
  if (**from == '\0')
    return;
  g_free (*to);
  *to = g_steal_pointer (from);
  *from = g_strdup ("");
}

/* The preset's record with what the answer says about server, user and its own sign-in put over it. (transfer full) */
static MrDiscoveryRecord *
with_preset (MrDiscovery *job, const MrPreset *preset, MrDiscoveryRecord *answer)
{
  g_autoptr (GPtrArray) records = mr_preset_dup_records (preset, NULL, job->address, TRUE);
  MrDiscoveryRecord *record = g_ptr_array_steal_index (records, 0);

  record->source = answer->source;
  record->secure = answer->secure;
  record->port = answer->port;
  record->tls = answer->tls;
  take (&record->host, &answer->host);
  take (&record->source_host, &answer->source_host);
  take (&record->user, &answer->user);
  take (&record->oauth_client, &answer->oauth_client);
  mr_discovery_record_free (answer);
  return record;
}

/* Where only a domain is known there is no address to fill in. */
static void
clear_made_up_user (MrDiscovery *job, MrDiscoveryRecord *record)
{
  if (!job->bare || (strchr (record->user, '@') == NULL && strcmp (record->user, "user") != 0))
    return;
  g_free (record->user);
  record->user = g_strdup ("");
}

static gboolean
may_be_taken (const MrDiscoveryRecord *record)
{
  if (record->provider != NULL && *record->provider != '\0')
    return TRUE; /* from our own presets */
  /* Nobody outside has to say that something on this computer is the server. */
  return record->host != NULL && mr_host_name_is_valid (record->host) && !mr_host_name_is_loopback (record->host)
         && record->port != 0;
}

static MrDiscoveryRecord *
finish_record (const MrInquiry *inquiry, MrDiscoveryRecord *record)
{
  MrDiscovery *job = inquiry->job;

  mr_discovery_record_complete (record);
  clear_made_up_user (job, record);
  record->source = inquiry->source;
  if (inquiry->source == MR_SOURCE_PRESET)
    return record;
  g_free (record->source_host);
  record->source_host = g_strdup (inquiry->host);
  record->secure = !inquiry->insecure && record->tls != MR_TLS_NONE;
  return record;
}

gboolean
mr_discovery_accept (MrInquiry *inquiry, const GPtrArray *records)
{
  gboolean any = FALSE;

  for (guint i = 0; i < records->len; i++) {
    Found *found;
    MrDiscoveryRecord *copy;

    if (!may_be_taken (g_ptr_array_index (records, i)))
      continue;
    copy = finish_record (inquiry, mr_discovery_record_copy (g_ptr_array_index (records, i)));
    found = g_new (Found, 1);
    *found = (Found){ inquiry->rank, inquiry->is_file, copy };
    g_ptr_array_add (inquiry->job->found, found);
    any = TRUE;
  }
  return any;
}

static int
compare_rank (gconstpointer a, gconstpointer b)
{
  const Found *one = *(Found *const *)a, *other = *(Found *const *)b;

  return one->rank < other->rank ? -1 : one->rank > other->rank;
}

static gboolean
is_there (const GPtrArray *results, const MrDiscoveryRecord *record)
{
  for (guint i = 0; i < results->len; i++) {
    const MrDiscoveryRecord *other = g_ptr_array_index (results, i);

    if (g_ascii_strcasecmp (other->host, record->host) == 0 && other->port == record->port && other->tls == record->tls)
      return TRUE;
  }
  return FALSE;
}

/* Of the files only the best counts, no matter which came first. */
static guint
best_file (const MrDiscovery *job)
{
  guint best = G_MAXUINT;

  for (guint i = 0; i < job->found->len; i++) {
    const Found *found = g_ptr_array_index (job->found, i);

    if (found->is_file)
      best = MIN (best, found->rank);
  }
  return best;
}

GPtrArray *
mr_discovery_dup_results (MrDiscovery *job)
{
  guint best = best_file (job);
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_discovery_record_free);

  /* Stable for equals: the order in which a source named them is its preference. */
  g_ptr_array_sort (job->found, compare_rank);
  for (guint i = 0; i < job->found->len; i++) {
    const Found *found = g_ptr_array_index (job->found, i);
    MrDiscoveryRecord *record;
    const MrPreset *preset;

    if ((found->is_file && found->rank > best) || is_there (results, found->record))
      continue;
    record = mr_discovery_record_copy (found->record);
    preset = *record->provider == '\0' ? find_by_host (job, record->host) : NULL;
    if (preset != NULL)
      record = with_preset (job, preset, record);
    record->conflicts = job->known != NULL && record->source != MR_SOURCE_PRESET
                        && strcmp (record->provider, job->known->id) != 0
                        && !preset_has_host (job->known, record->host);
    g_ptr_array_add (results, record);
  }
  return results;
}
