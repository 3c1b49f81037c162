/* Sending accounts: settings from the configuration, states from what deliveries meet. */
#pragma once

#include "engine/engine-private.h"
#include "policy/policy.h"

G_BEGIN_DECLS

MrAccounts *mr_accounts_new (MrEngine *engine);
void mr_accounts_free (MrAccounts *accounts);
/* The configuration changed. */
void mr_accounts_reload (MrAccounts *accounts);
guint mr_accounts_count (MrAccounts *accounts);
/* Borrowed; NULL: unknown. Valid until the next reload. */
const MrAccountRecord *mr_accounts_find (MrAccounts *accounts, const char *id);
/* In order. (element-type MrAccountRecord) borrowed. */
GPtrArray *mr_accounts_get_all (MrAccounts *accounts);
/* The account that may send for this message (policy). */
MrRoute mr_accounts_route (MrAccounts *accounts, const MrMessageRecord *message);
/* TRUE where mail may go through it now; else *ret_wait says why not, *ret_next when it is looked at again (wall time). A log-in that is due may
 * be tried by one delivery. */
gboolean mr_accounts_may_send (MrAccounts *accounts, const char *id, MrWaitReason *ret_wait, gint64 *ret_next);

/* What deliveries meet. */
void mr_accounts_set_trouble (MrAccounts *accounts, const char *id, MrAccountState state, const MrReplyRecord *reply,
                              const char *fingerprint);
void mr_accounts_success (MrAccounts *accounts, const char *id);
/* TRUE once a log-in and delivery worked with the settings and secret in force: until then one connection at a time asks, so that a wrong
 * password is refused once and not ten times. */
gboolean mr_accounts_is_proven (MrAccounts *accounts, const char *id);
/* A message was refused for a reason that is the sender's or the account's; the third in a row is the account's trouble. */
void mr_accounts_person_refusal (MrAccounts *accounts, const char *id, const MrReplyRecord *reply);
/* The size its server accepts, as learnt from EHLO; 0: not told. */
void mr_accounts_learn_size (MrAccounts *accounts, const char *id, guint64 max_size);
/* What SIZE announces: no more than the configuration says and than the most generous account takes. */
guint64 mr_accounts_announced_size (MrAccounts *accounts);
/* Secret or network changed: accounts that wait for that are tried again, and their mail is woken. */
void mr_accounts_recheck (MrAccounts *accounts, const char *id); /* NULL: all */
void mr_accounts_recheck_keyring (MrAccounts *accounts);
/* A secret was changed in the keyring by somebody else (present FALSE: deleted). */
void mr_accounts_secret_changed (MrAccounts *accounts, const char *id, const char *kind, gboolean present);
/* TRUE where an account that logs in has no secret in memory: its mail depends on the keyring. */
gboolean mr_accounts_need_keyring (MrAccounts *accounts);

/* Everything that a person can type, checked. Error MR_ERROR_INVALID names the field. */
gboolean mr_accounts_check (const MrAccountRecord *record, GError **error);

G_END_DECLS
