/* Fuzz target: answers and redirects of OAuth 2.0. The first byte chooses the reader, the second the status; the rest is what
 * came. Whatever comes out is within its bounds, holds no control, and an error comes exactly where nothing else does. */
#include <string.h>

#include "engine/oauth-answer.h"
#include "engine/oauth-request.h"
#include "fuzz.h"

static void
check_words (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 4096);
}

static void
check_secret (MrSecret *secret)
{
  if (secret != NULL)
    for (const char *p = mr_secret_get (secret); *p != '\0'; p++)
      g_assert_false (g_ascii_iscntrl (*p));
}

static void
fuzz_tokens (guint status, GBytes *body)
{
  g_auto (MrOauthTokens) tokens = { 0 };
  g_autoptr (GError) error = NULL;

  if (mr_oauth_read_tokens (status, body, &tokens, &error) != MR_OAUTH_OK) {
    check_words (error);
    g_assert_null (tokens.access_token);
    return;
  }
  g_assert_no_error (error);
  g_assert_nonnull (tokens.access_token);
  check_secret (tokens.access_token);
  check_secret (tokens.refresh_token);
  g_assert_cmpint (tokens.expires_in, >, 0);
  g_assert_cmpint (mr_oauth_good_until (0, tokens.expires_in), >, 0);
}

static void
fuzz_device (guint status, GBytes *body)
{
  g_auto (MrOauthDevice) device = { 0 };
  g_autoptr (GError) error = NULL;

  if (mr_oauth_read_device (status, body, &device, &error) != MR_OAUTH_OK) {
    check_words (error);
    return;
  }
  g_assert_true (mr_oauth_url_is_valid (device.url));
  g_assert_true (device.interval > 0 && device.interval <= 120);
  check_secret (device.device_code);
}

static void
fuzz_metadata (guint status, GBytes *body)
{
  g_auto (MrOauthMetadata) metadata = { 0 };
  g_autoptr (GError) error = NULL;

  if (!mr_oauth_read_metadata (status, body, "https://id.example/common/v2.0", &metadata, &error)) {
    check_words (error);
    return;
  }
  g_assert_true (mr_oauth_url_is_valid (metadata.token));
  g_assert_true (*metadata.registration == '\0' || mr_oauth_url_is_valid (metadata.registration));
}

static void
fuzz_registration (guint status, GBytes *body)
{
  g_autofree char *client = NULL;
  g_autoptr (MrSecret) secret = NULL;
  g_autoptr (GError) error = NULL;

  if (!mr_oauth_read_registration (status, body, &client, &secret, &error))
    check_words (error);
  else
    g_assert_true (*client != '\0' && strlen (client) <= 2048);
}

static void
fuzz_redirect (const char *text)
{
  g_autoptr (MrOauthAttempt) attempt = mr_oauth_attempt_new ("http://127.0.0.1:1/");
  g_autoptr (MrSecret) code = NULL;
  g_autoptr (GError) error = NULL;

  /* A state that seeds can name. */
  g_free (attempt->state);
  attempt->state = g_strdup ("s");
  if (!mr_oauth_read_redirect (attempt, "https://id.example", text, &code, &error)) {
    check_words (error);
    g_assert_null (code);
  } else
    g_assert_cmpuint (mr_secret_length (code), >, 0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = NULL;
  g_autofree char *text = NULL;
  guint status;

  if (size < 2)
    return 0;
  status = data[1] == 0 ? 200 : 100 + data[1] * 2;
  body = g_bytes_new (data + 2, size - 2);
  text = g_strndup ((const char *)data + 2, size - 2);
  switch (data[0] % 6) {
  case 0:
    fuzz_tokens (status, body);
    break;
  case 1:
    fuzz_device (status, body);
    break;
  case 2:
    fuzz_metadata (status, body);
    break;
  case 3:
    fuzz_registration (status, body);
    break;
  case 4:
    fuzz_redirect (text);
    break;
  default:
    mr_oauth_check_id_token (text, "n", "c", NULL);
    break;
  }
  return 0;
}
