/* Fuzz target: the answer to a dynamic update, and the file with its key. */
#include <stdint.h>
#include <string.h>

#include "fuzz.h"
#include "net/dns-update.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint8 mac[32] = { 1 };
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (MrDnsUpdateKey) parsed = { NULL };
  g_auto (MrDnsUpdateKey) key = { g_strdup ("update"), mr_secret_new ("c2VjcmV0", 8) };
  /* Nobody without the key has an answer that counts. */
  g_assert_false (mr_dns_update_judge (data, size, size >= 2 ? (guint16)(data[0] << 8 | data[1]) : 0, &key, mac, NULL));
  if (mr_dns_update_key_parse (text, &parsed, NULL))
    g_assert_true (parsed.name != NULL && parsed.secret != NULL);
  return 0;
}
