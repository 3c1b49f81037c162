/* Which message is tried when, through which lane, with how many connections.
 *
 * A job is a message in memory, leased from the store; a lane is a next hop (an account, or a domain that is delivered to directly); a task is
 * the part of a job that goes through one lane in one transaction. A job leaves memory when its last task has been recorded. At most
 * MR_JOBS_MAX jobs are in memory; the rest waits in the store as `waiting` and is leased when there is room.
 */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

#define MR_JOBS_MAX 1000

typedef struct _MrLane MrLane;
typedef struct _MrJob MrJob;
typedef struct _MrTask MrTask;

struct _MrJob {
  MrMessageRecord *record;
  GBytes *body;     /* whole, for small fresh messages; NULL: read from the store */
  guint tasks;      /* not yet recorded */
  gboolean updated; /* some recipients have been recorded already */
  gboolean cancel;  /* a person stopped it: recipients not yet sent become cancelled */
};

struct _MrTask {
  MrJob *job;
  MrLane *lane;
  GArray *recipients; /* guint: indexes into job->record->recipients */
  char *rewrite_to;   /* sender address that replaces a local one; NULL */
  gboolean started;
  guint counted; /* recipients that count for the account's limits while it is under way */
};

struct _MrLane {
  MrScheduler *scheduler;
  char *key;                       /* "account:ID" or "domain:ACCOUNT:DOMAIN" */
  char *account;                   /* id */
  char *domain;                    /* NULL: relay */
  GQueue tasks;                    /* waiting MrTask */
  GPtrArray *sessions;             /* MrDelivery */
  guint failures;                  /* of the host, in a row */
  gint64 retry_at;                 /* wall time before which nothing is tried; 0 */
  MrRecipientRecord *last_failure; /* what those that wait behind it show */
};

MrScheduler *mr_scheduler_new (MrEngine *engine);
/* Sessions are ended at once; what was in flight stays leased in the store and is recovered at the next start. */
void mr_scheduler_free (MrScheduler *scheduler);
void mr_scheduler_start (MrScheduler *scheduler);
/* Nothing new is begun; done is called when nothing is in flight. */
void mr_scheduler_drain (MrScheduler *scheduler, void (*done) (gpointer data), gpointer data);

/* TRUE where a fresh message would be taken at once: then the store is told to lease it and, once it is stored, add is called. */
gboolean mr_scheduler_has_room (MrScheduler *scheduler);
/* A place is kept for it (has_room said yes and the store was asked with lease). */
void mr_scheduler_reserve (MrScheduler *scheduler);
void mr_scheduler_unreserve (MrScheduler *scheduler);
/* record (transfer full) is stored and leased; body may be NULL. Uses up a reservation. */
void mr_scheduler_add (MrScheduler *scheduler, MrMessageRecord *record, GBytes *body);
/* Look for due messages now. */
void mr_scheduler_kick (MrScheduler *scheduler);
/* A message will be due at this time. */
void mr_scheduler_note_due (MrScheduler *scheduler, gint64 when);
/* The account may have become able to send (or was removed, changed): its mail is woken. */
void mr_scheduler_account_changed (MrScheduler *scheduler, const char *id);
/* Keys for signatures can be had again; person: also what needs a person may go now. */
void mr_scheduler_keys_changed (MrScheduler *scheduler, gboolean person);
/* The network changed: destinations are tried again at once. */
void mr_scheduler_network_changed (MrScheduler *scheduler);
/* The network, or the setting of what is large on one that counts what is sent, may have changed. */
void mr_scheduler_metered_changed (MrScheduler *scheduler);
/* The configuration's pause was switched. */
/* Nothing new is begun; what waits in lanes goes back to the store. */
void mr_scheduler_set_asleep (MrScheduler *scheduler, gboolean asleep);
void mr_scheduler_pause_changed (MrScheduler *scheduler);
/* A person pressed "try now": its lane forgets its back-off, and it goes over a network that counts what is sent, however large it is. Returns TRUE where the message is in memory. */
gboolean mr_scheduler_retry_now (MrScheduler *scheduler, const char *id);
/* A person holds, cancels or redirects a message: what has not begun goes back to the store (cancel: as cancelled). TRUE where a part of it is on
 * its way right now: that part is finished first. With cancel: TRUE where it was in memory; nothing is left to do then, and what is on its way
 * ends as cancelled unless it was delivered. */
gboolean mr_scheduler_withdraw (MrScheduler *scheduler, const char *id, gboolean cancel);
/* Lanes with nothing to remember are forgotten; call it every hour. */
void mr_scheduler_clean (MrScheduler *scheduler);
gboolean mr_scheduler_is_sending (MrScheduler *scheduler, const char *id, guint recipient);
guint mr_scheduler_get_sending (MrScheduler *scheduler);

/* ---- for deliveries ---- */

/* The next task of the lane for a connection that is ready; NULL: none. */
MrTask *mr_lane_next_task (MrLane *lane);
/* It could not be begun over a connection that had been idle: it goes first over the next one. */
void mr_lane_put_back (MrLane *lane, MrTask *task);
/* What became of the task: records (transfer full, both). Frees the task. */
void mr_task_done (MrTask *task, GPtrArray *changed, GPtrArray *attempts);
/* Nothing became of it: the engine ends. */
void mr_task_free (MrTask *task);
/* All places are taken and another lane has mail that waits for one: a connection without work ends. */
gboolean mr_lane_must_give_way (MrLane *lane);
/* The session ended (it frees itself afterwards). */
void mr_lane_session_ended (MrLane *lane, gpointer delivery);
void mr_lane_host_failed (MrLane *lane, const MrRecipientRecord *example, gint64 retry_at);
void mr_lane_host_works (MrLane *lane);

G_END_DECLS
