/* What the kernel knows about a local TCP socket: whose it is (sock_diag(7), else /proc/net/tcp), and which process holds
 * it (/proc/PID/fd). */
#pragma once

#include "net/sockaddr.h"

G_BEGIN_DECLS

typedef struct {
  gint64 uid;
  guint64 inode;
} MrSocketOwner;

/* Opens the netlink socket, once. */
void mr_sock_diag_init (void);
/* The socket whose own address is source and whose peer is destination. FALSE where there is none, or where the kernel
 * has no owner for it any more: then it would read as uid 0. */
gboolean mr_sock_diag_find (const MrSockaddr *source, const MrSockaddr *destination, MrSocketOwner *ret);
/* The listening socket that keeps address from being taken: the same port and the same or a wildcard address. */
gboolean mr_sock_diag_find_listener (const MrSockaddr *address, MrSocketOwner *ret);
/* Process id of a holder of the socket among the processes of uid, and its program's name (transfer full, NULL: unknown); 0, with
 * *ret_name untouched, where none is found. Thread-safe. */
gint64 mr_sock_diag_find_process (gint64 uid, guint64 inode, char **ret_name);

G_END_DECLS
