/* The room's event loop glue: one epoll set for each thread's main context, seen by GLib as a single source.
 *
 * A turn of a GMainContext costs work for every source it has, and each change of a source wakes the context up once more.
 * With twenty connections that is not to be measured; with three hundred open ones a source for each costs half as much CPU
 * again for a short connection. Here registering is one system call, changing needs none (edge-triggered), and deadlines are
 * looked at only when the earliest one has come.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrPoller MrPoller;
typedef struct _MrWatch MrWatch;

typedef enum {
  MR_READY_IN = 1 << 0,      /* edge: read until it would block */
  MR_READY_OUT = 1 << 1,     /* edge: write until it would block */
  MR_READY_CLOSED = 1 << 2,  /* the peer closed one or both directions, or an error waits: read to learn which */
  MR_READY_TIMEOUT = 1 << 3, /* the deadline has passed; it is cleared */
  MR_READY_AGAIN = 1 << 4,   /* asked for by mr_watch_again() */
} MrReady;

/* May clear the watch, free what holds it and work on other watches. */
typedef void (*MrWatchFunc) (MrWatch *watch, guint ready);

/* To be embedded, zeroed; the fields are the poller's. */
struct _MrWatch {
  MrPoller *poller;
  MrWatchFunc func;
  int fd;
  guint ready;
  gboolean queued;
  gint64 deadline;
  GList run_link;
  GList timed_link;
};

/* fd -1: only for deadlines and mr_watch_again(). The fd stays the caller's. Belongs to the thread that calls. */
gboolean mr_watch_init (MrWatch *watch, int fd, MrWatchFunc func, GError **error);
/* func is not called any more. To be called before the fd is closed. Does nothing for a watch that is not in use. */
void mr_watch_clear (MrWatch *watch);
/* func is called in the next turn of the loop. */
void mr_watch_again (MrWatch *watch);
/* In msec from now; 0: never. Cheap: the loop is touched only where this is the earliest of all deadlines. */
void mr_watch_set_timeout (MrWatch *watch, guint msec);

/* One read buffer serves all sockets of a thread. NULL while another watch below on the stack has it. The poller stays
 * until the buffer is given back, also where the watch is cleared meanwhile. used: bytes that are wiped. */
guint8 *mr_poller_take_scratch (MrPoller *poller, gsize *ret_size);
void mr_poller_give_scratch (MrPoller *poller, gsize used);

G_END_DECLS
