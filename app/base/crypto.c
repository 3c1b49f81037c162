/* Random bytes, password verifiers, digests.
 *
 * A verifier is data that may come from a file that somebody else wrote: what it asks for is bounded before any memory
 * is taken (RFC 7914 for the parameters).
 */
#include <config.h>

#include "base/crypto.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/base32.h"

#define SCRYPT_N          16384
#define SCRYPT_R          8
#define SCRYPT_P          1
#define SCRYPT_SALT       16
#define SCRYPT_HASH       32
#define SCRYPT_MAX_MEMORY (64 * 1024 * 1024)
#define SCRYPT_MAX_P      4
#define SCRYPT_MAX_BYTES  64 /* of salt or hash in a verifier that is read */

#define PASSWORD_CHARS 24
#define PASSWORD_GROUP 4

void
mr_crypto_keep_to_the_end (void)
{
  (void)OPENSSL_init_crypto (OPENSSL_INIT_NO_ATEXIT, NULL);
}

void
mr_random_bytes (void *ret, gsize len)
{
  if (len > G_MAXINT || RAND_bytes (ret, (int)len) != 1)
    g_error ("the system gives no random bytes");
}

double
mr_random_double (void)
{
  guint64 bits;

  mr_random_bytes (&bits, sizeof bits);
  return (double)(bits >> 11) / (double)(G_GUINT64_CONSTANT (1) << 53);
}

MrSecret *
mr_random_password (void)
{
  guint8 bytes[PASSWORD_CHARS * 5 / 8];
  char chars[PASSWORD_CHARS + 1];
  char grouped[PASSWORD_CHARS + PASSWORD_CHARS / PASSWORD_GROUP];
  gsize len = 0;

  mr_random_bytes (bytes, sizeof bytes);
  mr_base32_encode (bytes, PASSWORD_CHARS, chars);
  for (gsize i = 0; i < PASSWORD_CHARS; i++) {
    if (i > 0 && i % PASSWORD_GROUP == 0)
      grouped[len++] = '-';
    grouped[len++] = chars[i];
  }

  MrSecret *secret = mr_secret_new (grouped, len);
  mr_wipe (bytes, sizeof bytes);
  mr_wipe (chars, sizeof chars);
  mr_wipe (grouped, sizeof grouped);
  return secret;
}

static gboolean
scrypt (MrSecret *password, const guint8 *salt, gsize salt_len, guint64 n, guint64 r, guint64 p, guint8 *ret, gsize len)
{
  /* OpenSSL counts its own work space too, hence the quarter above our bound. */
  int ok = EVP_PBE_scrypt (mr_secret_get (password), mr_secret_length (password), salt, salt_len, n, r, p,
                           SCRYPT_MAX_MEMORY + SCRYPT_MAX_MEMORY / 4, ret, len);

  ERR_clear_error ();
  return ok == 1;
}

char *
mr_scrypt_verifier_new (MrSecret *password, GError **error)
{
  guint8 salt[SCRYPT_SALT], hash[SCRYPT_HASH];

  mr_random_bytes (salt, sizeof salt);
  if (!scrypt (password, salt, sizeof salt, SCRYPT_N, SCRYPT_R, SCRYPT_P, hash, sizeof hash)) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_FAILED,
                         _ ("The password could not be turned into a verifier: out of memory"));
    return NULL;
  }

  g_autofree char *salt64 = g_base64_encode (salt, sizeof salt);
  g_autofree char *hash64 = g_base64_encode (hash, sizeof hash);
  mr_wipe (hash, sizeof hash);
  return g_strdup_printf ("scrypt$%d$%d$%d$%s$%s", SCRYPT_N, SCRYPT_R, SCRYPT_P, salt64, hash64);
}

/* g_base64_decode() skips what is not base64; a verifier is taken only in the form that we write. */
static guint8 *
decode_strictly (const char *base64, gsize *ret_len)
{
  if (strlen (base64) > SCRYPT_MAX_BYTES * 2)
    return NULL;

  g_autofree guint8 *bytes = g_base64_decode (base64, ret_len);
  g_autofree char *again = g_base64_encode (bytes, *ret_len);
  if (*ret_len == 0 || *ret_len > SCRYPT_MAX_BYTES || !g_str_equal (again, base64))
    return NULL;
  return g_steal_pointer (&bytes);
}

static gboolean
parse_cost (char **parts, guint64 *ret_n, guint64 *ret_r, guint64 *ret_p)
{
  return g_ascii_string_to_unsigned (parts[1], 10, 2, 1 << 20, ret_n, NULL)
         && g_ascii_string_to_unsigned (parts[2], 10, 1, 64, ret_r, NULL)
         && g_ascii_string_to_unsigned (parts[3], 10, 1, SCRYPT_MAX_P, ret_p, NULL) && (*ret_n & (*ret_n - 1)) == 0
         && 128 * *ret_n * *ret_r <= SCRYPT_MAX_MEMORY;
}

gboolean
mr_scrypt_verify (const char *verifier, MrSecret *password)
{
  if (verifier == NULL || strlen (verifier) > 512)
    return FALSE;

  g_auto (GStrv) parts = g_strsplit (verifier, "$", 7);
  guint64 n, r, p;
  if (g_strv_length (parts) != 6 || !g_str_equal (parts[0], "scrypt") || !parse_cost (parts, &n, &r, &p))
    return FALSE;

  gsize salt_len, hash_len;
  g_autofree guint8 *salt = decode_strictly (parts[4], &salt_len);
  g_autofree guint8 *hash = decode_strictly (parts[5], &hash_len);
  /* A short hash would be easy to hit by chance. */
  if (salt == NULL || hash == NULL || hash_len < 16)
    return FALSE;

  guint8 ours[SCRYPT_MAX_BYTES];
  gboolean same = scrypt (password, salt, salt_len, n, r, p, ours, hash_len)
                  && CRYPTO_memcmp (ours, hash, hash_len) == 0;
  mr_wipe (ours, sizeof ours);
  return same;
}

char *
mr_sha256_hex (const void *data, gsize len)
{
  guint8 digest[32];
  GString *hex = g_string_sized_new (2 * sizeof digest);

  if (EVP_Digest (data, len, digest, NULL, EVP_sha256 (), NULL) != 1)
    g_error ("SHA-256 is not available");
  for (gsize i = 0; i < sizeof digest; i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  return g_string_free (hex, FALSE);
}
