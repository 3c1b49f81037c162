/* Bytes over a connected socket, in clear text or through TLS. Never blocks, never raises SIGPIPE. */
#pragma once

#include "net/tls.h"

G_BEGIN_DECLS

typedef enum {
  MR_IO_OK,
  MR_IO_AGAIN, /* would block: wait for readiness in either direction */
  MR_IO_EOF,
  MR_IO_ERROR,
} MrIo;

typedef struct _MrTlsSession MrTlsSession;

/* ---- clear text ---- */

MrIo mr_socket_read (int fd, void *data, gsize size, gsize *ret_len, GError **error);
MrIo mr_socket_write (int fd, const void *data, gsize len, gsize *ret_len, GError **error);

/* ---- TLS over the same socket; the fd stays the caller's and must outlive the session ---- */

MrTlsSession *mr_tls_session_new_server (MrTlsServer *server, int fd, GError **error);
/* Copies what it needs of options. */
MrTlsSession *mr_tls_session_new_client (const MrTlsClientOptions *options, int fd, GError **error);
void mr_tls_session_free (MrTlsSession *session);
/* OK: complete and, for clients that ask for it, verified. Errors: MR_ERROR_TLS, MR_ERROR_NETWORK. */
MrIo mr_tls_session_handshake (MrTlsSession *session, GError **error);
MrIo mr_tls_session_read (MrTlsSession *session, void *data, gsize size, gsize *ret_len, GError **error);
MrIo mr_tls_session_write (MrTlsSession *session, const void *data, gsize len, gsize *ret_len, GError **error);
/* Says that nothing more will come (close_notify), where that can be written at once. */
void mr_tls_session_shutdown (MrTlsSession *session);
char *mr_tls_session_dup_info (MrTlsSession *session); /* (transfer full) */
const char *
mr_tls_session_get_fingerprint (MrTlsSession *session); /* of the peer's certificate, NULL where none came */
/* MrTlsCertificate, the server's own first, at most 10; empty before the handshake. (transfer full) */
GPtrArray *mr_tls_session_dup_chain (MrTlsSession *session);
const char *mr_tls_session_get_description (MrTlsSession *session);

G_END_DECLS
