/* Who is at the other end: own uid, another one, peers that are gone. */
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net-test.h"
#include "net/peer.h"
#include "net/sock-diag.h"

#define OTHER_UID 65534

static void
test_own_uid (void)
{
  static const int families[] = { AF_INET, AF_INET6 };
  static const char *const addresses[] = { "127.0.0.1", "::1" };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autoptr (MrPeer) peer = NULL, copy = NULL;
    g_autofree char *name = NULL, *path = NULL;
    int fds[2];

    tcp_pair (families[i], fds);
    peer = mr_peer_new (fds[0]);
    g_assert_cmpstr (peer->address, ==, addresses[i]);
    g_assert_cmpuint (peer->port, !=, 0);
    g_assert_true (peer->loopback);
    g_assert_cmpint (peer->uid, ==, geteuid ());
    g_assert_true (g_str_has_prefix (peer->local, i == 0 ? "127.0.0.1:" : "[::1]:"));
    g_assert_cmpint (peer->pid, ==, 0);
    mr_peer_find_program (peer);
    g_assert_cmpint (peer->pid, ==, getpid ());
    name = g_path_get_basename (g_get_prgname ());
    g_assert_cmpstr (peer->program, ==, name);
    copy = mr_peer_copy (peer);
    g_assert_cmpstr (copy->program, ==, peer->program);
    g_assert_cmpstr (copy->local, ==, peer->local);
    /* A second time it is found among those seen lately, or not looked for at all. */
    mr_peer_find_program (peer);
    g_assert_cmpint (peer->pid, ==, getpid ());
    close (fds[0]);
    close (fds[1]);
  }
}

/* A child with another uid that connects, optionally with a mapped address, and waits for or does not wait for us. */
static pid_t
connect_as (uid_t uid, int listener, gboolean mapped, gboolean close_at_once, int wait_fd)
{
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  pid_t child;

  g_assert_cmpint (getsockname (listener, (struct sockaddr *)&address, &len), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = ((struct sockaddr_in *)&address)->sin_port };
    char byte;
    int fd;

    if (uid != 0 && setresuid (uid, uid, uid) != 0)
      _exit (2);
    v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
    v6.sin6_addr.s6_addr[12] = 127;
    v6.sin6_addr.s6_addr[15] = 1;
    fd = socket (mapped ? AF_INET6 : address.ss_family, SOCK_STREAM, 0);
    if (connect (fd, mapped ? (struct sockaddr *)&v6 : (struct sockaddr *)&address, mapped ? sizeof v6 : len) != 0)
      _exit (3);
    if (close_at_once)
      close (fd);
    else if (read (wait_fd, &byte, 1) < 0)
      _exit (4);
    _exit (0);
  }
  return child;
}

static void
check_other_uid (int family, gboolean mapped)
{
  g_autoptr (MrPeer) peer = NULL;
  int pipe_fds[2], status, fd, listener;
  guint16 port;
  pid_t child;

  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  listener = listen_on (family, &port);
  child = connect_as (OTHER_UID, listener, mapped, FALSE, pipe_fds[0]);
  fd = accept (listener, NULL, NULL);
  peer = mr_peer_new (fd);
  g_assert_cmpint (peer->uid, ==, OTHER_UID);
  g_assert_true (peer->loopback);
  close (pipe_fds[1]);
  close (pipe_fds[0]);
  g_assert_cmpint (kill (child, SIGTERM), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (fd);
  close (listener);
}

static void
test_other_uid (void)
{
  if (geteuid () != 0) {
    g_test_skip ("needs root to connect as another user");
    return;
  }
  check_other_uid (AF_INET, FALSE);
  check_other_uid (AF_INET6, FALSE);
  check_other_uid (AF_INET, TRUE);
}

/* A socket without an owner reads as uid 0 in the kernel: that must never be taken for root. */
static void
test_gone (void)
{
  static const int families[] = { AF_INET, AF_INET6 };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autoptr (MrPeer) peer = NULL;
    guint16 port;
    int listener = listen_on (families[i], &port), status, fd;
    pid_t child = connect_as (geteuid () == 0 ? OTHER_UID : 0, listener, FALSE, TRUE, -1);
    char byte;

    fd = accept (listener, NULL, NULL);
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_cmpint (recv (fd, &byte, 1, 0), ==, 0);
    peer = mr_peer_new (fd);
    g_assert_true (peer->loopback);
    g_assert_cmpint (peer->uid, ==, -1);
    mr_peer_find_program (peer);
    g_assert_cmpint (peer->pid, ==, 0);
    g_assert_null (peer->program);
    close (fd);
    close (listener);
  }
}

static void
test_not_connected (void)
{
  int fds[2];
  g_autoptr (MrPeer) peer = NULL;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  peer = mr_peer_new (fds[0]);
  g_assert_false (peer->loopback);
  g_assert_cmpint (peer->uid, ==, -1);
  close (fds[0]);
  close (fds[1]);
}

static void
test_no_such_socket (void)
{
  g_autofree char *program = NULL;
  MrSockaddr from, to;
  MrSocketOwner owner;
  guint16 port;
  int listener = listen_on (AF_INET, &port);

  mr_sockaddr_parse ("127.0.0.1", port, &to);
  mr_sockaddr_parse ("127.0.0.9", 1, &from);
  g_assert_false (mr_sock_diag_find (&from, &to, &owner));
  g_assert_true (mr_sock_diag_find_listener (&to, &owner));
  g_assert_cmpint (owner.uid, ==, geteuid ());
  g_assert_cmpint (mr_sock_diag_find_process (owner.uid, owner.inode, &program), ==, getpid ());
  g_assert_nonnull (program);
  g_clear_pointer (&program, g_free);
  close (listener);
  g_assert_false (mr_sock_diag_find_listener (&to, &owner));
  g_assert_cmpint (mr_sock_diag_find_process (geteuid (), 1, &program), ==, 0);
  g_assert_null (program);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_peer_init ();
  g_test_add_func ("/peer/own-uid", test_own_uid);
  g_test_add_func ("/peer/other-uid", test_other_uid);
  g_test_add_func ("/peer/gone", test_gone);
  g_test_add_func ("/peer/not-connected", test_not_connected);
  g_test_add_func ("/peer/no-such-socket", test_no_such_socket);
  return g_test_run ();
}
