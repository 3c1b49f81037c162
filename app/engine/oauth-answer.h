/* What endpoints of OAuth 2.0 answer, as JSON. Pure: bytes and a status in, values out.
 *
 * Tokens (RFC 6749 5.1, 5.2), devices (RFC 8628 3.2, 3.5), metadata (RFC 8414, OpenID Connect Discovery), registration
 * (RFC 7591 3.2). Bytes are hostile: size, depth and lengths are bounded, addresses must be https.
 */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

#define MR_OAUTH_ANSWER_MAX 65536 /* bytes */

/* What a refusal asks of us. */
typedef enum {
  MR_OAUTH_OK,
  MR_OAUTH_TEMPORARY,      /* try again later: 5xx, 429, no JSON where an error came */
  MR_OAUTH_SIGN_IN_AGAIN,  /* invalid_grant, interaction_required and their like */
  MR_OAUTH_CLIENT_REFUSED, /* invalid_client, unauthorized_client: the registered application is at fault */
  MR_OAUTH_DENIED,         /* the person said no */
  MR_OAUTH_PENDING,        /* device: not yet */
  MR_OAUTH_SLOW_DOWN,      /* device: not yet, and ask less often */
  MR_OAUTH_EXPIRED,        /* device: the code is too old */
  MR_OAUTH_REFUSED         /* anything else */
} MrOauthResult;

typedef struct {
  MrSecret *access_token;
  MrSecret *refresh_token; /* NULL: none, the old one goes on */
  char *id_token;          /* NULL */
  gint64 expires_in;       /* seconds, within bounds */
} MrOauthTokens;
void mr_oauth_tokens_clear (MrOauthTokens *tokens);

/* error: MR_ERROR, words for a person; its code is MR_ERROR_PROTOCOL where the answer cannot be understood, else
 * MR_ERROR_REFUSED, or MR_ERROR_NETWORK for MR_OAUTH_TEMPORARY. */
MrOauthResult mr_oauth_read_tokens (guint status, GBytes *body, MrOauthTokens *ret, GError **error);

typedef struct {
  MrSecret *device_code;
  char *user_code, *url;
  gint64 expires_in, interval; /* seconds */
} MrOauthDevice;
void mr_oauth_device_clear (MrOauthDevice *device);
MrOauthResult mr_oauth_read_device (guint status, GBytes *body, MrOauthDevice *ret, GError **error);

/* Endpoints; "" where there is none. */
typedef struct {
  char *issuer, *authorize, *token, *device, *revoke, *registration;
} MrOauthMetadata;
void mr_oauth_metadata_clear (MrOauthMetadata *metadata);
/* issuer: for whom it was asked; the answer must say the same (RFC 8414 3.3). */
gboolean mr_oauth_read_metadata (guint status, GBytes *body, const char *issuer, MrOauthMetadata *ret, GError **error);

/* *ret_secret NULL: a public client. */
gboolean
mr_oauth_read_registration (guint status, GBytes *body, char **ret_client, MrSecret **ret_secret, GError **error);

/* The id token that came with tokens straight from the token endpoint over TLS: its signature need not be checked
 * (OpenID Connect Core 3.1.3.7), its nonce and audience are. */
gboolean mr_oauth_check_id_token (const char *id_token, const char *nonce, const char *client_id, GError **error);

/* Wall time until which a token counts as good that came at now: a part of its life is left as a margin. */
gint64 mr_oauth_good_until (gint64 now, gint64 expires_in);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrOauthTokens, mr_oauth_tokens_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrOauthDevice, mr_oauth_device_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrOauthMetadata, mr_oauth_metadata_clear)

G_END_DECLS
