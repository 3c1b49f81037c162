/* Passwords through pipes. A peer that keeps its end open costs one descriptor for ten seconds; the bytes read so far are
 * wiped in every case. */
#include <config.h>

#include "service/pipe-secret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "base/os.h"

#define TIMEOUT_SECONDS 10

typedef struct {
  int fd;
  char bytes[MR_SECRET_LONG_MAX + 1];
  gsize len, max;
  gboolean optional;
  guint watch, timeout;
  MrPipeSecretFunc func;
  gpointer data;
} Reading;

static void
reading_end (Reading *reading, const GError *error)
{
  g_autoptr (MrSecret) secret = NULL;
  g_autoptr (GError) wrong = NULL;

  if (error == NULL && reading->len > 0 && reading->len <= reading->max)
    secret = mr_secret_new_long (reading->bytes, reading->len);
  if (error == NULL && secret == NULL && reading->max > MR_SECRET_MAX && reading->len > 0)
    wrong = g_error_new_literal (MR_ERROR, MR_ERROR_INVALID, _ ("The secret is too long or has a zero byte in it"));
  else if (error == NULL && secret == NULL && !reading->optional)
    wrong = g_error_new_literal (MR_ERROR, MR_ERROR_INVALID,
                                 _ ("The password is empty, longer than 4096 bytes or has a zero byte in it"));
  mr_wipe (reading->bytes, sizeof reading->bytes);
  g_clear_handle_id (&reading->watch, g_source_remove);
  g_clear_handle_id (&reading->timeout, g_source_remove);
  close (reading->fd);
  reading->func (secret, error != NULL ? error : wrong, reading->data);
  g_free (reading);
}

static gboolean
readable_cb (gint fd, GIOCondition condition, gpointer data)
{
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  gssize n = read (fd, reading->bytes + reading->len, reading->max + 1 - reading->len);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n < 0)
    mr_set_errno_error (&error, errno, _ ("The password could not be read"));
  else
    reading->len += (gsize)n;
  if (n > 0 && reading->len <= reading->max)
    return G_SOURCE_CONTINUE;
  reading->watch = 0;
  reading_end (reading, error);
  return G_SOURCE_REMOVE;
}

static gboolean
timeout_cb (gpointer data)
{
  Reading *reading = data;
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT,
                                                  _ ("The password did not come in time"));

  reading->timeout = 0;
  reading_end (reading, error);
  return G_SOURCE_REMOVE;
}

static void
read_pipe (int fd, gsize max, gboolean optional, MrPipeSecretFunc func, gpointer data)
{
  Reading *reading = g_new0 (Reading, 1);
  g_autoptr (GError) error = NULL;

  reading->fd = fd;
  reading->max = max;
  reading->optional = optional;
  reading->func = func;
  reading->data = data;
  if (!g_unix_set_fd_nonblocking (fd, TRUE, &error)) {
    g_autoptr (GError) told = g_error_new_literal (MR_ERROR, MR_ERROR_INVALID, error->message);
    reading_end (reading, told);
    return;
  }
  reading->watch = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable_cb, reading);
  reading->timeout = g_timeout_add_seconds (TIMEOUT_SECONDS, timeout_cb, reading);
}

void
mr_pipe_secret_read (int fd, MrPipeSecretFunc func, gpointer data)
{
  read_pipe (fd, MR_SECRET_MAX, FALSE, func, data);
}

void
mr_pipe_secret_read_long (int fd, MrPipeSecretFunc func, gpointer data)
{
  read_pipe (fd, MR_SECRET_LONG_MAX, TRUE, func, data);
}

int
mr_pipe_secret_offer (MrSecret *secret, GError **error)
{
  int fds[2];
  gsize len = mr_secret_length (secret);

  /* A pipe holds more than MR_SECRET_MAX, so that one write is enough and nobody has to be waited for. */
  if (pipe2 (fds, O_CLOEXEC | O_NONBLOCK) != 0) {
    mr_set_errno_error (error, errno, _ ("No pipe for the password"));
    return -1;
  }
  gssize n = write (fds[1], mr_secret_get (secret), len);
  int err = errno;
  close (fds[1]);
  if (n == (gssize)len)
    return fds[0];
  close (fds[0]);
  mr_set_errno_error (error, err, _ ("The password could not be handed over"));
  return -1;
}
