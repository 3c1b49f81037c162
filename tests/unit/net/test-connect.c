/* connect(), and the watch of the network. */
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net-test.h"
#include "net/connect.h"

typedef struct {
  guint calls;
  int fd;
  gboolean no_route;
  GError *error;
} Result;

static void
connected_cb (int fd, gboolean no_route, const GError *error, gpointer data)
{
  Result *result = data;

  result->calls++;
  result->fd = fd;
  result->no_route = no_route;
  result->error = error != NULL ? g_error_copy (error) : NULL;
  g_assert_true ((fd >= 0) == (error == NULL));
}

static void
test_connected (void)
{
  static const int families[] = { AF_INET, AF_INET6 };
  static const char *const addresses[] = { "127.0.0.1", "::1" };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    Result result = { 0 };
    g_autofree char *local = NULL;
    guint16 port;
    int listener = listen_on (families[i], &port);

    mr_connect_start (addresses[i], port, 10000, connected_cb, &result);
    g_assert_cmpuint (result.calls, ==, 0);
    wait_for (result.calls > 0);
    g_assert_no_error (result.error);
    local = mr_connect_dup_local_address (result.fd);
    g_assert_cmpstr (local, ==, addresses[i]);
    g_assert_cmpint (fcntl (result.fd, F_GETFL) & O_NONBLOCK, !=, 0);
    g_assert_cmpint (fcntl (result.fd, F_GETFD) & FD_CLOEXEC, !=, 0);
    close (result.fd);
    close (listener);
  }
}

static void
test_refused (void)
{
  Result result = { 0 };
  guint16 port;

  close (listen_on (AF_INET, &port));
  mr_connect_start ("127.0.0.1", port, 10000, connected_cb, &result);
  g_assert_cmpuint (result.calls, ==, 0);
  wait_for (result.calls > 0);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_NETWORK);
  g_assert_false (result.no_route);
  g_clear_error (&result.error);
}

/* A full backlog answers nobody: the kernel drops the SYN. */
static void
test_timed_out (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  socklen_t len = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fillers[8];
  Result result = { 0 };

  g_assert_cmpint (bind (listener, (struct sockaddr *)&address, len), ==, 0);
  g_assert_cmpint (listen (listener, 0), ==, 0);
  g_assert_cmpint (getsockname (listener, (struct sockaddr *)&address, &len), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++) {
    fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)!connect (fillers[i], (struct sockaddr *)&address, len);
  }
  mr_connect_start ("127.0.0.1", g_ntohs (address.sin_port), 30, connected_cb, &result);
  wait_for (result.calls > 0);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_TIMED_OUT);
  g_clear_error (&result.error);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
  close (listener);
}

static void
test_no_address (void)
{
  static const char *const bad[] = { "", "localhost", "256.0.0.1" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    Result result = { 0 };

    mr_connect_start (bad[i], 25, 1000, connected_cb, &result);
    g_assert_cmpuint (result.calls, ==, 0);
    wait_for (result.calls > 0);
    g_assert_error (result.error, MR_ERROR, MR_ERROR_NETWORK);
    g_clear_error (&result.error);
  }
}

/* Multicast has no way over TCP, whatever the network. */
static void
test_no_route (void)
{
  Result result = { 0 };

  mr_connect_start ("224.0.0.1", 25, 1000, connected_cb, &result);
  wait_for (result.calls > 0);
  g_assert_error (result.error, MR_ERROR, MR_ERROR_NETWORK);
  g_assert_true (result.no_route);
  g_clear_error (&result.error);
}

static void
test_cancelled (void)
{
  Result result = { 0 }, other = { 0 };
  guint16 port;
  int listener = listen_on (AF_INET, &port);

  mr_connect_cancel (mr_connect_start ("127.0.0.1", port, 1000, connected_cb, &result));
  mr_connect_cancel (mr_connect_start ("nonsense", port, 1000, connected_cb, &result));
  mr_connect_start ("127.0.0.1", port, 10000, connected_cb, &other);
  wait_for (other.calls > 0);
  settle ();
  g_assert_cmpuint (result.calls, ==, 0);
  close (other.fd);
  close (listener);
}

static void
network_cb (gboolean available, gpointer data)
{
  ++*(guint *)data;
}

/* A burst of signals is one change. */
static void
test_network_watch (void)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();
  g_autoptr (MrNetworkWatch) watch = NULL;
  MrNetworkWatch *gone;
  guint changes = 0, never = 0;

  watch = mr_network_watch_new (network_cb, &changes);
  gone = mr_network_watch_new (network_cb, &never);
  g_assert_cmpint (mr_network_watch_is_available (watch), ==, g_network_monitor_get_network_available (monitor));
  for (guint i = 0; i < 10; i++)
    g_signal_emit_by_name (monitor, "network-changed", i % 2 == 0);
  g_assert_cmpuint (changes, ==, 0);
  mr_network_watch_free (gone);
  wait_for (changes > 0);
  settle ();
  g_assert_cmpuint (changes, ==, 1);
  g_assert_cmpuint (never, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect/connected", test_connected);
  g_test_add_func ("/connect/refused", test_refused);
  g_test_add_func ("/connect/timed-out", test_timed_out);
  g_test_add_func ("/connect/no-address", test_no_address);
  g_test_add_func ("/connect/no-route", test_no_route);
  g_test_add_func ("/connect/cancelled", test_cancelled);
  g_test_add_func ("/connect/network-watch", test_network_watch);
  return g_test_run ();
}
