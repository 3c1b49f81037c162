/* What servers write for people: addresses and the words beside them; see returned-private.h.
 *
 * There is no grammar. Lines are told apart by their shape: an address alone, an address with words behind it, words that
 * lead to an address, a reply that quotes one. The surest shape that occurs decides which addresses it is about.
 */
#include "ndr/returned-private.h"

#include <string.h>

#include "ndr/diagnosis-private.h"

#define ADDRESS_MAX 320
#define BLOCK_MAX   4096
#define LINES_MAX   4000

/* ---- HTML ---- */

static const char *
skip_tag (const char *p, GString *out)
{
  static const char *const breaks[] = { "br", "p",  "/p", "div", "/div", "tr",  "/tr", "li",
                                        "h1", "h2", "h3", "/h1", "/h2",  "/h3", "hr" };
  const char *name = p + 1, *end = strchr (p, '>');
  gsize n = strcspn (name, " \t\n/>") + (*name == '/' ? 1 + strcspn (name + 1, " \t\n/>") : 0);

  if (end == NULL)
    return p + strlen (p);
  for (guint i = 0; i < G_N_ELEMENTS (breaks); i++)
    if (strlen (breaks[i]) == n && g_ascii_strncasecmp (name, breaks[i], n) == 0)
      g_string_append_c (out, '\n');
  if (g_ascii_strncasecmp (name, "style", 5) == 0 || g_ascii_strncasecmp (name, "script", 6) == 0) {
    const char *close = strstr (end, "</");

    return close != NULL ? close : end + strlen (end);
  }
  return end + 1;
}

static const char *
skip_entity (const char *p, GString *out)
{
  static const struct {
    const char *name;
    char value;
  } entities[] = { { "&lt;", '<' },   { "&gt;", '>' },   { "&amp;", '&' }, { "&quot;", '"' },
                   { "&#39;", '\'' }, { "&nbsp;", ' ' }, { "&#64;", '@' }, { "&apos;", '\'' } };

  for (guint i = 0; i < G_N_ELEMENTS (entities); i++)
    if (g_str_has_prefix (p, entities[i].name)) {
      g_string_append_c (out, entities[i].value);
      return p + strlen (entities[i].name);
    }
  g_string_append_c (out, *p);
  return p + 1;
}

char *
mr_notice_from_html (const char *html)
{
  GString *out = g_string_sized_new (strlen (html) / 2);

  for (const char *p = html; *p != '\0';)
    if (*p == '<' && (g_ascii_isalpha (p[1]) || p[1] == '/' || p[1] == '!'))
      p = skip_tag (p, out);
    else if (*p == '&')
      p = skip_entity (p, out);
    else
      g_string_append_c (out, *p++);
  return g_string_free (out, FALSE);
}

/* ---- the copy of the original ---- */

static gboolean
starts_original (const char *line, gsize len, gboolean after_blank)
{
  static const char *const says[] = { "below this line is a copy",
                                      "this is a copy of",
                                      "copy of the message",
                                      "copy of your message",
                                      "original message follows",
                                      "message headers follow",
                                      "message header follows",
                                      "header of the original",
                                      "headers of the original",
                                      "original message header",
                                      "original message -",
                                      "unsent message follows",
                                      "returned message",
                                      "message text follows",
                                      "undelivered message follows",
                                      "copy of the original message",
                                      "original mail header",
                                      "original message attached",
                                      "header and top",
                                      "original message details",
                                      "body of message follows",
                                      "your original message",
                                      "orginal message",
                                      "begin original message",
                                      "message included below",
                                      "the original message is over",
                                      "ursprungliche nachricht",
                                      "urspruengliche nachricht",
                                      "message d'origine",
                                      "mensaje original" };
  static const char *const fields[]
      = { "received:", "return-path:", "dkim-signature:", "x-received:", "delivered-to:", "x-originating-ip:" };
  g_autofree char *text = g_strndup (line, MIN (len, 120));
  g_autofree char *folded = mr_extract_fold (text);
  char *bare = folded + strspn (folded, " \t-=*_#>");

  for (guint i = 0; after_blank && i < G_N_ELEMENTS (fields); i++)
    if (g_str_has_prefix (folded, fields[i]))
      return TRUE;
  if (strlen (bare) > 90)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (says); i++) {
    const char *found = strstr (bare, says[i]);

    /* In the midst of a sentence the words tell of the copy; they do not begin it. */
    if (found != NULL && (found - bare < 12 || *line == '-' || *line == '=' || *line == '*'))
      return TRUE;
  }
  return g_str_has_prefix (bare, "original message") && strlen (bare) < 30;
}

gsize
mr_notice_length (const char *text, gsize *ret_original)
{
  gboolean after_blank = FALSE;
  guint lines = 0;

  for (const char *line = text; *line != '\0' && lines < LINES_MAX; lines++) {
    gsize len = strcspn (line, "\n");

    if (starts_original (line, len, after_blank)) {
      gboolean field = g_ascii_isalpha (*line) && memchr (line, ':', MIN (len, 18)) != NULL;

      *ret_original = (gsize)(line - text) + (field ? 0 : len);
      return (gsize)(line - text);
    }
    after_blank = strspn (line, " \t-=") >= len;
    line += len + (line[len] == '\n');
  }
  *ret_original = strlen (text);
  return *ret_original;
}

/* ---- addresses ---- */

static gboolean
is_local_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr (".!#$%&'*+-/=?^_`{|}~", c) != NULL) || (c & 0x80) != 0;
}

static gboolean
is_domain_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '.' || c == '_' || (c & 0x80) != 0;
}

char *
mr_notice_next_address (const char *text, gsize len, gsize *pos, gsize *ret_start)
{
  while (*pos < len) {
    const char *at = memchr (text + *pos, '@', len - *pos);
    gsize from, to;

    if (at == NULL)
      break;
    from = to = (gsize)(at - text);
    if (from > *pos && text[from - 1] == '"') { /* "a b"@example.com */
      for (from--; from > *pos && text[from - 1] != '"' && to - from < ADDRESS_MAX;)
        from--;
      from -= from > *pos;
    } else
      while (from > *pos && is_local_char (text[from - 1]) && to - from < ADDRESS_MAX)
        from--;
    while (from < to && strchr ("'=/|", text[from]) != NULL)
      from++;
    for (to++; to < len && is_domain_char (text[to]) && to - from < ADDRESS_MAX;)
      to++;
    if (to < len && text[to] == '[' && text[to - 1] == '@')
      to += strcspn (text + to, "] \n") + 1;
    to = MIN (to, len);
    *pos = to;
    while (to > from && strchr (".-_", text[to - 1]) != NULL)
      to--;
    if (from < (gsize)(at - text) && to > (gsize)(at - text) + 1) {
      *ret_start = from;
      return g_strndup (text + from, to - from);
    }
  }
  *pos = len;
  return NULL;
}

/* "\x{E9}" of RFC 6533 3. */
static char *
dup_unescaped (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0';) {
    char *end;
    guint64 c = g_str_has_prefix (p, "\\x{") ? g_ascii_strtoull (p + 3, &end, 16) : 0;

    if (c > 0x20 && *end == '}' && c <= 0x10ffff && g_unichar_validate ((gunichar)c)) {
      g_string_append_unichar (out, (gunichar)c);
      p = end + 1;
    } else
      g_string_append_c (out, *p++);
  }
  return g_string_free (out, FALSE);
}

char *
mr_notice_dup_address (const char *value)
{
  const char *kind = strchr (value, ';');
  g_autofree char *text = dup_unescaped (kind != NULL && kind - value < 20 ? kind + 1 : value);
  gsize pos = 0, start;
  char *address = mr_notice_next_address (text, strlen (text), &pos, &start);

  if (address == NULL) {
    g_strstrip (g_strdelimit (text, "<>\"", ' '));
    /* A name of a user without a domain says who it is all the same. */
    if (*text != '\0' && strlen (text) < ADDRESS_MAX && strchr (text, ' ') == NULL)
      address = g_steal_pointer (&text);
  }
  return address;
}

/* ---- recipients ---- */

typedef enum { SHAPE_ALONE, SHAPE_FIRST, SHAPE_LED, SHAPE_QUOTED, SHAPE_N } Shape;

typedef struct {
  GPtrArray *by_shape[SHAPE_N]; /* of MrNoticeRecipient */
  const char *const *own;
  MrNoticeRecipient *open; /* whose block it is */
} Scan;

static void
notice_recipient_free (gpointer data)
{
  MrNoticeRecipient *recipient = data;

  g_free (recipient->address);
  g_string_free (recipient->text, TRUE);
  g_free (recipient);
}

static gboolean
is_own (const Scan *scan, const char *address)
{
  return scan->own != NULL && g_strv_contains (scan->own, address);
}

static MrNoticeRecipient *
find_or_add (GPtrArray *list, const char *address)
{
  MrNoticeRecipient *added;

  for (guint i = 0; i < list->len; i++) {
    MrNoticeRecipient *known = list->pdata[i];

    if (g_ascii_strcasecmp (known->address, address) == 0)
      return known;
  }
  if (list->len >= MR_RETURNED_RECIPIENTS_MAX)
    return NULL;
  added = g_new0 (MrNoticeRecipient, 1);
  added->address = g_strdup (address);
  added->text = g_string_new (NULL);
  g_ptr_array_add (list, added);
  return added;
}

static void
append_line (MrNoticeRecipient *recipient, const char *line, gsize len)
{
  if (recipient == NULL || recipient->text->len + len > BLOCK_MAX)
    return;
  if (recipient->text->len > 0)
    g_string_append_c (recipient->text, '\n');
  g_string_append_len (recipient->text, line, (gssize)len);
}

/* Words behind which an address stands that could not be reached. "To:" is none: it quotes the original. */
static gboolean
leads_to_address (const char *before)
{
  static const char *const words[] = { "recipient",
                                       "deliver message to",
                                       "mail to",
                                       "failed attempts:",
                                       "undeliverable to",
                                       "size:",
                                       "userid:",
                                       "errors:",
                                       "rcpt to",
                                       "address:",
                                       "attempts:",
                                       "addressee",
                                       "message to",
                                       "was not delivered",
                                       "user:",
                                       "mailbox:",
                                       "deliver to",
                                       "delivered to:",
                                       "delivery to",
                                       "generated by",
                                       "not be sent to",
                                       "empfanger",
                                       "destinataire",
                                       "destinatario",
                                       "an:",
                                       "zustellung an",
                                       "failed for",
                                       "failed to",
                                       "mailing to",
                                       "account:",
                                       "收件人",
                                       "收信人",
                                       "宛先",
                                       "受信者",
                                       "受信人",
                                       "받는",
                                       "수신",
                                       "получател",
                                       "адресат",
                                       "odbiorc",
                                       "adresat",
                                       "prijemce",
                                       "ontvanger",
                                       "geadresseerde",
                                       "mottagare",
                                       "mottaker",
                                       "modtager",
                                       "vastaanottaja",
                                       "cimzett",
                                       "alici" };
  static const char *const wrong[] = { "from", "sender", "postmaster", "contact", "original to", "reply" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    if (strstr (before, wrong[i]) != NULL)
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (before, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
has_reply_code (const char *line, gsize len)
{
  for (gsize i = 0; i + 3 < len; i++)
    if ((line[i] == '4' || line[i] == '5') && g_ascii_isdigit (line[i + 1]) && g_ascii_isdigit (line[i + 2])
        && (line[i + 3] == ' ' || line[i + 3] == '-') && (i == 0 || !g_ascii_isalnum (line[i - 1])))
      return TRUE;
  return FALSE;
}

static gboolean
is_decoration (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (g_ascii_isalnum (text[i]) || (text[i] & 0x80) != 0)
      return FALSE;
  return TRUE;
}

/* Behind the address and what repeats it: "<mailto:a@b>", "<a@b>". A different one in brackets is the address and the
 * first was its name. */
static gsize
skip_repeats (const char *line, gsize len, gsize pos, char **address)
{
  while (pos < len) {
    gsize n = strspn (line + pos, " >)]\"'"), start, next;

    if (pos + n >= len || line[pos + n] != '<')
      break;
    next = pos + n + 1;
    g_autofree char *again = mr_notice_next_address (line, len, &next, &start);

    if (again == NULL || start > pos + n + 8)
      break;
    g_free (*address);
    *address = g_steal_pointer (&again);
    pos = next;
  }
  return pos;
}

static void
take_address (Scan *scan, const char *line, gsize len, const char *first, gsize start, gsize end)
{
  g_autofree char *address = g_strdup (first);
  g_autofree char *raw = g_strndup (line, start);
  g_autofree char *before = mr_extract_fold (raw);
  gsize rest = skip_repeats (line, len, end, &address);
  Shape shape;

  if (is_decoration (before, strlen (before)))
    shape = is_decoration (line + rest, len - MIN (rest, len)) ? SHAPE_ALONE : SHAPE_FIRST;
  else if (leads_to_address (before))
    shape = SHAPE_LED;
  else if (has_reply_code (line, len))
    shape = SHAPE_QUOTED;
  else
    return;
  /* What was sent to the same address, within what is said of it. */
  if (shape == SHAPE_LED && scan->open != NULL && g_ascii_strcasecmp (scan->open->address, address) == 0)
    return;
  /* What a line starts with is what it is about; the rest of that line is quoted in it. */
  MrNoticeRecipient *recipient = find_or_add (scan->by_shape[shape == SHAPE_FIRST ? SHAPE_ALONE : shape], address);

  if (shape != SHAPE_QUOTED)
    scan->open = recipient;
  if (shape == SHAPE_FIRST)
    append_line (recipient, line + rest, len - rest);
  else if (shape != SHAPE_ALONE)
    append_line (recipient, line, len);
}

static void
scan_line (Scan *scan, const char *line, gsize len)
{
  gsize pos = 0, start;
  g_autofree char *address = NULL;

  if (strspn (line, " \t\r") >= len) {
    scan->open = NULL;
    return;
  }
  address = mr_notice_next_address (line, len, &pos, &start);
  if (address != NULL && !is_own (scan, address)) {
    MrNoticeRecipient *open = scan->open;
    take_address (scan, line, len, address, start, pos);
    /* Within a block an address is what the server quotes, except where a line starts with one like the first did. */
    if (open != NULL && open == scan->open)
      append_line (open, line, len);
    return;
  }
  if (scan->open != NULL)
    append_line (scan->open, line, len);
}

GPtrArray *
mr_notice_recipients (const char *text, const char *const *own)
{
  Scan scan = { .own = own };
  GPtrArray *best = NULL;
  guint lines = 0;

  for (guint i = 0; i < SHAPE_N; i++)
    scan.by_shape[i] = g_ptr_array_new_with_free_func (notice_recipient_free);
  for (const char *line = text; *line != '\0' && lines < LINES_MAX; lines++) {
    gsize len = strcspn (line, "\n");

    scan_line (&scan, line, MIN (len, 2000));
    line += len + (line[len] == '\n');
  }
  for (guint i = 0; i < SHAPE_N; i++)
    if (best == NULL && scan.by_shape[i]->len > 0)
      best = scan.by_shape[i];
    else
      g_ptr_array_unref (scan.by_shape[i]);
  return best != NULL ? best : g_ptr_array_new_with_free_func (notice_recipient_free);
}
