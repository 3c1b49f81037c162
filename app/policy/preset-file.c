/* Reads one preset: see presets.h and mail-relay-providers(5). Every key is checked, an unknown one is an error, so that a
 * slip of the pen is found where it was made. */
#include <config.h>

#include "policy/presets-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/host-name.h"

#define TEXT_MAX_BYTES 2000
#define LIST_MAX       400

static gboolean
fail (GError **error, const char *key, const char *words)
{
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "%s: %s", key, words);
  return FALSE;
}

static void
server_free (MrPresetServer *server)
{
  g_free (server->host);
  g_free (server);
}

static void
region_free (MrPresetRegion *region)
{
  g_free (region->id);
  g_free (region->name);
  g_free (region->host);
  g_strfreev (region->domains);
  g_strfreev (region->mx);
  g_free (region);
}

void
mr_preset_free (MrPreset *preset)
{
  if (preset == NULL)
    return;
  char *texts[] = { preset->id,          preset->name,         preset->user,         preset->mx_user,
                    preset->user_label,  preset->secret_label, preset->help,         preset->help_url,
                    preset->notice,      preset->admin_text,   preset->oauth_issuer, preset->oauth_authorize,
                    preset->oauth_token, preset->oauth_device, preset->oauth_revoke, preset->oauth_scope,
                    preset->return_path, preset->dkim,         preset->facts };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (preset->domains);
  g_strfreev (preset->mx);
  g_strfreev (preset->log_ins);
  g_clear_pointer (&preset->servers, g_ptr_array_unref);
  g_clear_pointer (&preset->regions, g_ptr_array_unref);
  g_free (preset);
}

/* ---- single values ---- */

/* *ret becomes the text, or fallback where the key is not there. */
static gboolean
read_text (GKeyFile *file, const char *group, const char *key, const char *fallback, char **ret, GError **error)
{
  g_autofree char *text = NULL;

  if (!g_key_file_has_key (file, group, key, NULL)) {
    *ret = g_strdup (fallback);
    return TRUE;
  }
  text = g_key_file_get_string (file, group, key, NULL);
  if (text == NULL || strlen (text) > TEXT_MAX_BYTES)
    return fail (error, key, _ ("must be text of at most 2000 bytes"));
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return fail (error, key, _ ("must be one line"));
  *ret = g_strdup (g_strstrip (text));
  return TRUE;
}

static gboolean
read_url (GKeyFile *file, const char *group, const char *key, char **ret, GError **error)
{
  if (!read_text (file, group, key, "", ret, error))
    return FALSE;
  if (**ret == '\0' || mr_https_url_is_valid (*ret))
    return TRUE;
  return fail (error, key, _ ("must begin with https://"));
}

static gboolean
read_number (GKeyFile *file, const char *group, const char *key, guint *ret, GError **error)
{
  g_autofree char *text = NULL;
  guint64 number = 0;

  if (!read_text (file, group, key, "0", &text, error))
    return FALSE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, 10 * 1000 * 1000, &number, NULL))
    return fail (error, key, _ ("must be a number up to 10000000"));
  *ret = (guint)number;
  return TRUE;
}

/* One of words, "" allowed. */
static gboolean
read_word (GKeyFile *file, const char *group, const char *key, const char *const *words, char **ret, GError **error)
{
  if (!read_text (file, group, key, "", ret, error))
    return FALSE;
  if (**ret == '\0' || g_strv_contains (words, *ret))
    return TRUE;
  return fail (error, key, _ ("there is no such word"));
}

static gboolean
read_kind (GKeyFile *file, const char *group, MrPresetKind *ret, GError **error)
{
  static const char *const words[] = { "mailbox", "hosting", "service", NULL };
  g_autofree char *word = NULL;

  if (!read_word (file, group, "kind", words, &word, error))
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (word, words[i]))
      *ret = (MrPresetKind)i;
  return TRUE;
}

/* ---- lists ---- */

static gboolean
domains_are_valid (char **domains, gboolean wildcards)
{
  for (guint i = 0; domains[i] != NULL; i++) {
    const char *domain = wildcards && g_str_has_prefix (domains[i], "*.") ? domains[i] + 2 : domains[i];

    if (!mr_host_name_is_valid (domain) || strchr (domain, '.') == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_list (GKeyFile *file, const char *group, const char *key, char ***ret, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);
  g_auto (GStrv) list = g_strsplit (text != NULL ? text : "", ";", LIST_MAX + 1);
  guint n = 0;

  if (g_strv_length (list) > LIST_MAX)
    return fail (error, key, _ ("has too many entries"));
  for (guint i = 0; list[i] != NULL; i++) {
    g_strstrip (list[i]);
    if (*list[i] != '\0')
      list[n++] = list[i];
    else
      g_free (list[i]);
  }
  list[n] = NULL;
  *ret = g_steal_pointer (&list);
  return TRUE;
}

static gboolean
read_domains (GKeyFile *file, const char *group, const char *key, char ***ret, GError **error)
{
  if (!read_list (file, group, key, ret, error))
    return FALSE;
  if (!domains_are_valid (*ret, TRUE))
    return fail (error, key, _ ("must be a list of domains"));
  return TRUE;
}

static gboolean
read_log_ins (GKeyFile *file, const char *group, char ***ret, GError **error)
{
  static const char *const words[] = { "oauth2", "app-password", "password", "api-key", "none", NULL };

  if (!read_list (file, group, "log-in", ret, error))
    return FALSE;
  for (guint i = 0; (*ret)[i] != NULL; i++)
    if (!g_strv_contains (words, (*ret)[i]))
      return fail (error, "log-in", _ ("must be of oauth2, app-password, password, api-key, none"));
  return TRUE;
}

/* "implicit:smtp.example.com:465" */
static MrPresetServer *
parse_server (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 4);
  guint64 port = 0;
  MrTlsMode tls = MR_TLS_NONE;

  if (g_strv_length (parts) != 3 || !mr_tls_mode_from_nick (parts[0], &tls) || tls == MR_TLS_OPPORTUNISTIC
      || !mr_host_name_is_valid (parts[1]) || !g_ascii_string_to_unsigned (parts[2], 10, 1, 65535, &port, NULL))
    return NULL;
  /* Clear text stays on this computer. */
  if (tls == MR_TLS_NONE && !mr_host_name_is_loopback (parts[1]))
    return NULL;
  MrPresetServer *server = g_new0 (MrPresetServer, 1);
  server->host = g_strdup (parts[1]);
  server->port = (guint)port;
  server->tls = tls;
  return server;
}

static gboolean
read_servers (GKeyFile *file, const char *group, GPtrArray *ret, GError **error)
{
  g_auto (GStrv) list = NULL;

  if (!read_list (file, group, "servers", &list, error))
    return FALSE;
  for (guint i = 0; list[i] != NULL; i++) {
    MrPresetServer *server = parse_server (list[i]);

    if (server == NULL)
      return fail (error, "servers", _ ("must be a list of implicit:HOST:PORT and starttls:HOST:PORT"));
    g_ptr_array_add (ret, server);
  }
  return TRUE;
}

/* "eu|EU|smtp.eu.example.com", then the domains and the endings of MX hosts, each with commas between them. */
static MrPresetRegion *
parse_region (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "|", 6);
  guint n = g_strv_length (parts);

  if (n < 3 || n > 5 || *parts[0] == '\0' || *parts[1] == '\0' || !mr_host_name_is_valid (parts[2]))
    return NULL;
  MrPresetRegion *region = g_new0 (MrPresetRegion, 1);
  region->id = g_strdup (parts[0]);
  region->name = g_strdup (parts[1]);
  region->host = g_strdup (parts[2]);
  region->domains = g_strsplit (n > 3 ? parts[3] : "", ",", LIST_MAX);
  region->mx = g_strsplit (n > 4 ? parts[4] : "", ",", LIST_MAX);
  if (domains_are_valid (region->domains, FALSE) && domains_are_valid (region->mx, FALSE))
    return region;
  region_free (region);
  return NULL;
}

static gboolean
read_regions (GKeyFile *file, const char *group, GPtrArray *ret, GError **error)
{
  g_auto (GStrv) list = NULL;

  if (!read_list (file, group, "regions", &list, error))
    return FALSE;
  for (guint i = 0; list[i] != NULL; i++) {
    MrPresetRegion *region = parse_region (list[i]);

    if (region == NULL)
      return fail (error, "regions", _ ("must be a list of ID|NAME|HOST|DOMAINS|MX"));
    g_ptr_array_add (ret, region);
  }
  return TRUE;
}

/* ---- the whole ---- */

static gboolean
keys_are_known (GKeyFile *file, const char *group, GError **error)
{
  static const char *const known[] = {
    "name",         "kind",         "domains",      "mx",           "servers",     "regions",     "user",
    "mx-user",      "user-label",   "secret-label", "log-in",       "help",        "help-url",    "notice",
    "admin-text",   "limit-day",    "limit-minute", "oauth-issuer", "oauth-token", "oauth-scope", "oauth-authorize",
    "oauth-device", "oauth-revoke", "oauth-pkce",   "return-path",  "dkim",        "facts",       NULL
  };
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    if (!g_strv_contains (known, keys[i]))
      return fail (error, keys[i], _ ("there is no such key"));
  return TRUE;
}

static gboolean
read_texts (GKeyFile *file, const char *group, MrPreset *preset, GError **error)
{
  static const char *const return_paths[] = { "sender", "provider", NULL };
  static const char *const signers[] = { "provider", "domain", NULL };

  return read_text (file, group, "name", "", &preset->name, error)
         && read_text (file, group, "user", "%EMAILADDRESS%", &preset->user, error)
         && read_text (file, group, "mx-user", preset->user, &preset->mx_user, error)
         && read_text (file, group, "user-label", "", &preset->user_label, error)
         && read_text (file, group, "secret-label", "", &preset->secret_label, error)
         && read_text (file, group, "help", "", &preset->help, error)
         && read_url (file, group, "help-url", &preset->help_url, error)
         && read_text (file, group, "notice", "", &preset->notice, error)
         && read_text (file, group, "admin-text", "", &preset->admin_text, error)
         && read_text (file, group, "facts", preset->own ? "all:person" : "", &preset->facts, error)
         && read_word (file, group, "return-path", return_paths, &preset->return_path, error)
         && read_word (file, group, "dkim", signers, &preset->dkim, error);
}

static gboolean
read_oauth (GKeyFile *file, const char *group, MrPreset *preset, GError **error)
{
  static const char *const yes_no[] = { "true", "false", NULL };
  g_autofree char *pkce = NULL;

  if (!read_url (file, group, "oauth-issuer", &preset->oauth_issuer, error)
      || !read_url (file, group, "oauth-authorize", &preset->oauth_authorize, error)
      || !read_url (file, group, "oauth-token", &preset->oauth_token, error)
      || !read_url (file, group, "oauth-device", &preset->oauth_device, error)
      || !read_url (file, group, "oauth-revoke", &preset->oauth_revoke, error)
      || !read_text (file, group, "oauth-scope", "", &preset->oauth_scope, error)
      || !read_word (file, group, "oauth-pkce", yes_no, &pkce, error))
    return FALSE;
  preset->oauth_pkce = g_str_equal (pkce, "true");
  if (g_strv_contains ((const char *const *)preset->log_ins, "oauth2")
      && (*preset->oauth_authorize == '\0' || *preset->oauth_token == '\0' || *preset->oauth_scope == '\0'))
    return fail (error, "log-in", _ ("oauth2 needs oauth-authorize, oauth-token and oauth-scope"));
  return TRUE;
}

static gboolean
is_whole (const MrPreset *preset, GError **error)
{
  if (*preset->id == '\0' || strlen (preset->id) > 64
      || strspn (preset->id, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen (preset->id))
    return fail (error, "provider", _ ("the id may have small letters, digits and -"));
  if (*preset->name == '\0')
    return fail (error, "name", _ ("is missing"));
  if (preset->servers->len == 0 && *preset->notice == '\0')
    return fail (error, "servers", _ ("without a server a notice must say why"));
  if (preset->servers->len > 0 && preset->log_ins[0] == NULL)
    return fail (error, "log-in", _ ("is missing"));
  return TRUE;
}

MrPreset *
mr_preset_read (GKeyFile *file, const char *group, const char *id, gboolean own, GError **error)
{
  g_autoptr (MrPreset) preset = g_new0 (MrPreset, 1);

  preset->id = g_strdup (id);
  preset->own = own;
  preset->servers = g_ptr_array_new_with_free_func ((GDestroyNotify)server_free);
  preset->regions = g_ptr_array_new_with_free_func ((GDestroyNotify)region_free);
  if (!keys_are_known (file, group, error) || !read_kind (file, group, &preset->kind, error)
      || !read_texts (file, group, preset, error) || !read_domains (file, group, "domains", &preset->domains, error)
      || !read_domains (file, group, "mx", &preset->mx, error) || !read_log_ins (file, group, &preset->log_ins, error)
      || !read_servers (file, group, preset->servers, error) || !read_regions (file, group, preset->regions, error)
      || !read_oauth (file, group, preset, error) || !read_number (file, group, "limit-day", &preset->limit_day, error)
      || !read_number (file, group, "limit-minute", &preset->limit_minute, error) || !is_whole (preset, error))
    return NULL;
  return g_steal_pointer (&preset);
}
