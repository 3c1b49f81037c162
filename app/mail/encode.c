/* The writers of the MIME encodings; see encode.h. Ours rather than GMime's because the line ends are CRLF, because
 * a line that a soft line break begins must never look like a boundary, and because wrongly encoded text must be
 * mended. */
#include "mail/encode.h"

#include <string.h>

#define LINE_MAX_CHARS   76
#define ENCODED_WORD_MAX 75

static const char hex[] = "0123456789ABCDEF";

gboolean
mr_encode_prefers_base64 (const char *data, gsize len)
{
  gsize escaped = 0;

  for (gsize i = 0; i < len; i++)
    escaped += (guchar)data[i] > 126 || data[i] == '=' ? 1 : 0;
  /* Quoted-printable adds two bytes for each of them, base64 a third of all and a line end for 57. */
  return escaped > len / 6;
}

static gboolean
is_crlf (const char *data, gsize len, gsize i)
{
  return i + 1 < len && data[i] == '\r' && data[i + 1] == '\n';
}

/* The next piece that may not be divided: bytes read are returned, at most 3 are written to unit. */
static gsize
next_unit (const char *data, gsize len, gsize i, gboolean is_encoded, char unit[4])
{
  guchar c = (guchar)data[i];
  gsize n = 1;

  if (is_crlf (data, len, i))
    n = 2;
  else if (is_encoded && c == '=' && is_crlf (data, len, i + 1))
    n = 3;
  else if (is_encoded && c == '=' && i + 2 < len && g_ascii_isxdigit (data[i + 1]) && g_ascii_isxdigit (data[i + 2]))
    n = 3;
  else if (c > 126 || c == '=' || (c < 32 && c != '\t')
           || ((c == ' ' || c == '\t') && !is_encoded && (i + 1 == len || is_crlf (data, len, i + 1)))) {
    unit[0] = '=';
    unit[1] = hex[c >> 4];
    unit[2] = hex[c & 15];
    unit[3] = '\0';
    return 1;
  }
  memcpy (unit, data + i, n);
  unit[n] = '\0';
  return n;
}

void
mr_encode_quoted_printable (GString *out, const char *data, gsize len, gboolean is_encoded)
{
  gsize column = 0;

  for (gsize i = 0; i < len;) {
    char unit[4];
    gsize used = next_unit (data, len, i, is_encoded, unit), n = strlen (unit);
    gboolean line_end = used > 1 && unit[n - 1] == '\n';
    gboolean last = i + used == len || is_crlf (data, len, i + used);

    /* All but the last piece of a line leave room for the "=" of a soft line break. */
    if (!line_end && column + n > LINE_MAX_CHARS - (last ? 0 : 1)) {
      g_string_append (out, "=\r\n");
      column = 0;
    }
    /* What was no boundary must not become one. */
    if (column == 0 && unit[0] == '-' && i + 1 < len && data[i + 1] == '-') {
      strcpy (unit, "=2D");
      n = 3;
    }
    g_string_append_len (out, unit, (gssize)MAX (n, 1));
    column = line_end ? 0 : column + n;
    i += used;
  }
}

void
mr_encode_base64 (GString *out, const char *data, gsize len)
{
  const gsize line = 57;
  char text[LINE_MAX_CHARS + 8];

  for (gsize i = 0; i < len; i += line) {
    int state = 0, save = 0;
    gsize n = g_base64_encode_step ((const guchar *)data + i, MIN (line, len - i), FALSE, text, &state, &save);
    n += g_base64_encode_close (FALSE, text + n, &state, &save);
    g_string_append_len (out, text, (gssize)n);
    if (i + line < len)
      g_string_append (out, "\r\n");
  }
}

gsize
mr_encode_column (const GString *out)
{
  /* Nobody needs to know more than that a line is long, and looking back further would cost quadratic time. */
  gsize back = MIN (out->len, 1000);
  const char *end = out->str + out->len, *lf = memrchr (end - back, '\n', back);

  return lf != NULL ? (gsize)(end - lf) - 1 : back;
}

/* RFC 2047 5 (3): what may stand in a phrase, the strictest of the three places. */
static gboolean
is_plain_in_word (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!*+-/", c) != NULL);
}

static gsize
q_cost (const char *text, gsize len)
{
  gsize cost = 0;

  for (gsize i = 0; i < len; i++)
    cost += is_plain_in_word (text[i]) || text[i] == ' ' ? 1 : 3;
  return cost;
}

static void
append_q (GString *out, const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    guchar c = (guchar)text[i];
    if (c == ' ')
      g_string_append_c (out, '_');
    else if (is_plain_in_word ((char)c))
      g_string_append_c (out, (char)c);
    else
      g_string_append_printf (out, "=%02X", c);
  }
}

/* Bytes of text whose encoded form fits into room; whole characters, at least one. */
static gsize
fit (const char *text, gsize len, gboolean utf8, gboolean base64, gsize room)
{
  gsize n = 0, cost = 0;

  while (n < len) {
    gsize character = utf8 ? (gsize)(g_utf8_next_char (text + n) - (text + n)) : 1;
    cost += q_cost (text + n, character);
    if (n > 0 && (base64 ? (n + character + 2) / 3 * 4 : cost) > room)
      break;
    n += character;
  }
  return n;
}

void
mr_encode_words (GString *out, const char *text, gsize len)
{
  gboolean utf8 = g_utf8_validate_len (text, len, NULL);
  const char *charset = utf8 ? "utf-8" : "unknown-8bit";
  /* A name that can be read in the source of a message is worth some bytes. */
  gboolean base64 = q_cost (text, len) > (len + 2) / 3 * 6;
  gsize frame = strlen ("=?" /* charset */ "?Q?"
                        "?=")
                + strlen (charset),
        column = mr_encode_column (out);

  for (gsize pos = 0, n; pos < len; pos += n) {
    char last = out->len > 0 ? out->str[out->len - 1] : '\n';
    gsize room;

    if (column > 1 && column + frame + 12 > LINE_MAX_CHARS && (last == ' ' || last == '\t')) {
      g_string_truncate (out, out->len - 1);
      g_string_append (out, "\r\n ");
      column = 1;
    }
    room = column + frame + 12 > LINE_MAX_CHARS ? 12 : MIN (LINE_MAX_CHARS - column, ENCODED_WORD_MAX) - frame;
    n = fit (text + pos, len - pos, utf8, base64, room);
    g_string_append_printf (out, "=?%s?%c?", charset, base64 ? 'B' : 'Q');
    if (base64) {
      g_autofree char *coded = g_base64_encode ((const guchar *)text + pos, n);
      g_string_append (out, coded);
    } else {
      append_q (out, text + pos, n);
    }
    g_string_append (out, pos + n < len ? "?=\r\n " : "?=");
    column = 1;
  }
}

/* RFC 2231 7: attribute-char */
static gboolean
is_attribute_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$&+-.^_`{|}~", c) != NULL);
}

void
mr_encode_parameter (GString *out, const char *name, gsize name_len, const char *value, gsize len)
{
  const gsize section_max = 60;
  g_autoptr (GString) coded = g_string_new (NULL);

  g_string_append_printf (coded, "%s''", g_utf8_validate_len (value, len, NULL) ? "utf-8" : "unknown-8bit");
  for (gsize i = 0; i < len; i++) {
    if (is_attribute_char (value[i]))
      g_string_append_c (coded, value[i]);
    else
      g_string_append_printf (coded, "%%%02X", (guchar)value[i]);
  }
  if (coded->len <= section_max) {
    g_string_append_printf (out, "%.*s*=%s", (int)name_len, name, coded->str);
    return;
  }
  for (gsize pos = 0, n, section = 0; pos < coded->len; pos += n, section++) {
    n = MIN (section_max, coded->len - pos);
    /* An escape stays whole. */
    for (gsize back = 1; back <= 2 && pos + n < coded->len; back++) {
      if (coded->str[pos + n - back] == '%') {
        n -= back;
        break;
      }
    }
    g_string_append_printf (out, "%s%.*s*%" G_GSIZE_FORMAT "*=%.*s", section > 0 ? ";\r\n\t" : "", (int)name_len, name,
                            section, (int)n, coded->str + pos);
  }
}
