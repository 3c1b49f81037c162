/* SASL PLAIN and LOGIN: base64, well-formed and malformed messages, both sides against each other. */
#include <string.h>

#include "smtp/sasl.h"

static void
test_decode (void)
{
  static const char *const bad[] = { "A",    "AA",    "AAA",  "AA==AAAA", "A===", "====", "AA=A",
                                     "AAA ", "AA\n=", "AB==", "AAB=",     "AA-_", "=AAA" };
  guint8 bytes[64];
  gsize len;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mr_sasl_decode (bad[i], bytes, &len));
  for (gsize n = 0; n < 40; n++) {
    guint8 original[40];
    g_autofree char *text = NULL;

    for (gsize i = 0; i < n; i++)
      original[i] = (guint8)(i * 7 + n);
    text = g_base64_encode (original, n);
    g_assert_true (mr_sasl_decode (text, bytes, &len));
    g_assert_cmpmem (bytes, len, original, n);
  }
}

/* PLAIN with the message of len bytes as initial response. */
static MrSaslStep
plain (MrSaslServer *sasl, const char *message, gsize len)
{
  g_autofree char *text = g_base64_encode ((const guchar *)message, len);
  const char *challenge = NULL;

  mr_sasl_server_start (sasl, MR_SASL_PLAIN);
  return mr_sasl_server_step (sasl, text, &challenge);
}

#define PLAIN(sasl, literal) plain (sasl, literal, sizeof (literal) - 1)

static void
test_plain (void)
{
  MrSaslServer sasl = { 0 };

  g_assert_cmpint (PLAIN (&sasl, "\0user\0secret"), ==, MR_SASL_COMPLETE);
  g_assert_cmpstr (sasl.authcid, ==, "user");
  g_assert_cmpstr (sasl.authzid, ==, "");
  g_assert_cmpstr (mr_secret_get (sasl.password), ==, "secret");
  g_assert_cmpint (PLAIN (&sasl, "user\0user\0secret"), ==, MR_SASL_COMPLETE);
  g_assert_cmpint (PLAIN (&sasl, "\0us\xc3\xa4r\0se\xff\x01ret"), ==, MR_SASL_COMPLETE);
  g_assert_cmpint (PLAIN (&sasl, "other\0user\0secret"), ==, MR_SASL_REFUSED);
  g_assert_cmpint (PLAIN (&sasl, "\0\0secret"), ==, MR_SASL_REFUSED);
  g_assert_cmpint (PLAIN (&sasl, "\0user\0"), ==, MR_SASL_REFUSED);
  g_assert_cmpint (PLAIN (&sasl, "\0us\rer\0secret"), ==, MR_SASL_REFUSED);
  g_assert_cmpint (PLAIN (&sasl, "\0us\xffr\0secret"), ==, MR_SASL_REFUSED);
  g_assert_cmpint (PLAIN (&sasl, "\0user\0sec\0ret"), ==, MR_SASL_BAD_ENCODING);
  g_assert_cmpint (PLAIN (&sasl, "\0user"), ==, MR_SASL_BAD_ENCODING);
  g_assert_cmpint (PLAIN (&sasl, "user"), ==, MR_SASL_BAD_ENCODING);
  g_assert_cmpint (PLAIN (&sasl, ""), ==, MR_SASL_BAD_ENCODING);
  mr_sasl_server_clear (&sasl);
  mr_sasl_server_clear (&sasl);
}

static void
test_long (void)
{
  MrSaslServer sasl = { 0 };
  g_autoptr (GString) message = g_string_new (NULL);

  /* As long as a secret may be, one more, and much more than the line may hold. */
  g_string_append_len (message, "\0u\0", 3);
  for (int i = 0; i < MR_SECRET_MAX; i++)
    g_string_append_c (message, 'x');
  g_assert_cmpint (plain (&sasl, message->str, message->len), ==, MR_SASL_COMPLETE);
  g_string_append_c (message, 'x');
  g_assert_cmpint (plain (&sasl, message->str, message->len), ==, MR_SASL_REFUSED);
  for (int i = 0; i < 20000; i++)
    g_string_append_c (message, 'x');
  g_assert_cmpint (plain (&sasl, message->str, message->len), ==, MR_SASL_BAD_ENCODING);
  mr_sasl_server_clear (&sasl);
}

static void
test_login (void)
{
  MrSaslServer sasl = { 0 };
  const char *challenge = NULL;

  g_assert_cmpint (mr_sasl_mechanism ("login"), ==, MR_SASL_LOGIN);
  g_assert_cmpint (mr_sasl_mechanism ("Plain"), ==, MR_SASL_PLAIN);
  g_assert_cmpint (mr_sasl_mechanism ("PLAINER"), ==, MR_SASL_NONE);
  mr_sasl_server_start (&sasl, MR_SASL_LOGIN);
  g_assert_cmpint (mr_sasl_server_step (&sasl, NULL, &challenge), ==, MR_SASL_CHALLENGE);
  g_assert_cmpstr (challenge, ==, "VXNlcm5hbWU6");
  g_assert_cmpint (mr_sasl_server_step (&sasl, "dXNlcg==", &challenge), ==, MR_SASL_CHALLENGE);
  g_assert_cmpstr (challenge, ==, "UGFzc3dvcmQ6");
  g_assert_cmpint (mr_sasl_server_step (&sasl, "c2VjcmV0", &challenge), ==, MR_SASL_COMPLETE);
  g_assert_cmpstr (sasl.authcid, ==, "user");
  g_assert_cmpstr (mr_secret_get (sasl.password), ==, "secret");

  /* A user name that cannot be one is not told apart from a wrong password. */
  mr_sasl_server_start (&sasl, MR_SASL_LOGIN);
  g_assert_cmpint (mr_sasl_server_step (&sasl, "", &challenge), ==, MR_SASL_CHALLENGE);
  g_assert_cmpint (mr_sasl_server_step (&sasl, "c2VjcmV0", &challenge), ==, MR_SASL_REFUSED);

  mr_sasl_server_start (&sasl, MR_SASL_LOGIN);
  g_assert_cmpint (mr_sasl_server_step (&sasl, "*", &challenge), ==, MR_SASL_CANCELLED);
  mr_sasl_server_clear (&sasl);
}

static void
test_both_sides (void)
{
  g_autoptr (MrSecret) password = mr_secret_new ("p\xc3\xa4ss w\xff", 8);
  g_autoptr (MrSecret) response = mr_sasl_plain_response ("user@example.com", password);
  g_autofree char *huge = g_strnfill (MR_SECRET_MAX, 'x');
  g_autoptr (MrSecret) huge_secret = mr_secret_new (huge, strlen (huge));
  MrSaslServer sasl = { 0 };
  const char *challenge = NULL;

  mr_sasl_server_start (&sasl, MR_SASL_PLAIN);
  g_assert_cmpint (mr_sasl_server_step (&sasl, mr_secret_get (response), &challenge), ==, MR_SASL_COMPLETE);
  g_assert_cmpstr (sasl.authcid, ==, "user@example.com");
  g_assert_cmpstr (mr_secret_get (sasl.password), ==, mr_secret_get (password));
  mr_sasl_server_clear (&sasl);
  g_assert_null (mr_sasl_plain_response ("user", huge_secret));
}

static void
test_tokens (void)
{
  g_autoptr (MrSecret) token = mr_secret_new ("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", 42);
  g_autoptr (MrSecret) broken = mr_secret_new ("a\001b", 3);
  g_autoptr (MrSecret) empty = mr_secret_new ("", 0);
  g_autofree char *big = g_strnfill (16384, 't'), *too_big = g_strnfill (MR_SECRET_LONG_MAX, 't');
  g_autoptr (MrSecret) big_token = mr_secret_new_long (big, strlen (big));
  g_autoptr (MrSecret) too_big_token = mr_secret_new_long (too_big, strlen (too_big));
  /* The example of Google's documentation. */
  g_autoptr (MrSecret) xoauth2 = mr_sasl_xoauth2_response ("someuser@example.com", token);
  g_autoptr (MrSecret) bearer = mr_sasl_oauthbearer_response ("user@example.com", "server.example.com", 143, token);
  g_autoptr (MrSecret) long_response = mr_sasl_xoauth2_response ("u", big_token);

  g_assert_cmpstr (mr_secret_get (xoauth2), ==,
                   "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB2RjlkZnQ0cW1UYzJOdmIzUmxja0JoYkhSaGRtbHpkR0V1"
                   "WTI5dENnPT0BAQ==");
  /* RFC 7628 4.1, padding of the token as Google has it. */
  g_assert_cmpstr (mr_secret_get (bearer), ==,
                   "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRm"
                   "dDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
  g_assert_nonnull (long_response);
  g_assert_null (mr_sasl_xoauth2_response ("u", too_big_token));
  g_assert_null (mr_sasl_xoauth2_response ("u", broken));
  g_assert_null (mr_sasl_xoauth2_response ("u", empty));
  g_assert_null (mr_sasl_xoauth2_response ("u\001auth=Bearer x", token));
  g_assert_null (mr_sasl_oauthbearer_response ("u\r\n", NULL, 0, token));
  g_assert_null (mr_sasl_oauthbearer_response ("u", "h\001x", 0, token));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/smtp/sasl/decode", test_decode);
  g_test_add_func ("/smtp/sasl/plain", test_plain);
  g_test_add_func ("/smtp/sasl/long", test_long);
  g_test_add_func ("/smtp/sasl/login", test_login);
  g_test_add_func ("/smtp/sasl/both-sides", test_both_sides);
  g_test_add_func ("/smtp/sasl/tokens", test_tokens);
  return g_test_run ();
}
