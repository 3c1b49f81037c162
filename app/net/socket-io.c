/* Clear-text input and output of a socket. */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/socket.h>

#include "net/transport.h"

static MrIo
outcome (gssize n, gsize *ret_len, GError **error)
{
  if (n >= 0) {
    *ret_len = (gsize)n;
    return MR_IO_OK;
  }
  *ret_len = 0;
  if (errno == EAGAIN)
    return MR_IO_AGAIN;
  g_set_error (error, MR_ERROR, errno == ETIMEDOUT ? MR_ERROR_TIMED_OUT : MR_ERROR_NETWORK,
               _ ("The connection was lost: %s."), g_strerror (errno));
  return MR_IO_ERROR;
}

MrIo
mr_socket_read (int fd, void *data, gsize size, gsize *ret_len, GError **error)
{
  gssize n;
  MrIo io;

  do
    n = recv (fd, data, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  io = outcome (n, ret_len, error);
  return io == MR_IO_OK && n == 0 ? MR_IO_EOF : io;
}

MrIo
mr_socket_write (int fd, const void *data, gsize len, gsize *ret_len, GError **error)
{
  gssize n;

  do
    n = send (fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return outcome (n, ret_len, error);
}
