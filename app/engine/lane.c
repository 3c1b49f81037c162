/* Lanes: one next hop each, its waiting tasks, its connections and its back-off.
 *
 * While a host fails, or its account is in trouble, one connection at a time probes it; what waits behind goes back to the store with
 * the reason and the time, without an attempt of its own being counted. A success opens the lane at once.
 */
#include "engine/scheduler-private.h"

#include "base/log.h"
#include "engine/accounts.h"
#include "engine/delivery.h"
#include "engine/dkim.h"
#include "engine/account-limits.h"
#include "engine/reports.h"
#include "mail/address.h"

#define WITHDRAWN_USEC (60 * G_USEC_PER_SEC)

static void lane_run (MrLane *lane);
static gboolean lane_is_open (MrLane *lane);

void
mr_lane_free (gpointer data)
{
  MrLane *lane = data;
  MrTask *task;

  for (guint i = 0; i < lane->sessions->len; i++)
    mr_delivery_free (g_ptr_array_index (lane->sessions, i));
  g_ptr_array_unref (lane->sessions);
  while ((task = g_queue_pop_head (&lane->tasks)) != NULL) {
    g_array_unref (task->recipients);
    g_free (task->rewrite_to);
    g_free (task);
  }
  mr_recipient_record_free (lane->last_failure);
  g_free (lane->key);
  g_free (lane->account);
  g_free (lane->domain);
  g_free (lane);
}

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

/* A lane with nothing to remember goes, so that a day's domains do not pile up. */
static void
lane_maybe_drop (MrLane *lane)
{
  MrScheduler *self = lane->scheduler;

  if (lane->sessions->len == 0 && g_queue_is_empty (&lane->tasks)
      && (lane->failures == 0 || lane->retry_at + G_TIME_SPAN_HOUR < mr_clock_wall (self->engine->clock)))
    g_hash_table_remove (self->lanes, lane->key);
}

void
mr_task_free (MrTask *task)
{
  g_array_unref (task->recipients);
  g_free (task->rewrite_to);
  g_free (task);
}

/* Behind a host that does not answer a message may pass its give-up time without an attempt of its own. */
static gboolean
is_too_old (MrScheduler *self, const MrMessageRecord *record)
{
  gint64 life = mr_config_get_integer (mr_engine_get_config (self->engine), "retry", "life");

  return mr_engine_online_now (self->engine) - record->online_at >= life * G_USEC_PER_SEC;
}

/* The task is over without having been sent: what its recipients wait for is recorded. */
static void
task_return (MrTask *task, MrWaitReason reason, gint64 next, const MrRecipientRecord *like)
{
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);

  for (guint i = 0; i < task->recipients->len; i++) {
    const MrRecipientRecord *old = g_ptr_array_index (task->job->record->recipients,
                                                      g_array_index (task->recipients, guint, i));
    MrRecipientRecord *r = mr_recipient_record_copy (old);

    r->wait_reason = reason;
    r->next_attempt = next;
    if (task->lane != NULL) {
      g_free (r->account);
      r->account = g_strdup (task->lane->account);
    }
    if (task->job->cancel) {
      r->state = MR_RECIPIENT_CANCELLED;
      r->wait_reason = MR_WAIT_NONE;
      r->next_attempt = 0;
    } else if (like != NULL) {
      if (is_too_old (task->lane->scheduler, task->job->record)) {
        r->state = MR_RECIPIENT_EXPIRED;
        r->wait_reason = MR_WAIT_NONE;
        r->next_attempt = 0;
      }
      r->stage = like->stage;
      mr_reply_record_copy_into (&like->reply, &r->reply);
      g_free (r->cause);
      r->cause = g_strdup (like->cause);
      g_clear_pointer (&r->cause_params, g_variant_unref);
      r->cause_params = like->cause_params != NULL ? g_variant_ref (like->cause_params) : NULL;
      g_free (r->host);
      r->host = g_strdup (like->host);
      mr_reports_note (task->lane->scheduler->engine, task->job->record, r);
    }
    g_ptr_array_add (changed, r);
  }
  mr_task_done (task, changed, NULL);
}

void
mr_task_done (MrTask *task, GPtrArray *changed, GPtrArray *attempts)
{
  MrScheduler *self = task->lane->scheduler;
  MrJob *job = task->job;
  guint accepted = 0;

  for (guint i = 0; attempts != NULL && i < attempts->len; i++)
    accepted += ((MrAttemptRecord *)g_ptr_array_index (attempts, i))->verdict == MR_VERDICT_DELIVERED;
  mr_lane_give_back (task, accepted);
  mr_job_take_states (job, changed);
  mr_task_free (task);
  if (--job->tasks == 0)
    mr_job_finish (self, job, changed, attempts);
  else
    mr_job_update (self, job, changed, attempts);
}

/* ---- starting connections ---- */

static guint
lane_limit (MrLane *lane)
{
  MrConfig *config = mr_engine_get_config (lane->scheduler->engine);
  const MrAccountRecord *account = mr_accounts_find (lane->scheduler->engine->accounts, lane->account);

  if (lane->failures > 0 || account == NULL || account->state != MR_ACCOUNT_READY
      || !mr_accounts_is_proven (lane->scheduler->engine->accounts, lane->account)
      || mr_limits_is_probing (lane->scheduler->engine->limits, lane->account))
    return 1;
  return (guint)mr_config_get_integer (config, "delivery", "concurrency-per-destination");
}

/* What stands behind a host that could not be reached waits for what the failed one waits for: the network, or its time. */
static MrWaitReason
reason_behind (const MrLane *lane)
{
  return lane->last_failure->wait_reason == MR_WAIT_OFFLINE ? MR_WAIT_OFFLINE : MR_WAIT_RETRY_TIME;
}

/* FALSE: nothing may go through it now; what waits was given back. */
static gboolean
lane_is_open (MrLane *lane)
{
  MrScheduler *self = lane->scheduler;
  MrWaitReason wait;
  gint64 next, now = mr_clock_wall (self->engine->clock);
  MrTask *task;

  if (!mr_accounts_may_send (self->engine->accounts, lane->account, &wait, &next)) {
    while ((task = g_queue_pop_head (&lane->tasks)) != NULL)
      /* Of an account that has gone: another one is looked for. */
      task_return (task, wait, next > 0 ? next : wait == MR_WAIT_NO_ACCOUNT ? now : now + G_TIME_SPAN_DAY, NULL);
    return FALSE;
  }
  if (lane->retry_at > now) {
    while ((task = g_queue_pop_head (&lane->tasks)) != NULL)
      task_return (task, reason_behind (lane), lane->retry_at, lane->last_failure);
    return FALSE;
  }
  return mr_lane_has_room (lane);
}

/* While the keyring is known to be closed, no connection is made for a message that could not be signed. */
static gboolean
waits_for_key (MrLane *lane, const MrTask *task, MrWaitReason *ret_wait, gint64 *ret_next)
{
  MrEngine *engine = lane->scheduler->engine;
  const char *from = task->rewrite_to != NULL ? task->rewrite_to : task->job->record->from;

  g_auto (GStrv) ids = mr_dkim_dup_signers (engine->dkim, lane->account, lane->domain != NULL, from);
  return ids != NULL && !mr_dkim_may_sign (engine->dkim, (const char *const *)ids, ret_wait, ret_next);
}

static MrTask *
take_task (MrLane *lane)
{
  MrWaitReason wait;
  gint64 next;
  MrTask *task;

  while ((task = mr_lane_take_task (lane)) != NULL && waits_for_key (lane, task, &wait, &next))
    task_return (task, wait, next, NULL);
  return task;
}

static gboolean
wake_idle (MrLane *lane)
{
  for (guint i = 0; i < lane->sessions->len && !g_queue_is_empty (&lane->tasks); i++)
    if (mr_delivery_is_idle (g_ptr_array_index (lane->sessions, i))
        && mr_delivery_wake (g_ptr_array_index (lane->sessions, i)))
      return TRUE;
  return FALSE;
}

static guint
total_limit (MrScheduler *self)
{
  return (guint)mr_config_get_integer (mr_engine_get_config (self->engine), "delivery", "concurrency");
}

/* All places are taken: a connection that another lane keeps for mail that may come gives way to mail that is there. Its lane stays, so that a walk
 * over the lanes may call this. */
static gboolean
take_parked_place (MrScheduler *self)
{
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &data)) {
    MrLane *lane = data;

    for (guint i = 0; i < lane->sessions->len; i++) {
      MrDelivery *delivery = g_ptr_array_index (lane->sessions, i);

      if (!mr_delivery_is_parked (delivery))
        continue;
      g_ptr_array_remove_index_fast (lane->sessions, i);
      self->sessions--;
      mr_delivery_free (delivery);
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
mr_lane_must_give_way (MrLane *lane)
{
  MrScheduler *self = lane->scheduler;
  GHashTableIter iter;
  gpointer data;

  if (self->sessions < total_limit (self))
    return FALSE;
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    if (data != lane && !g_queue_is_empty (&((MrLane *)data)->tasks))
      return TRUE;
  return FALSE;
}

static void
lane_run (MrLane *lane)
{
  MrScheduler *self = lane->scheduler;
  guint total = total_limit (self);

  if (self->stopped || g_queue_is_empty (&lane->tasks) || !lane_is_open (lane))
    return;
  while (wake_idle (lane))
    ;
  while (!g_queue_is_empty (&lane->tasks) && lane->sessions->len < lane_limit (lane)
         && (self->sessions < total || take_parked_place (self))) {
    MrTask *task = take_task (lane);

    if (task == NULL)
      return;
    self->sessions++;
    g_ptr_array_add (lane->sessions, mr_delivery_new (self->engine, lane, task));
  }
}

MrTask *
mr_lane_next_task (MrLane *lane)
{
  /* The account may have got into trouble, or gone, since the connection was made. */
  if (lane->scheduler->stopped || g_queue_is_empty (&lane->tasks) || !lane_is_open (lane))
    return NULL;
  return take_task (lane);
}

void
mr_lane_put_back (MrLane *lane, MrTask *task)
{
  mr_lane_give_back (task, 0);
  task->started = FALSE;
  g_queue_push_head (&lane->tasks, task);
}

static void
run_all (MrScheduler *self)
{
  g_autoptr (GList) lanes = g_hash_table_get_values (self->lanes);

  for (GList *l = lanes; l != NULL; l = l->next)
    lane_run (l->data);
}

static gboolean
run_cb (gpointer data)
{
  MrScheduler *self = data;

  self->run_source = 0;
  run_all (self);
  return G_SOURCE_REMOVE;
}

void
mr_scheduler_run_soon (MrScheduler *self)
{
  if (self->run_source == 0 && !self->stopped)
    self->run_source = g_idle_add_full (G_PRIORITY_DEFAULT, run_cb, self, NULL);
}

void
mr_lane_session_ended (MrLane *lane, gpointer delivery)
{
  MrScheduler *self = lane->scheduler;
  guint total = total_limit (self);

  if (self->stopped || !g_ptr_array_remove_fast (lane->sessions, delivery))
    return;
  if (self->sessions-- >= total)
    run_all (self); /* others waited for the place */
  else
    lane_run (lane);
  lane_maybe_drop (lane);
}

void
mr_lane_host_failed (MrLane *lane, const MrRecipientRecord *example, gint64 retry_at)
{
  MrTask *task;

  lane->failures++;
  lane->retry_at = retry_at;
  mr_recipient_record_free (lane->last_failure);
  lane->last_failure = mr_recipient_record_copy (example);
  mr_info ("engine", "%s: failed %u times in a row", lane->key, lane->failures);
  while ((task = g_queue_pop_head (&lane->tasks)) != NULL)
    task_return (task, reason_behind (lane), retry_at, lane->last_failure);
}

void
mr_lane_host_works (MrLane *lane)
{
  lane->failures = 0;
  lane->retry_at = 0;
  g_clear_pointer (&lane->last_failure, mr_recipient_record_free);
  lane_run (lane);
}

/* ---- from jobs to tasks ---- */

MrTask *
mr_task_new (MrJob *job, MrLane *lane, const char *rewrite_to)
{
  MrTask *task = g_new0 (MrTask, 1);

  task->job = job;
  task->lane = lane;
  task->recipients = g_array_new (FALSE, FALSE, sizeof (guint));
  task->rewrite_to = g_strdup (rewrite_to);
  job->tasks++;
  return task;
}

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
  /* lane_run may finish a task and with the last one the job: queue all of them first. */
  for (guint k = 0; k < tasks->len; k++) {
    MrTask *task = g_ptr_array_index (tasks, k);

    g_queue_push_tail (&task->lane->tasks, task);
    g_ptr_array_index (tasks, k) = task->lane;
  }
  for (guint k = 0; k < tasks->len; k++)
    if (g_hash_table_contains (self->lanes, ((MrLane *)g_ptr_array_index (tasks, k))->key))
      lane_run (g_ptr_array_index (tasks, k));
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
      task_return (task, reason, next, NULL);
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
    lane_maybe_drop (l->data);
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
