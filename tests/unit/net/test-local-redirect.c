/* The listener of a sign-in: its requests, read in pieces, and its one answer. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net-test.h"
#include "net/local-redirect.h"
#include "net/redirect-request.h"

#define HOST "Host: 127.0.0.1:1\r\n"

static void
test_requests (void)
{
  static const struct {
    const char *request;
    MrRedirectVerdict verdict;
    const char *query;
  } rows[] = {
    { "GET /back?code=a%20b&state=c HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_ANSWER, "code=a%20b&state=c" },
    { "GET /back? HTTP/1.0\r\nAccept: */*\r\nhOST:\t[::1]:80 \r\n\r\n", MR_REDIRECT_ANSWER, "" },
    { "GET /back HTTP/1.1\r\nHost: localhost\r\n\r\n", MR_REDIRECT_ANSWER, "" },
    { "GET / HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_ELSEWHERE, NULL },
    { "GET /back/ HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_ELSEWHERE, NULL },
    { "GET /backs?a HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_ELSEWHERE, NULL },
    { "GET /BACK?a HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_ELSEWHERE, NULL },
    { "POST /back?a HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_METHOD, NULL },
    { "HEAD /back?a HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_METHOD, NULL },
    { "get /back?a HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back?a HTTP/2.0\r\n" HOST "\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back?a b HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back?\303\251 HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_BAD, NULL },
    { "GET http://127.0.0.1:1/back HTTP/1.1\r\n" HOST "\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back\r\n\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back HTTP/1.1\r\n\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back HTTP/1.1\r\nHost: evil.example\r\n\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back HTTP/1.1\r\nHost: localhost:1x\r\n\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back HTTP/1.1\r\n" HOST HOST "\r\n", MR_REDIRECT_BAD, NULL },
    { "GET /back HTTP/1.1\nHost: localhost\r\n\r\n", MR_REDIRECT_BAD, NULL },
    { "\026\003\001\r\n\r\n", MR_REDIRECT_BAD, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gsize len = strlen (rows[i].request);

    for (gsize cut = 0; cut <= len; cut++) {
      g_autofree char *query = NULL;
      g_autofree guint8 *piece = g_memdup2 (rows[i].request, cut);

      g_assert_cmpint (mr_redirect_request_parse (piece, cut, "/back", &query), ==,
                       cut < len ? MR_REDIRECT_MORE : rows[i].verdict);
      g_assert_cmpstr (query, ==, cut < len ? NULL : rows[i].query);
    }
  }
}

static void
test_too_long (void)
{
  g_autofree char *filler = g_strnfill (MR_REDIRECT_REQUEST_MAX, 'a');
  g_autofree char *text = g_strdup_printf ("GET /back?%s HTTP/1.1\r\n" HOST "\r\n", filler);
  char *query = NULL;

  g_assert_cmpint (mr_redirect_request_parse ((guint8 *)text, MR_REDIRECT_REQUEST_MAX - 1, "/back", &query), ==,
                   MR_REDIRECT_MORE);
  g_assert_cmpint (mr_redirect_request_parse ((guint8 *)text, MR_REDIRECT_REQUEST_MAX, "/back", &query), ==,
                   MR_REDIRECT_BAD);
  g_assert_cmpint (mr_redirect_request_parse ((guint8 *)text, strlen (text), "/back", &query), ==, MR_REDIRECT_BAD);
  g_assert_null (query);
}

/* ---- over sockets ---- */

typedef struct {
  MrLocalRedirect *redirect;
  guint calls;
  char *query;
  gboolean free_inside;
} Seen;

static void
answered_cb (const char *query, gpointer data)
{
  Seen *seen = data;

  seen->calls++;
  g_free (seen->query);
  seen->query = g_strdup (query);
  if (seen->free_inside)
    g_clear_pointer (&seen->redirect, mr_local_redirect_free);
}

static guint16
port_of (MrLocalRedirect *redirect)
{
  g_autofree char *uri = mr_local_redirect_dup_uri (redirect, "localhost");

  g_assert_true (g_str_has_prefix (uri, "http://localhost:"));
  g_assert_true (g_str_has_suffix (uri, "/back"));
  return (guint16)g_ascii_strtoull (uri + strlen ("http://localhost:"), NULL, 10);
}

/* -1: nobody listens. */
static int
dial (int family, guint16 port)
{
  struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = g_htons (port) };
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = g_htons (port), .sin6_addr = in6addr_loopback };
  int fd = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  v4.sin_addr.s_addr = g_htonl (INADDR_LOOPBACK);
  if (connect (fd, family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6,
               family == AF_INET ? sizeof v4 : sizeof v6)
      == 0)
    return fd;
  close (fd);
  return -1;
}

static void
test_answer (gconstpointer data)
{
  int family = GPOINTER_TO_INT (data);
  Seen seen = { .free_inside = family == AF_INET6 };
  g_autofree char *answer = NULL;
  guint16 port;
  int fd, idle;

  seen.redirect = mr_local_redirect_new ("/back", answered_cb, &seen, NULL);
  g_assert_nonnull (seen.redirect);
  port = port_of (seen.redirect);
  fd = dial (family, port);
  if (fd < 0 && family == AF_INET6) {
    g_test_skip ("this machine has no IPv6 loopback");
    mr_local_redirect_free (seen.redirect);
    return;
  }
  idle = dial (AF_INET, port);
  write_all (fd, "GET /back?co");
  settle ();
  g_assert_cmpuint (seen.calls, ==, 0);
  write_all (fd, "de=1&state=2 HTTP/1.1\r\n" HOST "\r\n");
  wait_for (seen.calls > 0);
  g_assert_cmpstr (seen.query, ==, "code=1&state=2");
  /* Once: the doors are closed, and whoever waited is sent away. */
  g_assert_cmpint (dial (AF_INET, port), ==, -1);
  answer = read_some (fd, 100000);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (answer, "Mail Relay"));
  g_assert_null (strstr (answer, "code=1"));
  wait_for (peer_sees_end (idle));
  g_assert_cmpuint (seen.calls, ==, 1);
  mr_local_redirect_free (seen.redirect);
  g_free (seen.query);
  close (fd);
  close (idle);
}

/* What is not meant for it neither ends it nor is told. */
static void
test_strangers (void)
{
  static const struct {
    const char *request, *status;
  } rows[] = { { "GET /favicon.ico HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 404 " },
               { "POST /back HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 405 " },
               { "GET /back?code=1 HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 400 " },
               { "EHLO me\r\n\r\n", "HTTP/1.1 400 " } };
  Seen seen = { 0 };
  int crowd[9], fd;
  guint open = 0;

  seen.redirect = mr_local_redirect_new ("/back", answered_cb, &seen, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *answer = NULL;

    fd = dial (AF_INET, port_of (seen.redirect));
    write_all (fd, rows[i].request);
    answer = read_some (fd, 100000);
    g_assert_true (g_str_has_prefix (answer, rows[i].status));
    close (fd);
  }
  /* Too many at once: the last one is turned away, and there is room again when they are gone. */
  for (guint i = 0; i < G_N_ELEMENTS (crowd); i++)
    crowd[i] = dial (AF_INET, port_of (seen.redirect));
  wait_for (peer_sees_end (crowd[8]));
  for (guint i = 0; i < G_N_ELEMENTS (crowd); i++) {
    open += !peer_sees_end (crowd[i]);
    close (crowd[i]);
  }
  g_assert_cmpuint (open, ==, 8);
  settle ();
  fd = dial (AF_INET, port_of (seen.redirect));
  write_all (fd, "GET /back HTTP/1.1\r\n" HOST "\r\n");
  wait_for (seen.calls > 0);
  g_assert_cmpstr (seen.query, ==, "");
  mr_local_redirect_free (seen.redirect);
  g_free (seen.query);
  close (fd);
}

static void
test_freed_while_open (void)
{
  Seen seen = { 0 };
  int fd;

  seen.redirect = mr_local_redirect_new ("/back", answered_cb, &seen, NULL);
  fd = dial (AF_INET, port_of (seen.redirect));
  write_all (fd, "GET /back");
  settle ();
  mr_local_redirect_free (seen.redirect);
  wait_for (peer_sees_end (fd));
  g_assert_cmpuint (seen.calls, ==, 0);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/local-redirect/requests", test_requests);
  g_test_add_func ("/local-redirect/too-long", test_too_long);
  g_test_add_data_func ("/local-redirect/answer", GINT_TO_POINTER (AF_INET), test_answer);
  g_test_add_data_func ("/local-redirect/answer-v6", GINT_TO_POINTER (AF_INET6), test_answer);
  g_test_add_func ("/local-redirect/strangers", test_strangers);
  g_test_add_func ("/local-redirect/freed-while-open", test_freed_while_open);
  return g_test_run ();
}
