/* Sockets handed over by the service manager. */
#include "net/activation.h"

#include <fcntl.h>
#include <unistd.h>

#define FIRST_FD 3
#define FDS_MAX  64

static GMutex taken_lock;
static gboolean taken[FDS_MAX];

/* How many were handed to this very process: the variables may be inherited from a parent they were meant for. */
static guint
count (void)
{
  guint64 pid, n;

  if (!g_ascii_string_to_unsigned (g_getenv ("LISTEN_PID") ?: "", 10, 1, G_MAXINT32, &pid, NULL)
      || pid != (guint64)getpid ()
      || !g_ascii_string_to_unsigned (g_getenv ("LISTEN_FDS") ?: "", 10, 1, FDS_MAX, &n, NULL))
    return 0;
  return (guint)n;
}

static gboolean
is_listening_stream (int fd)
{
  int type = 0, accepting = 0;
  socklen_t len = sizeof type;

  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || type != SOCK_STREAM)
    return FALSE;
  len = sizeof accepting;
  return getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &len) == 0 && accepting;
}

int
mr_activation_take (const MrSockaddr *address)
{
  guint n = count ();
  int found = -1;

  g_mutex_lock (&taken_lock);
  for (guint i = 0; i < n && found < 0; i++) {
    int fd = FIRST_FD + (int)i;
    MrSockaddr own;

    if (taken[i] || !is_listening_stream (fd) || !mr_sockaddr_of (fd, FALSE, &own)
        || !mr_sockaddr_equal (&own, address, TRUE))
      continue;
    taken[i] = TRUE;
    found = fd;
  }
  g_mutex_unlock (&taken_lock);
  if (found >= 0) {
    fcntl (found, F_SETFD, FD_CLOEXEC);
    fcntl (found, F_SETFL, fcntl (found, F_GETFL) | O_NONBLOCK);
  }
  return found;
}

gboolean
mr_activation_give_back (int fd)
{
  gboolean was = FALSE;

  if (fd < FIRST_FD || fd >= FIRST_FD + FDS_MAX)
    return FALSE;
  g_mutex_lock (&taken_lock);
  was = taken[fd - FIRST_FD];
  taken[fd - FIRST_FD] = FALSE;
  g_mutex_unlock (&taken_lock);
  return was;
}
