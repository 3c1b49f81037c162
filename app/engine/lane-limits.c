/* A lane and the limits of its account: the next task as far as there is room for it; the rest waits, each recipient with a time of its own. */
#include "engine/account-limits.h"
#include "engine/scheduler-private.h"

#include "engine/accounts.h"

static const char *
limit_nick (MrLimitKind kind)
{
  return kind == MR_LIMIT_DAY ? "day" : kind == MR_LIMIT_MINUTE ? "minute" : "provider";
}

/* What the words on the screen are made of (ndr/states.h). */
GVariant *
mr_lane_limit_params (MrLane *lane, MrLimitKind kind, GVariant *more)
{
  const MrAccountRecord *account = mr_accounts_find (lane->scheduler->engine->accounts, lane->account);
  gboolean has_name = account != NULL && account->name != NULL && *account->name != '\0';
  GVariantBuilder builder;
  GVariantIter iter;
  const char *key, *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  if (more != NULL) {
    g_variant_iter_init (&iter, more);
    while (g_variant_iter_next (&iter, "{&s&s}", &key, &value))
      if (strcmp (key, "account") != 0 && strcmp (key, "limit-kind") != 0)
        g_variant_builder_add (&builder, "{ss}", key, value);
  }
  g_variant_builder_add (&builder, "{ss}", "account", has_name ? account->name : lane->account);
  g_variant_builder_add (&builder, "{ss}", "limit-kind", limit_nick (kind));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static MrRecipientRecord *
recipient_waits (MrLane *lane, const MrRecipientRecord *old)
{
  MrLimitDecision decision = mr_limits_promise (lane->scheduler->engine->limits, lane->account);
  MrRecipientRecord *r = mr_recipient_record_copy (old);

  r->wait_reason = MR_WAIT_ACCOUNT_LIMIT;
  r->next_attempt = decision.next;
  g_free (r->account);
  r->account = g_strdup (lane->account);
  g_clear_pointer (&r->cause, g_free);
  g_clear_pointer (&r->cause_params, g_variant_unref);
  r->cause_params = mr_lane_limit_params (lane, decision.kind, NULL);
  return r;
}

static void
task_waits (MrTask *task)
{
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);

  for (guint i = 0; i < task->recipients->len; i++)
    g_ptr_array_add (changed,
                     recipient_waits (task->lane, g_ptr_array_index (task->job->record->recipients,
                                                                     g_array_index (task->recipients, guint, i))));
  mr_task_done (task, changed, NULL);
}

gboolean
mr_lane_has_room (MrLane *lane)
{
  MrLimits *limits = lane->scheduler->engine->limits;
  MrTask *task;

  if (mr_limits_room (limits, lane->account) > 0)
    return TRUE;
  /* What is under way may be refused, and its place become free: the end of it looks here again. */
  if (mr_limits_is_busy (limits, lane->account))
    return FALSE;
  while ((task = g_queue_pop_head (&lane->tasks)) != NULL)
    task_waits (task);
  return FALSE;
}

MrTask *
mr_lane_take_task (MrLane *lane)
{
  MrLimits *limits = lane->scheduler->engine->limits;
  guint room = mr_limits_room (limits, lane->account);
  MrTask *task = room > 0 ? g_queue_pop_head (&lane->tasks) : NULL;

  if (task == NULL)
    return NULL;
  if (task->recipients->len > room) {
    MrTask *rest = mr_task_new (task->job, lane, task->rewrite_to);

    g_array_append_vals (rest->recipients, &g_array_index (task->recipients, guint, room),
                         task->recipients->len - room);
    g_array_set_size (task->recipients, room);
    g_queue_push_head (&lane->tasks, rest);
  }
  task->started = TRUE;
  task->counted = task->recipients->len;
  mr_limits_begin (limits, lane->account, task->counted);
  return task;
}

void
mr_lane_give_back (MrTask *task, guint accepted)
{
  MrScheduler *scheduler = task->lane->scheduler;

  if (task->counted > 0 && mr_limits_end (scheduler->engine->limits, task->lane->account, task->counted, accepted))
    mr_scheduler_run_soon (scheduler);
  task->counted = 0;
}
