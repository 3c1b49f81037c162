/* One line of a GKeyFile text, and the escapes of its values: what reading and editing share. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum {
  MR_CONFIG_LINE_OTHER,
  MR_CONFIG_LINE_GROUP,
  MR_CONFIG_LINE_ENTRY,
  MR_CONFIG_LINE_BROKEN
} MrConfigLineKind;

/* All pointers lead into the text that is scanned. */
typedef struct {
  MrConfigLineKind kind; /* OTHER: blank or a comment */
  const char *start;     /* whole line, line end included */
  gsize len;
  const char *name; /* of the group or of the key */
  gsize name_len;
  const char *value; /* as written, blanks at both ends left out */
  gsize value_len;
} MrConfigLine;

/* FALSE at the end of the text. *cursor starts at the text and is moved behind the line. */
gboolean mr_config_line_next (const char **cursor, const char *end, MrConfigLine *ret);
gboolean mr_config_line_has_name (const MrConfigLine *line, const char *name);

/* \s \n \t \r \\ as GKeyFile has them; NULL for any other escape. */
char *mr_config_unescape (const char *value, gsize len);
char *mr_config_escape (const char *value);
/* Elements of a list as written: separated by ';' (not "\;"), unescaped, blanks at both ends and empty ones dropped.
 * NULL for a wrong escape. (transfer full) */
char **mr_config_split_list (const char *value);

G_END_DECLS
