/* The last word on a message: written, and written again where the disk failed.
 *
 * A message leaves memory once its last recipient is decided. If the store cannot take that, the decision lives here: the lease in the store stands,
 * nobody tries the message again, and the write is repeated with growing pauses. A kill meanwhile is the crash that recovery knows.
 */
#include "engine/record.h"

#include "base/log.h"
#include "engine/reports.h"
#include "engine/scheduler.h"

#define FIRST_PAUSE_MS 1000
#define MAX_PAUSE_MS   60000

typedef struct {
  MrEngine *engine; /* outlives the store's answers */
  char *id;
  GPtrArray *changed, *attempts;
  guint tries;
  gboolean report; /* one may be due about it */
} Entry;

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->changed, g_ptr_array_unref);
  g_clear_pointer (&entry->attempts, g_ptr_array_unref);
  g_free (entry->id);
  g_free (entry);
}

static void write_entry (Entry *entry);

static void
write_all (MrEngine *engine)
{
  GQueue again = engine->unwritten;
  Entry *entry;

  g_queue_init (&engine->unwritten);
  while ((entry = g_queue_pop_head (&again)) != NULL)
    write_entry (entry);
}

static gboolean
again_cb (gpointer data)
{
  MrEngine *engine = data;

  engine->unwritten_source = 0;
  write_all (engine);
  return G_SOURCE_REMOVE;
}

static void
keep (Entry *entry)
{
  MrEngine *engine = entry->engine;

  g_queue_push_tail (&engine->unwritten, entry);
  if (engine->unwritten_source != 0)
    return;
  engine->unwritten_pause = CLAMP (engine->unwritten_pause * 2, FIRST_PAUSE_MS, MAX_PAUSE_MS);
  engine->unwritten_source = g_timeout_add (engine->unwritten_pause, again_cb, engine);
}

static void
written_cb (const GError *error, gpointer data)
{
  Entry *entry = data;
  MrEngine *engine = entry->engine;

  if (error == NULL) {
    engine->unwritten_pause = 0;
    if (entry->report)
      mr_reports_kick (engine->reports);
    /* Written late: when its time came it was still leased. */
    if (entry->tries > 1 && engine->scheduler != NULL)
      mr_scheduler_kick (engine->scheduler);
  } else {
    mr_error ("engine", "%s: what became of it could not be recorded: %s", entry->id, error->message);
    /* Refused, because a person or the clock was faster: without this it would stay taken until the next start. */
    if (g_error_matches (error, MR_ERROR, MR_ERROR_INVALID))
      mr_store_update_message (engine->store, entry->id, NULL, NULL, MR_STORE_RELEASE, NULL, NULL);
  }
  mr_engine_notify (engine, MR_CHANGED_QUEUE);
  if (error == NULL || g_error_matches (error, MR_ERROR, MR_ERROR_INVALID)
      || g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND) || engine->scheduler == NULL)
    entry_free (entry);
  else
    keep (entry);
}

static void
write_entry (Entry *entry)
{
  entry->tries++;
  mr_store_update_message (
      entry->engine->store, entry->id, entry->changed != NULL ? g_ptr_array_ref (entry->changed) : NULL,
      entry->attempts != NULL ? g_ptr_array_ref (entry->attempts) : NULL, MR_STORE_RELEASE, written_cb, entry);
}

/* What was recorded on the way is made a report of when the message is free again. */
static gboolean
has_report (GPtrArray *changed)
{
  for (guint i = 0; changed != NULL && i < changed->len; i++)
    if (((MrRecipientRecord *)g_ptr_array_index (changed, i))->report_due != 0)
      return TRUE;
  return FALSE;
}

void
mr_record_outcome (MrEngine *engine, const char *id, GPtrArray *changed, GPtrArray *attempts)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->engine = engine;
  entry->id = g_strdup (id);
  entry->changed = changed;
  entry->attempts = attempts;
  entry->report = has_report (changed);
  write_entry (entry);
}

void
mr_record_flush (MrEngine *engine)
{
  g_clear_handle_id (&engine->unwritten_source, g_source_remove);
  write_all (engine);
}
