/* An outbox that an earlier version of the schema wrote, opened by this program: nothing is lost and everything goes on. */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* The store opens the file that version-N.sql tells of, in place of its own. */
static void
open_version (StoreFixture *fixture, const char *name)
{
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autofree char *sql = NULL;
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *handle = NULL;
  char *message = NULL;

  g_file_get_contents (source, &sql, NULL, &error);
  g_assert_no_error (error);
  store_fixture_close (fixture);
  g_unlink (wal);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_cmpint (sqlite3_open (fixture->path, &handle), ==, SQLITE_OK);
  sqlite3_exec (handle, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (handle);
  store_fixture_open (fixture);
}

static void
test_nothing_is_lost (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) attempts = NULL;
  const char *body = "Subject: two\r\n\r\nwaiting and failed\r\n";

  open_version (fixture, data);
  g_assert_cmpint (store_fixture_query (fixture, "PRAGMA user_version"), ==, 6);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM message"), ==, 5);
  g_autoptr (MrMessageRecord) two = store_get (fixture, "06GC8M3C00DHYSNC", &attempts, NULL);
  g_assert_cmpuint (two->recipients->len, ==, 2);
  g_assert_cmpstr (two->subject, ==, "Tea, 100 % of it");
  gboolean first = g_str_equal (data, "version-1.sql");
  g_assert_cmpint (two->ret, ==, first ? MR_RETURN_DEFAULT : MR_RETURN_FULL);
  g_assert_cmpstr (two->envid, ==, first ? NULL : "env-1");
  g_assert_null (two->hold_rule);
  g_assert_null (two->again_of);
  const MrRecipientRecord *failed = g_ptr_array_index (two->recipients, 1);
  g_assert_cmpint (failed->state, ==, MR_RECIPIENT_FAILED);
  g_assert_cmpstr (failed->reply.enhanced, ==, "5.1.1");
  g_assert_cmpstr (failed->cause, ==, "address-unknown");
  g_assert_nonnull (failed->cause_params);
  g_assert_false (failed->direct);
  g_assert_cmpuint (failed->notify, ==, first ? 0 : 4);
  g_assert_cmpuint (failed->reported, ==, first ? 0 : 1);
  g_assert_cmpuint (failed->report_due, ==, 0);
  g_assert_null (failed->corrected_from);
  g_assert_true (mr_store_is_never (fixture->store, "stop@example.net") == !first);
  g_assert_cmpint (failed->bounced, ==, 0);
  g_assert_cmpuint (attempts->len, ==, 1);
  g_autoptr (GBytes) chunk = store_load (fixture, "06GC8M3C00DHYSNC", 0, NULL);
  g_assert_cmpmem (g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk), body, strlen (body));
  g_assert_cmpint (mr_store_get_value (fixture->store, "online-usec", 0), ==, 12345);
}

/* What was on its way is uncertain, what was held is held, what waits is due, and the counters know. */
static void
test_goes_on (StoreFixture *fixture, gconstpointer data)
{
  open_version (fixture, data);
  g_autoptr (MrMessageRecord) leased = store_get (fixture, "06GC8M3C0ES7VBAR", NULL, NULL);
  g_autoptr (MrMessageRecord) held = store_get (fixture, "06GC8M3C09VK3B9K", NULL, NULL);
  g_assert_cmpint (((MrRecipientRecord *)leased->recipients->pdata[0])->state, ==, MR_RECIPIENT_UNCERTAIN);
  g_assert_cmpint (held->hold, ==, MR_HOLD_NO_ACCOUNT);
  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.messages_active, ==, 4);
  g_assert_cmpuint (counts.recipients[MR_RECIPIENT_NEEDS_PERSON], ==, 1);
  g_autoptr (GPtrArray) due = store_lease (fixture, START + G_TIME_SPAN_HOUR, 10, NULL);
  g_assert_cmpuint (due->len, ==, 2);
  store_change (fixture, "06GC8M3C00DHYSNC", 0, MR_RECIPIENT_DELIVERED, MR_WAIT_NONE, 0, MR_STORE_RELEASE, NULL);
  g_autofree char *fresh = store_add (fixture, 1, "Subject: new\r\n\r\nx\r\n");
  g_assert_cmpint (store_fixture_query (fixture, "SELECT max (num) FROM message"), ==, 65537);
}

/* What was counted by quarter of an hour goes on as hours. */
static void
test_tallies (StoreFixture *fixture, gconstpointer data)
{
  open_version (fixture, data);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count (*) FROM statistic"), ==, 1);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT submitted * 100 + delivered * 10 + failed FROM statistic"), ==,
                   431);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT time FROM statistic"), ==, 1988888 / 4 * 3600);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, file, func)                                                                                          \
  g_test_add ("/store/migrate/" name, StoreFixture, file, store_fixture_set_up, func, store_fixture_tear_down)
  ADD ("1/nothing-is-lost", "version-1.sql", test_nothing_is_lost);
  ADD ("1/goes-on", "version-1.sql", test_goes_on);
  ADD ("2/nothing-is-lost", "version-2.sql", test_nothing_is_lost);
  ADD ("2/goes-on", "version-2.sql", test_goes_on);
  ADD ("3/nothing-is-lost", "version-3.sql", test_nothing_is_lost);
  ADD ("3/goes-on", "version-3.sql", test_goes_on);
  ADD ("4/nothing-is-lost", "version-4.sql", test_nothing_is_lost);
  ADD ("4/goes-on", "version-4.sql", test_goes_on);
  ADD ("4/tallies", "version-4.sql", test_tallies);
  ADD ("5/nothing-is-lost", "version-5.sql", test_nothing_is_lost);
  ADD ("5/goes-on", "version-5.sql", test_goes_on);
  ADD ("5/tallies", "version-5.sql", test_tallies);
  ADD ("3/tallies", "version-3.sql", test_tallies);
  return g_test_run ();
}
