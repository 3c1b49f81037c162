/* Socket addresses: text to sockaddr and back. IPv4 addresses that come mapped into IPv6 are always shown as IPv4. */
#pragma once

#include <mailrelay/types.h>
#include <netinet/in.h>
#include <sys/socket.h>

G_BEGIN_DECLS

typedef union {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} MrSockaddr;

/* text: "192.0.2.1", "2001:db8::1", "fe80::1%eth0". FALSE for everything else; no name is ever looked up. */
gboolean mr_sockaddr_parse (const char *text, guint16 port, MrSockaddr *ret);
/* "127.0.0.1:2525", "[::1]:2525". FALSE where the port or the brackets are missing. */
gboolean mr_sockaddr_parse_with_port (const char *text, MrSockaddr *ret);
socklen_t mr_sockaddr_length (const MrSockaddr *address);
guint16 mr_sockaddr_port (const MrSockaddr *address);
/* ::ffff:192.0.2.1 becomes 192.0.2.1. */
void mr_sockaddr_unmap (MrSockaddr *address);
gboolean mr_sockaddr_is_loopback (const MrSockaddr *address);
gboolean mr_sockaddr_is_unspecified (const MrSockaddr *address);
gboolean mr_sockaddr_equal (const MrSockaddr *a, const MrSockaddr *b, gboolean with_port);
/* (transfer full) "?" for a family that is not IP. */
char *mr_sockaddr_dup_address (const MrSockaddr *address);
char *mr_sockaddr_dup_with_port (const MrSockaddr *address);
/* Of a socket: its own (peer FALSE) or the other end. FALSE where there is none or it is not IP; *ret is then zeroed. */
gboolean mr_sockaddr_of (int fd, gboolean peer, MrSockaddr *ret);

G_END_DECLS
