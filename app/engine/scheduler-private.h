/* Shared by scheduler.c (jobs, leases, timer) and lane.c (next hops). */
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
  gboolean started, stopped, paused, draining, leasing, lease_again;
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
/* Makes the job's tasks and puts them into their lanes. */
void mr_scheduler_spread (MrScheduler *self, MrJob *job, const MrRoute *route);
/* Back-off of the lanes of this account (NULL: of all) is forgotten. */
void mr_lanes_forget_trouble (MrScheduler *self, const char *account);
/* Tasks that have not started go back to the store: they wait for this reason. */
void mr_lanes_return_waiting (MrScheduler *self, MrWaitReason reason);
/* The same for one job that a person withdraws. */
void mr_lanes_return_job (MrScheduler *self, MrJob *job);
guint mr_lanes_count_sessions (MrScheduler *self);

G_END_DECLS
