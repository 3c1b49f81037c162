/* Socket addresses, and which ranges are not the public internet (RFC 6890 and the registries it names). */
#include "net/sockaddr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "net/resolver.h"

static gboolean
parse_v6 (const char *text, MrSockaddr *ret)
{
  const char *percent = strchr (text, '%');
  g_autofree char *bare = NULL;

  if (percent == NULL)
    return inet_pton (AF_INET6, text, &ret->v6.sin6_addr) == 1;
  bare = g_strndup (text, (gsize)(percent - text));
  if (inet_pton (AF_INET6, bare, &ret->v6.sin6_addr) != 1)
    return FALSE;
  ret->v6.sin6_scope_id = if_nametoindex (percent + 1);
  return ret->v6.sin6_scope_id != 0;
}

gboolean
mr_sockaddr_parse (const char *text, guint16 port, MrSockaddr *ret)
{
  MrSockaddr address = { 0 };

  if (text == NULL)
    return FALSE;
  if (inet_pton (AF_INET, text, &address.v4.sin_addr) == 1) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = g_htons (port);
  } else if (parse_v6 (text, &address)) {
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = g_htons (port);
  } else {
    return FALSE;
  }
  *ret = address;
  return TRUE;
}

gboolean
mr_sockaddr_parse_with_port (const char *text, MrSockaddr *ret)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  guint64 port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    return FALSE;
  host = g_strndup (text, (gsize)(colon - text));
  if (*host == '[') {
    gsize len = strlen (host);

    if (len < 2 || host[len - 1] != ']')
      return FALSE;
    host[len - 1] = '\0';
    return strchr (host + 1, ':') != NULL && mr_sockaddr_parse (host + 1, (guint16)port, ret);
  }
  return strchr (host, ':') == NULL && mr_sockaddr_parse (host, (guint16)port, ret);
}

socklen_t
mr_sockaddr_length (const MrSockaddr *address)
{
  return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

guint16
mr_sockaddr_port (const MrSockaddr *address)
{
  return g_ntohs (address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
}

void
mr_sockaddr_unmap (MrSockaddr *address)
{
  MrSockaddr v4 = { 0 };

  if (address->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED (&address->v6.sin6_addr))
    return;
  v4.v4.sin_family = AF_INET;
  v4.v4.sin_port = address->v6.sin6_port;
  memcpy (&v4.v4.sin_addr, address->v6.sin6_addr.s6_addr + 12, 4);
  *address = v4;
}

gboolean
mr_sockaddr_is_loopback (const MrSockaddr *address)
{
  MrSockaddr a = *address;

  mr_sockaddr_unmap (&a);
  if (a.any.sa_family == AF_INET)
    return (g_ntohl (a.v4.sin_addr.s_addr) >> 24) == 127;
  return a.any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK (&a.v6.sin6_addr);
}

gboolean
mr_sockaddr_is_unspecified (const MrSockaddr *address)
{
  MrSockaddr a = *address;

  mr_sockaddr_unmap (&a);
  if (a.any.sa_family == AF_INET)
    return a.v4.sin_addr.s_addr == 0;
  return a.any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED (&a.v6.sin6_addr);
}

gboolean
mr_sockaddr_equal (const MrSockaddr *one, const MrSockaddr *other, gboolean with_port)
{
  MrSockaddr a = *one, b = *other;

  mr_sockaddr_unmap (&a);
  mr_sockaddr_unmap (&b);
  if (a.any.sa_family != b.any.sa_family || (with_port && mr_sockaddr_port (&a) != mr_sockaddr_port (&b)))
    return FALSE;
  if (a.any.sa_family == AF_INET)
    return a.v4.sin_addr.s_addr == b.v4.sin_addr.s_addr;
  return a.any.sa_family == AF_INET6 && IN6_ARE_ADDR_EQUAL (&a.v6.sin6_addr, &b.v6.sin6_addr)
         && (!IN6_IS_ADDR_LINKLOCAL (&a.v6.sin6_addr) || a.v6.sin6_scope_id == b.v6.sin6_scope_id);
}

char *
mr_sockaddr_dup_address (const MrSockaddr *address)
{
  char text[INET6_ADDRSTRLEN], name[IF_NAMESIZE];
  MrSockaddr a = *address;

  mr_sockaddr_unmap (&a);
  if (a.any.sa_family == AF_INET)
    return g_strdup (inet_ntop (AF_INET, &a.v4.sin_addr, text, sizeof text));
  if (a.any.sa_family != AF_INET6)
    return g_strdup ("?");
  inet_ntop (AF_INET6, &a.v6.sin6_addr, text, sizeof text);
  if (IN6_IS_ADDR_LINKLOCAL (&a.v6.sin6_addr) && if_indextoname (a.v6.sin6_scope_id, name) != NULL)
    return g_strdup_printf ("%s%%%s", text, name);
  return g_strdup (text);
}

char *
mr_sockaddr_dup_with_port (const MrSockaddr *address)
{
  g_autofree char *text = mr_sockaddr_dup_address (address);

  if (*text == '?')
    return g_steal_pointer (&text);
  return g_strdup_printf (strchr (text, ':') != NULL ? "[%s]:%u" : "%s:%u", text, mr_sockaddr_port (address));
}

gboolean
mr_sockaddr_of (int fd, gboolean peer, MrSockaddr *ret)
{
  struct sockaddr_storage storage = { 0 };
  socklen_t len = sizeof storage;
  int rc = peer ? getpeername (fd, (struct sockaddr *)&storage, &len)
                : getsockname (fd, (struct sockaddr *)&storage, &len);

  memset (ret, 0, sizeof *ret);
  if (rc != 0 || (storage.ss_family != AF_INET && storage.ss_family != AF_INET6))
    return FALSE;
  memcpy (ret, &storage, sizeof *ret);
  return TRUE;
}

typedef struct {
  guint32 net;
  guint bits;
} Range4;

static gboolean
is_private_v4 (guint32 host)
{
  static const Range4 ranges[] = {
    { 0x00000000, 8 },  /* this network */
    { 0x0a000000, 8 },  /* RFC 1918 */
    { 0x64400000, 10 }, /* carrier-grade NAT, RFC 6598 */
    { 0x7f000000, 8 },  /* loopback */
    { 0xa9fe0000, 16 }, /* link-local, RFC 3927 */
    { 0xac100000, 12 }, /* RFC 1918 */
    { 0xc0000000, 24 }, /* protocol assignments */
    { 0xc0a80000, 16 }, /* RFC 1918 */
    { 0xc6120000, 15 }, /* benchmarking, RFC 2544 */
    { 0xe0000000, 4 },  /* multicast */
    { 0xf0000000, 4 },  /* reserved and broadcast */
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (((host ^ ranges[i].net) >> (32 - ranges[i].bits)) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
has_prefix (const guint8 *bytes, const char *prefix, gsize len)
{
  return memcmp (bytes, prefix, len) == 0;
}

static gboolean
is_private_v6 (const guint8 *b)
{
  guint32 v4 = 0;

  /* Addresses that carry an IPv4 address lead where that one leads: NAT64 (RFC 6052), 6to4 (RFC 3056), compatible. */
  if (has_prefix (b, "\0\x64\xff\x9b\0\0\0\0\0\0\0", 12)) {
    memcpy (&v4, b + 12, 4);
    return is_private_v4 (g_ntohl (v4));
  }
  if (has_prefix (b, "\x20\x02", 2)) {
    memcpy (&v4, b + 2, 4);
    return is_private_v4 (g_ntohl (v4));
  }
  return has_prefix (b, "\0\0\0\0\0\0\0\0\0\0\0", 12) /* unspecified, loopback, IPv4-compatible */
         || has_prefix (b, "\x01\0\0\0\0\0\0", 8)     /* discard, RFC 6666 */
         || has_prefix (b, "\0\x64\xff\x9b\0\x01", 6) /* local NAT64, RFC 8215 */
         || (b[0] & 0xfe) == 0xfc                     /* unique local, RFC 4193 */
         || (b[0] == 0xfe && (b[1] & 0x80) == 0x80)   /* link-local and the old site-local */
         || b[0] == 0xff;                             /* multicast */
}

gboolean
mr_address_is_private (const char *address)
{
  MrSockaddr a;

  if (!mr_sockaddr_parse (address, 0, &a))
    return FALSE;
  mr_sockaddr_unmap (&a);
  if (a.any.sa_family == AF_INET)
    return is_private_v4 (g_ntohl (a.v4.sin_addr.s_addr));
  return is_private_v6 (a.v6.sin6_addr.s6_addr);
}

gboolean
mr_address_is_loopback (const char *address)
{
  MrSockaddr a;

  return mr_sockaddr_parse (address, 0, &a) && mr_sockaddr_is_loopback (&a);
}

gboolean
mr_address_is_numeric (const char *text)
{
  MrSockaddr a;

  return mr_sockaddr_parse (text, 0, &a);
}
