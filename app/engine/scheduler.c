/* Jobs, leases and the timer. Lanes are in lanes.c and lane.c, what goes through them in task.c.
 *
 * Order that keeps mail: a job exists only for a message that the store holds as leased by this process; it goes only after the store was told
 * what became of each of its recipients. A kill at any point leaves the lease, which the next start drops.
 */
#include "engine/scheduler-private.h"

#include "base/log.h"
#include "engine/accounts.h"
#include "engine/account-limits.h"
#include "engine/record.h"
#include "mail/address.h"

#define ANYWAY_MAX  10000
#define LEASE_BATCH 200

static gboolean timer_cb (gpointer data);

MrScheduler *
mr_scheduler_new (MrEngine *engine)
{
  MrScheduler *self = g_new0 (MrScheduler, 1);

  self->engine = engine;
  self->anyway = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->jobs = g_hash_table_new (g_str_hash, g_str_equal);
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, mr_lane_free);
  return self;
}

void
mr_job_free (MrJob *job)
{
  mr_message_record_free (job->record);
  g_clear_pointer (&job->body, g_bytes_unref);
  g_free (job);
}

void
mr_scheduler_free (MrScheduler *self)
{
  GHashTableIter iter;
  gpointer job;

  if (self == NULL)
    return;
  self->stopped = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->run_source, g_source_remove);
  mr_store_cancel (self->engine->store, self);
  g_hash_table_unref (self->lanes);
  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    mr_job_free (job);
  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->anyway);
  g_free (self);
}

void
mr_scheduler_start (MrScheduler *self)
{
  self->paused = mr_config_get_boolean (mr_engine_get_config (self->engine), "general", "paused");
  self->started = TRUE;
  /* The last run may have seen another network. */
  self->metered_limit = G_MAXUINT64;
  mr_scheduler_metered_changed (self);
  mr_scheduler_kick (self);
}

gboolean
mr_scheduler_has_room (MrScheduler *self)
{
  return self->started && !self->draining && !self->paused && !self->asleep
         && g_hash_table_size (self->jobs) + self->reserved < MR_JOBS_MAX;
}

void
mr_scheduler_reserve (MrScheduler *self)
{
  self->reserved++;
}

void
mr_scheduler_unreserve (MrScheduler *self)
{
  g_return_if_fail (self->reserved > 0);
  self->reserved--;
}

/* ---- timer and leases ---- */

static void
arm (MrScheduler *self)
{
  gint64 now = mr_clock_wall (self->engine->clock);
  gint64 wait;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->next_due == 0 || self->draining || self->paused || self->asleep)
    return;
  wait = CLAMP (self->next_due - now, 0, 60 * G_USEC_PER_SEC);
  self->timer = g_timeout_add ((guint)(wait / 1000) + 1, timer_cb, self);
}

static gboolean
timer_cb (gpointer data)
{
  MrScheduler *self = data;

  self->timer = 0;
  /* The wall clock may have been set back meanwhile: look again, the store knows. */
  if (mr_clock_wall (self->engine->clock) >= self->next_due)
    mr_scheduler_kick (self);
  else
    arm (self);
  return G_SOURCE_REMOVE;
}

void
mr_scheduler_note_due (MrScheduler *self, gint64 when)
{
  if (when <= 0 || self->stopped)
    return;
  if (self->next_due == 0 || when < self->next_due) {
    self->next_due = when;
    arm (self);
  }
}

static void
leased_cb (GPtrArray *messages, gint64 next_due, const GError *error, gpointer data)
{
  MrScheduler *self = data;
  guint n;

  self->leasing = FALSE;
  if (error != NULL) {
    mr_warning ("engine", "the queue could not be read: %s", error->message);
    self->next_due = mr_clock_wall (self->engine->clock) + 10 * G_USEC_PER_SEC;
    arm (self);
    return;
  }
  n = messages->len;
  self->next_due = next_due;
  for (guint i = 0; i < n; i++) {
    mr_scheduler_reserve (self);
    mr_scheduler_add (self, g_ptr_array_index (messages, i), NULL);
  }
  if (n > 0)
    g_free (g_ptr_array_steal (messages, NULL));
  if (self->lease_again || (n == LEASE_BATCH && mr_scheduler_has_room (self)))
    mr_scheduler_kick (self);
  else if (self->next_due > mr_clock_wall (self->engine->clock) || mr_scheduler_has_room (self))
    arm (self);
  /* else: no room; mr_job_finish() kicks when there is some */
}

void
mr_scheduler_kick (MrScheduler *self)
{
  guint room;

  if (!mr_scheduler_has_room (self))
    return;
  if (self->leasing) {
    self->lease_again = TRUE;
    return;
  }
  self->leasing = TRUE;
  self->lease_again = FALSE;
  room = MR_JOBS_MAX - g_hash_table_size (self->jobs) - self->reserved;
  mr_store_lease_due (self->engine->store, mr_clock_wall (self->engine->clock), MIN (room, LEASE_BATCH), leased_cb,
                      self);
}

/* ---- jobs ---- */

static void
updated_cb (const GError *error, gpointer data)
{
  MrScheduler *self = data;

  if (error != NULL)
    mr_error ("engine", "a state of a message could not be recorded: %s", error->message);
  mr_engine_notify (self->engine, MR_CHANGED_QUEUE);
}

/* Recipients of a withdrawn message that no task was made for stop as well; what is possibly delivered rests. */
static GPtrArray *
cancel_rest (MrJob *job, GPtrArray *changed)
{
  if (changed == NULL)
    changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  for (guint i = 0; i < job->record->recipients->len; i++) {
    MrRecipientRecord *r = g_ptr_array_index (job->record->recipients, i);

    if (mr_recipient_state_is_final (r->state))
      continue;
    for (guint k = changed->len; k-- > 0;)
      if (((MrRecipientRecord *)g_ptr_array_index (changed, k))->n == r->n)
        g_ptr_array_remove_index (changed, k);
    r = mr_recipient_record_copy (r);
    if (r->state != MR_RECIPIENT_UNCERTAIN)
      r->state = MR_RECIPIENT_CANCELLED;
    r->wait_reason = MR_WAIT_NONE;
    r->next_attempt = 0;
    g_ptr_array_add (changed, r);
  }
  mr_job_take_states (job, changed);
  return changed;
}

/* What was recorded on the way may have failed: the last word holds all of it once more. */
static GPtrArray *
add_unchanged (MrJob *job, GPtrArray *changed)
{
  if (changed == NULL)
    changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  for (guint i = 0; i < job->record->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (job->record->recipients, i);
    gboolean found = FALSE;

    for (guint k = 0; k < changed->len && !found; k++)
      found = ((MrRecipientRecord *)g_ptr_array_index (changed, k))->n == r->n;
    if (!found)
      g_ptr_array_add (changed, mr_recipient_record_copy (r));
  }
  return changed;
}

void
mr_job_finish (MrScheduler *self, MrJob *job, GPtrArray *changed, GPtrArray *attempts)
{
  gint64 due = 0;
  gboolean was_full = !mr_scheduler_has_room (self);

  if (job->cancel)
    changed = cancel_rest (job, changed);
  if (job->updated)
    changed = add_unchanged (job, changed);

  for (guint i = 0; changed != NULL && i < changed->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (changed, i);

    if (!mr_recipient_state_is_final (r->state) && r->next_attempt > 0 && (due == 0 || r->next_attempt < due))
      due = r->next_attempt;
  }
  mr_record_outcome (self->engine, job->record->id, changed, attempts);
  for (guint i = 0; i < job->record->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (job->record->recipients, i);

    if (!mr_recipient_state_is_final (r->state) && r->next_attempt > 0 && (due == 0 || r->next_attempt < due))
      due = r->next_attempt;
  }
  mr_scheduler_note_due (self, due);
  g_hash_table_remove (self->jobs, job->record->id);
  mr_job_free (job);
  if (was_full)
    mr_scheduler_kick (self);
  mr_scheduler_check_drained (self);
}

void
mr_job_update (MrScheduler *self, MrJob *job, GPtrArray *changed, GPtrArray *attempts)
{
  job->updated = TRUE;
  mr_store_update_message (self->engine->store, job->record->id, changed, attempts, 0, updated_cb, self);
}

/* The job's own copy follows what is recorded. */
void
mr_job_take_states (MrJob *job, GPtrArray *changed)
{
  for (guint i = 0; changed != NULL && i < changed->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (changed, i);

    for (guint k = 0; k < job->record->recipients->len; k++)
      if (((MrRecipientRecord *)g_ptr_array_index (job->record->recipients, k))->n == r->n) {
        mr_recipient_record_free (g_ptr_array_index (job->record->recipients, k));
        g_ptr_array_index (job->record->recipients, k) = mr_recipient_record_copy (r);
      }
  }
}

/* All recipients that may be tried get a reason to wait and a time. */
static void
job_wait (MrScheduler *self, MrJob *job, const char *account, MrWaitReason reason, gint64 next)
{
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);

  for (guint i = 0; i < job->record->recipients->len; i++) {
    MrRecipientRecord *r = g_ptr_array_index (job->record->recipients, i);

    if (mr_recipient_state_is_final (r->state))
      continue;
    r = mr_recipient_record_copy (r);
    r->wait_reason = reason;
    r->next_attempt = next;
    if (account != NULL && g_strcmp0 (r->account, account) != 0) {
      g_free (r->account);
      r->account = g_strdup (account);
    }
    g_ptr_array_add (changed, r);
  }
  mr_job_take_states (job, changed);
  mr_job_finish (self, job, changed, NULL);
}

static void
held_cb (const GError *error, gpointer data)
{
  updated_cb (error, data);
}

static void
job_hold (MrScheduler *self, MrJob *job, MrHoldReason hold)
{
  mr_info ("engine", "%s: kept back: %s", job->record->id, mr_hold_reason_nick (hold));
  mr_store_set_message (self->engine->store, job->record->id, MR_STORE_HOLD, hold, 0, NULL, held_cb, self);
  job_wait (self, job, NULL, hold == MR_HOLD_NO_ACCOUNT ? MR_WAIT_NO_ACCOUNT : MR_WAIT_NONE,
            mr_clock_wall (self->engine->clock));
}

/* Bytes above which a message waits on the network that is there; 0: none waits. */
static guint64
metered_limit (MrScheduler *self)
{
  if (!mr_network_watch_is_metered (self->engine->network))
    return 0;
  return (guint64)mr_config_get_integer (mr_engine_get_config (self->engine), "delivery", "metered-max-size");
}

/* A person who wants it sent all the same has said so: mr_scheduler_retry_now(). */
static gboolean
waits_for_cheap_network (MrScheduler *self, const MrMessageRecord *record)
{
  guint64 limit = metered_limit (self);

  return !g_hash_table_remove (self->anyway, record->id) && limit > 0 && record->size > limit;
}

/* Older than seven days and never tried: nothing could be sent all the while. A person who released it has set not_before. */
static gboolean
is_old (MrScheduler *self, const MrMessageRecord *record)
{
  gint64 limit = mr_config_get_integer (mr_engine_get_config (self->engine), "delivery", "old-after");

  if (record->not_before != 0
      || !mr_policy_is_old ((mr_clock_wall (self->engine->clock) - record->created) / G_USEC_PER_SEC, limit))
    return FALSE;
  for (guint i = 0; i < record->recipients->len; i++)
    if (((MrRecipientRecord *)g_ptr_array_index (record->recipients, i))->attempts > 0)
      return FALSE;
  return TRUE;
}

void
mr_scheduler_add (MrScheduler *self, MrMessageRecord *record, GBytes *body)
{
  MrJob *job = g_new0 (MrJob, 1);
  MrWaitReason wait;
  gint64 next;
  MrRoute route;

  mr_scheduler_unreserve (self);
  job->record = record;
  job->body = body != NULL ? g_bytes_ref (body) : NULL;
  g_hash_table_insert (self->jobs, record->id, job);
  if (self->paused || self->draining || self->asleep) {
    job_wait (self, job, NULL, self->paused ? MR_WAIT_PAUSED : MR_WAIT_RETRY_TIME, mr_clock_wall (self->engine->clock));
    return;
  }
  if (is_old (self, record)) {
    job_hold (self, job, MR_HOLD_OLD);
    return;
  }
  if (waits_for_cheap_network (self, record)) {
    job_wait (self, job, NULL, MR_WAIT_METERED, mr_clock_wall (self->engine->clock) + G_TIME_SPAN_DAY);
    return;
  }
  route = mr_accounts_route (self->engine->accounts, record);
  if (route.kind != MR_ROUTE_ACCOUNT) {
    job_hold (self, job, MR_HOLD_NO_ACCOUNT);
    return;
  }
  if (!mr_accounts_may_send (self->engine->accounts, route.account, &wait, &next)) {
    if (next == 0) /* woken by hand or by a change of the account; look again within a day all the same */
      next = mr_clock_wall (self->engine->clock) + G_TIME_SPAN_DAY;
    job_wait (self, job, route.account, wait, next);
    return;
  }
  mr_scheduler_spread (self, job, &route);
}

/* ---- what changes from outside ---- */

static void
woken_cb (const GError *error, gpointer data)
{
  MrScheduler *self = data;

  if (error != NULL)
    mr_warning ("engine", "waiting mail could not be woken: %s", error->message);
  mr_scheduler_kick (self);
  mr_engine_notify (self->engine, MR_CHANGED_QUEUE);
}

void
mr_scheduler_account_changed (MrScheduler *self, const char *id)
{
  const guint reasons = 1u << MR_WAIT_ACCOUNT_PAUSED | 1u << MR_WAIT_KEYRING_LOCKED | 1u << MR_WAIT_NO_KEYRING
                        | 1u << MR_WAIT_NO_ACCOUNT | 1u << MR_WAIT_ACCOUNT_LIMIT;
  const MrAccountRecord *account = mr_accounts_find (self->engine->accounts, id);

  mr_lanes_forget_trouble (self, id);
  mr_limits_forget (self->engine->limits, id);
  if (self->engine->store == NULL)
    return;
  mr_store_wake (self->engine->store, reasons, TRUE, id, mr_clock_wall (self->engine->clock), woken_cb, self);
  if (account != NULL)
    mr_store_release_held (self->engine->store, MR_HOLD_NO_ACCOUNT, (const char *const *)account->addresses,
                           mr_clock_wall (self->engine->clock), woken_cb, self);
}

void
mr_scheduler_keys_changed (MrScheduler *self, gboolean person)
{
  if (self->engine->store != NULL)
    mr_store_wake (self->engine->store, 1u << MR_WAIT_KEYRING_LOCKED | 1u << MR_WAIT_NO_KEYRING, person, NULL,
                   mr_clock_wall (self->engine->clock), woken_cb, self);
}

void
mr_scheduler_network_changed (MrScheduler *self)
{
  mr_lanes_forget_trouble (self, NULL);
  mr_scheduler_metered_changed (self);
  mr_store_wake (self->engine->store, 1u << MR_WAIT_OFFLINE, FALSE, NULL, mr_clock_wall (self->engine->clock), woken_cb,
                 self);
}

void
mr_scheduler_metered_changed (MrScheduler *self)
{
  guint64 limit = metered_limit (self);

  if (limit == self->metered_limit || !self->started)
    return;
  self->metered_limit = limit;
  g_hash_table_remove_all (self->anyway);
  /* What is large goes on to its wait, and the rest comes back at once. */
  if (limit > 0)
    mr_lanes_return_waiting (self, MR_WAIT_RETRY_TIME);
  mr_store_wake (self->engine->store, 1u << MR_WAIT_METERED, FALSE, NULL, mr_clock_wall (self->engine->clock), woken_cb,
                 self);
}

void
mr_scheduler_set_asleep (MrScheduler *self, gboolean asleep)
{
  if (asleep == self->asleep || !self->started)
    return;
  self->asleep = asleep;
  if (asleep)
    mr_lanes_return_waiting (self, MR_WAIT_RETRY_TIME);
  else
    mr_scheduler_kick (self);
}

void
mr_scheduler_pause_changed (MrScheduler *self)
{
  gboolean paused = mr_config_get_boolean (mr_engine_get_config (self->engine), "general", "paused");

  if (paused == self->paused || !self->started)
    return;
  self->paused = paused;
  mr_info ("engine", paused ? "sending is paused" : "sending goes on");
  if (paused)
    mr_lanes_return_waiting (self, MR_WAIT_PAUSED);
  else
    mr_store_wake (self->engine->store, 1u << MR_WAIT_PAUSED, FALSE, NULL, mr_clock_wall (self->engine->clock),
                   woken_cb, self);
}

gboolean
mr_scheduler_retry_now (MrScheduler *self, const char *id)
{
  mr_lanes_forget_trouble (self, NULL);
  /* Beyond the maximum it waits until it is asked for once more. */
  if (metered_limit (self) > 0 && g_hash_table_size (self->anyway) < ANYWAY_MAX)
    g_hash_table_add (self->anyway, g_strdup (id));
  return g_hash_table_contains (self->jobs, id);
}

gboolean
mr_scheduler_withdraw (MrScheduler *self, const char *id, gboolean cancel)
{
  MrJob *job = g_hash_table_lookup (self->jobs, id);

  if (job == NULL)
    return FALSE;
  job->cancel |= cancel;
  mr_lanes_return_job (self, job);
  return cancel || g_hash_table_contains (self->jobs, id);
}

guint
mr_scheduler_get_sending (MrScheduler *self)
{
  return mr_lanes_count_sessions (self);
}

void
mr_scheduler_check_drained (MrScheduler *self)
{
  void (*done) (gpointer) = self->drained;

  if (!self->draining || done == NULL || g_hash_table_size (self->jobs) > 0)
    return;
  self->drained = NULL;
  done (self->drained_data);
}

void
mr_scheduler_drain (MrScheduler *self, void (*done) (gpointer data), gpointer data)
{
  self->draining = TRUE;
  self->drained = done;
  self->drained_data = data;
  g_clear_handle_id (&self->timer, g_source_remove);
  mr_lanes_return_waiting (self, MR_WAIT_RETRY_TIME);
  mr_scheduler_check_drained (self);
}
