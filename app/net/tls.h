/* TLS with OpenSSL: contexts for our listener and for deliveries. Verification by name is the default; a person may pin one
 * certificate for one account; "accept any" exists only for opportunistic direct MX (RFC 7435). */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrTlsServer MrTlsServer;
typedef struct _MrTlsTrust MrTlsTrust;

/* Loads DIR/server.pem (certificate and P-256 key, 0600) and makes it, self-signed for localhost, 127.0.0.1 and ::1, where it is missing. */
MrTlsServer *mr_tls_server_new (const char *dir, gint64 now_usec, GError **error);
MrTlsServer *mr_tls_server_ref (MrTlsServer *server);
void mr_tls_server_unref (MrTlsServer *server);
/* Lower-case hex SHA-256 of the certificate; for people to compare. Borrowed. */
const char *mr_tls_server_get_fingerprint (MrTlsServer *server);

/* Trust anchors: the system's, plus those of ca_file where it is not NULL or "". Shared by all deliveries. */
MrTlsTrust *mr_tls_trust_new (const char *ca_file, GError **error);
MrTlsTrust *mr_tls_trust_ref (MrTlsTrust *trust);
void mr_tls_trust_unref (MrTlsTrust *trust);

/* One certificate of a server's chain, for people to read. The texts are the peer's: bounded, valid UTF-8, no controls. */
typedef struct {
  char *subject, *issuer;
  char **names;       /* DNS names, at most 16 */
  gint64 from, until; /* wall time (microseconds), 0: cannot be read */
  char *fingerprint;  /* lower-case hex SHA-256 */
} MrTlsCertificate;
void mr_tls_certificate_free (MrTlsCertificate *certificate);

typedef struct {
  MrTlsTrust *trust;
  const char *name;        /* SNI and the name to verify; an IP address is verified as an IP address */
  gboolean verify;         /* FALSE: encrypted, not authenticated (opportunistic) */
  const char *fingerprint; /* hex SHA-256 of the one certificate accepted instead; NULL/"" for none */
} MrTlsClientOptions;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrTlsServer, mr_tls_server_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrTlsTrust, mr_tls_trust_unref)

G_END_DECLS
