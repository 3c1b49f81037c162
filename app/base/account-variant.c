/* Accounts, found settings and accounts of the desktop as dictionaries and back: see records-variant.h. */
#include <config.h>

#include "base/records-variant.h"

#include "base/record-fields.h"

ENUM_ADAPTERS (MrTlsMode, tls_mode)
ENUM_ADAPTERS (MrAuthKind, auth_kind)
ENUM_ADAPTERS (MrOauthFlow, oauth_flow)
ENUM_ADAPTERS (MrSource, source)
ENUM_ADAPTERS (MrAccountKind, account_kind)
ENUM_ADAPTERS (MrAccountState, account_state)

static const MrField account_fields[] = {
  ROW (MR_FIELD_STRING, MrAccountRecord, "id", id),
  ROW (MR_FIELD_STRING, MrAccountRecord, "name", name),
  ENUM_ROW (MrAccountRecord, "kind", kind, account_kind),
  ROW (MR_FIELD_LIST, MrAccountRecord, "addresses", addresses),
  ROW (MR_FIELD_STRING, MrAccountRecord, "host", host),
  ROW (MR_FIELD_UINT, MrAccountRecord, "port", port),
  ENUM_ROW (MrAccountRecord, "tls", tls, tls_mode),
  ROW (MR_FIELD_STRING, MrAccountRecord, "user", user),
  ROW (MR_FIELD_STRING, MrAccountRecord, "fingerprint", fingerprint),
  ROW (MR_FIELD_STRING, MrAccountRecord, "ca-file", ca_file),
  ROW (MR_FIELD_BOOLEAN, MrAccountRecord, "paused", paused),
  ROW (MR_FIELD_INT64, MrAccountRecord, "paused-until", paused_until),
  ROW (MR_FIELD_BOOLEAN, MrAccountRecord, "is-default", is_default),
  ROW (MR_FIELD_INT, MrAccountRecord, "order", order),
  ENUM_ROW (MrAccountRecord, "state", state, account_state),
  ROW (MR_FIELD_INT64, MrAccountRecord, "state-since", state_since),
  ROW (MR_FIELD_INT64, MrAccountRecord, "next-login", next_login),
  REPLY_ROWS (MrAccountRecord),
  ROW (MR_FIELD_STRING, MrAccountRecord, "offered-fingerprint", offered_fingerprint),
  ROW (MR_FIELD_UINT, MrAccountRecord, "waiting", waiting),
  ROW (MR_FIELD_STRING, MrAccountRecord, "provider", provider),
  ROW (MR_FIELD_STRING, MrAccountRecord, "colour", colour),
  ENUM_ROW (MrAccountRecord, "auth", auth, auth_kind),
  ENUM_ROW (MrAccountRecord, "oauth-flow", oauth_flow, oauth_flow),
  ROW (MR_FIELD_STRING, MrAccountRecord, "oauth-client", oauth_client),
  ROW (MR_FIELD_STRING, MrAccountRecord, "oauth-tenant", oauth_tenant),
  ROW (MR_FIELD_STRING, MrAccountRecord, "oauth-scope", oauth_scope),
  ROW (MR_FIELD_STRING, MrAccountRecord, "oauth-authorize", oauth_authorize),
  ROW (MR_FIELD_STRING, MrAccountRecord, "oauth-token", oauth_token),
  ROW (MR_FIELD_STRING, MrAccountRecord, "oauth-device", oauth_device),
  ROW (MR_FIELD_STRING, MrAccountRecord, "oauth-revoke", oauth_revoke),
  ROW (MR_FIELD_STRING, MrAccountRecord, "desktop-account", desktop_account),
  ROW (MR_FIELD_UINT, MrAccountRecord, "limit-minute", limit_minute),
  ROW (MR_FIELD_UINT, MrAccountRecord, "limit-day", limit_day),
  ROW (MR_FIELD_UINT, MrAccountRecord, "used-minute", used_minute),
  ROW (MR_FIELD_UINT, MrAccountRecord, "used-day", used_day),
  ROW (MR_FIELD_INT64, MrAccountRecord, "limit-until", limit_until),
  ROW (MR_FIELD_STRING, MrAccountRecord, "own-domain", own_domain),
  END_ROW,
};

static const MrField discovery_fields[] = {
  ENUM_ROW (MrDiscoveryRecord, "source", source, source),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "source-host", source_host),
  ROW (MR_FIELD_BOOLEAN, MrDiscoveryRecord, "secure", secure),
  ROW (MR_FIELD_BOOLEAN, MrDiscoveryRecord, "conflicts", conflicts),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "provider", provider),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "provider-name", provider_name),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "host", host),
  ROW (MR_FIELD_UINT, MrDiscoveryRecord, "port", port),
  ENUM_ROW (MrDiscoveryRecord, "tls", tls, tls_mode),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "user", user),
  ROW (MR_FIELD_LIST, MrDiscoveryRecord, "log-ins", log_ins),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "user-label", user_label),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "secret-label", secret_label),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "help", help),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "help-url", help_url),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "notice", notice),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "admin-text", admin_text),
  ROW (MR_FIELD_LIST, MrDiscoveryRecord, "regions", regions),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "oauth-issuer", oauth_issuer),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "oauth-authorize", oauth_authorize),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "oauth-token", oauth_token),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "oauth-device", oauth_device),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "oauth-revoke", oauth_revoke),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "oauth-scope", oauth_scope),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "oauth-client", oauth_client),
  ROW (MR_FIELD_BOOLEAN, MrDiscoveryRecord, "oauth-ready", oauth_ready),
  ROW (MR_FIELD_UINT, MrDiscoveryRecord, "limit-minute", limit_minute),
  ROW (MR_FIELD_UINT, MrDiscoveryRecord, "limit-day", limit_day),
  ROW (MR_FIELD_STRING, MrDiscoveryRecord, "fact", fact),
  END_ROW,
};

static const MrField desktop_account_fields[] = {
  ROW (MR_FIELD_STRING, MrDesktopAccountRecord, "id", id),
  ROW (MR_FIELD_STRING, MrDesktopAccountRecord, "provider", provider),
  ROW (MR_FIELD_STRING, MrDesktopAccountRecord, "address", address),
  ROW (MR_FIELD_STRING, MrDesktopAccountRecord, "name", name),
  ROW (MR_FIELD_BOOLEAN, MrDesktopAccountRecord, "needs-attention", needs_attention),
  END_ROW,
};

GVariant *
mr_account_record_to_variant (const MrAccountRecord *record)
{
  return mr_fields_to_variant (account_fields, record);
}

/* A string that was left out is "", not NULL. */
static void
fill_strings (const MrField *fields, gpointer record)
{
  for (; fields->key != NULL; fields++) {
    char **member = (char **)G_STRUCT_MEMBER_P (record, fields->offset);
    if (fields->kind == MR_FIELD_STRING && *member == NULL)
      *member = g_strdup ("");
  }
}

MrAccountRecord *
mr_account_record_from_variant (GVariant *variant)
{
  g_autoptr (MrAccountRecord) record = mr_account_record_new ();

  mr_fields_read (account_fields, record, variant);
  if (record->id == NULL)
    return NULL;
  fill_strings (account_fields, record);
  if (record->addresses == NULL)
    record->addresses = g_new0 (char *, 1);
  return g_steal_pointer (&record);
}

GVariant *
mr_discovery_record_to_variant (const MrDiscoveryRecord *record)
{
  return mr_fields_to_variant (discovery_fields, record);
}

MrDiscoveryRecord *
mr_discovery_record_from_variant (GVariant *variant)
{
  MrDiscoveryRecord *record = mr_discovery_record_new ();

  mr_fields_read (discovery_fields, record, variant);
  fill_strings (discovery_fields, record);
  if (record->log_ins == NULL)
    record->log_ins = g_new0 (char *, 1);
  if (record->regions == NULL)
    record->regions = g_new0 (char *, 1);
  return record;
}

GVariant *
mr_desktop_account_record_to_variant (const MrDesktopAccountRecord *record)
{
  return mr_fields_to_variant (desktop_account_fields, record);
}

MrDesktopAccountRecord *
mr_desktop_account_record_from_variant (GVariant *variant)
{
  g_autoptr (MrDesktopAccountRecord) record = mr_desktop_account_record_new ();

  mr_fields_read (desktop_account_fields, record, variant);
  if (record->id == NULL)
    return NULL;
  fill_strings (desktop_account_fields, record);
  return g_steal_pointer (&record);
}
