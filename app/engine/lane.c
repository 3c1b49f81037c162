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

void
mr_lane_free (gpointer data)
{
  MrLane *lane = data;
  MrTask *task;

  for (guint i = 0; i < lane->sessions->len; i++)
    mr_delivery_free (g_ptr_array_index (lane->sessions, i));
  g_ptr_array_unref (lane->sessions);
  while ((task = g_queue_pop_head (&lane->tasks)) != NULL)
    mr_task_free (task);
  mr_recipient_record_free (lane->last_failure);
  g_free (lane->key);
  g_free (lane->account);
  g_free (lane->domain);
  g_free (lane);
}

void
mr_lane_maybe_drop (MrLane *lane)
{
  MrScheduler *self = lane->scheduler;

  if (lane->sessions->len == 0 && g_queue_is_empty (&lane->tasks)
      && (lane->failures == 0 || lane->retry_at + G_TIME_SPAN_HOUR < mr_clock_wall (self->engine->clock)))
    g_hash_table_remove (self->lanes, lane->key);
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
      mr_task_return (task, wait, next > 0 ? next : wait == MR_WAIT_NO_ACCOUNT ? now : now + G_TIME_SPAN_DAY, NULL);
    return FALSE;
  }
  if (lane->retry_at > now) {
    while ((task = g_queue_pop_head (&lane->tasks)) != NULL)
      mr_task_return (task, reason_behind (lane), lane->retry_at, lane->last_failure);
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
    mr_task_return (task, wait, next, NULL);
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

void
mr_lane_run (MrLane *lane)
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

void
mr_lane_session_ended (MrLane *lane, gpointer delivery)
{
  MrScheduler *self = lane->scheduler;
  guint total = total_limit (self);

  if (self->stopped || !g_ptr_array_remove_fast (lane->sessions, delivery))
    return;
  if (self->sessions-- >= total)
    mr_lanes_run (self); /* others waited for the place */
  else
    mr_lane_run (lane);
  mr_lane_maybe_drop (lane);
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
    mr_task_return (task, reason_behind (lane), retry_at, lane->last_failure);
}

void
mr_lane_host_works (MrLane *lane)
{
  lane->failures = 0;
  lane->retry_at = 0;
  g_clear_pointer (&lane->last_failure, mr_recipient_record_free);
  mr_lane_run (lane);
}
