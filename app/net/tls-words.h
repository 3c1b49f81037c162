/* What a failed TLS connection means, in words for people. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  gboolean handshake;
  gboolean client;
  gboolean eof;       /* the peer closed */
  const char *name;   /* of the server, for clients */
  unsigned long code; /* OpenSSL's, 0: none */
  int err;            /* errno of the socket, 0: none */
  long verify_result; /* X509_V_OK: the certificate was not the trouble */
  gboolean pinned;
  const char *description; /* of the certificate, or NULL */
} MrTlsFailure;

/* MR_ERROR_NETWORK where the socket failed, else MR_ERROR_TLS. */
void mr_tls_set_error (GError **error, const MrTlsFailure *failure);

G_END_DECLS
