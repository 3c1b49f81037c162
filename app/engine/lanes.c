/* All lanes together: a job is spread over them, and what a person, the accounts or the network change reaches each.
 *
 * A lane is made when the first task needs it and goes when it has nothing to remember. Running one may finish tasks, with them jobs, and with these
 * make more work: whoever walks over the lanes and runs them does so over a list of his own.
 */
#include "engine/scheduler-private.h"

#include "engine/accounts.h"
#include "engine/delivery.h"
#include "mail/address.h"

#define WITHDRAWN_USEC (60 * G_USEC_PER_SEC)

static MrLane *
lane_for (MrScheduler *self, const char *account, const char *domain)
{
  g_autofree char *key = domain != NULL ? g_strconcat ("domain:", account, ":", domain, NULL)
                                        : g_strconcat ("account:", account, NULL);
  MrLane *lane = g_hash_table_lookup (self->lanes, key);

  if (lane != NULL)
    return lane;
  lane = g_new0 (MrLane, 1);
  lane->scheduler = self;
  lane->key = g_steal_pointer (&key);
  lane->account = g_strdup (account);
  lane->domain = g_strdup (domain);
  lane->sessions = g_ptr_array_new ();
  g_hash_table_insert (self->lanes, lane->key, lane);
  return lane;
}

void
mr_lanes_run (MrScheduler *self)
{
  g_autoptr (GList) lanes = g_hash_table_get_values (self->lanes);

  for (GList *l = lanes; l != NULL; l = l->next)
    mr_lane_run (l->data);
}

static gboolean
run_cb (gpointer data)
{
  MrScheduler *self = data;

  self->run_source = 0;
  mr_lanes_run (self);
  return G_SOURCE_REMOVE;
}

void
mr_scheduler_run_soon (MrScheduler *self)
{
  if (self->run_source == 0 && !self->stopped)
    self->run_source = g_idle_add_full (G_PRIORITY_DEFAULT, run_cb, self, NULL);
}

/* ---- from jobs to tasks ---- */

static gboolean
is_due (const MrRecipientRecord *r, gint64 now)
{
  switch (r->state) {
  case MR_RECIPIENT_WAITING:
  case MR_RECIPIENT_UNCERTAIN:
  case MR_RECIPIENT_NEEDS_PERSON:
    /* As the store reckons (store.h): without a time it goes at once where it waits for nothing else. */
    return r->next_attempt > 0 ? r->next_attempt <= now
                               : r->state == MR_RECIPIENT_WAITING
                                     && (r->wait_reason == MR_WAIT_NONE || r->wait_reason == MR_WAIT_RETRY_TIME);
  case MR_RECIPIENT_SENDING:
  case MR_RECIPIENT_DELIVERED:
  case MR_RECIPIENT_RELAYED:
  case MR_RECIPIENT_FAILED:
  case MR_RECIPIENT_EXPIRED:
  case MR_RECIPIENT_CANCELLED:
  case MR_RECIPIENT_RETURNED:
  case MR_RECIPIENT_N_STATES:
    break;
  }
  return FALSE;
}

void
mr_scheduler_spread (MrScheduler *self, MrJob *job, const MrRoute *route)
{
  guint per_task = (guint)mr_config_get_integer (mr_engine_get_config (self->engine), "delivery",
                                                 "recipients-per-transaction");
  const MrAccountRecord *account = mr_accounts_find (self->engine->accounts, route->account);
  gint64 now = mr_clock_wall (self->engine->clock);
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();

  for (guint i = 0; i < job->record->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (job->record->recipients, i);
    g_autofree char *domain = NULL;
    MrLane *lane;
    MrTask *task = NULL;

    if (!is_due (r, now))
      continue;
    if (account->kind == MR_ACCOUNT_DIRECT) {
      domain = mr_address_dup_ascii_domain (r->address);
      if (domain == NULL) /* refused by the look-up, which explains it */
        domain = g_strdup (strrchr (r->address, '@') != NULL ? strrchr (r->address, '@') + 1 : r->address);
    }
    lane = lane_for (self, route->account, domain);
    for (guint k = 0; k < tasks->len && task == NULL; k++) {
      MrTask *open = g_ptr_array_index (tasks, k);

      if (open->lane == lane && open->recipients->len < per_task)
        task = open;
    }
    if (task == NULL) {
      task = mr_task_new (job, lane, route->rewrite_to);
      g_ptr_array_add (tasks, task);
    }
    g_array_append_val (task->recipients, i);
  }
  if (tasks->len == 0) { /* leased before anything was due: nothing changes */
    mr_job_finish (self, job, NULL, NULL);
    return;
  }
  /* mr_lane_run() may finish a task and with the last one the job: queue all of them first. */
  for (guint k = 0; k < tasks->len; k++) {
    MrTask *task = g_ptr_array_index (tasks, k);

    g_queue_push_tail (&task->lane->tasks, task);
    g_ptr_array_index (tasks, k) = task->lane;
  }
  for (guint k = 0; k < tasks->len; k++)
    if (g_hash_table_contains (self->lanes, ((MrLane *)g_ptr_array_index (tasks, k))->key))
      mr_lane_run (g_ptr_array_index (tasks, k));
}

/* ---- from outside ---- */

void
mr_lanes_forget_trouble (MrScheduler *self, const char *account)
{
  GHashTableIter iter;
  gpointer lane;

  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &lane)) {
    MrLane *l = lane;

    if (account == NULL || strcmp (l->account, account) == 0) {
      l->failures = 0;
      l->retry_at = 0;
      g_clear_pointer (&l->last_failure, mr_recipient_record_free);
    }
  }
}

static void
lane_return (MrLane *lane, MrJob *job, MrWaitReason reason)
{
  /* What a person withdraws is not taken up again before its new state is stored, which sets a time of its own. */
  gint64 next = mr_clock_wall (lane->scheduler->engine->clock) + (job != NULL ? WITHDRAWN_USEC : 0);
  guint n = g_queue_get_length (&lane->tasks);

  while (n-- > 0) {
    MrTask *task = g_queue_pop_head (&lane->tasks);

    if (job == NULL || task->job == job)
      mr_task_return (task, reason, next, NULL);
    else
      g_queue_push_tail (&lane->tasks, task);
  }
}

void
mr_lanes_return_waiting (MrScheduler *self, MrWaitReason reason)
{
  g_autoptr (GList) lanes = g_hash_table_get_values (self->lanes);

  for (GList *l = lanes; l != NULL; l = l->next)
    lane_return (l->data, NULL, reason);
}

void
mr_lanes_return_job (MrScheduler *self, MrJob *job)
{
  g_autoptr (GList) lanes = g_hash_table_get_values (self->lanes);
  guint waiting = 0;

  /* Once the last task is back the job is gone: count first. */
  for (GList *l = lanes; l != NULL; l = l->next)
    for (GList *t = ((MrLane *)l->data)->tasks.head; t != NULL; t = t->next)
      waiting += ((MrTask *)t->data)->job == job;
  for (GList *l = lanes; l != NULL && waiting > 0; l = l->next)
    lane_return (l->data, job, MR_WAIT_NONE);
}

void
mr_scheduler_clean (MrScheduler *self)
{
  g_autoptr (GList) lanes = g_hash_table_get_values (self->lanes);

  for (GList *l = lanes; l != NULL; l = l->next)
    mr_lane_maybe_drop (l->data);
}

guint
mr_lanes_count_sessions (MrScheduler *self)
{
  GHashTableIter iter;
  gpointer lane;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &lane))
    for (guint i = 0; i < ((MrLane *)lane)->sessions->len; i++)
      n += !mr_delivery_is_idle (g_ptr_array_index (((MrLane *)lane)->sessions, i));
  return n;
}

gboolean
mr_scheduler_is_sending (MrScheduler *self, const char *id, guint recipient)
{
  GHashTableIter iter;
  gpointer lane;

  if (!g_hash_table_contains (self->jobs, id))
    return FALSE;
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &lane))
    for (guint i = 0; i < ((MrLane *)lane)->sessions->len; i++)
      if (mr_delivery_is_sending (g_ptr_array_index (((MrLane *)lane)->sessions, i), id, recipient))
        return TRUE;
  return FALSE;
}
