/* Grammar of SMTP command arguments: paths and parameters (RFC 5321 4.1.2, RFC 3461 4).
 *
 * Works on lines without controls. Brackets are found by a scan that knows quoted strings, so that "a>b"@c is one path;
 * the path itself is judged by mail/address.
 */
#include "smtp/command-line.h"

#include <string.h>

#include "mail/address.h"

#define MAX_DIGITS 20

static gboolean
is_ascii (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    if ((guchar)text[i] >= 0x80)
      return FALSE;
  }
  return TRUE;
}

/* Bytes before the first of stop that is outside of a quoted string, or -1. A stop of ' ' also stands for the end. */
static gssize
scan_to (const char *text, char stop)
{
  gboolean quoted = FALSE;
  gsize i;

  for (i = 0; text[i] != '\0'; i++) {
    if (quoted && text[i] == '\\' && text[i + 1] != '\0')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && text[i] == stop)
      return (gssize)i;
  }
  return stop == ' ' ? (gssize)i : -1;
}

MrPathResult
mr_command_read_path (const char **cursor, char **ret_path)
{
  const char *start = *cursor;
  gboolean bracket = *start == '<';
  g_autofree char *path = NULL;
  gssize len;

  if (bracket)
    start++;
  len = scan_to (start, bracket ? '>' : ' ');
  if (len < 0 || (!bracket && len == 0) || len > MR_PATH_MAX)
    return MR_PATH_BAD;
  if (bracket && start[len + 1] != '\0' && start[len + 1] != ' ')
    return MR_PATH_BAD;
  if (!is_ascii (start, (gsize)len))
    return MR_PATH_NON_ASCII;
  path = g_strndup (start, (gsize)len);
  if (path[0] == '@')
    return MR_PATH_SOURCE_ROUTE;
  if (path[0] != '\0' && !mr_address_is_valid (path))
    return strchr (path, '@') == NULL ? MR_PATH_NO_DOMAIN : MR_PATH_BAD;
  *cursor = start + len + (bracket ? 1 : 0);
  *ret_path = g_steal_pointer (&path);
  return MR_PATH_READ;
}

gboolean
mr_command_next_parameter (const char **cursor, char **ret_key, char **ret_value)
{
  const char *start = *cursor + strspn (*cursor, " ");
  gsize len = strcspn (start, " ");
  const char *equals = memchr (start, '=', len);

  if (len == 0)
    return FALSE;
  *ret_key = g_strndup (start, equals != NULL ? (gsize)(equals - start) : len);
  *ret_value = equals != NULL ? g_strndup (equals + 1, len - (gsize)(equals + 1 - start)) : NULL;
  *cursor = start + len;
  return TRUE;
}

gboolean
mr_command_read_number (const char *text, guint64 *ret)
{
  gsize len = strlen (text);

  return len <= MAX_DIGITS && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, ret, NULL);
}

static gboolean
is_upper_hex (char c)
{
  return g_ascii_isdigit (c) || (c >= 'A' && c <= 'F');
}

gboolean
mr_command_xtext_is_valid (const char *text)
{
  for (const char *p = text; *p != '\0'; p++) {
    if (!g_ascii_isgraph (*p) || *p == '=')
      return FALSE;
    if (*p == '+') {
      if (!is_upper_hex (p[1]) || !is_upper_hex (p[2]))
        return FALSE;
      p += 2;
    }
  }
  return TRUE;
}

gboolean
mr_command_path_is_safe (const char *path)
{
  gboolean quoted = FALSE;

  for (const char *p = path; *p != '\0'; p++) {
    if (!g_ascii_isprint (*p))
      return FALSE;
    if (quoted && *p == '\\') {
      if (!g_ascii_isprint (p[1]))
        return FALSE;
      p++;
    } else if (*p == '"')
      quoted = !quoted;
    else if (!quoted && strchr (" <>", *p) != NULL)
      return FALSE;
  }
  return !quoted;
}
