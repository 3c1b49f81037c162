/* Small notes: put, replaced, taken away, listed by kind and prefix, across a restart and within bounds. */
#include "store-fixture.h"

#include <string.h>

#include "store/notes.h"

static void
put (StoreFixture *f, const char *kind, const char *key, const char *text)
{
  StoreAnswer answer = { 0 };

  mr_store_put_note (f->store, kind, key, text, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

typedef struct {
  StoreAnswer answer;
  GString *told;
  guint n;
} List;

static void
list_cb (GPtrArray *notes, const GError *error, gpointer data)
{
  List *list = data;

  for (guint i = 0; error == NULL && i < notes->len; i++) {
    const MrStoreNote *note = notes->pdata[i];
    g_string_append_printf (list->told, "%s=%s ", note->key, note->text);
  }
  list->n = notes->len;
  store_answer_cb (error, &list->answer);
}

static char *
list_notes (StoreFixture *f, const char *kind, const char *prefix)
{
  List list = { .told = g_string_new (NULL) };

  mr_store_list_notes (f->store, kind, prefix, list_cb, &list);
  store_wait_ok (&list.answer);
  return g_string_free (list.told, FALSE);
}

#define assert_notes(f, kind, prefix, wanted)                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *told_ = list_notes (f, kind, prefix);                                                             \
    g_assert_cmpstr (told_, ==, wanted);                                                                               \
  }                                                                                                                    \
  G_STMT_END

static void
test_notes (StoreFixture *f, gconstpointer data)
{
  put (f, "a", "x/1", "one");
  put (f, "a", "x/2", "two");
  put (f, "a", "xy/1", "other");
  put (f, "b", "x/1", "elsewhere");
  assert_notes (f, "a", "x/", "x/1=one x/2=two ");
  assert_notes (f, "a", "", "x/1=one x/2=two xy/1=other ");
  assert_notes (f, "c", "", "");
  put (f, "a", "x/1", "");
  put (f, "a", "x/2", NULL);
  put (f, "a", "never there", NULL);
  store_fixture_close (f);
  store_fixture_open (f);
  assert_notes (f, "a", "x", "x/1= xy/1=other ");
}

static void
test_bounds (StoreFixture *f, gconstpointer data)
{
  g_autofree char *most = g_strnfill (MR_NOTE_MAX_TEXT, 'x'), *more = g_strnfill (MR_NOTE_MAX_TEXT + 1, 'x');
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
      " INSERT INTO note (kind, key, changed, text) SELECT 'full', 'k' || i, i, 'x' FROM n",
      MR_NOTE_MAX_ROWS);
  g_autoptr (GError) error = NULL;
  StoreAnswer answer = { 0 };

  put (f, "a", "k", most);
  mr_store_put_note (f->store, "a", "k", more, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_TOO_BIG);
  store_fixture_exec (f, sql);
  put (f, "full", "new", "x"); /* the oldest goes, and nothing of another kind */
  g_assert_cmpint (store_fixture_query (f, "SELECT count(*) FROM note WHERE kind = 'full'"), ==, MR_NOTE_MAX_ROWS);
  g_assert_cmpint (store_fixture_query (f, "SELECT count(*) FROM note WHERE key = 'k1'"), ==, 0);
  g_assert_cmpint (store_fixture_query (f, "SELECT count(*) FROM note WHERE kind = 'a'"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/notes/kept", StoreFixture, NULL, store_fixture_set_up, test_notes, store_fixture_tear_down);
  g_test_add ("/store/notes/bounds", StoreFixture, NULL, store_fixture_set_up, test_bounds, store_fixture_tear_down);
  return g_test_run ();
}
