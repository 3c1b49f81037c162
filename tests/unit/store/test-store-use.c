/* What accounts accepted: counted with the outcome, read by minute. */
#include "store-fixture.h"

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

static MrAttemptRecord *
new_attempt (const char *id, guint recipient, const char *account, MrVerdictKind verdict)
{
  MrAttemptRecord *attempt = mr_attempt_record_new ();

  attempt->message_id = g_strdup (id);
  attempt->recipient = recipient;
  attempt->number = 1;
  attempt->account = g_strdup (account);
  attempt->verdict = verdict;
  return attempt;
}

/* One transaction: n recipients that the account accepted, and one that it refused. */
static void
deliver (StoreFixture *fixture, const char *account, guint n)
{
  g_autofree char *id = store_add (fixture, n + 1, "Subject: x\r\n\r\nx\r\n");
  GPtrArray *attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);
  StoreAnswer answer = { 0 };

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (attempts, new_attempt (id, i, account, MR_VERDICT_DELIVERED));
  g_ptr_array_add (attempts, new_attempt (id, n, account, MR_VERDICT_RETRY));
  mr_store_update_message (fixture->store, id, NULL, attempts, 0, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

typedef struct {
  StoreAnswer answer;
  guint rows, messages, recipients;
  gint64 first;
} Use;

static void
use_cb (GPtrArray *use, const GError *error, gpointer data)
{
  Use *result = data;

  for (guint i = 0; error == NULL && i < use->len; i++) {
    const MrAccountUse *row = g_ptr_array_index (use, i);
    result->first = i == 0 ? row->time : result->first;
    result->rows++;
    result->messages += row->messages;
    result->recipients += row->recipients;
  }
  store_answer_cb (error, &result->answer);
}

static Use
read_use (StoreFixture *fixture, const char *account, gint64 since)
{
  Use result = { 0 };

  mr_store_account_use (fixture->store, account, since, use_cb, &result);
  store_wait_ok (&result.answer);
  return result;
}

static void
check (Use use, guint rows, guint messages, guint recipients)
{
  g_assert_cmpuint (use.rows, ==, rows);
  g_assert_cmpuint (use.messages, ==, messages);
  g_assert_cmpuint (use.recipients, ==, recipients);
}

static void
test_counts (StoreFixture *fixture, gconstpointer data)
{
  gint64 start;

  deliver (fixture, "work", 3);
  deliver (fixture, "work", 1);
  deliver (fixture, "home", 2);
  start = mr_clock_wall (fixture->clock);
  mr_clock_advance (fixture->clock, 10 * MINUTE);
  deliver (fixture, "work", 1);
  deliver (fixture, "work", 0);
  check (read_use (fixture, "work", 0), 2, 3, 5);
  check (read_use (fixture, NULL, 0), 3, 4, 7);
  check (read_use (fixture, "work", start + MINUTE), 1, 1, 1);
  check (read_use (fixture, "elsewhere", 0), 0, 0, 0);
  g_assert_cmpint (read_use (fixture, "work", 0).first, ==, start / MINUTE * MINUTE);
}

/* A restart or a crash forgets nothing; what no limit looks at any more goes. */
static void
test_is_kept (StoreFixture *fixture, gconstpointer data)
{
  StoreAnswer answer = { 0 };

  deliver (fixture, "work", 3);
  store_fixture_crash (fixture);
  check (read_use (fixture, "work", 0), 1, 1, 3);
  mr_clock_advance (fixture->clock, (MR_STORE_USE_DAYS + 1) * G_TIME_SPAN_DAY);
  deliver (fixture, "work", 1);
  mr_store_clean (fixture->store, store_answer_cb, &answer);
  store_wait_ok (&answer);
  check (read_use (fixture, "work", 0), 1, 1, 1);
}

#define ADD(path, function)                                                                                            \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/use/counts", test_counts);
  ADD ("/store/use/is-kept", test_is_kept);
  return g_test_run ();
}
