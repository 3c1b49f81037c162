/* Access tokens of accounts: had when a delivery needs one, kept in memory until they expire, renewed once at a time.
 *
 * The lasting (refresh) token stands in the keyring under the account's id, kind oauth-token, and nowhere else. A provider
 * may put a new one in its place at each renewal, and the old one is void from then on: so a renewal starts only while the
 * keyring can be written, and a new token that could not be stored stays in memory and is stored later.
 */
#pragma once

#include "engine/oauth-answer.h"
#include "engine/oauth-provider.h"

G_BEGIN_DECLS

MrOauth *mr_oauth_new (MrEngine *engine);
void mr_oauth_free (MrOauth *oauth); /* callbacks that are due are not called */

/* Exactly one of token and error. trouble: the state that the account is in because of the error; READY: it is temporary
 * and says nothing about the account. All borrowed. */
typedef void (*MrOauthTokenFunc) (MrSecret *token, MrAccountState trouble, const GError *error, gpointer data);
/* refused: a token that the mail server did not take, never given again; NULL: none. func is never called inside. */
void mr_oauth_get_token (MrOauth *oauth, const MrAccountRecord *record, MrSecret *refused, MrOauthTokenFunc func,
                         gpointer data);
/* Callbacks with this data are not called. */
void mr_oauth_cancel (MrOauth *oauth, gpointer data);

/* What a sign-in brought (tokens are moved out). func is called when the lasting token is in the keyring, or with the error why
 * it is not; then it is kept in memory and storing goes on. */
void mr_oauth_take_tokens (MrOauth *oauth, const MrOauthProvider *provider, MrOauthTokens *tokens,
                           MrEngineDoneFunc func, gpointer data);
/* Gives the lasting token back to the provider (RFC 7009) where it has a place for that, and forgets everything of this
 * account. func gets an error only where the keyring still has the token. */
void mr_oauth_sign_out (MrOauth *oauth, const MrAccountRecord *record, MrEngineDoneFunc func, gpointer data);
/* What an issuer told of itself (transfer: contents are taken), and what is known. Borrowed; NULL: nothing. */
void mr_oauth_learn (MrOauth *oauth, const char *issuer, MrOauthMetadata *metadata);
const MrOauthMetadata *mr_oauth_known (MrOauth *oauth, const char *issuer);
/* TRUE while a provider is asked for a token, or one is on its way into the keyring: a service that stopped then might lose the
 * only token that is good. func: called when that is over; NULL: nobody. */
gboolean mr_oauth_is_busy (MrOauth *oauth);
void mr_oauth_set_settled_func (MrOauth *oauth, void (*func) (gpointer data), gpointer data);
/* The keyring can be asked again: what waits to be stored is stored now. */
void mr_oauth_keyring_changed (MrOauth *oauth);
/* Access tokens are had anew: client or settings are others. id NULL: of all accounts. */
void mr_oauth_drop (MrOauth *oauth, const char *id);

G_END_DECLS
