/* Writing of DNS messages for tests. */
#include "dns-wire.h"

#include <arpa/inet.h>
#include <string.h>

void
wire_u8 (GByteArray *wire, guint value)
{
  guint8 byte = (guint8)value;

  g_byte_array_append (wire, &byte, 1);
}

void
wire_u16 (GByteArray *wire, guint value)
{
  wire_u8 (wire, value >> 8);
  wire_u8 (wire, value & 0xff);
}

void
wire_u32 (GByteArray *wire, guint32 value)
{
  wire_u16 (wire, value >> 16);
  wire_u16 (wire, value & 0xffff);
}

void
wire_name (GByteArray *wire, const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++) {
    if (*labels[i] == '\0')
      continue;
    wire_u8 (wire, (guint)strlen (labels[i]));
    g_byte_array_append (wire, (const guint8 *)labels[i], (guint)strlen (labels[i]));
  }
  wire_u8 (wire, 0);
}

void
wire_count (GByteArray *wire, guint section)
{
  guint8 *count = wire->data + 4 + 2 * section;
  guint value = ((guint)count[0] << 8 | count[1]) + 1;

  count[0] = (guint8)(value >> 8);
  count[1] = (guint8)value;
}

GByteArray *
wire_new (guint16 flags, const char *name, guint type)
{
  GByteArray *wire = g_byte_array_new ();

  wire_u16 (wire, 0x1234);
  wire_u16 (wire, flags);
  wire_u32 (wire, 0);
  wire_u32 (wire, 0);
  wire_name (wire, name);
  wire_u16 (wire, type);
  wire_u16 (wire, 1);
  wire_count (wire, 0);
  return wire;
}

void
wire_record (GByteArray *wire, guint section, const char *owner, guint type, const void *data, gsize len)
{
  wire_name (wire, owner);
  wire_u16 (wire, type);
  wire_u16 (wire, 1);
  wire_u32 (wire, 300);
  wire_u16 (wire, (guint)len);
  g_byte_array_append (wire, data, (guint)len);
  wire_count (wire, section);
}

void
wire_address (GByteArray *wire, const char *owner, const char *address)
{
  guint8 bytes[16];
  gboolean v6 = strchr (address, ':') != NULL;

  g_assert_cmpint (inet_pton (v6 ? AF_INET6 : AF_INET, address, bytes), ==, 1);
  wire_record (wire, 1, owner, v6 ? MR_DNS_AAAA : MR_DNS_A, bytes, v6 ? 16 : 4);
}

void
wire_alias (GByteArray *wire, const char *owner, const char *target)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  wire_name (data, target);
  wire_record (wire, 1, owner, MR_DNS_CNAME, data->data, data->len);
}

void
wire_mx (GByteArray *wire, const char *owner, guint preference, const char *host)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  wire_u16 (data, preference);
  wire_name (data, host);
  wire_record (wire, 1, owner, MR_DNS_MX, data->data, data->len);
}

void
wire_srv (GByteArray *wire, const char *owner, guint priority, guint weight, guint port, const char *target)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  wire_u16 (data, priority);
  wire_u16 (data, weight);
  wire_u16 (data, port);
  wire_name (data, target);
  wire_record (wire, 1, owner, MR_DNS_SRV, data->data, data->len);
}

void
wire_soa (GByteArray *wire, const char *owner)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  wire_name (data, "ns.example");
  wire_name (data, "hostmaster.example");
  for (guint i = 0; i < 5; i++)
    wire_u32 (data, 60);
  wire_record (wire, 2, owner, MR_DNS_SOA, data->data, data->len);
}
