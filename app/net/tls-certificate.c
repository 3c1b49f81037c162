/* Certificates (RFC 5280): made, read, described. */
#include "config.h"

#include "net/tls-certificate.h"

#include <glib/gi18n-lib.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/crypto.h"
#include "base/secret.h"

#define VALID_DAYS        3650
#define NAMES_SHOWN       4
#define NAMES_READ        16
#define NAME_BYTES        512
#define DESCRIPTION_BYTES 512
#define CHAIN_MAX         10

static gboolean
set_failed (GError **error, const char *what)
{
  unsigned long code = ERR_peek_last_error ();
  const char *reason = code != 0 ? ERR_reason_error_string (code) : NULL;

  g_set_error (error, MR_ERROR, MR_ERROR_TLS, "%s (%s)", what, reason != NULL ? reason : "OpenSSL");
  ERR_clear_error ();
  return FALSE;
}

static gboolean
add_extension (X509 *certificate, int nid, const char *value)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;
  gboolean ok;

  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, certificate, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  ok = extension != NULL && X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
  return ok;
}

static gboolean
set_serial (X509 *certificate)
{
  guint8 bytes[16];
  BIGNUM *number;
  gboolean ok;

  mr_random_bytes (bytes, sizeof bytes);
  bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive and of full length */
  number = BN_bin2bn (bytes, sizeof bytes, NULL);
  ok = number != NULL && BN_to_ASN1_INTEGER (number, X509_get_serialNumber (certificate)) != NULL;
  BN_free (number);
  return ok;
}

static gboolean
fill (X509 *certificate, EVP_PKEY *key, gint64 now_usec)
{
  X509_NAME *name = X509_get_subject_name (certificate);
  time_t now = (time_t)(now_usec / G_USEC_PER_SEC);

  /* An hour back: the clocks of clients differ. */
  return X509_set_version (certificate, X509_VERSION_3) && set_serial (certificate)
         && ASN1_TIME_set (X509_getm_notBefore (certificate), now - 3600) != NULL
         && ASN1_TIME_adj (X509_getm_notAfter (certificate), now, VALID_DAYS, 0) != NULL
         && X509_set_pubkey (certificate, key)
         && X509_NAME_add_entry_by_txt (name, "O", MBSTRING_UTF8, (const guchar *)"Mail Relay", -1, -1, 0)
         && X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const guchar *)"localhost", -1, -1, 0)
         && X509_set_issuer_name (certificate, name)
         && add_extension (certificate, NID_basic_constraints, "critical,CA:FALSE")
         && add_extension (certificate, NID_key_usage, "critical,digitalSignature")
         && add_extension (certificate, NID_ext_key_usage, "serverAuth")
         && add_extension (certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1")
         && add_extension (certificate, NID_subject_key_identifier, "hash")
         && X509_sign (certificate, key, EVP_sha256 ()) > 0;
}

char *
mr_tls_certificate_make_pem (gint64 now_usec, GError **error)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (X509) certificate = X509_new ();
  g_autoptr (BIO) out = BIO_new (BIO_s_secmem ());
  char *data, *pem;
  long len;

  if (key == NULL || certificate == NULL || out == NULL || !fill (certificate, key, now_usec)
      || !PEM_write_bio_PKCS8PrivateKey (out, key, NULL, NULL, 0, NULL, NULL)
      || !PEM_write_bio_X509 (out, certificate)) {
    set_failed (error, _ ("Cannot make a certificate"));
    return NULL;
  }
  len = BIO_get_mem_data (out, &data);
  pem = g_strndup (data, (gsize)len);
  return pem;
}

/* A key that is encrypted is not asked for on the terminal. */
static int
no_passphrase_cb (char *buf, int size, int writing, void *data)
{
  return -1;
}

static X509 *
read_certificates (BIO *in, SSL_CTX *context)
{
  g_autoptr (X509) leaf = PEM_read_bio_X509 (in, NULL, no_passphrase_cb, NULL);
  X509 *next;

  if (leaf == NULL || SSL_CTX_use_certificate (context, leaf) != 1)
    return NULL;
  for (guint i = 0; i < CHAIN_MAX && (next = PEM_read_bio_X509 (in, NULL, no_passphrase_cb, NULL)) != NULL; i++) {
    if (SSL_CTX_add0_chain_cert (context, next) != 1) {
      X509_free (next);
      return NULL;
    }
  }
  ERR_clear_error ();
  return g_steal_pointer (&leaf);
}

gboolean
mr_tls_certificate_use_pem (SSL_CTX *context, const char *pem, gsize len, const char *name, GError **error)
{
  g_autoptr (BIO) for_key = BIO_new_mem_buf (pem, (int)len), for_chain = BIO_new_mem_buf (pem, (int)len);
  g_autoptr (EVP_PKEY) key = NULL;
  g_autoptr (X509) leaf = NULL;

  ERR_clear_error ();
  if (for_key != NULL && for_chain != NULL) {
    key = PEM_read_bio_PrivateKey (for_key, NULL, no_passphrase_cb, NULL);
    if (key != NULL)
      leaf = read_certificates (for_chain, context);
  }
  if (leaf != NULL && SSL_CTX_use_PrivateKey (context, key) == 1 && SSL_CTX_check_private_key (context) == 1)
    return TRUE;
  ERR_clear_error ();
  g_set_error (error, MR_ERROR, MR_ERROR_CORRUPT,
               _ ("%s does not hold a certificate with its private key. Remove the file to have a new one made."),
               name);
  return FALSE;
}

char *
mr_tls_certificate_dup_fingerprint (const X509 *certificate)
{
  guint8 digest[EVP_MAX_MD_SIZE];
  guint len = 0;
  GString *hex = g_string_sized_new (64);

  if (X509_digest (certificate, EVP_sha256 (), digest, &len))
    for (guint i = 0; i < len; i++)
      g_string_append_printf (hex, "%02x", digest[i]);
  return g_string_free (hex, FALSE);
}

/* The certificate is the peer's: nothing in it is trusted to be text. */
static char *
clean (const char *data, gssize len)
{
  char *text = g_utf8_make_valid (data, len < 0 ? len : MIN (len, 255));

  for (char *p = text; *p != '\0'; p++)
    if ((guchar)*p < 0x20 || *p == 0x7f)
      *p = ' ';
  return text;
}

static char **
dup_names (const X509 *certificate, guint max)
{
  GENERAL_NAMES *names = X509_get_ext_d2i (certificate, NID_subject_alt_name, NULL, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (int i = 0; i < sk_GENERAL_NAME_num (names) && n < max; i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value (names, i);

    if (name->type != GEN_DNS)
      continue;
    g_autofree char *text = clean ((const char *)ASN1_STRING_get0_data (name->d.dNSName),
                                   ASN1_STRING_length (name->d.dNSName));
    g_strv_builder_add (builder, text);
    n++;
  }
  GENERAL_NAMES_free (names);
  return g_strv_builder_end (builder);
}

static char *
dup_name (const X509_NAME *name)
{
  g_autoptr (BIO) out = BIO_new (BIO_s_mem ());
  char *data;
  long len;

  if (out == NULL)
    return g_strdup ("?");
  X509_NAME_print_ex (out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  len = BIO_get_mem_data (out, &data);
  return clean (data, len);
}

char *
mr_tls_certificate_dup_description (const X509 *certificate)
{
  g_auto (GStrv) list = dup_names (certificate, NAMES_SHOWN);
  g_autofree char *names = g_strjoinv (" ", list);
  g_autofree char *subject = dup_name (X509_get_subject_name (certificate));
  g_autofree char *issuer = dup_name (X509_get_issuer_name (certificate));
  g_autofree char *day = NULL;
  g_autofree char *text = NULL;
  struct tm end = { 0 };

  if (ASN1_TIME_to_tm (X509_get0_notAfter (certificate), &end))
    day = g_strdup_printf ("%04d-%02d-%02d", end.tm_year + 1900, end.tm_mon + 1, end.tm_mday);
  text = g_strdup_printf (_ ("%s, issued by %s, valid until %s"), *names != '\0' ? names : subject, issuer,
                          day != NULL ? day : "?");
  if (strlen (text) > DESCRIPTION_BYTES)
    *g_utf8_find_prev_char (text, text + DESCRIPTION_BYTES) = '\0';
  ERR_clear_error ();
  return g_steal_pointer (&text);
}

static gint64
read_time (const ASN1_TIME *time)
{
  struct tm tm = { 0 };
  g_autoptr (GDateTime) utc = NULL;

  if (ASN1_TIME_to_tm (time, &tm))
    utc = g_date_time_new_utc (tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
  return utc != NULL ? g_date_time_to_unix (utc) * G_USEC_PER_SEC : 0;
}

static char *
dup_short_name (const X509_NAME *name)
{
  char *text = dup_name (name);

  if (strlen (text) > NAME_BYTES)
    *g_utf8_find_prev_char (text, text + NAME_BYTES) = '\0';
  return text;
}

MrTlsCertificate *
mr_tls_certificate_read (const X509 *certificate)
{
  MrTlsCertificate *self = g_new0 (MrTlsCertificate, 1);

  self->subject = dup_short_name (X509_get_subject_name (certificate));
  self->issuer = dup_short_name (X509_get_issuer_name (certificate));
  self->names = dup_names (certificate, NAMES_READ);
  self->from = read_time (X509_get0_notBefore (certificate));
  self->until = read_time (X509_get0_notAfter (certificate));
  self->fingerprint = mr_tls_certificate_dup_fingerprint (certificate);
  ERR_clear_error ();
  return self;
}

void
mr_tls_certificate_free (MrTlsCertificate *self)
{
  if (self == NULL)
    return;
  g_free (self->subject);
  g_free (self->issuer);
  g_strfreev (self->names);
  g_free (self->fingerprint);
  g_free (self);
}
