/* Keys of DKIM: see dkim-key.h. OpenSSL's own errors stay in here. */
#include <config.h>

#include "mailauth/dkim-key.h"

#include <glib/gi18n-lib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <string.h>

#define MIN_RSA_BITS 1024 /* RFC 8301 3.2 */
#define MAX_RSA_BITS 8192
#define ED25519_LEN  32

struct _MrDkimKey {
  EVP_PKEY *pkey;
  MrDkimAlgorithm algorithm;
};

struct _MrDkimRecord {
  MrTags *tags;
  EVP_PKEY *pkey; /* NULL: revoked */
  MrDkimAlgorithm algorithm;
};

/* ---- private ---- */

static void
key_clear (gpointer data)
{
  EVP_PKEY_free (((MrDkimKey *)data)->pkey);
}

MrDkimKey *
mr_dkim_key_ref (MrDkimKey *key)
{
  return g_atomic_rc_box_acquire (key);
}

void
mr_dkim_key_free (MrDkimKey *key)
{
  if (key != NULL)
    g_atomic_rc_box_release_full (key, key_clear);
}

/* Takes pkey. */
static MrDkimKey *
key_new (EVP_PKEY *pkey, GError **error)
{
  MrDkimKey *key = g_atomic_rc_box_new0 (MrDkimKey);

  key->pkey = pkey;
  key->algorithm = pkey != NULL && EVP_PKEY_is_a (pkey, "ED25519") ? MR_DKIM_ED25519 : MR_DKIM_RSA;
  if (pkey != NULL
      && (key->algorithm == MR_DKIM_ED25519
          || (EVP_PKEY_is_a (pkey, "RSA") && EVP_PKEY_get_bits (pkey) >= MIN_RSA_BITS)))
    return key;
  mr_dkim_key_free (key);
  g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                       _ ("This is no key for signatures: RSA of at least 1024 bits or Ed25519, as unencrypted PEM"));
  return NULL;
}

MrDkimKey *
mr_dkim_key_generate (MrDkimAlgorithm algorithm, guint bits, GError **error)
{
  EVP_PKEY *pkey = NULL;

  if (algorithm == MR_DKIM_ED25519)
    pkey = EVP_PKEY_Q_keygen (NULL, NULL, "ED25519");
  else if (bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS)
    pkey = EVP_PKEY_Q_keygen (NULL, NULL, "RSA", (size_t)bits);
  return key_new (pkey, error);
}

MrDkimKey *
mr_dkim_key_from_secret (MrSecret *pem, GError **error)
{
  BIO *bio = BIO_new_mem_buf (mr_secret_get (pem), (int)mr_secret_length (pem));
  EVP_PKEY *pkey = bio != NULL ? PEM_read_bio_PrivateKey (bio, NULL, NULL, (void *)"") : NULL;

  BIO_free (bio);
  return key_new (pkey, error);
}

MrSecret *
mr_dkim_key_to_secret (MrDkimKey *key, GError **error)
{
  BIO *bio = BIO_new (BIO_s_secmem ());
  MrSecret *secret = NULL;
  char *text = NULL;

  if (bio != NULL && PEM_write_bio_PKCS8PrivateKey (bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1) {
    long len = BIO_get_mem_data (bio, &text);
    secret = mr_secret_new (text, (gsize)len);
    OPENSSL_cleanse (text, (size_t)len);
  }
  BIO_free (bio);
  if (secret == NULL)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_FAILED, _ ("The key cannot be written out"));
  return secret;
}

MrDkimAlgorithm
mr_dkim_key_get_algorithm (MrDkimKey *key)
{
  return key->algorithm;
}

guint
mr_dkim_key_get_bits (MrDkimKey *key)
{
  return (guint)EVP_PKEY_get_bits (key->pkey);
}

char *
mr_dkim_key_dup_record (MrDkimKey *key)
{
  guint8 raw[ED25519_LEN];
  size_t raw_len = sizeof raw;
  unsigned char *der = NULL;
  char *record;

  /* RFC 8463 4.2: the bare 32 bytes; RFC 6376 3.6.1: SubjectPublicKeyInfo. */
  if (key->algorithm == MR_DKIM_ED25519) {
    EVP_PKEY_get_raw_public_key (key->pkey, raw, &raw_len);
    g_autofree char *p = g_base64_encode (raw, raw_len);
    return g_strconcat ("v=DKIM1; k=ed25519; p=", p, NULL);
  }
  int len = i2d_PUBKEY (key->pkey, &der);
  g_autofree char *p = g_base64_encode (der, len > 0 ? (gsize)len : 0);
  record = g_strconcat ("v=DKIM1; k=rsa; p=", p, NULL);
  OPENSSL_free (der);
  return record;
}

char *
mr_dkim_key_sign (MrDkimKey *key, const void *data, gsize len, GError **error)
{
  gboolean ed25519 = key->algorithm == MR_DKIM_ED25519;
  g_autofree guint8 *signature = NULL;
  guint8 digest[SHA256_DIGEST_LENGTH];
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  size_t size = (size_t)EVP_PKEY_get_size (key->pkey);
  char *text = NULL;

  /* RFC 8463 3: Ed25519 signs the digest as its message. */
  SHA256 (data, len, digest);
  signature = g_malloc (size);
  if (context != NULL && EVP_DigestSignInit (context, NULL, ed25519 ? NULL : EVP_sha256 (), NULL, key->pkey) == 1
      && EVP_DigestSign (context, signature, &size, ed25519 ? digest : data, ed25519 ? sizeof digest : len) == 1)
    text = g_base64_encode (signature, size);
  EVP_MD_CTX_free (context);
  if (text == NULL)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_FAILED, _ ("The message could not be signed"));
  return text;
}

/* ---- public ---- */

void
mr_dkim_record_free (MrDkimRecord *record)
{
  if (record == NULL)
    return;
  mr_tags_free (record->tags);
  EVP_PKEY_free (record->pkey);
  g_free (record);
}

/* SubjectPublicKeyInfo, or the bare RSAPublicKey that some publish. */
static EVP_PKEY *
read_rsa (const guint8 *der, gsize len)
{
  const unsigned char *p = der;
  EVP_PKEY *pkey = d2i_PUBKEY (NULL, &p, (long)len);

  if (pkey != NULL && !EVP_PKEY_is_a (pkey, "RSA"))
    g_clear_pointer (&pkey, EVP_PKEY_free);
  p = der;
  return pkey != NULL ? pkey : d2i_PublicKey (EVP_PKEY_RSA, NULL, &p, (long)len);
}

static gboolean
read_public (MrDkimRecord *record, const char *base64, GError **error)
{
  gsize len = 0;
  g_autofree guint8 *der = g_base64_decode (base64, &len);

  if (record->algorithm == MR_DKIM_ED25519)
    record->pkey = len == ED25519_LEN ? EVP_PKEY_new_raw_public_key (EVP_PKEY_ED25519, NULL, der, len) : NULL;
  else
    record->pkey = read_rsa (der, len);
  if (record->pkey != NULL && EVP_PKEY_get_bits (record->pkey) <= MAX_RSA_BITS)
    return TRUE;
  if (strlen (base64) % 4 != 0 || strlen (base64) < 40)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("The key is cut off: some DNS panels keep only 255 characters"));
  else
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The key (p=) cannot be read"));
  return FALSE;
}

static gboolean
read_record (MrDkimRecord *record, GError **error)
{
  const char *version = mr_tags_get (record->tags, "v");
  const char *kind = mr_tags_get (record->tags, "k");
  g_autofree char *key = mr_tags_dup_compact (record->tags, "p");

  if (version != NULL && (!g_str_equal (version, "DKIM1") || !g_str_equal (mr_tags_get_name (record->tags, 0), "v"))) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("v=DKIM1 has to stand first"));
    return FALSE;
  }
  if (kind != NULL && !g_str_equal (kind, "rsa") && !g_str_equal (kind, "ed25519")) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The kind of key “%.40s” (k=) is not known"), kind);
    return FALSE;
  }
  if (key == NULL) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("The key (p=) is missing"));
    return FALSE;
  }
  record->algorithm = kind != NULL && g_str_equal (kind, "ed25519") ? MR_DKIM_ED25519 : MR_DKIM_RSA;
  return *key == '\0' || read_public (record, key, error);
}

MrDkimRecord *
mr_dkim_record_parse (const char *text, GError **error)
{
  g_autoptr (MrDkimRecord) record = g_new0 (MrDkimRecord, 1);

  record->tags = mr_tags_parse (text, error);
  return record->tags != NULL && read_record (record, error) ? g_steal_pointer (&record) : NULL;
}

gboolean
mr_dkim_record_is_revoked (const MrDkimRecord *record)
{
  return record->pkey == NULL;
}

gboolean
mr_dkim_record_is_testing (const MrDkimRecord *record)
{
  return mr_tags_has_word (record->tags, "t", "y", FALSE);
}

gboolean
mr_dkim_record_is_strict (const MrDkimRecord *record)
{
  return mr_tags_has_word (record->tags, "t", "s", FALSE);
}

gboolean
mr_dkim_record_allows_hash (const MrDkimRecord *record, const char *hash)
{
  return mr_tags_has_word (record->tags, "h", hash, TRUE);
}

gboolean
mr_dkim_record_is_for_mail (const MrDkimRecord *record)
{
  return mr_tags_has_word (record->tags, "s", "*", TRUE) || mr_tags_has_word (record->tags, "s", "email", FALSE);
}

MrDkimAlgorithm
mr_dkim_record_get_algorithm (const MrDkimRecord *record)
{
  return record->algorithm;
}

guint
mr_dkim_record_get_bits (const MrDkimRecord *record)
{
  return record->pkey != NULL ? (guint)EVP_PKEY_get_bits (record->pkey) : 0;
}

gboolean
mr_dkim_record_is_of (const MrDkimRecord *record, MrDkimKey *key)
{
  return record->pkey != NULL && EVP_PKEY_eq (record->pkey, key->pkey) == 1;
}

gboolean
mr_dkim_record_equals (const MrDkimRecord *record, const MrDkimRecord *other)
{
  return record->pkey != NULL && other->pkey != NULL && EVP_PKEY_eq (record->pkey, other->pkey) == 1;
}

gboolean
mr_dkim_record_verify (const MrDkimRecord *record, gboolean sha1, const void *data, gsize len, const guint8 *signature,
                       gsize signature_len)
{
  gboolean ed25519 = record->algorithm == MR_DKIM_ED25519;
  const EVP_MD *hash = ed25519 ? NULL : sha1 ? EVP_sha1 () : EVP_sha256 ();
  guint8 digest[SHA256_DIGEST_LENGTH];
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  gboolean good;

  SHA256 (data, len, digest);
  good = record->pkey != NULL && context != NULL && EVP_DigestVerifyInit (context, NULL, hash, NULL, record->pkey) == 1
         && EVP_DigestVerify (context, signature, signature_len, ed25519 ? digest : data, ed25519 ? sizeof digest : len)
                == 1;
  EVP_MD_CTX_free (context);
  return good;
}

void
mr_dkim_digest (const void *data, gsize len, guint8 digest[MR_DKIM_DIGEST_LEN])
{
  G_STATIC_ASSERT (SHA256_DIGEST_LENGTH == MR_DKIM_DIGEST_LEN);
  SHA256 (data, len, digest);
}

static gboolean
verify_ed25519_digest (const MrDkimRecord *record, const guint8 *digest, const guint8 *signature, gsize signature_len)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  gboolean good = context != NULL && EVP_DigestVerifyInit (context, NULL, NULL, NULL, record->pkey) == 1
                  && EVP_DigestVerify (context, signature, signature_len, digest, MR_DKIM_DIGEST_LEN) == 1;

  EVP_MD_CTX_free (context);
  return good;
}

gboolean
mr_dkim_record_verify_digest (const MrDkimRecord *record, const guint8 digest[MR_DKIM_DIGEST_LEN],
                              const guint8 *signature, gsize signature_len)
{
  EVP_PKEY_CTX *context;
  gboolean good;

  /* RFC 8463 3: for Ed25519 the digest is the message. */
  if (record->pkey == NULL)
    return FALSE;
  if (record->algorithm == MR_DKIM_ED25519)
    return verify_ed25519_digest (record, digest, signature, signature_len);
  context = EVP_PKEY_CTX_new (record->pkey, NULL);
  good = context != NULL && EVP_PKEY_verify_init (context) == 1
         && EVP_PKEY_CTX_set_rsa_padding (context, RSA_PKCS1_PADDING) == 1
         && EVP_PKEY_CTX_set_signature_md (context, EVP_sha256 ()) == 1
         && EVP_PKEY_verify (context, signature, signature_len, digest, MR_DKIM_DIGEST_LEN) == 1;
  EVP_PKEY_CTX_free (context);
  return good;
}
