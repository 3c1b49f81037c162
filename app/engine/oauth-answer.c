/* What endpoints of OAuth 2.0 answer.
 *
 * json-glib reads nested values by calling itself, so depth is counted before it sees a byte. Strings that it made are
 * wiped before they are freed, since tokens are among them.
 */
#include <config.h>

#include "engine/oauth-answer.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/signature.h"
#include "engine/oauth-request.h"

#define DEPTH_MAX        16
#define TOKEN_MAX        16384
#define WORD_MAX         2048
#define USER_CODE_MAX    64
#define DESCRIPTION_MAX  300
#define LIFE_DEFAULT     3600
#define LIFE_MAX         (30 * 86400)
#define DEVICE_LIFE      900
#define DEVICE_LIFE_MAX  3600
#define INTERVAL_DEFAULT 5 /* RFC 8628 3.5 */
#define INTERVAL_MAX     120
#define MARGIN_MAX       120

/* ---- JSON ---- */

static gboolean
is_shallow (const char *text, gsize len)
{
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < len; i++) {
    if (in_string && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      in_string = !in_string;
    else if (!in_string && (text[i] == '{' || text[i] == '[') && ++depth > DEPTH_MAX)
      return FALSE;
    else if (!in_string && (text[i] == '}' || text[i] == ']') && depth > 0)
      depth--;
  }
  return TRUE;
}

/* (transfer full) NULL: no JSON object. */
static JsonObject *
load (GBytes *body)
{
  gsize len = 0;
  const char *text = body != NULL ? g_bytes_get_data (body, &len) : NULL;
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;

  if (len == 0 || len > MR_OAUTH_ANSWER_MAX || !g_utf8_validate (text, (gssize)len, NULL) || !is_shallow (text, len))
    return NULL;
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, text, (gssize)len, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_object_ref (json_node_get_object (root)) : NULL;
}

static void
wipe_member_cb (JsonObject *object, const char *name, JsonNode *node, gpointer data)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING) {
    const char *text = json_node_get_string (node);

    mr_wipe ((char *)text, strlen (text));
  }
}

static void
unload (JsonObject *object)
{
  if (object == NULL)
    return;
  json_object_foreach_member (object, wipe_member_cb, NULL);
  json_object_unref (object);
}
typedef JsonObject Loaded;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Loaded, unload)

/* Borrowed; NULL: missing, no string, empty, longer than max, no UTF-8, or with a control in it. */
static const char *
get_string (JsonObject *object, const char *name, gsize max)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  text = json_node_get_string (node);
  if (text == NULL || *text == '\0' || strlen (text) > max || !g_utf8_validate (text, -1, NULL))
    return NULL;
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return NULL;
  return text;
}

/* Some providers write their numbers as strings. */
static gint64
get_number (JsonObject *object, const char *name, gint64 def, gint64 max)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text = get_string (object, name, 20);
  gint64 value = def;

  if (text != NULL)
    g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &value, NULL);
  else if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    value = json_node_get_int (node);
  return value > 0 ? MIN (value, max) : def;
}

static MrSecret *
get_secret (JsonObject *object, const char *name)
{
  const char *text = get_string (object, name, TOKEN_MAX);

  return text != NULL ? mr_secret_new_long (text, strlen (text)) : NULL;
}

/* ---- refusals ---- */

static const struct {
  const char *word;
  MrOauthResult result;
  const char *words; /* NULL: the provider's own */
} refusals[] = {
  { "invalid_grant", MR_OAUTH_SIGN_IN_AGAIN,
    N_ ("The provider no longer accepts this sign-in: it has expired or was withdrawn. Sign in again.") },
  { "interaction_required", MR_OAUTH_SIGN_IN_AGAIN, N_ ("The provider wants to see you. Sign in again.") },
  { "login_required", MR_OAUTH_SIGN_IN_AGAIN, N_ ("The provider wants to see you. Sign in again.") },
  { "consent_required", MR_OAUTH_SIGN_IN_AGAIN, N_ ("The provider wants to see you. Sign in again.") },
  { "invalid_client", MR_OAUTH_CLIENT_REFUSED,
    N_ ("The provider does not accept the registered application; check its client id and its secret.") },
  { "unauthorized_client", MR_OAUTH_CLIENT_REFUSED,
    N_ ("The registered application may not be used like this; look at its registration at the provider.") },
  { "access_denied", MR_OAUTH_DENIED, N_ ("The sign-in was refused or cancelled; nothing was changed.") },
  { "authorization_pending", MR_OAUTH_PENDING, N_ ("The provider waits for you to sign in.") },
  { "slow_down", MR_OAUTH_SLOW_DOWN, N_ ("The provider waits for you to sign in.") },
  { "expired_token", MR_OAUTH_EXPIRED, N_ ("The code has expired. Start the sign-in once more.") },
  { "temporarily_unavailable", MR_OAUTH_TEMPORARY, N_ ("The provider's sign-in is out of order for the moment.") },
  { "server_error", MR_OAUTH_TEMPORARY, N_ ("The provider's sign-in is out of order for the moment.") },
};

static char *
dup_description (JsonObject *object, const char *word)
{
  const char *text = json_object_has_member (object, "error_description") ? "error_description" : "error";
  JsonNode *node = json_object_get_member (object, text);
  /* The answer was valid UTF-8; json-glib makes of a broken escape in it what is not. */
  g_autofree char *words = g_utf8_make_valid (
      JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                                       : word,
      -1);

  for (char *p = words; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  if (g_utf8_strlen (words, -1) > DESCRIPTION_MAX)
    *g_utf8_offset_to_pointer (words, DESCRIPTION_MAX) = '\0';
  return g_steal_pointer (&words);
}

static MrOauthResult
say_temporary (guint status, GError **error)
{
  g_set_error (error, MR_ERROR, MR_ERROR_NETWORK,
               _ ("The provider's sign-in is out of order for the moment (status %u)."), status);
  return MR_OAUTH_TEMPORARY;
}

/* An answer that is no success. object NULL: no JSON. */
static MrOauthResult
read_refusal (guint status, JsonObject *object, GError **error)
{
  const char *word = object != NULL ? get_string (object, "error", WORD_MAX) : NULL;
  g_autofree char *description = NULL;

  if (status >= 500 || status == 429 || status == 408)
    return say_temporary (status, error);
  if (word == NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_PROTOCOL,
                 _ ("The provider's sign-in gave an answer that cannot be understood (status %u)."), status);
    /* A page of a captive portal or of a proxy says nothing about the sign-in. */
    return status / 100 == 4 ? MR_OAUTH_REFUSED : MR_OAUTH_TEMPORARY;
  }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (strcmp (refusals[i].word, word) == 0) {
      g_set_error_literal (error, MR_ERROR,
                           refusals[i].result == MR_OAUTH_TEMPORARY ? MR_ERROR_NETWORK : MR_ERROR_REFUSED,
                           _ (refusals[i].words));
      return refusals[i].result;
    }
  description = dup_description (object, word);
  g_set_error (error, MR_ERROR, MR_ERROR_REFUSED, _ ("The provider refused the sign-in: %s"), description);
  return MR_OAUTH_REFUSED;
}

/* ---- tokens ---- */

void
mr_oauth_tokens_clear (MrOauthTokens *tokens)
{
  g_clear_pointer (&tokens->access_token, mr_secret_unref);
  g_clear_pointer (&tokens->refresh_token, mr_secret_unref);
  if (tokens->id_token != NULL)
    mr_wipe (tokens->id_token, strlen (tokens->id_token));
  g_clear_pointer (&tokens->id_token, g_free);
}

MrOauthResult
mr_oauth_read_tokens (guint status, GBytes *body, MrOauthTokens *ret, GError **error)
{
  g_autoptr (Loaded) object = load (body);
  const char *type = object != NULL ? get_string (object, "token_type", 32) : NULL;
  g_auto (MrOauthTokens) tokens = { 0 };

  if (status / 100 != 2 || object == NULL || json_object_has_member (object, "error"))
    return read_refusal (status, object, error);
  tokens.access_token = get_secret (object, "access_token");
  if (tokens.access_token == NULL || (type != NULL && g_ascii_strcasecmp (type, "bearer") != 0)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL,
                         _ ("The provider gave no token that mail can be sent with."));
    return MR_OAUTH_REFUSED;
  }
  tokens.refresh_token = get_secret (object, "refresh_token");
  tokens.id_token = g_strdup (get_string (object, "id_token", TOKEN_MAX));
  tokens.expires_in = get_number (object, "expires_in", LIFE_DEFAULT, LIFE_MAX);
  *ret = tokens;
  tokens = (MrOauthTokens){ 0 };
  return MR_OAUTH_OK;
}

gint64
mr_oauth_good_until (gint64 now, gint64 expires_in)
{
  return now + (expires_in - MIN (expires_in / 4, MARGIN_MAX)) * G_USEC_PER_SEC;
}

static gboolean
names_audience (JsonObject *claims, const char *client_id)
{
  JsonNode *node = json_object_get_member (claims, "aud");
  JsonArray *list;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return g_strcmp0 (get_string (claims, "aud", WORD_MAX), client_id) == 0;
  list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *item = json_array_get_element (list, i);

    if (JSON_NODE_HOLDS_VALUE (item) && json_node_get_value_type (item) == G_TYPE_STRING
        && strcmp (json_node_get_string (item), client_id) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
mr_oauth_check_id_token (const char *id_token, const char *nonce, const char *client_id, GError **error)
{
  const char *payload = strchr (id_token, '.');
  const char *end = payload != NULL ? strchr (payload + 1, '.') : NULL;
  g_autoptr (GBytes) bytes = end != NULL ? mr_base64url_decode (payload + 1, end - payload - 1) : NULL;
  g_autoptr (Loaded) claims = bytes != NULL ? load (bytes) : NULL;
  const char *theirs = claims != NULL ? get_string (claims, "nonce", WORD_MAX) : NULL;

  if (theirs != NULL && mr_equal_constant_time (theirs, nonce) && names_audience (claims, client_id))
    return TRUE;
  g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL,
                       _ ("The provider's answer belongs to another sign-in. Start it once more."));
  return FALSE;
}

/* ---- devices ---- */

void
mr_oauth_device_clear (MrOauthDevice *device)
{
  g_clear_pointer (&device->device_code, mr_secret_unref);
  g_clear_pointer (&device->user_code, g_free);
  g_clear_pointer (&device->url, g_free);
}

MrOauthResult
mr_oauth_read_device (guint status, GBytes *body, MrOauthDevice *ret, GError **error)
{
  g_autoptr (Loaded) object = load (body);
  g_auto (MrOauthDevice) device = { 0 };
  const char *url;

  if (status / 100 != 2 || object == NULL || json_object_has_member (object, "error"))
    return read_refusal (status, object, error);
  url = get_string (object, "verification_uri", WORD_MAX);
  if (url == NULL)
    url = get_string (object, "verification_url", WORD_MAX); /* as Google wrote it first */
  device.device_code = get_secret (object, "device_code");
  device.user_code = g_strdup (get_string (object, "user_code", USER_CODE_MAX));
  device.url = g_strdup (url);
  device.expires_in = get_number (object, "expires_in", DEVICE_LIFE, DEVICE_LIFE_MAX);
  device.interval = get_number (object, "interval", INTERVAL_DEFAULT, INTERVAL_MAX);
  if (device.device_code == NULL || device.user_code == NULL || !mr_oauth_url_is_valid (device.url)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("The provider gave no code for another device."));
    return MR_OAUTH_REFUSED;
  }
  *ret = device;
  device = (MrOauthDevice){ 0 };
  return MR_OAUTH_OK;
}

/* ---- metadata, registration ---- */

void
mr_oauth_metadata_clear (MrOauthMetadata *metadata)
{
  g_clear_pointer (&metadata->issuer, g_free);
  g_clear_pointer (&metadata->authorize, g_free);
  g_clear_pointer (&metadata->token, g_free);
  g_clear_pointer (&metadata->device, g_free);
  g_clear_pointer (&metadata->revoke, g_free);
  g_clear_pointer (&metadata->registration, g_free);
}

static char *
dup_url (JsonObject *object, const char *name)
{
  const char *url = get_string (object, name, WORD_MAX);

  return g_strdup (mr_oauth_url_is_valid (url) ? url : "");
}

gboolean
mr_oauth_read_metadata (guint status, GBytes *body, const char *issuer, MrOauthMetadata *ret, GError **error)
{
  g_autoptr (Loaded) object = status == 200 ? load (body) : NULL;
  const char *theirs = object != NULL ? get_string (object, "issuer", WORD_MAX) : NULL;
  g_auto (MrOauthMetadata) metadata = { 0 };

  if (theirs == NULL || !mr_oauth_issuer_matches (issuer, theirs)) {
    g_set_error (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("%s does not tell how to sign in there."), issuer);
    return FALSE;
  }
  metadata.issuer = g_strdup (theirs);
  metadata.authorize = dup_url (object, "authorization_endpoint");
  metadata.token = dup_url (object, "token_endpoint");
  metadata.device = dup_url (object, "device_authorization_endpoint");
  metadata.revoke = dup_url (object, "revocation_endpoint");
  metadata.registration = dup_url (object, "registration_endpoint");
  if (*metadata.token == '\0') {
    g_set_error (error, MR_ERROR, MR_ERROR_PROTOCOL, _ ("%s does not tell how to sign in there."), issuer);
    return FALSE;
  }
  *ret = metadata;
  metadata = (MrOauthMetadata){ 0 };
  return TRUE;
}

gboolean
mr_oauth_read_registration (guint status, GBytes *body, char **ret_client, MrSecret **ret_secret, GError **error)
{
  g_autoptr (Loaded) object = load (body);
  const char *client = object != NULL ? get_string (object, "client_id", WORD_MAX) : NULL;

  if (status / 100 != 2 || client == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_REFUSED,
                         _ ("The provider registers no application by itself; register one and enter its client id."));
    return FALSE;
  }
  *ret_client = g_strdup (client);
  *ret_secret = get_secret (object, "client_secret");
  return TRUE;
}
