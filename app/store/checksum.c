/* CRC-32C: finds what a disk or a stray write changed in a body. Not meant against an attacker, who could write a new
 * checksum as well. Chosen for its price: some 0.3 µs for 4 KiB where the processor has the instruction. */
#include "store/checksum.h"

#include <string.h>

#define POLYNOMIAL 0x82f63b78u /* reflected 0x1EDC6F41 */

static guint32 table[8][256];

static void
fill_table (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;
  for (guint32 i = 0; i < 256; i++) {
    guint32 crc = i;
    for (int bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
    table[0][i] = crc;
  }
  for (int slice = 1; slice < 8; slice++)
    for (guint32 i = 0; i < 256; i++)
      table[slice][i] = (table[slice - 1][i] >> 8) ^ table[0][table[slice - 1][i] & 0xff];
  g_once_init_leave (&done, 1);
}

guint32
mr_crc32c_portable (const void *data, gsize len)
{
  const guint8 *p = data;
  guint32 crc = 0xffffffffu;

  fill_table ();
  for (; len >= 8; p += 8, len -= 8) {
    crc ^= (guint32)p[0] | (guint32)p[1] << 8 | (guint32)p[2] << 16 | (guint32)p[3] << 24;
    crc = table[7][crc & 0xff] ^ table[6][crc >> 8 & 0xff] ^ table[5][crc >> 16 & 0xff] ^ table[4][crc >> 24]
          ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
  }
  for (; len > 0; p++, len--)
    crc = (crc >> 8) ^ table[0][(crc ^ *p) & 0xff];
  return ~crc;
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__ ((target ("sse4.2"))) static guint32
crc32c_sse42 (const void *data, gsize len)
{
  const guint8 *p = data;
  guint64 crc = 0xffffffffu;

  for (; len >= 8; p += 8, len -= 8) {
    guint64 word;
    memcpy (&word, p, sizeof word);
    crc = __builtin_ia32_crc32di (crc, word);
  }
  for (; len > 0; p++, len--)
    crc = __builtin_ia32_crc32qi ((guint32)crc, *p);
  return ~(guint32)crc;
}

guint32
mr_crc32c (const void *data, gsize len)
{
  return __builtin_cpu_supports ("sse4.2") ? crc32c_sse42 (data, len) : mr_crc32c_portable (data, len);
}
#else
guint32
mr_crc32c (const void *data, gsize len)
{
  return mr_crc32c_portable (data, len);
}
#endif
