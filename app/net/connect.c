/* Non-blocking connect().
 *
 * Whatever is known at once is told in the next turn of the loop. A loopback port in the range of ephemeral ports can be
 * its own peer (TCP's simultaneous open): such a connection would talk to itself and counts as refused.
 */
#include "config.h"

#include "net/connect.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "net/poller.h"
#include "net/sockaddr.h"

struct _MrConnect {
  MrWatch watch;
  int fd;
  int err; /* known from the start; 0: wait */
  MrSockaddr address;
  MrConnectFunc func;
  gpointer data;
};

static void
set_error (GError **error, const MrSockaddr *address, int err)
{
  g_autofree char *text = mr_sockaddr_dup_with_port (address);

  switch (err) {
  case ETIMEDOUT:
    g_set_error (error, MR_ERROR, MR_ERROR_TIMED_OUT, _ ("%s does not answer."), text);
    break;
  case ECONNREFUSED:
    g_set_error (error, MR_ERROR, MR_ERROR_NETWORK, _ ("Nothing listens on %s: check host and port."), text);
    break;
  case ENETUNREACH:
  case EHOSTUNREACH:
  case ENETDOWN:
  case EADDRNOTAVAIL:
    g_set_error (error, MR_ERROR, MR_ERROR_NETWORK, _ ("There is no way to %s from this network."), text);
    break;
  default:
    g_set_error (error, MR_ERROR, MR_ERROR_NETWORK, _ ("No connection to %s: %s."), text, g_strerror (err));
    break;
  }
}

static gboolean
is_no_route (int err)
{
  return err == ENETUNREACH || err == EHOSTUNREACH || err == ENETDOWN;
}

static gboolean
talks_to_itself (int fd)
{
  MrSockaddr own, peer;

  return mr_sockaddr_of (fd, FALSE, &own) && mr_sockaddr_is_loopback (&own) && mr_sockaddr_of (fd, TRUE, &peer)
         && mr_sockaddr_equal (&own, &peer, TRUE);
}

static void
finish (MrConnect *self, int err)
{
  MrConnectFunc func = self->func;
  gpointer data = self->data;
  g_autoptr (GError) error = NULL;
  int fd = self->fd;

  if (err == 0 && talks_to_itself (fd))
    err = ECONNREFUSED;
  if (err != 0)
    set_error (&error, &self->address, err);
  else
    self->fd = -1;
  mr_connect_cancel (self);
  func (err == 0 ? fd : -1, is_no_route (err), error, data);
}

static void
ready_cb (MrWatch *watch, guint ready)
{
  MrConnect *self = (MrConnect *)watch;
  socklen_t len = sizeof self->err;
  int err = 0;

  if (self->err != 0) {
    finish (self, self->err);
  } else if (ready & (MR_READY_OUT | MR_READY_CLOSED)) {
    MrSockaddr peer;

    if (getsockopt (self->fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
      err = errno;
    /* A socket may be reported before connect() is through. */
    if (err == 0 && !mr_sockaddr_of (self->fd, TRUE, &peer) && !(ready & MR_READY_TIMEOUT))
      return;
    finish (self, err);
  } else if (ready & MR_READY_TIMEOUT) {
    finish (self, ETIMEDOUT);
  }
}

MrConnect *
mr_connect_start (const char *address, guint16 port, guint timeout_ms, MrConnectFunc func, gpointer data)
{
  MrConnect *self = g_new0 (MrConnect, 1);

  self->func = func;
  self->data = data;
  self->fd = -1;
  if (!mr_sockaddr_parse (address, port, &self->address)) {
    self->err = EAFNOSUPPORT;
  } else {
    self->fd = socket (self->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (self->fd < 0
        || (connect (self->fd, &self->address.any, mr_sockaddr_length (&self->address)) != 0 && errno != EINPROGRESS))
      self->err = errno;
  }
  if (!mr_watch_init (&self->watch, self->err == 0 ? self->fd : -1, ready_cb, NULL)) {
    self->err = ENOMEM;
    mr_watch_init (&self->watch, -1, ready_cb, NULL);
  }
  if (self->err != 0)
    mr_watch_again (&self->watch);
  else
    mr_watch_set_timeout (&self->watch, timeout_ms);
  return self;
}

void
mr_connect_cancel (MrConnect *connect)
{
  if (connect == NULL)
    return;
  mr_watch_clear (&connect->watch);
  if (connect->fd >= 0)
    close (connect->fd);
  g_free (connect);
}

char *
mr_connect_dup_local_address (int fd)
{
  MrSockaddr local;

  return mr_sockaddr_of (fd, FALSE, &local) ? mr_sockaddr_dup_address (&local) : NULL;
}

char *
mr_connect_dup_source_address (gboolean is_ip6)
{
  /* Documentation addresses (RFC 5737, 3849): connecting a datagram socket sends nothing, it only chooses a route. */
  MrSockaddr there, here;
  char *text = NULL;
  int fd;

  if (!mr_sockaddr_parse (is_ip6 ? "2001:db8::1" : "192.0.2.1", 53, &there))
    return NULL;
  fd = socket (there.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return NULL;
  if (connect (fd, &there.any, mr_sockaddr_length (&there)) == 0 && mr_sockaddr_of (fd, FALSE, &here))
    text = mr_sockaddr_dup_address (&here);
  close (fd);
  return text;
}
