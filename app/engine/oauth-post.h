/* One question to an endpoint of OAuth 2.0: the client says who it is (RFC 6749 2.3), posts its form, gets bytes back. */
#pragma once

#include "engine/oauth-provider.h"

G_BEGIN_DECLS

typedef struct _MrOauthPost MrOauthPost;

/* error NULL: the endpoint answered, with whatever status. Else MR_ERROR: of the network, or of the keyring
 * (mr_oauth_is_keyring_error()), or MR_ERROR_INVALID for a client's certificate that cannot be used. body borrowed. */
typedef void (*MrOauthPostFunc) (guint status, GBytes *body, const GError *error, gpointer data);

/* form (transfer full). with_secret: the client's secret, or an assertion signed with its certificate, goes along where the
 * keyring has one. func is called once, never inside, and never after mr_oauth_post_cancel(). */
MrOauthPost *mr_oauth_post_start (MrEngine *engine, const MrOauthProvider *provider, const char *url, MrHttpForm *form,
                                  gboolean with_secret, MrOauthPostFunc func, gpointer data);
/* The same with GET and without a client: metadata. */
MrOauthPost *mr_oauth_get_start (MrEngine *engine, const char *url, MrOauthPostFunc func, gpointer data);
/* JSON in, JSON out: registration. body borrowed. */
MrOauthPost *
mr_oauth_json_start (MrEngine *engine, const char *url, const char *json, MrOauthPostFunc func, gpointer data);
void mr_oauth_post_cancel (MrOauthPost *post);

gboolean mr_oauth_is_keyring_error (const GError *error);
/* The account's state that fits an error of the keyring. */
MrAccountState mr_oauth_keyring_state (const GError *error);

G_END_DECLS
