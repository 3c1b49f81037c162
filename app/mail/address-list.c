/* Reader of address lists; see address-list.h. One pass: tokens are words (atoms, quoted strings, literals),
 * comments and specials; what stands in angle brackets is the address, otherwise the words of the mailbox are. */
#include "mail/address-list.h"

#include <string.h>

#include "mail/address.h"

void
mr_address_iter_init (MrAddressIter *iter, const char *value, gsize len)
{
  *iter = (MrAddressIter){ .value = value, .len = len };
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

gsize
mr_address_skip_token (const char *value, gsize len, gsize pos)
{
  char open = value[pos], close = open == '(' ? ')' : open == '[' ? ']' : '"';
  guint depth = 1;

  for (pos++; pos < len && depth > 0; pos++) {
    if (value[pos] == '\\' && pos + 1 < len)
      pos++;
    else if (value[pos] == close)
      depth--;
    else if (open == '(' && value[pos] == '(')
      depth++;
  }
  return pos;
}

/* What is known of the mailbox that is being read. */
typedef struct {
  GString *spec;
  gsize start, end;
  gboolean angle; /* inside < > */
  gboolean has_angle;
  gboolean gap;    /* white space or a comment since the last word */
  gboolean phrase; /* two words in a row without a dot or @ between: no address */
} Mailbox;

static void
mailbox_reset (Mailbox *box)
{
  GString *spec = box->spec;

  g_string_truncate (spec, 0);
  *box = (Mailbox){ .spec = spec };
}

static void
mailbox_add (Mailbox *box, const char *value, gsize start, gsize end)
{
  gboolean glue = end - start == 1 && (value[start] == '.' || value[start] == '@');
  char last = box->spec->len > 0 ? box->spec->str[box->spec->len - 1] : '.';

  if (box->spec->len == 0)
    box->start = start;
  if (box->gap && !glue && last != '.' && last != '@')
    box->phrase = TRUE;
  /* A NUL would cut the spec short where it is used as a string. */
  if (value[start] == '\0')
    box->phrase = TRUE;
  box->gap = FALSE;
  box->end = end;
  /* A longer one is no address; the rest need not be kept. */
  if (box->spec->len <= MR_PATH_MAX)
    g_string_append_len (box->spec, value + start, (gssize)(end - start));
}

/* End of an atom that starts at pos: a dot or an @ is a word of its own. */
static gsize
atom_end (const char *value, gsize len, gsize pos)
{
  if (value[pos] == '.' || value[pos] == '@' || value[pos] == '\0')
    return pos + 1;
  for (pos++;
       pos < len && value[pos] != '\0' && !is_space (value[pos]) && strchr ("()<>[]:;@,.\"", value[pos]) == NULL;)
    pos++;
  return pos;
}

/* A mailbox ends at pos. TRUE where it holds an address. */
static gboolean
mailbox_end (MrAddressIter *iter, Mailbox *box, MrAddressSpan *ret)
{
  gboolean empty = box->spec->len == 0;

  if (empty || box->phrase || box->angle || box->spec->len > MR_PATH_MAX) {
    iter->bad = iter->bad || !empty || box->has_angle;
    mailbox_reset (box);
    return FALSE;
  }
  ret->start = box->start;
  ret->end = box->end;
  ret->spec = g_string_free (g_steal_pointer (&box->spec), FALSE);
  return TRUE;
}

/* A special character. TRUE where it ends a mailbox that holds an address. */
static gboolean
take_special (MrAddressIter *iter, Mailbox *box, char c, MrAddressSpan *ret)
{
  switch (c) {
  case '<':
    iter->bad = iter->bad || box->has_angle;
    mailbox_reset (box);
    box->angle = box->has_angle = TRUE;
    return FALSE;
  case '>':
    iter->bad = iter->bad || !box->angle;
    box->angle = FALSE;
    return FALSE;
  case ':':
    /* The name of a group, or in angle brackets a source route (RFC 5322 4.4): neither is an address. */
    if (box->angle) {
      mailbox_reset (box);
      box->angle = box->has_angle = TRUE;
    } else {
      mailbox_reset (box);
    }
    return FALSE;
  case ',':
    if (box->angle && box->spec->len > 0 && box->spec->str[0] == '@')
      return FALSE; /* inside a source route */
    return mailbox_end (iter, box, ret);
  case ';':
    return mailbox_end (iter, box, ret);
  default:
    iter->bad = TRUE;
    return FALSE;
  }
}

gboolean
mr_address_iter_next (MrAddressIter *iter, MrAddressSpan *ret)
{
  Mailbox box = { .spec = g_string_sized_new (64) };
  gboolean found = FALSE;

  while (iter->pos < iter->len && !found) {
    const char *value = iter->value;
    gsize start = iter->pos;
    char c = value[start];

    if (is_space (c)) {
      iter->pos++;
      box.gap = TRUE;
    } else if (c == '(') {
      iter->pos = mr_address_skip_token (value, iter->len, start);
      box.gap = TRUE;
    } else if (c == '"' || c == '[' || strchr ("<>:;,])", c) == NULL || c == '\0') {
      iter->pos = c == '"' || c == '[' ? mr_address_skip_token (value, iter->len, start)
                                       : atom_end (value, iter->len, start);
      /* Words behind the closing bracket belong to nothing. */
      if (!box.has_angle || box.angle)
        mailbox_add (&box, value, start, iter->pos);
    } else {
      iter->pos++;
      found = take_special (iter, &box, c, ret);
    }
  }
  if (!found)
    found = mailbox_end (iter, &box, ret);
  if (box.spec != NULL)
    g_string_free (box.spec, TRUE);
  return found;
}

char **
mr_address_list_parse_qualified (const char *value, guint max, const char *default_domain, gboolean *ret_bad)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  MrAddressIter iter;
  MrAddressSpan span;

  mr_address_iter_init (&iter, value, strlen (value));
  while (mr_address_iter_next (&iter, &span)) {
    if (default_domain != NULL && strchr (span.spec, '@') == NULL) {
      char *qualified = g_strconcat (span.spec, "@", default_domain, NULL);
      g_free (span.spec);
      span.spec = qualified;
    }
    if (list->len < max && mr_address_is_valid (span.spec)) {
      g_ptr_array_add (list, span.spec);
      continue;
    }
    g_free (span.spec);
    iter.bad = TRUE;
    if (list->len >= max)
      break;
  }
  if (ret_bad != NULL)
    *ret_bad = iter.bad;
  g_ptr_array_add (list, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

char **
mr_address_list_parse (const char *value, guint max, gboolean *ret_bad)
{
  return mr_address_list_parse_qualified (value, max, NULL, ret_bad);
}
