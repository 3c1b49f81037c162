/* Records of accounts, found settings and accounts of the desktop: see <mailrelay/records.h>.
 *
 * Their strings are listed once, for copy and free alike: copy_strings() works on a struct that was copied whole.
 */
#include <mailrelay/records.h>

#include <string.h>

static const gsize account_strings[] = {
  G_STRUCT_OFFSET (MrAccountRecord, id),
  G_STRUCT_OFFSET (MrAccountRecord, name),
  G_STRUCT_OFFSET (MrAccountRecord, host),
  G_STRUCT_OFFSET (MrAccountRecord, user),
  G_STRUCT_OFFSET (MrAccountRecord, fingerprint),
  G_STRUCT_OFFSET (MrAccountRecord, ca_file),
  G_STRUCT_OFFSET (MrAccountRecord, offered_fingerprint),
  G_STRUCT_OFFSET (MrAccountRecord, provider),
  G_STRUCT_OFFSET (MrAccountRecord, colour),
  G_STRUCT_OFFSET (MrAccountRecord, oauth_client),
  G_STRUCT_OFFSET (MrAccountRecord, oauth_tenant),
  G_STRUCT_OFFSET (MrAccountRecord, oauth_scope),
  G_STRUCT_OFFSET (MrAccountRecord, oauth_authorize),
  G_STRUCT_OFFSET (MrAccountRecord, oauth_token),
  G_STRUCT_OFFSET (MrAccountRecord, oauth_device),
  G_STRUCT_OFFSET (MrAccountRecord, oauth_revoke),
  G_STRUCT_OFFSET (MrAccountRecord, own_domain),
  G_STRUCT_OFFSET (MrAccountRecord, desktop_account),
};
static const gsize discovery_strings[] = {
  G_STRUCT_OFFSET (MrDiscoveryRecord, source_host),   G_STRUCT_OFFSET (MrDiscoveryRecord, provider),
  G_STRUCT_OFFSET (MrDiscoveryRecord, provider_name), G_STRUCT_OFFSET (MrDiscoveryRecord, host),
  G_STRUCT_OFFSET (MrDiscoveryRecord, user),          G_STRUCT_OFFSET (MrDiscoveryRecord, user_label),
  G_STRUCT_OFFSET (MrDiscoveryRecord, secret_label),  G_STRUCT_OFFSET (MrDiscoveryRecord, help),
  G_STRUCT_OFFSET (MrDiscoveryRecord, help_url),      G_STRUCT_OFFSET (MrDiscoveryRecord, notice),
  G_STRUCT_OFFSET (MrDiscoveryRecord, oauth_issuer),  G_STRUCT_OFFSET (MrDiscoveryRecord, oauth_authorize),
  G_STRUCT_OFFSET (MrDiscoveryRecord, oauth_token),   G_STRUCT_OFFSET (MrDiscoveryRecord, oauth_device),
  G_STRUCT_OFFSET (MrDiscoveryRecord, oauth_revoke),  G_STRUCT_OFFSET (MrDiscoveryRecord, oauth_scope),
  G_STRUCT_OFFSET (MrDiscoveryRecord, oauth_client),  G_STRUCT_OFFSET (MrDiscoveryRecord, fact),
  G_STRUCT_OFFSET (MrDiscoveryRecord, admin_text),
};

static void
copy_strings (gpointer record, const gsize *offsets, guint n)
{
  for (guint i = 0; i < n; i++) {
    char **member = (char **)G_STRUCT_MEMBER_P (record, offsets[i]);
    *member = g_strdup (*member);
  }
}

static void
free_strings (gpointer record, const gsize *offsets, guint n)
{
  for (guint i = 0; i < n; i++)
    g_free (*(char **)G_STRUCT_MEMBER_P (record, offsets[i]));
}

MrAccountRecord *
mr_account_record_new (void)
{
  return g_new0 (MrAccountRecord, 1);
}

MrAccountRecord *
mr_account_record_copy (const MrAccountRecord *record)
{
  MrAccountRecord *copy = g_new (MrAccountRecord, 1);

  *copy = *record;
  copy_strings (copy, account_strings, G_N_ELEMENTS (account_strings));
  copy->addresses = g_strdupv (record->addresses);
  memset (&copy->reply, 0, sizeof copy->reply);
  mr_reply_record_copy_into (&record->reply, &copy->reply);
  return copy;
}

void
mr_account_record_free (MrAccountRecord *record)
{
  if (record == NULL)
    return;
  free_strings (record, account_strings, G_N_ELEMENTS (account_strings));
  g_strfreev (record->addresses);
  mr_reply_record_clear (&record->reply);
  g_free (record);
}

MrDiscoveryRecord *
mr_discovery_record_new (void)
{
  return g_new0 (MrDiscoveryRecord, 1);
}

MrDiscoveryRecord *
mr_discovery_record_copy (const MrDiscoveryRecord *record)
{
  MrDiscoveryRecord *copy = g_new (MrDiscoveryRecord, 1);

  *copy = *record;
  copy_strings (copy, discovery_strings, G_N_ELEMENTS (discovery_strings));
  copy->log_ins = g_strdupv (record->log_ins);
  copy->regions = g_strdupv (record->regions);
  return copy;
}

void
mr_discovery_record_complete (MrDiscoveryRecord *record)
{
  for (guint i = 0; i < G_N_ELEMENTS (discovery_strings); i++) {
    char **member = (char **)G_STRUCT_MEMBER_P (record, discovery_strings[i]);
    if (*member == NULL)
      *member = g_strdup ("");
  }
  if (record->log_ins == NULL)
    record->log_ins = g_new0 (char *, 1);
  if (record->regions == NULL)
    record->regions = g_new0 (char *, 1);
}

void
mr_discovery_record_free (MrDiscoveryRecord *record)
{
  if (record == NULL)
    return;
  free_strings (record, discovery_strings, G_N_ELEMENTS (discovery_strings));
  g_strfreev (record->log_ins);
  g_strfreev (record->regions);
  g_free (record);
}

MrDesktopAccountRecord *
mr_desktop_account_record_new (void)
{
  return g_new0 (MrDesktopAccountRecord, 1);
}

void
mr_desktop_account_record_free (MrDesktopAccountRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->id);
  g_free (record->provider);
  g_free (record->address);
  g_free (record->name);
  g_free (record);
}
