/* Records of DMARC (RFC 9989 4.7, 4.8): see dmarc.h. */
#include <config.h>

#include "mailauth/dmarc.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/address.h"
#include "mailauth/tags.h"

#define MAX_ADDRESSES 20

static const char *const policies[] = { "none", "quarantine", "reject" };

const char *
mr_dmarc_policy_nick (MrDmarcPolicy policy)
{
  return (guint)policy < G_N_ELEMENTS (policies) ? policies[policy] : "";
}

gboolean
mr_dmarc_policy_from_nick (const char *nick, MrDmarcPolicy *ret)
{
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_ascii_strcasecmp (nick, policies[i]) == 0) {
      *ret = (MrDmarcPolicy)i;
      return TRUE;
    }
  return FALSE;
}

void
mr_dmarc_record_free (MrDmarcRecord *record)
{
  if (record == NULL)
    return;
  g_strfreev (record->rua);
  g_strfreev (record->ruf);
  g_ptr_array_unref (record->problems);
  g_free (record);
}

static void G_GNUC_PRINTF (2, 3) tell (MrDmarcRecord *record, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (record->problems, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

gboolean
mr_dmarc_is_record (const char *text)
{
  const char *p = text;

  if (*p++ != 'v')
    return FALSE;
  p += strspn (p, " \t");
  if (*p++ != '=')
    return FALSE;
  p += strspn (p, " \t");
  if (strncmp (p, "DMARC1", 6) != 0)
    return FALSE;
  p += 6;
  p += strspn (p, " \t");
  return *p == ';' || *p == '\0';
}

/* Absent: UNSET, *ret_bad untouched. */
static MrDmarcPolicy
read_policy (MrDmarcRecord *record, const MrTags *tags, const char *name, gboolean *ret_bad)
{
  const char *value = mr_tags_get (tags, name);
  MrDmarcPolicy policy = MR_DMARC_UNSET;

  if (value != NULL && !mr_dmarc_policy_from_nick (value, &policy)) {
    tell (record, _ ("%s=%.40s is none of none, quarantine and reject"), name, value);
    *ret_bad = TRUE;
  }
  return policy;
}

/* One of two letters; otherwise the default, and a problem where something else stands there. */
static gboolean
read_switch (MrDmarcRecord *record, const MrTags *tags, const char *name, const char *on, const char *off)
{
  const char *value = mr_tags_get (tags, name);

  if (value == NULL || g_ascii_strcasecmp (value, off) == 0)
    return FALSE;
  if (g_ascii_strcasecmp (value, on) == 0)
    return TRUE;
  tell (record, _ ("%s=%.40s is neither %s nor %s"), name, value, on, off);
  return FALSE;
}

/* "mailto:x@y!10m, mailto:z@y" (transfer full) */
static char **
read_addresses (MrDmarcRecord *record, const MrTags *tags, const char *name)
{
  g_autofree char *compact = mr_tags_dup_compact (tags, name);
  g_auto (GStrv) uris = g_strsplit (compact != NULL ? compact : "", ",", MAX_ADDRESSES + 1);
  GPtrArray *addresses = g_ptr_array_new ();

  for (guint i = 0; uris[i] != NULL && i < MAX_ADDRESSES; i++) {
    char *size = strrchr (uris[i], '!');
    if (size != NULL)
      *size = '\0';
    g_autofree char *address = g_ascii_strncasecmp (uris[i], "mailto:", 7) == 0
                                   ? g_uri_unescape_string (uris[i] + 7, "/")
                                   : NULL;
    if (address != NULL && mr_address_is_valid (address))
      g_ptr_array_add (addresses, g_steal_pointer (&address));
    else if (*uris[i] != '\0')
      tell (record, _ ("%s=%.100s is not an address that reports can be sent to (mailto:name@domain)"), name, uris[i]);
  }
  g_ptr_array_add (addresses, NULL);
  return (char **)g_ptr_array_free (addresses, FALSE);
}

static void
read_psd (MrDmarcRecord *record, const MrTags *tags)
{
  const char *value = mr_tags_get (tags, "psd");

  record->psd = 'u';
  if (value != NULL && strlen (value) == 1 && strchr ("ynu", g_ascii_tolower (*value)) != NULL)
    record->psd = g_ascii_tolower (*value);
  else if (value != NULL)
    tell (record, _ ("%s=%.40s is neither %s nor %s"), "psd", value, "y", "n");
}

static void
tell_unused (MrDmarcRecord *record, const MrTags *tags)
{
  static const char *const known[] = { "v", "p", "sp", "np", "psd", "t", "adkim", "aspf", "rua", "ruf", "fo", NULL };
  static const char *const removed[] = { "pct", "rf", "ri", NULL };

  for (guint i = 0; mr_tags_get_name (tags, i) != NULL; i++) {
    const char *name = mr_tags_get_name (tags, i);
    if (g_strv_contains (removed, name))
      tell (record, _ ("%s= no longer means anything and can go"), name);
    else if (!g_strv_contains (known, name))
      tell (record, _ ("%.40s= is not known; a typing mistake?"), name);
  }
}

MrDmarcRecord *
mr_dmarc_record_parse (const char *text, GError **error)
{
  g_autoptr (MrTags) tags = mr_dmarc_is_record (text) ? mr_tags_parse_tolerant (text) : NULL;
  g_autoptr (MrDmarcRecord) record = NULL;
  gboolean bad = FALSE;

  if (tags == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("The text is not a DMARC record: it does not begin with v=DMARC1"));
    return NULL;
  }
  record = g_new0 (MrDmarcRecord, 1);
  record->problems = g_ptr_array_new_with_free_func (g_free);
  record->p = read_policy (record, tags, "p", &bad);
  record->sp = read_policy (record, tags, "sp", &bad);
  record->np = read_policy (record, tags, "np", &bad);
  record->testing = read_switch (record, tags, "t", "y", "n");
  record->strict_dkim = read_switch (record, tags, "adkim", "s", "r");
  record->strict_spf = read_switch (record, tags, "aspf", "s", "r");
  record->rua = read_addresses (record, tags, "rua");
  record->ruf = read_addresses (record, tags, "ruf");
  read_psd (record, tags);
  tell_unused (record, tags);
  record->has_p = record->p != MR_DMARC_UNSET;
  if (record->has_p && !bad)
    return g_steal_pointer (&record);
  /* 4.10.1: with somewhere to report to it counts as p=none, otherwise not at all. */
  if (record->rua[0] == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("The record does not count: p= is missing or a policy is misspelt, and there is no address "
                            "for reports (rua=)"));
    return NULL;
  }
  if (!record->has_p)
    tell (record, _ ("p= is missing; older receivers ignore such a record"));
  record->p = MR_DMARC_NONE;
  record->sp = record->np = MR_DMARC_UNSET;
  return g_steal_pointer (&record);
}
