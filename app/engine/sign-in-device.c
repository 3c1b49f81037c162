/* Signing in on another device (RFC 8628): a code is shown, and the token endpoint is asked until the person has entered it.
 *
 * "slow_down" lengthens the wait by five seconds for good (3.5); a lost connection doubles it, as the RFC wants.
 */
#include <config.h>

#include <glib/gi18n-lib.h>

#include "engine/sign-in-private.h"

#define SLOWER_SECONDS 5
#define INTERVAL_MAX   120
#define GRANT_DEVICE   "urn:ietf:params:oauth:grant-type:device_code"

static void wait (MrSignIn *self);

static void
polled_cb (guint status, GBytes *body, const GError *error, gpointer data)
{
  MrSignIn *self = data;
  g_auto (MrOauthTokens) tokens = { 0 };
  g_autoptr (GError) refusal = NULL;

  self->post = NULL;
  if (error != NULL && error->code == MR_ERROR_INVALID) {
    mr_sign_in_end (self, error);
    return;
  }
  if (error != NULL) {
    self->interval = MIN (self->interval * 2, INTERVAL_MAX);
    wait (self);
    return;
  }
  switch (mr_oauth_read_tokens (status, body, &tokens, &refusal)) {
  case MR_OAUTH_SLOW_DOWN:
    self->interval = MIN (self->interval + SLOWER_SECONDS, INTERVAL_MAX);
    wait (self);
    break;
  case MR_OAUTH_PENDING:
  case MR_OAUTH_TEMPORARY:
    wait (self);
    break;
  case MR_OAUTH_OK:
  case MR_OAUTH_SIGN_IN_AGAIN:
  case MR_OAUTH_CLIENT_REFUSED:
  case MR_OAUTH_DENIED:
  case MR_OAUTH_EXPIRED:
  case MR_OAUTH_REFUSED:
    mr_sign_in_take_answer (self, status, body);
    break;
  }
}

static gboolean
poll_cb (gpointer data)
{
  MrSignIn *self = data;
  MrHttpForm *form;

  self->poll = 0;
  if (mr_clock_wall (self->engine->clock) >= self->expires) {
    g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT,
                                                    _ ("The code has expired. Start the sign-in once more."));
    mr_sign_in_end (self, error);
    return G_SOURCE_REMOVE;
  }
  form = mr_http_form_new ();
  mr_http_form_add (form, "grant_type", GRANT_DEVICE);
  mr_http_form_add_secret (form, "device_code", self->device.device_code);
  self->post = mr_oauth_post_start (self->engine, self->provider, self->provider->token, form, TRUE, polled_cb, self);
  return G_SOURCE_REMOVE;
}

static void
wait (MrSignIn *self)
{
  self->poll = g_timeout_add (self->interval * self->second_ms, poll_cb, self);
}

static void
device_cb (guint status, GBytes *body, const GError *error, gpointer data)
{
  MrSignIn *self = data;
  g_autoptr (GError) local = NULL;

  self->post = NULL;
  if (error == NULL && mr_oauth_read_device (status, body, &self->device, &local) != MR_OAUTH_OK)
    error = local;
  if (error != NULL) {
    mr_sign_in_end (self, error);
    return;
  }
  self->interval = (guint)self->device.interval;
  self->expires = MIN (self->expires, mr_clock_wall (self->engine->clock) + self->device.expires_in * G_USEC_PER_SEC);
  mr_sign_in_tell (self, "device", self->device.url, self->device.user_code);
  wait (self);
}

void
mr_sign_in_device_begin (MrSignIn *self)
{
  MrHttpForm *form = mr_http_form_new ();

  if (*self->provider->scope != '\0')
    mr_http_form_add (form, "scope", self->provider->scope);
  self->post = mr_oauth_post_start (self->engine, self->provider, self->provider->device, form, FALSE, device_cb, self);
}
