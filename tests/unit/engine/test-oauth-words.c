/* The pure parts of OAuth 2.0: addresses, redirects, answers, assertions. */
#include <string.h>

#include "engine/oauth-answer.h"
#include "engine/oauth-assertion.h"
#include "engine/oauth-request.h"

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* ---- the address that is opened ---- */

static void
test_url (void)
{
  g_autoptr (MrOauthAttempt) attempt = mr_oauth_attempt_new ("http://127.0.0.1:49152/");
  MrOauthAuthorization a = { .endpoint = "https://id.example/auth?tenant=x",
                             .client_id = "id with space&more",
                             .scope = "mail openid",
                             .user = "me@example.com" };
  g_autofree char *url = mr_oauth_build_url (&a, attempt);
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GHashTable) parameters = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  g_assert_true (g_str_has_prefix (url, "https://id.example/auth?tenant=x&response_type=code&"));
  g_assert_cmpstr (g_hash_table_lookup (parameters, "scope"), ==, "mail openid");
  g_assert_cmpstr (g_hash_table_lookup (parameters, "state"), ==, attempt->state);
  g_assert_cmpstr (g_hash_table_lookup (parameters, "nonce"), ==, attempt->nonce);
  g_assert_cmpstr (g_hash_table_lookup (parameters, "code_challenge_method"), ==, "S256");
  g_assert_null (strstr (url, mr_secret_get (attempt->verifier)));
  g_assert_null (g_hash_table_lookup (parameters, "access_type"));
  g_assert_cmpuint (strlen (mr_secret_get (attempt->verifier)), ==, 43);
  g_assert_nonnull (strstr (url, "client_id=id%20with%20space%26more"));
  g_assert_nonnull (strstr (url, "redirect_uri=http%3A%2F%2F127.0.0.1%3A49152%2F"));
  g_assert_nonnull (strstr (url, "login_hint=me%40example.com"));
}

static void
test_url_google (void)
{
  g_autoptr (MrOauthAttempt) attempt = mr_oauth_attempt_new ("http://127.0.0.1:1/");
  MrOauthAuthorization a
      = { .endpoint = "https://accounts.google.com/o/oauth2/v2/auth", .client_id = "c", .scope = "m" };
  g_autofree char *url = mr_oauth_build_url (&a, attempt);

  g_assert_nonnull (strstr (url, "&access_type=offline&prompt=consent"));
  g_assert_null (strstr (url, "nonce"));
  g_assert_null (strstr (url, "login_hint"));
}

static void
test_valid_urls (void)
{
  static const char *const good[] = { "https://id.example/token", "https://id.example:8443/t?x=1", "https://[::1]:1/" };
  static const char *const bad[] = { NULL,
                                     "",
                                     "http://id.example/token",
                                     "https:///x",
                                     "https://u:p@id.example/",
                                     "https://id.example/#x",
                                     "https://id.example/\r\nHost: x",
                                     "https://id.ex\xc3\xa4mple/",
                                     "javascript:alert(1)",
                                     "id.example" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (mr_oauth_url_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mr_oauth_url_is_valid (bad[i]));
}

/* ---- the address that comes back ---- */

#define ISSUER "https://id.example"

static void
test_redirects (void)
{
  /* %s: the state */
  static const struct {
    const char *format;
    int code; /* -1: it is fine */
  } rows[] = {
    { "http://127.0.0.1:1/?code=abc&state=%s", -1 },
    { "  http://127.0.0.1:1/?state=%s&code=abc&scope=x&session_state=y#here \n", -1 },
    { "code=a%%62c&state=%s", -1 },
    { "?code=abc&state=%s&iss=https%%3A%%2F%%2Fid.example", -1 },
    { "?code=abc&state=%s&iss=https%%3A%%2F%%2Fevil.example", MR_ERROR_INVALID },
    { "?code=abc&state=x%s", MR_ERROR_INVALID },
    { "?code=abc&state=", MR_ERROR_INVALID },
    { "?code=abc", MR_ERROR_INVALID },
    { "?state=%s", MR_ERROR_INVALID },
    { "?code=&state=%s", MR_ERROR_INVALID },
    { "?code=abc&code=abc&state=%s", MR_ERROR_INVALID },
    { "?code=abc&state=other&state=%s", MR_ERROR_INVALID },
    { "?error=access_denied&state=%s", MR_ERROR_REFUSED },
    { "?error=server_error&error_description=Out+of+order%%0d%%0ahere&state=%s", MR_ERROR_REFUSED },
    /* Without our state it may be anybody's. */
    { "?error=access_denied&state=other", MR_ERROR_INVALID },
    { "", MR_ERROR_INVALID },
    { "hello", MR_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MrOauthAttempt) attempt = mr_oauth_attempt_new ("http://127.0.0.1:1/");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_autofree char *address = g_strdup_printf (rows[i].format, attempt->state);
#pragma GCC diagnostic pop
    g_autoptr (MrSecret) code = NULL;
    g_autoptr (GError) error = NULL;
    gboolean ok = mr_oauth_read_redirect (attempt, ISSUER, address, &code, &error);

    g_test_message ("%s", rows[i].format);
    g_assert_true (ok == (rows[i].code < 0));
    if (ok)
      g_assert_cmpstr (mr_secret_get (code), ==, "abc");
    else {
      g_assert_error (error, MR_ERROR, rows[i].code);
      g_assert_null (code);
      for (const char *p = error->message; *p != '\0'; p++)
        g_assert_false (g_ascii_iscntrl (*p));
    }
  }
}

static void
test_issuers (void)
{
  g_assert_true (mr_oauth_issuer_matches (ISSUER, ISSUER));
  g_assert_false (mr_oauth_issuer_matches (ISSUER, ISSUER "/"));
  g_assert_false (mr_oauth_issuer_matches (ISSUER, "https://id.example.evil.example"));
  g_assert_true (
      mr_oauth_issuer_matches ("https://login.example/organizations/v2.0", "https://login.example/8f2/v2.0"));
  g_assert_false (mr_oauth_issuer_matches ("https://login.example/organizations/v2.0", "https://login.evil/8f2/v2.0"));
  g_assert_false (mr_oauth_issuer_matches ("https://login.example/organizations/v2.0", "http://login.example/8f2"));
  g_assert_false (mr_oauth_issuer_matches ("https://login.example/organizations/v2.0", "x"));
}

/* ---- answers ---- */

static void
test_tokens (void)
{
  static const struct {
    guint status;
    const char *json;
    MrOauthResult result;
    gint64 expires_in;
  } rows[] = {
    { 200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":3599,\"refresh_token\":\"r\"}",
      MR_OAUTH_OK, 3599 },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":\"1800\"}", MR_OAUTH_OK, 1800 },
    { 200, "{\"access_token\":\"a\"}", MR_OAUTH_OK, 3600 },
    { 200, "{\"access_token\":\"a\",\"expires_in\":-5}", MR_OAUTH_OK, 3600 },
    { 200, "{\"access_token\":\"a\",\"expires_in\":99999999999}", MR_OAUTH_OK, 30 * 86400 },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}", MR_OAUTH_REFUSED, 0 },
    { 200, "{\"access_token\":\"\"}", MR_OAUTH_REFUSED, 0 },
    { 200, "{\"access_token\":7}", MR_OAUTH_REFUSED, 0 },
    { 200, "{\"access_token\":\"a\\nb\"}", MR_OAUTH_REFUSED, 0 },
    { 200, "{\"error\":\"invalid_grant\"}", MR_OAUTH_SIGN_IN_AGAIN, 0 },
    { 400, "{\"error\":\"invalid_grant\",\"error_description\":\"x\"}", MR_OAUTH_SIGN_IN_AGAIN, 0 },
    { 401, "{\"error\":\"invalid_client\"}", MR_OAUTH_CLIENT_REFUSED, 0 },
    { 400, "{\"error\":\"authorization_pending\"}", MR_OAUTH_PENDING, 0 },
    { 400, "{\"error\":\"slow_down\"}", MR_OAUTH_SLOW_DOWN, 0 },
    { 400, "{\"error\":\"expired_token\"}", MR_OAUTH_EXPIRED, 0 },
    { 400, "{\"error\":\"access_denied\"}", MR_OAUTH_DENIED, 0 },
    { 400, "{\"error\":\"temporarily_unavailable\"}", MR_OAUTH_TEMPORARY, 0 },
    { 400, "{\"error\":\"new_one\",\"error_description\":7}", MR_OAUTH_REFUSED, 0 },
    { 400, "{\"error\":7}", MR_OAUTH_REFUSED, 0 },
    { 503, "<html>", MR_OAUTH_TEMPORARY, 0 },
    { 429, "{\"error\":\"invalid_grant\"}", MR_OAUTH_TEMPORARY, 0 },
    /* A captive portal. */
    { 200, "<html>", MR_OAUTH_TEMPORARY, 0 },
    { 302, "", MR_OAUTH_TEMPORARY, 0 },
    { 200, "[[[[[[[[[[[[[[[[[[[[[[[[", MR_OAUTH_TEMPORARY, 0 },
    { 404, "", MR_OAUTH_REFUSED, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) body = bytes (rows[i].json);
    g_auto (MrOauthTokens) tokens = { 0 };
    g_autoptr (GError) error = NULL;

    g_test_message ("%u %s", rows[i].status, rows[i].json);
    g_assert_cmpint (mr_oauth_read_tokens (rows[i].status, body, &tokens, &error), ==, rows[i].result);
    g_assert_true ((error == NULL) == (rows[i].result == MR_OAUTH_OK));
    g_assert_cmpint (tokens.expires_in, ==, rows[i].expires_in);
    g_assert_true ((tokens.access_token != NULL) == (error == NULL));
    if (i == 0)
      g_assert_cmpstr (mr_secret_get (tokens.refresh_token), ==, "r");
  }
}

static void
test_good_until (void)
{
  g_assert_cmpint (mr_oauth_good_until (0, 3600), ==, (gint64)3480 * G_USEC_PER_SEC);
  g_assert_cmpint (mr_oauth_good_until (0, 4), ==, 3 * G_USEC_PER_SEC);
}

static void
test_device (void)
{
  g_autoptr (GBytes) good = bytes ("{\"device_code\":\"d\",\"user_code\":\"ABCD-EFGH\",\"verification_uri\":"
                                   "\"https://id.example/device\",\"expires_in\":600}");
  g_autoptr (GBytes) clear = bytes ("{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"http://x/\"}");
  g_auto (MrOauthDevice) device = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mr_oauth_read_device (200, clear, &device, &error), ==, MR_OAUTH_REFUSED);
  g_assert_error (error, MR_ERROR, MR_ERROR_PROTOCOL);
  g_clear_error (&error);
  g_assert_cmpint (mr_oauth_read_device (200, good, &device, &error), ==, MR_OAUTH_OK);
  g_assert_cmpstr (device.user_code, ==, "ABCD-EFGH");
  g_assert_cmpint (device.interval, ==, 5);
  g_assert_cmpint (device.expires_in, ==, 600);
}

static void
test_metadata (void)
{
  g_autoptr (GBytes) good = bytes (
      "{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"https://id.example/a\","
      "\"token_endpoint\":\"https://id.example/t\",\"revocation_endpoint\":\"http://x/r\"}");
  g_autoptr (GBytes) other = bytes ("{\"issuer\":\"https://x\",\"token_endpoint\":\"https://id.example/t\"}");
  g_auto (MrOauthMetadata) metadata = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (mr_oauth_read_metadata (200, other, ISSUER, &metadata, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_PROTOCOL);
  g_clear_error (&error);
  g_assert_false (mr_oauth_read_metadata (404, good, ISSUER, &metadata, NULL));
  g_assert_true (mr_oauth_read_metadata (200, good, ISSUER, &metadata, &error));
  g_assert_cmpstr (metadata.token, ==, "https://id.example/t");
  g_assert_cmpstr (metadata.revoke, ==, ""); /* not https */
  g_assert_cmpstr (metadata.device, ==, "");
}

static void
test_registration (void)
{
  g_autoptr (GBytes) good = bytes ("{\"client_id\":\"c1\",\"client_secret\":\"s\"}"), bad = bytes ("{\"error\":\"x\"}");
  g_autofree char *client = NULL;
  g_autoptr (MrSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (mr_oauth_read_registration (400, bad, &client, &secret, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_true (mr_oauth_read_registration (201, good, &client, &secret, &error));
  g_assert_cmpstr (client, ==, "c1");
  g_assert_cmpstr (mr_secret_get (secret), ==, "s");
}

static void
test_id_token (void)
{
  static const struct {
    const char *claims;
    gboolean ok;
  } rows[] = {
    { "{\"nonce\":\"n\",\"aud\":\"c\"}", TRUE },
    { "{\"nonce\":\"n\",\"aud\":[\"x\",\"c\"]}", TRUE },
    { "{\"nonce\":\"m\",\"aud\":\"c\"}", FALSE },
    { "{\"nonce\":\"n\",\"aud\":\"d\"}", FALSE },
    { "{\"nonce\":\"n\",\"aud\":[7,[]]}", FALSE },
    { "{\"aud\":\"c\"}", FALSE },
    { "[]", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *payload = mr_base64url_encode (rows[i].claims, strlen (rows[i].claims));
    g_autofree char *token = g_strdup_printf ("e30.%s.sig", payload);

    g_assert_true (mr_oauth_check_id_token (token, "n", "c", NULL) == rows[i].ok);
  }
  g_assert_false (mr_oauth_check_id_token ("x", "n", "c", NULL));
  g_assert_false (mr_oauth_check_id_token ("x.!.y", "n", "c", NULL));
}

/* ---- assertions ---- */

static void
test_assertion (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "base", "signature", "signer.pem", NULL);
  g_autofree char *text = NULL;
  gsize len;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, &len, &error);
  g_assert_no_error (error);

  g_autoptr (MrSecret) pem = mr_secret_new_long (text, len);
  g_autoptr (MrSigner) signer = mr_signer_new (pem, &error);
  g_autoptr (MrSecret) assertion = mr_oauth_assertion_new (signer, "client \"1\"", "https://id.example/t",
                                                           G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  g_assert_true (mr_oauth_secret_is_certificate (pem));
  g_assert_false (mr_oauth_secret_is_certificate (assertion));

  g_auto (GStrv) parts = g_strsplit (mr_secret_get (assertion), ".", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 3);
  g_autoptr (GBytes) header = mr_base64url_decode (parts[0], -1), claims = mr_base64url_decode (parts[1], -1);
  g_autofree char *head = g_strndup (g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  g_autofree char *body = g_strndup (g_bytes_get_data (claims, NULL), g_bytes_get_size (claims));
  g_autofree char *signed_part = g_strconcat (parts[0], ".", parts[1], NULL);
  g_autofree char *signature = mr_signer_sign (signer, signed_part, NULL);
  g_assert_true (g_str_has_prefix (head, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"x5t\":\""));
  g_assert_true (g_str_has_prefix (body, "{\"aud\":\"https://id.example/t\",\"iss\":\"client \\\"1\\\"\",\"sub\":"));
  g_assert_nonnull (strstr (body, "\"nbf\":1789999940,\"exp\":1790000600}"));
  g_assert_cmpstr (signature, ==, parts[2]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oauth/words/url", test_url);
  g_test_add_func ("/oauth/words/url-google", test_url_google);
  g_test_add_func ("/oauth/words/valid-urls", test_valid_urls);
  g_test_add_func ("/oauth/words/redirects", test_redirects);
  g_test_add_func ("/oauth/words/issuers", test_issuers);
  g_test_add_func ("/oauth/words/tokens", test_tokens);
  g_test_add_func ("/oauth/words/good-until", test_good_until);
  g_test_add_func ("/oauth/words/device", test_device);
  g_test_add_func ("/oauth/words/metadata", test_metadata);
  g_test_add_func ("/oauth/words/registration", test_registration);
  g_test_add_func ("/oauth/words/id-token", test_id_token);
  g_test_add_func ("/oauth/words/assertion", test_assertion);
  return g_test_run ();
}
