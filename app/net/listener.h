/* Listening sockets. Addresses as in the configuration: "127.0.0.1:2525", "[::1]:2525"; port 0 takes a free one.
 * Sockets handed over by systemd (LISTEN_FDS) are used in place of an own bind where their address is the same. */
#pragma once

#include "net/peer.h"

G_BEGIN_DECLS

typedef struct _MrListener MrListener;

/* fd belongs to the callee. */
typedef void (*MrListenerFunc) (MrListener *listener, int fd, const MrPeer *peer, gpointer data);

/* Backlog 1024. Error MR_ERROR_BUSY names the address and, where the kernel tells, the program that has it. */
MrListener *mr_listener_new (const char *address, MrListenerFunc func, gpointer data, GError **error);
void mr_listener_free (MrListener *listener);
/* With the port really taken: "127.0.0.1:2525". Borrowed. */
const char *mr_listener_get_address (MrListener *listener);
/* Stops and restarts accepting (all sessions taken). */
void mr_listener_set_accepting (MrListener *listener, gboolean accepting);
/* TRUE where host:port is one of the addresses that any listener of this process listens on (own listeners are no MX and no account host). address: numeric. */
gboolean mr_listener_is_own (const char *address, guint16 port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrListener, mr_listener_free)

G_END_DECLS
