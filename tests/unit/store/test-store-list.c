/* Lists: pages, filters, totals, ids. */
#include <string.h>

#include "base/log.h"
#include "store-fixture.h"
#include "store/lists.h"
#include "store/private.h"

typedef StoreFixture Fixture;

typedef struct {
  StoreAnswer answer;
  GPtrArray *rows;
  char **ids;
  GBytes *packed;
  guint64 total;
} Page;

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  Page *page = data;

  page->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (page->rows, mr_message_record_copy (g_ptr_array_index (rows, i)));
  page->total = total;
  store_answer_cb (error, &page->answer);
}

static GPtrArray *
list (Fixture *fixture, const MrListFilter *filter, const char *after, guint limit, guint64 *ret_total)
{
  Page page = { 0 };

  mr_store_list (fixture->store, filter, after, limit, list_cb, &page);
  store_wait_ok (&page.answer);
  if (ret_total != NULL)
    *ret_total = page.total;
  return page.rows;
}

static const MrListFilter everything = { .kind = MR_LIST_OUTBOX, .state = -1 };

static const char *
id_at (GPtrArray *rows, guint i)
{
  return ((MrMessageRecord *)g_ptr_array_index (rows, i))->id;
}

/* Turning the pages of a filtered list walks over it once; a commit or another filter makes it walk again. */
static void
test_counts_once (Fixture *fixture, gconstpointer data)
{
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1, .search = "r0@", .ascending = TRUE };
  guint64 total;

  for (guint i = 0; i < 25; i++)
    g_free (store_add (fixture, 1, "x"));
  g_autoptr (GPtrArray) first = list (fixture, &filter, NULL, 10, &total);
  g_autoptr (GPtrArray) second = list (fixture, &filter, id_at (first, 9), 10, &total);
  g_autoptr (GPtrArray) third = list (fixture, &filter, id_at (second, 9), 10, &total);
  g_assert_cmpuint (third->len, ==, 5);
  g_assert_cmpuint (total, ==, 25);
  g_assert_cmpint (g_atomic_int_get (&fixture->store->n_counts), ==, 1);
  g_free (store_add (fixture, 1, "x"));
  g_autoptr (GPtrArray) more = list (fixture, &filter, NULL, 10, &total);
  g_assert_cmpuint (total, ==, 26);
  filter.search = "nobody";
  g_autoptr (GPtrArray) none = list (fixture, &filter, NULL, 10, &total);
  g_assert_cmpuint (total, ==, 0);
  g_assert_cmpint (g_atomic_int_get (&fixture->store->n_counts), ==, 3);
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  MrListFilter filter = everything;
  char *ids[25];
  guint64 total;

  for (guint i = 0; i < 25; i++)
    ids[i] = store_add (fixture, 1, "x");
  g_autoptr (GPtrArray) first = list (fixture, &filter, NULL, 10, &total);
  g_assert_cmpuint (total, ==, 25);
  g_assert_cmpuint (first->len, ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpstr (id_at (first, i), ==, ids[24 - i]);
  g_autoptr (GPtrArray) third = list (fixture, &filter, ids[5], 10, &total);
  g_assert_cmpuint (third->len, ==, 5);
  g_assert_cmpstr (id_at (third, 0), ==, ids[4]);
  filter.ascending = TRUE;
  g_autoptr (GPtrArray) oldest = list (fixture, &filter, ids[3], 2, NULL);
  g_assert_cmpstr (id_at (oldest, 0), ==, ids[4]);
  g_assert_cmpstr (id_at (oldest, 1), ==, ids[5]);
  for (guint i = 0; i < 25; i++)
    g_free (ids[i]);
}

static void
test_outbox_and_history (Fixture *fixture, gconstpointer data)
{
  MrListFilter filter = everything;
  g_autofree char *active = store_add (fixture, 1, "x");
  g_autofree char *done = store_add (fixture, 1, "x");
  guint64 total;

  store_change (fixture, done, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  g_autoptr (GPtrArray) outbox = list (fixture, &filter, NULL, 10, &total);
  g_assert_cmpuint (total, ==, 1);
  g_assert_cmpstr (id_at (outbox, 0), ==, active);
  filter.kind = MR_LIST_HISTORY;
  g_autoptr (GPtrArray) history = list (fixture, &filter, NULL, 10, &total);
  g_assert_cmpuint (total, ==, 1);
  g_assert_cmpuint (history->len, ==, 1);
  g_assert_cmpstr (id_at (history, 0), ==, done);

  store_fixture_close (fixture);
  store_fixture_open (fixture);
  g_autoptr (GPtrArray) again = list (fixture, &filter, NULL, 10, &total);
  g_assert_nonnull (again);
  g_assert_cmpuint (total, ==, 1);
}

static guint
n_matches (Fixture *fixture, const MrListFilter *filter)
{
  guint64 total;
  g_autoptr (GPtrArray) rows = list (fixture, filter, NULL, 500, &total);

  g_assert_cmpuint (rows->len, ==, total);
  return rows->len;
}

static guint
n_found (Fixture *fixture, const char *search)
{
  MrListFilter filter = everything;

  filter.search = search;
  return n_matches (fixture, &filter);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = store_add (fixture, 3, "x");
  MrMessageRecord *record = store_new_record (fixture, 1);

  g_free (record->subject);
  record->subject = g_strdup ("Coffee_50\\50");
  g_autofree char *b = store_add_record (fixture, record, "x", FALSE);
  g_assert_nonnull (b);
  g_assert_cmpuint (n_found (fixture, "coffee"), ==, 1);
  g_assert_cmpuint (n_found (fixture, "R2@EXAMPLE"), ==, 1);
  g_assert_cmpuint (n_found (fixture, "r0@example.com"), ==, 2);
  g_assert_cmpuint (n_found (fixture, "anna@"), ==, 2);
  g_assert_cmpuint (n_found (fixture, a), ==, 1);
  g_assert_cmpuint (n_found (fixture, "one@example.org"), ==, 2);
  /* Wildcards mean themselves. */
  g_assert_cmpuint (n_found (fixture, "100 %"), ==, 1);
  g_assert_cmpuint (n_found (fixture, "%"), ==, 1);
  g_assert_cmpuint (n_found (fixture, "e_5"), ==, 1);
  g_assert_cmpuint (n_found (fixture, "a_o"), ==, 0);
  g_assert_cmpuint (n_found (fixture, "50\\50"), ==, 1);
  g_assert_cmpuint (n_found (fixture, "' OR 1=1 --"), ==, 0);
  g_assert_cmpuint (n_found (fixture, ""), ==, 2);
}

/* Whatever a person types is text. */
static void
test_hostile_search (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "\"",
                                       "\"\"\"",
                                       "a\" OR \"tea",
                                       "tea AND of",
                                       "NOT tea",
                                       "tea*",
                                       "^tea",
                                       "text : x",
                                       "(tea",
                                       "-tea",
                                       "NEAR (tea)",
                                       "\\",
                                       "';DROP--",
                                       "\xff\xfe\xc3",
                                       "\t\n tea",
                                       "\xe2\x80\xae",
                                       "tea tea tea tea tea tea tea tea tea" };
  g_autofree char *id = store_add (fixture, 2, "x");
  g_autofree char *endless = g_strnfill (5000, 't');

  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
      (void)n_found (fixture, texts[i]);
  g_assert_cmpuint (n_found (fixture, endless), ==, 0);
  g_assert_cmpuint (n_found (fixture, "tea of"), ==, 1);
  g_assert_cmpuint (n_found (fixture, "tea AND of"), ==, 0);
  g_assert_cmpuint (n_found (fixture, "\t\n tea"), ==, 1);
  g_assert_cmpuint (n_found (fixture, "   "), ==, 1);
  g_assert_cmpuint (n_found (fixture, "tea r1@example"), ==, 1);
  g_assert_nonnull (id);
}

/* Asks until the index has been made: the answer is the same before, meanwhile and afterwards. */
static void
wait_for_index (Fixture *fixture, const char *search, guint wanted)
{
  g_autofree char *index = g_strconcat (fixture->path, "-search", NULL);

  do
    g_assert_cmpuint (n_found (fixture, search), ==, wanted);
  while (!g_file_test (index, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (n_found (fixture, search), ==, wanted);
}

static void
test_index_keeps_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *index = g_strconcat (fixture->path, "-search", NULL);
  StoreAnswer answer = { 0 };

  for (guint i = 0; i < 1200; i++)
    mr_store_add_message (fixture->store, store_new_record (fixture, 1), bytes, FALSE, NULL, NULL);
  g_free (store_add (fixture, 3, "x"));
  wait_for_index (fixture, "r2@exa", 1);
  g_free (store_add (fixture, 3, "x"));
  g_assert_cmpuint (n_found (fixture, "r2@exa"), ==, 2);

  /* What is deleted leaves nothing in it: the file goes with the next question, and is made anew. */
  g_autofree char *gone = store_add (fixture, 4, "x");
  g_assert_cmpuint (n_found (fixture, "r3@exa"), ==, 1);
  store_change (fixture, gone, 0, MR_RECIPIENT_CANCELLED, 0, 0, 0, NULL);
  for (guint n = 1; n < 4; n++)
    store_change (fixture, gone, n, MR_RECIPIENT_CANCELLED, 0, 0, 0, NULL);
  mr_store_delete_message (fixture->store, gone, store_answer_cb, &answer);
  store_wait_ok (&answer);
  wait_for_index (fixture, "r3@exa", 0);
  store_fixture_close (fixture);
  g_assert_false (g_file_test (index, G_FILE_TEST_EXISTS));

  /* What a killed process left behind goes when the store is opened. */
  g_assert_true (g_file_set_contents (index, "left behind", -1, NULL));
  store_fixture_open (fixture);
  g_assert_false (g_file_test (index, G_FILE_TEST_EXISTS));
  wait_for_index (fixture, "r2@exa", 2);
}

/* An upload has its number before later messages and is there after them. */
static void
test_index_and_uploads (Fixture *fixture, gconstpointer data)
{
  MrMessageRecord *record = store_new_record (fixture, 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *id = g_strdup (record->id);
  StoreAnswer answer = { 0 };

  mr_store_put_chunk (fixture->store, id, 0, bytes, store_answer_cb, &answer);
  store_wait_ok (&answer);
  for (guint i = 0; i < 5; i++)
    g_free (store_add (fixture, 1, "x"));
  wait_for_index (fixture, "tea", 5);
  g_free (record->subject);
  record->subject = g_strdup ("Coffee");
  record->n_chunks = 1;
  mr_store_add_message (fixture->store, record, NULL, FALSE, store_answer_cb, &answer);
  store_wait_ok (&answer);
  wait_for_index (fixture, "coffee", 1);
}

/* A search that is no longer wanted is not answered, and does not hold up the next one. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  MrListFilter filter = everything;
  Page pages[20] = { 0 };

  for (guint i = 0; i < 50; i++)
    g_free (store_add (fixture, 1, "x"));
  filter.search = "nowhere";
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    mr_store_list (fixture->store, &filter, NULL, 10, list_cb, &pages[i]);
    mr_store_cancel (fixture->store, &pages[i]);
  }
  g_assert_cmpuint (n_found (fixture, "tea"), ==, 50);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    g_assert_false (pages[i].answer.done);
}

static void
test_filters (Fixture *fixture, gconstpointer data)
{
  MrListFilter filter = everything;
  g_autofree char *plain = store_add (fixture, 1, "x");
  g_assert_nonnull (plain);
  g_autofree char *stuck = store_add (fixture, 5, "x");
  MrMessageRecord *record = store_new_record (fixture, 1);

  record->hold = MR_HOLD_PERSON;
  g_free (record->program);
  record->program = g_strdup ("cron");
  record->account_override = g_strdup ("home");
  g_autofree char *held = store_add_record (fixture, record, "x", FALSE);
  g_assert_nonnull (held);
  store_change (fixture, stuck, 3, MR_RECIPIENT_NEEDS_PERSON, 0, 0, 0, NULL);

  filter.held_only = TRUE;
  g_assert_cmpuint (n_matches (fixture, &filter), ==, 1);
  filter = everything;
  filter.program = "git";
  g_assert_cmpuint (n_matches (fixture, &filter), ==, 2);
  filter = everything;
  filter.account = "work";
  g_assert_cmpuint (n_matches (fixture, &filter), ==, 1);
  filter.account = "home";
  g_assert_cmpuint (n_matches (fixture, &filter), ==, 1);
  filter = everything;
  filter.state = MR_RECIPIENT_NEEDS_PERSON;
  g_autoptr (GPtrArray) rows = list (fixture, &filter, NULL, 10, NULL);
  g_assert_cmpuint (rows->len, ==, 1);

  /* The recipient that needs a person most stands for the five. */
  const MrMessageRecord *row = rows->pdata[0];
  g_assert_cmpstr (row->id, ==, stuck);
  g_assert_cmpuint (row->n_recipients, ==, 5);
  g_assert_cmpuint (row->recipients->len, ==, 1);
  g_assert_cmpuint (((MrRecipientRecord *)row->recipients->pdata[0])->n, ==, 3);
}

static void
ids_cb (const char *const *ids, const GError *error, gpointer data)
{
  Page *page = data;

  page->ids = g_strdupv ((char **)ids);
  store_answer_cb (error, &page->answer);
}

static void
test_ids (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = store_add (fixture, 1, "x");
  g_autofree char *b = store_add (fixture, 1, "x");
  Page page = { 0 };

  mr_store_list_ids (fixture->store, &everything, ids_cb, &page);
  store_wait_ok (&page.answer);
  g_assert_cmpuint (g_strv_length (page.ids), ==, 2);
  g_assert_cmpstr (page.ids[0], ==, b);
  g_assert_cmpstr (page.ids[1], ==, a);
  g_strfreev (page.ids);
}

static void
packed_cb (GBytes *ids, const GError *error, gpointer data)
{
  Page *page = data;

  page->packed = ids != NULL ? g_bytes_ref (ids) : NULL;
  store_answer_cb (error, &page->answer);
}

static void
test_packed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = store_add (fixture, 1, "x");
  g_autofree char *b = store_add (fixture, 1, "x");
  g_autofree char *both = g_strconcat (b, a, NULL);
  Page page = { 0 };
  gsize size;

  mr_store_pack_ids (fixture->store, &everything, packed_cb, &page);
  store_wait_ok (&page.answer);
  const char *text = g_bytes_get_data (page.packed, &size);
  g_assert_cmpmem (text, size, both, strlen (both));
  g_bytes_unref (page.packed);
}

/* "AAAA...o BBBB...h". NULL: too much has happened. */
static char *
tell_changes (Fixture *fixture, guint64 since, guint64 *ret_serial)
{
  g_autoptr (GBytes) changes = mr_store_get_changes (fixture->store, since, ret_serial);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  gsize size;

  if (changes == NULL)
    return NULL;
  for (const char *c = g_bytes_get_data (changes, &size); size > 0;
       size -= MR_LIST_CHANGE_LENGTH, c += MR_LIST_CHANGE_LENGTH)
    g_ptr_array_add (words, g_strdup_printf ("%.16s%c", c, "=oh-"[(guint)c[MR_ID_LENGTH]]));
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" ", (char **)words->pdata);
}

static void
assert_changes (Fixture *fixture, guint64 *serial, const char *id, char place)
{
  g_autofree char *told = tell_changes (fixture, *serial, serial);
  g_autofree char *expected = g_strdup_printf ("%s%c", id, place);

  g_assert_cmpstr (told, ==, expected);
}

static void
remove_or_restore (Fixture *fixture, const char *id, gint64 until)
{
  StoreAnswer answer = { 0 };

  if (until > 0)
    mr_store_remove_message (fixture->store, id, until, store_answer_cb, &answer);
  else
    mr_store_restore_message (fixture->store, id, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

/* Each way of a message from one list to another is told. */
static void
test_changes (Fixture *fixture, gconstpointer data)
{
  guint64 serial = 0, before;
  g_autofree char *none = tell_changes (fixture, 0, &serial);
  g_assert_cmpstr (none, ==, "");

  g_autofree char *a = store_add (fixture, 1, "x");
  assert_changes (fixture, &serial, a, 'o');
  store_change (fixture, a, 0, MR_RECIPIENT_NEEDS_PERSON, 0, 0, 0, NULL);
  assert_changes (fixture, &serial, a, 'o');
  store_change (fixture, a, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  assert_changes (fixture, &serial, a, 'h');
  remove_or_restore (fixture, a, mr_clock_wall (fixture->clock) + 1000);
  assert_changes (fixture, &serial, a, '-');
  remove_or_restore (fixture, a, 0);
  assert_changes (fixture, &serial, a, 'h');

  /* Nothing new, one from the future, and more than is kept. */
  before = serial;
  g_autofree char *nothing = tell_changes (fixture, serial, &serial);
  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpuint (serial, ==, before);
  guint64 later = 0;
  g_assert_null (tell_changes (fixture, serial + 1, &later));
  g_assert_cmpuint (later, ==, before);
  g_autofree char *b = store_add (fixture, 1, "x");
  for (guint i = 0; i < 5000; i++)
    mr_changes_add (fixture->store->changes, b, MR_LIST_PLACE_SAME);
  g_assert_null (tell_changes (fixture, before, &serial));
  g_assert_cmpuint (serial, ==, before + 5001);
}

static void
clean (Fixture *fixture)
{
  StoreAnswer answer = { 0 };

  mr_store_clean (fixture->store, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

#define DAYS(n) ((n)*G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

static gboolean
has_body (Fixture *fixture, const char *id)
{
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);

  return got->has_body;
}

static gboolean
exists (Fixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, &error);

  return got != NULL;
}

static void
test_retention (Fixture *fixture, gconstpointer data)
{
  mr_store_set_retention (fixture->store, 7, 30, 90, 0);
  g_autofree char *active = store_add (fixture, 1, "active");
  g_autofree char *delivered = store_add (fixture, 1, "delivered");
  g_autofree char *failed = store_add (fixture, 2, "failed");
  store_change (fixture, delivered, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  store_change (fixture, failed, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  store_change (fixture, failed, 1, MR_RECIPIENT_FAILED, 0, 0, 0, NULL);

  mr_clock_advance (fixture->clock, DAYS (7) - G_USEC_PER_SEC);
  clean (fixture);
  g_assert_true (has_body (fixture, delivered));
  mr_clock_advance (fixture->clock, 2 * G_USEC_PER_SEC);
  clean (fixture);
  g_assert_false (has_body (fixture, delivered));
  g_assert_true (has_body (fixture, failed));
  mr_clock_advance (fixture->clock, DAYS (23));
  clean (fixture);
  g_assert_false (has_body (fixture, failed));
  mr_clock_advance (fixture->clock, DAYS (60) - 60 * G_USEC_PER_SEC);
  clean (fixture);
  g_assert_true (exists (fixture, failed));
  mr_clock_advance (fixture->clock, 120 * G_USEC_PER_SEC);
  clean (fixture);
  g_assert_false (exists (fixture, failed));
  g_assert_false (exists (fixture, delivered));
  g_assert_true (has_body (fixture, active));

  store_fixture_close (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM recipient"), ==, 1);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM chunk"), ==, 1);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT value FROM value WHERE name = '.finished'"), ==, 0);
}

static void
finish_many (Fixture *fixture, guint n)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  for (guint i = 0; i < n; i++) {
    MrMessageRecord *record = store_new_record (fixture, 1);
    GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
    MrRecipientRecord *recipient = mr_recipient_record_new (0, "r0@example.com");
    g_autofree char *id = g_strdup (record->id);

    recipient->state = i % 2 == 0 ? MR_RECIPIENT_DELIVERED : MR_RECIPIENT_FAILED;
    g_ptr_array_add (changed, recipient);
    mr_store_add_message (fixture->store, record, bytes, TRUE, NULL, NULL);
    mr_store_update_message (fixture->store, id, changed, NULL, MR_STORE_RELEASE, NULL, NULL);
  }
}

/* Many steps of each kind. */
static void
test_retention_of_many (Fixture *fixture, gconstpointer data)
{
  mr_store_set_retention (fixture->store, 1, 1, 2, 0);
  finish_many (fixture, 1500);
  clean (fixture);
  mr_clock_advance (fixture->clock, DAYS (1) + 60 * G_USEC_PER_SEC);
  clean (fixture);
  store_fixture_close (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM chunk"), ==, 0);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM message"), ==, 1500);
  store_fixture_open (fixture);
  mr_store_set_retention (fixture->store, 1, 1, 2, 0);
  mr_clock_advance (fixture->clock, DAYS (1) + 60 * G_USEC_PER_SEC);
  clean (fixture);
  store_fixture_close (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM message"), ==, 0);
}

static void
test_delete (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 1, "x");
  g_autoptr (GError) error = NULL;
  StoreAnswer answer = { 0 };

  mr_store_delete_message (fixture->store, id, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_REFUSED);
  store_change (fixture, id, 0, MR_RECIPIENT_CANCELLED, 0, 0, 0, NULL);
  mr_store_delete_message (fixture->store, id, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_assert_false (exists (fixture, id));
}

/* What was deleted is in no file once the store has been closed. */
static void
test_nothing_left_behind (Fixture *fixture, gconstpointer data)
{
  g_autofree char *secret = g_strnfill (40000, 'Q');
  g_autofree char *id = store_add (fixture, 1, secret);
  g_autofree char *short_id = store_add (fixture, 1, "QQQQQQQQQQQQ");
  g_autofree char *contents = NULL;
  gsize len;

  store_change (fixture, id, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  store_change (fixture, short_id, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  store_fixture_close (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &contents, &len, NULL));
  g_assert_null (memmem (contents, len, "QQQQQQQQQQQQ", 12));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  ADD ("/store/list/pages", test_pages);
  ADD ("/store/list/counts-once", test_counts_once);
  ADD ("/store/list/outbox-and-history", test_outbox_and_history);
  ADD ("/store/list/search", test_search);
  ADD ("/store/list/hostile-search", test_hostile_search);
  ADD ("/store/list/index-keeps-up", test_index_keeps_up);
  ADD ("/store/list/index-and-uploads", test_index_and_uploads);
  ADD ("/store/list/cancelled", test_cancelled);
  ADD ("/store/list/filters", test_filters);
  ADD ("/store/list/ids", test_ids);
  ADD ("/store/list/packed", test_packed);
  ADD ("/store/list/changes", test_changes);
  ADD ("/store/retention/days", test_retention);
  ADD ("/store/retention/many", test_retention_of_many);
  ADD ("/store/retention/delete", test_delete);
  ADD ("/store/retention/nothing-left-behind", test_nothing_left_behind);
  return g_test_run ();
}
