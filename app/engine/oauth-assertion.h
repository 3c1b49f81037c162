/* A client's assertion signed with its certificate (RFC 7521, 7523 2.2), as Microsoft and others take it in place of a client
 * secret. */
#pragma once

#include "base/signature.h"

G_BEGIN_DECLS

/* now: wall time in microseconds; good for ten minutes. (transfer full) */
MrSecret *
mr_oauth_assertion_new (MrSigner *signer, const char *client_id, const char *token_url, gint64 now, GError **error);
/* TRUE where a client's secret is a certificate with its key. */
gboolean mr_oauth_secret_is_certificate (MrSecret *secret);

G_END_DECLS
