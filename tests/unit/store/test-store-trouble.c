/* Crashes, damaged rows, full disks, network file systems. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/log.h"
#include "store-fixture.h"
#include "store/lists.h"

typedef StoreFixture Fixture;

static const MrRecipientRecord *
first (const MrMessageRecord *record)
{
  return record->recipients->pdata[0];
}

static void
flush (Fixture *fixture)
{
  StoreAnswer answer = { 0 };

  mr_store_clear_refusals (fixture->store, 4711, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

/* What was being sent is uncertain with the mark of the dot and waits without it; what was final stays. */
static void
test_recovery (Fixture *fixture, gconstpointer data)
{
  const guint zero[] = { 0, 2, G_MAXUINT };
  g_autofree char *marked = store_add_record (fixture, store_new_record (fixture, 3), "marked", TRUE);
  g_autofree char *sending = store_add_record (fixture, store_new_record (fixture, 1), "sending", TRUE);
  g_autofree char *waiting = store_add_record (fixture, store_new_record (fixture, 1), "waiting", TRUE);
  g_assert_nonnull (waiting);
  MrMessageRecord *later = store_new_record (fixture, 1);

  ((MrRecipientRecord *)later->recipients->pdata[0])->next_attempt = START * 2;
  g_autofree char *not_leased = store_add_record (fixture, later, "later", FALSE);
  g_assert_nonnull (not_leased);
  store_change (fixture, marked, 2, MR_RECIPIENT_FAILED, 0, 0, 0, NULL);
  store_change (fixture, sending, 0, MR_RECIPIENT_SENDING, 0, 0, 0, NULL);
  mr_store_mark_dot (fixture->store, marked, zero);
  flush (fixture);
  mr_clock_advance (fixture->clock, G_USEC_PER_SEC);
  store_fixture_crash (fixture);

  gint64 now = mr_clock_wall (fixture->clock);
  g_autoptr (MrMessageRecord) a = store_get (fixture, marked, NULL, NULL);
  g_assert_cmpint (first (a)->state, ==, MR_RECIPIENT_UNCERTAIN);
  g_assert_cmpuint (first (a)->uncertain, ==, 1);
  g_assert_cmpint (first (a)->stage, ==, MR_STAGE_DOT);
  g_assert_cmpint (first (a)->next_attempt, ==, now);
  g_assert_cmpint (((MrRecipientRecord *)a->recipients->pdata[1])->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpint (((MrRecipientRecord *)a->recipients->pdata[2])->state, ==, MR_RECIPIENT_FAILED);
  g_autoptr (MrMessageRecord) b = store_get (fixture, sending, NULL, NULL);
  g_assert_cmpint (first (b)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpuint (first (b)->uncertain, ==, 0);
  g_autoptr (GPtrArray) due = store_lease (fixture, now, 10, NULL);
  g_assert_cmpuint (due->len, ==, 3);
  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.messages_active, ==, 4);
  g_assert_cmpuint (counts.recipients[MR_RECIPIENT_UNCERTAIN], ==, 1);
  g_assert_cmpuint (counts.recipients[MR_RECIPIENT_WAITING], ==, 4);
}

/* The mark of an attempt that came to an end does not follow the recipient into the next one. */
static void
test_mark_ends_with_update (Fixture *fixture, gconstpointer data)
{
  const guint zero[] = { 0, G_MAXUINT };
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);

  mr_store_mark_dot (fixture->store, id, zero);
  store_change (fixture, id, 0, MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, START + 5, 0, NULL);
  store_fixture_crash (fixture);
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (first (got)->state, ==, MR_RECIPIENT_WAITING);
}

static void
test_recovery_of_uploads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) chunk = g_bytes_new_static ("x", 1);
  g_autofree char *id = mr_id_new (fixture->clock);
  g_autofree char *kept = store_add (fixture, 1, "kept");
  g_assert_nonnull (kept);
  StoreAnswer answer = { 0 };

  mr_store_put_chunk (fixture->store, id, 0, chunk, NULL, NULL);
  mr_store_put_chunk (fixture->store, id, 1, chunk, store_answer_cb, &answer);
  store_wait_ok (&answer);
  store_fixture_crash (fixture);
  g_autofree char *next = store_add (fixture, 1, "next");
  g_autoptr (GBytes) body = store_load (fixture, next, 0, NULL);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 4);
  store_fixture_close (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM chunk"), ==, 2);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM incoming"), ==, 0);
  /* Numbers are not used again. */
  g_assert_cmpint (store_fixture_query (fixture, "SELECT max (num) - min (num) > 1 FROM message"), ==, 1);
}

static void
expect_damaged (Fixture *fixture, const char *id)
{
  g_autoptr (GPtrArray) due = store_lease (fixture, START * 2, 10, NULL);

  g_assert_cmpuint (due->len, ==, 1); /* its sound neighbour */
  flush (fixture);
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (got->hold, ==, MR_HOLD_DAMAGED);
  g_assert_cmpuint (store_counts (fixture).messages_held, ==, 1);
}

static const char *const damages[] = {
  "PRAGMA ignore_check_constraints=1; UPDATE recipient SET state = 77 WHERE key = (SELECT min (key) FROM recipient)",
  "DELETE FROM recipient WHERE key = (SELECT min (key) + 1 FROM recipient)",
  "UPDATE recipient SET address = 'a' || char (13, 10) || 'RCPT' WHERE key = (SELECT min (key) FROM recipient)",
  "UPDATE recipient SET address = CAST (x'ff40' AS TEXT) WHERE key = (SELECT min (key) FROM recipient)",
  "UPDATE recipient SET cause_params = '<nonsense' WHERE key = (SELECT min (key) FROM recipient)",
  "UPDATE recipient SET attempts = 'many' WHERE key = (SELECT min (key) FROM recipient)",
  "UPDATE message SET reverse_path = 'a' || char (10) WHERE num = (SELECT min (num) FROM message)",
  "UPDATE message SET subject = x'00ff' WHERE num = (SELECT min (num) FROM message)",
  "UPDATE message SET n_chunks = -5 WHERE num = (SELECT min (num) FROM message)",
  "UPDATE message SET pid = 1.5 WHERE num = (SELECT min (num) FROM message)",
};

/* Whatever stands in the file: set aside, shown, kept; the others go on. */
static void
test_damaged_rows (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 2, "x");
  g_autofree char *sound = store_add (fixture, 1, "y");
  g_assert_nonnull (sound);

  store_fixture_exec (fixture, damages[GPOINTER_TO_UINT (data)]);
  expect_damaged (fixture, id);
  g_autoptr (GBytes) body = store_load (fixture, id, 0, NULL);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 1);
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpint (((MrMessageRecord *)rows->pdata[0])->hold, ==, MR_HOLD_DAMAGED);
  store_answer_cb (error, data);
}

static void
test_damage_seen_by_list (Fixture *fixture, gconstpointer data)
{
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1 };
  g_autofree char *id = store_add (fixture, 2, "x");
  StoreAnswer answer = { 0 };

  store_fixture_exec (fixture, damages[2]);
  mr_store_list (fixture->store, &filter, NULL, 10, list_cb, &answer);
  store_wait_ok (&answer);
  flush (fixture);
  g_assert_false (store_lease_one_ok (fixture, id));
  g_assert_cmpuint (store_counts (fixture).messages_held, ==, 1);
}

static void
test_damaged_body (Fixture *fixture, gconstpointer data)
{
  const char *sql = data;
  g_autofree char *id = store_add (fixture, 1, "some body");
  g_autoptr (GError) error = NULL;

  store_fixture_exec (fixture, sql);
  g_assert_null (store_load (fixture, id, 0, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_CORRUPT);
  flush (fixture);
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (got->hold, ==, MR_HOLD_DAMAGED);

  /* A person gives it up: it is kept even then. */
  store_change (fixture, id, 0, MR_RECIPIENT_CANCELLED, 0, 0, 0, NULL);
  mr_store_set_retention (fixture->store, 0, 0, 0, 0);
  mr_clock_advance (fixture->clock, G_GINT64_CONSTANT (86400000000) * 400);
  StoreAnswer answer = { 0 };
  mr_store_clean (fixture->store, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_autoptr (MrMessageRecord) kept = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (kept->hold, ==, MR_HOLD_DAMAGED);
}

static void
test_min_free (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *id = store_add (fixture, 1, "x");
  g_autoptr (GError) error = NULL;
  StoreAnswer answer = { 0 };

  mr_store_set_retention (fixture->store, 0, 30, 90, G_MAXUINT64);
  mr_store_add_message (fixture->store, store_new_record (fixture, 1), bytes, FALSE, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_FULL);
  /* States may still change. */
  store_change (fixture, id, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  mr_store_set_retention (fixture->store, 0, 30, 90, 0);
  g_autofree char *again = store_add (fixture, 1, "x");
  g_assert_nonnull (again);
}

/* The database itself has no room: the message that is too big fails, small ones and changes go on, and when room is made
 * there is room. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autofree char *big = g_strnfill (200000, 'x');
  g_autoptr (GBytes) bytes = g_bytes_new_static (big, 200000);
  g_autoptr (GError) error = NULL;
  StoreAnswer answers[40] = { { 0 } };
  guint n_full = 0;

  store_fixture_close (fixture);
  fixture->tuning.max_pages = 200;
  store_fixture_open (fixture);
  g_autofree char *small = store_add (fixture, 1, "small");
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    mr_store_add_message (fixture->store, store_new_record (fixture, 1), bytes, FALSE, store_answer_cb, &answers[i]);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    store_wait (&answers[i], &error);
    if (error != NULL)
      g_assert_error (error, MR_ERROR, MR_ERROR_FULL);
    n_full += error != NULL;
    g_clear_error (&error);
  }
  g_assert_cmpuint (n_full, >, 30);
  g_assert_cmpuint (n_full, <, 40);
  g_assert_cmpuint (store_counts (fixture).messages_active, ==, 41 - n_full);
  store_change (fixture, small, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  g_autofree char *another = store_add (fixture, 1, "small");
  g_assert_nonnull (another);
  store_fixture_close (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM message"), ==, 42 - n_full);
}

/* The chunk that found no room is remembered: the message that needs it is refused for the same reason. */
static void
test_full_upload (Fixture *fixture, gconstpointer data)
{
  g_autofree char *big = g_strnfill (MR_STORE_CHUNK, 'x');
  g_autoptr (GBytes) chunk = g_bytes_new_static (big, MR_STORE_CHUNK);
  g_autoptr (GError) error = NULL;
  MrMessageRecord *record = store_new_record (fixture, 1);
  StoreAnswer answer = { 0 };

  store_fixture_close (fixture);
  fixture->tuning.max_pages = 100;
  store_fixture_open (fixture);
  record->n_chunks = 6;
  for (guint i = 0; i < 5; i++)
    mr_store_put_chunk (fixture->store, record->id, i, chunk, NULL, NULL);
  mr_store_add_message (fixture->store, record, chunk, FALSE, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_FULL);
  /* ... and what it held is free again. */
  flush (fixture);
  g_autofree char *id = store_add (fixture, 1, big);
  g_assert_nonnull (id);
}

static void
test_rollback_journal (Fixture *fixture, gconstpointer data)
{
  store_fixture_close (fixture);
  g_unlink (fixture->path);
  fixture->tuning.flags = MR_DB_ROLLBACK_JOURNAL;
  store_fixture_open (fixture);
  g_autofree char *id = store_add (fixture, 1, "x");
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);
  g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
  g_autoptr (GBytes) body = store_load (fixture, id, 0, NULL);
  g_assert_nonnull (body);
  store_change (fixture, id, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  g_assert_cmpuint (store_counts (fixture).delivered_today, ==, 1);
}

static void
test_file_properties (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 1, "x");
  g_assert_nonnull (id);

  store_fixture_close (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "PRAGMA page_size"), ==, 8192);
  g_assert_cmpint (store_fixture_query (fixture, "PRAGMA auto_vacuum"), ==, 2);
  g_assert_cmpint (store_fixture_query (fixture, "PRAGMA user_version"), ==, 6);
  g_assert_cmpint (
      store_fixture_query (fixture, "SELECT count(*) = 1 FROM pragma_integrity_check WHERE integrity_check = 'ok'"), ==,
      1);
}

#define ADD_WITH(path, data, function)                                                                                 \
  g_test_add (path, Fixture, data, store_fixture_set_up, function, store_fixture_tear_down)
#define ADD(path, function) ADD_WITH (path, NULL, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  ADD ("/store/recovery/states", test_recovery);
  ADD ("/store/recovery/mark-ends-with-update", test_mark_ends_with_update);
  ADD ("/store/recovery/uploads", test_recovery_of_uploads);
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autofree char *path = g_strdup_printf ("/store/damage/row-%u", i);
    ADD_WITH (path, GUINT_TO_POINTER (i), test_damaged_rows);
  }
  ADD ("/store/damage/list", test_damage_seen_by_list);
  ADD_WITH ("/store/damage/body-changed", "UPDATE chunk SET data = 'some bodY'", test_damaged_body);
  ADD_WITH ("/store/damage/body-short", "UPDATE chunk SET data = 'some bod'", test_damaged_body);
  ADD_WITH ("/store/damage/body-missing", "DELETE FROM chunk", test_damaged_body);
  ADD ("/store/full/min-free", test_min_free);
  ADD ("/store/full/database", test_full);
  ADD ("/store/full/upload", test_full_upload);
  ADD ("/store/file/rollback-journal", test_rollback_journal);
  ADD ("/store/file/properties", test_file_properties);
  return g_test_run ();
}
