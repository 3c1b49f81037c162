/* Renewal of an access token (RFC 6749 6, 4.4).
 *
 * Order for a lasting token: is the keyring writable, then the token, then the endpoint. Only an answer that says so makes the
 * account need a sign-in; everything that may pass is temporary.
 */
#include <config.h>

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "engine/oauth-private.h"

#define DESKTOP_LIFE_SECONDS 300 /* where the desktop does not say */

/* Its lasting tokens are never replaced: a keyring that is locked meanwhile loses nothing. */
#define GOOGLE_TOKEN "https://oauth2.googleapis.com/token"

void
mr_oauth_renew_stop (MrOauthKeep *keep)
{
  mr_secrets_cancel (keep->oauth->engine->secrets, &keep->renewing);
  mr_desktop_accounts_cancel (keep->oauth->desktop, &keep->renewing);
  g_clear_pointer (&keep->post, mr_oauth_post_cancel);
  g_clear_pointer (&keep->completion, mr_oauth_completion_cancel);
  g_clear_pointer (&keep->provider, mr_oauth_provider_free);
  g_clear_pointer (&keep->used, mr_secret_unref);
  keep->renewing = FALSE;
}

/* The callbacks of the secrets room are told apart by their data: that of a renewal points into the keep. */
static MrOauthKeep *
keep_of (gpointer data)
{
  return (MrOauthKeep *)(gpointer)((char *)data - G_STRUCT_OFFSET (MrOauthKeep, renewing));
}

static void
end (MrOauthKeep *keep, MrAccountState trouble, GError *error)
{
  mr_oauth_renew_stop (keep);
  if (error != NULL)
    mr_info ("oauth", "account %s: cannot sign in now: %s", keep->id, error->message);
  mr_oauth_keep_answer (keep, trouble, error);
  mr_oauth_check_settled (keep->oauth);
}

static MrAccountState
trouble_of (MrOauthResult result, const GError *error)
{
  switch (result) {
  case MR_OAUTH_SIGN_IN_AGAIN:
  case MR_OAUTH_CLIENT_REFUSED:
  case MR_OAUTH_DENIED:
  case MR_OAUTH_EXPIRED:
    return MR_ACCOUNT_NEEDS_SIGN_IN;
  case MR_OAUTH_REFUSED:
    /* What is no answer of OAuth at all came from something in between. */
    return error->code == MR_ERROR_PROTOCOL ? MR_ACCOUNT_READY : MR_ACCOUNT_NEEDS_SIGN_IN;
  case MR_OAUTH_OK:
  case MR_OAUTH_TEMPORARY:
  case MR_OAUTH_PENDING:
  case MR_OAUTH_SLOW_DOWN:
    break;
  }
  return MR_ACCOUNT_READY;
}

static void
answered_cb (guint status, GBytes *body, const GError *error, gpointer data)
{
  MrOauthKeep *keep = data;
  g_auto (MrOauthTokens) tokens = { 0 };
  GError *refusal = NULL;
  MrOauthResult result;

  keep->post = NULL;
  if (error != NULL) {
    MrAccountState trouble = mr_oauth_is_keyring_error (error) ? mr_oauth_keyring_state (error)
                             : error->code == MR_ERROR_INVALID ? MR_ACCOUNT_NEEDS_SIGN_IN
                                                               : MR_ACCOUNT_READY;
    end (keep, trouble, g_error_copy (error));
    return;
  }
  result = mr_oauth_read_tokens (status, body, &tokens, &refusal);
  if (result != MR_OAUTH_OK) {
    if (trouble_of (result, refusal) == MR_ACCOUNT_NEEDS_SIGN_IN)
      g_clear_pointer (&keep->access, mr_secret_unref);
    end (keep, trouble_of (result, refusal), refusal);
    return;
  }
  mr_oauth_keep_take (keep, keep->provider, &tokens);
  mr_debug ("oauth", "account %s: an access token came", keep->id);
  end (keep, MR_ACCOUNT_READY, NULL);
}

static void
post (MrOauthKeep *keep)
{
  MrHttpForm *form = mr_http_form_new ();

  if (keep->used != NULL) {
    mr_http_form_add (form, "grant_type", "refresh_token");
    mr_http_form_add_secret (form, "refresh_token", keep->used);
  } else
    mr_http_form_add (form, "grant_type", "client_credentials");
  /* Of a lasting token the scope is known (RFC 6749 6); Microsoft's serve several and want to be told. */
  if (*keep->provider->scope != '\0' && (keep->used == NULL || mr_oauth_provider_is_microsoft (keep->provider)))
    mr_http_form_add (form, "scope", keep->provider->scope);
  keep->post = mr_oauth_post_start (keep->oauth->engine, keep->provider, keep->provider->token, form, TRUE, answered_cb,
                                    keep);
}

static void
token_cb (MrSecret *secret, const GError *error, gpointer data)
{
  MrOauthKeep *keep = keep_of (data);

  if (error != NULL)
    end (keep, mr_oauth_keyring_state (error), g_error_copy (error));
  else if (secret == NULL)
    end (keep, MR_ACCOUNT_NEEDS_SIGN_IN,
         g_error_new_literal (MR_ERROR, MR_ERROR_NOT_FOUND, _ ("Nobody has signed in for this account yet")));
  else {
    keep->used = mr_secret_ref (secret);
    post (keep);
  }
}

static void
find_token (MrOauthKeep *keep)
{
  if (keep->refresh != NULL) {
    keep->used = mr_secret_ref (keep->refresh);
    post (keep);
  } else
    mr_secrets_lookup (keep->oauth->engine->secrets, keep->id, MR_SECRET_KIND_OAUTH_TOKEN, token_cb, &keep->renewing);
}

static void
writable_cb (const GError *error, gpointer data)
{
  MrOauthKeep *keep = keep_of (data);

  if (error != NULL)
    end (keep, mr_oauth_keyring_state (error), g_error_copy (error));
  else
    find_token (keep);
}

/* ---- the desktop's accounts ---- */

static void
desktop_cb (MrSecret *token, guint seconds, const GError *error, gpointer data)
{
  MrOauthKeep *keep = keep_of (data);
  MrOauthTokens tokens = { 0 };

  if (error != NULL) {
    gboolean person = error->code == MR_ERROR_REFUSED || error->code == MR_ERROR_NOT_FOUND;

    end (keep, person ? MR_ACCOUNT_NEEDS_SIGN_IN : MR_ACCOUNT_READY, g_error_copy (error));
    return;
  }
  tokens.access_token = mr_secret_ref (token);
  tokens.expires_in = seconds > 0 ? seconds : DESKTOP_LIFE_SECONDS;
  mr_oauth_keep_take (keep, keep->provider, &tokens);
  end (keep, MR_ACCOUNT_READY, NULL);
}

static void
begin (MrOauthKeep *keep)
{
  GError *error = NULL;

  if (!mr_oauth_provider_check (keep->provider, &error))
    end (keep, MR_ACCOUNT_NEEDS_SIGN_IN, error);
  else if (keep->provider->flow == MR_OAUTH_CREDENTIALS)
    post (keep);
  else if (strcmp (keep->provider->token, GOOGLE_TOKEN) == 0)
    find_token (keep);
  else
    mr_secrets_check_writable (keep->oauth->engine->secrets, writable_cb, &keep->renewing);
}

static void
completed_cb (const GError *error, gpointer data)
{
  MrOauthKeep *keep = data;

  keep->completion = NULL;
  if (error != NULL)
    end (keep, MR_ACCOUNT_READY, g_error_copy (error));
  else
    begin (keep);
}

void
mr_oauth_renew (MrOauthKeep *keep, const MrAccountRecord *record)
{
  keep->renewing = TRUE;
  keep->provider = mr_oauth_provider_new (keep->oauth->engine, record);
  if (record->oauth_flow == MR_OAUTH_DESKTOP)
    mr_desktop_accounts_get_token (keep->oauth->desktop, keep->provider->desktop_account, desktop_cb, &keep->renewing);
  else if (*keep->provider->token == '\0' && *keep->provider->issuer != '\0')
    keep->completion = mr_oauth_completion_start (keep->oauth->engine, keep->provider, FALSE, completed_cb, keep);
  else
    begin (keep);
}
