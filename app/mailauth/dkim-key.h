/* Keys of DKIM: our private ones, and the public ones of the DNS (RFC 6376 3.6.1, RFC 8301, RFC 8463). */
#pragma once

#include "base/secret.h"
#include "mailauth/tags.h"

G_BEGIN_DECLS

typedef enum { MR_DKIM_RSA, MR_DKIM_ED25519 } MrDkimAlgorithm;

/* ---- private ---- */

typedef struct _MrDkimKey MrDkimKey;

/* bits: 2048, 3072 or 4096 for RSA, ignored for Ed25519. RSA takes a second or more: call it in the pool. (transfer full) */
MrDkimKey *mr_dkim_key_generate (MrDkimAlgorithm algorithm, guint bits, GError **error);
/* PEM of PKCS#8 or PKCS#1, unencrypted. Error MR_ERROR_INVALID: no key, or of a kind DKIM does not have, or RSA below 1024 bits. (transfer full) */
MrDkimKey *mr_dkim_key_from_secret (MrSecret *pem, GError **error);
/* PEM of PKCS#8, for the keyring. (transfer full) */
MrSecret *mr_dkim_key_to_secret (MrDkimKey *key, GError **error);
/* Counted, also across threads; signing with one key at the same time is allowed. */
MrDkimKey *mr_dkim_key_ref (MrDkimKey *key);
void mr_dkim_key_free (MrDkimKey *key); /* gives up one reference */
MrDkimAlgorithm mr_dkim_key_get_algorithm (MrDkimKey *key);
guint mr_dkim_key_get_bits (MrDkimKey *key);
/* What the TXT record at SELECTOR._domainkey.DOMAIN has to say. (transfer full) */
char *mr_dkim_key_dup_record (MrDkimKey *key);
/* Signature over data, which is hashed with SHA-256 first (RFC 6376 3.3, RFC 8463 3). (transfer full) base64. */
char *mr_dkim_key_sign (MrDkimKey *key, const void *data, gsize len, GError **error);

#define MR_DKIM_DIGEST_LEN 32 /* SHA-256 */
/* What a signature is made over: enough to verify it later without the message. */
void mr_dkim_digest (const void *data, gsize len, guint8 digest[MR_DKIM_DIGEST_LEN]);

/* ---- public ---- */

typedef struct _MrDkimRecord MrDkimRecord;

/* text: the joined TXT. Error MR_ERROR_INVALID tells what is wrong with it. A revoked key (empty p=) is no error. (transfer full) */
MrDkimRecord *mr_dkim_record_parse (const char *text, GError **error);
void mr_dkim_record_free (MrDkimRecord *record);
gboolean mr_dkim_record_is_revoked (const MrDkimRecord *record);
gboolean mr_dkim_record_is_testing (const MrDkimRecord *record);                    /* t=y */
gboolean mr_dkim_record_is_strict (const MrDkimRecord *record);                     /* t=s: i= must be d= exactly */
gboolean mr_dkim_record_allows_hash (const MrDkimRecord *record, const char *hash); /* h= */
gboolean mr_dkim_record_is_for_mail (const MrDkimRecord *record);                   /* s= */
MrDkimAlgorithm mr_dkim_record_get_algorithm (const MrDkimRecord *record);
guint mr_dkim_record_get_bits (const MrDkimRecord *record);
/* TRUE where both are one key. */
gboolean mr_dkim_record_is_of (const MrDkimRecord *record, MrDkimKey *key);
/* TRUE where both are one key. */
gboolean mr_dkim_record_equals (const MrDkimRecord *record, const MrDkimRecord *other);
/* sha1: the signature is rsa-sha1. */
gboolean mr_dkim_record_verify (const MrDkimRecord *record, gboolean sha1, const void *data, gsize len,
                                const guint8 *signature, gsize signature_len);

/* The same of a SHA-256 digest whose data is gone. */
gboolean mr_dkim_record_verify_digest (const MrDkimRecord *record, const guint8 digest[MR_DKIM_DIGEST_LEN],
                                       const guint8 *signature, gsize signature_len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDkimKey, mr_dkim_key_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDkimRecord, mr_dkim_record_free)

G_END_DECLS
