/* mail-relay.conf: an immutable snapshot of it.
 *
 * Values are checked against the table when they are read, so that a getter cannot fail. An entry keeps the text in the
 * form its getter wants: unescaped for all types but lists, which are split at each call. A key that stands twice counts
 * with its last value, as in GKeyFile, and is warned of.
 */
#include <config.h>

#include "base/config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/config-line.h"
#include "base/os.h"

#define MAX_FILE     (1024 * 1024)
#define MAX_WARNINGS 100

struct _MrConfig {
  gatomicrefcount refs;
  GHashTable *entries; /* "group\nkey" → Entry */
  GPtrArray *groups;   /* char *: names in file order, each once */
  GPtrArray *warnings; /* char *, NULL-terminated once the parse is done */
};

typedef struct {
  char *value;
  guint line;
} Entry;

/* What a parse carries from line to line. */
typedef struct {
  MrConfig *config;
  const char *name; /* of the file */
  guint line;
  char *group; /* NULL before the first group */
  gboolean group_known;
} Parse;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->value);
  g_free (entry);
}

MrConfig *
mr_config_new_default (void)
{
  MrConfig *config = g_new0 (MrConfig, 1);

  g_atomic_ref_count_init (&config->refs);
  config->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  config->groups = g_ptr_array_new_with_free_func (g_free);
  config->warnings = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (config->warnings, NULL);
  return config;
}

MrConfig *
mr_config_ref (MrConfig *config)
{
  g_atomic_ref_count_inc (&config->refs);
  return config;
}

void
mr_config_unref (MrConfig *config)
{
  if (config == NULL || !g_atomic_ref_count_dec (&config->refs))
    return;
  g_hash_table_unref (config->entries);
  g_ptr_array_unref (config->groups);
  g_ptr_array_unref (config->warnings);
  g_free (config);
}

static void G_GNUC_PRINTF (2, 3) warn (Parse *parse, const char *format, ...)
{
  va_list args;
  GPtrArray *warnings = parse->config->warnings;

  if (warnings->len > MAX_WARNINGS)
    return;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_insert (warnings, (int)warnings->len - 1, g_strdup_printf ("%s:%u: %s", parse->name, parse->line, text));
}

static gboolean G_GNUC_PRINTF (3, 4) fail (Parse *parse, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "%s:%u: %s", parse->name, parse->line, text);
  return FALSE;
}

/* The ID of "[KIND ID]", NULL where name is not of that kind. */
static const char *
id_of_group (const char *name, const char *kind)
{
  gsize len = strlen (kind);

  return strncmp (name, kind, len) == 0 && name[len] == ' ' ? name + len + 1 : NULL;
}

static const char *
id_of_any_group (const char *name)
{
  static const char *const kinds[] = { "account", "dkim", "hold", "oauth", "program" };
  const char *id = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds) && id == NULL; i++)
    id = id_of_group (name, kinds[i]);
  return id;
}

static gboolean
is_known_group (const char *name)
{
  if (id_of_any_group (name) != NULL)
    return TRUE;
  if (mr_config_group_has_ids (name))
    return FALSE;
  for (const MrConfigKey *row = mr_config_keys (); row->group != NULL; row++)
    if (g_str_equal (row->group, name))
      return TRUE;
  return FALSE;
}

static gboolean
take_group (Parse *parse, const MrConfigLine *line, GError **error)
{
  g_autofree char *name = g_strndup (line->name, line->name_len);
  const char *id = id_of_any_group (name);

  if (id != NULL && !mr_config_id_is_valid (id))
    return fail (parse, error,
                 _ ("[%s]: an id has 1 to 32 of the characters a-z 0-9 - _ and starts with a letter or digit"), name);

  parse->group_known = is_known_group (name);
  if (!parse->group_known)
    warn (parse, _ ("unknown group [%s]"), name);
  if (!g_ptr_array_find_with_equal_func (parse->config->groups, name, g_str_equal, NULL))
    g_ptr_array_add (parse->config->groups, g_strdup (name));
  g_free (parse->group);
  parse->group = g_steal_pointer (&name);
  return TRUE;
}

static gboolean
take_entry (Parse *parse, const MrConfigLine *line, GError **error)
{
  if (parse->group == NULL)
    return fail (parse, error, _ ("a key stands before the first [group]"));
  if (!parse->group_known)
    return TRUE;

  g_autofree char *name = g_strndup (line->name, line->name_len);
  const MrConfigKey *key = mr_config_find_key (parse->group, name);
  if (key == NULL) {
    warn (parse, _ ("unknown key %s in [%s]"), name, parse->group);
    return TRUE;
  }

  g_autofree char *value = key->type == MR_CONFIG_STRING_LIST ? g_strndup (line->value, line->value_len)
                                                              : mr_config_unescape (line->value, line->value_len);
  if (value == NULL)
    return fail (parse, error, _ ("%s: a backslash is written as \\\\"), name);
  g_autoptr (GError) wrong = NULL;
  if (!mr_config_check_value (key, value, &wrong))
    return fail (parse, error, "%s", wrong->message);

  g_autofree char *slot = g_strconcat (parse->group, "\n", name, NULL);
  const Entry *before = g_hash_table_lookup (parse->config->entries, slot);
  if (before != NULL)
    warn (parse, _ ("%s stands in line %u already; this one counts"), name, before->line);
  Entry *entry = g_new (Entry, 1);
  entry->value = g_steal_pointer (&value);
  entry->line = parse->line;
  g_hash_table_replace (parse->config->entries, g_steal_pointer (&slot), entry);
  return TRUE;
}

static gboolean
take_line (Parse *parse, const MrConfigLine *line, GError **error)
{
  if (!g_utf8_validate_len (line->start, line->len, NULL))
    return fail (parse, error, _ ("the line is not UTF-8 text"));
  switch (line->kind) {
  case MR_CONFIG_LINE_OTHER:
    return TRUE;
  case MR_CONFIG_LINE_GROUP:
    return take_group (parse, line, error);
  case MR_CONFIG_LINE_ENTRY:
    return take_entry (parse, line, error);
  case MR_CONFIG_LINE_BROKEN:
  default:
    return fail (parse, error, _ ("expected [group], key=value or a comment that starts with #"));
  }
}

MrConfig *
mr_config_parse (const char *name, const char *text, gsize len, GError **error)
{
  g_autoptr (MrConfig) config = mr_config_new_default ();
  Parse parse = { .config = config, .name = name };
  const char *cursor = text;
  MrConfigLine line;
  gboolean ok = TRUE;

  if (len > MAX_FILE) {
    g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("%s is larger than %d bytes"), name, MAX_FILE);
    return NULL;
  }
  while (ok && mr_config_line_next (&cursor, text + len, &line)) {
    parse.line++;
    ok = take_line (&parse, &line, error);
  }
  g_free (parse.group);
  return ok ? g_steal_pointer (&config) : NULL;
}

MrConfig *
mr_config_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize len;
  g_autoptr (GError) local = NULL;

  if (mr_os_read_file (path, MAX_FILE, &text, &len, &local))
    return mr_config_parse (path, text, len, error);
  if (g_error_matches (local, MR_ERROR, MR_ERROR_NOT_FOUND))
    return mr_config_new_default ();
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static const Entry *
lookup (MrConfig *config, const char *group, const char *key)
{
  g_autofree char *slot = g_strconcat (group, "\n", key, NULL);

  return g_hash_table_lookup (config->entries, slot);
}

const char *
mr_config_get_string (MrConfig *config, const char *group, const char *key)
{
  const MrConfigKey *row = mr_config_find_key (group, key);
  const Entry *entry = lookup (config, group, key);

  if (row == NULL)
    g_error ("the configuration has no key %s in [%s]", key, group);
  return entry != NULL ? entry->value : row->def;
}

char **
mr_config_dup_list (MrConfig *config, const char *group, const char *key)
{
  return mr_config_split_list (mr_config_get_string (config, group, key));
}

gboolean
mr_config_get_boolean (MrConfig *config, const char *group, const char *key)
{
  const char *value = mr_config_get_string (config, group, key);

  return g_str_equal (value, "true") || g_str_equal (value, "1");
}

gint64
mr_config_get_integer (MrConfig *config, const char *group, const char *key)
{
  return g_ascii_strtoll (mr_config_get_string (config, group, key), NULL, 10);
}

gboolean
mr_config_is_set (MrConfig *config, const char *group, const char *key)
{
  return lookup (config, group, key) != NULL;
}

guint
mr_config_get_line (MrConfig *config, const char *group, const char *key)
{
  const Entry *entry = lookup (config, group, key);

  return entry != NULL ? entry->line : 0;
}

char **
mr_config_dup_ids (MrConfig *config, const char *kind)
{
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < config->groups->len; i++) {
    const char *id = id_of_group (g_ptr_array_index (config->groups, i), kind);
    if (id != NULL)
      g_ptr_array_add (ids, g_strdup (id));
  }
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_free (ids, FALSE);
}

const char *const *
mr_config_get_warnings (MrConfig *config)
{
  return (const char *const *)config->warnings->pdata;
}
