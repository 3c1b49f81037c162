/* What RFC 3461 lets a sender ask for: reading and writing. */
#include "smtp/dsn.h"

#include <string.h>

#include "smtp/command-line.h"

#define ENVID_MAX 100
#define ORCPT_MAX 500

static const struct {
  const char *word;
  MrNotify bit;
} words[] = {
  { "NEVER", MR_NOTIFY_NEVER },
  { "SUCCESS", MR_NOTIFY_SUCCESS },
  { "FAILURE", MR_NOTIFY_FAILURE },
  { "DELAY", MR_NOTIFY_DELAY },
};

gboolean
mr_dsn_read_notify (const char *value, guint *ret)
{
  g_auto (GStrv) parts = g_strsplit (value, ",", G_N_ELEMENTS (words) + 1);
  guint notify = 0;

  for (guint i = 0; parts[i] != NULL; i++) {
    guint which;

    for (which = 0; which < G_N_ELEMENTS (words) && g_ascii_strcasecmp (parts[i], words[which].word) != 0; which++)
      ;
    if (which == G_N_ELEMENTS (words) || (notify & words[which].bit) != 0)
      return FALSE;
    notify |= words[which].bit;
  }
  /* NEVER stands alone. */
  if (notify == 0 || ((notify & MR_NOTIFY_NEVER) != 0 && notify != MR_NOTIFY_NEVER))
    return FALSE;
  *ret = notify;
  return TRUE;
}

gboolean
mr_dsn_read_return (const char *value, MrReturn *ret)
{
  if (g_ascii_strcasecmp (value, "FULL") == 0)
    *ret = MR_RETURN_FULL;
  else if (g_ascii_strcasecmp (value, "HDRS") == 0)
    *ret = MR_RETURN_HEADERS;
  else
    return FALSE;
  return TRUE;
}

char *
mr_xtext_decode (const char *xtext)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!mr_command_xtext_is_valid (xtext))
    return NULL;
  for (const char *p = xtext; *p != '\0'; p++) {
    char c = *p;

    if (c == '+') {
      c = (char)(g_ascii_xdigit_value (p[1]) * 16 + g_ascii_xdigit_value (p[2]));
      p += 2;
    }
    if ((guchar)c < 0x20 || c == 0x7f)
      return NULL;
    g_string_append_c (text, c);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
mr_xtext_encode (const char *text)
{
  GString *xtext = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isgraph (*p) && *p != '+' && *p != '=')
      g_string_append_c (xtext, *p);
    else
      g_string_append_printf (xtext, "+%02X", (guchar)*p);
  return g_string_free (xtext, FALSE);
}

static gboolean
is_ascii (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if ((guchar)*p >= 0x80)
      return FALSE;
  return TRUE;
}

gboolean
mr_dsn_envid_is_valid (const char *value)
{
  g_autofree char *text = mr_xtext_decode (value);

  return text != NULL && text[0] != '\0' && strlen (value) <= ENVID_MAX && is_ascii (text);
}

/* RFC 5322 3.2.3 */
static gboolean
is_atom (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (text[i]) && (text[i] == '\0' || strchr ("!#$%&'*+-/=?^_`{|}~", text[i]) == NULL))
      return FALSE;
  return len > 0;
}

gboolean
mr_dsn_orcpt_is_valid (const char *value)
{
  const char *semicolon = strchr (value, ';');
  g_autofree char *text = semicolon != NULL ? mr_xtext_decode (semicolon + 1) : NULL;

  return text != NULL && text[0] != '\0' && strlen (value) <= ORCPT_MAX && is_atom (value, (gsize)(semicolon - value));
}

char *
mr_dsn_dup_notify (guint notify)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((notify & words[i].bit) != 0)
      g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", words[i].word);
  return list->len > 0 ? g_string_free (g_steal_pointer (&list), FALSE) : NULL;
}

const char *
mr_dsn_return_word (MrReturn ret)
{
  return ret == MR_RETURN_FULL ? "FULL" : ret == MR_RETURN_HEADERS ? "HDRS" : NULL;
}
