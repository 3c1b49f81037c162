/* Words about keys: see key-texts.h. */
#include <config.h>

#include "ndr/key-texts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static char *
dup_day (gint64 wall)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (wall / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d") : g_strdup ("");
}

char *
mr_dkim_key_dup_reason (const MrDkimKeyRecord *key, gint64 now)
{
  g_autofree char *used = dup_day (key->used), *until = dup_day (key->removable);
  const char *reason = key->reason != NULL ? key->reason : "";

  if (key->state != MR_DKIM_KEY_OLD)
    return NULL;
  if (strcmp (reason, "never-used") == 0)
    return g_strdup (_ ("It never signed anything: its entry can go."));
  if (key->removable <= now)
    return g_strdup (_ ("What it signed has arrived: its entry can go."));
  if (strcmp (reason, "handed-on") == 0)
    return g_strdup_printf (_ ("A provider took mail with its signature on %s and may try for days: leave its entry "
                               "until %s."),
                            used, until);
  if (strcmp (reason, "delivered") == 0)
    return g_strdup_printf (
        _ ("Its last mail was sent on %s, and receivers may pass it on for some days: leave its entry "
           "until %s."),
        used, until);
  return g_strdup_printf (_ ("When it signed last is not known: leave its entry until %s."), until);
}
