/* Look-ups of the verbs of mail-relayctl domain: see domain-lookups.h. */
#include <config.h>

#include "ctl/domain-lookups.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/config.h"
#include "base/paths.h"
#include "net/auth-lookups.h"

MrResolver *
mr_domain_resolver_new (const char *dns, GError **error)
{
  g_autoptr (MrPaths) paths = mr_paths_new ();
  /* A file that is wrong is told by the verbs that need it; here it only may name servers. */
  g_autoptr (MrConfig) config = mr_config_load (paths->config_file, NULL);
  const char *servers = dns != NULL || config == NULL ? dns : mr_config_get_string (config, "dns", "servers");
  gint64 timeout = config != NULL ? mr_config_get_integer (config, "dns", "timeout-ms") : 2000;
  gint64 tries = config != NULL ? mr_config_get_integer (config, "dns", "tries") : 3;

  return mr_resolver_new (servers, (guint)timeout, (guint)tries, error);
}

static void
done_cb (gpointer data)
{
  *(gboolean *)data = TRUE;
}

gboolean
mr_domain_answer (MrResolver *resolver, MrLookupTable *table)
{
  gboolean done = FALSE;

  if (mr_lookups_fetch (resolver, table, done_cb, &done) == NULL)
    return FALSE;
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  return TRUE;
}

gboolean
mr_domain_parse_time (const char *text, gint64 *ret, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, zone);

  if (*text != '\0' && strlen (text) < 18 && strspn (text, "0123456789") == strlen (text)) {
    *ret = g_ascii_strtoll (text, NULL, 10);
    return TRUE;
  }
  if (time == NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("“%s” is no time: give seconds since 1970, or 2026-11-27T14:00:00Z"), text);
    return FALSE;
  }
  *ret = g_date_time_to_unix (time);
  return TRUE;
}
