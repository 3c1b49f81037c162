/* base64url, comparison in constant time, and signatures with a key and its certificate.
 *
 * The PEM is read from a BIO over the secret's own memory: no copy of the key is made outside OpenSSL, which wipes its
 * own. A pass phrase is never asked for: a key that has one is refused.
 */
#include <config.h>

#include "base/signature.h"

#include <glib/gi18n-lib.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/crypto.h"

#define KEY_BITS_MIN 2048
#define WORD_MAX     64

struct _MrSigner {
  EVP_PKEY *key;
  X509 *certificate;
  char *sha256, *sha1;
};

char *
mr_base64url_encode (const void *data, gsize len)
{
  char *text = g_base64_encode (data, len);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static int
digit_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '-' ? 62 : (c == '_' ? 63 : -1);
}

GBytes *
mr_base64url_decode (const char *text, gssize len)
{
  gsize n = len < 0 ? strlen (text) : (gsize)len, out = 0;
  guint8 *bytes;
  guint32 bits = 0;
  guint n_bits = 0;

  if (n % 4 == 1)
    return NULL;
  bytes = g_malloc (n / 4 * 3 + 3);
  for (gsize i = 0; i < n; i++) {
    int value = digit_value (text[i]);

    if (value < 0) {
      g_free (bytes);
      return NULL;
    }
    bits = (bits << 6 | (guint32)value) & 0xffff;
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      bytes[out++] = (guint8)(bits >> n_bits);
    }
  }
  if ((bits & ((1u << n_bits) - 1)) != 0) {
    g_free (bytes);
    return NULL;
  }
  return g_bytes_new_take (bytes, out);
}

static char *
digest_word (const EVP_MD *type, const void *data, gsize len)
{
  guint8 digest[EVP_MAX_MD_SIZE];
  guint digest_len = 0;

  if (EVP_Digest (data, len, digest, &digest_len, type, NULL) != 1)
    g_error ("a digest is not available");
  return mr_base64url_encode (digest, digest_len);
}

char *
mr_base64url_sha256 (const char *text)
{
  return digest_word (EVP_sha256 (), text, strlen (text));
}

char *
mr_random_word (gsize n_bytes)
{
  guint8 bytes[WORD_MAX];
  char *word;

  n_bytes = MIN (n_bytes, sizeof bytes);
  mr_random_bytes (bytes, n_bytes);
  word = mr_base64url_encode (bytes, n_bytes);
  mr_wipe (bytes, sizeof bytes);
  return word;
}

gboolean
mr_equal_constant_time (const char *a, const char *b)
{
  gsize len = strlen (a);

  return len == strlen (b) && CRYPTO_memcmp (a, b, len) == 0;
}

static int
no_pass_phrase_cb (char *buffer, int size, int writing, void *data)
{
  return -1;
}

/* Both are looked for from the start, so that their order does not matter. */
static void
read_pem (MrSigner *signer, MrSecret *pem)
{
  BIO *bio = BIO_new_mem_buf (mr_secret_get (pem), (int)mr_secret_length (pem));

  signer->key = PEM_read_bio_PrivateKey (bio, NULL, no_pass_phrase_cb, NULL);
  BIO_free (bio);
  bio = BIO_new_mem_buf (mr_secret_get (pem), (int)mr_secret_length (pem));
  signer->certificate = PEM_read_bio_X509 (bio, NULL, no_pass_phrase_cb, NULL);
  BIO_free (bio);
}

static const char *
find_fault (MrSigner *signer)
{
  if (signer->key == NULL)
    return _ ("There is no private key in it that can be read; a key with a pass phrase cannot be used");
  if (EVP_PKEY_get_base_id (signer->key) != EVP_PKEY_RSA || EVP_PKEY_get_bits (signer->key) < KEY_BITS_MIN)
    return _ ("The key must be an RSA key of at least 2048 bits");
  if (signer->certificate == NULL)
    return _ ("There is no certificate in it; put certificate and key into one file in PEM format");
  if (X509_check_private_key (signer->certificate, signer->key) != 1)
    return _ ("The key does not belong to the certificate");
  return NULL;
}

static gboolean
take_digests (MrSigner *signer)
{
  guint8 *der = NULL;
  int len = i2d_X509 (signer->certificate, &der);

  if (len <= 0)
    return FALSE;
  signer->sha256 = digest_word (EVP_sha256 (), der, (gsize)len);
  signer->sha1 = digest_word (EVP_sha1 (), der, (gsize)len);
  OPENSSL_free (der);
  return TRUE;
}

MrSigner *
mr_signer_new (MrSecret *pem, GError **error)
{
  MrSigner *signer = g_new0 (MrSigner, 1);
  const char *fault;

  read_pem (signer, pem);
  fault = find_fault (signer);
  if (fault == NULL && !take_digests (signer))
    fault = _ ("The certificate cannot be read");
  ERR_clear_error ();
  if (fault == NULL)
    return signer;
  g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, fault);
  mr_signer_free (signer);
  return NULL;
}

void
mr_signer_free (MrSigner *signer)
{
  if (signer == NULL)
    return;
  EVP_PKEY_free (signer->key);
  X509_free (signer->certificate);
  g_free (signer->sha256);
  g_free (signer->sha1);
  g_free (signer);
}

const char *
mr_signer_get_sha256 (MrSigner *signer)
{
  return signer->sha256;
}

const char *
mr_signer_get_sha1 (MrSigner *signer)
{
  return signer->sha1;
}

gint64
mr_signer_get_not_after (MrSigner *signer)
{
  struct tm tm = { 0 };
  g_autoptr (GDateTime) time = NULL;

  if (ASN1_TIME_to_tm (X509_get0_notAfter (signer->certificate), &tm) != 1)
    return 0;
  time = g_date_time_new_utc (tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC : 0;
}

char *
mr_signer_sign (MrSigner *signer, const char *text, GError **error)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  gsize len = (gsize)EVP_PKEY_get_size (signer->key);
  g_autofree guint8 *signature = g_malloc0 (len);
  gboolean ok = context != NULL && EVP_DigestSignInit (context, NULL, EVP_sha256 (), NULL, signer->key) == 1
                && EVP_DigestSign (context, signature, &len, (const guint8 *)text, strlen (text)) == 1;

  EVP_MD_CTX_free (context);
  ERR_clear_error ();
  if (ok)
    return mr_base64url_encode (signature, len);
  g_set_error_literal (error, MR_ERROR, MR_ERROR_FAILED, _ ("The key of the certificate could not be used"));
  return NULL;
}
