/* What the tests of the room share: waiting for events, sockets, a peer with a plain socket, certificates. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/* Turns the loop until the condition holds. A hang is ended by the runner's time-out. */
#define wait_for(condition)                                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    while (!(condition))                                                                                               \
      g_main_context_iteration (NULL, TRUE);                                                                           \
  }                                                                                                                    \
  G_STMT_END

/* Turns the loop while there is something to do at once. */
void settle (void);
/* A connected pair on loopback TCP (family AF_INET or AF_INET6); ret[1] blocks and belongs to the test's peer. */
void tcp_pair (int family, int ret[2]);
/* A listening socket on a free port. */
int listen_on (int family, guint16 *ret_port);
/* Blocking, all of it. */
void write_all (int fd, const char *text);
/* What fd has to give within the loop's turns, up to n bytes or the end; turns the loop meanwhile. (transfer full) */
char *read_some (int fd, gsize n);
/* Not blocking: TRUE once the other side has closed (and all input is read away). */
gboolean peer_sees_end (int fd);

/* A certificate with its key in PEM text. names: "DNS:a.example,IP:127.0.0.1"; days: until its end, may be negative. */
char *make_certificate (const char *names, int days);
/* A folder with a server.pem of that text, and its removal. */
char *make_folder (const char *pem);
void remove_folder (char *folder);

G_END_DECLS
