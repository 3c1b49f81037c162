/* A connected socket pumped by the loop of the thread that made it, with or without TLS.
 *
 * Input goes to one callback; output is taken from a MrBuffer that the owner fills (a machine's output) and everything that
 * is ready leaves in one write. TCP_NODELAY always. After on_error nothing is called any more. No callback is called from
 * inside a mr_stream_* function except mr_stream_process.
 */
#pragma once

#include "base/buffer.h"
#include "net/tls.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MrStream MrStream;

typedef struct {
  /* len > 0: bytes came. Returns how many were taken; fewer than len pauses input until mr_stream_resume_input(). The rest is
   * given again. */
  gsize (*on_input) (MrStream *stream, const guint8 *data, gsize len, gpointer owner);
  void (*on_eof) (MrStream *stream, gpointer owner);     /* the peer closed its side; close the stream when done */
  void (*on_drained) (MrStream *stream, gpointer owner); /* the output buffer became empty (or fell below low water) */
  void (*on_tls) (MrStream *stream, gpointer owner);     /* handshake complete and, for clients, verified */
  void (*on_error) (MrStream *stream, const GError *error,
                    gpointer owner); /* closed: I/O error, TLS refused, time-out */
} MrStreamFuncs;

/* Takes the fd (non-blocking is set here). output stays the owner's and must outlive the stream. */
MrStream *mr_stream_new (int fd, MrBuffer *output, const MrStreamFuncs *funcs, gpointer owner);
void mr_stream_free (MrStream *stream); /* closes at once; safe inside a callback of this stream */
/* To be called after the owner put bytes into the output: tries to write now. */
void mr_stream_flush (MrStream *stream);
/* Closes once the output is empty (or after 5 s); on_error is not called. The owner may forget the stream. The bytes left are copied. */
void mr_stream_close_after_flush (MrStream *stream);
/* Reads, writes and calls back now instead of in the next turn of the loop; the stream may be gone afterwards. */
void mr_stream_process (MrStream *stream);
void mr_stream_resume_input (MrStream *stream);
/* Reads nothing until resumed (back-pressure). */
void mr_stream_pause_input (MrStream *stream);
/* on_error (TIMED_OUT) when nothing moved in either direction for so long; 0: never. Restarted by each call and by progress. */
void mr_stream_set_timeout (MrStream *stream, guint msec);
/* Bytes already read but not taken make it fail with MR_ERROR_PROTOCOL (both roles). */
gboolean mr_stream_start_tls_server (MrStream *stream, MrTlsServer *server, GError **error);
gboolean mr_stream_start_tls_client (MrStream *stream, const MrTlsClientOptions *options, GError **error);
gboolean mr_stream_is_tls (MrStream *stream);
/* "TLSv1.3 TLS_AES_256_GCM_SHA384"; NULL in clear text. (transfer full) */
char *mr_stream_dup_tls_info (MrStream *stream);
/* "192.0.2.1:25" / "[::1]:2525" (transfer full) */
char *mr_stream_dup_peer (MrStream *stream);
char *mr_stream_dup_local_address (MrStream *stream); /* without port */
/* Lower-case hex SHA-256 of the certificate that the peer showed, and one line that describes it; also inside on_error where
 * it was refused. NULL: none came. (transfer full) */
char *mr_stream_dup_peer_fingerprint (MrStream *stream);
char *mr_stream_dup_peer_certificate (MrStream *stream);
/* The chain that the peer showed, as it sent it: MrTlsCertificate, its own first; also inside on_error. Empty in clear text. (transfer full) */
GPtrArray *mr_stream_dup_peer_chain (MrStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrStream, mr_stream_free)

G_END_DECLS
