/* What every part works with, made as the configuration says: store, secrets, resolver, diagnosis, trust anchors and the client for HTTPS.
 *
 * All of it is there before the first part and goes after the last. A new configuration is followed without a restart, with two exceptions: the
 * resolver's servers, which hold until the end, and the words of a person's own files. Trust and HTTPS are remade when the next one asks for them;
 * a back end for secrets that cannot be opened leaves the one in force.
 */
#include "engine/engine-means.h"

#include "base/log.h"
#include "base/os.h"
#include "engine/accounts.h"
#include "engine/dkim.h"
#include "engine/oauth.h"
#include "net/gio-resolver.h"
#include "store/statistics.h"

/* ---- trust, HTTPS ---- */

MrTlsTrust *
mr_engine_dup_trust (MrEngine *self, const char *ca_file, GError **error)
{
  const char *file = mr_config_get_string (mr_engine_get_config (self), "tls", "ca-file");

  if (ca_file != NULL && *ca_file != '\0')
    return mr_tls_trust_new (ca_file, error);
  if (self->trust == NULL || g_strcmp0 (self->trust_file, file) != 0) {
    MrTlsTrust *trust = mr_tls_trust_new (file, error);

    if (trust == NULL)
      return NULL;
    g_clear_pointer (&self->trust, mr_tls_trust_unref);
    self->trust = trust;
    g_free (self->trust_file);
    self->trust_file = g_strdup (file);
  }
  return mr_tls_trust_ref (self->trust);
}

MrHttp *
mr_engine_dup_http (MrEngine *self, GError **error)
{
  const char *file = mr_config_get_string (mr_engine_get_config (self), "tls", "ca-file");

  if (self->http == NULL || g_strcmp0 (self->http_file, file) != 0) {
    MrHttp *http = mr_http_new (file, error);

    if (http == NULL)
      return NULL;
    g_clear_pointer (&self->http, mr_http_unref);
    self->http = http;
    g_free (self->http_file);
    self->http_file = g_strdup (file);
  }
  return mr_http_ref (self->http);
}

/* ---- secrets ---- */

static void
secrets_changed_cb (MrSecrets *secrets, gpointer data)
{
  MrEngine *self = data;

  mr_engine_notify (self, MR_CHANGED_STATUS);
  if (mr_secrets_get_state (secrets) == MR_SECRETS_OK && self->accounts != NULL) {
    mr_oauth_keyring_changed (self->oauth);
    mr_dkim_keyring_changed (self->dkim);
    mr_accounts_recheck_keyring (self->accounts);
  }
}

static void
item_changed_cb (const char *id, const char *kind, gboolean present, gpointer data)
{
  MrEngine *self = data;

  if (!self->running)
    return;
  mr_accounts_secret_changed (self->accounts, id, kind, present);
  mr_dkim_secret_changed (self->dkim, id);
}

static void
set_keep (MrEngine *self)
{
  MrConfig *config = mr_engine_get_config (self);
  const char *keep = mr_config_get_string (config, "secrets", "keep");

  mr_secrets_set_keep (self->secrets, strcmp (keep, "never") == 0 ? MR_SECRETS_KEEP_NEVER
                                      : strcmp (keep, "until-logout") == 0
                                          ? MR_SECRETS_KEEP_UNTIL_END
                                          : (int)mr_config_get_integer (config, "secrets", "keep-seconds"));
}

gboolean
mr_engine_open_secrets (MrEngine *self, GError **error)
{
  const char *backend = mr_config_get_string (mr_engine_get_config (self), "secrets", "backend");
  MrSecrets *secrets = mr_secrets_new (backend, self->paths->secrets_file, error);

  if (secrets == NULL)
    return FALSE;
  /* Who waits for an answer of the old one is told that it is cancelled, and may ask the new one. */
  MrSecrets *old = self->secrets;

  self->secrets = secrets;
  mr_secrets_free (old);
  mr_secrets_watch (secrets, secrets_changed_cb, self);
  mr_secrets_watch_items (secrets, item_changed_cb, self);
  set_keep (self);
  return TRUE;
}

static void
probed_cb (const GError *error, gpointer data)
{
  mr_engine_notify (data, MR_CHANGED_STATUS);
}

void
mr_engine_probe_secrets (MrEngine *self)
{
  mr_secrets_probe (self->secrets, probed_cb, self);
}

void
mr_engine_keyring_changed (MrEngine *self)
{
  mr_engine_probe_secrets (self);
  mr_dkim_keyring_changed (self->dkim);
  mr_accounts_recheck_keyring (self->accounts);
}

static void
reopen_secrets (MrEngine *self)
{
  g_autoptr (GError) error = NULL;
  const char *wanted = mr_config_get_string (mr_engine_get_config (self), "secrets", "backend");

  if (strcmp (wanted, mr_secrets_get_backend (self->secrets)) == 0)
    return;
  if (mr_engine_open_secrets (self, &error))
    mr_engine_keyring_changed (self);
  else
    mr_warning ("engine", "passwords stay where they were kept: %s", error->message);
}

/* ---- store ---- */

static guint64
min_free (MrConfig *config)
{
  return (guint64)mr_config_get_integer (config, "store", "min-free-mib") * 1024 * 1024;
}

static void
set_audit (MrEngine *self)
{
  MrConfig *config = mr_engine_get_config (self);

  mr_store_set_audit (self->store, mr_config_get_boolean (config, "audit", "enabled"),
                      mr_config_get_boolean (config, "audit", "subjects"),
                      (guint)mr_config_get_integer (config, "audit", "keep-days"));
}

gboolean
mr_engine_open_store (MrEngine *self, GError **error)
{
  MrConfig *config = mr_engine_get_config (self);
  MrStoreOptions options = {
    .path = self->paths->store_file,
    .lock_path = self->paths->lock_file,
    .clock = self->clock,
    .min_free = min_free (config),
    .keep_bodies_days = (guint)mr_config_get_integer (config, "store", "keep-bodies-days"),
    .keep_failed_days = (guint)mr_config_get_integer (config, "store", "keep-failed-days"),
    .keep_history_days = (guint)mr_config_get_integer (config, "store", "keep-history-days"),
  };

  self->store = mr_store_open (&options, NULL, error);
  if (self->store == NULL)
    return FALSE;
  set_audit (self);
  return TRUE;
}

/* ---- resolver, diagnosis ---- */

gboolean
mr_engine_open_resolver (MrEngine *self, GError **error)
{
  MrConfig *config = mr_engine_get_config (self);
  guint timeout_ms = (guint)mr_config_get_integer (config, "dns", "timeout-ms");
  guint tries = (guint)mr_config_get_integer (config, "dns", "tries");
  g_autoptr (GError) local = NULL;
  MrResolver *resolver = mr_resolver_new (mr_config_get_string (config, "dns", "servers"), timeout_ms, tries, &local);

  /* A slip in one setting must not keep programs from handing in their mail. */
  if (resolver == NULL) {
    mr_warning ("engine", "[dns] servers is not taken, the system's name servers are asked: %s", local->message);
    resolver = mr_resolver_new ("", timeout_ms, tries, error);
  }
  if (resolver == NULL)
    return FALSE;
  self->resolver = resolver;
  mr_gio_resolver_install (resolver);
  return TRUE;
}

/* A person's own files change words, never verdicts; one with an error is told and left out. */
static void
own_words_cb (const char *path, GBytes *bytes, const GError *error, gpointer user_data)
{
  MrEngine *self = user_data;
  g_autoptr (GError) local = NULL;

  if (bytes != NULL)
    mr_diagnosis_add_rules (self->diagnosis, path, bytes, FALSE, &local);
  if (error != NULL || local != NULL)
    mr_warning ("engine", "%s", (error != NULL ? error : local)->message);
}

void
mr_engine_load_diagnosis (MrEngine *self)
{
  g_autofree char *folder = g_build_filename (self->paths->config_dir, MR_DIAGNOSIS_FOLDER, NULL);

  self->diagnosis = mr_diagnosis_new_builtin ();
  mr_os_read_folder (folder, MR_DIAGNOSIS_SUFFIX, MR_DIAGNOSIS_FILE_MAX, own_words_cb, self);
}

/* ---- the configuration in force ---- */

static guint
log_level (MrConfig *config)
{
  const char *level = mr_config_get_string (config, "log", "level");

  return strcmp (level, "debug") == 0     ? MR_LOG_DEBUG
         : strcmp (level, "warning") == 0 ? MR_LOG_WARNING
         : strcmp (level, "error") == 0   ? MR_LOG_ERROR
                                          : MR_LOG_INFO;
}

void
mr_engine_follow_log_level (MrEngine *self)
{
  mr_log_set_level (log_level (mr_engine_get_config (self)));
}

void
mr_engine_follow_means (MrEngine *self)
{
  MrConfig *config = mr_engine_get_config (self);

  mr_engine_follow_log_level (self);
  mr_store_set_retention (self->store, (guint)mr_config_get_integer (config, "store", "keep-bodies-days"),
                          (guint)mr_config_get_integer (config, "store", "keep-failed-days"),
                          (guint)mr_config_get_integer (config, "store", "keep-history-days"), min_free (config));
  set_audit (self);
  reopen_secrets (self);
  set_keep (self);
}
