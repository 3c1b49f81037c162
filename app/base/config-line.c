/* One line of a GKeyFile text, and the escapes of its values. */
#include "base/config-line.h"

#include <string.h>

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
trim (const char **start, gsize *len)
{
  while (*len > 0 && is_blank (**start))
    (*start)++, (*len)--;
  while (*len > 0 && is_blank ((*start)[*len - 1]))
    (*len)--;
}

static gboolean
read_group (MrConfigLine *line, const char *text, gsize len)
{
  if (len < 3 || text[len - 1] != ']')
    return FALSE;
  line->name = text + 1;
  line->name_len = len - 2;
  return memchr (line->name, '[', line->name_len) == NULL && memchr (line->name, ']', line->name_len) == NULL;
}

static gboolean
read_entry (MrConfigLine *line, const char *text, gsize len)
{
  const char *equals = memchr (text, '=', len);

  if (equals == NULL)
    return FALSE;
  line->name = text;
  line->name_len = (gsize)(equals - text);
  line->value = equals + 1;
  line->value_len = len - line->name_len - 1;
  trim (&line->name, &line->name_len);
  trim (&line->value, &line->value_len);
  return line->name_len > 0;
}

gboolean
mr_config_line_next (const char **cursor, const char *end, MrConfigLine *ret)
{
  if (*cursor >= end)
    return FALSE;

  const char *lf = memchr (*cursor, '\n', (gsize)(end - *cursor));
  MrConfigLine line = { .kind = MR_CONFIG_LINE_BROKEN, .start = *cursor };
  line.len = (gsize)((lf != NULL ? lf + 1 : end) - *cursor);

  const char *text = line.start;
  gsize len = line.len;
  /* An editor's byte order mark is no part of what the first line says. */
  if (len >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) {
    text += 3;
    len -= 3;
  }
  trim (&text, &len);
  if (len == 0 || *text == '#')
    line.kind = MR_CONFIG_LINE_OTHER;
  else if (*text == '[')
    line.kind = read_group (&line, text, len) ? MR_CONFIG_LINE_GROUP : MR_CONFIG_LINE_BROKEN;
  else if (read_entry (&line, text, len))
    line.kind = MR_CONFIG_LINE_ENTRY;

  *cursor += line.len;
  *ret = line;
  return TRUE;
}

gboolean
mr_config_line_has_name (const MrConfigLine *line, const char *name)
{
  return strlen (name) == line->name_len && strncmp (line->name, name, line->name_len) == 0;
}

/* The character that "\c" stands for, NUL where it is none. */
static char
escaped_char (char c)
{
  switch (c) {
  case 's':
    return ' ';
  case 'n':
    return '\n';
  case 't':
    return '\t';
  case 'r':
    return '\r';
  case '\\':
  case ';':
    return c;
  default:
    return '\0';
  }
}

char *
mr_config_unescape (const char *value, gsize len)
{
  g_autoptr (GString) plain = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++) {
    char c = value[i];
    if (c == '\\') {
      c = i + 1 < len ? escaped_char (value[++i]) : '\0';
      if (c == '\0')
        return NULL;
    }
    g_string_append_c (plain, c);
  }
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

char *
mr_config_escape (const char *value)
{
  GString *escaped = g_string_new (NULL);
  gsize last = strlen (value);

  for (gsize i = 0; i < last; i++) {
    /* Blanks are kept as they are except at the ends, where reading would drop them. */
    if (value[i] == ' ' && (i == 0 || i + 1 == last))
      g_string_append (escaped, "\\s");
    else if (value[i] == '\t')
      g_string_append (escaped, "\\t");
    else if (value[i] == '\\')
      g_string_append (escaped, "\\\\");
    else
      g_string_append_c (escaped, value[i]);
  }
  return g_string_free (escaped, FALSE);
}

/* Bytes up to the next ';' that is not escaped, or up to the end. */
static gsize
element_length (const char *value)
{
  gsize len = 0;

  while (value[len] != '\0' && value[len] != ';')
    len += value[len] == '\\' && value[len + 1] != '\0' ? 2 : 1;
  return len;
}

char **
mr_config_split_list (const char *value)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func (g_free);

  for (;;) {
    gsize whole = element_length (value);
    const char *start = value;
    gsize len = whole;

    trim (&start, &len);
    if (len > 0) {
      char *element = mr_config_unescape (start, len);
      if (element == NULL)
        return NULL;
      g_ptr_array_add (elements, element);
    }
    if (value[whole] == '\0')
      break;
    value += whole + 1;
  }
  g_ptr_array_add (elements, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&elements), FALSE);
}
