/* Whom an account signs in with: endpoints, scope and the registered application, from wherever they are known.
 *
 * What the account's own record says goes first, then the settings `[oauth PROVIDER]`, then the provider's preset, then what
 * the program was built with.
 */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

/* Strings are never NULL. */
typedef struct {
  char *account;                                                  /* id */
  char *provider;                                                 /* preset id, "" */
  char *issuer, *authorize, *token, *device, *revoke, *register_; /* endpoints; "" where there is none */
  char *scope;
  char *user;
  char *client_id;      /* "" */
  char *secret_id;      /* under which the keyring has the client's secret, if any */
  MrSecret *secret;     /* that the program was built with; NULL */
  const char *loopback; /* host of the redirect: "127.0.0.1" or "localhost" */
  MrOauthFlow flow;
  char *desktop_account;
} MrOauthProvider;

/* (transfer full). Endpoints that are no https addresses are left out. */
MrOauthProvider *mr_oauth_provider_new (MrEngine *engine, const MrAccountRecord *record);
MrOauthProvider *mr_oauth_provider_copy (const MrOauthProvider *provider);
void mr_oauth_provider_free (MrOauthProvider *provider);
/* FALSE with error: something is missing that a person must give. */
gboolean mr_oauth_provider_check (const MrOauthProvider *provider, GError **error);
/* What a token that is kept was had with: another word where client, endpoint, scope or user are others. (transfer full) */
char *mr_oauth_provider_dup_mark (const MrOauthProvider *provider);
gboolean mr_oauth_provider_is_microsoft (const MrOauthProvider *provider);

/* Where the keyring keeps the client's secret of an owner: preset id or "account ID". NULL: no such owner. (transfer full) */
char *mr_oauth_dup_secret_id (const char *owner);
/* The client id that serves this provider without an account's own, "" for none. (transfer full) */
char *mr_oauth_dup_client (MrEngine *engine, const char *provider, char **ret_owner, MrSecret **ret_secret);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrOauthProvider, mr_oauth_provider_free)

G_END_DECLS
