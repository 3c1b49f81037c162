/* Lasting tokens in the keyring, and giving them back (RFC 7009).
 *
 * A token that could not be stored stays in memory, and storing is tried again: after 5 seconds, then ever more rarely up to
 * five minutes, and at once when the keyring says that it can be asked again.
 */
#include <config.h>

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "engine/accounts.h"
#include "engine/oauth-private.h"

#define STORE_FIRST_SECONDS 5
#define STORE_MAX_SECONDS   300

static void begin_store (MrOauthKeep *keep);

static void
tell_stored (MrOauthKeep *keep, const GError *error)
{
  MrEngineDoneFunc func = g_steal_pointer (&keep->stored_func);

  if (func != NULL)
    func (error, keep->stored_data);
}

static gboolean
again_cb (gpointer data)
{
  MrOauthKeep *keep = data;

  keep->store_timer = 0;
  begin_store (keep);
  return G_SOURCE_REMOVE;
}

static void
stored_cb (const GError *error, gpointer data)
{
  MrOauthKeep *keep = (MrOauthKeep *)(gpointer)((char *)data - G_STRUCT_OFFSET (MrOauthKeep, storing));
  guint delay;

  keep->storing = FALSE;
  if (error == NULL) {
    keep->store_tries = 0;
    g_clear_pointer (&keep->refresh, mr_secret_unref);
    tell_stored (keep, NULL);
    mr_oauth_check_settled (keep->oauth);
    return;
  }
  delay = MIN (STORE_FIRST_SECONDS << MIN (keep->store_tries, 6), STORE_MAX_SECONDS);
  keep->store_tries++;
  mr_warning ("oauth", "account %s: its new token is not in the keyring yet (%s); tried again in %u s", keep->id,
              error->message, delay);
  keep->store_timer = g_timeout_add_seconds (delay, again_cb, keep);
  tell_stored (keep, error);
  mr_oauth_check_settled (keep->oauth);
}

static void
begin_store (MrOauthKeep *keep)
{
  g_autofree char *label = NULL;
  const MrAccountRecord *record = keep->oauth->engine->accounts != NULL
                                      ? mr_accounts_find (keep->oauth->engine->accounts, keep->id)
                                      : NULL;

  g_clear_handle_id (&keep->store_timer, g_source_remove);
  label = g_strdup_printf ("Mail Relay: %s (OAuth)",
                           record != NULL && record->name != NULL && *record->name != '\0' ? record->name : keep->id);
  keep->storing = TRUE;
  mr_secrets_store (keep->oauth->engine->secrets, keep->id, MR_SECRET_KIND_OAUTH_TOKEN, label, keep->refresh, stored_cb,
                    &keep->storing);
}

void
mr_oauth_store_begin (MrOauthKeep *keep)
{
  mr_secrets_cancel (keep->oauth->engine->secrets, &keep->storing);
  keep->store_tries = 0;
  begin_store (keep);
}

void
mr_oauth_store_stop (MrOauthKeep *keep)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The account was signed out"));

  mr_secrets_cancel (keep->oauth->engine->secrets, &keep->storing);
  g_clear_handle_id (&keep->store_timer, g_source_remove);
  g_clear_handle_id (&keep->stored_idle, g_source_remove);
  keep->storing = FALSE;
  tell_stored (keep, error);
}

void
mr_oauth_keyring_changed (MrOauth *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->keeps);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    MrOauthKeep *keep = value;

    if (keep->refresh != NULL && !keep->storing)
      begin_store (keep);
  }
}

static gboolean
stored_already_cb (gpointer data)
{
  ((MrOauthKeep *)data)->stored_idle = 0;
  tell_stored (data, NULL);
  return G_SOURCE_REMOVE;
}

void
mr_oauth_take_tokens (MrOauth *self, const MrOauthProvider *provider, MrOauthTokens *tokens, MrEngineDoneFunc func,
                      gpointer data)
{
  MrOauthKeep *keep = mr_oauth_keep_get (self, provider->account);

  /* A renewal with the token of before would put its answer over this one. */
  mr_oauth_renew_stop (keep);
  mr_oauth_store_stop (keep);
  keep->stored_func = func;
  keep->stored_data = data;
  mr_oauth_keep_take (keep, provider, tokens);
  if (!g_queue_is_empty (&keep->waiters))
    mr_oauth_keep_answer (keep, MR_ACCOUNT_READY, NULL);
  if (!keep->storing)
    keep->stored_idle = g_idle_add_full (G_PRIORITY_DEFAULT, stored_already_cb, keep, NULL);
}

/* ---- giving back ---- */

typedef struct {
  MrOauth *oauth;
  MrOauthProvider *provider;
  MrSecret *token;
  MrOauthPost *post;
  MrEngineDoneFunc func;
  gpointer data;
} Out;

static void
out_free (Out *out)
{
  mr_secrets_cancel (out->oauth->engine->secrets, out);
  g_clear_pointer (&out->post, mr_oauth_post_cancel);
  g_clear_pointer (&out->provider, mr_oauth_provider_free);
  g_clear_pointer (&out->token, mr_secret_unref);
  g_free (out);
}

static void
out_end (Out *out, const GError *error)
{
  g_ptr_array_remove_fast (out->oauth->outs, out);
  out->func (error, out->data);
  out_free (out);
}

void
mr_oauth_outs_free (MrOauth *self)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service was stopped"));

  while (self->outs->len > 0)
    out_end (g_ptr_array_index (self->outs, 0), error);
  g_ptr_array_unref (self->outs);
}

/* The person wants it gone, and it is: a provider that cannot be asked changes nothing about that. */
static void
revoked_cb (guint status, GBytes *body, const GError *error, gpointer data)
{
  Out *out = data;

  out->post = NULL;
  if (error != NULL)
    mr_warning ("oauth", "account %s: the provider was not told of the sign-out: %s", out->provider->account,
                error->message);
  else if (status / 100 != 2)
    mr_warning ("oauth", "account %s: the provider did not take the sign-out (status %u)", out->provider->account,
                status);
  out_end (out, NULL);
}

static void
cleared_cb (const GError *error, gpointer data)
{
  Out *out = data;
  MrHttpForm *form;

  if (error != NULL || out->token == NULL || *out->provider->revoke == '\0') {
    out_end (out, error);
    return;
  }
  form = mr_http_form_new ();
  mr_http_form_add_secret (form, "token", out->token);
  mr_http_form_add (form, "token_type_hint", "refresh_token");
  out->post = mr_oauth_post_start (out->oauth->engine, out->provider, out->provider->revoke, form, TRUE, revoked_cb,
                                   out);
}

static void
clear (Out *out)
{
  mr_secrets_clear (out->oauth->engine->secrets, out->provider->account, MR_SECRET_KIND_OAUTH_TOKEN, cleared_cb, out);
}

static void
found_cb (MrSecret *secret, const GError *error, gpointer data)
{
  Out *out = data;

  if (error != NULL) {
    out_end (out, error);
    return;
  }
  out->token = secret != NULL ? mr_secret_ref (secret) : NULL;
  clear (out);
}

void
mr_oauth_sign_out (MrOauth *self, const MrAccountRecord *record, MrEngineDoneFunc func, gpointer data)
{
  MrOauthKeep *keep = mr_oauth_keep_get (self, record->id);
  Out *out = g_new0 (Out, 1);

  out->oauth = self;
  out->provider = mr_oauth_provider_new (self->engine, record);
  out->func = func;
  out->data = data;
  g_ptr_array_add (self->outs, out);
  mr_oauth_renew_stop (keep);
  mr_oauth_store_stop (keep);
  g_clear_pointer (&keep->access, mr_secret_unref);
  if (!g_queue_is_empty (&keep->waiters))
    mr_oauth_keep_answer (keep, MR_ACCOUNT_NEEDS_SIGN_IN,
                          g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The account was signed out")));
  out->token = g_steal_pointer (&keep->refresh);
  if (out->token != NULL)
    clear (out);
  else
    mr_secrets_lookup (self->engine->secrets, record->id, MR_SECRET_KIND_OAUTH_TOKEN, found_cb, out);
}
