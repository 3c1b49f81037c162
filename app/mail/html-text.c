/* What HTML means as text: see html-private.h.
 *
 * Open elements stand on a stack of at most DEPTH_MAX; each entry inherits what holds inside it, so that leaving one needs no bookkeeping. What is deeper
 * adds nothing and is counted, so that its end tags do not close others. Line ends and spaces are only due: they come out before the next character that
 * is to be seen, so that none gathers where nothing is.
 */
#include "config.h"

#include "mail/html-private.h"

#include <stdlib.h>
#include <string.h>

#include "mail/html-elements.h"
#include "mail/rich-text-private.h"

#define DEPTH_MAX  100
#define INDENT_MAX 6

typedef struct {
  char name[MR_HTML_NAME_MAX];
  Kind kind;
  guint style, lists, quotes; /* with those around it */
  gboolean hidden, pre;
  gboolean ordered; /* of the list itself */
  guint number;     /* of the list: items so far */
  char *target;     /* of the link itself */
  gsize link_start;
} Open;

struct _MrHtmlText {
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
  gboolean full;
};

MrHtmlText *
mr_html_text_new (void)
{
  MrHtmlText *self = g_new0 (MrHtmlText, 1);

  self->text = mr_rich_text_new ();
  self->out = g_string_new (NULL);
  self->depth = 1;
  return self;
}

gboolean
mr_html_text_is_full (const MrHtmlText *self)
{
  return self->full;
}

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

/* ---- what comes out ---- */

static Open *
top (MrHtmlText *self)
{
  return &self->stack[self->depth - 1];
}

static void
end_run (MrHtmlText *self)
{
  if (self->run_style != 0)
    mr_rich_text_add_span (self->text, self->run_start, self->out->len, self->run_style);
  self->run_start = self->out->len;
  self->run_style = 0;
}

/* Before a character that is to be seen. */
static void
begin_text (MrHtmlText *self)
{
  Open *open = top (self);

  if (self->out->len == 0)
    self->breaks = 0;
  if (open->style != self->run_style)
    end_run (self);
  if (self->breaks > 0 || self->out->len == 0) {
    end_run (self);
    for (guint i = 0; i < self->breaks; i++)
      g_string_append_c (self->out, '\n');
    for (guint i = 0; i < MIN (open->quotes, INDENT_MAX); i++)
      g_string_append (self->out, "> ");
    self->space = FALSE;
    self->line_start = TRUE;
  } else if (self->gap)
    g_string_append (self->out, "  ");
  else if (self->space && !self->line_start)
    g_string_append_c (self->out, ' ');
  self->breaks = 0;
  self->space = self->cell = self->gap = FALSE;
  if (self->run_style == 0)
    self->run_start = self->out->len;
  self->run_style = open->style;
}

static void
put_bytes (MrHtmlText *self, const char *bytes, gsize len)
{
  if (top (self)->hidden || self->full || self->ignored > 0)
    return;
  if (self->out->len + len > MR_RICH_TEXT_MAX) {
    self->full = self->text->truncated = TRUE;
    return;
  }
  begin_text (self);
  g_string_append_len (self->out, bytes, (gssize)len);
  self->line_start = FALSE;
}

static void
put_break (MrHtmlText *self, guint lines)
{
  /* What begins an item stays in its line. */
  if (!top (self)->hidden && self->ignored == 0 && !self->line_start)
    self->breaks = MAX (self->breaks, lines);
}

void
mr_html_text_put_character (MrHtmlText *self, gunichar c)
{
  char bytes[6];

  if (c == 0x200b || c == 0x200c || c == 0x200d || c == 0xfeff || c == 0x34f || c == 0xad)
    return; /* what fills the line that mailboxes show before a message is opened */
  if (c == '\n' && top (self)->pre) {
    /* Lines of their own: an empty one counts too. */
    if (!top (self)->hidden && self->ignored == 0)
      self->breaks = MIN (self->breaks + 1, 3);
    return;
  }
  if (c == 0xa0)
    c = ' ';
  if (c <= ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0)) {
    if (top (self)->pre && (c == ' ' || c == '\t'))
      put_bytes (self, c == ' ' ? " " : "\t", 1);
    else
      self->space |= self->out->len > 0;
    return;
  }
  put_bytes (self, bytes, (gsize)g_unichar_to_utf8 (c, bytes));
}

/* ---- the stack ---- */

static void
close_link (MrHtmlText *self, Open *open)
{
  MrTextSpan *span;

  if (open->target == NULL)
    return;
  span = mr_rich_text_add_span (self->text, MIN (open->link_start, self->out->len), self->out->len, 0);
  if (span == NULL) {
    g_clear_pointer (&open->target, g_free);
    return;
  }
  /* Line ends and quotation marks in front of the text do not belong to it. */
  while (span->start < span->end && strchr ("\n> ", self->out->str[span->start]) != NULL)
    span->start++;
  span->deceives = mr_link_deceives (self->out->str + span->start, span->end - span->start, open->target);
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
pop (MrHtmlText *self)
{
  Open *open = top (self);
  guint breaks = open->kind == EL_LIST && open->lists <= 1 ? 2 : breaks_around (open->kind);

  close_link (self, open);
  if (open->kind == EL_ITEM)
    self->line_start = FALSE;
  put_break (self, breaks);
  if (open->kind == EL_CELL && !open->hidden)
    self->cell = TRUE;
  if (self->depth > 1)
    self->depth--;
}

/* The nearest open element of that name; 0: none before one of the kinds that bound it. */
static guint
find_open (MrHtmlText *self, const char *name, Kind bound)
{
  for (guint i = self->depth; i-- > 1;) {
    if (strcmp (self->stack[i].name, name) == 0)
      return i;
    if (bound != EL_UNKNOWN && (self->stack[i].kind == bound || self->stack[i].kind == EL_TABLE))
      return 0;
  }
  return 0;
}

static void
close_to (MrHtmlText *self, guint index)
{
  while (index > 0 && self->depth > index)
    pop (self);
}

/* End tags that people leave out. */
static void
close_implied (MrHtmlText *self, const Element *element)
{
  if (top (self)->kind == EL_HEAD && element->kind != EL_RAW && element->kind != EL_VOID)
    pop (self);
  switch ((int)element->kind) {
  case EL_BLOCK:
  case EL_PARAGRAPH:
  case EL_QUOTE:
  case EL_LIST:
  case EL_TABLE:
  case EL_PRE:
  case EL_RULE:
    close_to (self, find_open (self, "p", EL_CELL));
    if (g_str_equal (element->name, "dd") || g_str_equal (element->name, "dt"))
      if (top (self)->name[0] == 'd' && (top (self)->name[1] == 'd' || top (self)->name[1] == 't'))
        pop (self);
    break;
  case EL_ITEM:
    close_to (self, find_open (self, "li", EL_LIST));
    break;
  case EL_ROW:
    close_to (self, find_open (self, "tr", EL_TABLE));
    break;
  case EL_CELL:
    close_to (self, find_open (self, "td", EL_ROW));
    close_to (self, find_open (self, "th", EL_ROW));
    break;
  case EL_LINK:
    close_to (self, find_open (self, "a", EL_CELL));
    break;
  default:
    break;
  }
}

static void
apply_css (Open *open, const MrHtmlAttributes *attributes)
{
  g_autoptr (GString) css = g_string_new (NULL);

  for (const char *p = attributes->css; p != NULL && *p != '\0'; p++)
    if (!g_ascii_isspace (*p))
      g_string_append_c (css, g_ascii_tolower (*p));
  if (strstr (css->str, "display:none") != NULL || strstr (css->str, "visibility:hidden") != NULL || attributes->hidden)
    open->hidden = TRUE;
  if (strstr (css->str, "font-weight:bold") != NULL || strstr (css->str, "font-weight:700") != NULL)
    open->style |= MR_STYLE_BOLD;
  if (strstr (css->str, "font-style:italic") != NULL)
    open->style |= MR_STYLE_ITALIC;
  if (strstr (css->str, "line-through") != NULL)
    open->style |= MR_STYLE_STRIKE;
}

static void
begin_item (MrHtmlText *self)
{
  Open *list = NULL;
  guint lists = MIN (top (self)->lists, INDENT_MAX);

  for (guint i = self->depth; i-- > 1 && list == NULL;)
    if (self->stack[i].kind == EL_LIST)
      list = &self->stack[i];
  for (guint i = 1; i < lists; i++)
    put_bytes (self, "  ", 2);
  if (list != NULL && list->ordered) {
    g_autofree char *number = g_strdup_printf ("%u.", ++list->number);
    put_bytes (self, number, strlen (number));
  } else
    put_bytes (self, "•", strlen ("•"));
  put_bytes (self, " ", 1);
  self->line_start = TRUE;
}

static void
push (MrHtmlText *self, const Element *element, const char *name, MrHtmlAttributes *attributes)
{
  Open *open, *around;

  if (self->depth >= DEPTH_MAX) {
    self->ignored++;
    self->text->truncated = TRUE;
    return;
  }
  /* What follows a cell in its row stands beside it. */
  if (element->kind == EL_CELL && self->cell && self->breaks == 0)
    self->gap = TRUE;
  put_break (self, breaks_around (element->kind));
  around = top (self);
  open = &self->stack[self->depth++];
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
  apply_css (open, attributes);
  if (element->kind == EL_LINK && attributes->href != NULL && mr_link_is_allowed (attributes->href)) {
    open->target = g_steal_pointer (&attributes->href);
    /* A space that is due stands in front of it. */
    if (self->space && self->breaks == 0 && self->out->len > 0 && !open->hidden) {
      g_string_append_c (self->out, ' ');
      self->space = FALSE;
    }
    open->link_start = self->out->len;
  }
  if (element->kind == EL_ITEM)
    begin_item (self);
}

/* ---- what is read ---- */

gboolean
mr_html_element_is_raw (const char *name)
{
  return find_element (name)->kind == EL_RAW;
}

void
mr_html_text_start (MrHtmlText *self, const char *name, MrHtmlAttributes *attributes, gboolean self_closed)
{
  const Element *element = find_element (name);

  if (self->ignored == 0)
    close_implied (self, element);
  switch ((int)element->kind) {
  case EL_RAW:
  case EL_VOID:
    return;
  case EL_BREAK:
    if (!top (self)->hidden && self->ignored == 0)
      self->breaks = MIN (self->breaks + 1, 2);
    return;
  case EL_RULE:
    put_break (self, 1);
    put_bytes (self, "――――――――", strlen ("――――――――"));
    put_break (self, 1);
    return;
  case EL_IMAGE:
    if (attributes->alt != NULL && *attributes->alt != '\0') {
      put_bytes (self, "[", 1);
      put_bytes (self, attributes->alt, strlen (attributes->alt));
      put_bytes (self, "]", 1);
    }
    return;
  case EL_BODY:
    if (self->ignored == 0)
      close_to (self, 1);
    push (self, element, name, attributes);
    return;
  default:
    if (!self_closed || element->kind == EL_LINK)
      push (self, element, name, attributes);
  }
}

void
mr_html_text_close (MrHtmlText *self, const char *name)
{
  const Element *element = find_element (name);
  guint index;

  if (self->ignored > 0) {
    if (element->kind != EL_VOID && element->kind != EL_BREAK && element->kind != EL_IMAGE && element->kind != EL_RULE)
      self->ignored--;
    return;
  }
  index = find_open (self, name, element->kind == EL_CELL || element->kind == EL_ROW ? EL_TABLE : EL_UNKNOWN);
  if (index > 0)
    close_to (self, index);
  else
    put_break (self, element->kind == EL_BREAK ? 1 : breaks_around (element->kind));
}

MrRichText *
mr_html_text_end (MrHtmlText *self)
{
  MrRichText *text = self->text;

  while (self->depth > 1)
    pop (self);
  end_run (self);
  text->text = g_string_free (self->out, FALSE);
  g_free (self);
  return text;
}
