/* base64url, comparison, signatures. The files of signature/ were made with the openssl command. */
#include "base/signature.h"

#include <string.h>

static void
test_base64url (void)
{
  /* RFC 4648 10, and the two letters that differ. */
  static const struct {
    const char *text, *word;
  } rows[] = {
    { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" }
  };
  static const char *const bad[] = { "Z", "Zg==", "Zm+v", "Zm/v", "Zh", "Zm9", "Zm9v Zg", "Zm9v\n", "\xc3\xa4" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *word = mr_base64url_encode (rows[i].text, strlen (rows[i].text));
    g_autoptr (GBytes) bytes = mr_base64url_decode (rows[i].word, -1);

    g_assert_cmpstr (word, ==, rows[i].word);
    g_assert_nonnull (bytes);
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), rows[i].text, strlen (rows[i].text));
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (mr_base64url_decode (bad[i], -1));
}

static void
test_words (void)
{
  /* RFC 7636 appendix B */
  g_autofree char *challenge = mr_base64url_sha256 ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  g_autofree char *first = mr_random_word (32), *second = mr_random_word (32);

  g_assert_cmpstr (challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  g_assert_cmpuint (strlen (first), ==, 43);
  g_assert_cmpstr (first, !=, second);
  g_assert_true (mr_equal_constant_time (first, first));
  g_assert_false (mr_equal_constant_time (first, second));
  g_assert_false (mr_equal_constant_time (first, "x"));
  g_assert_true (mr_equal_constant_time ("", ""));
}

static MrSecret *
load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "signature", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;

  g_file_get_contents (path, &text, &len, &error);
  g_assert_no_error (error);
  return mr_secret_new_long (text, len);
}

static void
test_sign (void)
{
  g_autoptr (MrSecret) pem = load ("signer.pem"), expected = load ("signer.expected");
  g_auto (GStrv) lines = g_strsplit (mr_secret_get (expected), "\n", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (MrSigner) signer = mr_signer_new (pem, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mr_signer_get_sha256 (signer), ==, lines[0]);
  g_assert_cmpstr (mr_signer_get_sha1 (signer), ==, lines[1]);
  g_assert_cmpint (mr_signer_get_not_after (signer), ==, g_ascii_strtoll (lines[2], NULL, 10) * G_USEC_PER_SEC);

  g_autofree char *signature = mr_signer_sign (signer, "head.body", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (signature, ==, lines[3]);
}

static void
test_bad_keys (void)
{
  static const char *const names[] = { "other-key.pem", "no-certificate.pem", "pass-phrase.pem", "short-key.pem",
                                       "signer.expected" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (MrSecret) pem = load (names[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (mr_signer_new (pem, &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signature/base64url", test_base64url);
  g_test_add_func ("/signature/words", test_words);
  g_test_add_func ("/signature/sign", test_sign);
  g_test_add_func ("/signature/bad-keys", test_bad_keys);
  return g_test_run ();
}
