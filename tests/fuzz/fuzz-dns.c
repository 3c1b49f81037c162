/* Fuzz target: the reader of DNS answers. The first byte picks the type that was asked for, the rest is the message; the
 * name asked is the one in its question, where that can be read. */
#include <string.h>

#include "fuzz.h"
#include "net/dns-message.h"
#include "net/resolver.h"

#define NAME_SIZE 256

/* The plain labels of the question, as far as they are there. */
static void
question_name (const guint8 *data, gsize size, char ret[NAME_SIZE])
{
  gsize pos = 12, used = 0;

  while (pos < size && data[pos] > 0 && data[pos] < 64 && size - pos > data[pos] && used + data[pos] + 2u < NAME_SIZE) {
    if (used > 0)
      ret[used++] = '.';
    for (guint i = 1; i <= data[pos]; i++)
      ret[used++] = data[pos + i] != 0 ? (char)data[pos + i] : '?';
    pos += data[pos] + 1u;
  }
  ret[used] = '\0';
}

static gboolean
is_name (const char *text, gboolean any_names)
{
  return any_names ? mr_dns_owner_is_valid (text) : mr_dns_name_is_valid (text);
}

static void
check_answer (const MrDnsAnswer *answer, MrDnsType type, gboolean any_names)
{
  g_assert_cmpuint (answer->records->len, <=, MR_DNS_RECORDS_MAX);
  g_assert_true ((answer->outcome == MR_DNS_FOUND) == (answer->records->len > 0));
  g_assert_true (answer->outcome != MR_DNS_ALIAS || *answer->name == '\0' || is_name (answer->name, any_names));
  for (guint i = 0; i < answer->records->len; i++) {
    const MrDnsRecord *record = g_ptr_array_index (answer->records, i);

    g_assert_cmpuint (record->ttl, <=, G_MAXINT32);
    g_assert_nonnull (record->text);
    if (type == MR_DNS_MX || type == MR_DNS_SRV || type == MR_DNS_PTR || type == MR_DNS_NS || type == MR_DNS_CNAME) {
      g_assert_cmpuint (record->port, <=, G_MAXUINT16);
      g_assert_cmpuint (record->weight, <=, G_MAXUINT16);
      g_assert_cmpuint (record->preference, <=, G_MAXUINT16);
      g_assert_true (*record->text == '\0' || is_name (record->text, any_names));
    } else if (type == MR_DNS_SOA || type == MR_DNS_TLSA || type == MR_DNS_CAA || type == MR_DNS_DS
               || type == MR_DNS_DNSKEY) {
      g_assert_nonnull (strchr (record->text, ' '));
    } else if (type != MR_DNS_TXT) {
      g_assert_true (mr_address_is_numeric (record->text));
    }
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const MrDnsType types[] = { MR_DNS_A,   MR_DNS_AAAA, MR_DNS_MX,    MR_DNS_SRV, MR_DNS_PTR,
                                     MR_DNS_TXT, MR_DNS_NS,   MR_DNS_CNAME, MR_DNS_SOA, MR_DNS_TLSA,
                                     MR_DNS_CAA, MR_DNS_DS,   MR_DNS_DNSKEY };
  g_autoptr (MrDnsAnswer) answer = NULL;
  char name[NAME_SIZE];
  MrDnsType type;

  if (size == 0)
    return 0;
  type = types[data[0] % G_N_ELEMENTS (types)];
  question_name (data + 1, size - 1, name);
  answer = mr_dns_answer_parse (data + 1, size - 1, name, type, size % 2 != 0);
  check_answer (answer, type, size % 2 != 0);
  return 0;
}
