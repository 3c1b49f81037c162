/* Holding, releasing, waking: what a person or an event changes. */
#include "base/log.h"
#include "store-fixture.h"

typedef StoreFixture Fixture;

static void
set (Fixture *fixture, const char *id, MrStoreMessageMask mask, MrHoldReason hold, gint64 not_before,
     const char *account)
{
  StoreAnswer answer = { 0 };

  mr_store_set_message (fixture->store, id, mask, hold, not_before, account, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

static guint
n_due (Fixture *fixture, gint64 now)
{
  g_autoptr (GPtrArray) messages = store_lease (fixture, now, 1000, NULL);

  return messages->len;
}

static void
test_hold (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 2, "x");

  set (fixture, id, MR_STORE_HOLD, MR_HOLD_PERSON, 0, NULL);
  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.messages_held, ==, 1);
  g_assert_cmpuint (counts.messages_active, ==, 1);
  g_assert_cmpuint (n_due (fixture, START * 2), ==, 0);
  g_assert_false (store_lease_one_ok (fixture, id));
  set (fixture, id, MR_STORE_HOLD, MR_HOLD_OLD, 0, NULL);
  g_assert_cmpuint (store_counts (fixture).messages_held, ==, 1);

  g_autoptr (MrMessageRecord) held = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (held->hold, ==, MR_HOLD_OLD);
  g_assert_cmpint (((MrRecipientRecord *)held->recipients->pdata[0])->state, ==, MR_RECIPIENT_WAITING);
  set (fixture, id, MR_STORE_HOLD, MR_HOLD_NONE, 0, NULL);
  g_assert_cmpuint (store_counts (fixture).messages_held, ==, 0);
  g_assert_cmpuint (n_due (fixture, START), ==, 1);
}

/* A message that is held while it is being sent does not come back when its lease ends. */
static void
test_hold_leased (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);

  set (fixture, id, MR_STORE_HOLD, MR_HOLD_PERSON, 0, NULL);
  store_change (fixture, id, 0, MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, START + 1, MR_STORE_RELEASE, NULL);
  g_assert_cmpuint (n_due (fixture, START * 2), ==, 0);
  set (fixture, id, MR_STORE_HOLD, MR_HOLD_NONE, 0, NULL);
  g_assert_cmpuint (n_due (fixture, START + 1), ==, 1);
}

static void
test_cancelled_while_held (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add (fixture, 1, "x");

  set (fixture, id, MR_STORE_HOLD, MR_HOLD_PERSON, 0, NULL);
  store_change (fixture, id, 0, MR_RECIPIENT_CANCELLED, 0, 0, 0, NULL);
  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.messages_held, ==, 0);
  g_assert_cmpuint (counts.messages_active, ==, 0);
  g_autoptr (MrMessageRecord) done = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (done->finished, >, 0);
  g_assert_cmpint (done->hold, ==, MR_HOLD_PERSON); /* undone, it is held again */
}

static void
test_account_time_now (Fixture *fixture, gconstpointer data)
{
  MrMessageRecord *record = store_new_record (fixture, 1);

  ((MrRecipientRecord *)record->recipients->pdata[0])->next_attempt = START + 900 * G_USEC_PER_SEC;
  g_autofree char *id = store_add_record (fixture, record, "x", FALSE);
  set (fixture, id, MR_STORE_ACCOUNT, 0, 0, "other");
  set (fixture, id, MR_STORE_NEXT_NOW, 0, 0, NULL);
  set (fixture, id, MR_STORE_NOT_BEFORE, 0, START + 50 * G_USEC_PER_SEC, NULL);
  g_assert_cmpuint (n_due (fixture, START + 49 * G_USEC_PER_SEC), ==, 0);
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);
  g_assert_cmpstr (got->account_override, ==, "other");
  g_assert_cmpint (got->next_attempt, ==, mr_clock_wall (fixture->clock));
  g_assert_cmpint (got->not_before, ==, START + 50 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_due (fixture, START + 50 * G_USEC_PER_SEC), ==, 1);
}

static void
test_set_unknown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  StoreAnswer answer = { 0 };

  mr_store_set_message (fixture->store, "0000000000000000", MR_STORE_HOLD, MR_HOLD_PERSON, 0, NULL, store_answer_cb,
                        &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
}

static char *
add_waiting (Fixture *fixture, MrRecipientState state, MrWaitReason reason)
{
  char *id = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);

  store_change (fixture, id, 0, state, reason, 0, MR_STORE_RELEASE, NULL);
  return id;
}

static void
wake (Fixture *fixture, guint reasons, gboolean person, const char *account)
{
  StoreAnswer answer = { 0 };

  mr_store_wake (fixture->store, reasons, person, account, START + 5, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

static void
check_row (Fixture *fixture, const char *id, MrRecipientState state, MrWaitReason reason, gint64 next_attempt)
{
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);
  const MrRecipientRecord *row = got->recipients->pdata[0];

  g_assert_cmpint (row->state, ==, state);
  g_assert_cmpint (row->wait_reason, ==, reason);
  g_assert_cmpint (row->next_attempt, ==, next_attempt);
  g_assert_cmpint (got->next_attempt, ==, next_attempt);
}

static void
test_wake (Fixture *fixture, gconstpointer data)
{
  g_autofree char *offline = add_waiting (fixture, MR_RECIPIENT_WAITING, MR_WAIT_OFFLINE);
  g_autofree char *locked = add_waiting (fixture, MR_RECIPIENT_WAITING, MR_WAIT_KEYRING_LOCKED);
  g_autofree char *person = add_waiting (fixture, MR_RECIPIENT_NEEDS_PERSON, MR_WAIT_NONE);
  g_autofree char *leased = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);

  store_change (fixture, leased, 0, MR_RECIPIENT_WAITING, MR_WAIT_OFFLINE, 0, 0, NULL);
  wake (fixture, 1 << MR_WAIT_OFFLINE, FALSE, "somebody else's");
  check_row (fixture, offline, MR_RECIPIENT_WAITING, MR_WAIT_OFFLINE, 0);
  wake (fixture, 1 << MR_WAIT_OFFLINE, FALSE, "work");
  check_row (fixture, offline, MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, START + 5);
  check_row (fixture, locked, MR_RECIPIENT_WAITING, MR_WAIT_KEYRING_LOCKED, 0);
  check_row (fixture, leased, MR_RECIPIENT_WAITING, MR_WAIT_OFFLINE, 0);
  check_row (fixture, person, MR_RECIPIENT_NEEDS_PERSON, MR_WAIT_NONE, 0);
  wake (fixture, 0, TRUE, NULL);
  check_row (fixture, person, MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, START + 5);

  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.recipients[MR_RECIPIENT_NEEDS_PERSON], ==, 0);
  g_assert_cmpuint (counts.waits[MR_WAIT_OFFLINE], ==, 1);
  g_assert_cmpuint (counts.waits[MR_WAIT_KEYRING_LOCKED], ==, 1);
  g_assert_cmpuint (counts.waits[MR_WAIT_RETRY_TIME], ==, 2);
  g_assert_cmpuint (n_due (fixture, START + 4), ==, 0);
  g_assert_cmpuint (n_due (fixture, START + 5), ==, 2);
}

/* More than one step's worth, in several reasons, some messages with several recipients. */
static void
test_wake_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  StoreAnswer answer = { 0 };

  for (guint i = 0; i < 700; i++) {
    MrMessageRecord *record = store_new_record (fixture, 3);
    for (guint j = 0; j < 3; j++) {
      MrRecipientRecord *recipient = record->recipients->pdata[j];
      recipient->wait_reason = i % 2 == 0 ? MR_WAIT_OFFLINE : MR_WAIT_NO_KEYRING;
    }
    mr_store_add_message (fixture->store, record, bytes, FALSE, i == 699 ? store_answer_cb : NULL, &answer);
  }
  store_wait_ok (&answer);
  g_assert_cmpuint (n_due (fixture, START * 2), ==, 0);
  wake (fixture, 1 << MR_WAIT_OFFLINE | 1 << MR_WAIT_NO_KEYRING, TRUE, NULL);
  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.waits[MR_WAIT_RETRY_TIME], ==, 2100);
  g_assert_cmpuint (counts.waits[MR_WAIT_OFFLINE] + counts.waits[MR_WAIT_NO_KEYRING], ==, 0);
  g_assert_cmpuint (n_due (fixture, START + 5), ==, 700);
}

static char *
add_held (Fixture *fixture, const char *reverse_path, const char *from, MrHoldReason hold)
{
  MrMessageRecord *record = store_new_record (fixture, 1);

  g_free (record->reverse_path);
  g_free (record->from);
  record->reverse_path = g_strdup (reverse_path);
  record->from = g_strdup (from);
  record->hold = hold;
  ((MrRecipientRecord *)record->recipients->pdata[0])->wait_reason = MR_WAIT_NO_ACCOUNT;
  return store_add_record (fixture, record, "x", FALSE);
}

static MrHoldReason
hold_of (Fixture *fixture, const char *id)
{
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);

  return got->hold;
}

static void
test_release_held (Fixture *fixture, gconstpointer data)
{
  const char *const patterns[] = { "*@example.org", NULL };
  g_autofree char *path = add_held (fixture, "a@example.org", NULL, MR_HOLD_NO_ACCOUNT);
  g_autofree char *from = add_held (fixture, "", "b@example.org", MR_HOLD_NO_ACCOUNT);
  g_autofree char *other = add_held (fixture, "c@example.net", NULL, MR_HOLD_NO_ACCOUNT);
  g_autofree char *person = add_held (fixture, "d@example.org", NULL, MR_HOLD_PERSON);
  StoreAnswer answer = { 0 };

  g_assert_cmpuint (store_counts (fixture).messages_held, ==, 4);
  mr_store_release_held (fixture->store, MR_HOLD_NO_ACCOUNT, patterns, START + 9, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_assert_cmpint (hold_of (fixture, path), ==, MR_HOLD_NONE);
  g_assert_cmpint (hold_of (fixture, from), ==, MR_HOLD_NONE);
  g_assert_cmpint (hold_of (fixture, other), ==, MR_HOLD_NO_ACCOUNT);
  g_assert_cmpint (hold_of (fixture, person), ==, MR_HOLD_PERSON);
  check_row (fixture, path, MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, START + 9);
  g_assert_cmpuint (store_counts (fixture).messages_held, ==, 2);
  mr_store_release_held (fixture->store, MR_HOLD_NO_ACCOUNT, NULL, START + 9, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_assert_cmpint (hold_of (fixture, other), ==, MR_HOLD_NONE);
  g_assert_cmpuint (n_due (fixture, START + 9), ==, 3);
}

static void
refusals_cb (GPtrArray *rows, const GError *error, gpointer data)
{
  StoreAnswer *answer = ((gpointer *)data)[0];
  guint *n = ((gpointer *)data)[1];

  *n = rows->len;
  if (rows->len > 0)
    g_assert_cmpstr (((MrRefusalRecord *)rows->pdata[0])->reason, ==, "uid");
  store_answer_cb (error, answer);
}

static guint
n_refusals (Fixture *fixture)
{
  StoreAnswer answer = { 0 };
  guint n = 0;
  gpointer data[] = { &answer, &n };

  mr_store_list_refusals (fixture->store, refusals_cb, data);
  store_wait_ok (&answer);
  return n;
}

static void
add_refusal (Fixture *fixture, gint64 uid, gint64 seconds)
{
  MrRefusalRecord *record = mr_refusal_record_new ();

  record->time = START + seconds * G_USEC_PER_SEC;
  record->uid = uid;
  record->program = g_strdup ("smartd");
  record->reason = g_strdup ("uid");
  mr_store_add_refusal (fixture->store, record);
}

static void
clear_refusals (Fixture *fixture, gint64 uid)
{
  StoreAnswer answer = { 0 };

  mr_store_clear_refusals (fixture->store, uid, store_answer_cb, &answer);
  store_wait_ok (&answer);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  add_refusal (fixture, 0, 0);
  add_refusal (fixture, 0, 59); /* the same within a minute */
  add_refusal (fixture, 33, 59);
  add_refusal (fixture, 0, 61);
  clear_refusals (fixture, 7);
  g_assert_cmpuint (n_refusals (fixture), ==, 3);
  clear_refusals (fixture, 0);
  g_assert_cmpuint (n_refusals (fixture), ==, 1);
  for (guint i = 0; i < 300; i++)
    add_refusal (fixture, 1000 + i, 0);
  clear_refusals (fixture, 7);
  g_assert_cmpuint (n_refusals (fixture), ==, 200);
  clear_refusals (fixture, -1);
  g_assert_cmpuint (n_refusals (fixture), ==, 0);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  ADD ("/store/change/hold", test_hold);
  ADD ("/store/change/hold-leased", test_hold_leased);
  ADD ("/store/change/cancelled-while-held", test_cancelled_while_held);
  ADD ("/store/change/account-time-now", test_account_time_now);
  ADD ("/store/change/set-unknown", test_set_unknown);
  ADD ("/store/change/wake", test_wake);
  ADD ("/store/change/wake-many", test_wake_many);
  ADD ("/store/change/release-held", test_release_held);
  ADD ("/store/change/refusals", test_refusals);
  return g_test_run ();
}
