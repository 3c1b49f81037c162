/* Plain text and what all rich text shares; html.c makes it from HTML. */
#include "config.h"

#include "mail/rich-text-private.h"

#include <string.h>

void
mr_text_span_free (gpointer data)
{
  MrTextSpan *span = data;

  g_free (span->target);
  g_free (span);
}

MrRichText *
mr_rich_text_new (void)
{
  MrRichText *self = g_new0 (MrRichText, 1);

  self->spans = g_ptr_array_new_with_free_func (mr_text_span_free);
  return self;
}

void
mr_rich_text_free (MrRichText *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_ptr_array_unref (self->spans);
  g_free (self);
}

MrTextSpan *
mr_rich_text_add_span (MrRichText *self, gsize start, gsize end, guint style)
{
  MrTextSpan *span;

  if (end <= start)
    return NULL;
  if (self->spans->len >= MR_RICH_SPANS_MAX) {
    self->truncated = TRUE;
    return NULL;
  }
  span = g_new0 (MrTextSpan, 1);
  span->start = start;
  span->end = end;
  span->style = style;
  g_ptr_array_add (self->spans, span);
  return span;
}

/* ---- links ---- */

char *
mr_link_dup_host (const char *target)
{
  const char *start = strstr (target, "://"), *end, *at;

  if (start != NULL) {
    start += 3;
    end = start + strcspn (start, "/?#\\");
    /* "https://bank.example@evil.example/": what stands in front of the sign is a user name. */
    for (at = start; (at = memchr (at, '@', (gsize)(end - at))) != NULL;)
      start = ++at;
  } else if (g_ascii_strncasecmp (target, "mailto:", 7) == 0) {
    end = target + strcspn (target, "?");
    start = target + 7;
    for (at = start; (at = memchr (at, '@', (gsize)(end - at))) != NULL;)
      start = ++at;
  } else
    return NULL;
  if (*start != '[') {
    const char *colon = memchr (start, ':', (gsize)(end - start));
    end = colon != NULL ? colon : end;
  }
  return end > start ? g_ascii_strdown (start, end - start) : NULL;
}

static gboolean
has_scheme (const char *target, const char *scheme)
{
  return g_ascii_strncasecmp (target, scheme, strlen (scheme)) == 0 && target[strlen (scheme)] != '\0';
}

gboolean
mr_link_is_allowed (const char *target)
{
  return strlen (target) <= MR_RICH_LINK_MAX
         && (has_scheme (target, "https://") || has_scheme (target, "http://") || has_scheme (target, "mailto:")
             || has_scheme (target, "tel:"));
}

static gboolean
is_below (const char *host, const char *above)
{
  gsize a = strlen (host), b = strlen (above);

  return a >= b && strcmp (host + a - b, above) == 0 && (a == b || host[a - b - 1] == '.');
}

/* A text that is itself an address of a page must lead there, or at least to the same name. */
gboolean
mr_link_deceives (const char *text, gsize len, const char *target)
{
  g_autofree char *shown = g_strstrip (g_strndup (text, len));
  g_autofree char *link = NULL, *claimed = NULL, *real = mr_link_dup_host (target);
  const char *name;

  if (g_ascii_strncasecmp (shown, "http://", 7) == 0 || g_ascii_strncasecmp (shown, "https://", 8) == 0)
    link = g_strdup (shown);
  else if (strpbrk (shown, " \n\t@") == NULL && strchr (shown, '.') != NULL && shown[strlen (shown) - 1] != '.'
           && strstr (shown, "..") == NULL && shown[0] != '.')
    link = g_strconcat ("https://", shown, NULL);
  claimed = link != NULL ? mr_link_dup_host (link) : NULL;
  if (claimed == NULL || strchr (claimed, '.') == NULL || real == NULL)
    return FALSE;
  name = g_str_has_prefix (claimed, "www.") ? claimed + 4 : claimed;
  return !is_below (real, name) && !is_below (name, g_str_has_prefix (real, "www.") ? real + 4 : real);
}

/* Length of the address that stands at p, 0: none. */
static gsize
link_at (const char *text, const char *p, const char *end)
{
  gsize scheme = g_ascii_strncasecmp (p, "https://", 8) == 0 ? 8 : g_ascii_strncasecmp (p, "http://", 7) == 0 ? 7 : 0;
  const char *stop = p;
  int open = 0; /* brackets */

  if (scheme == 0 || (p > text && g_ascii_isalnum (p[-1])))
    return 0;
  while (stop < end && stop - p <= MR_RICH_LINK_MAX && (guchar)*stop > ' ' && strchr ("<>\"", *stop) == NULL) {
    open += (*stop == '(') - (*stop == ')');
    stop++;
  }
  /* What ends a sentence does not belong to it; a bracket only where it was opened inside. */
  while (stop > p && (strchr (".,;:!?'*_]", stop[-1]) != NULL || (stop[-1] == ')' && open < 0))) {
    open += stop[-1] == ')';
    stop--;
  }
  return (gsize)(stop - p) > scheme && (gsize)(stop - p) <= MR_RICH_LINK_MAX ? (gsize)(stop - p) : 0;
}

static void
find_links (MrRichText *self)
{
  gsize len = strlen (self->text);

  for (const char *p = self->text; (p = strstr (p, "://")) != NULL; p += 3) {
    const char *start = p - self->text >= 5 && g_ascii_strncasecmp (p - 5, "https", 5) == 0  ? p - 5
                        : p - self->text >= 4 && g_ascii_strncasecmp (p - 4, "http", 4) == 0 ? p - 4
                                                                                             : NULL;
    gsize n = start != NULL ? link_at (self->text, start, self->text + len) : 0;
    MrTextSpan *span;

    if (n == 0)
      continue;
    span = mr_rich_text_add_span (self, (gsize)(start - self->text), (gsize)(start - self->text) + n, 0);
    if (span == NULL)
      return;
    span->target = g_strndup (start, n);
    p = start + n - 3;
  }
}

/* ---- plain text ---- */

static guint
quote_depth (const char *line, gsize len)
{
  guint depth = 0;

  for (gsize i = 0; i < len && (line[i] == '>' || (line[i] == ' ' && depth > 0)); i++)
    depth += line[i] == '>';
  return depth;
}

static gsize
quote_len (const char *line, gsize len)
{
  gsize n = 0;

  while (n < len && line[n] == '>')
    n++;
  return n;
}

/* RFC 3676: lines that end with a space go on in the next one of the same quotation. */
static char *
unflow (const char *text, gsize len, gboolean delsp)
{
  GString *out = g_string_sized_new (len + 1);
  gboolean goes_on = FALSE;
  gsize depth = 0;

  for (gsize pos = 0; pos < len;) {
    const char *line = text + pos, *lf = memchr (line, '\n', len - pos);
    gsize n = lf != NULL ? (gsize)(lf - line) : len - pos, quotes = quote_len (line, n), skip = quotes;
    gboolean signature;

    if (skip < n && line[skip] == ' ') /* stuffed */
      skip++;
    signature = n - skip == 3 && memcmp (line + skip, "-- ", 3) == 0;
    if (quotes != depth || signature)
      goes_on = FALSE;
    if (!goes_on) {
      if (pos > 0)
        g_string_append_c (out, '\n');
      g_string_append_len (out, line, (gssize)quotes);
      if (quotes > 0)
        g_string_append_c (out, ' ');
    }
    g_string_append_len (out, line + skip, (gssize)(n - skip));
    goes_on = n > skip && line[n - 1] == ' ' && !signature;
    if (goes_on && delsp)
      g_string_truncate (out, out->len - 1);
    depth = quotes;
    pos += n + (lf != NULL);
  }
  return g_string_free (out, FALSE);
}

static void
find_quotes (MrRichText *self)
{
  gsize start = 0, pos = 0;
  gboolean inside = FALSE;

  while (self->text[pos] != '\0') {
    gsize n = strcspn (self->text + pos, "\n");
    gboolean quoted = quote_depth (self->text + pos, n) > 0;

    if (quoted && !inside)
      start = pos;
    if (!quoted && inside)
      mr_rich_text_add_span (self, start, pos, MR_STYLE_QUOTE);
    inside = quoted;
    pos += n + (self->text[pos + n] == '\n');
  }
  if (inside)
    mr_rich_text_add_span (self, start, pos, MR_STYLE_QUOTE);
}

/* Cuts at a character boundary and takes out controls. */
static char *
clean (const char *text, gsize len, gboolean *ret_cut)
{
  char *copy;

  *ret_cut = len > MR_RICH_TEXT_MAX;
  if (*ret_cut) {
    len = MR_RICH_TEXT_MAX;
    while (len > 0 && ((guchar)text[len] & 0xc0) == 0x80)
      len--;
  }
  copy = g_strndup (text, len);
  for (char *p = copy; *p != '\0'; p++)
    if (((guchar)*p < ' ' && *p != '\n' && *p != '\t') || *p == 0x7f)
      *p = ' ';
  return copy;
}

MrRichText *
mr_rich_text_from_plain (const char *text, gsize len, gboolean flowed, gboolean delsp)
{
  MrRichText *self = mr_rich_text_new ();
  g_autofree char *joined = flowed ? unflow (text, len, delsp) : NULL;
  const char *nul;

  if (joined != NULL) {
    text = joined;
    len = strlen (joined);
  }
  nul = memchr (text, '\0', len);
  if (nul != NULL)
    len = (gsize)(nul - text);
  self->text = clean (text, len, &self->truncated);
  find_quotes (self);
  find_links (self);
  return self;
}

/* ---- as plain text ---- */

static gboolean
shows_target (const MrRichText *self, const MrTextSpan *span)
{
  gsize len = span->end - span->start;
  const char *target = span->target, *text = self->text + span->start;

  if (strlen (target) == len && memcmp (target, text, len) == 0)
    return TRUE;
  return g_str_has_prefix (target, "mailto:") && strlen (target + 7) == len && memcmp (target + 7, text, len) == 0;
}

char *
mr_rich_text_dup_plain (const MrRichText *self)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GString) notes = g_string_new (NULL);
  gsize done = 0;
  guint n = 0;

  for (guint i = 0; i < self->spans->len; i++) {
    const MrTextSpan *span = self->spans->pdata[i];

    if (span->target == NULL || span->end < done || shows_target (self, span))
      continue;
    g_string_append_len (out, self->text + done, (gssize)(span->end - done));
    g_string_append_printf (out, " [%u]", ++n);
    g_string_append_printf (notes, "[%u] %s\n", n, span->target);
    done = span->end;
  }
  g_string_append (out, self->text + done);
  if (n > 0) {
    if (out->len > 0 && out->str[out->len - 1] != '\n')
      g_string_append_c (out, '\n');
    g_string_append_c (out, '\n');
    g_string_append_len (out, notes->str, (gssize)notes->len);
  }
  return g_string_free (out, FALSE);
}
