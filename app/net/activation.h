/* Listening sockets that the service manager made for us (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, from fd 3 on). */
#pragma once

#include "net/sockaddr.h"

G_BEGIN_DECLS

/* A listening TCP socket that is bound to address and not in use by another listener; -1 where there is none. Sockets that
 * nobody asks for are left alone. Made non-blocking and close-on-exec. */
int mr_activation_take (const MrSockaddr *address);
/* Given back, not closed: the service manager holds the port, so it could not be bound anew. FALSE: fd was not taken. */
gboolean mr_activation_give_back (int fd);

G_END_DECLS
