/* Who is at the other end of an accepted connection: address, and over loopback the uid, process and program. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  char *address; /* numeric, without port */
  guint16 port;
  char *local; /* "127.0.0.1:2525" */
  gboolean loopback;
  gint64 uid;    /* -1: unknown (not loopback, the peer has closed, the kernel does not tell) */
  guint64 inode; /* the kernel's number of the peer's socket, 0: unknown; finds its process */
  gint64 pid;    /* 0: unknown */
  char *program; /* executable name; NULL: unknown */
} MrPeer;

/* Opens the sock_diag socket; to be called before the sandbox. Without it the slow way through /proc is taken. */
void mr_peer_init (void);
/* Starts the child that finds programs for a process that is about to enter its sandbox (net/process-helper); before the first
 * thread. Without it mr_peer_find_program() looks itself, which a sandbox does not allow. */
gboolean mr_peer_start_helper (GError **error);
/* fd: accepted socket. A peer that has closed already reads as uid 0 with inode 0 in the kernel's answer: it is unknown here. */
MrPeer *mr_peer_new (int fd);
void mr_peer_free (MrPeer *peer);
MrPeer *mr_peer_copy (const MrPeer *peer);
/* Looks pid and program up (walks /proc: some ms, much less for a process seen lately; same-user processes only), once. For
 * display only, never for a decision. */
void mr_peer_find_program (MrPeer *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrPeer, mr_peer_free)

G_END_DECLS
