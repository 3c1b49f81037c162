/* What is missing of a provider: asked of its issuer, one step after the other. */
#include <config.h>

#include "engine/oauth-metadata.h"

#include <json-glib/json-glib.h>

#include "base/log.h"
#include "engine/configuration.h"
#include "engine/oauth-post.h"
#include "engine/oauth.h"

struct _MrOauthCompletion {
  MrEngine *engine;
  MrOauthProvider *provider;
  gboolean may_register;
  gboolean second_place; /* RFC 8414's, after OpenID's had nothing */
  MrOauthPost *post;
  char *client;
  gboolean storing;
  guint idle;
  MrEngineDoneFunc func;
  gpointer data;
};

static void
completion_free (MrOauthCompletion *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  g_free (self->client);
  g_free (self);
}

static void
end (MrOauthCompletion *self, const GError *error)
{
  self->func (error, self->data);
  completion_free (self);
}

gboolean
mr_oauth_provider_is_incomplete (const MrOauthProvider *p)
{
  gboolean browser = p->flow == MR_OAUTH_BROWSER || p->flow == MR_OAUTH_PASTE;

  return *p->issuer != '\0'
         && (*p->client_id == '\0' || *p->token == '\0' || (browser && *p->authorize == '\0')
             || (p->flow == MR_OAUTH_DEVICE && *p->device == '\0'));
}

/* ---- registration ---- */

static void
write_client (MrOauthCompletion *self, const char *client)
{
  g_autofree char *group = g_strconcat ("oauth ", self->provider->provider, NULL);
  const MrConfigurationEdit edit = { group, "client-id", client };
  g_autoptr (GError) error = NULL;

  if (mr_configuration_apply (self->engine->configuration, &edit, 1, NULL, &error)) {
    mr_info ("oauth", "the provider %s registered an application for us", self->provider->provider);
    g_free (self->provider->client_id);
    self->provider->client_id = g_strdup (client);
    g_free (self->provider->secret_id);
    self->provider->secret_id = mr_oauth_dup_secret_id (self->provider->provider);
  }
  end (self, error);
}

static void
stored_cb (const GError *error, gpointer data)
{
  MrOauthCompletion *self = data;

  self->storing = FALSE;
  if (error != NULL)
    end (self, error);
  else
    write_client (self, self->client);
}

static void
registered_cb (guint status, GBytes *body, const GError *error, gpointer data)
{
  MrOauthCompletion *self = data;
  g_autoptr (MrSecret) secret = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *id = mr_oauth_dup_secret_id (self->provider->provider);
  g_autofree char *label = g_strdup_printf ("Mail Relay: %s (OAuth client)", self->provider->provider);

  self->post = NULL;
  if (error == NULL && !mr_oauth_read_registration (status, body, &self->client, &secret, &local))
    error = local;
  if (error != NULL)
    end (self, error);
  else if (secret == NULL)
    write_client (self, self->client);
  else {
    self->storing = TRUE;
    mr_secrets_store (self->engine->secrets, id, MR_SECRET_KIND_OAUTH_CLIENT, label, secret, stored_cb, self);
  }
}

static void
add_list (JsonBuilder *builder, const char *name, const char *const *items)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; items[i] != NULL; i++)
    json_builder_add_string_value (builder, items[i]);
  json_builder_end_array (builder);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static char *
dup_request (const MrOauthProvider *provider)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *redirect = g_strdup_printf ("http://%s/", provider->loopback);
  const char *const redirects[] = { redirect, NULL };
  const char *const grants[] = { "authorization_code", "refresh_token", NULL };
  const char *const types[] = { "code", NULL };

  json_builder_begin_object (builder);
  add_string (builder, "client_name", "Mail Relay");
  add_string (builder, "application_type", "native");
  add_string (builder, "token_endpoint_auth_method", "none");
  add_list (builder, "redirect_uris", redirects);
  add_list (builder, "grant_types", grants);
  add_list (builder, "response_types", types);
  if (*provider->scope != '\0')
    add_string (builder, "scope", provider->scope);
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* Without an id there is no group that could keep the client. */
static void
maybe_register (MrOauthCompletion *self)
{
  g_autofree char *request = NULL;

  if (!self->may_register || *self->provider->client_id != '\0' || *self->provider->register_ == '\0'
      || !mr_config_id_is_valid (self->provider->provider)) {
    end (self, NULL);
    return;
  }
  request = dup_request (self->provider);
  self->post = mr_oauth_json_start (self->engine, self->provider->register_, request, registered_cb, self);
}

/* ---- metadata ---- */

static void
fill (char **slot, const char *value)
{
  if (**slot != '\0')
    return;
  g_free (*slot);
  *slot = g_strdup (value);
}

static void
take (MrOauthCompletion *self)
{
  const MrOauthMetadata *m = mr_oauth_known (self->engine->oauth, self->provider->issuer);

  fill (&self->provider->authorize, m->authorize);
  fill (&self->provider->token, m->token);
  fill (&self->provider->device, m->device);
  fill (&self->provider->revoke, m->revoke);
  fill (&self->provider->register_, m->registration);
  maybe_register (self);
}

static void ask (MrOauthCompletion *self);

static void
answered_cb (guint status, GBytes *body, const GError *error, gpointer data)
{
  MrOauthCompletion *self = data;
  g_auto (MrOauthMetadata) metadata = { 0 };
  g_autoptr (GError) local = NULL;

  self->post = NULL;
  if (error == NULL && !mr_oauth_read_metadata (status, body, self->provider->issuer, &metadata, &local)) {
    if (!self->second_place) {
      self->second_place = TRUE;
      ask (self);
      return;
    }
    error = local;
  }
  if (error != NULL) {
    end (self, error);
    return;
  }
  mr_oauth_learn (self->engine->oauth, self->provider->issuer, &metadata);
  take (self);
}

/* OpenID's place is behind the issuer's path, RFC 8414's between host and path. */
static char *
dup_place (const char *issuer, gboolean second)
{
  g_autofree char *base = g_strdup (issuer);
  gsize len = strlen (base);
  const char *host = strstr (issuer, "://"), *path = host != NULL ? strchr (host + 3, '/') : NULL;

  if (len > 0 && base[len - 1] == '/')
    base[len - 1] = '\0';
  if (!second)
    return g_strconcat (base, "/.well-known/openid-configuration", NULL);
  if (path == NULL)
    return g_strconcat (base, "/.well-known/oauth-authorization-server", NULL);
  return g_strdup_printf ("%.*s/.well-known/oauth-authorization-server%s", (int)(path - issuer), issuer,
                          path[1] != '\0' ? base + (path - issuer) : "");
}

static void
ask (MrOauthCompletion *self)
{
  g_autofree char *url = dup_place (self->provider->issuer, self->second_place);

  self->post = mr_oauth_get_start (self->engine, url, answered_cb, self);
}

static gboolean
known_cb (gpointer data)
{
  MrOauthCompletion *self = data;

  self->idle = 0;
  take (self);
  return G_SOURCE_REMOVE;
}

MrOauthCompletion *
mr_oauth_completion_start (MrEngine *engine, MrOauthProvider *provider, gboolean may_register, MrEngineDoneFunc func,
                           gpointer data)
{
  MrOauthCompletion *self = g_new0 (MrOauthCompletion, 1);

  self->engine = engine;
  self->provider = provider;
  self->may_register = may_register;
  self->func = func;
  self->data = data;
  if (mr_oauth_known (engine->oauth, provider->issuer) != NULL)
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, known_cb, self, NULL);
  else
    ask (self);
  return self;
}

void
mr_oauth_completion_cancel (MrOauthCompletion *self)
{
  if (self == NULL)
    return;
  mr_oauth_post_cancel (self->post);
  if (self->storing)
    mr_secrets_cancel (self->engine->secrets, self);
  completion_free (self);
}
