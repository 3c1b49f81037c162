/* Migrations and the checksum. */
#include <glib/gstdio.h>
#include <string.h>

#include "store/checksum.h"
#include "store/schema.h"

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("schema-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "a.sqlite", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static MrDb *
open_db (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  MrDb *db = mr_db_open (fixture->path, 0, 512, &error);

  g_assert_no_error (error);
  return db;
}

static gint64
get_int (MrDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = -1;

  g_assert_true (mr_db_get_int (db, sql, &value, &error));
  g_assert_no_error (error);
  return value;
}

static gboolean
double_cb (MrDb *db, GError **error)
{
  return mr_db_exec (db, "UPDATE cat SET lives = lives * 2", error);
}

static gboolean
fail_cb (MrDb *db, GError **error)
{
  g_set_error_literal (error, MR_ERROR, MR_ERROR_STORE, "no");
  return FALSE;
}

static const MrMigration steps[] = {
  { 1, "CREATE TABLE cat (name TEXT)", NULL },
  { 2, "ALTER TABLE cat ADD COLUMN lives INTEGER DEFAULT 9", NULL },
  { 4, "CREATE TABLE dog (name TEXT)", double_cb },
};

static const MrMigration broken_sql[] = {
  { 1, "CREATE TABLE cat (name TEXT)", NULL },
  { 2, "CREATE TABLE dog (name TEXT); INSERT INTO nowhere VALUES (1)", NULL },
};

static const MrMigration broken_apply[] = {
  { 1, "CREATE TABLE cat (name TEXT)", NULL },
  { 2, "CREATE TABLE dog (name TEXT)", fail_cb },
};

/* From each version that ever was to the last one. */
static void
test_from_every_version (Fixture *fixture, gconstpointer data)
{
  for (guint from = 0; from <= G_N_ELEMENTS (steps); from++) {
    g_autoptr (MrDb) db = open_db (fixture);
    g_autoptr (GError) error = NULL;

    if (from > 0)
      g_assert_true (mr_schema_migrate (db, steps, from, &error));
    if (from > 0)
      g_assert_true (mr_db_exec (db, "INSERT INTO cat (name) VALUES ('Minka')", &error));
    g_assert_true (mr_schema_migrate (db, steps, G_N_ELEMENTS (steps), &error));
    g_assert_no_error (error);
    g_assert_cmpint (get_int (db, "PRAGMA user_version"), ==, 4);
    if (from > 0)
      g_assert_cmpint (get_int (db, "SELECT lives FROM cat"), ==, from == 3 ? 9 : 18);
    g_assert_cmpint (get_int (db, "SELECT count(*) FROM dog"), ==, 0);
    /* Once more changes nothing. */
    g_assert_true (mr_schema_migrate (db, steps, G_N_ELEMENTS (steps), &error));
    g_clear_pointer (&db, mr_db_close);
    g_unlink (fixture->path);
  }
}

/* The older shape of version 1 itself: empty, and an early file that lacks a column. */
static void
test_to_version_1 (Fixture *fixture, gconstpointer data)
{
  static const MrMigration early[] = { { 1, "CREATE TABLE value (name TEXT PRIMARY KEY)", NULL } };
  guint n;
  const MrMigration *ours = mr_schema_migrations (&n);
  MrMigration both[8];
  g_autoptr (MrDb) db = open_db (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (n + 1, <=, G_N_ELEMENTS (both));
  both[0] = early[0];
  for (guint i = 0; i < n; i++) {
    both[i + 1] = ours[i];
    both[i + 1].version++;
  }
  g_autofree char *sql = g_strconcat ("DROP TABLE value;", ours[0].sql, NULL);
  both[1].sql = sql;
  g_assert_true (mr_schema_migrate (db, early, 1, &error));
  g_assert_true (mr_schema_migrate (db, both, n + 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_int (db, "SELECT count(*) FROM message"), ==, 0);
}

static void
test_stops_at_an_error (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MrDb) db = open_db (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_false (mr_schema_migrate (db, data, 2, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_STORE);
  g_assert_cmpint (get_int (db, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (get_int (db, "SELECT count(*) FROM sqlite_schema WHERE name = 'cat'"), ==, 1);
  g_assert_cmpint (get_int (db, "SELECT count(*) FROM sqlite_schema WHERE name = 'dog'"), ==, 0);
}

static void
test_newer_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MrDb) db = open_db (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_true (mr_schema_migrate (db, steps, 3, &error));
  g_assert_false (mr_schema_migrate (db, steps, 2, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_STORE);
  g_assert_cmpint (get_int (db, "PRAGMA user_version"), ==, 4);
}

static void
test_foreign_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MrDb) db = open_db (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_true (mr_db_exec (db, "CREATE TABLE photos (name TEXT)", &error));
  g_assert_false (mr_schema_migrate (db, steps, 3, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_STORE);
  g_assert_cmpint (get_int (db, "SELECT count(*) FROM sqlite_schema"), ==, 1);
}

static void
test_no_database (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (20000, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, text, 20000, NULL));
  g_assert_null (mr_db_open (fixture->path, 0, 512, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_CORRUPT);
  g_autofree char *left = NULL;
  g_assert_true (g_file_get_contents (fixture->path, &left, NULL, NULL));
  g_assert_cmpstr (left, ==, text);
}

/* RFC 3720 B.4. */
static void
test_checksum (void)
{
  guint8 bytes[32];

  g_assert_cmphex (mr_crc32c ("123456789", 9), ==, 0xe3069283);
  memset (bytes, 0, sizeof bytes);
  g_assert_cmphex (mr_crc32c (bytes, 32), ==, 0x8a9136aa);
  memset (bytes, 0xff, sizeof bytes);
  g_assert_cmphex (mr_crc32c (bytes, 32), ==, 0x62a8ab43);
  for (guint i = 0; i < 32; i++)
    bytes[i] = (guint8)i;
  g_assert_cmphex (mr_crc32c (bytes, 32), ==, 0x46dd794e);
  g_assert_cmphex (mr_crc32c (NULL, 0), ==, 0);
  for (gsize len = 0; len <= 32; len++)
    g_assert_cmphex (mr_crc32c (bytes, len), ==, mr_crc32c_portable (bytes, len));
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/schema/from-every-version", NULL, test_from_every_version);
  ADD ("/store/schema/to-version-1", NULL, test_to_version_1);
  ADD ("/store/schema/broken-sql", broken_sql, test_stops_at_an_error);
  ADD ("/store/schema/broken-apply", broken_apply, test_stops_at_an_error);
  ADD ("/store/schema/newer-file", NULL, test_newer_file);
  ADD ("/store/schema/foreign-file", NULL, test_foreign_file);
  ADD ("/store/schema/no-database", NULL, test_no_database);
  g_test_add_func ("/store/checksum", test_checksum);
  return g_test_run ();
}
