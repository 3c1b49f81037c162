/* mail-relay.conf: GKeyFile syntax, read here, written by the engine only (design section 8).
 *
 * An MrConfig is an immutable snapshot. Every key that exists is a row of one table in config-keys.c: group, key, type,
 * default, bounds, one line of help; `config list` and mail-relay.conf(5) are made from that table. A key → line index
 * lets an error say "FILE:LINE: ...". Unknown keys are kept and warned of, never an error. Reading bounds the file at
 * 1 MiB.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrConfig MrConfig;

typedef enum {
  MR_CONFIG_STRING,
  MR_CONFIG_STRING_LIST,
  MR_CONFIG_BOOLEAN,
  MR_CONFIG_INTEGER,
  MR_CONFIG_ENUM
} MrConfigType;

typedef struct {
  const char *
      group; /* "submission"; "account", "program" and "oauth" stand for the groups [account ID], [program ID] and [oauth PROVIDER] */
  const char *key;
  MrConfigType type;
  const char *def;     /* default as written in the file */
  gint64 min, max;     /* integers */
  const char *choices; /* enums: "a|b|c" */
  const char *help;    /* one translatable line (N_) */
} MrConfigKey;

/* All keys, sorted by group and key; ends with a row whose group is NULL. */
const MrConfigKey *mr_config_keys (void);
const MrConfigKey *mr_config_find_key (const char *group, const char *key);
/* TRUE for "account", "program", "oauth". */
gboolean mr_config_group_has_ids (const char *group);

MrConfig *mr_config_new_default (void);
/* A missing file gives the defaults. Error: MR_ERROR_INVALID "FILE:LINE: ..." */
MrConfig *mr_config_load (const char *path, GError **error);
MrConfig *mr_config_parse (const char *name, const char *text, gsize len, GError **error);
MrConfig *mr_config_ref (MrConfig *config);
void mr_config_unref (MrConfig *config);

/* The value in force: the file's, else the default. Asking for a key that is not in the table is a programming error.
 * group may be "account ID". */
const char *mr_config_get_string (MrConfig *config, const char *group, const char *key);
char **mr_config_dup_list (MrConfig *config, const char *group, const char *key); /* ';' separated, empty dropped */
gboolean mr_config_get_boolean (MrConfig *config, const char *group, const char *key);
gint64 mr_config_get_integer (MrConfig *config, const char *group, const char *key);
gboolean mr_config_is_set (MrConfig *config, const char *group, const char *key);
/* Line of the key in the file, 0 where it is not set. */
guint mr_config_get_line (MrConfig *config, const char *group, const char *key);
/* Ids of the groups "[KIND ID]", in file order: kind is "account", "program" or "oauth". (transfer full) */
char **mr_config_dup_ids (MrConfig *config, const char *kind);
/* Warnings of the last parse ("FILE:LINE: unknown key ..."), NULL-terminated, borrowed. */
const char *const *mr_config_get_warnings (MrConfig *config);

/* The text of the file with one key set (value NULL: removed) or a whole group removed; comments, order and unknown keys
 * kept. Error: value does not fit the key, or has a line break. (transfer full) */
char *mr_config_edit_text (const char *text, const char *group, const char *key, const char *value, GError **error);
char *mr_config_remove_group_text (const char *text, const char *group);
/* TRUE where value would be accepted for the key. */
gboolean mr_config_check_value (const MrConfigKey *key, const char *value, GError **error);
/* Account and program ids: 1 to 32 of a-z 0-9 - _ , starting with a letter or digit. */
gboolean mr_config_id_is_valid (const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrConfig, mr_config_unref)

G_END_DECLS
