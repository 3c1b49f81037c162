/* For the listener, which knows both addresses already. */
#pragma once

#include "net/peer.h"
#include "net/sockaddr.h"

G_BEGIN_DECLS

MrPeer *mr_peer_new_from_addresses (const MrSockaddr *peer, const MrSockaddr *local);

G_END_DECLS
