/* TLSA records: see tlsa.h. */
#include <config.h>

#include "mailauth/tlsa.h"

#include <string.h>

#define SHA256_DIGITS 64
#define SHA512_DIGITS 128

/* Bounded: a number of one octet. */
static gboolean
read_octet (const char *word, guint64 *ret)
{
  return g_ascii_string_to_unsigned (word, 10, 0, 255, ret, NULL);
}

gboolean
mr_tlsa_is_usable (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 5);
  guint64 usage, selector, matching;
  gsize len;

  if (g_strv_length (words) != 4 || !read_octet (words[0], &usage) || !read_octet (words[1], &selector)
      || !read_octet (words[2], &matching))
    return FALSE;
  len = strlen (words[3]);
  if (len == 0 || strspn (words[3], "0123456789abcdefABCDEF") != len)
    return FALSE;
  if ((usage != 2 && usage != 3) || selector > 1)
    return FALSE;
  return matching == 0 || (matching == 1 && len == SHA256_DIGITS) || (matching == 2 && len == SHA512_DIGITS);
}
