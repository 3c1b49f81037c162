/* Listening sockets: accepting, ports that are taken, sockets handed over, descriptors that run out. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "net-test.h"
#include "net/listener.h"
#include "net/sockaddr.h"

typedef struct {
  guint accepted;
  gint64 uid;
  gboolean free_inside;
  gboolean stop_inside;
} Seen;

static void
accepted_cb (MrListener *listener, int fd, const MrPeer *peer, gpointer data)
{
  Seen *seen = data;

  seen->accepted++;
  seen->uid = peer->uid;
  g_assert_cmpstr (peer->local, ==, mr_listener_get_address (listener));
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_NONBLOCK, !=, 0);
  close (fd);
  if (seen->stop_inside)
    mr_listener_set_accepting (listener, FALSE);
  if (seen->free_inside)
    mr_listener_free (listener);
}

static guint16
port_of (MrListener *listener)
{
  MrSockaddr address;

  g_assert_true (mr_sockaddr_parse_with_port (mr_listener_get_address (listener), &address));
  return mr_sockaddr_port (&address);
}

static int
dial (MrListener *listener)
{
  MrSockaddr address;
  int fd;

  g_assert_true (mr_sockaddr_parse_with_port (mr_listener_get_address (listener), &address));
  fd = socket (address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fd, &address.any, mr_sockaddr_length (&address)), ==, 0);
  return fd;
}

static void
test_accepts (void)
{
  static const char *const addresses[] = { "127.0.0.1:0", "[::1]:0" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    Seen seen = { 0 };
    g_autoptr (GError) error = NULL;
    g_autoptr (MrListener) listener = mr_listener_new (addresses[i], accepted_cb, &seen, &error);
    int fd;

    g_assert_no_error (error);
    g_assert_cmpuint (port_of (listener), !=, 0);
    fd = dial (listener);
    wait_for (seen.accepted == 1);
    g_assert_cmpint (seen.uid, ==, geteuid ());
    close (fd);
  }
}

/* More than one turn takes, all there before the loop runs. */
static void
test_burst (void)
{
  Seen seen = { 0 };
  g_autoptr (MrListener) listener = mr_listener_new ("127.0.0.1:0", accepted_cb, &seen, NULL);
  int fds[200];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = dial (listener);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (seen.accepted, <=, 64);
  wait_for (seen.accepted == G_N_ELEMENTS (fds));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_not_accepting (void)
{
  Seen seen = { .stop_inside = TRUE };
  g_autoptr (MrListener) listener = mr_listener_new ("127.0.0.1:0", accepted_cb, &seen, NULL);
  int one = dial (listener), other = dial (listener);

  settle ();
  g_assert_cmpuint (seen.accepted, ==, 1);
  mr_listener_set_accepting (listener, TRUE);
  wait_for (seen.accepted == 2);
  close (one);
  close (other);
}

static void
test_free_inside (void)
{
  Seen seen = { .free_inside = TRUE };
  MrListener *listener = mr_listener_new ("127.0.0.1:0", accepted_cb, &seen, NULL);
  int one = dial (listener), other = dial (listener);

  settle ();
  g_assert_cmpuint (seen.accepted, ==, 1);
  close (one);
  close (other);
}

static void
test_bad_address (void)
{
  static const char *const bad[] = { "", "localhost:25", "127.0.0.1", "127.0.0.1:99999", "::1:25" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mr_listener_new (bad[i], accepted_cb, NULL, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

static void
test_no_such_address (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_listener_new ("192.0.2.77:0", accepted_cb, NULL, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NETWORK);
}

static void
test_taken (void)
{
  g_autofree char *address = NULL, *number = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port;
  int fd = listen_on (AF_INET, &port);

  address = g_strdup_printf ("127.0.0.1:%u", port);
  number = g_strdup_printf ("%d", getpid ());
  g_assert_null (mr_listener_new (address, accepted_cb, NULL, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, address));
  g_assert_nonnull (strstr (error->message, "test-listener"));
  g_assert_nonnull (strstr (error->message, number));
  close (fd);
}

/* By a program of another user, whose processes we may not look into: the user is named. */
static void
test_taken_by_other_user (void)
{
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  int pipe_fds[2], status;
  guint16 port;
  pid_t child;

  if (geteuid () != 0) {
    g_test_skip ("needs root to listen as another user");
    return;
  }
  g_assert_cmpint (pipe2 (pipe_fds, O_CLOEXEC), ==, 0);
  child = fork ();
  if (child == 0) {
    if (setresuid (65534, 65534, 65534) != 0)
      _exit (1);
    listen_on (AF_INET, &port);
    if (write (pipe_fds[1], &port, sizeof port) < 0)
      _exit (2);
    pause ();
    _exit (0);
  }
  g_assert_cmpint (read (pipe_fds[0], &port, sizeof port), ==, sizeof port);
  address = g_strdup_printf ("127.0.0.1:%u", port);
  g_assert_null (mr_listener_new (address, accepted_cb, NULL, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_BUSY);
  g_assert_cmpint (kill (child, SIGTERM), ==, 0);
  waitpid (child, &status, 0);
  close (pipe_fds[0]);
  close (pipe_fds[1]);
}

static void
test_own (void)
{
  Seen seen = { 0 };
  g_autoptr (MrListener) listener = mr_listener_new ("127.0.0.1:0", accepted_cb, &seen, NULL);
  MrListener *wildcard = mr_listener_new ("0.0.0.0:0", accepted_cb, &seen, NULL);
  guint16 port = port_of (listener), wide = port_of (wildcard);

  g_assert_true (mr_listener_is_own ("127.0.0.1", port));
  g_assert_true (mr_listener_is_own ("::ffff:127.0.0.1", port));
  g_assert_true (mr_listener_is_own ("0.0.0.0", port));
  g_assert_false (mr_listener_is_own ("127.0.0.2", port));
  g_assert_false (mr_listener_is_own ("::1", port));
  g_assert_false (mr_listener_is_own ("127.0.0.1", (guint16)(port + 1)) && wide != port + 1);
  g_assert_false (mr_listener_is_own ("localhost", port));
  g_assert_true (mr_listener_is_own ("127.0.0.1", wide));
  g_assert_true (mr_listener_is_own ("127.0.0.7", wide));
  g_assert_false (mr_listener_is_own ("192.0.2.1", wide));
  mr_listener_free (wildcard);
  g_assert_false (mr_listener_is_own ("127.0.0.1", wide));
}

static guint
count_warnings (guint64 *after)
{
  g_auto (GStrv) lines = mr_log_dup_lines (*after, 100, after);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += strstr (lines[i], "cannot take more connections") != NULL;
  return n;
}

/* Without descriptors accepting rests, is logged once, and goes on by itself. */
static void
test_out_of_descriptors (void)
{
  Seen seen = { 0 };
  g_autoptr (MrListener) listener = mr_listener_new ("127.0.0.1:0", accepted_cb, &seen, NULL);
  g_autoptr (GArray) fillers = g_array_new (FALSE, FALSE, sizeof (int));
  struct rlimit old, low;
  guint64 serial = 0;
  int one, other, fd;

  count_warnings (&serial);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &old), ==, 0);
  low = old;
  low.rlim_cur = 256;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
  one = dial (listener);
  other = dial (listener);
  while ((fd = dup (one)) >= 0)
    g_array_append_val (fillers, fd);
  g_assert_cmpint (errno, ==, EMFILE);
  settle ();
  g_assert_cmpuint (seen.accepted, ==, 0);
  /* The rest ends and begins again, without a second line in the log. */
  g_main_context_iteration (NULL, TRUE);
  settle ();
  g_assert_cmpuint (count_warnings (&serial), ==, 1);
  for (guint i = 0; i < fillers->len; i++)
    close (g_array_index (fillers, int, i));
  wait_for (seen.accepted == 2);
  g_assert_cmpuint (count_warnings (&serial), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  close (one);
  close (other);
}

/* ---- sockets of the service manager: this program again, with LISTEN_FDS ---- */

static const char *self_path;

/* fds 3 and 4 are handed over; the second is not asked for. */
static int
activated_child (const char *address)
{
  Seen seen = { 0 };
  g_autoptr (GError) error = NULL;
  MrListener *listener, *again;
  int fd;

  listener = mr_listener_new (address, accepted_cb, &seen, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fcntl (3, F_GETFD) & FD_CLOEXEC, !=, 0);
  fd = dial (listener);
  wait_for (seen.accepted == 1);
  close (fd);
  /* In use: a second listener for the same address finds the port taken. */
  g_assert_null (mr_listener_new (address, accepted_cb, &seen, NULL));
  mr_listener_free (listener);
  again = mr_listener_new (address, accepted_cb, &seen, &error);
  g_assert_no_error (error);
  fd = dial (again);
  wait_for (seen.accepted == 2);
  close (fd);
  mr_listener_free (again);
  /* Neither ours nor closed. */
  g_assert_cmpint (fcntl (4, F_GETFD), >=, 0);
  return 42;
}

static void
test_activated (void)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  guint16 port, other;
  int fd = listen_on (AF_INET, &port);

  address = g_strdup_printf ("127.0.0.1:%u", port);
  g_subprocess_launcher_take_fd (launcher, fd, 3);
  g_subprocess_launcher_take_fd (launcher, listen_on (AF_INET, &other), 4);
  g_subprocess_launcher_setenv (launcher, "LISTEN_FDS", "2", TRUE);
  child = g_subprocess_launcher_spawn (launcher, &error, "/bin/sh", "-c",
                                       "LISTEN_PID=$$ exec \"$0\" --activated \"$1\"", self_path, address, NULL);
  g_assert_no_error (error);
  g_subprocess_launcher_close (launcher);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (child));
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 42);
}

/* Variables that were meant for a parent hand nothing to us. */
static void
test_not_activated (void)
{
  Seen seen = { 0 };
  g_autoptr (MrListener) listener = NULL;

  g_setenv ("LISTEN_FDS", "60", TRUE);
  g_setenv ("LISTEN_PID", "1", TRUE);
  listener = mr_listener_new ("127.0.0.1:0", accepted_cb, &seen, NULL);
  g_assert_nonnull (listener);
  g_unsetenv ("LISTEN_FDS");
  g_unsetenv ("LISTEN_PID");
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--activated") == 0)
    return activated_child (argv[2]);
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  mr_peer_init ();
  mr_log_set_stderr (FALSE);
  g_test_add_func ("/listener/accepts", test_accepts);
  g_test_add_func ("/listener/burst", test_burst);
  g_test_add_func ("/listener/not-accepting", test_not_accepting);
  g_test_add_func ("/listener/free-inside", test_free_inside);
  g_test_add_func ("/listener/bad-address", test_bad_address);
  g_test_add_func ("/listener/no-such-address", test_no_such_address);
  g_test_add_func ("/listener/taken", test_taken);
  g_test_add_func ("/listener/taken-by-other-user", test_taken_by_other_user);
  g_test_add_func ("/listener/own", test_own);
  g_test_add_func ("/listener/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/listener/activated", test_activated);
  g_test_add_func ("/listener/not-activated", test_not_activated);
  return g_test_run ();
}
