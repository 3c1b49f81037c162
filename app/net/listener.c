/* Listening sockets in the loop.
 *
 * Connections are accepted in bursts, bounded for each turn. When descriptors or memory run out, accepting rests for a
 * moment instead of spinning, and the rest of the service goes on. What listens in this process is kept in one list,
 * which is how the rest of the program knows that an address leads back to itself.
 */
#include "config.h"

#include "net/listener.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/os.h"
#include "net/activation.h"
#include "net/peer-private.h"
#include "net/poller.h"
#include "net/sock-diag.h"

#define BACKLOG         1024
#define ACCEPT_PER_TURN 64
#define REST_MSEC       200

struct _MrListener {
  MrWatch watch;
  guint refs;
  int fd;
  MrSockaddr bound;
  char *address;
  MrListenerFunc func;
  gpointer data;
  gboolean accepting;
  gboolean closed;
  gboolean starved; /* out of descriptors, logged */
};

static GMutex own_lock;
static GPtrArray *own_listeners; /* MrListener, borrowed */

static void
listener_unref (MrListener *self)
{
  if (--self->refs > 0)
    return;
  g_free (self->address);
  g_free (self);
}

static void
register_own (MrListener *self)
{
  g_mutex_lock (&own_lock);
  if (own_listeners == NULL)
    own_listeners = g_ptr_array_new ();
  g_ptr_array_add (own_listeners, self);
  g_mutex_unlock (&own_lock);
}

static void
unregister_own (MrListener *self)
{
  g_mutex_lock (&own_lock);
  g_ptr_array_remove_fast (own_listeners, self);
  if (own_listeners->len == 0)
    g_clear_pointer (&own_listeners, g_ptr_array_unref);
  g_mutex_unlock (&own_lock);
}

static void
take_one (MrListener *self, int fd, const MrSockaddr *from)
{
  g_autoptr (MrPeer) peer = NULL;
  MrSockaddr local = self->bound;

  if (mr_sockaddr_is_unspecified (&local))
    mr_sockaddr_of (fd, FALSE, &local);
  peer = mr_peer_new_from_addresses (from, &local);
  self->func (self, fd, peer, self->data);
}

/* FALSE: nothing more can be accepted in this turn. */
static gboolean
accept_failed (MrListener *self, int err)
{
  switch (err) {
  case EAGAIN:
    return FALSE;
  case EMFILE:
  case ENFILE:
  case ENOBUFS:
  case ENOMEM:
    if (!self->starved)
      mr_warning ("net", "%s: cannot take more connections now (%s)", self->address, g_strerror (err));
    self->starved = TRUE;
    mr_watch_set_timeout (&self->watch, REST_MSEC);
    return FALSE;
  case EBADF:
  case EINVAL:
  case ENOTSOCK:
    mr_error ("net", "%s: accepting failed (%s)", self->address, g_strerror (err));
    return FALSE;
  default:
    /* The connection was gone before it was taken, or carried a network error of its own: accept(2). */
    return TRUE;
  }
}

static void
ready_cb (MrWatch *watch, guint ready)
{
  MrListener *self = (MrListener *)watch;
  guint n;

  self->refs++;
  for (n = 0; n < ACCEPT_PER_TURN && self->accepting && !self->closed; n++) {
    MrSockaddr from = { 0 };
    socklen_t len = sizeof from;
    int fd = accept4 (self->fd, &from.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0) {
      self->starved = FALSE;
      take_one (self, fd, &from);
    } else if (!accept_failed (self, errno)) {
      break;
    }
  }
  if (n == ACCEPT_PER_TURN && !self->closed)
    mr_watch_again (&self->watch);
  listener_unref (self);
}

static void
set_taken_error (GError **error, const MrSockaddr *address, const char *text)
{
  MrSocketOwner owner;
  g_autofree char *program = NULL;
  gint64 pid = 0;

  if (!mr_sock_diag_find_listener (address, &owner)) {
    g_set_error (error, MR_ERROR, MR_ERROR_BUSY,
                 _ ("Another program listens on %s. Stop it, or choose another port in the settings."), text);
    return;
  }
  pid = mr_sock_diag_find_process (owner.uid, owner.inode, &program);
  if (program != NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_BUSY,
                 _ ("The program “%s” (process %lld) listens on %s. Stop it, or choose another port in the settings."),
                 program, (long long)pid, text);
  } else {
    struct passwd entry, *user = NULL;
    char buffer[4096];

    getpwuid_r ((uid_t)owner.uid, &entry, buffer, sizeof buffer, &user);
    g_set_error (error, MR_ERROR, MR_ERROR_BUSY,
                 _ ("A program of the user “%s” listens on %s. Stop it, or choose another port in the settings."),
                 user != NULL ? user->pw_name : "?", text);
  }
}

static void
set_bind_error (GError **error, int err, const MrSockaddr *address, const char *text)
{
  if (err == EADDRINUSE)
    set_taken_error (error, address, text);
  else if (err == EADDRNOTAVAIL || err == EAFNOSUPPORT)
    g_set_error (error, MR_ERROR, MR_ERROR_NETWORK,
                 _ ("This computer has no address %s. Choose another one in the settings."), text);
  else if (err == EACCES)
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("The system does not allow this user to listen on %s. Choose a port above 1023 in the settings."),
                 text);
  else
    mr_set_errno_error (error, err, _ ("Cannot listen on %s"), text);
}

static int
bind_socket (const MrSockaddr *address, const char *text, GError **error)
{
  int fd = socket (address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, err;

  if (fd >= 0) {
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->any.sa_family == AF_INET6)
      setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind (fd, &address->any, mr_sockaddr_length (address)) == 0 && listen (fd, BACKLOG) == 0)
      return fd;
  }
  err = errno;
  if (fd >= 0)
    close (fd);
  set_bind_error (error, err, address, text);
  return -1;
}

static void
close_socket (int fd)
{
  if (!mr_activation_give_back (fd))
    close (fd);
}

MrListener *
mr_listener_new (const char *address, MrListenerFunc func, gpointer data, GError **error)
{
  MrSockaddr wanted;
  MrListener *self;
  int fd, on = 1;

  if (!mr_sockaddr_parse_with_port (address, &wanted)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                 _ ("“%s” is not an address to listen on. Write it like 127.0.0.1:2525 or [::1]:2525."), address);
    return NULL;
  }
  fd = mr_activation_take (&wanted);
  if (fd < 0)
    fd = bind_socket (&wanted, address, error);
  if (fd < 0)
    return NULL;
  self = g_new0 (MrListener, 1);
  if (!mr_watch_init (&self->watch, fd, ready_cb, error)) {
    close_socket (fd);
    g_free (self);
    return NULL;
  }
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  self->refs = 1;
  self->fd = fd;
  self->func = func;
  self->data = data;
  self->accepting = TRUE;
  mr_sockaddr_of (fd, FALSE, &self->bound);
  self->address = mr_sockaddr_dup_with_port (&self->bound);
  register_own (self);
  return self;
}

void
mr_listener_free (MrListener *listener)
{
  if (listener == NULL)
    return;
  unregister_own (listener);
  mr_watch_clear (&listener->watch);
  close_socket (listener->fd);
  listener->closed = TRUE;
  listener_unref (listener);
}

const char *
mr_listener_get_address (MrListener *listener)
{
  return listener->address;
}

void
mr_listener_set_accepting (MrListener *listener, gboolean accepting)
{
  if (listener->accepting == accepting)
    return;
  listener->accepting = accepting;
  /* What came meanwhile gives no new edge. */
  if (accepting)
    mr_watch_again (&listener->watch);
}

/* A datagram socket can be bound to an address exactly where it is one of this machine's. */
static gboolean
is_local (const MrSockaddr *address)
{
  MrSockaddr any_port = *address;
  gboolean local = FALSE;
  int fd;

  if (any_port.any.sa_family == AF_INET6)
    any_port.v6.sin6_port = 0;
  else
    any_port.v4.sin_port = 0;
  fd = socket (address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0) {
    local = bind (fd, &any_port.any, mr_sockaddr_length (&any_port)) == 0;
    close (fd);
  }
  return local;
}

gboolean
mr_listener_is_own (const char *address, guint16 port)
{
  MrSockaddr wanted;
  gboolean own = FALSE;

  if (!mr_sockaddr_parse (address, port, &wanted))
    return FALSE;
  mr_sockaddr_unmap (&wanted);
  /* connect() to the unspecified address goes to loopback. */
  if (mr_sockaddr_is_unspecified (&wanted))
    mr_sockaddr_parse (wanted.any.sa_family == AF_INET6 ? "::1" : "127.0.0.1", port, &wanted);
  g_mutex_lock (&own_lock);
  for (guint i = 0; own_listeners != NULL && i < own_listeners->len && !own; i++) {
    const MrListener *listener = g_ptr_array_index (own_listeners, i);

    if (mr_sockaddr_port (&listener->bound) != port)
      continue;
    own = mr_sockaddr_equal (&listener->bound, &wanted, FALSE)
          || (mr_sockaddr_is_unspecified (&listener->bound) && is_local (&wanted));
  }
  g_mutex_unlock (&own_lock);
  return own;
}
