/* The writer thread: its queue, checkpoints, and tidying when nothing is to be done. What waits is taken in batches (writer-commit.c).
 *
 * The checkpoint is done here and not by SQLite inside a COMMIT, so that those who wait for that commit do not wait for
 * it. The write-ahead log is kept at its size and written over: syncing a file that does not grow is cheaper.
 *
 * secure_delete is FAST: what is deleted is overwritten within its page, but pages that become free are not written
 * once more (that cost half the rate for messages of 25 MiB, a tenth for small ones). They are written over by the next
 * message or, when the store has been idle for some seconds and when it is closed, cut off by incremental_vacuum and a
 * truncating checkpoint: after that neither file holds what was deleted.
 */
#include "config.h"

#include "store/writer-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "base/os.h"

#define BATCH_BYTES          (2 * 1024 * 1024)
#define MR_PAGE_SIZE         8192
#define ROOM_PLENTY          (G_GUINT64_CONSTANT (4) << 30)
#define RIDE_USEC            (50 * 1000)
#define CHECKPOINT_PAGES     2048 /* 16 MiB of write-ahead log */
#define CHECKPOINT_IDLE_USEC (G_USEC_PER_SEC / 2)
#define SCRUB_IDLE_USEC      (4 * G_USEC_PER_SEC)
#define SCRUB_PAGES          256
#define SCRUB_STEPS_AT_CLOSE 64
#define UPLOADS_MAX          4096

/* ---- between transactions ---- */

static void
checkpoint (MrWriter *writer, int mode)
{
  MrDb *db = writer->session.db;
  int n_log = 0, n_done = 0;

  if (!db->wal)
    return;
  mr_store_fault_point ("checkpoint");
  /* A reader in the middle of a page is no reason to stand still: the next checkpoint gets the rest. */
  sqlite3_busy_timeout (db->handle, 0);
  int rc = sqlite3_wal_checkpoint_v2 (db->handle, NULL, mode, &n_log, &n_done);
  sqlite3_busy_timeout (db->handle, 5000);
  if (rc != SQLITE_OK && rc != SQLITE_BUSY)
    mr_warning ("store", "checkpoint: %s", sqlite3_errstr (rc));
  if (rc == SQLITE_OK && n_log == n_done)
    writer->wal_pages = 0;
  writer->room_is_short = FALSE;
  mr_store_fault_point ("checkpointed");
}

static int
wal_hook_cb (void *data, sqlite3 *handle, const char *name, int n_pages)
{
  ((MrWriter *)data)->wal_pages = n_pages;
  return SQLITE_OK;
}

static void
plan_idle (MrWriter *writer, IdleTask task, gint64 delay)
{
  writer->idle_task = task;
  writer->idle_due = mr_clock_monotonic (writer->clock) + delay;
}

/* FALSE: there is no free page, or they cannot be given back now. */
static gboolean
give_back_pages (MrWriter *writer)
{
  MrDb *db = writer->session.db;
  gint64 n_free = 0;

  mr_store_fault_point ("scrub");
  return mr_db_get_int (db, "PRAGMA freelist_count", &n_free, NULL) && n_free > 0
         && mr_db_exec (db, "PRAGMA incremental_vacuum(" G_STRINGIFY (SCRUB_PAGES) ")", NULL);
}

/* One short step, so that a request never waits long for it. */
static void
scrub (MrWriter *writer)
{
  if (give_back_pages (writer)) {
    if (writer->wal_pages > (int)writer->checkpoint_pages)
      checkpoint (writer, SQLITE_CHECKPOINT_PASSIVE);
    plan_idle (writer, IDLE_SCRUB, 0);
    return;
  }
  checkpoint (writer, SQLITE_CHECKPOINT_TRUNCATE);
  sqlite3_db_release_memory (writer->session.db->handle);
  plan_idle (writer, IDLE_NOTHING, 0);
}

static void
run_idle (MrWriter *writer)
{
  if (writer->idle_task == IDLE_CHECKPOINT) {
    mr_writer_write_kept_statistics (writer);
    checkpoint (writer, SQLITE_CHECKPOINT_PASSIVE);
    plan_idle (writer, IDLE_SCRUB, SCRUB_IDLE_USEC);
  } else
    scrub (writer);
}

/* ---- the queue ---- */

static void
wait_until (MrWriter *writer, gint64 due)
{
  writer->sleeping = TRUE;
  if (due == G_MAXINT64)
    pthread_cond_wait (&writer->wake, &writer->mutex);
  else {
    struct timespec until = { due / G_USEC_PER_SEC, due % G_USEC_PER_SEC * 1000 };
    pthread_cond_timedwait (&writer->wake, &writer->mutex, &until);
  }
  writer->sleeping = FALSE;
}

/* With the lock held. */
static gboolean
is_ready (MrWriter *writer, gint64 now)
{
  return writer->n_hard > 0
         || (writer->queue.n > 0 && (writer->draining || writer->stopping || now >= writer->ride_due));
}

static void
take_batch (MrWriter *writer, MrRequestList *batch)
{
  gsize bytes = 0;

  while (writer->queue.head != NULL && batch->n < MR_WRITER_BATCH_MAX && bytes < BATCH_BYTES) {
    MrRequest *request = mr_request_list_pop (&writer->queue);

    bytes += request->cost;
    writer->n_hard -= !request->ride;
    mr_request_list_push (batch, request);
  }
  writer->ride_due = 0; /* rides that are left have waited already */
}

/* FALSE: the thread ends. */
static gboolean
next_batch (MrWriter *writer, MrRequestList *batch)
{
  pthread_mutex_lock (&writer->mutex);
  writer->busy = FALSE;
  while (TRUE) {
    gint64 now = writer->n_hard > 0 ? 0 : mr_clock_monotonic (writer->clock);

    if (is_ready (writer, now))
      break;
    if (writer->queue.n == 0)
      pthread_cond_broadcast (&writer->idle);
    if (writer->stopping) {
      pthread_mutex_unlock (&writer->mutex);
      return FALSE;
    }
    if (writer->queue.n == 0 && writer->idle_task != IDLE_NOTHING && now >= writer->idle_due) {
      pthread_mutex_unlock (&writer->mutex);
      run_idle (writer);
      pthread_mutex_lock (&writer->mutex);
      continue;
    }
    wait_until (writer, writer->queue.n > 0                 ? writer->ride_due
                        : writer->idle_task != IDLE_NOTHING ? writer->idle_due
                                                            : G_MAXINT64);
  }
  take_batch (writer, batch);
  writer->busy = TRUE;
  pthread_mutex_unlock (&writer->mutex);
  return TRUE;
}

static void *
writer_main (void *data)
{
  MrWriter *writer = data;
  MrRequestList batch = { NULL, NULL, 0 };

  while (next_batch (writer, &batch)) {
    mr_writer_run_batch (writer, &batch);
    if (writer->wal_pages > (int)writer->checkpoint_pages || (writer->room_is_short && writer->wal_pages > 0))
      checkpoint (writer, SQLITE_CHECKPOINT_PASSIVE);
    plan_idle (writer, IDLE_CHECKPOINT, CHECKPOINT_IDLE_USEC);
  }
  return NULL;
}

void
mr_writer_push (MrWriter *writer, MrRequest *request)
{
  pthread_mutex_lock (&writer->mutex);
  if (request->ride && writer->queue.n == 0)
    writer->ride_due = mr_clock_monotonic (writer->clock) + RIDE_USEC;
  /* A ride into an empty queue: the sleeper must learn how long it may sleep. */
  gboolean wake = writer->sleeping && (!request->ride || writer->queue.n == 0);
  writer->n_hard += !request->ride;
  mr_request_list_push (&writer->queue, request);
  if (wake)
    pthread_cond_signal (&writer->wake);
  pthread_mutex_unlock (&writer->mutex);
}

void
mr_writer_drain (MrWriter *writer)
{
  pthread_mutex_lock (&writer->mutex);
  writer->draining = TRUE;
  pthread_cond_signal (&writer->wake);
  while (writer->queue.n > 0 || writer->busy)
    pthread_cond_wait (&writer->idle, &writer->mutex);
  pthread_mutex_unlock (&writer->mutex);
}

MrWriter *
mr_writer_new (MrStore *store, MrDb *db, gint64 next_num, guint checkpoint_pages)
{
  MrWriter *writer = g_new0 (MrWriter, 1);
  pthread_condattr_t attributes;

  writer->store = store;
  writer->session = (MrSession){ .store = store, .db = db, .next_num = next_num };
  writer->session.touched = g_array_new (FALSE, FALSE, sizeof (Touched));
  writer->session.statistics = mr_statistics_new ();
  writer->clock = mr_clock_new_real ();
  writer->checkpoint_pages = checkpoint_pages > 0 ? checkpoint_pages : CHECKPOINT_PAGES;
  writer->upload_errors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_error_free);
  sqlite3_wal_hook (db->handle, wal_hook_cb, writer);
  plan_idle (writer, IDLE_CHECKPOINT, CHECKPOINT_IDLE_USEC);

  pthread_mutex_init (&writer->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&writer->wake, &attributes);
  pthread_cond_init (&writer->idle, NULL);
  pthread_condattr_destroy (&attributes);
  if (pthread_create (&writer->thread, NULL, writer_main, writer) != 0)
    g_error ("No thread for the store");
  pthread_setname_np (writer->thread, "store-writer");
  return writer;
}

void
mr_writer_free (MrWriter *writer)
{
  pthread_mutex_lock (&writer->mutex);
  writer->stopping = TRUE;
  pthread_cond_signal (&writer->wake);
  pthread_mutex_unlock (&writer->mutex);
  pthread_join (writer->thread, NULL);

  mr_writer_write_kept_statistics (writer);
  /* A very long list of free pages is left to the next start's idle time. */
  for (guint i = 0; i < SCRUB_STEPS_AT_CLOSE && give_back_pages (writer); i++)
    continue;
  mr_db_close (writer->session.db);
  mr_statistics_free (writer->session.statistics);
  g_array_unref (writer->session.touched);
  g_hash_table_unref (writer->upload_errors);
  mr_clock_unref (writer->clock);
  pthread_cond_destroy (&writer->wake);
  pthread_cond_destroy (&writer->idle);
  pthread_mutex_destroy (&writer->mutex);
  g_free (writer);
}

/* ---- intake: what the writer remembers between transactions ---- */

const GError *
mr_writer_upload_error (MrWriter *writer, const char *id)
{
  return g_hash_table_lookup (writer->upload_errors, id);
}

void
mr_writer_set_upload_error (MrWriter *writer, const char *id, const GError *error)
{
  /* An upload that lost a chunk and is not remembered here still fails, only with a plainer error. */
  if (g_hash_table_size (writer->upload_errors) < UPLOADS_MAX)
    g_hash_table_replace (writer->upload_errors, g_strdup (id), g_error_copy (error));
}

void
mr_writer_forget_upload (MrWriter *writer, const char *id)
{
  g_hash_table_remove (writer->upload_errors, id);
}

gboolean
mr_writer_check_room (MrWriter *writer, GError **error)
{
  gint64 now = mr_clock_monotonic (writer->clock);

  pthread_mutex_lock (&writer->store->mutex);
  guint64 min_free = writer->store->min_free;
  pthread_mutex_unlock (&writer->store->mutex);
  /* What stands in the write-ahead log may need the same room once more in the database. */
  guint64 twice = (guint64)writer->wal_pages * MR_PAGE_SIZE;
  /* Near the limit each request looks for itself: a second of uploads could fill the rest. */
  if (writer->room_checked == 0 || now - writer->room_checked >= G_USEC_PER_SEC || writer->room < ROOM_PLENTY) {
    writer->room_checked = now;
    writer->room = mr_os_free_space (writer->store->path);
  }
  if (writer->room >= twice && writer->room - twice >= min_free)
    return TRUE;
  /* Pages that delivered messages left free in the database are room as well. */
  gint64 n_free = 0;
  if (mr_db_get_int (writer->session.db, "PRAGMA freelist_count", &n_free, NULL) && writer->room >= twice
      && writer->room - twice >= min_free / 2 && writer->room - twice + (guint64)n_free * MR_PAGE_SIZE >= min_free)
    return TRUE;
  writer->room_is_short = TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_FULL, _ ("The disk that holds the outbox is nearly full; make room on it"));
  return FALSE;
}
