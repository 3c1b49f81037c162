#include "config.h"

#include "store/search.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/private.h"

#define CACHE_KIB     2048
#define STEP          250  /* messages in one transaction of the index: some milliseconds */
#define NUMS_MAX      4000 /* above that the walk over the rows finds enough of them soon */
#define TAIL_MAX      2000
#define WORDS_MAX     8
#define TRIGRAMS_MAX  60
#define KEEP_SECONDS  600
#define RETRY_SECONDS 60 /* after a failure */

struct _MrSearch {
  char *path;
  MrDb *db;    /* NULL: there is no index */
  gint64 mark; /* numbers up to this one are in the index */
  gboolean behind;
  gint64 forgotten; /* the store's count when the index was begun */
  gint64 used, failed;
  MrClock *clock;
};

/* ---- the file ---- */

static char *
path_beside (const char *store_path)
{
  return g_strconcat (store_path, "-search", NULL);
}

void
mr_search_remove_file (const char *store_path)
{
  g_autofree char *path = path_beside (store_path);

  if (g_unlink (path) != 0 && errno != ENOENT)
    mr_warning ("store", "%s cannot be removed: %s", path, g_strerror (errno));
}

static void
forget (MrSearch *self)
{
  if (self->db == NULL)
    return;
  g_clear_pointer (&self->db, mr_db_close);
  g_unlink (self->path);
  self->mark = 0;
  self->behind = FALSE;
}

static void
give_up (MrSearch *self, const GError *error)
{
  mr_warning ("store", "the index of the search: %s", error->message);
  forget (self);
  self->failed = mr_clock_monotonic (self->clock);
}

/* Nothing in it is worth a sync: it is made anew at every start. */
static gboolean
open_index (MrSearch *self, GError **error)
{
  g_unlink (self->path);
  g_autoptr (MrDb) db = mr_db_open (self->path, MR_DB_NO_SYNC | MR_DB_ROLLBACK_JOURNAL, CACHE_KIB, error);
  if (db == NULL
      || !mr_db_exec (db,
                      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY;"
                      "CREATE VIRTUAL TABLE search USING fts5 (text, content='', columnsize=0, detail=none,"
                      " tokenize='trigram case_sensitive 1')",
                      error)) {
    g_unlink (self->path);
    return FALSE;
  }
  self->db = g_steal_pointer (&db);
  self->mark = 0;
  self->behind = TRUE;
  return TRUE;
}

MrSearch *
mr_search_new (const char *store_path)
{
  MrSearch *self = g_new0 (MrSearch, 1);

  self->path = path_beside (store_path);
  self->clock = mr_clock_new_real ();
  return self;
}

void
mr_search_free (MrSearch *self)
{
  if (self == NULL)
    return;
  forget (self);
  mr_clock_unref (self->clock);
  g_free (self->path);
  g_free (self);
}

/* ---- words ---- */

char **
mr_search_split (const char *text)
{
  g_autofree char *folded = mr_text_fold (text);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\r\n", -1);
  guint n = 0;

  for (char **part = parts; *part != NULL && n < WORDS_MAX; part++)
    if (**part != '\0') {
      g_strv_builder_add (words, *part);
      n++;
    }
  return g_strv_builder_end (words);
}

/* "abc" AND "bcd" AND ...: each a string of the query language, so that nothing that a person types is a word of it. */
static char *
dup_match (const char *const *words)
{
  GString *match = g_string_new (NULL);
  guint n = 0;

  for (; *words != NULL; words++)
    for (const char *p = *words; n < TRIGRAMS_MAX; p = g_utf8_next_char (p)) {
      const char *end = p;
      guint chars = 0;

      for (; chars < 3 && *end != '\0'; chars++)
        end = g_utf8_next_char (end);
      if (chars < 3)
        break;
      g_string_append (match, n++ > 0 ? " AND \"" : "\"");
      for (const char *q = p; q < end; q++) {
        if (*q == '"')
          g_string_append_c (match, '"');
        g_string_append_c (match, *q);
      }
      g_string_append_c (match, '"');
    }
  return g_string_free (match, FALSE);
}

/* ---- narrowing ---- */

static gint64
count_forgotten (MrSession *session)
{
  pthread_mutex_lock (&session->store->mutex);
  gint64 forgotten = session->store->counts.forgotten;
  pthread_mutex_unlock (&session->store->mutex);
  return forgotten;
}

/* Messages that the index does not know yet, at most TAIL_MAX + 1. */
static gboolean
count_tail (MrSearch *self, MrSession *session, gint64 *ret, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "SELECT count(*) FROM (SELECT 1 FROM recipient WHERE key >= ?1 LIMIT " G_STRINGIFY (TAIL_MAX) " + 1)", error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (self->mark + 1, 0));
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  *ret = has_row ? sqlite3_column_int64 (row, 0) : 0;
  return TRUE;
}

/* NULL without error: too many. */
static char *
find_nums (MrSearch *self, const char *match, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      self->db, "SELECT rowid FROM search WHERE search MATCH ?1 LIMIT " G_STRINGIFY (NUMS_MAX) " + 1", error);
  g_autoptr (GString) nums = g_string_new ("[");
  gboolean has_row = FALSE;
  guint n = 0;

  if (row == NULL)
    return NULL;
  mr_db_bind_text (row, 1, match);
  while (mr_db_step (self->db, row, &has_row, error)) {
    if (!has_row)
      return g_string_free (g_string_append_c (g_steal_pointer (&nums), ']'), FALSE);
    if (++n > NUMS_MAX)
      return NULL;
    g_string_append_printf (nums, "%s%" G_GINT64_FORMAT, n > 1 ? "," : "", (gint64)sqlite3_column_int64 (row, 0));
  }
  return NULL;
}

static gboolean
is_ready (MrSearch *self, MrSession *session)
{
  gint64 now = mr_clock_monotonic (self->clock), forgotten = count_forgotten (session);
  g_autoptr (GError) error = NULL;

  self->used = now;
  if (forgotten != self->forgotten)
    forget (self);
  if (self->db != NULL)
    return TRUE;
  if (self->failed > 0 && now - self->failed < RETRY_SECONDS * G_USEC_PER_SEC)
    return FALSE;
  self->forgotten = forgotten;
  if (!open_index (self, &error))
    give_up (self, error);
  return FALSE; /* nothing is in it yet */
}

char *
mr_search_narrow (MrSearch *self, MrSession *session, const char *const *words, gint64 *ret_mark)
{
  g_autofree char *match = dup_match (words);
  g_autoptr (GError) error = NULL;
  gint64 tail = 0;

  if (!is_ready (self, session) || *match == '\0')
    return NULL;
  if (!count_tail (self, session, &tail, &error))
    return NULL;
  self->behind = self->behind || tail > 0;
  if (tail > TAIL_MAX)
    return NULL;
  char *nums = find_nums (self, match, &error);
  if (error != NULL)
    give_up (self, error);
  *ret_mark = self->mark;
  return nums;
}

/* ---- keeping up ---- */

/* Numbers from this one on may still be missing: an upload that is under way has its number already. */
static gboolean
find_end (MrSession *session, gint64 *ret, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT min (num) FROM incoming", error);
  gboolean has_row = FALSE;

  if (row == NULL || !mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  gboolean is_set = has_row && sqlite3_column_type (row, 0) != SQLITE_NULL;
  *ret = is_set ? CLAMP (sqlite3_column_int64 (row, 0), 1, MR_NUM_MAX) : MR_NUM_MAX;
  return TRUE;
}

static gboolean
insert_text (MrSearch *self, gint64 num, const char *text, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (self->db, "INSERT INTO search (rowid, text) VALUES (?1, ?2)", error);
  g_autofree char *folded = mr_text_fold (text);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, num);
  /* Not cut: what is missing here is not found. */
  sqlite3_bind_text (row, 2, folded, -1, SQLITE_STATIC);
  gboolean ok = mr_db_run (self->db, row, error);
  sqlite3_clear_bindings (row);
  return ok;
}

/* The first recipients are walked along: their key holds the number. */
static gboolean
index_some (MrSearch *self, MrSession *session, gint64 end, guint *ret_n, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "SELECT r.key >> 20, m.id || char (10) || coalesce (m.subject, '') || char (10) || coalesce (m.message_id, '')"
      " || char (10) || m.reverse_path || char (10) || coalesce (m.from_address, '') || char (10)"
      " || (SELECT group_concat (address, char (10)) FROM recipient"
      "     WHERE key BETWEEN r.key AND (r.key | 1048575))"
      " FROM recipient r CROSS JOIN message m ON m.id = r.message"
      " WHERE r.key >= ?1 AND r.key < ?2 AND r.key & 1048575 = 0 ORDER BY r.key LIMIT " G_STRINGIFY (STEP),
      error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (self->mark + 1, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (end, 0));
  for (*ret_n = 0; mr_db_step (session->db, row, &has_row, error); (*ret_n)++) {
    if (!has_row)
      return TRUE;
    gint64 num = sqlite3_column_int64 (row, 0);
    const char *text = (const char *)sqlite3_column_text (row, 1);
    if (!insert_text (self, num, text != NULL ? text : "", error))
      return FALSE;
    self->mark = num;
  }
  return FALSE;
}

static gboolean
run_step (MrSearch *self, MrSession *session, guint *ret_n, GError **error)
{
  gint64 end = 0;
  gboolean ok = mr_db_exec (session->db, "BEGIN", error) && find_end (session, &end, error)
                && mr_db_begin (self->db, error) && index_some (self, session, end, ret_n, error)
                && mr_db_commit (self->db, error);

  mr_db_rollback (session->db); /* nothing was written there */
  return ok;
}

gboolean
mr_search_step (MrSearch *self, MrSession *session)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  if (self->db == NULL || !self->behind)
    return FALSE;
  if (!run_step (self, session, &n, &error)) {
    give_up (self, error);
    return FALSE;
  }
  self->behind = n == STEP;
  return self->behind;
}

int
mr_search_get_rest (MrSearch *self)
{
  if (self->db == NULL)
    return -1;
  gint64 left = self->used + KEEP_SECONDS * G_USEC_PER_SEC - mr_clock_monotonic (self->clock);
  return (int)(MAX (left, 0) / G_USEC_PER_SEC);
}

void
mr_search_rest (MrSearch *self)
{
  forget (self);
}

/* ---- looking at a row ---- */

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text >= 0x80)
      return FALSE;
  return TRUE;
}

/* word has no capitals. */
static gboolean
ascii_contains (const char *text, const char *word)
{
  char first = word[0], capital = g_ascii_toupper (first);

  for (; *text != '\0'; text++) {
    if (*text != first && *text != capital)
      continue;
    gsize i = 1;
    while (word[i] != '\0' && g_ascii_tolower (text[i]) == word[i])
      i++;
    if (word[i] == '\0')
      return TRUE;
  }
  return FALSE;
}

static gboolean
contains (const char *text, const char *word)
{
  if (is_ascii (text))
    return ascii_contains (text, word);
  g_autofree char *folded = mr_text_fold (text);
  return strstr (folded, word) != NULL;
}

static void
holds_cb (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *word = n > 0 ? (const char *)sqlite3_value_text (values[0]) : NULL;
  gboolean found = FALSE;

  for (int i = 1; word != NULL && i < n && !found; i++) {
    const char *text = (const char *)sqlite3_value_text (values[i]);
    found = text != NULL && contains (text, word);
  }
  sqlite3_result_int (context, found);
}

gboolean
mr_search_register (MrDb *db, GError **error)
{
  int rc = sqlite3_create_function_v2 (db->handle, "holds", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                       NULL, holds_cb, NULL, NULL, NULL);

  if (rc == SQLITE_OK)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_STORE, "holds: %s", sqlite3_errstr (rc));
  return FALSE;
}
