/* HTML as text with emphasis and links (what mail programs send, not what browsers accept).
 *
 * Here the bytes are taken apart, in one pass: tags, attributes, comments, characters; what they mean is html-text.c's affair. Nothing that is broken
 * stops the reading; a script, a style and whatever else is no text is skipped; nothing has a side effect.
 */
#include "config.h"

#include "mail/html-private.h"

#include <string.h>

typedef struct {
  const char *p, *end;
  MrHtmlText *text;
  MrHtmlAttributes attributes; /* of the tag being read */
} Reader;

/* ---- tags ---- */

static void
clear_attributes (MrHtmlAttributes *attributes)
{
  g_clear_pointer (&attributes->href, g_free);
  g_clear_pointer (&attributes->alt, g_free);
  g_clear_pointer (&attributes->css, g_free);
  attributes->hidden = FALSE;
}

static void
take_attribute (MrHtmlAttributes *attributes, const char *name, gsize name_len, const char *value, gsize len)
{
  char **place = name_len == 4 && g_ascii_strncasecmp (name, "href", 4) == 0    ? &attributes->href
                 : name_len == 3 && g_ascii_strncasecmp (name, "alt", 3) == 0   ? &attributes->alt
                 : name_len == 5 && g_ascii_strncasecmp (name, "style", 5) == 0 ? &attributes->css
                                                                                : NULL;

  if (name_len == 6 && g_ascii_strncasecmp (name, "hidden", 6) == 0)
    attributes->hidden = TRUE;
  if (place != NULL && *place == NULL)
    *place = mr_html_dup_value (value, len);
}

/* From behind the name to behind the '>'. */
static void
read_attributes (Reader *r)
{
  clear_attributes (&r->attributes);
  while (r->p < r->end && *r->p != '>') {
    const char *name = r->p, *value = r->p;
    gsize name_len, len = 0;

    if (g_ascii_isspace (*r->p) || *r->p == '/') {
      r->p++;
      continue;
    }
    while (r->p < r->end && !g_ascii_isspace (*r->p) && strchr ("=>/", *r->p) == NULL)
      r->p++;
    name_len = (gsize)(r->p - name);
    while (r->p < r->end && g_ascii_isspace (*r->p))
      r->p++;
    if (r->p < r->end && *r->p == '=') {
      r->p++;
      while (r->p < r->end && g_ascii_isspace (*r->p))
        r->p++;
      if (r->p < r->end && (*r->p == '"' || *r->p == '\'')) {
        const char *close = memchr (r->p + 1, *r->p, (gsize)(r->end - r->p - 1));
        value = r->p + 1;
        len = (gsize)((close != NULL ? close : r->end) - value);
        r->p = close != NULL ? close + 1 : r->end;
      } else {
        value = r->p;
        while (r->p < r->end && !g_ascii_isspace (*r->p) && *r->p != '>')
          r->p++;
        len = (gsize)(r->p - value);
      }
    }
    take_attribute (&r->attributes, name, name_len, value, len);
  }
  if (r->p < r->end)
    r->p++;
}

/* Behind the end tag of an element whose content is no HTML. */
static void
skip_raw (Reader *r, const char *name)
{
  gsize n = strlen (name);

  while (r->p < r->end) {
    const char *lt = memchr (r->p, '<', (gsize)(r->end - r->p));

    if (lt == NULL) {
      r->p = r->end;
      return;
    }
    r->p = lt + 1;
    if ((gsize)(r->end - lt) > n + 2 && lt[1] == '/' && g_ascii_strncasecmp (lt + 2, name, n) == 0
        && !g_ascii_isalnum (lt[2 + n])) {
      const char *gt = memchr (lt, '>', (gsize)(r->end - lt));
      r->p = gt != NULL ? gt + 1 : r->end;
      return;
    }
  }
}

static void
start_tag (Reader *r, const char *name)
{
  gboolean self_closed;

  read_attributes (r);
  self_closed = r->p[-1] == '>' && r->p[-2] == '/';
  mr_html_text_start (r->text, name, &r->attributes, self_closed);
  if (mr_html_element_is_raw (name) && !self_closed)
    skip_raw (r, name);
}

/* Attributes of an end tag mean nothing, but they may hold a '>'. */
static void
end_tag (Reader *r, const char *name)
{
  read_attributes (r);
  mr_html_text_close (r->text, name);
}

/* "<!…" and "<?…": nothing of it is shown. */
static void
skip_declaration (Reader *r)
{
  gsize left = (gsize)(r->end - r->p);
  const char *close;

  if (left >= 4 && memcmp (r->p, "<!--", 4) == 0) {
    close = g_strstr_len (r->p + 4, (gssize)(left - 4), "-->");
    /* "<!-->" is a whole comment. */
    if (left >= 5 && r->p[4] == '>')
      close = r->p + 2;
    r->p = close != NULL ? close + 3 : r->end;
    return;
  }
  close = memchr (r->p, '>', left);
  r->p = close != NULL ? close + 1 : r->end;
}

/* r->p stands on '<'. */
static void
read_markup (Reader *r)
{
  gboolean is_end = r->end - r->p > 1 && r->p[1] == '/';
  const char *start = r->p + 1 + is_end;
  char name[MR_HTML_NAME_MAX];
  gsize n = 0;

  if (r->end - r->p > 1 && (r->p[1] == '!' || r->p[1] == '?')) {
    skip_declaration (r);
    return;
  }
  if (start >= r->end || !g_ascii_isalpha (*start)) {
    mr_html_text_put_character (r->text, '<');
    r->p++;
    return;
  }
  for (r->p = start; r->p < r->end && !g_ascii_isspace (*r->p) && *r->p != '>' && *r->p != '/'; r->p++)
    if (n < sizeof name - 1)
      name[n++] = g_ascii_tolower (*r->p);
  name[n] = '\0';
  if (is_end)
    end_tag (r, name);
  else
    start_tag (r, name);
}

MrRichText *
mr_rich_text_from_html (const char *html, gsize len)
{
  g_autofree char *copy = g_strndup (html, len); /* ends with NUL, also behind what was given */
  Reader r = { .p = copy, .end = copy + strlen (copy), .text = mr_html_text_new () };

  while (r.p < r.end && !mr_html_text_is_full (r.text)) {
    gsize n = 0;

    if (*r.p == '<') {
      read_markup (&r);
      continue;
    }
    mr_html_text_put_character (r.text, mr_html_character_at (r.p, &n));
    r.p += n;
  }
  clear_attributes (&r.attributes);
  return mr_html_text_end (r.text);
}
