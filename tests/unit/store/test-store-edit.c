/* Edits, copies, removal and held messages with a time: each whole or not at all, with counters that stay true. */
#include "store-fixture.h"

#include <string.h>

typedef StoreFixture Fixture;

static gint
edit_flags (Fixture *fixture, const char *id, const MrRecipientEdit *edits, guint n, gboolean let_go, gint64 not_before)
{
  StoreAnswer answer = { 0 };
  g_autoptr (GError) error = NULL;
  const MrStoreEdit edit
      = { .edits = edits, .n_edits = n, .let_go = let_go, .not_before = not_before, .online_at = 777, .report = TRUE };

  mr_store_edit_message (fixture->store, id, &edit, store_answer_cb, &answer);
  store_wait (&answer, &error);
  return error != NULL ? error->code : -1;
}

static gint
edit_one (Fixture *fixture, const char *id, MrEditKind kind, guint n, const char *address)
{
  const MrRecipientEdit edit = { kind, n, address };

  return edit_flags (fixture, id, &edit, 1, FALSE, -1);
}

static const MrRecipientRecord *
recipient (const MrMessageRecord *message, guint n)
{
  return g_ptr_array_index (message->recipients, n);
}

/* The counters that are kept are those that counting anew gives. */
static void
check_counts (Fixture *fixture)
{
  MrStoreCounts kept = store_counts (fixture);

  store_fixture_close (fixture);
  store_fixture_open (fixture);
  MrStoreCounts anew = store_counts (fixture);
  g_assert_cmpmem (kept.recipients, sizeof kept.recipients, anew.recipients, sizeof anew.recipients);
  g_assert_cmpuint (kept.messages_active, ==, anew.messages_active);
  g_assert_cmpuint (kept.messages_held, ==, anew.messages_held);
  g_assert_cmpuint (kept.bytes_active, ==, anew.bytes_active);
}

static void
fail (Fixture *fixture, const char *id, guint n)
{
  g_autoptr (GPtrArray) attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  g_autoptr (MrMessageRecord) message = store_get (fixture, id, NULL, NULL);
  MrRecipientRecord *r = mr_recipient_record_copy (recipient (message, n));
  StoreAnswer answer = { 0 };

  r->state = MR_RECIPIENT_FAILED;
  r->attempts = 3;
  r->cause = g_strdup ("address-unknown");
  r->reply.code = 550;
  r->reply.text = g_strdup ("no such user");
  r->report_due = MR_REPORT_FAILED;
  g_ptr_array_add (changed, r);
  mr_store_update_message (fixture->store, id, changed, g_steal_pointer (&attempts), 0, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

/* A failed recipient of a finished message comes back to life at the right address; the wrong one stays known. */
static void
test_correct (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 2, "body");

  store_change (fixture, id, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  fail (fixture, id, 1);
  g_autoptr (MrMessageRecord) before = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (before->finished, >, 0);
  g_autofree char *wrong = g_strdup (recipient (before, 1)->address);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 0, "x@example.net"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 2, "x@example.net"), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 1, "no address"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 1, "x@example.net\r\nBcc: y"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 1, recipient (before, 0)->address), ==, MR_ERROR_EXISTS);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 1, "right@example.net"), ==, -1);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 1, "better@example.net"), ==, -1);

  g_autoptr (MrMessageRecord) message = store_get (fixture, id, NULL, NULL);
  const MrRecipientRecord *r = recipient (message, 1);
  g_assert_cmpint (message->finished, ==, 0);
  g_assert_cmpint (message->online_at, ==, 777);
  g_assert_cmpint (message->not_before, >, 0);
  g_assert_cmpint (r->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpstr (r->address, ==, "better@example.net");
  g_assert_cmpstr (r->corrected_from, ==, wrong);
  g_assert_null (r->cause);
  g_assert_cmpuint (r->attempts | r->reply.code | r->report_due, ==, 0);
  g_assert_cmpint (recipient (message, 0)->state, ==, MR_RECIPIENT_DELIVERED);
  check_counts (fixture);
  g_assert_true (store_lease_one_ok (fixture, id));
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 1, "late@example.net"), ==, MR_ERROR_BUSY);
}

static void
test_no_body (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL;
  StoreAnswer answer = { 0 };
  g_autoptr (GError) error = NULL;

  mr_store_set_retention (fixture->store, 0, 0, 90, 0);
  id = store_add (fixture, 1, "body");
  store_change (fixture, id, 0, MR_RECIPIENT_FAILED, 0, 0, 0, NULL);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 0, "x@example.net"), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_ADD, 0, "x@example.net"), ==, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_RETURN, G_MAXUINT, NULL), ==, -1);
  MrMessageRecord *again = store_new_record (fixture, 1);
  mr_store_copy_message (fixture->store, id, again, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
}

/* One bad edit among good ones: nothing of them happens. */
static void
test_whole_or_not (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 2, "body");
  const MrRecipientEdit bad[]
      = { { MR_EDIT_REMOVE, 0, NULL }, { MR_EDIT_ADD, 0, "new@example.net" }, { MR_EDIT_REMOVE, 9, NULL } };
  const MrRecipientEdit good[] = { { MR_EDIT_REMOVE, G_MAXUINT, NULL }, { MR_EDIT_ADD, 0, "new@example.net" } };

  g_assert_cmpint (edit_flags (fixture, id, bad, 3, FALSE, -1), ==, MR_ERROR_NOT_FOUND);
  g_autoptr (MrMessageRecord) same = store_get (fixture, id, NULL, NULL);
  g_assert_cmpuint (same->recipients->len, ==, 2);
  g_assert_cmpint (recipient (same, 0)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpint (edit_flags (fixture, id, good, 2, FALSE, -1), ==, -1);
  g_autoptr (MrMessageRecord) message = store_get (fixture, id, NULL, NULL);
  g_assert_cmpuint (message->recipients->len, ==, 3);
  g_assert_cmpint (recipient (message, 0)->state, ==, MR_RECIPIENT_CANCELLED);
  g_assert_cmpint (recipient (message, 1)->state, ==, MR_RECIPIENT_CANCELLED);
  g_assert_cmpint (recipient (message, 2)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpint (message->finished, ==, 0);
  check_counts (fixture);
}

/* Stopped while held, and undone: held as before; possibly delivered stays that and rests. */
static void
test_stop_and_undo (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 2, "body");
  StoreAnswer answer = { 0 };

  mr_store_set_retention (fixture->store, 0, 0, 90, 0);
  mr_store_set_message (fixture->store, id, MR_STORE_HOLD, MR_HOLD_PERSON, 0, NULL, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_autoptr (MrMessageRecord) message = store_get (fixture, id, NULL, NULL);
  MrRecipientRecord *r = mr_recipient_record_copy (recipient (message, 1));
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  r->state = MR_RECIPIENT_UNCERTAIN;
  r->uncertain = 1;
  g_ptr_array_add (changed, r);
  mr_store_update_message (fixture->store, id, changed, NULL, 0, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_REMOVE, G_MAXUINT, NULL), ==, -1);
  g_assert_cmpuint (store_counts (fixture).messages_active, ==, 0);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 1, "x@example.net"), ==, MR_ERROR_INVALID);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_REVIVE, G_MAXUINT, NULL), ==, -1);
  g_autoptr (MrMessageRecord) again = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (again->finished, ==, 0);
  g_assert_cmpint (again->hold, ==, MR_HOLD_PERSON);
  g_assert_true (again->has_body);
  g_assert_cmpint (recipient (again, 0)->state, ==, MR_RECIPIENT_WAITING);
  g_assert_cmpint (recipient (again, 1)->state, ==, MR_RECIPIENT_UNCERTAIN);
  g_assert_cmpint (recipient (again, 1)->next_attempt, ==, 0);
  g_autoptr (GPtrArray) due = store_lease (fixture, START * 2, 10, NULL);
  g_assert_cmpuint (due->len, ==, 0);
  check_counts (fixture);
}

static void
test_return (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 3, "body");

  store_change (fixture, id, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  fail (fixture, id, 1);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_RETURN, G_MAXUINT, NULL), ==, -1);
  g_autoptr (MrMessageRecord) message = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (message->finished, >, 0);
  g_assert_cmpint (recipient (message, 0)->state, ==, MR_RECIPIENT_DELIVERED);
  g_assert_cmpuint (recipient (message, 0)->report_due, ==, 0);
  for (guint n = 1; n < 3; n++) {
    g_assert_cmpint (recipient (message, n)->state, ==, MR_RECIPIENT_RETURNED);
    g_assert_cmpuint (recipient (message, n)->report_due, ==, MR_REPORT_FAILED);
  }
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_RETURN, G_MAXUINT, NULL), ==, MR_ERROR_INVALID);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_CORRECT, 1, "x@example.net"), ==, MR_ERROR_INVALID);
  check_counts (fixture);
}

static void
test_schedule (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 1, "body");
  g_autoptr (GPtrArray) due = NULL;
  gint64 next = 0;

  g_assert_cmpint (edit_flags (fixture, id, NULL, 0, FALSE, START + G_TIME_SPAN_DAY), ==, -1);
  due = store_lease (fixture, START + G_TIME_SPAN_HOUR, 10, &next);
  g_assert_cmpuint (due->len, ==, 0);
  g_assert_cmpint (next, ==, START + G_TIME_SPAN_DAY);
  g_assert_cmpint (edit_flags (fixture, id, NULL, 0, FALSE, 0), ==, -1);
  g_autoptr (GPtrArray) now = store_lease (fixture, START + G_TIME_SPAN_HOUR, 10, &next);
  g_assert_cmpuint (now->len, ==, 1);
}

static void
test_copy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *body = g_strnfill (MR_STORE_CHUNK, 'a');
  g_autoptr (GBytes) first = g_bytes_new (body, MR_STORE_CHUNK);
  MrMessageRecord *record = store_new_record (fixture, 1);
  StoreAnswer answer = { 0 };

  mr_store_put_chunk (fixture->store, record->id, 0, first, store_answer_cb, &answer);
  store_wait_ok (&answer);
  record->n_chunks = 2;
  id = store_add_record (fixture, record, "end", FALSE);
  store_change (fixture, id, 0, MR_RECIPIENT_FAILED, 0, 0, 0, NULL);
  MrMessageRecord *again = store_new_record (fixture, 2);
  g_autofree char *copy = g_strdup (again->id);
  mr_store_copy_message (fixture->store, id, again, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_autoptr (MrMessageRecord) message = store_get (fixture, copy, NULL, NULL);
  g_assert_cmpuint (message->n_chunks, ==, 2);
  g_assert_cmpuint (message->recipients->len, ==, 2);
  g_autoptr (GBytes) a = store_load (fixture, copy, 0, NULL);
  g_autoptr (GBytes) b = store_load (fixture, copy, 1, NULL);
  g_assert_true (g_bytes_equal (a, first));
  g_assert_cmpmem (g_bytes_get_data (b, NULL), g_bytes_get_size (b), "end", 3);
  check_counts (fixture);
  /* The numbers do not collide with what comes next. */
  g_autofree char *next = store_add (fixture, 1, "third");
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM message"), ==, 3);
}

static guint64
history_total (Fixture *fixture)
{
  return (guint64)store_fixture_query (fixture, "SELECT value FROM value WHERE name = '.finished'");
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 1, "body");
  g_autofree char *other = store_add (fixture, 1, "body");
  StoreAnswer answer = { 0 };
  g_autoptr (GError) error = NULL;

  mr_store_remove_message (fixture->store, id, START + 15, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  g_clear_error (&error);
  store_change (fixture, id, 0, MR_RECIPIENT_FAILED, 0, 0, 0, NULL);
  store_change (fixture, other, 0, MR_RECIPIENT_FAILED, 0, 0, 0, NULL);
  mr_store_remove_message (fixture->store, id, START + 15, store_answer_cb, &answer);
  store_wait_ok (&answer);
  mr_store_remove_message (fixture->store, other, START + 1000, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_assert_null (store_get (fixture, id, NULL, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (history_total (fixture), ==, 0);
  g_assert_cmpint (edit_one (fixture, id, MR_EDIT_REVIVE, G_MAXUINT, NULL), ==, MR_ERROR_NOT_FOUND);
  /* The program dies: nothing is lost, and the wish neither. */
  store_fixture_crash (fixture);
  mr_store_restore_message (fixture->store, id, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_autoptr (MrMessageRecord) back = store_get (fixture, id, NULL, NULL);
  g_assert_true (back->has_body);
  g_assert_cmpuint (history_total (fixture), ==, 1);
  mr_store_remove_message (fixture->store, id, START + 15, store_answer_cb, &answer);
  store_wait_ok (&answer);
  mr_store_purge_removed (fixture->store, START + 20, store_answer_cb, &answer);
  store_wait_ok (&answer);
  mr_store_restore_message (fixture->store, id, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM recipient"), ==, 1);
  g_assert_cmpuint (history_total (fixture), ==, 0);
}

static void
next_cb (gint64 next, const GError *error, gpointer data)
{
  g_assert_no_error (error);
  *(gint64 *)data = next;
}

static gint64
release_due (Fixture *fixture, gint64 now)
{
  gint64 next = -1;

  mr_store_release_due (fixture->store, now, next_cb, &next);
  while (next < 0)
    g_main_context_iteration (NULL, TRUE);
  return next;
}

static void
test_held_until (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) ids = g_new0 (char *, 4);
  StoreAnswer answer = { 0 };

  for (guint i = 0; i < 3; i++) {
    MrMessageRecord *record = store_new_record (fixture, 1);
    record->hold = MR_HOLD_RULE;
    record->hold_rule = g_strdup ("everything");
    record->hold_until = i < 2 ? START + (i + 1) * G_TIME_SPAN_MINUTE : 0;
    ids[i] = store_add_record (fixture, record, "x", FALSE);
  }
  g_assert_cmpint (release_due (fixture, START), ==, START + G_TIME_SPAN_MINUTE);
  g_assert_cmpuint (store_counts (fixture).messages_held, ==, 3);
  g_assert_cmpint (release_due (fixture, START + G_TIME_SPAN_MINUTE), ==, START + 2 * G_TIME_SPAN_MINUTE);
  g_assert_cmpuint (store_counts (fixture).messages_held, ==, 2);
  g_assert_true (store_lease_one_ok (fixture, ids[0]));
  /* A person held the second one herself: it no longer goes by itself. */
  mr_store_set_message (fixture->store, ids[1], MR_STORE_HOLD, MR_HOLD_PERSON, 0, NULL, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_assert_cmpint (release_due (fixture, START + G_TIME_SPAN_DAY), ==, 0);
  g_autoptr (MrMessageRecord) held = store_get (fixture, ids[2], NULL, NULL);
  g_assert_cmpint (held->hold, ==, MR_HOLD_RULE);
  g_assert_cmpstr (held->hold_rule, ==, "everything");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/store/edit/" name, Fixture, NULL, store_fixture_set_up, func, store_fixture_tear_down)
  ADD ("correct", test_correct);
  ADD ("no-body", test_no_body);
  ADD ("whole-or-not", test_whole_or_not);
  ADD ("stop-and-undo", test_stop_and_undo);
  ADD ("return", test_return);
  ADD ("schedule", test_schedule);
  ADD ("copy", test_copy);
  ADD ("remove", test_remove);
  ADD ("held-until", test_held_until);
  return g_test_run ();
}
