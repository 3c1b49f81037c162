/* Worker threads for what would hold up the loop: scrypt, signatures, files that are long to parse.
 *
 * One pool for the process, of two threads: it outlives every engine, and so does what is under way in it. What is done is told through the context
 * that was asked from, never from inside the call and never from the worker.
 */
#include "engine/engine-private.h"

#define POOL_THREADS 2

typedef struct {
  void (*func) (gpointer data);
  void (*done) (gpointer data);
  gpointer data;
  GMainContext *context;
} PoolJob;

static gboolean
pool_done_cb (gpointer data)
{
  PoolJob *job = data;

  job->done (job->data);
  g_main_context_unref (job->context);
  g_free (job);
  return G_SOURCE_REMOVE;
}

static void
pool_run (gpointer data, gpointer user_data)
{
  PoolJob *job = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  job->func (job->data);
  /* Never g_main_context_invoke(): while nobody runs the loop it would call from this thread. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, pool_done_cb, job, NULL);
  g_source_attach (source, job->context);
}

void
mr_engine_run_in_pool (void (*func) (gpointer data), void (*done) (gpointer data), gpointer data)
{
  static GThreadPool *pool;
  PoolJob *job = g_new0 (PoolJob, 1);

  if (pool == NULL)
    pool = g_thread_pool_new (pool_run, NULL, POOL_THREADS, FALSE, NULL);
  job->func = func;
  job->done = done;
  job->data = data;
  job->context = g_main_context_ref_thread_default ();
  g_thread_pool_push (pool, job, NULL);
}
