/* What is missing of a provider: endpoints from its issuer's metadata (OpenID Connect Discovery 4, RFC 8414 3), and an
 * application that it registers by itself (RFC 7591). */
#pragma once

#include "engine/oauth-provider.h"

G_BEGIN_DECLS

typedef struct _MrOauthCompletion MrOauthCompletion;

/* provider is filled in; it must stay until func was called or the completion cancelled. may_register: where no client id is
 * there and the provider registers applications itself, one is registered and written into `[oauth PROVIDER]`. What stays
 * missing is found by mr_oauth_provider_check(). func: once, never inside. */
MrOauthCompletion *mr_oauth_completion_start (MrEngine *engine, MrOauthProvider *provider, gboolean may_register,
                                              MrEngineDoneFunc func, gpointer data);
void mr_oauth_completion_cancel (MrOauthCompletion *completion);
/* Is there anything that could be completed? */
gboolean mr_oauth_provider_is_incomplete (const MrOauthProvider *provider);

G_END_DECLS
