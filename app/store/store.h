/* The queue: one SQLite file, one writer thread with group commit, one reader thread. The only room with SQL.
 *
 * Asynchronous: a request is queued and its callback runs in the main context given to mr_store_open(), after the commit that
 * holds it has been synced (promise 1 of the design). The writer takes everything that waits, puts it into one transaction,
 * syncs once and answers all; alone a request waits for nobody. If the transaction fails, each request is retried in a
 * transaction of its own, so that one bad request does not fail its neighbours; a failed sync is an error of every
 * request in it. Requests of one caller take effect in the order they were made. "ride" requests (func NULL) wait for the next
 * commit and start none by themselves for up to 50 ms.
 *
 * Errors: MR_ERROR_FULL (disk full, or less than min_free would remain), MR_ERROR_STORE, MR_ERROR_CORRUPT,
 * MR_ERROR_NOT_FOUND, MR_ERROR_BUSY (open: another service owns the store).
 */
#pragma once

#include "base/clock.h"
#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct _MrStore MrStore;

typedef struct {
  const char *path;      /* the database file; its folder exists */
  const char *lock_path; /* lock file of the instance */
  MrClock *clock;
  guint64 min_free; /* bytes kept for state changes: intake below that is MR_ERROR_FULL */
  guint keep_bodies_days, keep_failed_days, keep_history_days;
} MrStoreOptions;

typedef void (*MrStoreFunc) (const GError *error, gpointer data);

/* Recovery happens here, before anything is answered: incoming messages are deleted; recipients that were being sent
 * become uncertain where the mark of the final dot stands and waiting where it does not; leases are dropped. A file on a network file
 * system is opened without WAL and mr_store_get_notice() says so. Migrates older schemas, one transaction each. context: NULL for the default one. */
MrStore *mr_store_open (const MrStoreOptions *options, GMainContext *context, GError **error);
/* Finishes what is queued, runs all callbacks, closes. */
void mr_store_close (MrStore *store);
const char *mr_store_get_notice (MrStore *store); /* NULL: nothing to tell */
void mr_store_set_retention (MrStore *store, guint keep_bodies_days, guint keep_failed_days, guint keep_history_days,
                             guint64 min_free);
/* Requests that have not been committed yet (for flow control). */
guint mr_store_get_pending (MrStore *store);

/* ---- intake ---- */

#define MR_STORE_CHUNK (256 * 1024)

/* One chunk of a long upload under an `incoming` message; seq from 0. func may be NULL. */
void mr_store_put_chunk (MrStore *store, const char *id, guint seq, GBytes *chunk, MrStoreFunc func, gpointer data);
/* The commit that the 250 waits for: the message becomes queued. record (transfer full): id, size, n_chunks, recipients (their
 * state, next_attempt, wait_reason), hold ... last: the chunk number n_chunks - 1, or the only one; may be NULL when all chunks were put before. lease: TRUE where the
 * caller's scheduler takes it at once (it counts as leased by this process). */
void mr_store_add_message (MrStore *store, MrMessageRecord *record, GBytes *last, gboolean lease, MrStoreFunc func,
                           gpointer data);
/* Forget the chunks of an upload that was given up. */
void mr_store_drop_incoming (MrStore *store, const char *id);

/* ---- scheduling ---- */

/* messages: MrMessageRecord with all recipients, borrowed (steal with g_ptr_array_steal_index). next_due: earliest next_attempt among
 * those not taken and not held, 0: none. */
typedef void (*MrStoreLeaseFunc) (GPtrArray *messages, gint64 next_due, const GError *error, gpointer data);
/* When a recipient is due: every state that is not final, at its next_attempt. next_attempt 0 means at once for one that
 * waits for nothing but its time (wait reasons none and retry-time), else not by itself: what waits for an event or a
 * person is leased when it is woken, or at the next_attempt that was given as its end. */
/* Takes at most limit messages that are due at `now` (next_attempt and not_before reached, not held, not leased), oldest next_attempt first.
 * They stay leased until mr_store_update_message() releases them or the process ends. */
void mr_store_lease_due (MrStore *store, gint64 now, guint limit, MrStoreLeaseFunc func, gpointer data);
/* One message whatever its next_attempt and not_before (a person pressed "try now"); none when it is leased, held,
 * finished or unknown: what is held is released first (mr_store_set_message()). */
void mr_store_lease_one (MrStore *store, const char *id, MrStoreLeaseFunc func, gpointer data);
/* The body is about to be handed to the socket with its final dot: rides in the next commit. recipients: numbers, terminated by G_MAXUINT. */
void mr_store_mark_dot (MrStore *store, const char *id, const guint *recipients);

typedef enum {
  MR_STORE_RELEASE = 1 << 0,      /* the lease ends with this */
  MR_STORE_RIDE = 1 << 1,         /* may wait for another commit (nobody waits for it); func may be NULL */
  MR_STORE_UNLESS_LEASED = 1 << 2 /* MR_ERROR_BUSY, and nothing changes, where the message has been leased meanwhile */
} MrStoreUpdateFlags;

/* New states of some recipients and their attempts in one transaction. changed: MrRecipientRecord (each replaces the row of the same n),
 * attempts: MrAttemptRecord or NULL; both (transfer full). next_attempt of the message is computed from the rows. When all recipients are
 * final the message is finished and its body is deleted as retention says, in the same transaction. */
void mr_store_update_message (MrStore *store, const char *id, GPtrArray *changed, GPtrArray *attempts,
                              MrStoreUpdateFlags flags, MrStoreFunc func, gpointer data);
/* hold, not_before, account_override. Only the fields named in mask change. A held message keeps its recipients' states. */
typedef enum {
  MR_STORE_HOLD = 1 << 0,
  MR_STORE_NOT_BEFORE = 1 << 1,
  MR_STORE_ACCOUNT = 1 << 2,
  MR_STORE_NEXT_NOW = 1 << 3
} MrStoreMessageMask;
void mr_store_set_message (MrStore *store, const char *id, MrStoreMessageMask mask, MrHoldReason hold,
                           gint64 not_before, const char *account_override, MrStoreFunc func, gpointer data);
/* All waiting recipients whose wait_reason is one of the set (bit 1 << MrWaitReason), or that need a person, and whose account is `account` (NULL: any): next_attempt
 * becomes now, wait_reason retry-time, needs-person becomes waiting. For "the network is back", "the keyring is open", "the account works again". Leased ones are left alone.*/
void mr_store_wake (MrStore *store, guint wait_reasons, gboolean needs_person, const char *account, gint64 now,
                    MrStoreFunc func, gpointer data);
/* Held messages whose hold is `hold` and whose sender matches: released. patterns: as in mr_address_matches, NULL: all. */
void mr_store_release_held (MrStore *store, MrHoldReason hold, const char *const *patterns, gint64 now,
                            MrStoreFunc func, gpointer data);

/* ---- reports by mail ---- */

/* Messages that reports are due about (report_due of a recipient) and that are not being sent, oldest first, at most limit, with all
 * recipients. Borrowed (steal with g_ptr_array_steal_index). */
typedef void (*MrStoreMessagesFunc) (GPtrArray *messages, const GError *error, gpointer data);
void mr_store_list_reports_due (MrStore *store, guint limit, MrStoreMessagesFunc func, gpointer data);
/* In one transaction: the report (transfer full; as in mr_store_add_message(), body is the whole of it) is queued, and of the message `about`
 * the recipients for which the MrReport bit is due have it as made. record NULL: none is made, and never will be. */
void mr_store_add_report (MrStore *store, MrMessageRecord *record, GBytes *body, const char *about, MrReport bit,
                          MrStoreFunc func, gpointer data);

/* ---- reading (reader thread) ---- */

typedef void (*MrStoreChunkFunc) (GBytes *chunk, const GError *error,
                                  gpointer data); /* chunk borrowed; MR_ERROR_CORRUPT for a damaged one */
void mr_store_load_chunk (MrStore *store, const char *id, guint seq, MrStoreChunkFunc func, gpointer data);

/* message NULL with MR_ERROR_NOT_FOUND. attempts: MrAttemptRecord, oldest first, at most 200. Both borrowed. */
typedef void (*MrStoreMessageFunc) (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data);
void mr_store_get_message (MrStore *store, const char *id, MrStoreMessageFunc func, gpointer data);

/* MrListFilter and MrStoreCounts stand in mailrelay/records.h. */
typedef void (*MrStoreCountsFunc) (const MrStoreCounts *counts, const GError *error, gpointer data);
void mr_store_count (MrStore *store, MrStoreCountsFunc func, gpointer data);
/* How many recipients wait (are not final) for each account that they were last routed to: id → GUINT_TO_POINTER, borrowed; an account that
 * nothing waits for is not in it. Reads all that is active, in a reader thread. */
typedef void (*MrStoreAccountsFunc) (GHashTable *waiting, const GError *error, gpointer data);
void mr_store_count_accounts (MrStore *store, MrStoreAccountsFunc func, gpointer data);

/* use: MrAccountUse, minute by minute, oldest first, borrowed. For limits per minute, hour and day: every recipient that a server accepted
 * counts in the minute of the commit that recorded it (one transaction counts as one message), so that a restart forgets nothing. Kept for
 * MR_STORE_USE_DAYS. */
#define MR_STORE_USE_DAYS 32
typedef void (*MrStoreUseFunc) (GPtrArray *use, const GError *error, gpointer data);
/* account: id, NULL: all accounts. since: wall time; the minute that holds it is included. */
void mr_store_account_use (MrStore *store, const char *account, gint64 since, MrStoreUseFunc func, gpointer data);

/* What waits, by its cause: MrGroupRecord, the largest first, at most 50; borrowed. */
typedef void (*MrStoreGroupsFunc) (GPtrArray *groups, const GError *error, gpointer data);
void mr_store_list_groups (MrStore *store, MrStoreGroupsFunc func, gpointer data);

/* Requests of this data: their callbacks are not called (what they change still takes effect; what they read is no longer looked for). */
void mr_store_cancel (MrStore *store, gpointer data);

/* ---- refused submissions, small values, housekeeping ---- */

void mr_store_add_refusal (
    MrStore *store,
    MrRefusalRecord *record); /* transfer full; the newest 200 are kept; equal ones within a minute are one */
typedef void (*MrStoreRefusalsFunc) (GPtrArray *rows, const GError *error, gpointer data); /* newest first */
void mr_store_list_refusals (MrStore *store, MrStoreRefusalsFunc func, gpointer data);
void mr_store_clear_refusals (MrStore *store, gint64 uid, MrStoreFunc func, gpointer data); /* uid -1: all */

/* Addresses that are never written to; compared without case. They are read at open, so that asking is synchronous. record: transfer full. */
gboolean mr_store_is_never (MrStore *store, const char *address);
void mr_store_add_never (MrStore *store, MrNeverRecord *record, MrStoreFunc func, gpointer data);
void mr_store_remove_never (MrStore *store, const char *address, MrStoreFunc func, gpointer data);
typedef void (*MrStoreNeverFunc) (GPtrArray *rows, const GError *error,
                                  gpointer data); /* MrNeverRecord, newest first */
void mr_store_list_never (MrStore *store, MrStoreNeverFunc func, gpointer data);

/* The message that a report is about: by our id, else by envelope id (xtext), else by Message-ID; each may be NULL. id NULL: none. n G_MAXUINT:
 * none of its recipients fits. */
typedef void (*MrStoreFoundFunc) (const char *id, guint n, const GError *error, gpointer data);
void mr_store_find_reported (MrStore *store, const char *id, const char *envid, const char *message_id,
                             const char *recipient, MrStoreFoundFunc func, gpointer data);
/* A recipient that was delivered came back later; any other is left alone. */
void mr_store_mark_bounced (MrStore *store, const char *id, guint n, gint64 when, const char *cause, MrStoreFunc func,
                            gpointer data);

/* Values that must survive a restart (online clock ...). Read at open, so get is synchronous. */
gint64 mr_store_get_value (MrStore *store, const char *name, gint64 def);
void mr_store_set_value (MrStore *store, const char *name, gint64 value); /* rides */

/* Retention: deletes old bodies and history in small steps; call it every hour. func gets told when done. */
void mr_store_clean (MrStore *store, MrStoreFunc func, gpointer data);
/* Deletes a finished message from history. */
void mr_store_delete_message (MrStore *store, const char *id, MrStoreFunc func, gpointer data);

/* ---- fault injection for the crash test: only in builds with -Dfault_injection=true, no-ops otherwise ---- */
/* MAIL_RELAY_FAULT=NAME:N in the environment kills the process with SIGKILL at the N-th pass of the point NAME. */
void mr_store_fault_point (const char *name);
/* MAIL_RELAY_FAULT_SYNC=off in the environment of such a build: the store does not sync. */
gboolean mr_store_fault_no_sync (void);

G_END_DECLS
