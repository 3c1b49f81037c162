/* A reader thread: its own connection, opened with the first request, so that a service that only delivers small
 * messages never pays for it. Every request reads in a snapshot of its own and sees each commit that was answered before it
 * was made. */
#include "store/list-query.h"
#include "store/private.h"
#include "store/search.h"

#include "base/log.h"

#define READER_CACHE_KIB 1024
#define IDLE_USEC        (4 * G_USEC_PER_SEC)

struct _MrReader {
  MrSession session;
  MrStore *store;
  MrClock *clock;
  char *name;

  pthread_mutex_t mutex; /* guards what follows */
  pthread_cond_t wake, idle;
  pthread_t thread;
  gboolean started;
  MrRequestList queue;
  gboolean busy, stopping;
  MrRequest *current;
};

static gboolean
open_connection (MrReader *reader, GError **error)
{
  MrDbFlags flags = MR_DB_READ_ONLY | (reader->store->rollback_journal ? MR_DB_ROLLBACK_JOURNAL : 0);

  if (reader->session.db != NULL)
    return TRUE;
  g_autoptr (MrDb) db = mr_db_open (reader->store->path, flags, READER_CACHE_KIB, error);
  if (db == NULL || !mr_list_query_register (db, error))
    return FALSE;
  pthread_mutex_lock (&reader->mutex); /* mr_reader_interrupt() looks at it */
  reader->session.db = g_steal_pointer (&db);
  pthread_mutex_unlock (&reader->mutex);
  return TRUE;
}

static void
run_request (MrReader *reader, MrRequest *request)
{
  MrSession *session = &reader->session;

  if (g_atomic_int_get (&request->moot) || !open_connection (reader, &request->error))
    return;
  g_auto (MrRow) begin = mr_db_statement (session->db, "BEGIN", &request->error);
  if (begin == NULL || !mr_db_run (session->db, begin, &request->error))
    return;
  session->now = mr_clock_wall (reader->store->clock);
  request->kind->run (session, request, &request->error);
  /* Nothing was written: the rollback only ends the snapshot. */
  mr_db_rollback (session->db);
}

/* Until a request comes or something is to be put away; TRUE: the time is over. With the mutex. */
static gboolean
wait_for_request (MrReader *reader, gint64 usec)
{
  if (usec < 0) {
    pthread_cond_wait (&reader->wake, &reader->mutex);
    return FALSE;
  }
  gint64 due = mr_clock_monotonic (reader->clock) + usec;
  struct timespec until = { due / G_USEC_PER_SEC, due % G_USEC_PER_SEC * 1000 };
  return pthread_cond_timedwait (&reader->wake, &reader->mutex, &until) != 0;
}

/* Nothing is asked. What the index of the search lacks is added step by step, with an ear at the queue; then memory is given back, and at last the
 * index. With the mutex, which is let go in between. */
static void
rest (MrReader *reader, gboolean *rested)
{
  MrSearch *search = reader->session.search;
  gboolean has_index = search != NULL && reader->session.db != NULL && mr_search_get_rest (search) >= 0;

  if (has_index) {
    pthread_mutex_unlock (&reader->mutex);
    gboolean worked = mr_search_step (search, &reader->session);
    pthread_mutex_lock (&reader->mutex);
    if (worked || reader->queue.head != NULL || reader->stopping)
      return;
  }
  if (reader->session.db != NULL && !*rested) {
    *rested = wait_for_request (reader, IDLE_USEC);
    if (*rested)
      sqlite3_db_release_memory (reader->session.db->handle);
    return;
  }
  if (wait_for_request (reader, has_index ? mr_search_get_rest (search) * G_USEC_PER_SEC : -1) && has_index
      && mr_search_get_rest (search) == 0)
    mr_search_rest (search);
}

/* NULL: the thread ends. */
static MrRequest *
next_request (MrReader *reader)
{
  MrRequest *request;
  gboolean rested = FALSE;

  pthread_mutex_lock (&reader->mutex);
  reader->busy = FALSE;
  reader->current = NULL;
  while (reader->queue.head == NULL && !reader->stopping) {
    pthread_cond_broadcast (&reader->idle);
    rest (reader, &rested);
  }
  request = mr_request_list_pop (&reader->queue);
  reader->busy = request != NULL;
  reader->current = request;
  pthread_mutex_unlock (&reader->mutex);
  return request;
}

static void *
reader_main (void *data)
{
  MrReader *reader = data;
  MrRequest *request;

  while ((request = next_request (reader)) != NULL) {
    MrRequestList done = { NULL, NULL, 0 };

    run_request (reader, request);
    mr_request_list_push (&done, request);
    mr_store_complete (reader->store, &done);
  }
  return NULL;
}

void
mr_reader_push (MrReader *reader, MrRequest *request)
{
  pthread_mutex_lock (&reader->mutex);
  mr_request_list_push (&reader->queue, request);
  if (!reader->started) {
    if (pthread_create (&reader->thread, NULL, reader_main, reader) != 0)
      g_error ("No thread for the store");
    pthread_setname_np (reader->thread, reader->name);
    reader->started = TRUE;
  }
  pthread_cond_signal (&reader->wake);
  pthread_mutex_unlock (&reader->mutex);
}

void
mr_reader_interrupt (MrReader *reader, MrRequest *request)
{
  pthread_mutex_lock (&reader->mutex);
  if (reader->current == request && reader->session.db != NULL)
    sqlite3_interrupt (reader->session.db->handle);
  pthread_mutex_unlock (&reader->mutex);
}

void
mr_reader_drain (MrReader *reader)
{
  pthread_mutex_lock (&reader->mutex);
  while (reader->queue.n > 0 || reader->busy)
    pthread_cond_wait (&reader->idle, &reader->mutex);
  pthread_mutex_unlock (&reader->mutex);
}

MrReader *
mr_reader_new (MrStore *store, const char *name, gboolean searches)
{
  MrReader *reader = g_new0 (MrReader, 1);
  pthread_condattr_t attributes;

  reader->store = store;
  reader->session.store = store;
  if (searches)
    reader->session.search = mr_search_new (store->path);
  reader->clock = mr_clock_new_real ();
  reader->name = g_strdup (name);
  pthread_mutex_init (&reader->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&reader->wake, &attributes);
  pthread_cond_init (&reader->idle, NULL);
  pthread_condattr_destroy (&attributes);
  return reader;
}

void
mr_reader_free (MrReader *reader)
{
  pthread_mutex_lock (&reader->mutex);
  reader->stopping = TRUE;
  pthread_cond_signal (&reader->wake);
  pthread_mutex_unlock (&reader->mutex);
  if (reader->started)
    pthread_join (reader->thread, NULL);

  mr_search_free (reader->session.search);
  mr_db_close (reader->session.db);
  mr_list_filter_clear (&reader->session.counted_filter);
  mr_clock_unref (reader->clock);
  pthread_cond_destroy (&reader->wake);
  pthread_cond_destroy (&reader->idle);
  pthread_mutex_destroy (&reader->mutex);
  g_free (reader->name);
  g_free (reader);
}
