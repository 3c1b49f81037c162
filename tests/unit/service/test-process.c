/* What the service tells and hears as a process: signals, the service manager, sealed memory files. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/memfd.h"
#include "service/notify.h"
#include "service/signals.h"

static void
signal_cb (int number, gpointer data)
{
  *(int *)data = number;
}

/* GDBus raises SIGTERM in this process when a shared bus goes: that must not count, another process's signal must. */
static void
test_signals (void)
{
  int seen = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (mr_signals_watch (signal_cb, &seen, &error));
  g_assert_no_error (error);
  raise (SIGTERM);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_assert_cmpint (seen, ==, 0);

  pid_t parent = getpid (), child = fork ();
  if (child == 0) {
    kill (parent, SIGINT);
    _exit (0);
  }
  while (seen == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (seen, ==, SIGINT);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  raise (SIGPIPE);
  mr_signals_unwatch ();
}

static int
bind_notify_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  return fd;
}

static void
test_notify (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mr-notify-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notify", NULL);
  char bytes[64] = "";
  int fd = bind_notify_socket (path);

  g_unsetenv ("NOTIFY_SOCKET");
  mr_service_notify ("READY=1");
  g_setenv ("NOTIFY_SOCKET", "not/absolute", TRUE);
  mr_service_notify ("READY=1");
  g_setenv ("NOTIFY_SOCKET", path, TRUE);
  mr_service_notify ("STOPPING=1");
  g_assert_cmpint (recv (fd, bytes, sizeof bytes - 1, 0), ==, 10);
  g_assert_cmpstr (bytes, ==, "STOPPING=1");
  g_assert_cmpint (recv (fd, bytes, sizeof bytes, MSG_DONTWAIT), ==, -1);
  close (fd);
  g_unlink (path);
  g_rmdir (folder);
  g_unsetenv ("NOTIFY_SOCKET");
}

static void
test_memfd (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("message", 7);
  g_autoptr (GError) error = NULL;
  char copy[16];
  int fd = mr_memfd_new_sealed (bytes, &error);

  g_assert_no_error (error);
  g_assert_cmpint (read (fd, copy, sizeof copy), ==, 7);
  g_assert_cmpmem (copy, 7, "message", 7);
  g_assert_cmpint (write (fd, "x", 1), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (ftruncate (fd, 0), ==, -1);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/process/signals", test_signals);
  g_test_add_func ("/service/process/notify", test_notify);
  g_test_add_func ("/service/process/memfd", test_memfd);
  return g_test_run ();
}
