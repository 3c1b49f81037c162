/* The lines and fields of a header as bytes; see field.h. */
#include "mail/field.h"

#include <string.h>

/* RFC 5322 3.6.8: printable ASCII except the colon. */
static inline gboolean
is_name_char (guchar c)
{
  return c > 32 && c < 127 && c != ':';
}

static inline gboolean
is_wsp (char c)
{
  return c == ' ' || c == '\t';
}

MrLineKind
mr_line_kind (const char *line, gsize len, gsize *ret_name_len)
{
  gsize n = 0, colon;

  *ret_name_len = 0;
  if (len >= 2 && line[0] == '\r' && line[1] == '\n')
    return MR_LINE_BLANK;
  if (len > 0 && is_wsp (line[0]))
    return MR_LINE_CONTINUATION;
  while (n < len && is_name_char ((guchar)line[n]))
    n++;
  colon = n;
  while (colon < len && is_wsp (line[colon]))
    colon++;
  if (n == 0 || colon >= len || line[colon] != ':')
    return MR_LINE_OTHER;
  *ret_name_len = n;
  return MR_LINE_FIELD;
}

/* Length of the line at data, its CRLF included. */
static gsize
line_length (const char *data, gsize len)
{
  gsize pos = 0;

  while (pos < len) {
    const char *lf = memchr (data + pos, '\n', len - pos);
    if (lf == NULL)
      return len;
    pos = (gsize)(lf - data) + 1;
    if (pos >= 2 && data[pos - 2] == '\r')
      return pos;
  }
  return len;
}

gboolean
mr_field_next (const char *data, gsize len, gsize *pos, MrFieldSpan *ret)
{
  gsize p = *pos, name_len, line, ignored;

  line = line_length (data + p, len - p);
  if (mr_line_kind (data + p, line, &name_len) != MR_LINE_FIELD)
    return FALSE;
  ret->start = p;
  ret->name_len = name_len;
  ret->value = p + name_len;
  while (data[ret->value] != ':')
    ret->value++;
  ret->value++;
  for (p += line; p < len; p += line) {
    line = line_length (data + p, len - p);
    if (mr_line_kind (data + p, line, &ignored) != MR_LINE_CONTINUATION)
      break;
  }
  ret->end = p;
  *pos = p;
  return TRUE;
}

gboolean
mr_field_name_is (const char *name, gsize name_len, const char *want)
{
  return strlen (want) == name_len && g_ascii_strncasecmp (name, want, name_len) == 0;
}

char *
mr_field_unfold (const char *value, gsize len, gsize *ret_len)
{
  char *text;
  gsize n = 0;

  while (len > 0 && (is_wsp (value[0]) || value[0] == '\r' || value[0] == '\n')) {
    value++;
    len--;
  }
  while (len > 0 && (is_wsp (value[len - 1]) || value[len - 1] == '\r' || value[len - 1] == '\n'))
    len--;
  text = g_malloc (len + 1);
  for (gsize i = 0; i < len; i++) {
    if (value[i] == '\r' && i + 1 < len && value[i + 1] == '\n')
      i++;
    else
      text[n++] = value[i];
  }
  text[n] = '\0';
  if (ret_len != NULL)
    *ret_len = n;
  return text;
}

char *
mr_field_dup_text (const char *value, gsize len)
{
  gsize n;
  g_autofree char *bytes = mr_field_unfold (value, len, &n);

  if (g_utf8_validate_len (bytes, n, NULL))
    return g_steal_pointer (&bytes);
  return g_utf8_make_valid (bytes, (gssize)n);
}

gboolean
mr_bytes_have_8bit (const void *data, gsize len)
{
  const guchar *bytes = data;
  gsize i = 0;

  for (; i + 64 <= len; i += 64) {
    guint64 words[8], all = 0;
    memcpy (words, bytes + i, sizeof words);
    for (guint w = 0; w < G_N_ELEMENTS (words); w++)
      all |= words[w];
    if ((all & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
      return TRUE;
  }
  for (; i < len; i++) {
    if (bytes[i] > 127)
      return TRUE;
  }
  return FALSE;
}
