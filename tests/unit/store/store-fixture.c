/* Waiting calls over the asynchronous store. */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

static char *
beside (const char *path, const char *suffix)
{
  return g_strconcat (path, suffix, NULL);
}

void
store_fixture_open (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->store = mr_store_open_tuned (&fixture->options, &fixture->tuning, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fixture->store);
}

void
store_fixture_close (StoreFixture *fixture)
{
  /* Callbacks that run while it closes still use it. */
  if (fixture->store != NULL)
    mr_store_close (fixture->store);
  fixture->store = NULL;
}

void
store_fixture_set_up (StoreFixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("store-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "queue.sqlite", NULL);
  fixture->lock = g_build_filename (fixture->folder, "lock", NULL);
  fixture->clock = mr_clock_new_fake (START);
  fixture->options = (MrStoreOptions){ .path = fixture->path,
                                       .lock_path = fixture->lock,
                                       .clock = fixture->clock,
                                       .keep_bodies_days = 0,
                                       .keep_failed_days = 30,
                                       .keep_history_days = 90 };
  store_fixture_open (fixture);
}

static void
remove_files (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *file = beside (path, suffixes[i]);
    g_unlink (file);
  }
}

void
store_fixture_tear_down (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_close (fixture);
  remove_files (fixture->path);
  g_unlink (fixture->lock);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->lock);
  g_free (fixture->folder);
  mr_clock_unref (fixture->clock);
}

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *contents = NULL;
  gsize len;

  if (g_file_get_contents (from, &contents, &len, NULL))
    g_assert_true (g_file_set_contents (to, contents, (gssize)len, NULL));
}

void
store_fixture_crash (StoreFixture *fixture)
{
  g_autofree char *wal = beside (fixture->path, "-wal");
  g_autofree char *kept = beside (fixture->path, ".kept");
  g_autofree char *kept_wal = beside (fixture->path, ".kept-wal");

  copy_file (fixture->path, kept);
  copy_file (wal, kept_wal);
  store_fixture_close (fixture);
  remove_files (fixture->path);
  g_assert_cmpint (g_rename (kept, fixture->path), ==, 0);
  g_rename (kept_wal, wal);
  store_fixture_open (fixture);
}

static sqlite3 *
open_raw (StoreFixture *fixture)
{
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (fixture->path, &handle), ==, SQLITE_OK);
  return handle;
}

void
store_fixture_exec (StoreFixture *fixture, const char *sql)
{
  char *message = NULL;

  store_fixture_close (fixture);
  sqlite3 *handle = open_raw (fixture);
  sqlite3_exec (handle, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (handle);
  store_fixture_open (fixture);
}

gint64
store_fixture_query (StoreFixture *fixture, const char *sql)
{
  sqlite3 *handle = open_raw (fixture);
  sqlite3_stmt *stmt = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  gint64 value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (handle);
  return value;
}

/* ---- answers ---- */

void
store_answer_cb (const GError *error, gpointer data)
{
  StoreAnswer *answer = data;

  g_assert_false (answer->done);
  answer->done = TRUE;
  answer->error = error != NULL ? g_error_copy (error) : NULL;
}

void
store_wait (StoreAnswer *answer, GError **error)
{
  while (!answer->done)
    g_main_context_iteration (NULL, TRUE);
  if (answer->error != NULL)
    g_propagate_error (error, g_steal_pointer (&answer->error));
  answer->done = FALSE;
}

void
store_wait_ok (StoreAnswer *answer)
{
  g_autoptr (GError) error = NULL;

  store_wait (answer, &error);
  g_assert_no_error (error);
}

MrMessageRecord *
store_new_record (StoreFixture *fixture, guint n_recipients)
{
  MrMessageRecord *record = mr_message_record_new ();

  record->id = mr_id_new (fixture->clock);
  mr_clock_advance (fixture->clock, 1000); /* ids that sort in the order they were made */
  record->created = mr_clock_wall (fixture->clock);
  record->reverse_path = g_strdup ("anna@example.org");
  record->from = g_strdup ("anna@example.org");
  record->subject = g_strdup ("Tea, 100 % of it");
  record->message_id = g_strdup ("one@example.org");
  record->program = g_strdup ("git");
  record->uid = 1000;
  record->pid = 4711;
  record->socket = g_strdup ("127.0.0.1:2525");
  record->helo = g_strdup ("localhost");
  record->n_chunks = 1;
  for (guint i = 0; i < n_recipients; i++) {
    g_autofree char *address = g_strdup_printf ("r%u@example.com", i);
    g_ptr_array_add (record->recipients, mr_recipient_record_new (i, address));
  }
  return record;
}

char *
store_add_record (StoreFixture *fixture, MrMessageRecord *record, const char *body, gboolean lease)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  char *id = g_strdup (record->id);
  StoreAnswer answer = { 0 };

  record->size = strlen (body);
  mr_store_add_message (fixture->store, record, bytes, lease, store_answer_cb, &answer);
  store_wait_ok (&answer);
  return id;
}

char *
store_add (StoreFixture *fixture, guint n_recipients, const char *body)
{
  return store_add_record (fixture, store_new_record (fixture, n_recipients), body, FALSE);
}

typedef struct {
  StoreAnswer answer;
  GPtrArray *messages, *attempts;
  MrMessageRecord *message;
  GBytes *chunk;
  MrStoreCounts counts;
  gint64 next_due;
} Result;

static void
lease_cb (GPtrArray *messages, gint64 next_due, const GError *error, gpointer data)
{
  Result *result = data;

  result->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);
  while (messages->len > 0)
    g_ptr_array_add (result->messages, g_ptr_array_steal_index (messages, 0));
  result->next_due = next_due;
  store_answer_cb (error, &result->answer);
}

GPtrArray *
store_lease (StoreFixture *fixture, gint64 now, guint limit, gint64 *ret_next_due)
{
  Result result = { 0 };

  mr_store_lease_due (fixture->store, now, limit, lease_cb, &result);
  store_wait_ok (&result.answer);
  if (ret_next_due != NULL)
    *ret_next_due = result.next_due;
  return result.messages;
}

gboolean
store_lease_one_ok (StoreFixture *fixture, const char *id)
{
  Result result = { 0 };

  mr_store_lease_one (fixture->store, id, lease_cb, &result);
  store_wait_ok (&result.answer);
  gboolean ok = result.messages->len == 1;
  g_ptr_array_unref (result.messages);
  return ok;
}

static void
get_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  Result *result = data;

  result->message = message != NULL ? mr_message_record_copy (message) : NULL;
  result->attempts = attempts != NULL ? g_ptr_array_ref (attempts) : NULL;
  store_answer_cb (error, &result->answer);
}

MrMessageRecord *
store_get (StoreFixture *fixture, const char *id, GPtrArray **ret_attempts, GError **error)
{
  Result result = { 0 };

  mr_store_get_message (fixture->store, id, get_cb, &result);
  if (error != NULL)
    store_wait (&result.answer, error);
  else
    store_wait_ok (&result.answer);
  if (ret_attempts != NULL)
    *ret_attempts = result.attempts;
  else
    g_clear_pointer (&result.attempts, g_ptr_array_unref);
  return result.message;
}

static void
load_cb (GBytes *chunk, const GError *error, gpointer data)
{
  Result *result = data;

  result->chunk = chunk != NULL ? g_bytes_ref (chunk) : NULL;
  store_answer_cb (error, &result->answer);
}

GBytes *
store_load (StoreFixture *fixture, const char *id, guint seq, GError **error)
{
  Result result = { 0 };

  mr_store_load_chunk (fixture->store, id, seq, load_cb, &result);
  if (error != NULL)
    store_wait (&result.answer, error);
  else
    store_wait_ok (&result.answer);
  return result.chunk;
}

static void
count_cb (const MrStoreCounts *counts, const GError *error, gpointer data)
{
  Result *result = data;

  result->counts = *counts;
  store_answer_cb (error, &result->answer);
}

MrStoreCounts
store_counts (StoreFixture *fixture)
{
  Result result = { 0 };

  mr_store_count (fixture->store, count_cb, &result);
  store_wait_ok (&result.answer);
  return result.counts;
}

void
store_change (StoreFixture *fixture, const char *id, guint n, MrRecipientState state, MrWaitReason reason,
              gint64 next_attempt, MrStoreUpdateFlags flags, GError **error)
{
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  g_autofree char *address = g_strdup_printf ("r%u@example.com", n);
  MrRecipientRecord *recipient = mr_recipient_record_new (n, address);
  StoreAnswer answer = { 0 };

  recipient->state = state;
  recipient->wait_reason = reason;
  recipient->next_attempt = next_attempt;
  recipient->account = g_strdup ("work");
  g_ptr_array_add (changed, recipient);
  mr_store_update_message (fixture->store, id, changed, NULL, flags, store_answer_cb, &answer);
  if (error != NULL)
    store_wait (&answer, error);
  else
    store_wait_ok (&answer);
}
