/* A task: the part of a job that goes through one lane in one transaction; made, given back without having been sent, done.
 *
 * Every task ends here once, with what its recipients have become: recorded with the job, which goes with its last task. What is given back counts
 * no attempt; behind a host that failed it shows what the one before it met there, and expires where its give-up time has passed meanwhile.
 */
#include "engine/scheduler-private.h"

#include "engine/reports.h"

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

void
mr_task_return (MrTask *task, MrWaitReason reason, gint64 next, const MrRecipientRecord *like)
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
