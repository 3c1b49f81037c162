/* The keys of our domains: which of them must sign a message, and the keys themselves out of the keyring.
 *
 * Mail that must be signed never goes unsigned: while its key cannot be had it waits (keyring-locked, no-keyring), and a key that is gone needs a
 * person. Who signs: the active keys of the domain of the header From, else those of the nearest domain above it, which aligns as well (RFC 9989
 * 4.4). Behind a provider that signs for itself ours sign only where the account or the key is set so.
 */
#pragma once

#include <mailrelay/dkim-records.h>

#include "engine/engine-private.h"
#include "mailauth/dkim-key.h"

G_BEGIN_DECLS

MrDkim *mr_dkim_new (MrEngine *engine);
void mr_dkim_free (MrDkim *dkim);
/* The configuration changed. */
void mr_dkim_reload (MrDkim *dkim);
/* The keyring may be open now: what waits for it is tried. */
void mr_dkim_keyring_changed (MrDkim *dkim);
/* A secret was changed by somebody else. */
void mr_dkim_secret_changed (MrDkim *dkim, const char *secret_id);

/* Borrowed until the next reload; NULL: unknown. */
const MrDkimKeyRecord *mr_dkim_find (MrDkim *dkim, const char *id);
GPtrArray *mr_dkim_get_all (MrDkim *dkim); /* MrDkimKeyRecord, borrowed */
/* Ids of the keys that must sign what this account sends with this header From; NULL: none. (transfer full) */
char **mr_dkim_dup_signers (MrDkim *dkim, const char *account, gboolean direct, const char *from);
/* FALSE: the keys cannot be had for now; *ret_wait says why, *ret_next when to look again (wall time). */
gboolean mr_dkim_may_sign (MrDkim *dkim, const char *const *ids, MrWaitReason *ret_wait, gint64 *ret_next);
/* TRUE while mail waits for the keyring because it must be signed. */
gboolean mr_dkim_is_waiting (MrDkim *dkim);
/* TRUE for an error of mr_dkim_load() after which the mail waits for the keyring; else a person has to help. */
gboolean mr_dkim_error_waits (const GError *error, MrWaitReason *ret_wait);

/* keys: MrDkimKey in the order of ids, borrowed. Errors: MR_ERROR_NOT_FOUND and MR_ERROR_INVALID (a person has to help), and those of the
 * keyring. Called once, perhaps before the call returns. */
typedef void (*MrDkimKeysFunc) (GPtrArray *keys, const GError *error, gpointer data);
void mr_dkim_load (MrDkim *dkim, const char *const *ids, MrDkimKeysFunc func, gpointer data);
/* Loads of this data: func is not called. */
void mr_dkim_cancel (MrDkim *dkim, gpointer data);

/* Mail goes out now with signatures of these keys; handed_on: to a provider, which may keep it for days. */
void mr_dkim_note_use (MrDkim *dkim, const char *const *ids, gboolean handed_on);
/* A new key: what it signs is counted from its first signature on. */
void mr_dkim_count_uses (MrDkim *dkim, const char *id);

/* The name of its secret in the keyring. (transfer full) */
char *mr_dkim_dup_secret_id (const char *id);

G_END_DECLS
