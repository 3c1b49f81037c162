/* Taking log lines apart; see log-lines.h. */
#include <config.h>

#include "client/log-lines.h"

#include <string.h>

/* The n-th word behind the first, NULL: the line ends before. */
static const char *
word (const char *line, guint n)
{
  const char *p = line;

  for (; n > 0 && p != NULL; n--) {
    p = strchr (p, ' ');
    p = p != NULL ? p + 1 : NULL;
  }
  return p;
}

MrLogLevel
mr_log_line_get_level (const char *line)
{
  static const char *const names[] = { "debug ", "info ", "warning ", "error " };
  const char *level = word (line, 1);

  for (guint i = 0; level != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_has_prefix (level, names[i]))
      return (MrLogLevel)i;
  return MR_LOG_INFO;
}

char *
mr_log_line_dup_session (const char *line)
{
  const char *name = word (line, 3);
  gsize digits;

  if (name == NULL || (*name != 'c' && *name != 's'))
    return NULL;
  digits = strspn (name + 1, "0123456789");
  return digits > 0 && digits < 15 && name[1 + digits] == ':' ? g_strndup (name, 1 + digits) : NULL;
}

gboolean
mr_log_line_matches (const char *line, MrLogLevel min, const char *session, const char *search)
{
  if (mr_log_line_get_level (line) < min)
    return FALSE;
  if (session != NULL && *session != '\0') {
    g_autofree char *own = mr_log_line_dup_session (line);

    if (g_strcmp0 (own, session) != 0)
      return FALSE;
  }
  if (search != NULL && *search != '\0') {
    g_autofree char *low = g_utf8_casefold (line, -1), *wanted = g_utf8_casefold (search, -1);

    return strstr (low, wanted) != NULL;
  }
  return TRUE;
}
