/* Streams with TLS, both roles in one loop. */
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream-side.h"

typedef struct {
  char *folder;
  char *file;
  MrTlsServer *server;
  MrTlsTrust *trust;   /* knows the certificate */
  MrTlsTrust *nothing; /* does not */
} Setup;

static void
set_up (Setup *setup, const char *names, int days)
{
  g_autofree char *pem = make_certificate (names, days);
  g_autoptr (GError) error = NULL;

  setup->folder = make_folder (pem);
  setup->file = g_build_filename (setup->folder, "server.pem", NULL);
  setup->server = mr_tls_server_new (setup->folder, 0, &error);
  g_assert_no_error (error);
  setup->trust = mr_tls_trust_new (setup->file, &error);
  g_assert_no_error (error);
  setup->nothing = mr_tls_trust_new (NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Setup *setup)
{
  mr_tls_server_unref (setup->server);
  mr_tls_trust_unref (setup->trust);
  mr_tls_trust_unref (setup->nothing);
  g_free (setup->file);
  remove_folder (setup->folder);
}

typedef struct {
  Side *server, *client;
} Both;

static Both
both_new (void)
{
  int fds[2];

  tcp_pair (AF_INET, fds);
  return (Both){ side_new (fds[0], 1024 * 1024), side_new (fds[1], 1024 * 1024) };
}

static void
both_free (Both *both)
{
  side_free (both->client);
  side_free (both->server);
  settle ();
}

static Both
both_start (const Setup *setup, const MrTlsClientOptions *options)
{
  Both both = both_new ();
  g_autoptr (GError) error = NULL;

  mr_stream_start_tls_server (both.server->stream, setup->server, &error);
  g_assert_no_error (error);
  mr_stream_start_tls_client (both.client->stream, options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (both.server->tls_ups + both.client->tls_ups, ==, 0);
  return both;
}

static void
expect_up (const Setup *setup, const MrTlsClientOptions *options)
{
  Both both = both_start (setup, options);
  g_autofree char *info = NULL, *fingerprint = NULL, *certificate = NULL;

  wait_for (both.client->error != NULL || (both.client->tls_ups == 1 && both.server->tls_ups == 1));
  g_assert_no_error (both.client->error);
  info = mr_stream_dup_tls_info (both.client->stream);
  g_assert_true (g_str_has_prefix (info, "TLSv1.3 TLS_"));
  fingerprint = mr_stream_dup_peer_fingerprint (both.client->stream);
  g_assert_cmpstr (fingerprint, ==, mr_tls_server_get_fingerprint (setup->server));
  g_autoptr (GPtrArray) chain = mr_stream_dup_peer_chain (both.client->stream);
  g_assert_cmpuint (chain->len, ==, 1);
  const MrTlsCertificate *leaf = g_ptr_array_index (chain, 0);
  g_assert_cmpstr (leaf->fingerprint, ==, fingerprint);
  g_assert_cmpstr (leaf->subject, ==, "CN=test");
  g_assert_cmpstr (leaf->names[0], !=, NULL);
  g_assert_cmpint (leaf->from, <, leaf->until);
  certificate = mr_stream_dup_peer_certificate (both.client->stream);
  g_assert_nonnull (strstr (certificate, "CN=test"));
  both.server->echo = TRUE;
  side_send (both.client, "EHLO a\r\n");
  wait_for (both.client->input->len == 8);
  g_assert_cmpstr (both.client->input->str, ==, "EHLO a\r\n");
  both_free (&both);
}

static void
expect_refused (const Setup *setup, const MrTlsClientOptions *options, const char *words)
{
  Both both = both_start (setup, options);
  g_autofree char *fingerprint = NULL;

  wait_for (both.client->error != NULL || both.client->tls_ups > 0);
  g_assert_error (both.client->error, MR_ERROR, MR_ERROR_TLS);
  g_assert_nonnull (strstr (both.client->error->message, words));
  g_assert_cmpuint (both.client->tls_ups, ==, 0);
  /* What a person is asked to compare. */
  fingerprint = mr_stream_dup_peer_fingerprint (both.client->stream);
  g_assert_cmpstr (fingerprint, ==, mr_tls_server_get_fingerprint (setup->server));
  g_autoptr (GPtrArray) chain = mr_stream_dup_peer_chain (both.client->stream);
  g_assert_cmpuint (chain->len, ==, 1);
  both_free (&both);
}

static void
test_verified (void)
{
  Setup setup;

  set_up (&setup, "DNS:mx.example,DNS:*.wild.example,IP:127.0.0.1,IP:::1", 30);
  expect_up (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "mx.example", .verify = TRUE });
  expect_up (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "MX.example.", .verify = TRUE });
  expect_up (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "a.wild.example", .verify = TRUE });
  expect_up (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "127.0.0.1", .verify = TRUE });
  expect_up (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "::1", .verify = TRUE });
  tear_down (&setup);
}

static void
test_wrong_name (void)
{
  Setup setup;

  set_up (&setup, "DNS:mx.example,IP:127.0.0.1", 30);
  expect_refused (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "my.example", .verify = TRUE },
                  "another name");
  expect_refused (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "127.0.0.2", .verify = TRUE },
                  "another name");
  /* The common name is not a name (RFC 9525 2). */
  expect_refused (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "test", .verify = TRUE },
                  "another name");
  tear_down (&setup);
}

static void
test_not_trusted (void)
{
  Setup setup;

  set_up (&setup, "DNS:mx.example", 30);
  expect_refused (&setup, &(MrTlsClientOptions){ .trust = setup.nothing, .name = "mx.example", .verify = TRUE },
                  "not signed by an authority");
  tear_down (&setup);
}

static void
test_expired (void)
{
  Setup setup;

  set_up (&setup, "DNS:mx.example", -1);
  expect_refused (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "mx.example", .verify = TRUE },
                  "has expired");
  tear_down (&setup);
}

static void
test_pinned (void)
{
  g_autofree char *upper = NULL;
  const char *other = "0000000000000000000000000000000000000000000000000000000000000000";
  Setup setup;

  /* Neither trusted, nor in time, nor for that name: but the very one. */
  set_up (&setup, "DNS:mx.example", -1);
  upper = g_ascii_strup (mr_tls_server_get_fingerprint (setup.server), -1);
  expect_up (&setup, &(MrTlsClientOptions){ .trust = setup.nothing,
                                            .name = "other.example",
                                            .verify = TRUE,
                                            .fingerprint = mr_tls_server_get_fingerprint (setup.server) });
  expect_up (&setup, &(MrTlsClientOptions){ .trust = setup.nothing, .name = "", .verify = TRUE, .fingerprint = upper });
  tear_down (&setup);
  /* A change stops, also where the new one would be verified by name. */
  set_up (&setup, "DNS:mx.example", 30);
  expect_refused (
      &setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "mx.example", .verify = TRUE, .fingerprint = other },
      "has changed");
  expect_refused (
      &setup,
      &(MrTlsClientOptions){ .trust = setup.trust, .name = "mx.example", .verify = FALSE, .fingerprint = other },
      "has changed");
  tear_down (&setup);
}

static void
test_opportunistic (void)
{
  Setup setup;

  set_up (&setup, "DNS:mx.example", -1);
  expect_up (&setup, &(MrTlsClientOptions){ .trust = setup.nothing, .name = "other.example", .verify = FALSE });
  tear_down (&setup);
}

static void
test_nothing_to_verify (void)
{
  g_autoptr (GError) error = NULL;
  Setup setup;
  Both both = both_new ();

  set_up (&setup, "DNS:mx.example", 30);
  g_assert_false (mr_stream_start_tls_client (
      both.client->stream, &(MrTlsClientOptions){ .trust = setup.trust, .name = "", .verify = TRUE }, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_TLS);
  both_free (&both);
  tear_down (&setup);
}

/* ---- STARTTLS ---- */

static void
server_starttls_cb (Side *side)
{
  const Setup *setup = side->data;
  g_autoptr (GError) error = NULL;

  side->on_input = NULL;
  g_assert_true (mr_buffer_append_str (side->output, "220 go\r\n"));
  mr_stream_flush (side->stream);
  mr_stream_start_tls_server (side->stream, setup->server, &error);
  g_assert_no_error (error);
  /* This belongs behind the handshake. */
  g_assert_true (mr_buffer_append_str (side->output, "secret\r\n"));
}

static void
client_starttls_cb (Side *side)
{
  const Setup *setup = side->data;
  g_autoptr (GError) error = NULL;

  if (side->input->len < 8)
    return;
  side->on_input = NULL;
  mr_stream_start_tls_client (
      side->stream, &(MrTlsClientOptions){ .trust = setup->trust, .name = "mx.example", .verify = TRUE }, &error);
  g_assert_no_error (error);
}

static void
test_starttls (void)
{
  Setup setup;
  Both both = both_new ();

  set_up (&setup, "DNS:mx.example", 30);
  both.server->data = both.client->data = &setup;
  both.server->on_input = server_starttls_cb;
  both.client->on_input = client_starttls_cb;
  side_send (both.client, "STARTTLS\r\n");
  wait_for (both.client->input->len >= 16);
  g_assert_cmpstr (both.client->input->str, ==, "220 go\r\nsecret\r\n");
  g_assert_cmpuint (both.client->tls_ups, ==, 1);
  both_free (&both);
  tear_down (&setup);
}

/* A command behind STARTTLS in the same packet: taken by nobody, refused in both roles. */
static void
test_left_over (void)
{
  Setup setup;

  set_up (&setup, "DNS:mx.example", 30);
  for (guint role = 0; role < 2; role++) {
    int fds[2];
    Side *side;

    tcp_pair (AF_INET, fds);
    side = side_new (fds[0], 1000);
    side->data = &setup;
    side->on_input = role == 0 ? server_starttls_cb : client_starttls_cb;
    side->take = 10;
    write_all (fds[1], "0123456789MAIL FROM:<evil@example.net>\r\n");
    wait_for (side->error != NULL);
    g_assert_error (side->error, MR_ERROR, MR_ERROR_PROTOCOL);
    g_assert_cmpuint (side->input->len, ==, 10);
    side_free (side);
    close (fds[1]);
  }
  tear_down (&setup);
}

/* The same where TLS is started later, with the rest still held. */
static void
test_left_over_later (void)
{
  g_autoptr (GError) error = NULL;
  Setup setup;
  int fds[2];
  Side *side;

  set_up (&setup, "DNS:mx.example", 30);
  tcp_pair (AF_INET, fds);
  side = side_new (fds[0], 1000);
  side->take = 10;
  write_all (fds[1], "STARTTLS\r\nEVIL\r\n");
  wait_for (side->inputs == 1);
  g_assert_false (mr_stream_start_tls_server (side->stream, setup.server, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_PROTOCOL);
  side_free (side);
  close (fds[1]);
  tear_down (&setup);
}

/* What is still in the socket when TLS starts is no handshake either. */
static void
test_left_over_in_socket (void)
{
  g_autoptr (GError) error = NULL;
  Setup setup;
  int fds[2];
  Side *side;

  set_up (&setup, "DNS:mx.example", 30);
  tcp_pair (AF_INET, fds);
  side = side_new (fds[0], 1000);
  mr_stream_pause_input (side->stream);
  write_all (fds[1], "MAIL FROM:<evil@example.net>\r\n");
  settle ();
  mr_stream_resume_input (side->stream);
  g_assert_true (mr_stream_start_tls_server (side->stream, setup.server, &error));
  wait_for (side->error != NULL);
  g_assert_error (side->error, MR_ERROR, MR_ERROR_TLS);
  g_assert_cmpuint (side->inputs, ==, 0);
  side_free (side);
  close (fds[1]);
  tear_down (&setup);
}

/* ---- trouble ---- */

static Side *
client_of (const Setup *setup, int ret_fds[2])
{
  g_autoptr (GError) error = NULL;
  Side *side;

  tcp_pair (AF_INET, ret_fds);
  side = side_new (ret_fds[0], 1000);
  g_assert_true (mr_stream_start_tls_client (
      side->stream, &(MrTlsClientOptions){ .trust = setup->trust, .name = "mx.example", .verify = TRUE }, &error));
  return side;
}

static void
test_peer_speaks_clear_text (void)
{
  Setup setup;
  int fds[2];
  Side *side;

  set_up (&setup, "DNS:mx.example", 30);
  side = client_of (&setup, fds);
  write_all (fds[1], "220 mx.example ESMTP ready when you are\r\n");
  wait_for (side->error != NULL);
  g_assert_error (side->error, MR_ERROR, MR_ERROR_TLS);
  g_assert_nonnull (strstr (side->error->message, "other kind of encryption"));
  side_free (side);
  close (fds[1]);
  tear_down (&setup);
}

static void
test_peer_closes (void)
{
  Setup setup;
  int fds[2];
  Side *side;

  set_up (&setup, "DNS:mx.example", 30);
  side = client_of (&setup, fds);
  shutdown (fds[1], SHUT_WR);
  wait_for (side->error != NULL);
  g_assert_error (side->error, MR_ERROR, MR_ERROR_TLS);
  side_free (side);
  close (fds[1]);
  tear_down (&setup);
}

/* A peer that drips bytes does not stretch the handshake. */
static void
test_handshake_timeout (void)
{
  Setup setup;
  int fds[2];
  Side *side;

  set_up (&setup, "DNS:mx.example", 30);
  side = client_of (&setup, fds);
  mr_stream_set_timeout (side->stream, 20);
  write_all (fds[1], "\x16\x03");
  wait_for (side->error != NULL);
  g_assert_error (side->error, MR_ERROR, MR_ERROR_TIMED_OUT);
  side_free (side);
  close (fds[1]);
  tear_down (&setup);
}

/* ---- bytes ---- */

/* Much data, taken in small pieces: what TLS has decrypted and nobody has taken gives no event of the socket. */
static void
test_back_pressure (void)
{
  const gsize big = 2 * 1024 * 1024;
  gsize sent = 0;
  Setup setup;
  Both both;

  set_up (&setup, "DNS:mx.example", 30);
  both = both_start (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "mx.example", .verify = TRUE });
  wait_for (both.client->tls_ups == 1 && both.server->tls_ups == 1);
  both.server->take = 1000;
  both.client->data = &sent;
  both.client->to_send = big;
  side_fill (both.client);
  while (both.server->input->len < big) {
    gsize before = both.server->input->len;

    wait_for (both.server->input->len > before || both.server->error != NULL);
    g_assert_no_error (both.server->error);
    mr_stream_resume_input (both.server->stream);
  }
  g_assert_true (is_flow (both.server->input, big));
  both_free (&both);
  tear_down (&setup);
}

static void
test_close_after_flush (void)
{
  const gsize big = 1024 * 1024;
  gsize sent = 0;
  Setup setup;
  Both both;

  set_up (&setup, "DNS:mx.example", 30);
  both = both_start (&setup, &(MrTlsClientOptions){ .trust = setup.trust, .name = "mx.example", .verify = TRUE });
  wait_for (both.client->tls_ups == 1 && both.server->tls_ups == 1);
  both.client->data = &sent;
  both.client->to_send = big;
  side_fill (both.client);
  mr_stream_close_after_flush (g_steal_pointer (&both.client->stream));
  g_clear_pointer (&both.client->output, mr_buffer_free);
  wait_for (both.server->eofs == 1);
  g_assert_true (is_flow (both.server->input, big));
  g_assert_no_error (both.server->error);
  both_free (&both);
  tear_down (&setup);
}

static void
test_end_inside (void)
{
  Setup setup;

  set_up (&setup, "DNS:mx.example", 30);
  for (guint i = 0; i < 4; i++) {
    Both both = both_start (
        &setup,
        &(MrTlsClientOptions){ .trust = i < 2 ? setup.trust : setup.nothing, .name = "mx.example", .verify = TRUE });

    both.client->end_at = i < 2 ? ON_TLS : ON_ERROR;
    both.client->end = i % 2 == 0 ? DO_FREE : DO_CLOSE;
    wait_for (both.client->stream == NULL);
    wait_for (both.server->eofs == 1 || both.server->error != NULL);
    both_free (&both);
  }
  tear_down (&setup);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-tls/verified", test_verified);
  g_test_add_func ("/stream-tls/wrong-name", test_wrong_name);
  g_test_add_func ("/stream-tls/not-trusted", test_not_trusted);
  g_test_add_func ("/stream-tls/expired", test_expired);
  g_test_add_func ("/stream-tls/pinned", test_pinned);
  g_test_add_func ("/stream-tls/opportunistic", test_opportunistic);
  g_test_add_func ("/stream-tls/nothing-to-verify", test_nothing_to_verify);
  g_test_add_func ("/stream-tls/starttls", test_starttls);
  g_test_add_func ("/stream-tls/left-over", test_left_over);
  g_test_add_func ("/stream-tls/left-over-later", test_left_over_later);
  g_test_add_func ("/stream-tls/left-over-in-socket", test_left_over_in_socket);
  g_test_add_func ("/stream-tls/peer-speaks-clear-text", test_peer_speaks_clear_text);
  g_test_add_func ("/stream-tls/peer-closes", test_peer_closes);
  g_test_add_func ("/stream-tls/handshake-timeout", test_handshake_timeout);
  g_test_add_func ("/stream-tls/back-pressure", test_back_pressure);
  g_test_add_func ("/stream-tls/close-after-flush", test_close_after_flush);
  g_test_add_func ("/stream-tls/end-inside", test_end_inside);
  return g_test_run ();
}
