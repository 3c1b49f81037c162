/* What is being sent right now, and ending it; see mailrelay/engine-activity.h. */
#include <mailrelay/engine-activity.h>

#include "base/id.h"
#include "engine/answer.h"
#include "engine/delivery-private.h"
#include "engine/scheduler-private.h"

static const MrRecipientRecord *
first_recipient (const MrTask *task)
{
  return g_ptr_array_index (task->job->record->recipients, g_array_index (task->recipients, guint, 0));
}

static MrStage
stage_of (const MrDelivery *self)
{
  if (self->dot_sent)
    return MR_STAGE_DOT;
  if (self->in_body)
    return MR_STAGE_DATA;
  return mr_connection_get_stage (self->connection);
}

/* What was given to the machine and has left it. */
static guint64
bytes_out (const MrDelivery *self)
{
  gsize waiting;

  if (self->dot_sent)
    return self->size;
  if (!self->in_body)
    return 0;
  waiting = mr_buffer_length (mr_smtp_client_output (mr_connection_get_client (self->connection)));
  return MIN (self->given - MIN (self->given, waiting), self->size);
}

static MrActivityRecord *
describe (MrDelivery *self)
{
  const MrMessageRecord *message = self->task->job->record;
  MrActivityRecord *record = g_new0 (MrActivityRecord, 1);

  record->session = g_strdup (mr_connection_get_name (self->connection));
  record->message_id = g_strdup (message->id);
  record->subject = g_strdup (message->subject);
  record->from = g_strdup (message->reverse_path);
  record->recipient = g_strdup (first_recipient (self->task)->address);
  record->n_recipients = self->n_outcomes;
  record->account = g_strdup (self->lane->account);
  record->destination = g_strdup (mr_connection_get_host (self->connection));
  record->address = g_strdup (mr_connection_get_address (self->connection));
  record->tls = g_strdup (mr_connection_get_tls (self->connection));
  record->stage = stage_of (self);
  record->done = bytes_out (self);
  record->total = self->size > 0 ? self->size : message->size;
  record->started = self->started;
  if (self->body_started > 0)
    record->sending = MAX (mr_clock_monotonic (self->engine->clock) - self->body_started, 1);
  record->may_stop = !self->dot_sent;
  return record;
}

static int
compare_started (gconstpointer a, gconstpointer b)
{
  const MrActivityRecord *one = *(const MrActivityRecord *const *)a, *two = *(const MrActivityRecord *const *)b;

  return one->started < two->started ? -1 : one->started > two->started ? 1 : g_strcmp0 (one->session, two->session);
}

/* Deliveries that have a message: of this one, or of any (id NULL). (transfer container) */
static GPtrArray *
busy_deliveries (MrScheduler *scheduler, const char *id)
{
  GPtrArray *found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, scheduler->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const MrLane *lane = value;

    for (guint i = 0; i < lane->sessions->len; i++) {
      MrDelivery *delivery = g_ptr_array_index (lane->sessions, i);

      if (delivery->task != NULL && (id == NULL || strcmp (delivery->task->job->record->id, id) == 0))
        g_ptr_array_add (found, delivery);
    }
  }
  return found;
}

void
mr_engine_list_activity (MrEngine *engine, MrRecordsFunc func, gpointer data)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_activity_record_free);

  if (engine->scheduler != NULL) {
    g_autoptr (GPtrArray) busy = busy_deliveries (engine->scheduler, NULL);

    for (guint i = 0; i < busy->len; i++)
      g_ptr_array_add (records, describe (g_ptr_array_index (busy, i)));
  }
  g_ptr_array_sort (records, compare_started);
  mr_answer_records (func, records, NULL, data);
}

/* ---- ending it ---- */

typedef struct {
  MrEngine *engine;
  char *id;
  MrCountFunc func;
  gpointer data;
} Stop;

static guint
stop_deliveries (MrEngine *engine, const char *id)
{
  guint stopped = 0;

  if (engine->scheduler == NULL)
    return 0;
  g_autoptr (GPtrArray) busy = busy_deliveries (engine->scheduler, id);
  /* Ending one touches no other: each has its own task. */
  for (guint i = 0; i < busy->len; i++)
    stopped += mr_delivery_stop (g_ptr_array_index (busy, i));
  return stopped;
}

static void
held_cb (guint count, const GError *error, gpointer data)
{
  Stop *stop = data;
  guint stopped = error == NULL ? stop_deliveries (stop->engine, stop->id) : 0;

  stop->func (stopped, error, stop->data);
  g_rc_box_release (stop->engine);
  g_free (stop->id);
  g_free (stop);
}

void
mr_engine_stop_sending (MrEngine *engine, const char *id, MrCountFunc func, gpointer data)
{
  const char *const ids[] = { id, NULL };
  Stop *stop = g_new0 (Stop, 1);

  /* Kept back first: what is ended would be tried again at once. */
  stop->engine = g_rc_box_acquire (engine);
  stop->id = g_strdup (id);
  stop->func = func;
  stop->data = data;
  mr_engine_hold (engine, ids, held_cb, stop);
}
