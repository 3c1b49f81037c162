/* Who is at the other end of an accepted connection. */
#include "net/peer.h"

#include <sys/socket.h>

#include "net/peer-private.h"
#include "net/sock-diag.h"

void
mr_peer_init (void)
{
  mr_sock_diag_init ();
}

MrPeer *
mr_peer_new_from_addresses (const MrSockaddr *peer, const MrSockaddr *local)
{
  MrPeer *self = g_new0 (MrPeer, 1);
  MrSocketOwner owner;

  self->address = mr_sockaddr_dup_address (peer);
  self->port = mr_sockaddr_port (peer);
  self->local = mr_sockaddr_dup_with_port (local);
  self->uid = -1;
  /* A connection to one of this machine's other addresses comes from that address: only loopback is asked for. */
  self->loopback = mr_sockaddr_is_loopback (peer) && mr_sockaddr_is_loopback (local);
  if (self->loopback && mr_sock_diag_find (peer, local, &owner)) {
    self->uid = owner.uid;
    self->inode = owner.inode;
  }
  return self;
}

MrPeer *
mr_peer_new (int fd)
{
  MrSockaddr peer, local;

  mr_sockaddr_of (fd, TRUE, &peer);
  mr_sockaddr_of (fd, FALSE, &local);
  return mr_peer_new_from_addresses (&peer, &local);
}

void
mr_peer_free (MrPeer *peer)
{
  if (peer == NULL)
    return;
  g_free (peer->address);
  g_free (peer->local);
  g_free (peer->program);
  g_free (peer);
}

MrPeer *
mr_peer_copy (const MrPeer *peer)
{
  MrPeer *copy = g_new (MrPeer, 1);

  *copy = *peer;
  copy->address = g_strdup (peer->address);
  copy->local = g_strdup (peer->local);
  copy->program = g_strdup (peer->program);
  return copy;
}

void
mr_peer_find_program (MrPeer *peer)
{
  guint64 inode = peer->inode;

  /* Zeroed so that a peer that was not found is not looked for again. */
  peer->inode = 0;
  if (inode == 0 || peer->program != NULL)
    return;
  peer->pid = mr_sock_diag_find_process (peer->uid, inode, &peer->program);
}
