/* Whom an account signs in with.
 *
 * An application that is registered for one preset serves the others that sign in at the same place (Gmail and Google
 * Workspace), except at Microsoft, where an application of one organisation does not work for anybody else.
 */
#include <config.h>

#include "engine/oauth-provider.h"

#include <glib/gi18n-lib.h>

#include "engine/oauth-request.h"
#include "engine/oauth.h"
#include "engine/providers.h"

#define MICROSOFT       "https://login.microsoftonline.com/"
#define MICROSOFT_SCOPE "https://outlook.office365.com/.default" /* client credentials name no single right */
#define SECRET_PREFIX   "oauth."                                 /* no account's id has a dot */

typedef struct {
  const char *account, *setting, *preset;
} Sources;

static char *
first_of (const char *a, const char *b, const char *c)
{
  const char *const all[] = { a, b, c };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i] != NULL && *all[i] != '\0')
      return g_strdup (all[i]);
  return g_strdup ("");
}

static char *
first_url (const char *a, const char *b)
{
  g_autofree char *url = first_of (a, b, NULL);

  return g_strdup (mr_oauth_url_is_valid (url) ? url : "");
}

/* "" where the setting does not exist: a provider's id that is none must not be asked for. */
static const char *
get_setting (MrEngine *engine, const char *provider, const char *key)
{
  g_autofree char *group = g_strconcat ("oauth ", provider, NULL);

  if (!mr_config_id_is_valid (provider))
    return "";
  return mr_config_get_string (mr_engine_get_config (engine), group, key);
}

char *
mr_oauth_dup_secret_id (const char *owner)
{
  if (g_str_has_prefix (owner, "account ") && mr_config_id_is_valid (owner + strlen ("account ")))
    return g_strdup (owner + strlen ("account "));
  return mr_config_id_is_valid (owner) ? g_strconcat (SECRET_PREFIX, owner, NULL) : NULL;
}

/* ---- the registered application ---- */

/* "PROVIDER=CLIENT[ SECRET]" lines of the build. */
static gboolean
find_built_in (const char *provider, char **ret_client, MrSecret **ret_secret)
{
  g_auto (GStrv) lines = g_strsplit (MR_OAUTH_CLIENTS, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    char *equals = strchr (lines[i], '='), *space;

    if (equals == NULL || strncmp (lines[i], provider, (gsize)(equals - lines[i])) != 0
        || provider[equals - lines[i]] != '\0')
      continue;
    space = strchr (equals, ' ');
    *ret_client = space != NULL ? g_strndup (equals + 1, (gsize)(space - equals - 1)) : g_strdup (equals + 1);
    *ret_secret = space != NULL ? mr_secret_new (space + 1, strlen (space + 1)) : NULL;
    return TRUE;
  }
  return FALSE;
}

static gboolean
find_client (MrEngine *engine, const char *provider, char **ret_client, char **ret_owner, MrSecret **ret_secret)
{
  const char *client = get_setting (engine, provider, "client-id");

  if (*client != '\0') {
    *ret_client = g_strdup (client);
    *ret_owner = g_strdup (provider);
    return TRUE;
  }
  if (!find_built_in (provider, ret_client, ret_secret))
    return FALSE;
  *ret_owner = g_strdup (provider);
  return TRUE;
}

char *
mr_oauth_dup_client (MrEngine *engine, const char *provider, char **ret_owner, MrSecret **ret_secret)
{
  g_autoptr (MrPresets) presets = mr_engine_dup_presets (engine);
  const MrPreset *ours = mr_presets_find (presets, provider);
  char *client = NULL;

  if (find_client (engine, provider, &client, ret_owner, ret_secret))
    return client;
  if (ours == NULL || ours->oauth_authorize == NULL || *ours->oauth_authorize == '\0'
      || g_str_has_prefix (ours->oauth_authorize, MICROSOFT))
    return g_strdup ("");
  for (guint i = 0; i < mr_presets_get_count (presets); i++) {
    const MrPreset *other = mr_presets_get_nth (presets, i);

    if (g_strcmp0 (other->oauth_authorize, ours->oauth_authorize) == 0
        && find_client (engine, other->id, &client, ret_owner, ret_secret))
      return client;
  }
  return g_strdup ("");
}

static void
take_client (MrOauthProvider *self, MrEngine *engine, const MrAccountRecord *record)
{
  g_autofree char *owner = NULL;

  self->client_id = first_of (record->oauth_client, NULL, NULL);
  if (*self->client_id != '\0') {
    self->secret_id = g_strdup (record->id);
    return;
  }
  g_free (self->client_id);
  self->client_id = mr_oauth_dup_client (engine, self->provider, &owner, &self->secret);
  self->secret_id = owner != NULL ? mr_oauth_dup_secret_id (owner) : g_strdup (record->id);
}

/* ---- endpoints ---- */

/* "/common/" and "/organizations/" stand for whoever signs in; an organisation of one's own is put there. */
static void
set_tenant (char **url, const char *tenant)
{
  static const char *const shared[] = { "/common/", "/organizations/" };
  g_autofree char *path = g_strconcat ("/", tenant, "/", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (shared); i++) {
    GString *text = g_string_new (*url);

    g_string_replace (text, shared[i], path, 1);
    g_free (*url);
    *url = g_string_free (text, FALSE);
  }
}

static gboolean
tenant_is_valid (const char *tenant)
{
  if (tenant == NULL || *tenant == '\0' || strlen (tenant) > 255)
    return FALSE;
  for (const char *p = tenant; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '.')
      return FALSE;
  return TRUE;
}

gboolean
mr_oauth_provider_is_microsoft (const MrOauthProvider *self)
{
  return g_str_has_prefix (self->token, MICROSOFT);
}

static void
take_scope (MrOauthProvider *self, MrEngine *engine, const MrAccountRecord *record, const MrPreset *preset)
{
  const char *setting = get_setting (engine, self->provider, "scope");

  if (record->oauth_flow == MR_OAUTH_CREDENTIALS && mr_oauth_provider_is_microsoft (self))
    self->scope = first_of (record->oauth_scope, setting, MICROSOFT_SCOPE);
  else
    self->scope = first_of (record->oauth_scope, setting, preset != NULL ? preset->oauth_scope : NULL);
}

static void
fill (char **slot, const char *value)
{
  if (**slot != '\0')
    return;
  g_free (*slot);
  *slot = g_strdup (value);
}

/* What the issuer told since the start fills what nobody else says. */
static void
take_metadata (MrOauthProvider *self, MrEngine *engine)
{
  const MrOauthMetadata *metadata = mr_oauth_known (engine->oauth, self->issuer);

  if (metadata == NULL)
    return;
  fill (&self->authorize, metadata->authorize);
  fill (&self->token, metadata->token);
  fill (&self->device, metadata->device);
  fill (&self->revoke, metadata->revoke);
  fill (&self->register_, metadata->registration);
}

MrOauthProvider *
mr_oauth_provider_new (MrEngine *engine, const MrAccountRecord *record)
{
  MrOauthProvider *self = g_new0 (MrOauthProvider, 1);
  g_autoptr (MrPresets) presets = mr_engine_dup_presets (engine);
  const MrPreset *preset;
  const char *loopback;

  self->account = g_strdup (record->id);
  self->provider = first_of (record->provider, NULL, NULL);
  preset = mr_presets_find (presets, self->provider);
  self->flow = record->oauth_flow;
  self->user = first_of (record->user, NULL, NULL);
  self->desktop_account = first_of (record->desktop_account, NULL, NULL);
  self->authorize = first_url (record->oauth_authorize, preset != NULL ? preset->oauth_authorize : NULL);
  self->token = first_url (record->oauth_token, preset != NULL ? preset->oauth_token : NULL);
  self->device = first_url (record->oauth_device, preset != NULL ? preset->oauth_device : NULL);
  self->revoke = first_url (record->oauth_revoke, preset != NULL ? preset->oauth_revoke : NULL);
  self->issuer = first_url (get_setting (engine, self->provider, "issuer"),
                            preset != NULL ? preset->oauth_issuer : NULL);
  self->register_ = g_strdup ("");
  /* Endpoints that were typed in are not of the preset's issuer. */
  if (preset != NULL && g_strcmp0 (self->token, preset->oauth_token) != 0 && *self->token != '\0') {
    g_free (self->issuer);
    self->issuer = first_url (get_setting (engine, self->provider, "issuer"), NULL);
  }
  take_metadata (self, engine);
  if (tenant_is_valid (record->oauth_tenant)) {
    set_tenant (&self->authorize, record->oauth_tenant);
    set_tenant (&self->token, record->oauth_tenant);
    set_tenant (&self->device, record->oauth_tenant);
  }
  take_scope (self, engine, record, preset);
  take_client (self, engine, record);
  loopback = get_setting (engine, self->provider, "loopback");
  /* Microsoft leaves the port open for localhost alone. */
  self->loopback = strcmp (loopback, "localhost") == 0 || (*loopback == '\0' && mr_oauth_provider_is_microsoft (self))
                       ? "localhost"
                       : "127.0.0.1";
  return self;
}

MrOauthProvider *
mr_oauth_provider_copy (const MrOauthProvider *from)
{
  MrOauthProvider *self = g_new0 (MrOauthProvider, 1);

  *self = *from;
  self->account = g_strdup (from->account);
  self->provider = g_strdup (from->provider);
  self->issuer = g_strdup (from->issuer);
  self->authorize = g_strdup (from->authorize);
  self->token = g_strdup (from->token);
  self->device = g_strdup (from->device);
  self->revoke = g_strdup (from->revoke);
  self->register_ = g_strdup (from->register_);
  self->scope = g_strdup (from->scope);
  self->user = g_strdup (from->user);
  self->client_id = g_strdup (from->client_id);
  self->secret_id = g_strdup (from->secret_id);
  self->secret = from->secret != NULL ? mr_secret_ref (from->secret) : NULL;
  self->desktop_account = g_strdup (from->desktop_account);
  return self;
}

void
mr_oauth_provider_free (MrOauthProvider *self)
{
  if (self == NULL)
    return;
  g_free (self->account);
  g_free (self->provider);
  g_free (self->issuer);
  g_free (self->authorize);
  g_free (self->token);
  g_free (self->device);
  g_free (self->revoke);
  g_free (self->register_);
  g_free (self->scope);
  g_free (self->user);
  g_free (self->client_id);
  g_free (self->secret_id);
  g_clear_pointer (&self->secret, mr_secret_unref);
  g_free (self->desktop_account);
  g_free (self);
}

gboolean
mr_oauth_provider_check (const MrOauthProvider *self, GError **error)
{
  const char *words = NULL;

  if (*self->client_id == '\0')
    words = _ ("This needs an application that is registered with the provider: enter its client id first");
  else if (*self->token == '\0')
    words = _ ("oauth-token: it is not known where the provider signs people in; enter its addresses or its issuer");
  else if ((self->flow == MR_OAUTH_BROWSER || self->flow == MR_OAUTH_PASTE) && *self->authorize == '\0')
    words = _ (
        "oauth-authorize: it is not known where the provider signs people in; enter its addresses or its issuer");
  else if (self->flow == MR_OAUTH_DEVICE && *self->device == '\0')
    words = _ ("oauth-device: this provider gives no codes for other devices; sign in with the browser instead");
  if (words != NULL)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, words);
  return words == NULL;
}

char *
mr_oauth_provider_dup_mark (const MrOauthProvider *self)
{
  return g_strjoin ("\n", self->client_id, self->token, self->scope, self->user, self->desktop_account,
                    self->flow >= MR_OAUTH_CREDENTIALS ? mr_oauth_flow_nick (self->flow) : "", NULL);
}
