/* Reads the keys of a rule: lists of codes, phrases and names. */
#include <config.h>

#include "ndr/diagnosis-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LIST_MAX 600

static char **
get_list (GKeyFile *file, const char *group, const char *key, GError **error)
{
  gsize n = 0;
  g_auto (GStrv) list = NULL;

  if (!g_key_file_has_key (file, group, key, NULL))
    return NULL;
  list = g_key_file_get_string_list (file, group, key, &n, error);
  if (list != NULL && (n == 0 || n > LIST_MAX)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: must have 1 to %d entries"), key, LIST_MAX);
    return NULL;
  }
  return g_steal_pointer (&list);
}

/* "x" or "*": from low to high; "606-649"; "5". */
static gboolean
parse_range (const char *text, guint low, guint high, MrRange *ret)
{
  char *end = NULL;
  guint64 a, b;

  if (g_str_equal (text, "x") || g_str_equal (text, "*")) {
    *ret = (MrRange){ (guint16)low, (guint16)high };
    return TRUE;
  }
  a = b = g_ascii_strtoull (text, &end, 10);
  if (end == text)
    return FALSE;
  if (*end == '-') {
    const char *second = end + 1;

    b = g_ascii_strtoull (second, &end, 10);
    if (end == second)
      return FALSE;
  }
  if (*end != '\0' || a > 999 || b > 999 || a > b)
    return FALSE;
  *ret = (MrRange){ (guint16)a, (guint16)b };
  return TRUE;
}

gboolean
mr_rule_key_codes (GKeyFile *file, const char *group, GArray **ret, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) list = get_list (file, group, "code", &local);
  g_autoptr (GArray) codes = g_array_new (FALSE, FALSE, sizeof (MrRange));

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (list == NULL)
    return TRUE;
  for (guint i = 0; list[i] != NULL; i++) {
    MrRange range;

    if (g_str_equal (list[i], "4xx"))
      range = (MrRange){ 400, 499 };
    else if (g_str_equal (list[i], "5xx"))
      range = (MrRange){ 500, 599 };
    else if (g_str_equal (list[i], "none"))
      range = (MrRange){ 0, 0 };
    else if (!parse_range (list[i], 0, 0, &range) || range.low < 200) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("code: “%s” is not a reply code"), list[i]);
      return FALSE;
    }
    g_array_append_val (codes, range);
  }
  *ret = g_steal_pointer (&codes);
  return TRUE;
}

gboolean
mr_rule_key_enhanced (GKeyFile *file, const char *group, GArray **ret, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) list = get_list (file, group, "enhanced", &local);
  g_autoptr (GArray) patterns = g_array_new (FALSE, FALSE, sizeof (MrCodePattern));

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (list == NULL)
    return TRUE;
  for (guint i = 0; list[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (list[i], ".", 4);
    MrCodePattern pattern;

    if (g_strv_length (parts) != 3 || !parse_range (parts[0], 4, 5, &pattern.part[0])
        || !parse_range (parts[1], 0, 999, &pattern.part[1]) || !parse_range (parts[2], 0, 999, &pattern.part[2])) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("enhanced: “%s” is not an enhanced code"), list[i]);
      return FALSE;
    }
    g_array_append_val (patterns, pattern);
  }
  *ret = g_steal_pointer (&patterns);
  return TRUE;
}

gboolean
mr_rule_key_phrases (GKeyFile *file, const char *group, const char *key, MrPhraseSet *set, GArray **ret, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) list = get_list (file, group, key, &local);
  g_autoptr (GArray) phrases = g_array_new (FALSE, FALSE, sizeof (guint));

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (list == NULL)
    return TRUE;
  for (guint i = 0; list[i] != NULL; i++) {
    g_autofree char *lower = mr_extract_fold (list[i]);
    int phrase = mr_phrase_set_add (set, lower);

    if (phrase < 0) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                   _ ("%s: “%s” has to be 2 to 200 bytes long, also between the asterisks"), key, list[i]);
      return FALSE;
    }
    g_array_append_val (phrases, phrase);
  }
  *ret = g_steal_pointer (&phrases);
  return TRUE;
}

gboolean
mr_rule_key_bits (GKeyFile *file, const char *group, const char *key, const char *(*nick) (guint), guint n,
                  guint32 *ret, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) list = get_list (file, group, key, &local);
  guint32 bits = 0;

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (list == NULL)
    return TRUE;
  for (guint i = 0; list[i] != NULL; i++) {
    guint value = 0;

    while (value < n && !g_str_equal (nick (value), list[i]))
      value++;
    if (value == n) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: there is no “%s”"), key, list[i]);
      return FALSE;
    }
    bits |= 1u << value;
  }
  *ret = bits;
  return TRUE;
}

gboolean
mr_rule_key_boolean (GKeyFile *file, const char *group, const char *key, gint8 *ret, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean value;

  if (!g_key_file_has_key (file, group, key, NULL))
    return TRUE;
  value = g_key_file_get_boolean (file, group, key, &local);
  if (local != NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: must be true or false"), key);
    return FALSE;
  }
  *ret = (gint8)value;
  return TRUE;
}
