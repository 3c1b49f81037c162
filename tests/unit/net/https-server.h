/* A scripted HTTPS server on a free port of 127.0.0.1, in the loop of the test: one request a connection, no more HTTP than
 * the end of a head and Content-Length. */
#pragma once

#include <mailrelay/types.h>

#include "net/stream.h"

G_BEGIN_DECLS

typedef struct _HttpsServer HttpsServer;

/* Returns all bytes of the answer; NULL: never answers. (transfer full) *ret_stall: the connection stays open after it. */
typedef char *(*HttpsHandler) (HttpsServer *server, const char *request, gboolean *ret_stall, gpointer data);

struct _HttpsServer {
  guint16 port;
  guint requests, connections;
  GString *last; /* the last request, whole */
  HttpsHandler handler;
  gpointer data;
  const char *greeting; /* said first; then each line is a request: it plays an SMTP server */
  /* its own */
  int fd; /* no MrListener: the program does not deliver to those of its own */
  guint source;
  MrTlsServer *tls;
  GPtrArray *peers;
};

/* certificate: PEM text with its key, of make_certificate(). */
HttpsServer *https_server_new (const char *certificate, HttpsHandler handler, gpointer data);
void https_server_free (HttpsServer *server);
/* Connections that are open now. */
guint https_server_open (HttpsServer *server);
/* Writes the certificate alone into a file of a new folder, for `ca-file`; remove_folder (dirname). (transfer full) */
char *make_ca_file (const char *certificate);

G_END_DECLS
