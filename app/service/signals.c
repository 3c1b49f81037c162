/* Signals through a pipe.
 *
 * g_unix_signal_add() will not do: GDBus raises SIGTERM in its own process when a shared bus connection (of the keyring or the network monitor) is lost,
 * and the service must outlive the bus. Only a handler with siginfo sees who sent it.
 */
#include <config.h>

#include "service/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <unistd.h>

#include "base/os.h"

static int pipe_fds[2] = { -1, -1 };
static volatile sig_atomic_t write_fd = -1;
static guint source;
static MrSignalFunc signal_func;
static gpointer signal_data;

static void
handler (int number, siginfo_t *info, void *context)
{
  int saved = errno;
  const unsigned char byte = (unsigned char)number;

  if (info->si_pid != getpid () && write (write_fd, &byte, 1) < 0) {
    /* The pipe is full of signals that nobody read yet: one more changes nothing. */
  }
  errno = saved;
}

static gboolean
pipe_cb (gint fd, GIOCondition condition, gpointer data)
{
  unsigned char byte;

  while (read (fd, &byte, 1) == 1)
    signal_func (byte, signal_data);
  return G_SOURCE_CONTINUE;
}

gboolean
mr_signals_watch (MrSignalFunc func, gpointer data, GError **error)
{
  struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART };
  struct sigaction ignore = { .sa_handler = SIG_IGN };

  if (pipe2 (pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0) {
    mr_set_errno_error (error, errno, _ ("No pipe for signals"));
    return FALSE;
  }
  write_fd = pipe_fds[1];
  signal_func = func;
  signal_data = data;
  source = g_unix_fd_add (pipe_fds[0], G_IO_IN, pipe_cb, NULL);
  sigemptyset (&action.sa_mask);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGPIPE, &ignore, NULL);
  return TRUE;
}

void
mr_signals_unwatch (void)
{
  struct sigaction normal = { .sa_handler = SIG_DFL };

  sigaction (SIGTERM, &normal, NULL);
  sigaction (SIGINT, &normal, NULL);
  g_clear_handle_id (&source, g_source_remove);
  for (guint i = 0; i < 2; i++)
    if (pipe_fds[i] >= 0)
      close (pipe_fds[i]);
  pipe_fds[0] = pipe_fds[1] = -1;
}
