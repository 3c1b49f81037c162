/* MTA-STS, TLS reports and BIMI: see mta-sts.h. */
#include <config.h>

#include "mailauth/mta-sts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/address.h"
#include "mail/host-name.h"
#include "mailauth/tags.h"

#define MAX_POLICY  (64 * 1024)
#define MAX_MX      200
#define MAX_AGE     31557600
#define MAX_REPORTS 20

static const char *const modes[] = { "none", "testing", "enforce" };

const char *
mr_sts_mode_nick (MrStsMode mode)
{
  return (guint)mode < G_N_ELEMENTS (modes) ? modes[mode] : "";
}

static gboolean
fail (GError **error, const char *words)
{
  g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, words);
  return FALSE;
}

/* Its first tag is v with that value. */
static gboolean
has_version (const MrTags *tags, const char *version)
{
  return g_strcmp0 (mr_tags_get_name (tags, 0), "v") == 0 && g_str_equal (mr_tags_get (tags, "v"), version);
}

/* ---- MTA-STS ---- */

gboolean
mr_sts_is_record (const char *text)
{
  return g_str_has_prefix (text, "v=STSv1") && (text[7] == ';' || text[7] == ' ' || text[7] == '\0');
}

char *
mr_sts_record_dup_id (const char *text, GError **error)
{
  g_autoptr (MrTags) tags = mr_tags_parse (text, error);
  const char *id = tags != NULL ? mr_tags_get (tags, "id") : NULL;

  if (tags == NULL)
    return NULL;
  if (!has_version (tags, "STSv1")) {
    fail (error, _ ("The record does not begin with v=STSv1"));
    return NULL;
  }
  gsize len = id != NULL ? strlen (id) : 0;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (id[i]))
      len = 0;
  if (len < 1 || len > 32) {
    fail (error, _ ("The record needs id= with 1 to 32 letters and digits"));
    return NULL;
  }
  return g_strdup (id);
}

void
mr_sts_policy_free (MrStsPolicy *policy)
{
  if (policy == NULL)
    return;
  g_strfreev (policy->mx);
  g_free (policy);
}

typedef struct {
  GPtrArray *mx;
  char *version, *mode, *max_age;
} Lines;

static gboolean
keep_once (char **place, const char *value, GError **error)
{
  if (*place != NULL)
    return fail (error, _ ("A line of the policy stands there twice"));
  *place = g_strdup (value);
  return TRUE;
}

static gboolean
read_line (Lines *lines, char *line, GError **error)
{
  char *colon = strchr (line, ':');

  g_strstrip (line);
  if (*line == '\0')
    return TRUE;
  if (colon == NULL)
    return fail (error, _ ("A line of the policy is not of the form name: value"));
  *colon = '\0';
  const char *name = g_strchomp (line), *value = g_strstrip (colon + 1);
  if (g_str_equal (name, "version"))
    return keep_once (&lines->version, value, error);
  if (g_str_equal (name, "mode"))
    return keep_once (&lines->mode, value, error);
  if (g_str_equal (name, "max_age"))
    return keep_once (&lines->max_age, value, error);
  if (!g_str_equal (name, "mx"))
    return TRUE;
  if (lines->mx->len >= MAX_MX || !mr_host_name_is_valid (g_str_has_prefix (value, "*.") ? value + 2 : value))
    return fail (error, _ ("mx: of the policy is not the name of a server"));
  g_ptr_array_add (lines->mx, g_ascii_strdown (value, -1));
  return TRUE;
}

static gboolean
judge (const Lines *lines, MrStsPolicy *policy, GError **error)
{
  if (g_strcmp0 (lines->version, "STSv1") != 0)
    return fail (error, _ ("The policy needs the line version: STSv1"));
  for (guint i = 0;; i++) {
    if (i == G_N_ELEMENTS (modes))
      return fail (error, _ ("mode: of the policy has to be enforce, testing or none"));
    if (g_strcmp0 (lines->mode, modes[i]) == 0) {
      policy->mode = (MrStsMode)i;
      break;
    }
  }
  if (lines->max_age == NULL || *lines->max_age == '\0' || strlen (lines->max_age) > 10
      || strspn (lines->max_age, "0123456789") != strlen (lines->max_age))
    return fail (error, _ ("max_age: of the policy has to be a number of seconds"));
  policy->max_age = MIN (g_ascii_strtoull (lines->max_age, NULL, 10), MAX_AGE);
  if (policy->mode != MR_STS_NONE && lines->mx->len == 0)
    return fail (error, _ ("The policy names no server (mx:)"));
  return TRUE;
}

MrStsPolicy *
mr_sts_policy_parse (const char *text, GError **error)
{
  g_autoptr (MrStsPolicy) policy = g_new0 (MrStsPolicy, 1);
  Lines lines = { .mx = g_ptr_array_new () };
  gboolean good = strlen (text) <= MAX_POLICY || fail (error, _ ("The policy is too long"));
  g_auto (GStrv) split = g_strsplit (good ? text : "", "\n", -1);

  for (guint i = 0; good && split[i] != NULL; i++)
    good = read_line (&lines, split[i], error);
  good = good && judge (&lines, policy, error);
  g_free (lines.version);
  g_free (lines.mode);
  g_free (lines.max_age);
  g_ptr_array_add (lines.mx, NULL);
  policy->mx = (char **)g_ptr_array_free (lines.mx, FALSE);
  return good ? g_steal_pointer (&policy) : NULL;
}

gboolean
mr_sts_policy_covers (const MrStsPolicy *policy, const char *mx)
{
  g_autofree char *name = g_ascii_strdown (mx, -1);
  gsize len = strlen (name);

  if (len > 0 && name[len - 1] == '.')
    name[len - 1] = '\0';
  const char *dot = strchr (name, '.');
  for (guint i = 0; policy->mx[i] != NULL; i++) {
    const char *pattern = policy->mx[i];
    /* A wildcard stands for exactly one label (4.1). */
    if (g_str_has_prefix (pattern, "*.") ? dot != NULL && dot > name && g_str_equal (dot + 1, pattern + 2)
                                         : g_str_equal (pattern, name))
      return TRUE;
  }
  return FALSE;
}

char *
mr_sts_policy_to_text (const MrStsPolicy *policy)
{
  GString *text = g_string_new ("version: STSv1\r\n");

  g_string_append_printf (text, "mode: %s\r\n", mr_sts_mode_nick (policy->mode));
  for (guint i = 0; policy->mx[i] != NULL; i++)
    g_string_append_printf (text, "mx: %s\r\n", policy->mx[i]);
  g_string_append_printf (text, "max_age: %" G_GUINT64_FORMAT "\r\n", policy->max_age);
  return g_string_free (text, FALSE);
}

/* ---- TLS reports ---- */

static gboolean
is_report_address (const char *uri)
{
  if (g_ascii_strncasecmp (uri, "mailto:", 7) == 0) {
    g_autofree char *address = g_uri_unescape_string (uri + 7, "/");
    return address != NULL && mr_address_is_valid (address);
  }
  return mr_https_url_is_valid (uri);
}

char **
mr_tlsrpt_dup_addresses (const char *text, GError **error)
{
  g_autoptr (MrTags) tags = mr_tags_parse (text, error);
  g_autofree char *list = tags != NULL ? mr_tags_dup_compact (tags, "rua") : NULL;

  if (tags == NULL)
    return NULL;
  if (!has_version (tags, "TLSRPTv1")) {
    fail (error, _ ("The record does not begin with v=TLSRPTv1"));
    return NULL;
  }
  g_auto (GStrv) addresses = g_strsplit (list != NULL ? list : "", ",", MAX_REPORTS);
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!is_report_address (addresses[i])) {
      fail (error, _ ("rua= names something that reports cannot be sent to (mailto: or https:)"));
      return NULL;
    }
  if (addresses[0] == NULL) {
    fail (error, _ ("The record names no address for reports (rua=)"));
    return NULL;
  }
  return g_steal_pointer (&addresses);
}

/* ---- BIMI ---- */

char *
mr_bimi_dup_picture (const char *text, char **ret_evidence, GError **error)
{
  g_autoptr (MrTags) tags = mr_tags_parse (text, error);
  g_autofree char *picture = tags != NULL ? mr_tags_dup_compact (tags, "l") : NULL;
  g_autofree char *evidence = tags != NULL ? mr_tags_dup_compact (tags, "a") : NULL;

  if (tags == NULL)
    return NULL;
  if (!has_version (tags, "BIMI1") || picture == NULL) {
    fail (error, _ ("The record needs v=BIMI1 and l="));
    return NULL;
  }
  if ((*picture != '\0' && !mr_https_url_is_valid (picture))
      || (evidence != NULL && *evidence != '\0' && !mr_https_url_is_valid (evidence))) {
    fail (error, _ ("Picture and certificate have to be https addresses"));
    return NULL;
  }
  *ret_evidence = evidence != NULL ? g_steal_pointer (&evidence) : g_strdup ("");
  return g_steal_pointer (&picture);
}
