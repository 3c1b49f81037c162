/* What the files of the store share: the store itself, its threads, and doors for its tests. */
#pragma once

#include <pthread.h>

#include "store/changes.h"
#include "store/request.h"
#include "store/schema.h"
#include "store/store-edits.h"

G_BEGIN_DECLS

typedef struct _MrWriter MrWriter;
typedef struct _MrReader MrReader;

/* Fields without a mark belong to the main thread. Locks are those of pthread, not of GLib, because ThreadSanitizer knows them. */
struct _MrStore {
  int ref_count;
  GMainContext *context;
  GSource *source;
  MrClock *clock;
  char *path; /* constant */
  char *notice;
  int lock_fd;
  GHashTable *values; /* name → gint64 */
  GHashTable *never;  /* addresses in lower case */
  MrWriter *writer;
  MrReader *bodies, *lists; /* two, so that a long search does not hold up a delivery */
  gboolean closing;
  MrRequestList delivering;
  MrRequest *open; /* requests that have not been answered, newest first */
  int pending;     /* atomic */
  int n_counts;    /* atomic: filtered lists that were counted by walking */

  pthread_mutex_t mutex; /* guards what follows */
  MrRequestList done;
  MrCounts counts;
  MrChanges *changes;
  guint keep_bodies_days, keep_failed_days, keep_history_days;
  gboolean audit, audit_subjects;
  guint audit_days;
  guint64 min_free;
  gboolean rollback_journal; /* constant */
};

/* For tests: what mr_store_open() leaves at its defaults. */
typedef struct {
  MrDbFlags flags;        /* MR_DB_NO_SYNC, MR_DB_ROLLBACK_JOURNAL */
  guint max_pages;        /* the "disk" is full at so many pages; 0: no limit */
  guint checkpoint_pages; /* 0: default */
} MrStoreTuning;
MrStore *
mr_store_open_tuned (const MrStoreOptions *options, const MrStoreTuning *tuning, GMainContext *context, GError **error);

/* Writer: in the transaction, this message changes. Told once it is committed. */
void mr_session_touch (MrSession *session, const char *id, MrListPlace place);

/* From any thread: results for the main context. Empties list. */
void mr_store_complete (MrStore *store, MrRequestList *list);
/* A request that the store makes itself, from a reader thread: body or row of id is damaged. */
void mr_store_report_damage (MrStore *store, const char *id);
/* Main thread: to the writer, or to a reader. */
void mr_store_submit (MrStore *store, gpointer request);
void mr_store_submit_read (MrStore *store, MrReader *reader, gpointer request);
/* Any thread: a request of the store's own, which nobody is answered for. */
void mr_store_submit_internal (MrStore *store, gpointer request);

/* Before anything is answered: what a crash left is put right (store.h). now: wall time. */
gboolean mr_recover (MrDb *db, gint64 now, GError **error);
/* never.c */
gboolean mr_never_load (MrDb *db, GHashTable *never, GError **error);
/* Reads public values into a name → gint64 table, and the next free message number. */
gboolean mr_values_load (MrDb *db, GHashTable *values, gint64 *ret_next_num, GError **error);

MrWriter *mr_writer_new (MrStore *store, MrDb *db, gint64 next_num, guint checkpoint_pages);
void mr_writer_push (MrWriter *writer, MrRequest *request);
/* From now on rides wait for nobody; returns when nothing is left. */
void mr_writer_drain (MrWriter *writer);
void mr_writer_free (MrWriter *writer); /* stops the thread and closes the database */
/* Writer thread: error of an upload's chunk that failed, NULL: none. */
const GError *mr_writer_upload_error (MrWriter *writer, const char *id);
void mr_writer_set_upload_error (MrWriter *writer, const char *id, const GError *error);
void mr_writer_forget_upload (MrWriter *writer, const char *id);
/* Writer thread: MR_ERROR_FULL where less than min_free is left; looks at the disk once a second at most. */
gboolean mr_writer_check_room (MrWriter *writer, GError **error);

/* searches: it answers searches and keeps an index for them. */
MrReader *mr_reader_new (MrStore *store, const char *name, gboolean searches);
void mr_reader_push (MrReader *reader, MrRequest *request);
/* Main thread: where the reader is at work on this request, it stops. */
void mr_reader_interrupt (MrReader *reader, MrRequest *request);
void mr_reader_drain (MrReader *reader);
void mr_reader_free (MrReader *reader);

/* use.c: what accounts accepted according to these attempts (MrAttemptRecord, may be NULL), in the transaction that records the
 * attempts. */
gboolean mr_account_use_add (MrSession *session, GPtrArray *attempts, GError **error);
/* What is too old to count for any limit. */
gboolean mr_account_use_trim (MrSession *session, GError **error);

/* ---- statistics.c: what became of recipients, staged in the session and written with the transaction that says so ---- */

typedef struct {
  const char *account, *program, *address, *cause, *host; /* what is not known is NULL */
  gboolean direct;                                        /* host is the recipient's server */
  gint64 counts[MR_COUNT_N_COUNTS];
} MrStatisticEvent;
MrStatistics *mr_statistics_new (void);
void mr_statistics_free (MrStatistics *statistics);
void mr_statistics_reset (MrStatistics *statistics);
void mr_statistics_count (MrSession *session, const MrStatisticEvent *event);
/* Before the commit, and after it. What was only submitted may wait for a later one. */
gboolean mr_statistics_write (MrSession *session, GError **error);
void mr_statistics_committed (MrSession *session);
/* Of what waits: there is something; this transaction writes it. */
gboolean mr_statistics_has_kept (MrStatistics *statistics);
void mr_statistics_write_kept (MrStatistics *statistics);
/* One day of hours becomes a row for each name; *ret_more: there may be another one. What is older than two years goes. */
gboolean mr_statistics_trim (MrSession *session, gboolean *ret_more, GError **error);

/* ---- audit.c ---- */

/* A transaction begins: what is wanted of it is read. */
void mr_audit_begin (MrSession *session);
/* Nothing where it is off. */
gboolean mr_audit_add_message (MrSession *session, const MrMessageRecord *record, GError **error);
gboolean mr_audit_add_outcome (MrSession *session, const char *id, const MrRecipientRecord *recipient, GError **error);
gboolean mr_audit_trim (MrSession *session, gboolean *ret_more, GError **error);

/* ---- message.c: one message inside a transaction of the writer ---- */

typedef struct {
  gint64 num, finished, not_before, size;
  guint n_recipients, n_attempts, n_chunks;
  MrHoldReason hold;
  MrBodyState body;
  gboolean leased;
  char program[64];
} MrMessageHead;

/* What the recipients come to. */
typedef struct {
  guint n_active;   /* not final */
  gint64 due;       /* earliest of them, -1: none is scheduled */
  gboolean failed;  /* one or more did not arrive */
  gboolean stopped; /* one or more were stopped by a person, who may undo it */
  gboolean report;  /* a report is due that returns a part of the message */
} MrMessageSum;

/* MR_ERROR_NOT_FOUND, MR_ERROR_CORRUPT. */
gboolean mr_message_get_head (MrSession *session, const char *id, MrMessageHead *ret, GError **error);
gboolean mr_message_sum (MrSession *session, gint64 num, MrMessageSum *ret, GError **error);
void mr_message_sum_recipient (MrMessageSum *sum, const MrRecipientRecord *recipient);
/* Writes the columns that follow from recipients, hold and lease, finishes the message or opens it again, drops its body
 * as retention says. head: as it was, with hold, not_before, leased, n_attempts as they shall be; old_hold: as it was. */
gboolean mr_message_settle (MrSession *session, const char *id, const MrMessageHead *head, MrHoldReason old_hold,
                            const MrMessageSum *sum, GError **error);
/* The reports of this kind about a message are made (or never will be). Its body goes where only they were waited for. */
gboolean mr_message_reported (MrSession *session, const char *id, MrReport bit, GError **error);
/* hold becomes damaged; nothing else is touched. Unknown ids are no error. */
gboolean mr_message_set_aside (MrSession *session, const char *id, GError **error);
gboolean mr_message_drop_body (MrSession *session, gint64 num, GError **error);
/* The recipients wait anew: the give-up time counts from online_at, and the message is no old one. head->not_before follows. */
gboolean
mr_message_start_anew (MrSession *session, const char *id, MrMessageHead *head, gint64 online_at, GError **error);
/* change.c: what waits of a message goes at `now`, whatever it waited for. */
gboolean mr_message_schedule_recipients (MrSession *session, gint64 num, gint64 now, GError **error);
/* change.c: it is held without end, or not at all. */
gboolean mr_message_forget_hold_time (MrSession *session, const char *id, GError **error);
/* All rows of a finished message. */
gboolean mr_message_delete (MrSession *session, const char *id, gint64 num, GError **error);

G_END_DECLS
