/* Characters of HTML by name and by number: see html-private.h. Pure.
 *
 * A name without its semicolon counts only where mail programs leave it out; anything else stays the sign that it is, so nothing gets lost.
 */
#include "config.h"

#include "mail/html-private.h"

#include <stdlib.h>
#include <string.h>

#include "mail/html-entities.h"

#define VALUE_MAX (MR_RICH_LINK_MAX * 2)

static int
compare_entity (const void *name, const void *entity)
{
  return strcmp (name, ((const HtmlEntity *)entity)->name);
}

static gunichar
number_entity (const char *p, gsize *ret_len)
{
  gboolean hex = p[2] == 'x' || p[2] == 'X';
  gsize n = hex ? 3 : 2;
  guint64 c = 0;
  gsize digits = 0;

  for (; digits < 8 && (hex ? g_ascii_isxdigit (p[n]) : g_ascii_isdigit (p[n])); n++, digits++)
    c = c * (hex ? 16 : 10) + (guint64)g_ascii_xdigit_value (p[n]);
  if (digits == 0)
    return 0;
  *ret_len = n + (p[n] == ';');
  /* Numbers of Windows-1252 are written often (HTML 12.2.5). */
  if (c >= 0x80 && c < 0xa0) {
    static const guint16 windows[32] = { 0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                         0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
                                         0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                         0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178 };
    return windows[c - 0x80];
  }
  return c != 0 && c <= 0x10ffff && g_unichar_validate ((gunichar)c) ? (gunichar)c : 0xfffd;
}

/* p stands on '&'. 0: it is only a sign. */
static gunichar
entity_at (const char *p, gsize *ret_len)
{
  char name[12];
  gsize n = 0;
  const HtmlEntity *found;

  if (p[1] == '#')
    return number_entity (p, ret_len);
  while (n < sizeof name - 1 && g_ascii_isalnum (p[1 + n])) {
    name[n] = p[1 + n];
    n++;
  }
  name[n] = '\0';
  found = bsearch (name, html_entities, G_N_ELEMENTS (html_entities), sizeof html_entities[0], compare_entity);
  if (found == NULL || (p[1 + n] != ';' && n > 4)) /* without its semicolon only where that is usual: &amp &nbsp */
    return 0;
  *ret_len = 1 + n + (p[1 + n] == ';');
  return found->code;
}

gunichar
mr_html_character_at (const char *p, gsize *ret_len)
{
  gunichar c = *p == '&' ? entity_at (p, ret_len) : 0;

  if (c != 0)
    return c;
  *ret_len = (gsize)(g_utf8_next_char (p) - p);
  return g_utf8_get_char (p);
}

char *
mr_html_dup_value (const char *value, gsize len)
{
  g_autofree char *copy = g_strndup (value, MIN (len, VALUE_MAX));
  GString *out = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (copy, -1);

  for (const char *p = valid; *p != '\0';) {
    gsize n = 0;
    gunichar c = mr_html_character_at (p, &n);

    g_string_append_unichar (out, c < ' ' || c == 0x7f ? ' ' : c);
    p += n;
  }
  g_strstrip (out->str);
  return g_string_free (out, FALSE);
}
