/* A scripted HTTPS server. */
#include "https-server.h"

#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net-test.h"

typedef struct {
  HttpsServer *server;
  MrStream *stream;
  MrBuffer *output;
  GString *request;
  gboolean close;
} Peer;

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  mr_stream_free (peer->stream);
  mr_buffer_free (peer->output);
  g_string_free (peer->request, TRUE);
  g_free (peer);
}

static void
drop (Peer *peer)
{
  g_ptr_array_remove_fast (peer->server->peers, peer);
}

static gboolean
is_whole (const HttpsServer *server, const GString *request)
{
  const char *end = strstr (request->str, "\r\n\r\n");
  const char *length = strstr (request->str, "Content-Length: ");

  if (server->greeting != NULL)
    return g_str_has_suffix (request->str, "\r\n");
  if (end == NULL)
    return FALSE;
  return length == NULL || strlen (end + 4) >= (gsize)atoi (length + 16);
}

static gsize
input_cb (MrStream *stream, const guint8 *data, gsize len, gpointer user_data)
{
  Peer *peer = user_data;
  HttpsServer *server = peer->server;
  gboolean stall = FALSE;
  g_autofree char *answer = NULL;

  g_string_append_len (peer->request, (const char *)data, (gssize)len);
  if (!is_whole (server, peer->request))
    return len;
  server->requests++;
  g_string_assign (server->last, peer->request->str);
  g_string_truncate (peer->request, 0);
  answer = server->handler (server, server->last->str, &stall, server->data);
  if (answer == NULL)
    return len;
  g_assert_true (mr_buffer_append_str (peer->output, answer));
  peer->close = !stall;
  mr_stream_flush (stream);
  return len;
}

static void
eof_cb (MrStream *stream, gpointer data)
{
  drop (data);
}

static void
drained_cb (MrStream *stream, gpointer data)
{
  Peer *peer = data;

  if (peer->close)
    drop (peer);
}

static void
tls_cb (MrStream *stream, gpointer data)
{
  Peer *peer = data;

  if (peer->server->greeting == NULL)
    return;
  g_assert_true (mr_buffer_append_str (peer->output, peer->server->greeting));
  mr_stream_flush (stream);
}

static void
error_cb (MrStream *stream, const GError *error, gpointer data)
{
  drop (data);
}

static const MrStreamFuncs funcs
    = { .on_input = input_cb, .on_eof = eof_cb, .on_drained = drained_cb, .on_tls = tls_cb, .on_error = error_cb };

static gboolean
accepted_cb (int listener, GIOCondition condition, gpointer data)
{
  HttpsServer *server = data;
  int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  Peer *peer = g_new0 (Peer, 1);

  server->connections++;
  peer->server = server;
  peer->output = mr_buffer_new (4 * 1024 * 1024);
  peer->request = g_string_new (NULL);
  peer->stream = mr_stream_new (fd, peer->output, &funcs, peer);
  g_ptr_array_add (server->peers, peer);
  g_assert_true (mr_stream_start_tls_server (peer->stream, server->tls, NULL));
  return G_SOURCE_CONTINUE;
}

HttpsServer *
https_server_new (const char *certificate, HttpsHandler handler, gpointer data)
{
  HttpsServer *server = g_new0 (HttpsServer, 1);
  char *folder = make_folder (certificate);

  server->tls = mr_tls_server_new (folder, 0, NULL);
  g_assert_nonnull (server->tls);
  remove_folder (folder);
  server->fd = listen_on (AF_INET, &server->port);
  server->source = g_unix_fd_add (server->fd, G_IO_IN, accepted_cb, server);
  server->last = g_string_new (NULL);
  server->handler = handler;
  server->data = data;
  server->peers = g_ptr_array_new_with_free_func (peer_free);
  return server;
}

void
https_server_free (HttpsServer *server)
{
  g_source_remove (server->source);
  close (server->fd);
  g_ptr_array_unref (server->peers);
  mr_tls_server_unref (server->tls);
  g_string_free (server->last, TRUE);
  g_free (server);
}

guint
https_server_open (HttpsServer *server)
{
  return server->peers->len;
}

char *
make_ca_file (const char *certificate)
{
  char *folder = g_dir_make_tmp ("mail-relay-ca-XXXXXX", NULL);
  char *path = g_build_filename (folder, "ca.pem", NULL);

  g_assert_true (g_file_set_contents (path, strstr (certificate, "-----BEGIN CERTIFICATE"), -1, NULL));
  g_free (folder);
  return path;
}
