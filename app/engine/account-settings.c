/* The settings of one account: as they stand in the configuration, which of them matter to what, and what a person may type.
 *
 * Records only: nothing is known here of what deliveries found out, and a record that was read is ready, or paused by a person. Whoever adds a setting
 * decides here what a change of it undoes: state, log-in and limits are found out anew only for what they depend on, so that a new name or colour
 * wakes nobody.
 */
#include <config.h>

#include "engine/account-settings.h"

#include <glib/gi18n-lib.h>

#include "mail/address.h"
#include "net/listener.h"

static void
read_sign_in (MrConfig *config, const char *group, MrAccountRecord *record)
{
  mr_auth_kind_from_nick (mr_config_get_string (config, group, "auth"), &record->auth);
  mr_oauth_flow_from_nick (mr_config_get_string (config, group, "oauth-flow"), &record->oauth_flow);
  record->oauth_client = g_strdup (mr_config_get_string (config, group, "oauth-client"));
  record->oauth_tenant = g_strdup (mr_config_get_string (config, group, "oauth-tenant"));
  record->oauth_scope = g_strdup (mr_config_get_string (config, group, "oauth-scope"));
  record->oauth_authorize = g_strdup (mr_config_get_string (config, group, "oauth-authorize"));
  record->oauth_token = g_strdup (mr_config_get_string (config, group, "oauth-token"));
  record->oauth_device = g_strdup (mr_config_get_string (config, group, "oauth-device"));
  record->oauth_revoke = g_strdup (mr_config_get_string (config, group, "oauth-revoke"));
  record->desktop_account = g_strdup (mr_config_get_string (config, group, "desktop-account"));
}

MrAccountRecord *
mr_account_settings_read (MrConfig *config, const char *id)
{
  MrAccountRecord *record = mr_account_record_new ();
  g_autofree char *group = g_strconcat ("account ", id, NULL);

  record->id = g_strdup (id);
  record->name = g_strdup (mr_config_get_string (config, group, "name"));
  mr_account_kind_from_nick (mr_config_get_string (config, group, "kind"), &record->kind);
  record->addresses = mr_config_dup_list (config, group, "addresses");
  record->host = g_strdup (mr_config_get_string (config, group, "host"));
  record->port = (guint)mr_config_get_integer (config, group, "port");
  mr_tls_mode_from_nick (mr_config_get_string (config, group, "tls"), &record->tls);
  record->user = g_strdup (mr_config_get_string (config, group, "user"));
  record->fingerprint = g_strdup (mr_config_get_string (config, group, "fingerprint"));
  record->ca_file = g_strdup (mr_config_get_string (config, group, "ca-file"));
  record->provider = g_strdup (mr_config_get_string (config, group, "provider"));
  record->colour = g_strdup (mr_config_get_string (config, group, "colour"));
  record->limit_minute = (guint)mr_config_get_integer (config, group, "limit-minute");
  record->limit_day = (guint)mr_config_get_integer (config, group, "limit-day");
  read_sign_in (config, group, record);
  record->paused = mr_config_get_boolean (config, group, "paused");
  record->paused_until = record->paused ? mr_config_get_integer (config, group, "paused-until") * G_USEC_PER_SEC : 0;
  record->order = (gint)mr_config_get_integer (config, group, "order");
  record->is_default = g_strcmp0 (mr_config_get_string (config, "general", "default-account"), id) == 0;
  record->state = record->paused ? MR_ACCOUNT_PAUSED : MR_ACCOUNT_READY;
  if (record->kind == MR_ACCOUNT_DIRECT)
    record->tls = MR_TLS_OPPORTUNISTIC;
  return record;
}

static gboolean
same_sign_in (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return a->auth == b->auth && a->oauth_flow == b->oauth_flow && g_strcmp0 (a->provider, b->provider) == 0
         && g_strcmp0 (a->oauth_client, b->oauth_client) == 0 && g_strcmp0 (a->oauth_tenant, b->oauth_tenant) == 0
         && g_strcmp0 (a->oauth_scope, b->oauth_scope) == 0 && g_strcmp0 (a->oauth_authorize, b->oauth_authorize) == 0
         && g_strcmp0 (a->oauth_token, b->oauth_token) == 0 && g_strcmp0 (a->oauth_device, b->oauth_device) == 0
         && g_strcmp0 (a->desktop_account, b->desktop_account) == 0;
}

gboolean
mr_account_settings_are_same (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return same_sign_in (a, b) && a->kind == b->kind && g_strcmp0 (a->host, b->host) == 0 && a->port == b->port
         && a->tls == b->tls && g_strcmp0 (a->user, b->user) == 0 && g_strcmp0 (a->fingerprint, b->fingerprint) == 0
         && g_strcmp0 (a->ca_file, b->ca_file) == 0 && a->paused == b->paused
         && g_strv_equal ((const char *const *)a->addresses, (const char *const *)b->addresses);
}

gboolean
mr_account_login_is_same (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return a->kind == b->kind && a->port == b->port && a->tls == b->tls && g_strcmp0 (a->host, b->host) == 0
         && g_strcmp0 (a->user, b->user) == 0;
}

gboolean
mr_account_limits_are_same (const MrAccountRecord *a, const MrAccountRecord *b)
{
  return a->limit_minute == b->limit_minute && a->limit_day == b->limit_day;
}

/* ---- what a person may type ---- */

static gboolean
check_pattern (const char *pattern, GError **error)
{
  if (g_strcmp0 (pattern, "*") == 0)
    return TRUE;
  if (strchr (pattern, ';') != NULL) { /* it separates the addresses in the file */
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("addresses: “%s” cannot be used, it has a semicolon"), pattern);
    return FALSE;
  }
  if (g_str_has_prefix (pattern, "*@")) {
    g_autofree char *probe = g_strconcat ("x", pattern + 1, NULL);

    return mr_address_is_valid (probe)
           || (g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("addresses: “%s” is not a domain"), pattern), FALSE);
  }
  return mr_address_is_valid (pattern)
         || (g_set_error (error, MR_ERROR, MR_ERROR_INVALID,
                          _ ("addresses: “%s” is not an e-mail address (write *@example.com for a whole domain)"),
                          pattern),
             FALSE);
}

static gboolean
check_relay (const MrAccountRecord *record, GError **error)
{
  if (record->host == NULL || *record->host == '\0' || strlen (record->host) > 255
      || strpbrk (record->host, " \t\r\n@/;") != NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("host: the name of the provider's outgoing server is needed"));
    return FALSE;
  }
  if (record->port < 1 || record->port > 65535) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("port: a number from 1 to 65535 is needed"));
    return FALSE;
  }
  if (record->auth == MR_AUTH_OAUTH2 && (record->user == NULL || *record->user == '\0')) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("user: signing in with the provider needs the user name, mostly the e-mail address"));
    return FALSE;
  }
  gboolean loopback = mr_address_is_loopback (record->host) || g_ascii_strcasecmp (record->host, "localhost") == 0;
  if (mr_policy_clear_text (record->tls, record->user != NULL && *record->user != '\0', loopback)
      == MR_CLEAR_REFUSED_PASSWORD) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("tls: a password is never sent without encryption; choose an encrypted connection"));
    return FALSE;
  }
  if (loopback
      && (mr_listener_is_own (mr_address_is_numeric (record->host) ? record->host : "127.0.0.1", (guint16)record->port)
          || (!mr_address_is_numeric (record->host) && mr_listener_is_own ("::1", (guint16)record->port)))) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("host: this is Mail Relay itself; name your provider's server"));
    return FALSE;
  }
  return TRUE;
}

gboolean
mr_accounts_check (const MrAccountRecord *record, GError **error)
{
  if (!mr_config_id_is_valid (record->id)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("id: 1 to 32 of a-z, 0-9, - and _ are allowed"));
    return FALSE;
  }
  if (record->addresses == NULL || record->addresses[0] == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("addresses: at least one sender address is needed, or *"));
    return FALSE;
  }
  for (guint i = 0; record->addresses[i] != NULL; i++)
    if (!check_pattern (record->addresses[i], error))
      return FALSE;
  return record->kind == MR_ACCOUNT_DIRECT || check_relay (record, error);
}
