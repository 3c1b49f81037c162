/* Certificates: making the one of our listener, reading it, and what people see of one. */
#pragma once

#include "net/tls.h"
#include <openssl/ssl.h>

G_BEGIN_DECLS

/* PEM text of a new P-256 key and self-signed certificate for localhost, 127.0.0.1 and ::1, valid from now for ten years.
 * Holds a private key: wipe it. (transfer full) */
char *mr_tls_certificate_make_pem (gint64 now_usec, GError **error);
/* Puts key, certificate and chain into the context. name: of the file, for messages. */
gboolean mr_tls_certificate_use_pem (SSL_CTX *context, const char *pem, gsize len, const char *name, GError **error);
/* Lower-case hex SHA-256 of the DER form. (transfer full) */
char *mr_tls_certificate_dup_fingerprint (const X509 *certificate);
/* (transfer full) */
MrTlsCertificate *mr_tls_certificate_read (const X509 *certificate);
/* One line: names, issuer, last day. Bounded, valid UTF-8, no controls. (transfer full) */
char *mr_tls_certificate_dup_description (const X509 *certificate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SSL_CTX, SSL_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SSL, SSL_free)

G_END_DECLS
