/* Decoder of encoded words (RFC 2047); see field.h.
 *
 * Ours rather than GMime's, which loses what follows the padding of one base64 word in the next; GMime knows the
 * names of the character sets. The bytes of neighbours with one character set are joined before they are converted,
 * because many programs cut a character in two. What cannot be decoded stays as it was written. Linear time. /
 */
#include "mail/field.h"

#include <string.h>

#include <gmime/gmime.h>

typedef struct {
  const char *charset; /* without a language (RFC 2231 5) */
  gsize charset_len;
  gboolean base64;
  const char *text;
  gsize text_len;
  const char *end;
} EncodedWord;

void
mr_mime_init (void)
{
  /* g_mime_init() counts its calls but takes no lock. */
  static gsize done = 0;

  if (g_once_init_enter (&done)) {
    g_mime_init ();
    g_once_init_leave (&done, 1);
  }
}

static gboolean
is_token_char (char c)
{
  return g_ascii_isgraph (c) && strchr ("()<>@,;:\"/[]?.=", c) == NULL;
}

/* at: stands on "=?". */
static gboolean
parse_word (const char *at, EncodedWord *ret)
{
  const char *p = at + 2, *close;

  ret->charset = p;
  while (is_token_char (*p))
    p++;
  ret->charset_len = (gsize)(p - ret->charset);
  close = memchr (ret->charset, '*', ret->charset_len);
  if (close != NULL)
    ret->charset_len = (gsize)(close - ret->charset);
  if (ret->charset_len == 0 || p[0] != '?' || strchr ("bBqQ", p[1]) == NULL || p[1] == '\0' || p[2] != '?')
    return FALSE;
  ret->base64 = g_ascii_tolower (p[1]) == 'b';
  ret->text = p + 3;
  /* A question mark inside is wrong and occurs. */
  for (close = ret->text; (close = strchr (close, '?')) != NULL && close[1] != '=';) {
    if (close[1] == '\0' || close > ret->text + 2048)
      return FALSE;
    close++;
  }
  if (close == NULL)
    return FALSE;
  ret->text_len = (gsize)(close - ret->text);
  ret->end = close + 2;
  return TRUE;
}

static void
append_bytes (GString *bytes, const EncodedWord *word)
{
  if (word->base64) {
    g_autofree char *text = g_strndup (word->text, word->text_len);
    gsize n;
    g_autofree guchar *decoded = g_base64_decode (text, &n);
    g_string_append_len (bytes, (const char *)decoded, (gssize)n);
    return;
  }
  for (gsize i = 0; i < word->text_len; i++) {
    const char *c = word->text + i;
    if (*c == '_') {
      g_string_append_c (bytes, ' ');
    } else if (*c == '=' && i + 2 < word->text_len && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2])) {
      g_string_append_c (bytes, (char)(g_ascii_xdigit_value (c[1]) << 4 | g_ascii_xdigit_value (c[2])));
      i += 2;
    } else {
      g_string_append_c (bytes, *c);
    }
  }
}

/* Bytes that words of one character set gave, as UTF-8; what is no character of the set becomes U+FFFD. */
static void
append_converted (GString *out, const GString *bytes, const char *charset)
{
  g_autofree char *converted = NULL;
  iconv_t converter;

  mr_mime_init ();
  converter = g_ascii_strcasecmp (charset, "utf-8") == 0 ? (iconv_t)-1 : g_mime_iconv_open ("UTF-8", charset);
  if (converter != (iconv_t)-1) {
    converted = g_mime_iconv_strndup (converter, bytes->str, bytes->len);
    g_mime_iconv_close (converter);
  }
  if (converted == NULL)
    converted = g_utf8_make_valid (bytes->str, (gssize)bytes->len);
  g_string_append (out, converted);
}

/* The words from first on that belong together. Returns the end of the last. */
static const char *
take_words (GString *out, const EncodedWord *first)
{
  g_autofree char *charset = g_strndup (first->charset, first->charset_len);
  g_autoptr (GString) bytes = g_string_new (NULL);
  EncodedWord word = *first;
  const char *end;

  do {
    const char *next;
    append_bytes (bytes, &word);
    end = word.end;
    /* White space between two encoded words is only there to divide them. */
    next = end + strspn (end, " \t");
    if (next[0] != '=' || next[1] != '?' || !parse_word (next, &word))
      break;
    end = next;
  } while (word.charset_len == first->charset_len
           && g_ascii_strncasecmp (word.charset, first->charset, word.charset_len) == 0);
  append_converted (out, bytes, charset);
  return end;
}

char *
mr_field_decode (const char *text)
{
  g_autofree char *valid = NULL;
  GString *out;
  const char *mark;

  if (!g_utf8_validate (text, -1, NULL)) {
    mr_mime_init ();
    text = valid = g_mime_utils_decode_8bit (NULL, text, strlen (text));
  }
  out = g_string_sized_new (strlen (text));
  for (const char *p = text; *p != '\0';) {
    EncodedWord word;

    mark = strstr (p, "=?");
    if (mark == NULL)
      mark = p + strlen (p);
    g_string_append_len (out, p, mark - p);
    p = mark;
    if (*p != '\0' && parse_word (p, &word)) {
      p = take_words (out, &word);
    } else if (*p != '\0') {
      g_string_append_len (out, p, 2);
      p += 2;
    }
  }
  for (gsize i = 0; i < out->len; i++) {
    if (g_ascii_iscntrl (out->str[i]))
      out->str[i] = ' ';
  }
  return g_string_free (out, FALSE);
}
