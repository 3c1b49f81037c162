/* Random bytes, verifiers, digests. */
#include "base/crypto.h"

#include <string.h>

static void
test_random (void)
{
  guint8 first[32] = { 0 }, second[32] = { 0 };
  double sum = 0;

  mr_random_bytes (first, sizeof first);
  mr_random_bytes (second, sizeof second);
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
  for (int i = 0; i < 10000; i++) {
    double value = mr_random_double ();
    g_assert_true (value >= 0 && value < 1);
    sum += value;
  }
  /* Seventeen standard deviations on either side. */
  g_assert_true (sum > 4500 && sum < 5500);
}

static void
test_password (void)
{
  g_autoptr (MrSecret) first = mr_random_password ();
  g_autoptr (MrSecret) second = mr_random_password ();
  const char *text = mr_secret_get (first);

  g_assert_cmpstr (text, !=, mr_secret_get (second));
  g_assert_true (g_regex_match_simple ("^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){5}$", text, 0, 0));
}

static void
test_verifier (void)
{
  g_autoptr (MrSecret) right = mr_secret_new ("correct horse", 13);
  g_autoptr (MrSecret) wrong = mr_secret_new ("correct horsf", 13);
  g_autoptr (MrSecret) longer = mr_secret_new ("correct horse ", 14);
  g_autoptr (GError) error = NULL;
  g_autofree char *verifier = mr_scrypt_verifier_new (right, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (verifier, "scrypt$16384$8$1$"));
  g_assert_null (strstr (verifier, "horse"));
  g_assert_true (mr_scrypt_verify (verifier, right));
  g_assert_false (mr_scrypt_verify (verifier, wrong));
  g_assert_false (mr_scrypt_verify (verifier, longer));

  /* Another salt each time. */
  g_autofree char *again = mr_scrypt_verifier_new (right, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (verifier, !=, again);
}

/* RFC 7914 section 12, third vector (16384, 8, 1), its first 32 bytes. */
static void
test_known_vector (void)
{
  static const guint8 hash[32] = { 0x70, 0x23, 0xbd, 0xcb, 0x3a, 0xfd, 0x73, 0x48, 0x46, 0x1c, 0x06,
                                   0xcd, 0x81, 0xfd, 0x38, 0xeb, 0xfd, 0xa8, 0xfb, 0xba, 0x90, 0x4f,
                                   0x8e, 0x3e, 0xa9, 0xb5, 0x43, 0xf6, 0x54, 0x5d, 0xa1, 0xf2 };
  g_autofree char *salt64 = g_base64_encode ((const guint8 *)"SodiumChloride", 14);
  g_autofree char *hash64 = g_base64_encode (hash, sizeof hash);
  g_autofree char *verifier = g_strdup_printf ("scrypt$16384$8$1$%s$%s", salt64, hash64);
  g_autoptr (MrSecret) password = mr_secret_new ("pleaseletmein", 13);

  g_assert_true (mr_scrypt_verify (verifier, password));
}

static void
test_bad_verifiers (void)
{
  static const char *const rows[] = {
    "",
    "scrypt",
    "scrypt$16384$8$1$",
    "plain$16384$8$1$YWJjZGVmZ2hpamtsbW5vcA==$YWJjZGVmZ2hpamtsbW5vcA==",
    "scrypt$16384$8$1$YWJjZGVmZ2hpamtsbW5vcA==",
    "scrypt$16384$8$1$YWJjZGVmZ2hpamtsbW5vcA==$YWJjZGVmZ2hpamtsbW5vcA==$more",
    "scrypt$16383$8$1$YWJjZGVmZ2hpamtsbW5vcA==$YWJjZGVmZ2hpamtsbW5vcA==",
    "scrypt$-16384$8$1$YWJjZGVmZ2hpamtsbW5vcA==$YWJjZGVmZ2hpamtsbW5vcA==",
    "scrypt$1048576$8$1$YWJjZGVmZ2hpamtsbW5vcA==$YWJjZGVmZ2hpamtsbW5vcA==", /* 1 GiB */
    "scrypt$131072$8$1$YWJjZGVmZ2hpamtsbW5vcA==$YWJjZGVmZ2hpamtsbW5vcA==",  /* 128 MiB */
    "scrypt$16384$8$5$YWJjZGVmZ2hpamtsbW5vcA==$YWJjZGVmZ2hpamtsbW5vcA==",
    "scrypt$16384$0$1$YWJjZGVmZ2hpamtsbW5vcA==$YWJjZGVmZ2hpamtsbW5vcA==",
    "scrypt$16384$8$1$$YWJjZGVmZ2hpamtsbW5vcA==",
    "scrypt$16384$8$1$YWJjZGVmZ2hpamtsbW5vcA==$",
    "scrypt$16384$8$1$YWJjZGVmZ2hpamtsbW5vcA==$YWJj", /* a hash of three bytes */
    "scrypt$16384$8$1$YWJjZGVmZ2hpamtsbW5vcA==$!!!!ZGVmZ2hpamtsbW5vcA==",
  };
  g_autoptr (MrSecret) password = mr_secret_new ("x", 1);

  g_assert_false (mr_scrypt_verify (NULL, password));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_false (mr_scrypt_verify (rows[i], password));

  g_autofree char *long_hash = g_strnfill (400, 'A');
  g_autofree char *long_verifier = g_strdup_printf ("scrypt$16384$8$1$YWJj$%s", long_hash);
  g_assert_false (mr_scrypt_verify (long_verifier, password));
}

static void
test_sha256 (void)
{
  g_autofree char *abc = mr_sha256_hex ("abc", 3);
  g_autofree char *empty = mr_sha256_hex ("", 0);

  g_assert_cmpstr (abc, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_cmpstr (empty, ==, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crypto/random", test_random);
  g_test_add_func ("/crypto/password", test_password);
  g_test_add_func ("/crypto/verifier", test_verifier);
  g_test_add_func ("/crypto/known-vector", test_known_vector);
  g_test_add_func ("/crypto/bad-verifiers", test_bad_verifiers);
  g_test_add_func ("/crypto/sha256", test_sha256);
  return g_test_run ();
}
