/* Text from strangers made fit to be kept and shown. */
#include "base/text.h"

#include <string.h>

/* A bidirectional override can make a line read as something that it does not say (Unicode TR 36, section 3.1). */
gboolean
mr_text_is_harmful (gunichar c)
{
  return (c != '\n' && g_unichar_iscntrl (c)) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
mr_text_sanitize (const char *text, gsize max)
{
  /* No more is looked at than can be kept; a character that this cuts in two becomes U+FFFD and is dropped below. */
  gsize len = strnlen (text, max);
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)len);
  GString *clean = g_string_sized_new (len);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    gsize bytes = (gsize)(g_utf8_next_char (p) - p);

    if (clean->len + bytes > max)
      break;
    if (mr_text_is_harmful (c))
      g_string_append_c (clean, ' ');
    else
      g_string_append_len (clean, p, (gssize)bytes);
  }
  return g_string_free (clean, FALSE);
}

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text >= 0x80)
      return FALSE;
  return TRUE;
}

char *
mr_text_fold (const char *text)
{
  if (is_ascii (text))
    return g_ascii_strdown (text, -1);

  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *apart = g_utf8_normalize (valid, -1, G_NORMALIZE_NFKD);
  g_autofree char *folded = g_utf8_casefold (apart, -1);
  GString *plain = g_string_sized_new (strlen (folded));
  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (!g_unichar_ismark (c))
      g_string_append_unichar (plain, c);
  }
  return g_string_free (plain, FALSE);
}
