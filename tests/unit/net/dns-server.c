/* A scripted DNS server. */
#include "dns-server.h"

#include <glib-unix.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  GByteArray *wire;
  struct sockaddr_in to;
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  g_byte_array_unref (held->wire);
  g_free (held);
}

static GByteArray *
answer (DnsServer *server, const guint8 *data, gsize len, gboolean tcp, const struct sockaddr_in *from)
{
  g_autoptr (GString) name = g_string_new (NULL);
  DnsQuery query = { .tcp = tcp, .source_port = g_ntohs (from->sin_port) };
  gsize pos = 12;
  GByteArray *wire;

  g_assert_cmpuint (len, >, 16);
  query.id = (guint16)(data[0] << 8 | data[1]);
  while (data[pos] != 0) {
    g_string_append_printf (name, "%s%.*s", name->len > 0 ? "." : "", data[pos], (const char *)data + pos + 1);
    pos += data[pos] + 1u;
    g_assert_cmpuint (pos, <, len);
  }
  query.name = name->str;
  query.type = (guint)data[pos + 1] << 8 | data[pos + 2];
  query.edns = data[11] > 0;
  query.recursion = (data[2] & 1) != 0;
  query.unchecked = (data[3] & 0x10) != 0;
  server->queries++;
  g_hash_table_add (server->ids, GUINT_TO_POINTER (query.id + 1u));
  g_hash_table_add (server->ports, GUINT_TO_POINTER (query.source_port));
  wire = server->handler (server, &query, server->data);
  if (wire != NULL && wire->len >= 2)
    memcpy (wire->data, data, 2);
  return wire;
}

static void
send_udp (DnsServer *server, const GByteArray *wire, const struct sockaddr_in *to)
{
  g_assert_cmpint (sendto (server->udp, wire->data, wire->len, 0, (const struct sockaddr *)to, sizeof *to), ==,
                   wire->len);
}

static gboolean
udp_cb (int fd, GIOCondition condition, gpointer user_data)
{
  DnsServer *server = user_data;
  struct sockaddr_in from;
  socklen_t len = sizeof from;
  guint8 data[1500];
  gssize n = recvfrom (fd, data, sizeof data, MSG_DONTWAIT, (struct sockaddr *)&from, &len);
  GByteArray *wire;

  if (n < 0)
    return G_SOURCE_CONTINUE;
  wire = answer (server, data, (gsize)n, FALSE, &from);
  if (wire == NULL)
    return G_SOURCE_CONTINUE;
  if (server->hold) {
    Held *held = g_new (Held, 1);
    *held = (Held){ wire, from };
    g_ptr_array_add (server->held, held);
    return G_SOURCE_CONTINUE;
  }
  send_udp (server, wire, &from);
  g_byte_array_unref (wire);
  return G_SOURCE_CONTINUE;
}

void
dns_server_release (DnsServer *server)
{
  for (guint i = 0; i < server->held->len; i++) {
    const Held *held = g_ptr_array_index (server->held, i);
    send_udp (server, held->wire, &held->to);
  }
  g_ptr_array_set_size (server->held, 0);
}

/* One question a connection, all of it in one piece: c-ares writes it so. */
static gboolean
tcp_peer_cb (int fd, GIOCondition condition, gpointer user_data)
{
  DnsServer *server = user_data;
  struct sockaddr_in from = { 0 };
  socklen_t len = sizeof from;
  guint8 data[1500], head[2];
  gssize n = recv (fd, data, sizeof data, MSG_DONTWAIT);
  g_autoptr (GByteArray) wire = NULL;

  getpeername (fd, (struct sockaddr *)&from, &len);
  if (n > 18)
    wire = answer (server, data + 2, (gsize)n - 2, TRUE, &from);
  if (wire != NULL) {
    head[0] = (guint8)(wire->len >> 8);
    head[1] = (guint8)wire->len;
    g_byte_array_prepend (wire, head, 2);
    g_assert_cmpint (send (fd, wire->data, wire->len, MSG_NOSIGNAL), ==, wire->len);
  }
  close (fd);
  return G_SOURCE_REMOVE;
}

static gboolean
tcp_cb (int fd, GIOCondition condition, gpointer user_data)
{
  g_unix_fd_add (accept4 (fd, NULL, NULL, SOCK_CLOEXEC), G_IO_IN, tcp_peer_cb, user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
bind_both (DnsServer *server, guint host, guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (port) };
  socklen_t len = sizeof address;
  int size = 1024 * 1024;

  address.sin_addr.s_addr = g_htonl (0x7f000000 | host);
  server->udp = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  server->tcp = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (server->udp, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (bind (server->udp, (struct sockaddr *)&address, len) == 0
      && getsockname (server->udp, (struct sockaddr *)&address, &len) == 0
      && bind (server->tcp, (struct sockaddr *)&address, len) == 0 && listen (server->tcp, 16) == 0) {
    server->port = g_ntohs (address.sin_port);
    return TRUE;
  }
  close (server->udp);
  close (server->tcp);
  return FALSE;
}

static DnsServer *
server_new (DnsHandler handler, gpointer data, guint host, guint16 port)
{
  DnsServer *server = g_new0 (DnsServer, 1);
  gboolean bound = bind_both (server, host, port);

  /* The port must be free for both protocols: any port is tried again. */
  while (!bound && port == 0)
    bound = bind_both (server, host, 0);
  if (!bound) {
    g_free (server);
    return NULL;
  }
  server->handler = handler;
  server->data = data;
  server->ids = g_hash_table_new (NULL, NULL);
  server->ports = g_hash_table_new (NULL, NULL);
  server->held = g_ptr_array_new_with_free_func (held_free);
  server->address = g_strdup_printf ("127.0.0.%u:%u", host, server->port);
  server->udp_source = g_unix_fd_add (server->udp, G_IO_IN, udp_cb, server);
  server->tcp_source = g_unix_fd_add (server->tcp, G_IO_IN, tcp_cb, server);
  return server;
}

DnsServer *
dns_server_new (DnsHandler handler, gpointer data)
{
  return server_new (handler, data, 1, 0);
}

DnsServer *
dns_server_new_beside (const DnsServer *other, guint host)
{
  return server_new (other->handler, other->data, host, other->port);
}

void
dns_server_free (DnsServer *server)
{
  g_source_remove (server->udp_source);
  g_source_remove (server->tcp_source);
  close (server->udp);
  close (server->tcp);
  g_ptr_array_unref (server->held);
  g_hash_table_unref (server->ids);
  g_hash_table_unref (server->ports);
  g_free (server->address);
  g_free (server);
}
