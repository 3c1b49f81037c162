/* What the data of a record say, as the text that MrDnsRecord holds: RFC 1035 3.3, 3596, 2782, 4034, 6698, 8659. See dns-message-private.h. Pure.
 *
 * The reader is not moved: each look begins at the record's data and ends with them. What is broken, or names what cannot be a host where it must be one,
 * has no text.
 */
#include "net/dns-message-private.h"

#include <arpa/inet.h>

gboolean
mr_dns_record_target (const MrDnsReader *reader, const MrDnsRawRecord *record, gsize skip, MrDnsName *ret)
{
  MrDnsReader inner = *reader;

  inner.pos = record->start + skip;
  return inner.pos < record->end && mr_dns_reader_name (&inner, ret) && inner.pos == record->end
         && !(reader->any_names ? ret->odd : ret->not_host);
}

static guint
u16_at (const guint8 *data, gsize offset)
{
  return (guint)data[offset] << 8 | data[offset + 1];
}

/* The strings of a TXT, joined (RFC 1035 3.3.14); a NUL would end the text for whoever reads it. */
static char *
dup_strings (const guint8 *data, gsize len)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize pos = 0; pos < len;) {
    gsize piece = data[pos++];
    if (piece > len - pos)
      return NULL;
    for (; piece > 0; piece--, pos++)
      g_string_append_c (text, data[pos] != 0 ? (char)data[pos] : '\001');
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint32
u32_at (const guint8 *data, gsize offset)
{
  return (guint32)u16_at (data, offset) << 16 | (guint32)u16_at (data, offset + 2);
}

/* RFC 1035 3.3.13; NULL: broken. */
static char *
dup_soa (const MrDnsReader *reader, const MrDnsRawRecord *record)
{
  MrDnsReader inner = *reader;
  MrDnsName server, person;
  const guint8 *numbers;

  inner.pos = record->start;
  if (!mr_dns_reader_name (&inner, &server) || !mr_dns_reader_name (&inner, &person) || inner.pos > record->end
      || record->end - inner.pos != 20 || server.odd)
    return NULL;
  numbers = inner.data + inner.pos;
  return g_strdup_printf ("%s %s %" G_GUINT32_FORMAT " %" G_GUINT32_FORMAT, server.text, person.odd ? "?" : person.text,
                          u32_at (numbers, 0), u32_at (numbers, 16));
}

/* Three numbers, then octets. */
static char *
dup_with_hex (guint a, guint b, guint c, const guint8 *data, gsize len)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u %u %u ", a, b, c);
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (text, FALSE);
}

static char *
dup_tlsa (const guint8 *data, gsize len)
{
  return len < 4 ? NULL : dup_with_hex (data[0], data[1], data[2], data + 3, len - 3);
}

static char *
dup_ds (const guint8 *data, gsize len)
{
  return len < 5 ? NULL : dup_with_hex (u16_at (data, 0), data[2], data[3], data + 4, len - 4);
}

/* RFC 4034 2.1; the tag is a sum over all of it (appendix B). */
static char *
dup_dns_key (const guint8 *data, gsize len)
{
  guint32 sum = 0;

  if (len < 5)
    return NULL;
  for (gsize i = 0; i < len; i++)
    sum += (guint32)data[i] << (i % 2 == 0 ? 8 : 0);
  sum += sum >> 16;
  return g_strdup_printf ("%u %u %u", sum & 0xffff, data[3], u16_at (data, 0));
}

/* What cannot be printed becomes '?': it is only shown. */
static char *
dup_caa (const guint8 *data, gsize len)
{
  g_autoptr (GString) text = NULL;
  gsize tag = len >= 2 ? data[1] : 0;

  if (tag == 0 || tag > len - 2)
    return NULL;
  text = g_string_new (NULL);
  g_string_append_printf (text, "%u ", data[0]);
  for (gsize i = 2; i < len; i++) {
    if (i == 2 + tag)
      g_string_append_c (text, ' ');
    g_string_append_c (text, g_ascii_isprint ((char)data[i]) ? (char)data[i] : '?');
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint
count_strings (const guint8 *data, gsize len)
{
  guint n = 0;

  for (gsize pos = 0; pos < len; pos += 1u + data[pos])
    n++;
  return n;
}

char *
mr_dns_record_dup_text (const MrDnsReader *reader, const MrDnsRawRecord *record, MrDnsRecord *ret)
{
  char address[INET6_ADDRSTRLEN];
  const guint8 *data = reader->data + record->start;
  gsize len = record->end - record->start;
  MrDnsName target;

  switch (record->type) {
  case MR_DNS_A:
    return len == 4 ? g_strdup (inet_ntop (AF_INET, data, address, sizeof address)) : NULL;
  case MR_DNS_AAAA:
    return len == 16 ? g_strdup (inet_ntop (AF_INET6, data, address, sizeof address)) : NULL;
  case MR_DNS_MX:
    if (len < 3 || !mr_dns_record_target (reader, record, 2, &target))
      return NULL;
    ret->preference = u16_at (data, 0);
    return g_strdup (target.text);
  case MR_DNS_PTR:
  case MR_DNS_NS:
  case MR_DNS_CNAME:
    return mr_dns_record_target (reader, record, 0, &target) ? g_strdup (target.text) : NULL;
  case MR_DNS_TXT:
    ret->strings = count_strings (data, len);
    return len > 0 ? dup_strings (data, len) : NULL;
  case MR_DNS_SOA:
    return dup_soa (reader, record);
  case MR_DNS_TLSA:
    return dup_tlsa (data, len);
  case MR_DNS_CAA:
    return dup_caa (data, len);
  case MR_DNS_DS:
    return dup_ds (data, len);
  case MR_DNS_DNSKEY:
    return dup_dns_key (data, len);
  case MR_DNS_SRV:
    if (len < 7 || !mr_dns_record_target (reader, record, 6, &target))
      return NULL;
    ret->preference = u16_at (data, 0);
    ret->weight = u16_at (data, 2);
    ret->port = u16_at (data, 4);
    return g_strdup (target.text);
  default:
    return NULL;
  }
}
