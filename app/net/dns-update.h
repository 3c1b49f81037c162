/* Dynamic updates of a zone (RFC 2136), signed with a shared key (TSIG, RFC 8945, hmac-sha256). Only at a person's word: nothing here is called by itself.
 *
 * The message is built and the answer judged without a socket; mr_dns_update_send() waits for the answer over TCP, for programs that do nothing else meanwhile.
 */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

typedef struct {
  const char *name;          /* owner, below the zone */
  const char *const *remove; /* texts of TXT records that go; NULL: none */
  const char *add;           /* text of the TXT record that comes; NULL: none */
} MrDnsChange;

typedef struct {
  char *name;       /* of the key */
  MrSecret *secret; /* base64 */
} MrDnsUpdateKey;

/* text: a file as tsig-keygen(8) writes it: key "NAME" { algorithm hmac-sha256; secret "BASE64"; }; Error MR_ERROR_INVALID. Fills *ret, which the caller
 * clears. */
gboolean mr_dns_update_key_parse (const char *text, MrDnsUpdateKey *ret, GError **error);
void mr_dns_update_key_clear (MrDnsUpdateKey *key);

/* The message, and in *ret_mac (32 bytes) what the answer's signature builds on. Error MR_ERROR_INVALID: a name or the key. (transfer full) */
GByteArray *mr_dns_update_build (const char *zone, const MrDnsChange *changes, guint n_changes, guint16 id, gint64 now,
                                 const MrDnsUpdateKey *key, guint8 *ret_mac, GError **error);
/* FALSE: the server refused (MR_ERROR_REFUSED with its reason), or the answer is not signed with the key (MR_ERROR_PROTOCOL). */
gboolean mr_dns_update_judge (const guint8 *answer, gsize len, guint16 id, const MrDnsUpdateKey *key,
                              const guint8 *request_mac, GError **error);
/* server: "192.0.2.1:53", "[2001:db8::1]:53" or a name. */
gboolean mr_dns_update_send (const char *server, const char *zone, const MrDnsChange *changes, guint n_changes,
                             gint64 now, const MrDnsUpdateKey *key, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MrDnsUpdateKey, mr_dns_update_key_clear)

G_END_DECLS
