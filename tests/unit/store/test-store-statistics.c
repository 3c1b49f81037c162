/* What became of recipients, counted with the outcome; what waits by destination; the audit log. */
#include "store-fixture.h"

#include <string.h>

#include "store/statistics.h"

typedef struct {
  StoreAnswer answer;
  GPtrArray *rows;
} Rows;

static void
statistics_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  Rows *result = data;

  for (guint i = 0; error == NULL && i < rows->len; i++) {
    MrStatisticRecord *copy = g_memdup2 (g_ptr_array_index (rows, i), sizeof *copy);
    copy->name = g_strdup (copy->name);
    g_ptr_array_add (result->rows, copy);
  }
  store_answer_cb (error, &result->answer);
}

static GPtrArray *
read_rows (StoreFixture *fixture, MrStatisticKind kind, const char *name, gboolean times)
{
  Rows result = { .rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_statistic_record_free) };

  mr_store_get_statistics (fixture->store, kind, name, times, 0, G_MAXINT64, statistics_cb, &result);
  store_wait_ok (&result.answer);
  return result.rows;
}

static guint64
count_of (StoreFixture *fixture, MrStatisticKind kind, const char *name, MrCountKind count)
{
  g_autoptr (GPtrArray) rows = read_rows (fixture, kind, NULL, kind == MR_STATISTIC_ALL);

  for (guint i = 0; i < rows->len; i++) {
    const MrStatisticRecord *row = g_ptr_array_index (rows, i);
    if (g_strcmp0 (row->name, name) == 0)
      return row->counts[count];
  }
  return 0;
}

static char *
add_to (StoreFixture *fixture, const char *address)
{
  MrMessageRecord *record = store_new_record (fixture, 1);
  MrRecipientRecord *recipient = g_ptr_array_index (record->recipients, 0);

  g_free (recipient->address);
  recipient->address = g_strdup (address);
  g_free (record->program);
  record->program = g_strdup ("cron");
  record->uid = 1000;
  g_free (record->subject);
  record->subject = g_strdup ("Payroll");
  record->peer = g_strdup ("127.0.0.1:40000");
  return store_add_record (fixture, record, "Subject: x\r\n\r\nbody words\r\n", FALSE);
}

static GPtrArray *
attempt_of (const char *id, MrVerdictKind verdict, const char *cause)
{
  GPtrArray *attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);
  MrAttemptRecord *attempt = mr_attempt_record_new ();

  attempt->message_id = g_strdup (id);
  attempt->number = 1;
  attempt->account = g_strdup ("work");
  attempt->verdict = verdict;
  attempt->cause = g_strdup (cause);
  g_ptr_array_add (attempts, attempt);
  return attempts;
}

static void
settle (StoreFixture *fixture, const char *id, const char *address, MrRecipientState state, const char *host,
        const char *cause)
{
  MrRecipientRecord *recipient = mr_recipient_record_new (0, address);
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  gboolean final = mr_recipient_state_is_final (state);
  StoreAnswer answer = { 0 };

  recipient->state = state;
  recipient->account = g_strdup ("work");
  recipient->host = g_strdup (host);
  recipient->direct = host != NULL;
  recipient->cause = g_strdup (cause);
  recipient->next_attempt = final ? 0 : mr_clock_wall (fixture->clock) + G_TIME_SPAN_HOUR;
  recipient->wait_reason = final ? MR_WAIT_NONE : MR_WAIT_RETRY_TIME;
  g_ptr_array_add (changed, recipient);
  mr_store_update_message (fixture->store, id, changed,
                           attempt_of (id,
                                       state == MR_RECIPIENT_DELIVERED ? MR_VERDICT_DELIVERED
                                       : final                         ? MR_VERDICT_FAILED
                                                                       : MR_VERDICT_RETRY,
                                       cause),
                           0, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

/* Everything that is counted of one message is counted by everything it belongs to, once. */
static void
test_counts (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *first = add_to (fixture, "a@Example.com"), *second = add_to (fixture, "b@example.org");

  settle (fixture, first, "a@Example.com", MR_RECIPIENT_WAITING, "mx1.mail.example.net", "greylisted");
  settle (fixture, first, "a@Example.com", MR_RECIPIENT_DELIVERED, "mx1.mail.example.net", NULL);
  settle (fixture, second, "b@example.org", MR_RECIPIENT_FAILED, NULL, "address-unknown");
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ALL, NULL, MR_COUNT_SUBMITTED), ==, 2);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ALL, NULL, MR_COUNT_DELIVERED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ALL, NULL, MR_COUNT_FAILED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ALL, NULL, MR_COUNT_DEFERRED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ACCOUNT, "work", MR_COUNT_DELIVERED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ACCOUNT, "work", MR_COUNT_FAILED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_PROGRAM, "cron", MR_COUNT_SUBMITTED), ==, 2);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_PROGRAM, "cron", MR_COUNT_DELIVERED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_DOMAIN, "example.com", MR_COUNT_DELIVERED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_DOMAIN, "example.com", MR_COUNT_DEFERRED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_CAUSE, "greylisted", MR_COUNT_DEFERRED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_CAUSE, "address-unknown", MR_COUNT_FAILED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_PROVIDER, "mail.example.net", MR_COUNT_DELIVERED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_PROVIDER, "example.org", MR_COUNT_FAILED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ALL, NULL, MR_COUNT_BYTES), >, 10);
}

/* With the outcome or not at all: what a crash takes is taken of both. */
static void
test_survives (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *id = add_to (fixture, "a@example.com");

  settle (fixture, id, "a@example.com", MR_RECIPIENT_DELIVERED, NULL, NULL);
  store_fixture_crash (fixture);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ALL, NULL, MR_COUNT_DELIVERED), ==, 1);
}

/* What is only submitted waits for a commit that has more to count, and is there for whoever asks, in its own hour, after an end of the service. */
static void
test_submitted (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *first = add_to (fixture, "a@example.com");

  mr_clock_advance (fixture->clock, G_TIME_SPAN_HOUR);
  g_autofree char *second = add_to (fixture, "a@example.com");
  g_autofree char *third = add_to (fixture, "a@example.com");
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_DOMAIN, "example.com", MR_COUNT_SUBMITTED), ==, 3);
  g_autofree char *fourth = add_to (fixture, "a@example.com");
  store_fixture_close (fixture);
  store_fixture_open (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT sum (submitted) FROM statistic WHERE kind = 3"), ==, 4);
  g_autoptr (GPtrArray) rows = read_rows (fixture, MR_STATISTIC_DOMAIN, "example.com", TRUE);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpuint (((MrStatisticRecord *)rows->pdata[0])->counts[MR_COUNT_SUBMITTED], ==, 1);
  g_assert_cmpuint (((MrStatisticRecord *)rows->pdata[1])->counts[MR_COUNT_SUBMITTED], ==, 3);
}

static void
clean (StoreFixture *fixture)
{
  StoreAnswer answer = { 0 };

  mr_store_clean (fixture->store, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

static void
test_is_bounded (StoreFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 80; i++) {
    g_autofree char *address = g_strdup_printf ("a@d%02u.example.com", i), *id = add_to (fixture, address);
    settle (fixture, id, address, MR_RECIPIENT_DELIVERED, NULL, NULL);
  }
  g_autoptr (GPtrArray) hours = read_rows (fixture, MR_STATISTIC_DOMAIN, NULL, FALSE);
  g_assert_cmpuint (hours->len, <=, 65);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_DOMAIN, "*", MR_COUNT_DELIVERED), ==, 16);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ALL, NULL, MR_COUNT_DELIVERED), ==, 80);

  /* Hours become days, days go; the sums stay what they were. */
  mr_clock_advance (fixture->clock, 92 * G_TIME_SPAN_DAY);
  clean (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM statistic WHERE days = 0"), ==, 0);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM statistic WHERE kind = 3"), ==, 32);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ALL, NULL, MR_COUNT_DELIVERED), ==, 80);
  g_autoptr (GPtrArray) days = read_rows (fixture, MR_STATISTIC_DOMAIN, NULL, FALSE);
  guint64 sum = 0;
  for (guint i = 0; i < days->len; i++)
    sum += ((MrStatisticRecord *)days->pdata[i])->counts[MR_COUNT_DELIVERED];
  g_assert_cmpuint (sum, ==, 80);
  mr_clock_advance (fixture->clock, 700 * G_TIME_SPAN_DAY);
  clean (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM statistic"), ==, 0);
}

static void
test_over_time (StoreFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++) {
    g_autofree char *id = add_to (fixture, "a@example.com");
    settle (fixture, id, "a@example.com", MR_RECIPIENT_DELIVERED, NULL, NULL);
    mr_clock_advance (fixture->clock, G_TIME_SPAN_HOUR);
  }
  g_autoptr (GPtrArray) rows = read_rows (fixture, MR_STATISTIC_DOMAIN, "example.com", TRUE);
  g_assert_cmpuint (rows->len, ==, 3);
  const MrStatisticRecord *a = rows->pdata[0], *b = rows->pdata[1];
  g_assert_cmpint (b->time - a->time, ==, G_TIME_SPAN_HOUR);
  g_assert_cmpuint (b->counts[MR_COUNT_DELIVERED], ==, 1);
}

/* What comes back, and a complaint, however often the report is opened. */
static void
test_returned (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *id = add_to (fixture, "a@example.com");

  settle (fixture, id, "a@example.com", MR_RECIPIENT_DELIVERED, NULL, NULL);
  for (guint i = 0; i < 2; i++) {
    StoreAnswer bounced = { 0 }, complained = { 0 };
    mr_store_mark_bounced (fixture->store, id, 0, 0, "mailbox-full", store_answer_cb, &bounced);
    store_wait_ok (&bounced);
    mr_store_count_complaint (fixture->store, id, i == 0 ? 0 : G_MAXUINT, store_answer_cb, &complained);
    store_wait_ok (&complained);
  }
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_DOMAIN, "example.com", MR_COUNT_RETURNED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_CAUSE, "mailbox-full", MR_COUNT_RETURNED), ==, 1);
  g_assert_cmpuint (count_of (fixture, MR_STATISTIC_ACCOUNT, "work", MR_COUNT_COMPLAINTS), ==, 1);
}

/* ---- ages ---- */

static void
ages_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  Rows *result = data;

  for (guint i = 0; error == NULL && i < rows->len; i++) {
    MrQueueAgeRecord *copy = g_memdup2 (g_ptr_array_index (rows, i), sizeof *copy);
    copy->domain = g_strdup (copy->domain);
    g_ptr_array_add (result->rows, copy);
  }
  store_answer_cb (error, &result->answer);
}

static void
test_ages (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_queue_age_record_free);
  Rows result = { .rows = rows };
  g_autofree char *sent = add_to (fixture, "x@example.org");
  g_free (add_to (fixture, "a@example.com"));

  settle (fixture, sent, "x@example.org", MR_RECIPIENT_DELIVERED, NULL, NULL);
  mr_clock_advance (fixture->clock, 7 * G_TIME_SPAN_MINUTE);
  g_free (add_to (fixture, "b@EXAMPLE.com"));
  g_free (add_to (fixture, "c@example.net"));
  mr_store_list_queue_ages (fixture->store, ages_cb, &result);
  store_wait_ok (&result.answer);
  g_assert_cmpuint (rows->len, ==, 2);
  const MrQueueAgeRecord *first = rows->pdata[0];
  g_assert_cmpstr (first->domain, ==, "example.com");
  g_assert_cmpuint (first->total, ==, 2);
  g_assert_cmpuint (first->ages[0], ==, 1);
  g_assert_cmpuint (first->ages[1], ==, 1);
}

/* ---- audit ---- */

static void
audit_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  Rows *result = data;

  for (guint i = 0; error == NULL && i < rows->len; i++)
    g_ptr_array_add (result->rows, g_steal_pointer (&rows->pdata[i]));
  store_answer_cb (error, &result->answer);
}

static GPtrArray *
read_audit (StoreFixture *fixture)
{
  Rows result = { .rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_audit_record_free) };

  mr_store_list_audit (fixture->store, 0, 0, 100, audit_cb, &result);
  store_wait_ok (&result.answer);
  return result.rows;
}

static void
test_audit (StoreFixture *fixture, gconstpointer data)
{
  g_free (add_to (fixture, "a@example.com"));
  mr_store_set_audit (fixture->store, TRUE, FALSE, 30);
  g_autofree char *id = add_to (fixture, "b@example.com");
  StoreAnswer answer = { 0 };

  settle (fixture, id, "b@example.com", MR_RECIPIENT_WAITING, NULL, "greylisted");
  settle (fixture, id, "b@example.com", MR_RECIPIENT_FAILED, "mx.example.com", "address-unknown");
  mr_store_delete_message (fixture->store, id, store_answer_cb, &answer);
  store_wait_ok (&answer);
  mr_store_set_audit (fixture->store, TRUE, TRUE, 30);
  g_free (add_to (fixture, "c@example.com"));
  mr_store_set_audit (fixture->store, FALSE, FALSE, 30);
  g_free (add_to (fixture, "d@example.com"));

  g_autoptr (GPtrArray) lines = read_audit (fixture);
  g_assert_cmpuint (lines->len, ==, 3);
  const MrAuditRecord *submitted = lines->pdata[0], *outcome = lines->pdata[1], *third = lines->pdata[2];
  g_assert_true (submitted->submitted);
  g_assert_cmpstr (submitted->message, ==, id);
  g_assert_cmpint (submitted->uid, ==, 1000);
  g_assert_cmpstr (submitted->program, ==, "cron");
  g_assert_cmpstr (submitted->peer, ==, "127.0.0.1:40000");
  g_assert_cmpstr (submitted->recipients, ==, "b@example.com");
  g_assert_null (submitted->subject);
  g_assert_false (outcome->submitted);
  g_assert_cmpint (outcome->state, ==, MR_RECIPIENT_FAILED);
  g_assert_cmpstr (outcome->host, ==, "mx.example.com");
  g_assert_cmpstr (outcome->cause, ==, "address-unknown");
  g_assert_cmpstr (third->subject, ==, "Payroll");
}

static void
test_audit_ends (StoreFixture *fixture, gconstpointer data)
{
  mr_store_set_audit (fixture->store, TRUE, FALSE, 30);
  g_free (add_to (fixture, "b@example.com"));
  mr_clock_advance (fixture->clock, 29 * G_TIME_SPAN_DAY);
  g_autofree char *later = add_to (fixture, "c@example.com");
  mr_clock_advance (fixture->clock, 2 * G_TIME_SPAN_DAY);
  clean (fixture);
  g_autoptr (GPtrArray) lines = read_audit (fixture);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (((MrAuditRecord *)lines->pdata[0])->message, ==, later);
}

#define ADD(path, function)                                                                                            \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/statistics/counts", test_counts);
  ADD ("/store/statistics/survives", test_survives);
  ADD ("/store/statistics/submitted", test_submitted);
  ADD ("/store/statistics/is-bounded", test_is_bounded);
  ADD ("/store/statistics/over-time", test_over_time);
  ADD ("/store/statistics/returned", test_returned);
  ADD ("/store/statistics/ages", test_ages);
  ADD ("/store/audit/lines", test_audit);
  ADD ("/store/audit/ends", test_audit_ends);
  return g_test_run ();
}
