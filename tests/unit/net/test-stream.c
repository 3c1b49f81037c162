/* Streams in clear text. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/connect.h"
#include "stream-side.h"

#define BIG (3 * 1024 * 1024)

typedef struct {
  Side *side;
  int peer;
} Pair;

static Pair
pair_new (void)
{
  int fds[2];

  tcp_pair (AF_INET, fds);
  return (Pair){ side_new (fds[0], 1024 * 1024), fds[1] };
}

static void
pair_free (Pair *pair)
{
  side_free (pair->side);
  if (pair->peer >= 0)
    close (pair->peer);
  settle ();
}

/* Closing with a reset instead of an end. */
static void
reset (int fd)
{
  struct linger now = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close (fd);
}

static void
test_both_ways (void)
{
  Pair pair = pair_new ();
  g_autofree char *got = NULL, *echoed = NULL;

  side_send (pair.side, "220 ready\r\n");
  got = read_some (pair.peer, 11);
  g_assert_cmpstr (got, ==, "220 ready\r\n");
  pair.side->echo = TRUE;
  write_all (pair.peer, "EHLO a\r\n");
  wait_for (pair.side->input->len == 8);
  g_assert_cmpstr (pair.side->input->str, ==, "EHLO a\r\n");
  /* The reply leaves without a call of mr_stream_flush(). */
  echoed = read_some (pair.peer, 8);
  g_assert_cmpstr (echoed, ==, "EHLO a\r\n");
  pair_free (&pair);
}

static void
test_addresses (void)
{
  static const int families[] = { AF_INET, AF_INET6 };
  static const char *const locals[] = { "127.0.0.1", "::1" };
  static const char *const prefixes[] = { "127.0.0.1:", "[::1]:" };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    g_autofree char *peer = NULL, *local = NULL, *info = NULL;
    int fds[2];
    Side *side;

    tcp_pair (families[i], fds);
    side = side_new (fds[0], 10);
    peer = mr_stream_dup_peer (side->stream);
    local = mr_stream_dup_local_address (side->stream);
    info = mr_stream_dup_tls_info (side->stream);
    g_assert_true (g_str_has_prefix (peer, prefixes[i]));
    g_assert_cmpstr (local, ==, locals[i]);
    g_assert_null (info);
    g_assert_false (mr_stream_is_tls (side->stream));
    side_free (side);
    close (fds[1]);
  }
}

static void
test_no_callback_inside (void)
{
  Pair pair = pair_new ();

  settle ();
  side_send (pair.side, "one");
  g_assert_cmpuint (pair.side->drains, ==, 0);
  wait_for (pair.side->drains == 1);
  mr_stream_pause_input (pair.side->stream);
  write_all (pair.peer, "two");
  settle ();
  mr_stream_resume_input (pair.side->stream);
  g_assert_cmpuint (pair.side->inputs, ==, 0);
  wait_for (pair.side->inputs == 1);
  /* The one exception. */
  write_all (pair.peer, "three");
  mr_stream_process (pair.side->stream);
  g_assert_cmpstr (pair.side->input->str, ==, "twothree");
  pair_free (&pair);
}

static void
test_partial_take (void)
{
  Pair pair = pair_new ();

  pair.side->take = 3;
  write_all (pair.peer, "abcdefgh");
  wait_for (pair.side->input->len == 3);
  settle ();
  g_assert_cmpuint (pair.side->input->len, ==, 3);
  write_all (pair.peer, "ij");
  mr_stream_resume_input (pair.side->stream);
  wait_for (pair.side->input->len == 6);
  settle ();
  g_assert_cmpstr (pair.side->input->str, ==, "abcdef");
  /* A pause that is called off inside the callback is none. */
  pair.side->resume_inside = TRUE;
  mr_stream_resume_input (pair.side->stream);
  wait_for (pair.side->input->len == 10);
  g_assert_cmpstr (pair.side->input->str, ==, "abcdefghij");
  pair_free (&pair);
}

static void
test_take_one_by_one (void)
{
  Pair pair = pair_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 2000; i++)
    g_string_append_c (text, (char)('a' + i % 26));
  pair.side->take = 1;
  pair.side->resume_inside = TRUE;
  write_all (pair.peer, text->str);
  shutdown (pair.peer, SHUT_WR);
  /* The end is told after the last byte was taken. */
  wait_for (pair.side->eofs == 1);
  g_assert_cmpstr (pair.side->input->str, ==, text->str);
  g_assert_cmpuint (pair.side->inputs, ==, 2000);
  pair_free (&pair);
}

static void
test_pause (void)
{
  Pair pair = pair_new ();

  mr_stream_pause_input (pair.side->stream);
  write_all (pair.peer, "early");
  shutdown (pair.peer, SHUT_WR);
  /* Something else happens on the loop meanwhile. */
  side_send (pair.side, "x");
  wait_for (pair.side->drains == 1);
  settle ();
  g_assert_cmpuint (pair.side->inputs + pair.side->eofs, ==, 0);
  mr_stream_resume_input (pair.side->stream);
  wait_for (pair.side->eofs == 1);
  g_assert_cmpstr (pair.side->input->str, ==, "early");
  pair_free (&pair);
}

/* Much more than socket and buffer hold: the owner refills when told, and the peer reads slowly. */
static void
test_back_pressure_out (void)
{
  Pair pair = pair_new ();
  g_autoptr (GString) got = g_string_new (NULL);
  gsize sent = 0;

  pair.side->data = &sent;
  pair.side->to_send = BIG;
  side_fill (pair.side);
  settle ();
  g_assert_cmpuint (pair.side->to_send, >, 0);
  while (got->len < BIG) {
    g_autofree char *some = read_some (pair.peer, MIN (50000, BIG - got->len));
    g_string_append_len (got, some, (gssize)MIN (50000, BIG - got->len));
  }
  wait_for (mr_buffer_length (pair.side->output) == 0 && pair.side->to_send == 0);
  g_assert_true (is_flow (got, BIG));
  pair_free (&pair);
}

/* Input that is not read stays with the sender. */
static void
test_back_pressure_in (void)
{
  int fds[2];
  Side *from, *to;
  gsize sent = 0;

  tcp_pair (AF_INET, fds);
  from = side_new (fds[0], 65536);
  to = side_new (fds[1], 65536);
  mr_stream_pause_input (to->stream);
  from->data = &sent;
  from->to_send = 4 * BIG;
  side_fill (from);
  settle ();
  g_assert_cmpuint (from->to_send, >, 0);
  g_assert_cmpuint (to->input->len, ==, 0);
  to->take = 10000;
  to->resume_inside = TRUE;
  mr_stream_resume_input (to->stream);
  wait_for (to->input->len == 4 * BIG);
  g_assert_true (is_flow (to->input, 4 * BIG));
  side_free (from);
  side_free (to);
}

static void
test_half_close (void)
{
  Pair pair = pair_new ();
  g_autofree char *got = NULL;

  write_all (pair.peer, "QUIT\r\n");
  shutdown (pair.peer, SHUT_WR);
  wait_for (pair.side->eofs == 1);
  g_assert_cmpstr (pair.side->input->str, ==, "QUIT\r\n");
  side_send (pair.side, "221 bye\r\n");
  got = read_some (pair.peer, 9);
  g_assert_cmpstr (got, ==, "221 bye\r\n");
  settle ();
  g_assert_cmpuint (pair.side->eofs, ==, 1);
  g_assert_null (pair.side->error);
  pair_free (&pair);
}

static void
test_reset (void)
{
  Pair pair = pair_new ();

  reset (pair.peer);
  pair.peer = -1;
  wait_for (pair.side->error != NULL);
  g_assert_error (pair.side->error, MR_ERROR, MR_ERROR_NETWORK);
  /* Nothing more is told, and every call is harmless. */
  mr_stream_flush (pair.side->stream);
  mr_stream_resume_input (pair.side->stream);
  mr_stream_set_timeout (pair.side->stream, 1);
  mr_stream_process (pair.side->stream);
  settle ();
  g_assert_cmpuint (pair.side->eofs + pair.side->inputs, ==, 0);
  pair_free (&pair);
}

/* A server that refuses and closes: its reply is given before the failure of our own writing. */
static void
test_last_words (void)
{
  Pair pair = pair_new ();

  settle ();
  mr_stream_pause_input (pair.side->stream);
  side_send (pair.side, "unread");
  write_all (pair.peer, "554 go away\r\n");
  close (pair.peer); /* with unread input: a reset */
  pair.peer = -1;
  side_send (pair.side, "more");
  side_send (pair.side, "and more");
  settle ();
  g_assert_null (pair.side->error);
  mr_stream_resume_input (pair.side->stream);
  wait_for (pair.side->error != NULL);
  g_assert_cmpstr (pair.side->input->str, ==, "554 go away\r\n");
  g_assert_error (pair.side->error, MR_ERROR, MR_ERROR_NETWORK);
  pair_free (&pair);
}

static void
test_timeout (void)
{
  Pair called_off = pair_new (), waits = pair_new ();

  mr_stream_set_timeout (called_off.side->stream, 1);
  mr_stream_set_timeout (called_off.side->stream, 0);
  mr_stream_set_timeout (waits.side->stream, 30);
  wait_for (waits.side->error != NULL);
  g_assert_error (waits.side->error, MR_ERROR, MR_ERROR_TIMED_OUT);
  g_assert_null (called_off.side->error);
  pair_free (&called_off);
  pair_free (&waits);
}

/* The later deadline of one stream does not hide the earlier one of another, whatever the order they were set in. */
static void
test_timeout_order (void)
{
  Pair late = pair_new (), early = pair_new (), later = pair_new ();

  mr_stream_set_timeout (late.side->stream, 600000);
  mr_stream_set_timeout (early.side->stream, 10);
  mr_stream_set_timeout (later.side->stream, 25);
  wait_for (early.side->error != NULL);
  wait_for (later.side->error != NULL);
  g_assert_null (late.side->error);
  pair_free (&late);
  pair_free (&early);
  pair_free (&later);
}

/* A paused stream whose peer is gone is found by its time-out. */
static void
test_timeout_paused (void)
{
  Pair pair = pair_new ();

  mr_stream_pause_input (pair.side->stream);
  reset (pair.peer);
  pair.peer = -1;
  mr_stream_set_timeout (pair.side->stream, 10);
  wait_for (pair.side->error != NULL);
  pair_free (&pair);
}

static void
make_happen (Pair *pair, SideMoment moment)
{
  switch (moment) {
  case ON_INPUT:
    write_all (pair->peer, "input");
    break;
  case ON_EOF:
    shutdown (pair->peer, SHUT_WR);
    break;
  case ON_DRAINED:
    mr_stream_flush (pair->side->stream);
    break;
  case ON_ERROR:
    mr_stream_set_timeout (pair->side->stream, 1);
    break;
  case ON_NONE:
  case ON_TLS:
  default:
    g_assert_not_reached ();
  }
}

/* Freed, or closed with output left, inside each callback: the peer sees the end, and no callback comes after it. */
static void
test_end_inside (void)
{
  static const SideMoment moments[] = { ON_INPUT, ON_EOF, ON_DRAINED, ON_ERROR };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (moments); i++) {
    SideMoment moment = moments[i / 2];
    Pair pair = pair_new ();

    settle ();
    pair.side->end_at = moment;
    pair.side->end = i % 2 == 0 ? DO_FREE : DO_CLOSE;
    g_assert_true (mr_buffer_append_str (pair.side->output, "421 closing\r\n"));
    make_happen (&pair, moment);
    wait_for (pair.side->stream == NULL);
    if (pair.side->end == DO_CLOSE && moment != ON_ERROR) {
      g_autofree char *got = read_some (pair.peer, 13);
      g_assert_cmpstr (got, ==, "421 closing\r\n");
    }
    while (!peer_sees_end (pair.peer))
      g_main_context_iteration (NULL, FALSE);
    pair_free (&pair);
  }
}

/* What does not fit into the socket is written on after the owner and its buffer are gone. */
static void
test_close_after_flush (void)
{
  Pair pair = pair_new ();
  g_autoptr (GString) got = g_string_new (NULL);
  gsize sent = 0;

  side_free (pair.side);
  close (pair.peer);
  int fds[2];
  tcp_pair (AF_INET, fds);
  pair.side = side_new (fds[0], 2 * BIG);
  pair.peer = fds[1];
  pair.side->data = &sent;
  pair.side->to_send = 2 * BIG;
  side_fill (pair.side);
  g_assert_cmpuint (mr_buffer_length (pair.side->output), >, 0);
  mr_stream_close_after_flush (g_steal_pointer (&pair.side->stream));
  g_clear_pointer (&pair.side->output, mr_buffer_free);
  while (got->len < 2 * BIG) {
    gsize n = MIN (50000, 2 * BIG - got->len);
    g_autofree char *some = read_some (pair.peer, n);
    g_string_append_len (got, some, (gssize)n);
  }
  g_assert_true (is_flow (got, 2 * BIG));
  while (!peer_sees_end (pair.peer))
    g_main_context_iteration (NULL, FALSE);
  pair_free (&pair);
}

/* A client that is still sending reads the reply, not a reset that took it. */
static void
test_close_while_peer_sends (void)
{
  Pair pair = pair_new ();
  g_autofree char *got = NULL;
  char data[64];

  pair.side->take = 4;
  write_all (pair.peer, "data data data");
  wait_for (pair.side->inputs == 1);
  g_assert_true (mr_buffer_append_str (pair.side->output, "421 enough\r\n"));
  mr_stream_close_after_flush (g_steal_pointer (&pair.side->stream));
  for (guint i = 0; i < 50; i++) {
    write_all (pair.peer, "more data that nobody wants");
    settle ();
  }
  got = read_some (pair.peer, 12);
  g_assert_cmpstr (got, ==, "421 enough\r\n");
  g_assert_cmpint (recv (pair.peer, data, sizeof data, 0), ==, 0);
  close (pair.peer);
  pair.peer = -1;
  pair_free (&pair);
}

/* A peer that reads nothing does not keep the connection for ever. */
static void
test_socket_of_another_kind (void)
{
  int fds[2];
  Side *side;
  g_autofree char *peer = NULL;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  side = side_new (fds[0], 100);
  peer = mr_stream_dup_peer (side->stream);
  g_assert_cmpstr (peer, ==, "?");
  side->echo = TRUE;
  write_all (fds[1], "hello");
  wait_for (side->inputs == 1);
  close (fds[1]);
  wait_for (side->eofs == 1 || side->error != NULL);
  side_free (side);
}

/* A stream whose descriptor cannot be watched fails like any other: in the next turn, by on_error. */
static void
test_bad_descriptor (void)
{
  Side *side = side_new (open ("/dev/null", O_RDWR | O_CLOEXEC), 100);

  g_assert_null (side->error);
  wait_for (side->error != NULL);
  side_free (side);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/both-ways", test_both_ways);
  g_test_add_func ("/stream/addresses", test_addresses);
  g_test_add_func ("/stream/no-callback-inside", test_no_callback_inside);
  g_test_add_func ("/stream/partial-take", test_partial_take);
  g_test_add_func ("/stream/take-one-by-one", test_take_one_by_one);
  g_test_add_func ("/stream/pause", test_pause);
  g_test_add_func ("/stream/back-pressure-out", test_back_pressure_out);
  g_test_add_func ("/stream/back-pressure-in", test_back_pressure_in);
  g_test_add_func ("/stream/half-close", test_half_close);
  g_test_add_func ("/stream/reset", test_reset);
  g_test_add_func ("/stream/last-words", test_last_words);
  g_test_add_func ("/stream/timeout", test_timeout);
  g_test_add_func ("/stream/timeout-order", test_timeout_order);
  g_test_add_func ("/stream/timeout-paused", test_timeout_paused);
  g_test_add_func ("/stream/end-inside", test_end_inside);
  g_test_add_func ("/stream/close-after-flush", test_close_after_flush);
  g_test_add_func ("/stream/close-while-peer-sends", test_close_while_peer_sends);
  g_test_add_func ("/stream/other-kind", test_socket_of_another_kind);
  g_test_add_func ("/stream/bad-descriptor", test_bad_descriptor);
  return g_test_run ();
}
