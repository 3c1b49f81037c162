/* One question to an endpoint of OAuth 2.0.
 *
 * Order: the client's secret from the keyring, then the form is complete, then HTTPS. The step under way is the one that can
 * be cancelled; nothing is left of it afterwards.
 */
#include <config.h>

#include "engine/oauth-post.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "engine/oauth-answer.h"
#include "engine/oauth-assertion.h"

#define TIMEOUT_MS     30000
#define WARN_DAYS      14
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

struct _MrOauthPost {
  MrEngine *engine;
  MrOauthProvider *provider;
  char *url, *json;
  MrHttpForm *form;
  gboolean asking_keyring;
  MrHttpRequest *request;
  GError *error;
  guint failure; /* idle */
  MrOauthPostFunc func;
  gpointer data;
};

gboolean
mr_oauth_is_keyring_error (const GError *error)
{
  return error != NULL && error->domain == MR_ERROR
         && (error->code == MR_ERROR_KEYRING_LOCKED || error->code == MR_ERROR_NO_KEYRING);
}

MrAccountState
mr_oauth_keyring_state (const GError *error)
{
  if (error->code == MR_ERROR_KEYRING_LOCKED)
    return MR_ACCOUNT_KEYRING_LOCKED;
  return error->code == MR_ERROR_TIMED_OUT ? MR_ACCOUNT_KEYRING_SLOW : MR_ACCOUNT_NO_KEYRING;
}

static void
post_free (MrOauthPost *self)
{
  g_clear_handle_id (&self->failure, g_source_remove);
  g_clear_pointer (&self->provider, mr_oauth_provider_free);
  g_clear_pointer (&self->form, mr_http_form_free);
  g_clear_error (&self->error);
  g_free (self->url);
  g_free (self->json);
  g_free (self);
}

static gboolean
failure_cb (gpointer data)
{
  MrOauthPost *self = data;

  self->failure = 0;
  self->func (0, NULL, self->error, self->data);
  post_free (self);
  return G_SOURCE_REMOVE;
}

/* error (transfer full) */
static void
fail_later (MrOauthPost *self, GError *error)
{
  self->error = error;
  self->failure = g_idle_add_full (G_PRIORITY_DEFAULT, failure_cb, self, NULL);
}

static void
answer_cb (const MrHttpAnswer *answer, const GError *error, gpointer data)
{
  MrOauthPost *self = data;

  self->request = NULL;
  self->func (answer != NULL ? answer->status : 0, answer != NULL ? answer->body : NULL, error, self->data);
  post_free (self);
}

static void
ask (MrOauthPost *self)
{
  static const char *const headers[] = { "Accept", "application/json", NULL };
  g_autoptr (GBytes) body = NULL;
  GError *error = NULL;
  g_autoptr (MrHttp) http = mr_engine_dup_http (self->engine, &error);
  MrHttpOptions options
      = { .url = self->url, .headers = headers, .timeout_ms = TIMEOUT_MS, .max_size = MR_OAUTH_ANSWER_MAX };

  if (http != NULL && self->form != NULL) {
    body = mr_http_form_end (self->form, &error);
    options.content_type = "application/x-www-form-urlencoded";
  } else if (http != NULL && self->json != NULL) {
    body = g_bytes_new (self->json, strlen (self->json));
    options.content_type = "application/json";
  }
  if (error != NULL) {
    fail_later (self, error);
    return;
  }
  options.body = body;
  /* Metadata may have moved; a form with a token in it goes nowhere else. */
  options.max_redirects = body == NULL ? 3 : 0;
  self->request = mr_http_start (http, &options, answer_cb, self);
}

/* The provider would only say that it does not know us. */
static gboolean
check_expiry (MrOauthPost *self, MrSigner *signer, GError **error)
{
  gint64 left = mr_signer_get_not_after (signer) - mr_clock_wall (self->engine->clock);

  if (left > 0 && left < WARN_DAYS * G_TIME_SPAN_DAY)
    mr_warning ("oauth", "account %s: the certificate it signs in with ends in %d days", self->provider->account,
                (int)(left / G_TIME_SPAN_DAY));
  if (left > 0)
    return TRUE;
  g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                       _ ("The certificate that this account signs in with has expired; store a new one"));
  return FALSE;
}

/* Who we are goes last. NULL: a public client. */
static gboolean
add_client (MrOauthPost *self, MrSecret *secret, GError **error)
{
  g_autoptr (MrSigner) signer = NULL;
  g_autoptr (MrSecret) assertion = NULL;

  mr_http_form_add (self->form, "client_id", self->provider->client_id);
  if (secret == NULL)
    return TRUE;
  if (!mr_oauth_secret_is_certificate (secret)) {
    mr_http_form_add_secret (self->form, "client_secret", secret);
    return TRUE;
  }
  signer = mr_signer_new (secret, error);
  if (signer == NULL || !check_expiry (self, signer, error))
    return FALSE;
  assertion = mr_oauth_assertion_new (signer, self->provider->client_id, self->url, mr_clock_wall (self->engine->clock),
                                      error);
  if (assertion == NULL)
    return FALSE;
  mr_http_form_add (self->form, "client_assertion_type", ASSERTION_TYPE);
  mr_http_form_add_secret (self->form, "client_assertion", assertion);
  return TRUE;
}

static void
go_on (MrOauthPost *self, MrSecret *secret)
{
  GError *error = NULL;

  if (add_client (self, secret, &error))
    ask (self);
  else
    fail_later (self, error);
}

static void
secret_cb (MrSecret *secret, const GError *error, gpointer data)
{
  MrOauthPost *self = data;

  self->asking_keyring = FALSE;
  if (error != NULL)
    /* Whatever the keyring's trouble is, a later try may go: it is told as one of the keyring. */
    fail_later (self, g_error_new_literal (MR_ERROR,
                                           error->code == MR_ERROR_KEYRING_LOCKED ? MR_ERROR_KEYRING_LOCKED
                                                                                  : MR_ERROR_NO_KEYRING,
                                           error->message));
  else
    go_on (self, secret != NULL ? secret : self->provider->secret);
}

static MrOauthPost *
post_new (MrEngine *engine, const char *url, MrOauthPostFunc func, gpointer data)
{
  MrOauthPost *self = g_new0 (MrOauthPost, 1);

  self->engine = engine;
  self->url = g_strdup (url);
  self->func = func;
  self->data = data;
  return self;
}

MrOauthPost *
mr_oauth_post_start (MrEngine *engine, const MrOauthProvider *provider, const char *url, MrHttpForm *form,
                     gboolean with_secret, MrOauthPostFunc func, gpointer data)
{
  MrOauthPost *self = post_new (engine, url, func, data);

  self->provider = mr_oauth_provider_copy (provider);
  self->form = form;
  if (with_secret) {
    self->asking_keyring = TRUE;
    mr_secrets_lookup (engine->secrets, provider->secret_id, MR_SECRET_KIND_OAUTH_CLIENT, secret_cb, self);
  } else
    go_on (self, NULL);
  return self;
}

MrOauthPost *
mr_oauth_get_start (MrEngine *engine, const char *url, MrOauthPostFunc func, gpointer data)
{
  MrOauthPost *self = post_new (engine, url, func, data);

  ask (self);
  return self;
}

MrOauthPost *
mr_oauth_json_start (MrEngine *engine, const char *url, const char *json, MrOauthPostFunc func, gpointer data)
{
  MrOauthPost *self = post_new (engine, url, func, data);

  self->json = g_strdup (json);
  ask (self);
  return self;
}

void
mr_oauth_post_cancel (MrOauthPost *self)
{
  if (self == NULL)
    return;
  if (self->asking_keyring)
    mr_secrets_cancel (self->engine->secrets, self);
  if (self->request != NULL)
    mr_http_cancel (self->request);
  post_free (self);
}
