/* What the store alone can do: add, mark of the dot, update that finishes and deletes the body, N messages at a time.
 *
 * store-bench [FOLDER [MESSAGES [OUTSTANDING [BYTES]]]]: figures on standard output. A bench, not a test. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/id.h"
#include "store/store.h"

typedef struct {
  MrStore *store;
  MrClock *clock;
  GMainLoop *loop;
  GBytes *chunk, *tail;
  guint n_total, n_started, n_done, n_chunks;
  gint64 *latencies;
} Bench;

typedef struct {
  Bench *bench;
  char *id;
  gint64 begun;
  guint index;
} Job;

static void start_one (Bench *bench);

static void
finished_cb (const GError *error, gpointer data)
{
  Job *job = data;
  Bench *bench = job->bench;

  if (error != NULL)
    g_error ("update: %s", error->message);
  g_free (job->id);
  g_free (job);
  if (++bench->n_done == bench->n_total)
    g_main_loop_quit (bench->loop);
  else if (bench->n_started < bench->n_total)
    start_one (bench);
}

static MrAttemptRecord *
new_attempt (Bench *bench, const char *id)
{
  MrAttemptRecord *attempt = mr_attempt_record_new ();

  attempt->message_id = g_strdup (id);
  attempt->number = 1;
  attempt->started = mr_clock_wall (bench->clock);
  attempt->finished = attempt->started;
  attempt->stage = MR_STAGE_DOT;
  attempt->account = g_strdup ("work");
  attempt->host = g_strdup ("smtp.example.com");
  attempt->address = g_strdup ("192.0.2.1:587");
  attempt->tls = g_strdup ("TLSv1.3 TLS_AES_256_GCM_SHA384");
  mr_reply_record_set (&attempt->reply, 250, "2.0.0", "Ok: queued as 4XyZ1234");
  return attempt;
}

static void
added_cb (const GError *error, gpointer data)
{
  Job *job = data;
  Bench *bench = job->bench;
  const guint recipients[] = { 0, G_MAXUINT };
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  GPtrArray *attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);

  if (error != NULL)
    g_error ("add: %s", error->message);
  bench->latencies[job->index] = mr_clock_monotonic (bench->clock) - job->begun;
  mr_store_mark_dot (bench->store, job->id, recipients);
  MrRecipientRecord *recipient = mr_recipient_record_new (0, "somebody@example.com");
  recipient->state = MR_RECIPIENT_RELAYED;
  recipient->attempts = 1;
  recipient->host = g_strdup ("smtp.example.com");
  recipient->account = g_strdup ("work");
  mr_reply_record_set (&recipient->reply, 250, "2.0.0", "Ok: queued as 4XyZ1234");
  g_ptr_array_add (changed, recipient);
  g_ptr_array_add (attempts, new_attempt (bench, job->id));
  mr_store_update_message (bench->store, job->id, changed, attempts, MR_STORE_RELEASE, finished_cb, job);
}

static void
start_one (Bench *bench)
{
  Job *job = g_new0 (Job, 1);
  MrMessageRecord *record = mr_message_record_new ();

  job->bench = bench;
  job->id = mr_id_new (bench->clock);
  job->index = bench->n_started++;
  job->begun = mr_clock_monotonic (bench->clock);
  record->id = g_strdup (job->id);
  record->created = mr_clock_wall (bench->clock);
  record->reverse_path = g_strdup ("sender@example.org");
  record->from = g_strdup ("sender@example.org");
  record->subject = g_strdup ("A subject of ordinary length");
  record->message_id = g_strdup ("20261124.181117.12345@example.org");
  record->program = g_strdup ("smtp-source");
  record->socket = g_strdup ("127.0.0.1:2525");
  record->helo = g_strdup ("localhost");
  record->n_chunks = bench->n_chunks;
  record->size = (bench->n_chunks - 1) * g_bytes_get_size (bench->chunk) + g_bytes_get_size (bench->tail);
  g_ptr_array_add (record->recipients, mr_recipient_record_new (0, "somebody@example.com"));
  for (guint i = 0; i + 1 < bench->n_chunks; i++)
    mr_store_put_chunk (bench->store, job->id, i, bench->chunk, NULL, NULL);
  mr_store_add_message (bench->store, record, bench->tail, TRUE, added_cb, job);
}

static int
compare_times (const void *a, const void *b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return x < y ? -1 : x > y;
}

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static GBytes *
random_bytes (gsize len)
{
  guint8 *data = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8)g_random_int ();
  return g_bytes_new_take (data, len);
}

static void
run (Bench *bench, guint outstanding, gsize bytes)
{
  double cpu = cpu_seconds ();
  gint64 begun = mr_clock_monotonic (bench->clock);

  for (guint i = 0; i < outstanding && bench->n_started < bench->n_total; i++)
    start_one (bench);
  g_main_loop_run (bench->loop);
  double seconds = (double)(mr_clock_monotonic (bench->clock) - begun) / 1e6;
  qsort (bench->latencies, bench->n_total, sizeof (gint64), compare_times);
  g_print ("%u messages of %zu bytes, %u at a time: %.0f/s, %.1f MB/s, %.1f us CPU each, add p50 %.2f p99 %.2f max "
           "%.2f ms\n",
           bench->n_total, bytes, outstanding, bench->n_total / seconds,
           (double)bench->n_total * (double)bytes / seconds / 1e6, (cpu_seconds () - cpu) * 1e6 / bench->n_total,
           (double)bench->latencies[bench->n_total / 2] / 1e3,
           (double)bench->latencies[bench->n_total * 99 / 100] / 1e3,
           (double)bench->latencies[bench->n_total - 1] / 1e3);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = argc > 1 ? g_strdup (argv[1]) : g_dir_make_tmp ("store-bench-XXXXXX", NULL);
  guint n_total = argc > 2 ? (guint)atoi (argv[2]) : 50000, outstanding = argc > 3 ? (guint)atoi (argv[3]) : 20;
  gsize bytes = argc > 4 ? (gsize)atoll (argv[4]) : 4096;
  g_autofree char *path = g_build_filename (folder, "bench.sqlite", NULL);
  g_autofree char *lock = g_build_filename (folder, "lock", NULL);
  g_autoptr (MrClock) clock = mr_clock_new_real ();
  MrStoreOptions options
      = { .path = path, .lock_path = lock, .clock = clock, .keep_failed_days = 30, .keep_history_days = 90 };
  g_autoptr (GError) error = NULL;
  Bench bench
      = { .clock = clock, .n_total = n_total, .n_chunks = (guint)((bytes + MR_STORE_CHUNK - 1) / MR_STORE_CHUNK) };

  bench.store = mr_store_open (&options, NULL, &error);
  if (bench.store == NULL)
    g_error ("%s", error->message);
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.chunk = random_bytes (MR_STORE_CHUNK);
  bench.tail = random_bytes (bytes - (bench.n_chunks - 1) * MR_STORE_CHUNK);
  bench.latencies = g_new0 (gint64, n_total);
  run (&bench, outstanding, bytes);

  mr_store_close (bench.store);
  g_main_loop_unref (bench.loop);
  g_bytes_unref (bench.chunk);
  g_bytes_unref (bench.tail);
  g_free (bench.latencies);
  g_unlink (path);
  g_unlink (lock);
  if (argc < 2)
    g_rmdir (folder);
  return 0;
}
