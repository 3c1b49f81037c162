/* Crockford's base32. */
#include "base/base32.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
mr_base32_encode (const guint8 *data, gsize n_chars, char *ret)
{
  guint bits = 0, n_bits = 0;

  for (gsize i = 0; i < n_chars; i++) {
    if (n_bits < 5) {
      bits = (bits << 8 | *data++) & 0xfff;
      n_bits += 8;
    }
    n_bits -= 5;
    ret[i] = alphabet[bits >> n_bits & 31];
  }
  ret[n_chars] = '\0';
}

gboolean
mr_base32_is_char (char c)
{
  return c != '\0' && strchr (alphabet, c) != NULL;
}

int
mr_base32_value (char c)
{
  return mr_base32_is_char (c) ? (int)(strchr (alphabet, c) - alphabet) : -1;
}
