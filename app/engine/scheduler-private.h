/* Shared by scheduler.c (jobs, leases, timer), lanes.c (all next hops), lane.c (one of them) and task.c (what goes through it at once). */
#pragma once

#include "engine/scheduler.h"
#include "policy/policy.h"

G_BEGIN_DECLS

struct _MrScheduler {
  MrEngine *engine;
  GHashTable *jobs;  /* id → MrJob */
  GHashTable *lanes; /* key → MrLane */
  guint reserved;
  guint sessions; /* all lanes */
  gint64 next_due;
  guint timer;
  guint run_source;
  GHashTable *anyway;    /* ids that a person sends whatever it costs, owned */
  guint64 metered_limit; /* bytes that were the limit when it was last looked at */
  gboolean started, stopped, paused, asleep, draining, leasing, lease_again;
  void (*drained) (gpointer data);
  gpointer drained_data;
};

/* scheduler.c */
void mr_job_free (MrJob *job);
/* The last word on a job: recorded, lease released, freed. changed, attempts (transfer full) or NULL. */
void mr_job_finish (MrScheduler *self, MrJob *job, GPtrArray *changed, GPtrArray *attempts);
/* Some recipients of a job that goes on. */
void mr_job_update (MrScheduler *self, MrJob *job, GPtrArray *changed, GPtrArray *attempts);
void mr_job_take_states (MrJob *job, GPtrArray *changed);
void mr_scheduler_check_drained (MrScheduler *self);

/* lane.c */
void mr_lane_free (gpointer lane);
/* Work for the connections that are idle, and new ones as far as there are places. It may finish tasks and jobs. */
void mr_lane_run (MrLane *lane);
/* Frees it where it has nothing to remember, so that a day's domains do not pile up. */
void mr_lane_maybe_drop (MrLane *lane);

/* lanes.c */
/* Makes the job's tasks and puts them into their lanes. */
void mr_scheduler_spread (MrScheduler *self, MrJob *job, const MrRoute *route);
/* Back-off of the lanes of this account (NULL: of all) is forgotten. */
void mr_lanes_forget_trouble (MrScheduler *self, const char *account);
/* Tasks that have not started go back to the store: they wait for this reason. */
void mr_lanes_return_waiting (MrScheduler *self, MrWaitReason reason);
/* The same for one job that a person withdraws. */
void mr_lanes_return_job (MrScheduler *self, MrJob *job);
guint mr_lanes_count_sessions (MrScheduler *self);
/* All lanes look for work. */
void mr_lanes_run (MrScheduler *self);
/* The same in the next turn of the loop. */
void mr_scheduler_run_soon (MrScheduler *self);

/* task.c */
/* A part of the job without recipients yet. */
MrTask *mr_task_new (MrJob *job, MrLane *lane, const char *rewrite_to);
/* The task is over without having been sent: what its recipients wait for is recorded. like: what the one met behind which they stood; NULL. */
void mr_task_return (MrTask *task, MrWaitReason reason, gint64 next, const MrRecipientRecord *like);

/* lane-limits.c */
/* FALSE: the account's limit is reached, and what waited was given back with its times, unless a place may become free at any moment. */
gboolean mr_lane_has_room (MrLane *lane);
/* The next task, or as much of it as may go; NULL: none. It counts until mr_lane_give_back(). */
MrTask *mr_lane_take_task (MrLane *lane);
void mr_lane_give_back (MrTask *task, guint accepted);
/* (transfer full) a{ss}: more (may be NULL), the account's name and which limit. */
GVariant *mr_lane_limit_params (MrLane *lane, MrLimitKind kind, GVariant *more);

G_END_DECLS
