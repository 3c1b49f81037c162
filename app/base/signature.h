/* What OAuth 2.0 needs of cryptography: base64url (RFC 4648 5), comparison in constant time, RS256 signatures with a
 * key and its certificate (RFC 7515, 7518). */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* Without padding. (transfer full) */
char *mr_base64url_encode (const void *data, gsize len);
/* Strict: no padding, no other letter, no bit left over. (transfer full) NULL: it is none. */
GBytes *mr_base64url_decode (const char *text, gssize len);
/* base64url of the SHA-256 of text. (transfer full) */
char *mr_base64url_sha256 (const char *text);
/* A word of n_bytes random bytes in base64url. (transfer full) */
char *mr_random_word (gsize n_bytes);
/* Takes the same time wherever the difference is; lengths may be learnt. */
gboolean mr_equal_constant_time (const char *a, const char *b);

/* A certificate and its private RSA key, both in PEM, in any order. */
typedef struct _MrSigner MrSigner;
/* Errors: MR_ERROR_INVALID: no RSA key of at least 2048 bits, a key with a pass phrase, no certificate, or they do not
 * belong together. */
MrSigner *mr_signer_new (MrSecret *pem, GError **error);
void mr_signer_free (MrSigner *signer);
/* base64url of the SHA-256 and the SHA-1 of the certificate (RFC 7515 4.1.7 and 4.1.8). Borrowed. */
const char *mr_signer_get_sha256 (MrSigner *signer);
const char *mr_signer_get_sha1 (MrSigner *signer);
/* Wall time, microseconds. */
gint64 mr_signer_get_not_after (MrSigner *signer);
/* base64url of the RSASSA-PKCS1-v1_5 signature with SHA-256. (transfer full) */
char *mr_signer_sign (MrSigner *signer, const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrSigner, mr_signer_free)

G_END_DECLS
