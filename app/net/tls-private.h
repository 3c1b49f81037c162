/* The contexts behind MrTlsServer and MrTlsTrust. */
#pragma once

#include "net/tls-certificate.h"
#include "net/tls.h"

G_BEGIN_DECLS

SSL_CTX *mr_tls_server_get_context (MrTlsServer *server);
SSL_CTX *mr_tls_trust_get_context (MrTlsTrust *trust);
/* Colons and case ignored: "AB:CD..." is the same as "abcd...". */
gboolean mr_tls_fingerprint_equal (const char *a, const char *b);

G_END_DECLS
