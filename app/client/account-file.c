/* Accounts as a file: see account-file.h. One table of keys serves both ways; values take the way through the dictionary of
 * a record, so that enums and bounds are those of the bus. */
#include <config.h>

#include "client/account-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/records-variant.h"

#define GROUP_PREFIX "account "
#define ACCOUNTS_MAX 500
#define ID_MAX       64

typedef enum { TEXT, LIST, NUMBER } Kind;

static const struct {
  const char *key;
  Kind kind;
} keys[] = {
  { "name", TEXT },
  { "kind", TEXT },
  { "addresses", LIST },
  { "host", TEXT },
  { "port", NUMBER },
  { "tls", TEXT },
  { "user", TEXT },
  { "fingerprint", TEXT },
  { "ca-file", TEXT },
  { "provider", TEXT },
  { "colour", TEXT },
  { "auth", TEXT },
  { "oauth-flow", TEXT },
  { "oauth-client", TEXT },
  { "oauth-tenant", TEXT },
  { "oauth-scope", TEXT },
  { "oauth-token", TEXT },
  { "oauth-device", TEXT },
  { "oauth-authorize", TEXT },
  { "oauth-revoke", TEXT },
  { "desktop-account", TEXT },
  { "limit-minute", NUMBER },
  { "limit-day", NUMBER },
};

/* ---- writing ---- */

static void
write_key (GKeyFile *file, const char *group, const char *key, Kind kind, GVariant *value)
{
  if (kind == LIST && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY)) {
    gsize n = 0;
    g_autofree const char **list = g_variant_get_strv (value, &n);
    g_key_file_set_string_list (file, group, key, list, n);
  } else if (kind == NUMBER && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32)) {
    g_key_file_set_uint64 (file, group, key, g_variant_get_uint32 (value));
  } else if (kind == TEXT && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)) {
    g_key_file_set_string (file, group, key, g_variant_get_string (value, NULL));
  }
}

char *
mr_account_file_write (GPtrArray *accounts)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  for (guint i = 0; i < accounts->len; i++) {
    const MrAccountRecord *record = accounts->pdata[i];
    g_autoptr (GVariant) dict = g_variant_ref_sink (mr_account_record_to_variant (record));
    g_autofree char *group = g_strconcat (GROUP_PREFIX, record->id, NULL);

    for (guint k = 0; k < G_N_ELEMENTS (keys); k++) {
      g_autoptr (GVariant) value = g_variant_lookup_value (dict, keys[k].key, NULL);
      if (value != NULL)
        write_key (file, group, keys[k].key, keys[k].kind, value);
    }
  }
  /* Not translated: the file may be read elsewhere. */
  g_autofree char *body = g_key_file_to_data (file, NULL, NULL);
  return g_strconcat ("# Accounts of Mail Relay, without passwords. mail-relayctl account restore FILE reads them.\n\n",
                      body, NULL);
}

/* ---- reading ---- */

static GVariant *
read_key (GKeyFile *file, const char *group, const char *key, Kind kind, GError **error)
{
  gsize n = 0;

  if (kind == LIST) {
    g_auto (GStrv) list = g_key_file_get_string_list (file, group, key, &n, error);
    return list != NULL ? g_variant_new_strv ((const char *const *)list, (gssize)n) : NULL;
  }
  if (kind == NUMBER) {
    guint64 number = g_key_file_get_uint64 (file, group, key, error);
    return number <= G_MAXUINT32 ? g_variant_new_uint32 ((guint32)number) : g_variant_new_uint32 (G_MAXUINT32);
  }
  char *text = g_key_file_get_string (file, group, key, error);
  return text != NULL ? g_variant_new_take_string (text) : NULL;
}

/* FALSE: this key is none of ours. */
static gboolean
find_key (const char *key, Kind *ret)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].key, key)) {
      *ret = keys[i].kind;
      return TRUE;
    }
  return FALSE;
}

/* What the dictionary's reader would leave out silently. */
static gboolean
check_words (const MrAccountRecord *record, GVariant *dict, GError **error)
{
  const char *word;
  MrTlsMode tls;
  MrAccountKind kind;
  MrAuthKind auth;
  MrOauthFlow flow;

  if ((g_variant_lookup (dict, "tls", "&s", &word) && !mr_tls_mode_from_nick (word, &tls))
      || (g_variant_lookup (dict, "kind", "&s", &word) && !mr_account_kind_from_nick (word, &kind))
      || (g_variant_lookup (dict, "auth", "&s", &word) && !mr_auth_kind_from_nick (word, &auth))
      || (g_variant_lookup (dict, "oauth-flow", "&s", &word) && !mr_oauth_flow_from_nick (word, &flow))) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("[account %s] “%s” is not a word that is known here"),
                 record->id, word);
    return FALSE;
  }
  return TRUE;
}

static MrAccountRecord *
read_group (GKeyFile *file, const char *group, const char *id, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) whole = NULL;

  g_variant_dict_insert (&dict, "id", "s", id);
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autoptr (GError) local = NULL;
    Kind kind = TEXT;
    GVariant *value = find_key (names[i], &kind) ? read_key (file, group, names[i], kind, &local) : NULL;

    if (value == NULL || local != NULL) {
      if (value != NULL)
        g_variant_unref (g_variant_ref_sink (value));
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "[%s] %s: %s", group, names[i],
                   local != NULL ? local->message : _ ("there is no such key"));
      return NULL;
    }
    g_variant_dict_insert_value (&dict, names[i], value);
  }
  whole = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_autoptr (MrAccountRecord) record = mr_account_record_from_variant (whole);
  if (record == NULL || !check_words (record, whole, error))
    return NULL;
  return g_steal_pointer (&record);
}

static gboolean
id_is_valid (const char *id)
{
  gsize len = strlen (id);

  return len > 0 && len <= ID_MAX && strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

GPtrArray *
mr_account_file_read (const char *data, gsize len, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_account_record_free);
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) groups = NULL;

  if (len > MR_ACCOUNT_FILE_MAX) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("The file is too big for one with accounts"));
    return NULL;
  }
  if (len > 0 && !g_key_file_load_from_data (file, data, len, G_KEY_FILE_NONE, &local)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The file cannot be read: %s"), local->message);
    return NULL;
  }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL && accounts->len < ACCOUNTS_MAX; i++) {
    const char *id = g_str_has_prefix (groups[i], GROUP_PREFIX) ? groups[i] + strlen (GROUP_PREFIX) : "";
    MrAccountRecord *record;

    if (!id_is_valid (id)) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("[%s]: a group must be called [account ID]"), groups[i]);
      return NULL;
    }
    record = read_group (file, groups[i], id, error);
    if (record == NULL)
      return NULL;
    g_ptr_array_add (accounts, record);
  }
  return g_steal_pointer (&accounts);
}
