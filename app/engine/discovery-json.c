/* JSON of discovery: see discovery-json.h. */
#include <config.h>

#include "engine/discovery-json.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/text.h"
#include "mail/host-name.h"

#define DEPTH_MAX      16
#define NAME_MAX_BYTES 128

/* The reader calls itself for each bracket: depth is counted before it sees a byte. */
static gboolean
is_flat_enough (const char *data, gsize len)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < len; i++) {
    char c = data[i];

    if (quoted && c == '\\')
      i++;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '{' || c == '[')) {
      if (++depth > DEPTH_MAX)
        return FALSE;
    } else if (!quoted && (c == '}' || c == ']') && depth > 0)
      depth--;
  }
  return TRUE;
}

/* The object that the text is. (transfer full) */
static JsonParser *
parse_object (const char *data, gsize len, JsonObject **ret, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (len > MR_DISCOVERY_JSON_MAX) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("The answer is too big"));
    return NULL;
  }
  if (!g_utf8_validate_len (data, len, NULL) || !is_flat_enough (data, len)
      || !json_parser_load_from_data (parser, data, (gssize)len, NULL) || (root = json_parser_get_root (parser)) == NULL
      || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The answer cannot be read"));
    return NULL;
  }
  *ret = json_node_get_object (root);
  return g_steal_pointer (&parser);
}

/* NULL where there is no such member, or none of that type. */
static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

gboolean
mr_autodiscover_parse (const char *data, gsize len, gboolean *ret_is_microsoft365, GError **error)
{
  static const char *const hosts[] = { "office365.com", "outlook.com", "office.com", "office365.us", "outlook.cn" };
  JsonObject *object = NULL;
  g_autoptr (JsonParser) parser = parse_object (data, len, &object, error);
  const char *url = parser != NULL ? get_string (object, "Url") : NULL;

  if (parser == NULL)
    return FALSE;
  if (!mr_https_url_is_valid (url)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The answer names no address"));
    return FALSE;
  }
  const char *start = url + strlen ("https://");
  g_autofree char *host = g_strndup (start, strcspn (start, ":/?#"));
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    found = found || mr_host_name_is_below (host, hosts[i]);
  *ret_is_microsoft365 = found;
  return TRUE;
}

/* "password" may be a boolean or an object; what matters is that it is offered. */
static gboolean
is_offered (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return FALSE;
  return !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN
         || json_node_get_boolean (node);
}

static char **
dup_log_ins (gboolean oauth, gboolean password)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (oauth)
    g_strv_builder_add (builder, "oauth2");
  if (password || !oauth)
    g_strv_builder_add (builder, "password");
  return g_strv_builder_end (builder);
}

MrDiscoveryRecord *
mr_domain_config_parse (const char *data, gsize len, GError **error)
{
  JsonObject *object = NULL;
  g_autoptr (JsonParser) parser = parse_object (data, len, &object, error);

  if (parser == NULL)
    return NULL;
  JsonObject *log_in = get_object (object, "authentication");
  const char *host = get_string (get_object (get_object (object, "protocols"), "smtp"), "host");
  const char *issuer = get_string (get_object (log_in, "oauth-public"), "issuer");
  const char *name = get_string (get_object (get_object (object, "info"), "provider"), "name");

  if (!mr_host_name_is_valid (host)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("The domain names no server for sending"));
    return NULL;
  }
  MrDiscoveryRecord *record = mr_discovery_record_new ();
  record->host = g_ascii_strdown (host, -1);
  record->port = 465; /* RFC 8314 */
  record->tls = MR_TLS_IMPLICIT;
  record->oauth_issuer = g_strdup (mr_https_url_is_valid (issuer) ? issuer : "");
  record->log_ins = dup_log_ins (*record->oauth_issuer != '\0', is_offered (log_in, "password"));
  record->provider_name = name != NULL ? mr_text_sanitize (name, NAME_MAX_BYTES) : g_strdup ("");
  mr_discovery_record_complete (record);
  return record;
}
