/* Checks of values and changes of a configuration text, which leave every other line as it is. */
#include <config.h>

#include "base/config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/config-line.h"

#define ID_MAX    32
#define VALUE_MAX 16384

static gboolean
is_choice (const char *choices, const char *value)
{
  g_auto (GStrv) words = g_strsplit (choices, "|", -1);

  return g_strv_contains ((const char *const *)words, value);
}

static gboolean
is_boolean (const char *value)
{
  return is_choice ("true|false|1|0", value);
}

static gboolean
is_list (const char *value)
{
  g_auto (GStrv) elements = mr_config_split_list (value);

  return elements != NULL;
}

static gboolean
has_control (const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) && *p != '\t')
      return TRUE;
  return FALSE;
}

gboolean
mr_config_check_value (const MrConfigKey *key, const char *value, GError **error)
{
  if (strlen (value) > VALUE_MAX || has_control (value) || !g_utf8_validate (value, -1, NULL)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: the value must be one line of at most %d bytes of text"),
                 key->key, VALUE_MAX);
    return FALSE;
  }

  gboolean ok = TRUE;
  switch (key->type) {
  case MR_CONFIG_STRING:
    break;
  case MR_CONFIG_STRING_LIST:
    ok = is_list (value);
    if (!ok)
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: a backslash is written as \\\\"), key->key);
    break;
  case MR_CONFIG_BOOLEAN:
    ok = is_boolean (value);
    if (!ok)
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: expected true or false, not “%s”"), key->key, value);
    break;
  case MR_CONFIG_INTEGER:
    ok = g_ascii_string_to_signed (value, 10, key->min, key->max, NULL, NULL);
    if (!ok)
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: expected a whole number from %lld to %lld, not “%s”"),
                   key->key, (long long)key->min, (long long)key->max, value);
    break;
  case MR_CONFIG_ENUM:
    ok = is_choice (key->choices, value);
    if (!ok)
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: expected one of %s, not “%s”"), key->key, key->choices,
                   value);
    break;
  default:
    g_assert_not_reached ();
  }
  return ok;
}

gboolean
mr_config_id_is_valid (const char *id)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

  if (id == NULL || (!g_ascii_islower (id[0]) && !g_ascii_isdigit (id[0])))
    return FALSE;
  gsize len = strspn (id, letters);
  return id[len] == '\0' && len <= ID_MAX;
}

/* "account" alone is no group of a file, and an id is checked before it is written. */
static gboolean
is_writable_group (const char *group)
{
  const char *id = strchr (group, ' ');
  g_autofree char *kind = g_strndup (group, strcspn (group, " "));
  gboolean has_ids = mr_config_group_has_ids (kind);

  return has_ids ? id != NULL && mr_config_id_is_valid (id + 1) : id == NULL;
}

/* Where a key belongs in a text; all offsets are -1 where there is none. */
typedef struct {
  gssize entry;     /* line of the key's last value */
  gssize group_end; /* behind the last line of the group that says something */
} Place;

static Place
find_place (const char *text, const char *group, const char *key)
{
  const char *cursor = text;
  const char *end = text + strlen (text);
  Place place = { -1, -1 };
  gboolean inside = FALSE;
  MrConfigLine line;

  while (mr_config_line_next (&cursor, end, &line)) {
    if (line.kind == MR_CONFIG_LINE_GROUP)
      inside = mr_config_line_has_name (&line, group);
    if (!inside)
      continue;
    if (line.kind != MR_CONFIG_LINE_OTHER)
      place.group_end = cursor - text;
    if (line.kind == MR_CONFIG_LINE_ENTRY && mr_config_line_has_name (&line, key))
      place.entry = line.start - text;
  }
  return place;
}

static void
end_last_line (GString *text)
{
  if (text->len > 0 && text->str[text->len - 1] != '\n')
    g_string_append_c (text, '\n');
}

/* All lines except those that drop() names; the lines of a group follow its header. */
static char *
without_lines (const char *text, const char *group, const char *key)
{
  const char *cursor = text;
  const char *end = text + strlen (text);
  GString *kept = g_string_new (NULL);
  gboolean inside = FALSE;
  MrConfigLine line;

  while (mr_config_line_next (&cursor, end, &line)) {
    if (line.kind == MR_CONFIG_LINE_GROUP)
      inside = mr_config_line_has_name (&line, group);
    gboolean drop = inside
                    && (key == NULL || (line.kind == MR_CONFIG_LINE_ENTRY && mr_config_line_has_name (&line, key)));
    if (!drop)
      g_string_append_len (kept, line.start, (gssize)line.len);
  }
  return g_string_free (kept, FALSE);
}

static char *
with_entry (const char *text, const char *group, const char *key, const char *written)
{
  Place place = find_place (text, group, key);
  GString *edited = g_string_new (NULL);
  gsize keep_from;

  if (place.entry >= 0) {
    const char *cursor = text + place.entry;
    MrConfigLine line;
    mr_config_line_next (&cursor, text + strlen (text), &line);
    g_string_append_len (edited, text, place.entry);
    keep_from = (gsize)(cursor - text);
  } else {
    keep_from = place.group_end >= 0 ? (gsize)place.group_end : strlen (text);
    g_string_append_len (edited, text, (gssize)keep_from);
    end_last_line (edited);
    if (place.group_end < 0)
      g_string_append_printf (edited, "%s[%s]\n", edited->len > 0 ? "\n" : "", group);
  }
  g_string_append_printf (edited, "%s=%s\n", key, written);
  g_string_append (edited, text + keep_from);
  return g_string_free (edited, FALSE);
}

char *
mr_config_edit_text (const char *text, const char *group, const char *key, const char *value, GError **error)
{
  const MrConfigKey *row = mr_config_find_key (group, key);

  if (row == NULL || !is_writable_group (group)) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no setting %s in [%s]"), key, group);
    return NULL;
  }
  if (value == NULL)
    return without_lines (text, group, key);
  if (!mr_config_check_value (row, value, error))
    return NULL;

  /* A list is given as it is written, with its own escapes. */
  g_autofree char *written = row->type == MR_CONFIG_STRING_LIST ? g_strdup (value) : mr_config_escape (value);
  return with_entry (text, group, key, written);
}

char *
mr_config_remove_group_text (const char *text, const char *group)
{
  return without_lines (text, group, NULL);
}
