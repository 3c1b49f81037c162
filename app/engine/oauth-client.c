/* Registered applications: entered by a person, and whether one is there. Signing out. */
#include <config.h>

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-accounts.h>

#include "base/log.h"
#include "base/signature.h"
#include "engine/accounts.h"
#include "engine/configuration.h"
#include "engine/oauth-assertion.h"
#include "engine/oauth.h"

#define CLIENT_MAX 512

typedef struct {
  MrEngine *engine;
  char *owner, *client, *secret_id;
  MrEngineDoneFunc func;
  gpointer data;
} Change;

static void
change_end (Change *c, const GError *error)
{
  mr_engine_notify (c->engine, MR_CHANGED_ACCOUNTS | MR_CHANGED_STATUS);
  c->func (error, c->data);
  g_free (c->owner);
  g_free (c->client);
  g_free (c->secret_id);
  g_free (c);
}

/* The group of a provider that has nothing else in it stays: it is a person's. */
static void
write_client (Change *c)
{
  gboolean account = g_str_has_prefix (c->owner, "account ");
  g_autofree char *group = account ? g_strdup (c->owner) : g_strconcat ("oauth ", c->owner, NULL);
  const MrConfigurationEdit edit = { group, account ? "oauth-client" : "client-id",
                                     *c->client != '\0' ? c->client : NULL };
  g_autoptr (GError) error = NULL;

  mr_configuration_apply (c->engine->configuration, &edit, 1, NULL, &error);
  mr_oauth_drop (c->engine->oauth, NULL);
  change_end (c, error);
}

static void
secret_cb (const GError *error, gpointer data)
{
  if (error != NULL)
    change_end (data, error);
  else
    write_client (data);
}

static gboolean
check (MrEngine *engine, const char *owner, const char *client, MrSecret *secret, GError **error)
{
  g_autoptr (MrSigner) signer = NULL;
  g_autofree char *secret_id = mr_oauth_dup_secret_id (owner);

  if (secret_id == NULL
      || (g_str_has_prefix (owner, "account ") && mr_accounts_find (engine->accounts, secret_id) == NULL)) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no provider or account “%s”"), owner);
    return FALSE;
  }
  if (strlen (client) > CLIENT_MAX || !g_str_is_ascii (client) || strpbrk (client, " \t\r\n") != NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("client-id: this cannot be a client id"));
    return FALSE;
  }
  if (secret == NULL || strstr (mr_secret_get (secret), "-----BEGIN") == NULL)
    return TRUE;
  signer = mr_signer_new (secret, error);
  if (signer != NULL && mr_signer_get_not_after (signer) < mr_clock_wall (engine->clock)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The certificate has expired; make a new one"));
    return FALSE;
  }
  return signer != NULL;
}

void
mr_engine_set_oauth_client (MrEngine *engine, const char *owner, const char *client, MrSecret *secret,
                            MrEngineDoneFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;
  Change *c;

  if (!check (engine, owner, client, secret, &error)) {
    func (error, data);
    return;
  }
  c = g_new0 (Change, 1);
  c->engine = engine;
  c->owner = g_strdup (owner);
  c->client = g_strdup (client);
  c->secret_id = mr_oauth_dup_secret_id (owner);
  c->func = func;
  c->data = data;
  label = g_strdup_printf ("Mail Relay: %s (OAuth client)", owner);
  if (secret != NULL && *client != '\0')
    mr_secrets_store (engine->secrets, c->secret_id, MR_SECRET_KIND_OAUTH_CLIENT, label, secret, secret_cb, c);
  else
    mr_secrets_clear (engine->secrets, c->secret_id, MR_SECRET_KIND_OAUTH_CLIENT, secret_cb, c);
}

gboolean
mr_engine_oauth_ready (MrEngine *engine, const MrDiscoveryRecord *record)
{
  gboolean issuer = record->oauth_issuer != NULL && *record->oauth_issuer != '\0';
  gboolean endpoints = record->oauth_authorize != NULL && *record->oauth_authorize != '\0'
                       && record->oauth_token != NULL && *record->oauth_token != '\0';
  const char *provider = record->provider != NULL ? record->provider : "";
  const MrOauthMetadata *known = mr_oauth_known (engine->oauth, record->oauth_issuer);
  g_autofree char *client = NULL, *owner = NULL;
  g_autoptr (MrSecret) secret = NULL;

  if (!issuer && !endpoints)
    return FALSE;
  if (record->oauth_client != NULL && *record->oauth_client != '\0')
    return TRUE;
  client = mr_oauth_dup_client (engine, provider, &owner, &secret);
  if (*client != '\0')
    return TRUE;
  return known != NULL && *known->registration != '\0' && mr_config_id_is_valid (provider);
}

/* ---- signing out ---- */

typedef struct {
  MrEngine *engine;
  char *id;
  MrEngineDoneFunc func;
  gpointer data;
} Out;

static void
out_cb (const GError *error, gpointer data)
{
  Out *out = data;

  if (error == NULL && out->engine->accounts != NULL && mr_accounts_find (out->engine->accounts, out->id) != NULL)
    mr_accounts_set_trouble (out->engine->accounts, out->id, MR_ACCOUNT_NEEDS_SIGN_IN, NULL, NULL);
  out->func (error, out->data);
  g_free (out->id);
  g_free (out);
}

void
mr_engine_sign_out (MrEngine *engine, const char *id, MrEngineDoneFunc func, gpointer data)
{
  const MrAccountRecord *record = mr_accounts_find (engine->accounts, id);
  g_autoptr (GError) error = NULL;
  Out *out;

  if (record == NULL || record->auth != MR_AUTH_OAUTH2) {
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND,
                 record == NULL ? _ ("There is no account “%s”") : _ ("The account “%s” signs in with a password"), id);
    func (error, data);
    return;
  }
  out = g_new0 (Out, 1);
  out->engine = engine;
  out->id = g_strdup (id);
  out->func = func;
  out->data = data;
  mr_oauth_sign_out (engine->oauth, record, out_cb, out);
}
