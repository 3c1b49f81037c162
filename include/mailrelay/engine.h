/* The engine's public face: for the service and for tests. Asynchronous calls, immutable snapshots; everything in the
 * thread-default main context of the thread that made the engine.
 *
 * No D-Bus, no SQL, no TLS types here. A callback runs exactly once and never inside the call that it was given to, also where the answer is
 * known at once. Records handed to a callback are borrowed for its duration.
 */
#pragma once

#include <mailrelay/records.h>

#include "base/paths.h"
#include "base/clock.h"
#include "base/secret.h"

G_BEGIN_DECLS

typedef struct _MrEngine MrEngine;

typedef enum {
  MR_CHANGED_QUEUE = 1 << 0, /* messages or their states */
  MR_CHANGED_ACCOUNTS = 1 << 1,
  MR_CHANGED_PROGRAMS = 1 << 2, /* passwords, refusals */
  MR_CHANGED_STATUS = 1 << 3,   /* online, paused, keyring, listeners */
  MR_CHANGED_CONFIG = 1 << 4,
  MR_CHANGED_DOMAINS = 1 << 5 /* their list or last reports */
} MrChanged;

/* Coalesced: at most 10 a second. revision grows with each call. */
typedef void (*MrEngineChangedFunc) (MrEngine *engine, MrChanged what, guint64 revision, gpointer data);

/* config and secrets folders come from paths (copied). Nothing is opened yet. */
MrEngine *mr_engine_new (const MrPaths *paths, MrClock *clock);
void mr_engine_free (MrEngine *engine);
void mr_engine_set_changed_func (MrEngine *engine, MrEngineChangedFunc func, gpointer data);
/* Opens configuration, secrets, store, listeners; starts delivering. A port that is taken is no error: the status tells it and it is
 * tried again. Errors: MR_ERROR_BUSY (another service has the store), MR_ERROR_STORE, ... */
gboolean mr_engine_start (MrEngine *engine, GError **error);
typedef void (*MrEngineDoneFunc) (const GError *error, gpointer data);
/* No new sessions; what is in flight may finish for up to grace_ms; the store is closed. */
void mr_engine_stop (MrEngine *engine, guint grace_ms, MrEngineDoneFunc func, gpointer data);

/* ---- status ---- */

typedef struct {
  char *address; /* as configured, or as bound */
  char *error;   /* NULL: it listens; else in words, with the program that has the port */
} MrListenerStatus;

typedef struct {
  gboolean online;   /* the network monitor's word */
  gint64 online_now; /* the online clock that MrMessageRecord.online_at is of */
  gboolean paused;
  gint64 paused_until;       /* wall time at which it goes on by itself; 0: when a person says so */
  gboolean keeps_everything; /* a rule keeps all new mail back for review */
  char *secrets_backend;
  char *secrets_state;     /* "ok" "locked" "no-service" "timed-out" "refused" "no-place" "asks-each-time" */
  gboolean secrets_needed; /* an account has no secret in memory: its mail depends on that state */
  GPtrArray *listeners;    /* MrListenerStatus */
  guint n_accounts;
  guint sessions; /* open submission sessions */
  guint sending;  /* transactions in flight */
  char *config_file;
  char *config_error;     /* NULL: the file on disk is in force */
  char **config_warnings; /* strv */
  char *store_notice;     /* NULL: nothing to tell */
  char *tls_fingerprint;  /* of our listener's certificate */
  gboolean captive;       /* the network wants a person to sign in first */
  gboolean metered;       /* the network counts what goes through it */
  gboolean audit;         /* the audit log is written */
  MrStoreCounts counts;
  guint64 revision;
} MrStatus;
typedef void (*MrStatusFunc) (const MrStatus *status, const GError *error, gpointer data);
void mr_engine_get_status (MrEngine *engine, MrStatusFunc func, gpointer data);

/* ---- outbox and history ---- */

typedef void (*MrListFunc) (GPtrArray *rows, guint64 total, const GError *error, gpointer data);
/* As mr_store_list(); recipients that are being sent right now are shown as sending. */
void mr_engine_list (MrEngine *engine, const MrListFilter *filter, const char *after, guint limit, MrListFunc func,
                     gpointer data);
typedef void (*MrIdsFunc) (const char *const *ids, const GError *error, gpointer data);
void mr_engine_list_ids (MrEngine *engine, const MrListFilter *filter, MrIdsFunc func, gpointer data);
typedef void (*MrMessageFunc) (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data);
void mr_engine_get_message (MrEngine *engine, const char *id, MrMessageFunc func, gpointer data);
typedef void (*MrBytesFunc) (GBytes *bytes, const GError *error, gpointer data);
void mr_engine_get_body (MrEngine *engine, const char *id, MrBytesFunc func, gpointer data);

/* How many messages an action touched; those that were not in a state for it are not counted. */
typedef void (*MrCountFunc) (guint count, const GError *error, gpointer data);
/* ids NULL: all. */
void mr_engine_retry (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data);
void mr_engine_hold (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data);
void mr_engine_release (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data);
void mr_engine_cancel (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data);
/* Finished messages only: removed from history. */
void mr_engine_delete (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data);
/* A recipient that is possibly delivered: it was. n G_MAXUINT: all such recipients. */
void mr_engine_mark_delivered (MrEngine *engine, const char *id, guint n, MrCountFunc func, gpointer data);
/* Send through this account; always: the sender's address is added to the account's list. */
void mr_engine_send_through (MrEngine *engine, const char *id, const char *account, gboolean always, MrCountFunc func,
                             gpointer data);
void mr_engine_set_paused (MrEngine *engine, gboolean paused, MrEngineDoneFunc func, gpointer data);

/* The machine is about to sleep or to end: nothing new is begun until it is told to be awake; then everything that waits is tried at once. */
void mr_engine_set_asleep (MrEngine *engine, gboolean asleep);

typedef void (*MrSubmitFunc) (const char *id, const GError *error, gpointer data);
/* A message from this user's own command line: LF line ends are taken as line ends. fd is read to its end in the loop (transfer full). */
void mr_engine_submit (MrEngine *engine, int fd, const char *reverse_path, const char *const *recipients,
                       const char *program, MrSubmitFunc func, gpointer data);

/* ---- accounts ---- */

typedef void (*MrRecordsFunc) (GPtrArray *records, const GError *error, gpointer data);
void mr_engine_list_accounts (MrEngine *engine, MrRecordsFunc func, gpointer data); /* MrAccountRecord, in order */
/* Writes the configuration. record->id must be new for add. Checks everything a person can type (MR_ERROR_INVALID names the field), refuses
 * our own listeners as host and TLS none with a user unless the host is loopback. Without limits it gets those of its provider's preset. secret
 * may be NULL. */
void mr_engine_add_account (MrEngine *engine, const MrAccountRecord *record, MrSecret *secret, MrEngineDoneFunc func,
                            gpointer data);
void mr_engine_update_account (MrEngine *engine, const MrAccountRecord *record, MrEngineDoneFunc func, gpointer data);
/* move_to: account id that its waiting mail goes through, NULL: its mail is held until another account fits. */
void
mr_engine_remove_account (MrEngine *engine, const char *id, const char *move_to, MrEngineDoneFunc func, gpointer data);
void mr_engine_set_password (MrEngine *engine, const char *id, MrSecret *secret, MrEngineDoneFunc func, gpointer data);
void mr_engine_set_default_account (MrEngine *engine, const char *id, MrEngineDoneFunc func, gpointer data);
/* A part of a test, told when it is over. The last one that is not ok, unless it goes on elsewhere, is why the test failed. */
typedef MrTraceStep MrTestStep;
typedef void (*MrTestStepFunc) (const MrTestStep *step, gpointer data);
typedef void (*MrTestDoneFunc) (gboolean ok, const char *transcript, const GError *error, gpointer data);
/* secret NULL: the stored one. Returns a number for mr_engine_cancel_test(). */
guint mr_engine_test_account (MrEngine *engine, const MrAccountRecord *record, MrSecret *secret, MrTestStepFunc step,
                              MrTestDoneFunc done, gpointer data);
void mr_engine_cancel_test (MrEngine *engine, guint number);

/* ---- programs ---- */

void mr_engine_list_programs (MrEngine *engine, MrRecordsFunc func, gpointer data); /* MrProgramRecord */
typedef void (*MrPasswordFunc) (const char *id, MrSecret *password, const GError *error, gpointer data);
/* The password is handed out once. */
void mr_engine_add_program (MrEngine *engine, const char *name, MrPasswordFunc func, gpointer data);
void mr_engine_remove_program (MrEngine *engine, const char *id, MrEngineDoneFunc func, gpointer data);
void mr_engine_list_refusals (MrEngine *engine, MrRecordsFunc func, gpointer data); /* MrRefusalRecord */
void mr_engine_allow_uid (MrEngine *engine, gint64 uid, gboolean allow, MrEngineDoneFunc func, gpointer data);
void mr_engine_clear_refusals (MrEngine *engine, MrEngineDoneFunc func, gpointer data);

/* ---- configuration and keyring ---- */

/* Error: unknown key or value that does not fit. */
void mr_engine_set_config (MrEngine *engine, const char *group, const char *key, const char *value,
                           MrEngineDoneFunc func, gpointer data);
/* The default is in force again: the key is taken out of the file. Error: unknown key. */
void
mr_engine_reset_config (MrEngine *engine, const char *group, const char *key, MrEngineDoneFunc func, gpointer data);
/* (transfer full) NULL with error for an unknown key. */
char *mr_engine_dup_config (MrEngine *engine, const char *group, const char *key, GError **error);
/* The person chose where passwords are kept ("secret-service", "file", "memory"). */
void mr_engine_set_secrets_backend (MrEngine *engine, const char *backend, MrEngineDoneFunc func, gpointer data);
/* The client unlocked the keyring: look again now. */
void mr_engine_keyring_changed (MrEngine *engine);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrEngine, mr_engine_free)

G_END_DECLS
