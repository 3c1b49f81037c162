/* Authentication-Results: see results.h. Tokens are read one by one; what does not fit ends its own result, not the others. */
#include <config.h>

#include "mailauth/results.h"

#include <string.h>

#define MAX_RESULTS    50
#define MAX_PROPERTIES 30
#define MAX_VALUE      (32 * 1024)

static void
result_free (gpointer data)
{
  MrAuthResult *result = data;

  g_free (result->method);
  g_free (result->result);
  g_free (result->reason);
  g_free (result->comment);
  g_strfreev (result->properties);
  g_free (result);
}

/* Reads a nested comment at p, which stands at "(". */
static const char *
read_comment (const char *p, char **ret_text)
{
  GString *text = g_string_new (NULL);
  guint depth = 0;

  for (; *p != '\0'; p++) {
    if (*p == '\\' && p[1] != '\0') {
      g_string_append_c (text, *++p);
      continue;
    }
    depth += *p == '(' ? 1 : 0;
    depth -= *p == ')' ? 1 : 0;
    if (depth == 0) {
      p++;
      break;
    }
    if (text->len > 0 || *p != '(')
      g_string_append_c (text, *p);
  }
  if (ret_text != NULL && *ret_text == NULL)
    *ret_text = g_string_free (text, FALSE);
  else
    g_string_free (text, TRUE);
  return p;
}

/* White space and comments. */
static const char *
skip (const char *p, char **ret_comment)
{
  while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n' || *p == '(')
    p = *p == '(' ? read_comment (p, ret_comment) : p + 1;
  return p;
}

/* A word up to one of stops, white space or a comment; a quoted string is taken out of its quotes. (transfer full) */
static char *
read_word (const char **p, const char *stops)
{
  GString *word = g_string_new (NULL);
  const char *c = *p;

  for (gboolean quoted = FALSE; *c != '\0'; c++) {
    if (*c == '"') {
      quoted = !quoted;
    } else if (quoted && *c == '\\' && c[1] != '\0') {
      g_string_append_c (word, *++c);
    } else if (!quoted && (strchr (stops, *c) != NULL || strchr (" \t\r\n(", *c) != NULL)) {
      break;
    } else {
      g_string_append_c (word, *c);
    }
  }
  *p = c;
  return g_string_free (word, FALSE);
}

static char *
read_lower (const char **p, const char *stops)
{
  g_autofree char *word = read_word (p, stops);

  return g_ascii_strdown (word, -1);
}

/* name=value; FALSE: something else, and *p did not move past a ";". */
static gboolean
read_pair (const char **p, char **ret_name, char **ret_value, char **ret_comment)
{
  *ret_name = read_lower (p, "=;");
  *p = skip (*p, ret_comment);
  if (**p != '=') {
    g_clear_pointer (ret_name, g_free);
    return FALSE;
  }
  *p = skip (*p + 1, ret_comment);
  *ret_value = read_word (p, ";");
  *p = skip (*p, ret_comment);
  return TRUE;
}

static void
read_properties (const char **p, MrAuthResult *result)
{
  GPtrArray *properties = g_ptr_array_new ();
  char *name, *value;

  while (**p != ';' && **p != '\0' && read_pair (p, &name, &value, NULL)) {
    if (g_str_equal (name, "reason") && result->reason == NULL)
      result->reason = g_strdup (value);
    else if (properties->len < MAX_PROPERTIES)
      g_ptr_array_add (properties, g_strconcat (name, "=", value, NULL));
    g_free (name);
    g_free (value);
  }
  g_ptr_array_add (properties, NULL);
  result->properties = (char **)g_ptr_array_free (properties, FALSE);
}

/* One "method[/version]=result ...". NULL: not of this form. */
static MrAuthResult *
read_result (const char **p)
{
  MrAuthResult *result = g_new0 (MrAuthResult, 1);
  char *value = NULL;

  if (!read_pair (p, &result->method, &value, &result->comment)) {
    result_free (result);
    return NULL;
  }
  char *slash = strchr (result->method, '/');
  if (slash != NULL)
    *slash = '\0';
  result->result = g_ascii_strdown (value, -1);
  g_free (value);
  read_properties (p, result);
  return result;
}

GPtrArray *
mr_auth_results_parse (const char *value, char **ret_server)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (result_free);
  const char *p = skip (value, NULL);
  g_autofree char *server = NULL;

  if (strlen (value) > MAX_VALUE)
    return NULL;
  server = read_word (&p, ";=");
  if (*server == '\0' || *(p = skip (p, NULL)) == '=')
    return NULL;
  /* A version may follow. */
  while (*p != ';' && *p != '\0')
    p++;
  while (*p == ';' && results->len < MAX_RESULTS) {
    p = skip (p + 1, NULL);
    MrAuthResult *result = *p != '\0' ? read_result (&p) : NULL;
    if (result != NULL)
      g_ptr_array_add (results, result);
    while (*p != ';' && *p != '\0')
      p++;
  }
  *ret_server = g_steal_pointer (&server);
  return g_steal_pointer (&results);
}

const char *
mr_auth_result_get (const MrAuthResult *result, const char *property)
{
  gsize len = strlen (property);

  for (guint i = 0; result->properties[i] != NULL; i++)
    if (strncmp (result->properties[i], property, len) == 0 && result->properties[i][len] == '=')
      return result->properties[i] + len + 1;
  return NULL;
}
