/* Signing in with a provider: authorisation code with PKCE through the browser (RFC 6749 4.1, 7636, 8252), pasted or
 * redirected; another device (sign-in-device.c); client credentials and the desktop's accounts are only tried.
 *
 * Order: is there a place for the token, what is missing of the provider, the person, the exchange, the keyring. A sign-in
 * ends after ten minutes, when it is cancelled, or with the first answer that is meant for it.
 */
#include <config.h>

#include "engine/sign-in.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "engine/accounts.h"
#include "engine/sign-in-private.h"

#define LIFE_SECONDS 600
#define SIGN_INS_MAX 8

struct _MrSignIns {
  MrEngine *engine;
  GPtrArray *all;
  guint last, second_ms;
};

/* ---- life ---- */

static void
sign_in_free (gpointer data)
{
  MrSignIn *self = data;

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->poll, g_source_remove);
  mr_secrets_cancel (self->engine->secrets, self);
  mr_oauth_cancel (self->engine->oauth, self);
  g_clear_pointer (&self->completion, mr_oauth_completion_cancel);
  g_clear_pointer (&self->post, mr_oauth_post_cancel);
  g_clear_pointer (&self->redirect, mr_local_redirect_free);
  g_clear_pointer (&self->attempt, mr_oauth_attempt_free);
  g_clear_pointer (&self->provider, mr_oauth_provider_free);
  mr_oauth_device_clear (&self->device);
  mr_account_record_free (self->record);
  g_clear_error (&self->error);
  g_free (self);
}

MrSignIns *
mr_sign_ins_new (MrEngine *engine)
{
  MrSignIns *self = g_new0 (MrSignIns, 1);

  self->engine = engine;
  self->all = g_ptr_array_new_with_free_func (sign_in_free);
  self->second_ms = 1000;
  return self;
}

void
mr_sign_ins_set_second (MrSignIns *self, guint milliseconds)
{
  self->second_ms = milliseconds;
}

void
mr_sign_ins_free (MrSignIns *self)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service was stopped"));

  if (self == NULL)
    return;
  while (self->all->len > 0)
    mr_sign_in_end (g_ptr_array_index (self->all, 0), error);
  g_ptr_array_unref (self->all);
  g_free (self);
}

static MrSignIn *
find (MrEngine *engine, guint number)
{
  for (guint i = 0; engine->sign_ins != NULL && i < engine->sign_ins->all->len; i++) {
    MrSignIn *self = g_ptr_array_index (engine->sign_ins->all, i);

    if (self->number == number)
      return self;
  }
  return NULL;
}

void
mr_sign_in_tell (MrSignIn *self, const char *state, const char *url, const char *user_code)
{
  MrSignInStep step = { .state = state, .url = url, .user_code = user_code, .expires = self->expires };

  if (self->step != NULL)
    self->step (&step, self->data);
}

void
mr_sign_in_end (MrSignIn *self, const GError *error)
{
  MrEngine *engine = self->engine;
  MrEngineDoneFunc done = self->done;
  gpointer data = self->data;
  g_autoptr (GError) kept = error != NULL ? g_error_copy (error) : NULL;

  if (error != NULL)
    mr_info ("oauth", "account %s: sign-in ended: %s", self->record->id, error->message);
  else {
    mr_info ("oauth", "account %s: signed in", self->record->id);
    mr_accounts_recheck (engine->accounts, self->record->id);
  }
  g_ptr_array_remove_fast (self->all, self);
  done (kept, data);
}

/* ---- tokens ---- */

/* The keyring's answer finds the sign-in by its number: it may have been cancelled meanwhile, the token is kept all the same. */
typedef struct {
  MrEngine *engine;
  guint number;
} Stored;

static void
token_stored_cb (const GError *error, gpointer data)
{
  Stored *stored = data;
  MrSignIn *self = find (stored->engine, stored->number);

  if (self != NULL)
    mr_sign_in_end (self, error);
  g_free (stored);
}

static gboolean
check_tokens (MrSignIn *self, const MrOauthTokens *tokens, GError **error)
{
  gboolean openid = self->attempt != NULL && mr_oauth_scope_has (self->provider->scope, "openid");

  if (openid && tokens->id_token == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("The provider did not say who signed in"));
    return FALSE;
  }
  if (openid && !mr_oauth_check_id_token (tokens->id_token, self->attempt->nonce, self->provider->client_id, error))
    return FALSE;
  if (tokens->refresh_token != NULL)
    return TRUE;
  g_set_error_literal (error, MR_ERROR, MR_ERROR_REFUSED,
                       _ ("The provider let you in for this moment only, which is not enough to send mail later. The "
                          "application's registration, or what it asks for, must allow lasting access."));
  return FALSE;
}

void
mr_sign_in_take_answer (MrSignIn *self, guint status, GBytes *body)
{
  g_auto (MrOauthTokens) tokens = { 0 };
  g_autoptr (GError) error = NULL;
  Stored *stored;

  if (mr_oauth_read_tokens (status, body, &tokens, &error) != MR_OAUTH_OK || !check_tokens (self, &tokens, &error)) {
    mr_sign_in_end (self, error);
    return;
  }
  mr_sign_in_tell (self, "storing", NULL, NULL);
  stored = g_new0 (Stored, 1);
  stored->engine = self->engine;
  stored->number = self->number;
  mr_oauth_take_tokens (self->engine->oauth, self->provider, &tokens, token_stored_cb, stored);
}

static void
exchanged_cb (guint status, GBytes *body, const GError *error, gpointer data)
{
  MrSignIn *self = data;

  self->post = NULL;
  if (error != NULL)
    mr_sign_in_end (self, error);
  else
    mr_sign_in_take_answer (self, status, body);
}

static void
exchange (MrSignIn *self, MrSecret *code)
{
  MrHttpForm *form = mr_http_form_new ();

  self->waiting = FALSE;
  mr_sign_in_tell (self, "exchanging", NULL, NULL);
  mr_http_form_add (form, "grant_type", "authorization_code");
  mr_http_form_add_secret (form, "code", code);
  mr_http_form_add (form, "redirect_uri", self->attempt->redirect_uri);
  mr_http_form_add_secret (form, "code_verifier", self->attempt->verifier);
  self->post = mr_oauth_post_start (self->engine, self->provider, self->provider->token, form, TRUE, exchanged_cb,
                                    self);
}

/* ---- browser ---- */

/* FALSE with error: not an answer to this sign-in. A refusal ends it (later: nobody is called inside). */
static gboolean end_cb (gpointer data);

static gboolean
take_redirect (MrSignIn *self, const char *address, GError **error)
{
  g_autoptr (MrSecret) code = NULL;
  g_autoptr (GError) local = NULL;

  if (mr_oauth_read_redirect (self->attempt, self->provider->issuer, address, &code, &local)) {
    exchange (self, code);
    return TRUE;
  }
  if (local->code == MR_ERROR_INVALID) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  self->waiting = FALSE;
  self->error = g_steal_pointer (&local);
  self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, end_cb, self, NULL);
  return TRUE;
}

static gboolean
end_cb (gpointer data)
{
  MrSignIn *self = data;
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  self->idle = 0;
  mr_sign_in_end (self, error);
  return G_SOURCE_REMOVE;
}

/* The listener has closed itself: an answer that is not ours ends the sign-in, since no other one can come this way. */
static void
redirect_cb (const char *query, gpointer data)
{
  MrSignIn *self = data;

  if (self->waiting && !take_redirect (self, query, &self->error)) {
    self->waiting = FALSE;
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, end_cb, self, NULL);
  }
}

static void
begin_browser (MrSignIn *self)
{
  MrOauthAuthorization a = { .endpoint = self->provider->authorize,
                             .client_id = self->provider->client_id,
                             .scope = self->provider->scope,
                             .user = self->provider->user };
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL, *url = NULL;

  self->redirect = mr_local_redirect_new ("/", redirect_cb, self, &error);
  if (self->redirect == NULL) {
    mr_sign_in_end (self, error);
    return;
  }
  uri = mr_local_redirect_dup_uri (self->redirect, self->provider->loopback);
  self->attempt = mr_oauth_attempt_new (uri);
  url = mr_oauth_build_url (&a, self->attempt);
  self->waiting = TRUE;
  mr_sign_in_tell (self, self->provider->flow == MR_OAUTH_PASTE ? "paste" : "open", url, NULL);
}

/* ---- start ---- */

static void
tried_cb (MrSecret *token, MrAccountState trouble, const GError *error, gpointer data)
{
  mr_sign_in_end (data, error);
}

static void
begin (MrSignIn *self)
{
  g_autoptr (GError) error = NULL;

  if (self->provider->flow != MR_OAUTH_DESKTOP && !mr_oauth_provider_check (self->provider, &error)) {
    mr_sign_in_end (self, error);
    return;
  }
  switch (self->provider->flow) {
  case MR_OAUTH_BROWSER:
  case MR_OAUTH_PASTE:
    begin_browser (self);
    break;
  case MR_OAUTH_DEVICE:
    mr_sign_in_device_begin (self);
    break;
  case MR_OAUTH_CREDENTIALS:
  case MR_OAUTH_DESKTOP:
  case MR_OAUTH_N_FLOWS:
    /* Nobody is asked: is a token to be had? */
    mr_sign_in_tell (self, "exchanging", NULL, NULL);
    mr_oauth_drop (self->engine->oauth, self->record->id);
    mr_oauth_get_token (self->engine->oauth, self->record, NULL, tried_cb, self);
    break;
  }
}

static void
completed_cb (const GError *error, gpointer data)
{
  MrSignIn *self = data;

  self->completion = NULL;
  /* Where only the client id is missing, that is what a person must hear. */
  if (error != NULL && *self->provider->token == '\0')
    mr_sign_in_end (self, error);
  else
    begin (self);
}

static void
writable_cb (const GError *error, gpointer data)
{
  MrSignIn *self = data;

  if (error != NULL) {
    mr_sign_in_end (self, error);
    return;
  }
  self->provider = mr_oauth_provider_new (self->engine, self->record);
  if (mr_oauth_provider_is_incomplete (self->provider))
    self->completion = mr_oauth_completion_start (self->engine, self->provider, TRUE, completed_cb, self);
  else
    begin (self);
}

static gboolean
start_cb (gpointer data)
{
  MrSignIn *self = data;

  self->idle = 0;
  if (!mr_config_id_is_valid (self->record->id)) {
    g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_INVALID,
                                                    _ ("id: 1 to 32 of a-z, 0-9, - and _ are allowed"));
    mr_sign_in_end (self, error);
  } else
    mr_secrets_check_writable (self->engine->secrets, writable_cb, self);
  return G_SOURCE_REMOVE;
}

static gboolean
timeout_cb (gpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (
      MR_ERROR, MR_ERROR_TIMED_OUT, _ ("Nobody signed in within ten minutes. Start the sign-in once more."));

  ((MrSignIn *)data)->timer = 0;
  mr_sign_in_end (data, error);
  return G_SOURCE_REMOVE;
}

guint
mr_engine_sign_in (MrEngine *engine, const MrAccountRecord *record, MrSignInStepFunc step, MrEngineDoneFunc done,
                   gpointer data)
{
  MrSignIns *all = engine->sign_ins;
  MrSignIn *self;

  if (all == NULL || all->all->len >= SIGN_INS_MAX) {
    g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_BUSY,
                                                    _ ("Too many sign-ins run at once: wait for one to end"));

    done (error, data);
    return 0;
  }
  self = g_new0 (MrSignIn, 1);
  self->engine = engine;
  self->all = all->all;
  self->second_ms = all->second_ms;
  self->number = ++all->last;
  self->record = mr_account_record_copy (record);
  self->expires = mr_clock_wall (engine->clock) + LIFE_SECONDS * G_TIME_SPAN_SECOND;
  self->step = step;
  self->done = done;
  self->data = data;
  self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, start_cb, self, NULL);
  self->timer = g_timeout_add (LIFE_SECONDS * self->second_ms, timeout_cb, self);
  g_ptr_array_add (all->all, self);
  return self->number;
}

gboolean
mr_engine_answer_sign_in (MrEngine *engine, guint number, const char *pasted, GError **error)
{
  MrSignIn *self = find (engine, number);

  if (self != NULL && self->waiting)
    return take_redirect (self, pasted, error);
  g_set_error_literal (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("This sign-in is over, or waits for no address"));
  return FALSE;
}

void
mr_engine_cancel_sign_in (MrEngine *engine, guint number)
{
  MrSignIn *self = find (engine, number);
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The sign-in was stopped"));

  if (self != NULL)
    mr_sign_in_end (self, error);
}
