/* The epoll set behind a GSource.
 *
 * Readiness, passed deadlines and explicit requests all put a watch into the run queue first; only then are callbacks
 * called, so a callback may clear any watch. A watch that asks again while the queue runs waits for the next turn: no
 * connection can keep the loop to itself. The poller lives as long as its thread or its last watch, whichever is longer.
 */
#include "net/poller.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/os.h"
#include "base/secret.h"

#define EVENTS_PER_TURN 128
#define SCRATCH_SIZE    65536

struct _MrPoller {
  GSource source;
  gpointer tag;
  int epoll_fd;
  guint users; /* watches, and one for the thread */
  MrClock *clock;
  GQueue run;
  GQueue timed;
  gint64 next_look; /* when deadlines are looked at next; 0: never */
  guint8 *scratch;
  gboolean scratch_taken;
};

static void poller_release (gpointer data);

static GPrivate current_poller = G_PRIVATE_INIT (poller_release);

static void
enqueue (MrWatch *watch, guint ready)
{
  watch->ready |= ready;
  if (watch->queued)
    return;
  watch->queued = TRUE;
  g_queue_push_tail_link (&watch->poller->run, &watch->run_link);
}

static void
collect_events (MrPoller *poller)
{
  struct epoll_event events[EVENTS_PER_TURN];
  int n = epoll_wait (poller->epoll_fd, events, EVENTS_PER_TURN, 0);

  for (int i = 0; i < n; i++) {
    guint ready = 0;

    if (events[i].events & EPOLLIN)
      ready |= MR_READY_IN;
    if (events[i].events & EPOLLOUT)
      ready |= MR_READY_OUT;
    if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
      ready |= MR_READY_CLOSED;
    enqueue (events[i].data.ptr, ready);
  }
}

static void
set_look (MrPoller *poller, gint64 when)
{
  poller->next_look = when;
  g_source_set_ready_time (&poller->source, when != 0 ? when : -1);
}

static void
untime (MrWatch *watch)
{
  if (watch->deadline == 0)
    return;
  watch->deadline = 0;
  g_queue_unlink (&watch->poller->timed, &watch->timed_link);
}

static void
collect_timeouts (MrPoller *poller)
{
  gint64 now, next = 0;

  if (poller->next_look == 0 || (now = mr_clock_monotonic (poller->clock)) < poller->next_look)
    return;
  for (GList *l = poller->timed.head; l != NULL;) {
    MrWatch *watch = l->data;

    l = l->next;
    if (watch->deadline <= now) {
      untime (watch);
      enqueue (watch, MR_READY_TIMEOUT);
    } else if (next == 0 || watch->deadline < next) {
      next = watch->deadline;
    }
  }
  set_look (poller, next);
}

static gboolean
poller_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return ((MrPoller *)source)->run.length > 0;
}

static gboolean
poller_dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  MrPoller *poller = (MrPoller *)source;
  guint n;

  collect_events (poller);
  collect_timeouts (poller);
  for (n = poller->run.length; n > 0 && poller->run.head != NULL; n--) {
    GList *link = g_queue_pop_head_link (&poller->run);
    MrWatch *watch = link->data;
    guint ready = watch->ready;

    watch->queued = FALSE;
    watch->ready = 0;
    watch->func (watch, ready);
  }
  return G_SOURCE_CONTINUE;
}

static void
poller_finalize (GSource *source)
{
  MrPoller *poller = (MrPoller *)source;

  if (poller->epoll_fd >= 0)
    close (poller->epoll_fd);
  g_clear_pointer (&poller->clock, mr_clock_unref);
  g_free (poller->scratch);
}

static GSourceFuncs poller_funcs
    = { .prepare = poller_prepare, .dispatch = poller_dispatch, .finalize = poller_finalize };

static void
poller_release (gpointer data)
{
  MrPoller *poller = data;

  if (--poller->users > 0)
    return;
  g_source_destroy (&poller->source);
  g_source_unref (&poller->source);
}

static MrPoller *
poller_new (GMainContext *context, GError **error)
{
  MrPoller *poller = (MrPoller *)g_source_new (&poller_funcs, sizeof (MrPoller));

  poller->users = 1;
  poller->clock = mr_clock_new_real ();
  poller->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (poller->epoll_fd < 0) {
    mr_set_errno_error (error, errno, "Cannot watch connections");
    g_source_unref (&poller->source);
    return NULL;
  }
  g_source_set_static_name (&poller->source, "connections");
  poller->tag = g_source_add_unix_fd (&poller->source, poller->epoll_fd, G_IO_IN);
  g_source_attach (&poller->source, context);
  return poller;
}

/* (transfer none) the poller of this thread's default context. */
static MrPoller *
poller_get (GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  MrPoller *poller = g_private_get (&current_poller);

  if (poller != NULL && !g_source_is_destroyed (&poller->source) && g_source_get_context (&poller->source) == context)
    return poller;
  poller = poller_new (context, error);
  if (poller != NULL)
    g_private_replace (&current_poller, poller);
  return poller;
}

gboolean
mr_watch_init (MrWatch *watch, int fd, MrWatchFunc func, GError **error)
{
  MrPoller *poller = poller_get (error);

  if (poller == NULL)
    return FALSE;
  if (fd >= 0) {
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = watch };

    if (epoll_ctl (poller->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
      mr_set_errno_error (error, errno, "Cannot watch a connection");
      return FALSE;
    }
  }
  *watch = (MrWatch){ .poller = poller, .func = func, .fd = fd, .run_link.data = watch, .timed_link.data = watch };
  poller->users++;
  return TRUE;
}

void
mr_watch_clear (MrWatch *watch)
{
  MrPoller *poller = watch->poller;

  if (poller == NULL)
    return;
  /* Closing alone would leave the registration where the descriptor was duplicated. */
  if (watch->fd >= 0)
    epoll_ctl (poller->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  if (watch->queued)
    g_queue_unlink (&poller->run, &watch->run_link);
  untime (watch);
  *watch = (MrWatch){ .fd = -1 };
  poller_release (poller);
}

void
mr_watch_again (MrWatch *watch)
{
  MrPoller *poller = watch->poller;

  if (poller == NULL)
    return;
  enqueue (watch, MR_READY_AGAIN);
}

void
mr_watch_set_timeout (MrWatch *watch, guint msec)
{
  MrPoller *poller = watch->poller;
  gint64 deadline;

  if (poller == NULL)
    return;
  if (msec == 0) {
    untime (watch);
    return;
  }
  deadline = mr_clock_monotonic (poller->clock) + (gint64)msec * 1000;
  if (watch->deadline == 0)
    g_queue_push_tail_link (&poller->timed, &watch->timed_link);
  watch->deadline = deadline;
  if (poller->next_look == 0 || deadline < poller->next_look)
    set_look (poller, deadline);
}

guint8 *
mr_poller_take_scratch (MrPoller *poller, gsize *ret_size)
{
  if (poller->scratch_taken)
    return NULL;
  if (poller->scratch == NULL)
    poller->scratch = g_malloc (SCRATCH_SIZE);
  poller->scratch_taken = TRUE;
  poller->users++;
  *ret_size = SCRATCH_SIZE;
  return poller->scratch;
}

void
mr_poller_give_scratch (MrPoller *poller, gsize used)
{
  /* A password may have passed through. */
  mr_wipe (poller->scratch, used);
  poller->scratch_taken = FALSE;
  poller_release (poller);
}
