/* A client's assertion: header and claims in JSON, signed with RS256. */
#include <config.h>

#include "engine/oauth-assertion.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define LIFE_SECONDS 600
#define SKEW_SECONDS 60 /* a clock that is a little ahead of the provider's */

static char *
encode (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  return mr_base64url_encode (text, strlen (text));
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static char *
dup_header (MrSigner *signer)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_string (builder, "alg", "RS256");
  add_string (builder, "typ", "JWT");
  add_string (builder, "x5t", mr_signer_get_sha1 (signer));
  add_string (builder, "x5t#S256", mr_signer_get_sha256 (signer));
  json_builder_end_object (builder);
  return encode (builder);
}

static char *
dup_claims (const char *client_id, const char *token_url, gint64 now)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *id = mr_random_word (16);
  gint64 seconds = now / G_USEC_PER_SEC;

  json_builder_begin_object (builder);
  add_string (builder, "aud", token_url);
  add_string (builder, "iss", client_id);
  add_string (builder, "sub", client_id);
  add_string (builder, "jti", id);
  add_number (builder, "iat", seconds - SKEW_SECONDS);
  add_number (builder, "nbf", seconds - SKEW_SECONDS);
  add_number (builder, "exp", seconds + LIFE_SECONDS);
  json_builder_end_object (builder);
  return encode (builder);
}

MrSecret *
mr_oauth_assertion_new (MrSigner *signer, const char *client_id, const char *token_url, gint64 now, GError **error)
{
  g_autofree char *header = dup_header (signer);
  g_autofree char *claims = dup_claims (client_id, token_url, now);
  g_autofree char *text = g_strconcat (header, ".", claims, NULL);
  g_autofree char *signature = mr_signer_sign (signer, text, error);
  g_autofree char *whole = signature != NULL ? g_strconcat (text, ".", signature, NULL) : NULL;

  return whole != NULL ? mr_secret_new_long (whole, strlen (whole)) : NULL;
}

gboolean
mr_oauth_secret_is_certificate (MrSecret *secret)
{
  return strstr (mr_secret_get (secret), "-----BEGIN CERTIFICATE-----") != NULL;
}
