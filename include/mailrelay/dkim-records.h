/* Keys that sign mail (DKIM, RFC 6376): what is told of one. The private part never leaves the keyring with it. Functions live in app/base/dkim-records.c.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The life of a key. Two of one domain may sign side by side (RSA and Ed25519). */
typedef enum {
  MR_DKIM_KEY_NEW,       /* made here; its record was not seen in the DNS yet */
  MR_DKIM_KEY_PUBLISHED, /* every name server has its record; it does not sign yet */
  MR_DKIM_KEY_ACTIVE,    /* signs */
  MR_DKIM_KEY_OLD,       /* signs no more; its record stays until what it signed has been delivered */
  MR_DKIM_KEY_N_STATES
} MrDkimKeyState;
const char *mr_dkim_key_state_nick (MrDkimKeyState state);
gboolean mr_dkim_key_state_from_nick (const char *nick, MrDkimKeyState *ret);

typedef struct {
  char *id;
  char *domain;    /* A-labels */
  char *selector;  /* RFC 6376 3.1 */
  char *algorithm; /* "rsa-2048" "rsa-3072" "rsa-4096" "ed25519" */
  char *name;      /* where its record stands: SELECTOR._domainkey.DOMAIN */
  char *record;    /* what its TXT record says */
  MrDkimKeyState state;
  char *replaces;           /* id of the key that becomes old when this one signs; "" */
  gboolean behind_provider; /* signs also what a sending account hands to its provider */
  guint lifetime;           /* seconds until a signature expires, 0: never */
  gint64 created;           /* wall time */
  gint64 retired;           /* when it became old, 0 */
  gint64 removable;         /* when its record may go, 0: it is not old */
  gint64 used;              /* when it signed last, 0: never, or not known */
  char *reason;             /* of removable: "never-used" "delivered" "handed-on" "unknown", "": it is not old */
} MrDkimKeyRecord;

MrDkimKeyRecord *mr_dkim_key_record_new (void);
void mr_dkim_key_record_free (MrDkimKeyRecord *record);
/* Floating a{sv}; keys are the field names. */
GVariant *mr_dkim_key_record_to_variant (const MrDkimKeyRecord *record);
MrDkimKeyRecord *mr_dkim_key_record_from_variant (GVariant *variant); /* never NULL; absent strings are "" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDkimKeyRecord, mr_dkim_key_record_free)

G_END_DECLS
