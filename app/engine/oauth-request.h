/* The person's part of OAuth 2.0: the address that the browser opens and the one it comes back to. Pure.
 *
 * RFC 6749 4.1, PKCE with S256 (RFC 7636), loopback redirects (RFC 8252), the issuer in the answer (RFC 9207), nonce
 * (OpenID Connect Core 3.1.2.1).
 */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

#define MR_OAUTH_REDIRECT_MAX 8192 /* bytes of an address that comes back */

/* One sign-in: what was made up for it and must come back unchanged. */
typedef struct {
  char *redirect_uri;
  char *state;
  char *nonce;
  MrSecret *verifier;
} MrOauthAttempt;

MrOauthAttempt *mr_oauth_attempt_new (const char *redirect_uri);
void mr_oauth_attempt_free (MrOauthAttempt *attempt);

typedef struct {
  const char *endpoint; /* https; may have parameters of its own */
  const char *client_id;
  const char *scope; /* with "openid" in it a nonce is sent */
  const char *user;  /* shown as a proposal; NULL or "": none */
} MrOauthAuthorization;
/* (transfer full) */
char *mr_oauth_build_url (const MrOauthAuthorization *authorization, const MrOauthAttempt *attempt);

/* The address that the browser was sent to, whole or from its "?" on, as it came or as a person pasted it. issuer NULL or
 * "": not known. *ret_code (transfer full). Errors: MR_ERROR_INVALID: it is not the answer to this attempt (no code,
 * another state or issuer, a parameter twice), the attempt goes on; MR_ERROR_REFUSED: the provider or the person said
 * no. */
gboolean mr_oauth_read_redirect (const MrOauthAttempt *attempt, const char *issuer, const char *address,
                                 MrSecret **ret_code, GError **error);
/* TRUE where scope, words with spaces between, has word. */
gboolean mr_oauth_scope_has (const char *scope, const char *word);
/* Is url fit to be asked: https, a host, no user part, no fragment, at most 2048 bytes? */
gboolean mr_oauth_url_is_valid (const char *url);
/* The issuer named in an answer is ours. The issuer of a provider for many organisations depends on who signs in: there
 * the same host is enough. */
gboolean mr_oauth_issuer_matches (const char *ours, const char *theirs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrOauthAttempt, mr_oauth_attempt_free)

G_END_DECLS
