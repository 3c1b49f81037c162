/* HTML as text with emphasis and links (what mail programs send, not what browsers accept).
 *
 * One pass over the bytes. Open elements stand on a stack of at most DEPTH_MAX; each entry inherits what holds inside it, so that leaving one
 * needs no bookkeeping. What is deeper adds nothing and is counted, so that its end tags do not close others. A script, a style and whatever
 * else is no text is skipped; nothing has a side effect.
 */
#include "config.h"

#include "mail/rich-text-private.h"

#include <stdlib.h>
#include <string.h>

#include "mail/html-elements.h"
#include "mail/html-entities.h"

#define DEPTH_MAX  100
#define TAG_MAX    16
#define VALUE_MAX  (MR_RICH_LINK_MAX * 2)
#define INDENT_MAX 6

typedef struct {
  char name[TAG_MAX];
  Kind kind;
  guint style, lists, quotes; /* with those around it */
  gboolean hidden, pre;
  gboolean ordered; /* of the list itself */
  guint number;     /* of the list: items so far */
  char *target;     /* of the link itself */
  gsize link_start;
} Open;

typedef struct {
  const char *p, *end;
  GString *out;
  MrRichText *text;
  Open stack[DEPTH_MAX];
  guint depth;   /* of stack; [0] is around everything */
  guint ignored; /* open elements that found no place */
  guint breaks;  /* line ends that are due */
  gboolean space, line_start;
  gboolean cell, gap; /* a cell of this row has ended; another one has begun behind it */
  gsize run_start;
  guint run_style;
  char *href, *alt, *css; /* of the tag being read */
  gboolean hidden, full;
} Reader;

static int
compare_element (const void *name, const void *element)
{
  return strcmp (name, ((const Element *)element)->name);
}

static const Element *
find_element (const char *name)
{
  static const Element unknown = { "", EL_UNKNOWN, 0 };
  const Element *found = bsearch (name, elements, G_N_ELEMENTS (elements), sizeof elements[0], compare_element);

  return found != NULL ? found : &unknown;
}

static Open *
top (Reader *r)
{
  return &r->stack[r->depth - 1];
}

/* ---- what comes out ---- */

static void
end_run (Reader *r)
{
  if (r->run_style != 0)
    mr_rich_text_add_span (r->text, r->run_start, r->out->len, r->run_style);
  r->run_start = r->out->len;
  r->run_style = 0;
}

/* Before a character that is to be seen. */
static void
begin_text (Reader *r)
{
  Open *open = top (r);

  if (r->out->len == 0)
    r->breaks = 0;
  if (open->style != r->run_style)
    end_run (r);
  if (r->breaks > 0 || r->out->len == 0) {
    end_run (r);
    for (guint i = 0; i < r->breaks; i++)
      g_string_append_c (r->out, '\n');
    for (guint i = 0; i < MIN (open->quotes, INDENT_MAX); i++)
      g_string_append (r->out, "> ");
    r->space = FALSE;
    r->line_start = TRUE;
  } else if (r->gap)
    g_string_append (r->out, "  ");
  else if (r->space && !r->line_start)
    g_string_append_c (r->out, ' ');
  r->breaks = 0;
  r->space = r->cell = r->gap = FALSE;
  if (r->run_style == 0)
    r->run_start = r->out->len;
  r->run_style = open->style;
}

static void
put_bytes (Reader *r, const char *bytes, gsize len)
{
  if (top (r)->hidden || r->full || r->ignored > 0)
    return;
  if (r->out->len + len > MR_RICH_TEXT_MAX) {
    r->full = r->text->truncated = TRUE;
    return;
  }
  begin_text (r);
  g_string_append_len (r->out, bytes, (gssize)len);
  r->line_start = FALSE;
}

static void
put_break (Reader *r, guint lines)
{
  /* What begins an item stays in its line. */
  if (!top (r)->hidden && r->ignored == 0 && !r->line_start)
    r->breaks = MAX (r->breaks, lines);
}

static void
put_char (Reader *r, gunichar c)
{
  char bytes[6];

  if (c == 0x200b || c == 0x200c || c == 0x200d || c == 0xfeff || c == 0x34f || c == 0xad)
    return; /* what fills the line that mailboxes show before a message is opened */
  if (c == '\n' && top (r)->pre) {
    /* Lines of their own: an empty one counts too. */
    if (!top (r)->hidden && r->ignored == 0)
      r->breaks = MIN (r->breaks + 1, 3);
    return;
  }
  if (c == 0xa0)
    c = ' ';
  if (c <= ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0)) {
    if (top (r)->pre && (c == ' ' || c == '\t'))
      put_bytes (r, c == ' ' ? " " : "\t", 1);
    else
      r->space |= r->out->len > 0;
    return;
  }
  put_bytes (r, bytes, (gsize)g_unichar_to_utf8 (c, bytes));
}

/* ---- characters by name ---- */

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

/* p stands on '&' in a text that ends with NUL. 0: it is only a sign. */
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

static char *
decode_value (const char *value, gsize len)
{
  g_autofree char *copy = g_strndup (value, MIN (len, VALUE_MAX));
  GString *out = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (copy, -1);

  for (const char *p = valid; *p != '\0';) {
    gsize n = 0;
    gunichar c = *p == '&' ? entity_at (p, &n) : 0;

    if (c == 0) {
      c = g_utf8_get_char (p);
      n = (gsize)(g_utf8_next_char (p) - p);
    }
    g_string_append_unichar (out, c < ' ' || c == 0x7f ? ' ' : c);
    p += n;
  }
  g_strstrip (out->str);
  return g_string_free (out, FALSE);
}

/* ---- the stack ---- */

static void
close_link (Reader *r, Open *open)
{
  MrTextSpan *span;

  if (open->target == NULL)
    return;
  span = mr_rich_text_add_span (r->text, MIN (open->link_start, r->out->len), r->out->len, 0);
  if (span == NULL) {
    g_clear_pointer (&open->target, g_free);
    return;
  }
  /* Line ends and quotation marks in front of the text do not belong to it. */
  while (span->start < span->end && strchr ("\n> ", r->out->str[span->start]) != NULL)
    span->start++;
  span->deceives = mr_link_deceives (r->out->str + span->start, span->end - span->start, open->target);
  span->target = g_steal_pointer (&open->target);
}

static guint
breaks_around (Kind kind)
{
  switch ((int)kind) {
  case EL_PARAGRAPH:
  case EL_QUOTE:
  case EL_PRE:
  case EL_TABLE:
    return 2;
  case EL_BLOCK:
  case EL_ITEM:
  case EL_ROW:
  case EL_LIST:
  case EL_BODY:
    return 1;
  default:
    return 0;
  }
}

static void
pop (Reader *r)
{
  Open *open = top (r);
  guint breaks = open->kind == EL_LIST && open->lists <= 1 ? 2 : breaks_around (open->kind);

  close_link (r, open);
  if (open->kind == EL_ITEM)
    r->line_start = FALSE;
  put_break (r, breaks);
  if (open->kind == EL_CELL && !open->hidden)
    r->cell = TRUE;
  if (r->depth > 1)
    r->depth--;
}

/* The nearest open element of that name; 0: none before one of the kinds that bound it. */
static guint
find_open (Reader *r, const char *name, Kind bound)
{
  for (guint i = r->depth; i-- > 1;) {
    if (strcmp (r->stack[i].name, name) == 0)
      return i;
    if (bound != EL_UNKNOWN && (r->stack[i].kind == bound || r->stack[i].kind == EL_TABLE))
      return 0;
  }
  return 0;
}

static void
close_to (Reader *r, guint index)
{
  while (index > 0 && r->depth > index)
    pop (r);
}

/* End tags that people leave out. */
static void
close_implied (Reader *r, const Element *element)
{
  if (top (r)->kind == EL_HEAD && element->kind != EL_RAW && element->kind != EL_VOID)
    pop (r);
  switch ((int)element->kind) {
  case EL_BLOCK:
  case EL_PARAGRAPH:
  case EL_QUOTE:
  case EL_LIST:
  case EL_TABLE:
  case EL_PRE:
  case EL_RULE:
    close_to (r, find_open (r, "p", EL_CELL));
    if (g_str_equal (element->name, "dd") || g_str_equal (element->name, "dt"))
      if (top (r)->name[0] == 'd' && (top (r)->name[1] == 'd' || top (r)->name[1] == 't'))
        pop (r);
    break;
  case EL_ITEM:
    close_to (r, find_open (r, "li", EL_LIST));
    break;
  case EL_ROW:
    close_to (r, find_open (r, "tr", EL_TABLE));
    break;
  case EL_CELL:
    close_to (r, find_open (r, "td", EL_ROW));
    close_to (r, find_open (r, "th", EL_ROW));
    break;
  case EL_LINK:
    close_to (r, find_open (r, "a", EL_CELL));
    break;
  default:
    break;
  }
}

static void
apply_css (Reader *r, Open *open)
{
  g_autoptr (GString) css = g_string_new (NULL);

  for (const char *p = r->css; p != NULL && *p != '\0'; p++)
    if (!g_ascii_isspace (*p))
      g_string_append_c (css, g_ascii_tolower (*p));
  if (strstr (css->str, "display:none") != NULL || strstr (css->str, "visibility:hidden") != NULL || r->hidden)
    open->hidden = TRUE;
  if (strstr (css->str, "font-weight:bold") != NULL || strstr (css->str, "font-weight:700") != NULL)
    open->style |= MR_STYLE_BOLD;
  if (strstr (css->str, "font-style:italic") != NULL)
    open->style |= MR_STYLE_ITALIC;
  if (strstr (css->str, "line-through") != NULL)
    open->style |= MR_STYLE_STRIKE;
}

static void
begin_item (Reader *r)
{
  Open *list = NULL;
  guint lists = MIN (top (r)->lists, INDENT_MAX);

  for (guint i = r->depth; i-- > 1 && list == NULL;)
    if (r->stack[i].kind == EL_LIST)
      list = &r->stack[i];
  for (guint i = 1; i < lists; i++)
    put_bytes (r, "  ", 2);
  if (list != NULL && list->ordered) {
    g_autofree char *number = g_strdup_printf ("%u.", ++list->number);
    put_bytes (r, number, strlen (number));
  } else
    put_bytes (r, "•", strlen ("•"));
  put_bytes (r, " ", 1);
  r->line_start = TRUE;
}

static void
push (Reader *r, const Element *element, const char *name)
{
  Open *open, *around;

  if (r->depth >= DEPTH_MAX) {
    r->ignored++;
    r->text->truncated = TRUE;
    return;
  }
  /* What follows a cell in its row stands beside it. */
  if (element->kind == EL_CELL && r->cell && r->breaks == 0)
    r->gap = TRUE;
  put_break (r, breaks_around (element->kind));
  around = top (r);
  open = &r->stack[r->depth++];
  *open = *around;
  g_strlcpy (open->name, name, sizeof open->name);
  open->kind = element->kind;
  open->style |= element->style;
  open->lists += element->kind == EL_LIST;
  open->quotes += element->kind == EL_QUOTE;
  open->pre |= element->kind == EL_PRE;
  open->hidden |= element->kind == EL_HIDDEN || element->kind == EL_HEAD;
  open->ordered = g_str_equal (name, "ol");
  open->number = 0;
  open->target = NULL;
  apply_css (r, open);
  if (element->kind == EL_LINK && r->href != NULL && mr_link_is_allowed (r->href)) {
    open->target = g_steal_pointer (&r->href);
    /* A space that is due stands in front of it. */
    if (r->space && r->breaks == 0 && r->out->len > 0 && !open->hidden) {
      g_string_append_c (r->out, ' ');
      r->space = FALSE;
    }
    open->link_start = r->out->len;
  }
  if (element->kind == EL_ITEM)
    begin_item (r);
}

/* ---- tags ---- */

static void
clear_tag (Reader *r)
{
  g_clear_pointer (&r->href, g_free);
  g_clear_pointer (&r->alt, g_free);
  g_clear_pointer (&r->css, g_free);
  r->hidden = FALSE;
}

static void
take_attribute (Reader *r, const char *name, gsize name_len, const char *value, gsize len)
{
  char **place = name_len == 4 && g_ascii_strncasecmp (name, "href", 4) == 0    ? &r->href
                 : name_len == 3 && g_ascii_strncasecmp (name, "alt", 3) == 0   ? &r->alt
                 : name_len == 5 && g_ascii_strncasecmp (name, "style", 5) == 0 ? &r->css
                                                                                : NULL;

  if (name_len == 6 && g_ascii_strncasecmp (name, "hidden", 6) == 0)
    r->hidden = TRUE;
  if (place != NULL && *place == NULL)
    *place = decode_value (value, len);
}

/* From behind the name to behind the '>'. */
static void
read_attributes (Reader *r)
{
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
    take_attribute (r, name, name_len, value, len);
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
  const Element *element = find_element (name);
  gboolean self_closed;

  clear_tag (r);
  read_attributes (r);
  self_closed = r->p[-1] == '>' && r->p[-2] == '/';
  if (r->ignored == 0)
    close_implied (r, element);
  switch ((int)element->kind) {
  case EL_RAW:
    if (!self_closed)
      skip_raw (r, name);
    return;
  case EL_BREAK:
    if (!top (r)->hidden && r->ignored == 0)
      r->breaks = MIN (r->breaks + 1, 2);
    return;
  case EL_RULE:
    put_break (r, 1);
    put_bytes (r, "――――――――", strlen ("――――――――"));
    put_break (r, 1);
    return;
  case EL_IMAGE:
    if (r->alt != NULL && *r->alt != '\0') {
      put_bytes (r, "[", 1);
      put_bytes (r, r->alt, strlen (r->alt));
      put_bytes (r, "]", 1);
    }
    return;
  case EL_VOID:
    return;
  case EL_BODY:
    if (r->ignored == 0)
      close_to (r, 1);
    push (r, element, name);
    return;
  default:
    if (!self_closed || element->kind == EL_LINK)
      push (r, element, name);
  }
}

static void
end_tag (Reader *r, const char *name)
{
  const Element *element = find_element (name);
  guint index;

  clear_tag (r);
  read_attributes (r);
  if (r->ignored > 0) {
    if (element->kind != EL_VOID && element->kind != EL_BREAK && element->kind != EL_IMAGE && element->kind != EL_RULE)
      r->ignored--;
    return;
  }
  index = find_open (r, name, element->kind == EL_CELL || element->kind == EL_ROW ? EL_TABLE : EL_UNKNOWN);
  if (index > 0)
    close_to (r, index);
  else
    put_break (r, element->kind == EL_BREAK ? 1 : breaks_around (element->kind));
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
  char name[TAG_MAX];
  gsize n = 0;

  if (r->end - r->p > 1 && (r->p[1] == '!' || r->p[1] == '?')) {
    skip_declaration (r);
    return;
  }
  if (start >= r->end || !g_ascii_isalpha (*start)) {
    put_char (r, '<');
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
  g_autofree Reader *r = g_new0 (Reader, 1);
  g_autofree char *copy = g_strndup (html, len); /* ends with NUL, also behind what was given */

  r->text = mr_rich_text_new ();
  r->out = g_string_new (NULL);
  r->p = copy;
  r->end = copy + strlen (copy);
  r->depth = 1;
  while (r->p < r->end && !r->full) {
    gsize n = 0;
    gunichar c;

    if (*r->p == '<') {
      read_markup (r);
      continue;
    }
    c = *r->p == '&' ? entity_at (r->p, &n) : 0;
    if (c == 0) {
      c = g_utf8_get_char (r->p);
      n = (gsize)(g_utf8_next_char (r->p) - r->p);
    }
    put_char (r, c);
    r->p += n;
  }
  while (r->depth > 1)
    pop (r);
  end_run (r);
  clear_tag (r);
  r->text->text = g_string_free (r->out, FALSE);
  return r->text;
}
