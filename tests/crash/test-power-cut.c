/* The promise of the 250 under power cuts: whatever the disk did with what it was not told to sync, every message
 * whose commit was answered is there with its bytes, and no state went back.
 *
 * Each run opens a store on the power-cut VFS, works on it at random and loses the power at a random write; often it loses
 * it once more while it recovers. Then the store is opened for good and compared with what had been answered. The same
 * test with synchronous=OFF must fail, or it would prove nothing.
 *
 * MR_POWER_CUT_RUNS (200) and MR_POWER_CUT_SEED in the environment change how much and which.
 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "store/private.h"
#include "vfs/power-vfs.h"

#define START        (G_GINT64_CONSTANT (1790000000) * G_USEC_PER_SEC)
#define MESSAGES_MAX 60
#define CHUNK        30000

typedef struct _Run Run;

typedef struct {
  MrRecipientState state;
  gboolean answered;
} Step;

/* What was asked of one message, and how much of it was answered. */
typedef struct {
  Run *run;
  char *id;
  guint n_chunks;
  gsize tail;
  gboolean added;
  Step steps[3];
  guint n_steps;
} Message;

struct _Run {
  GRand *rand;
  char *folder, *path, *lock;
  MrClock *clock;
  MrStore *store;
  MrDbFlags flags;
  GPtrArray *messages;
  gint64 value, value_answered;
  guint n_open;
};

static void
free_message (gpointer data)
{
  Message *message = data;

  g_free (message->id);
  g_free (message);
}

/* Bytes that can be made again. */
static GBytes *
chunk_of (const Message *message, guint seq)
{
  gsize len = seq + 1 == message->n_chunks ? message->tail : CHUNK;
  guint8 *data = g_malloc (len);
  guint32 state = g_str_hash (message->id) + seq;

  for (gsize i = 0; i < len; i++) {
    state = state * 1664525u + 1013904223u;
    data[i] = (guint8)(state >> 24);
  }
  return g_bytes_new_take (data, len);
}

/* ---- the work ---- */

static void
updated_cb (const GError *error, gpointer data)
{
  Message *message = data;

  message->run->n_open--;
  if (error == NULL)
    message->steps[message->n_steps - 1].answered = TRUE;
}

static void
update (Message *message)
{
  static const MrRecipientState states[] = { MR_RECIPIENT_DELIVERED, MR_RECIPIENT_RELAYED, MR_RECIPIENT_WAITING,
                                             MR_RECIPIENT_FAILED };
  Run *run = message->run;
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  GPtrArray *attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);
  MrRecipientRecord *recipient = mr_recipient_record_new (0, "to@example.com");
  const guint dot[] = { 0, G_MAXUINT };

  if (g_rand_boolean (run->rand))
    mr_store_mark_dot (run->store, message->id, dot);
  recipient->state = states[g_rand_int_range (run->rand, 0, G_N_ELEMENTS (states))];
  recipient->next_attempt = START;
  message->steps[message->n_steps++] = (Step){ recipient->state, FALSE };
  g_ptr_array_add (changed, recipient);
  g_ptr_array_add (attempts, mr_attempt_record_new ());
  run->n_open++;
  mr_store_update_message (run->store, message->id, changed, attempts, 0, updated_cb, message);
}

static void
added_cb (const GError *error, gpointer data)
{
  Message *message = data;

  message->run->n_open--;
  message->added = error == NULL;
}

static void
add (Run *run)
{
  Message *message = g_new0 (Message, 1);
  MrMessageRecord *record = mr_message_record_new ();

  mr_clock_advance (run->clock, 1000);
  message->run = run;
  message->id = mr_id_new (run->clock);
  message->n_chunks = g_rand_int_range (run->rand, 0, 4) == 0 ? (guint)g_rand_int_range (run->rand, 2, 6) : 1;
  message->tail = (gsize)g_rand_int_range (run->rand, 1, CHUNK);
  g_ptr_array_add (run->messages, message);
  record->id = g_strdup (message->id);
  record->reverse_path = g_strdup ("from@example.com");
  record->n_chunks = message->n_chunks;
  g_ptr_array_add (record->recipients, mr_recipient_record_new (0, "to@example.com"));
  for (guint seq = 0; seq + 1 < message->n_chunks; seq++) {
    g_autoptr (GBytes) chunk = chunk_of (message, seq);
    mr_store_put_chunk (run->store, message->id, seq, chunk, NULL, NULL);
  }
  g_autoptr (GBytes) last = chunk_of (message, message->n_chunks - 1);
  run->n_open++;
  mr_store_add_message (run->store, record, last, TRUE, added_cb, message);
}

static void
cleared_cb (const GError *error, gpointer data)
{
  Run *run = ((gpointer *)data)[0];

  run->n_open--;
  /* Nobody is told when a ride fails: while there is power it does not. */
  if (error == NULL && !power_vfs_is_cut ())
    run->value_answered = (gint64)(gsize)((gpointer *)data)[1];
  g_free (data);
}

/* A value rides in the commit of the request behind it. */
static void
set_value (Run *run)
{
  gpointer *data = g_new (gpointer, 2);

  mr_store_set_value (run->store, "online", ++run->value);
  data[0] = run;
  data[1] = (gpointer)(gsize)run->value;
  run->n_open++;
  mr_store_clear_refusals (run->store, 4711, cleared_cb, data);
}

static void
act (Run *run)
{
  int what = g_rand_int_range (run->rand, 0, 10);

  if (what < 5 && run->messages->len < MESSAGES_MAX)
    add (run);
  else if (what < 9 && run->messages->len > 0) {
    Message *message = g_ptr_array_index (run->messages,
                                          (guint)g_rand_int_range (run->rand, 0, (gint32)run->messages->len));
    gboolean settled = message->n_steps == 0
                       || (message->steps[message->n_steps - 1].answered
                           && message->steps[message->n_steps - 1].state == MR_RECIPIENT_WAITING);
    if (message->added && settled && message->n_steps < G_N_ELEMENTS (message->steps))
      update (message);
  } else
    set_value (run);
}

static gboolean
open_store (Run *run, GError **error)
{
  const MrStoreOptions options = {
    .path = run->path, .lock_path = run->lock, .clock = run->clock, .keep_failed_days = 30, .keep_history_days = 90
  };
  const MrStoreTuning tuning = { .flags = run->flags, .checkpoint_pages = 40 };

  run->store = mr_store_open_tuned (&options, &tuning, NULL, error);
  return run->store != NULL;
}

static void
close_store (Run *run)
{
  if (run->store != NULL)
    mr_store_close (run->store);
  run->store = NULL;
}

static void
work_until_cut (Run *run)
{
  guint outstanding = (guint)g_rand_int_range (run->rand, 1, 25);
  guint n_acts = 0;

  while (!power_vfs_is_cut () && n_acts < 400) {
    if (run->n_open < outstanding) {
      act (run);
      n_acts++;
    }
    g_main_context_iteration (NULL, run->n_open >= outstanding);
  }
  power_vfs_cut ();
}

/* ---- the comparison ---- */

typedef struct {
  gboolean done;
  gboolean found;
  MrRecipientState state;
  gboolean has_body;
  gboolean equal;
  GBytes *expected;
} Seen;

static void
get_cb (MrMessageRecord *record, GPtrArray *attempts, const GError *error, gpointer data)
{
  Seen *seen = data;

  seen->done = TRUE;
  seen->found = record != NULL && record->hold != MR_HOLD_DAMAGED && record->recipients->len == 1;
  if (!seen->found)
    return;
  seen->state = ((MrRecipientRecord *)record->recipients->pdata[0])->state;
  seen->has_body = record->has_body;
}

static void
load_cb (GBytes *chunk, const GError *error, gpointer data)
{
  Seen *seen = data;

  seen->done = TRUE;
  seen->equal = chunk != NULL && g_bytes_equal (chunk, seen->expected);
}

static void
wait (Seen *seen)
{
  while (!seen->done)
    g_main_context_iteration (NULL, TRUE);
  seen->done = FALSE;
}

static gboolean
has_equal_body (Run *run, const Message *message)
{
  gboolean equal = TRUE;

  for (guint seq = 0; equal && seq < message->n_chunks; seq++) {
    g_autoptr (GBytes) expected = chunk_of (message, seq);
    Seen seen = { .expected = expected };

    mr_store_load_chunk (run->store, message->id, seq, load_cb, &seen);
    wait (&seen);
    equal = seen.equal;
  }
  return equal;
}

/* The state that was answered last, or one that was asked for later. A recipient that waited may be uncertain: its dot
 * had been marked. */
static gboolean
is_possible (const Message *message, MrRecipientState state)
{
  MrRecipientState now = MR_RECIPIENT_WAITING;

  if (state == MR_RECIPIENT_UNCERTAIN)
    state = MR_RECIPIENT_WAITING;
  for (guint i = 0; i < message->n_steps; i++)
    if (message->steps[i].answered)
      now = message->steps[i].state;
  if (state == now)
    return TRUE;
  for (guint i = 0; i < message->n_steps; i++)
    if (!message->steps[i].answered && message->steps[i].state == state)
      return TRUE;
  return FALSE;
}

/* FALSE: lost, damaged or gone back. What was not answered may be there or not, but never in part. */
static gboolean
is_kept (Run *run, const Message *message)
{
  Seen seen = { 0 };

  mr_store_get_message (run->store, message->id, get_cb, &seen);
  wait (&seen);
  if (!seen.found)
    return !message->added;
  if (!is_possible (message, seen.state))
    return FALSE;
  gboolean gone = seen.state == MR_RECIPIENT_DELIVERED || seen.state == MR_RECIPIENT_RELAYED;
  return gone ? !seen.has_body : seen.has_body && has_equal_body (run, message);
}

static gint64
query (Run *run, const char *sql)
{
  sqlite3 *handle = NULL;
  sqlite3_stmt *stmt = NULL;
  gint64 value = -1;

  if (sqlite3_open (run->path, &handle) == SQLITE_OK && sqlite3_prepare_v2 (handle, sql, -1, &stmt, NULL) == SQLITE_OK
      && sqlite3_step (stmt) == SQLITE_ROW)
    value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (handle);
  return value;
}

/* Number of things that are not as they were answered. */
static guint
count_losses (Run *run)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  power_vfs_reset (0);
  run->flags = 0;
  if (!open_store (run, &error)) {
    g_test_message ("cannot be opened: %s", error->message);
    return run->messages->len + 1;
  }
  for (guint i = 0; i < run->messages->len; i++)
    n += !is_kept (run, g_ptr_array_index (run->messages, i));
  n += mr_store_get_value (run->store, "online", 0) < run->value_answered;
  close_store (run);
  n += query (run, "SELECT count(*) = 1 FROM pragma_integrity_check WHERE integrity_check = 'ok'") != 1;
  n += query (run, "SELECT count(*) FROM incoming") != 0;
  n += query (run, "SELECT count(*) FROM chunk WHERE key >> 20 NOT IN (SELECT num FROM message WHERE body > 0)") != 0;
  return n;
}

/* ---- one run ---- */

static void
power_cut_while_opening (Run *run)
{
  power_vfs_reset ((guint)g_rand_int_range (run->rand, 1, 40));
  if (open_store (run, NULL))
    power_vfs_cut ();
  close_store (run);
  power_vfs_settle (run->rand);
}

static Run *
new_run (guint32 seed, MrDbFlags flags)
{
  Run *run = g_new0 (Run, 1);

  run->rand = g_rand_new_with_seed (seed);
  run->folder = g_dir_make_tmp ("power-XXXXXX", NULL);
  run->path = g_build_filename (run->folder, "queue.sqlite", NULL);
  run->lock = g_build_filename (run->folder, "lock", NULL);
  run->clock = mr_clock_new_fake (START);
  run->flags = flags;
  run->messages = g_ptr_array_new_with_free_func (free_message);
  return run;
}

static void
free_run (Run *run)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = g_strconcat (run->path, suffixes[i], NULL);
    g_unlink (path);
  }
  g_unlink (run->lock);
  g_rmdir (run->folder);
  g_rand_free (run->rand);
  g_ptr_array_unref (run->messages);
  mr_clock_unref (run->clock);
  g_free (run->folder);
  g_free (run->path);
  g_free (run->lock);
  g_free (run);
}

static guint
run_once (guint32 seed, MrDbFlags flags, guint *answered)
{
  Run *run = new_run (seed, flags);
  guint n_cuts_more = g_rand_int_range (run->rand, 0, 3) == 0 ? (guint)g_rand_int_range (run->rand, 1, 4) : 0;

  power_vfs_reset ((guint)g_rand_int_range (run->rand, 1, g_rand_boolean (run->rand) ? 120 : 2500));
  if (open_store (run, NULL))
    work_until_cut (run);
  close_store (run);
  power_vfs_settle (run->rand);
  for (guint i = 0; i < n_cuts_more; i++)
    power_cut_while_opening (run);
  guint losses = count_losses (run);
  for (guint i = 0; i < run->messages->len; i++)
    *answered += ((Message *)g_ptr_array_index (run->messages, i))->added;
  free_run (run);
  return losses;
}

static guint32
number (const char *name, guint32 def)
{
  const char *text = g_getenv (name);

  return text != NULL ? (guint32)g_ascii_strtoull (text, NULL, 10) : def;
}

static void
test_full (void)
{
  guint n_runs = number ("MR_POWER_CUT_RUNS", 200), answered = 0;
  guint32 seed = number ("MR_POWER_CUT_SEED", 1);

  for (guint i = 0; i < n_runs; i++) {
    guint losses = run_once (seed + i, 0, &answered);
    if (losses > 0)
      g_error ("seed %u: %u losses", seed + i, losses);
  }
  g_test_message ("%u power cuts, %u messages answered, none lost", n_runs, answered);
  g_assert_cmpuint (answered, >, n_runs);
}

static void
test_rollback_journal (void)
{
  guint n_runs = number ("MR_POWER_CUT_RUNS", 200) / 4, answered = 0;
  guint32 seed = number ("MR_POWER_CUT_SEED", 1);

  for (guint i = 0; i < n_runs; i++) {
    guint losses = run_once (seed + i, MR_DB_ROLLBACK_JOURNAL, &answered);
    if (losses > 0)
      g_error ("seed %u: %u losses", seed + i, losses);
  }
  g_test_message ("%u power cuts, %u messages answered, none lost", n_runs, answered);
}

/* The test of the test. */
static void
test_without_sync (void)
{
  guint answered = 0, n_losing = 0;
  guint32 seed = number ("MR_POWER_CUT_SEED", 1);

  for (guint i = 0; i < 40; i++)
    n_losing += run_once (seed + i, MR_DB_NO_SYNC, &answered) > 0;
  g_test_message ("synchronous=OFF: losses in %u of 40 power cuts", n_losing);
  g_assert_cmpuint (n_losing, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  power_vfs_register ();
  g_test_add_func ("/power-cut/nothing-acknowledged-is-lost", test_full);
  g_test_add_func ("/power-cut/with-a-rollback-journal", test_rollback_journal);
  g_test_add_func ("/power-cut/without-sync-the-test-fails", test_without_sync);
  return g_test_run ();
}
