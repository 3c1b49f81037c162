/* Intake, leases, updates: the hot path of the store. */
#include <string.h>

#include "base/log.h"
#include "store-fixture.h"

typedef StoreFixture Fixture;

static void
check_body (Fixture *fixture, const char *id, const char *body)
{
  g_autoptr (GBytes) chunk = store_load (fixture, id, 0, NULL);

  g_assert_cmpmem (g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk), body, strlen (body));
}

static void
test_add_and_get (Fixture *fixture, gconstpointer data)
{
  MrMessageRecord *record = store_new_record (fixture, 3);
  g_autoptr (GPtrArray) attempts = NULL;

  record->not_before = START + 5;
  record->has_8bit = TRUE;
  record->account_override = g_strdup ("work");
  g_autofree char *id = store_add_record (fixture, record, "Hello\r\n", FALSE);
  check_body (fixture, id, "Hello\r\n");

  g_autoptr (MrMessageRecord) got = store_get (fixture, id, &attempts, NULL);
  g_assert_cmpstr (got->id, ==, id);
  g_assert_cmpstr (got->reverse_path, ==, "anna@example.org");
  g_assert_cmpstr (got->from, ==, "anna@example.org");
  g_assert_cmpstr (got->subject, ==, "Tea, 100 % of it");
  g_assert_cmpstr (got->message_id, ==, "one@example.org");
  g_assert_cmpstr (got->program, ==, "git");
  g_assert_cmpstr (got->socket, ==, "127.0.0.1:2525");
  g_assert_cmpstr (got->helo, ==, "localhost");
  g_assert_null (got->auth_identity);
  g_assert_cmpstr (got->account_override, ==, "work");
  g_assert_cmpint (got->uid, ==, 1000);
  g_assert_cmpint (got->pid, ==, 4711);
  g_assert_cmpuint (got->size, ==, 7);
  g_assert_true (got->has_8bit);
  g_assert_true (got->has_body);
  g_assert_cmpint (got->not_before, ==, START + 5);
  g_assert_cmpint (got->finished, ==, 0);
  g_assert_cmpuint (got->n_recipients, ==, 3);
  g_assert_cmpuint (got->recipients->len, ==, 3);
  g_assert_cmpstr (((MrRecipientRecord *)got->recipients->pdata[2])->address, ==, "r2@example.com");
  g_assert_cmpuint (attempts->len, ==, 0);
}

static void
test_get_unknown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (store_get (fixture, "0000000000000000", NULL, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (store_load (fixture, "0000000000000000", 0, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
}

static void
add_refused (Fixture *fixture, MrMessageRecord *record, int code)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;
  StoreAnswer answer = { 0 };

  mr_store_add_message (fixture->store, record, bytes, FALSE, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, code);
}

static void
test_add_refused (Fixture *fixture, gconstpointer data)
{
  MrMessageRecord *record = store_new_record (fixture, 1);

  ((MrRecipientRecord *)record->recipients->pdata[0])->address[2] = '\n';
  add_refused (fixture, record, MR_ERROR_INVALID);
  add_refused (fixture, store_new_record (fixture, 0), MR_ERROR_INVALID);
  record = store_new_record (fixture, 1);
  record->id[3] = 'u';
  add_refused (fixture, record, MR_ERROR_INVALID);
  record = store_new_record (fixture, 1);
  ((MrRecipientRecord *)record->recipients->pdata[0])->state = MR_RECIPIENT_DELIVERED;
  add_refused (fixture, record, MR_ERROR_INVALID);

  /* An id that is taken: the first stays as it was. */
  g_autofree char *id = store_add (fixture, 1, "first");
  record = store_new_record (fixture, 1);
  g_free (record->id);
  record->id = g_strdup (id);
  add_refused (fixture, record, MR_ERROR_STORE);
  check_body (fixture, id, "first");
  g_assert_cmpuint (store_counts (fixture).messages_active, ==, 1);
}

/* One request that the database refuses must not fail its neighbours in the same transaction. */
static void
test_bad_neighbour (Fixture *fixture, gconstpointer data)
{
  g_autofree char *taken = store_add (fixture, 1, "taken");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("body", 4);
  StoreAnswer answers[9] = { { 0 } };
  char *ids[9];

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    MrMessageRecord *record = store_new_record (fixture, 2);
    if (i == 4) {
      g_free (record->id);
      record->id = g_strdup (taken);
    }
    ids[i] = g_strdup (record->id);
    mr_store_add_message (fixture->store, record, bytes, FALSE, store_answer_cb, &answers[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (GError) error = NULL;
    store_wait (&answers[i], &error);
    if (i == 4)
      g_assert_error (error, MR_ERROR, MR_ERROR_STORE);
    else
      g_assert_no_error (error);
    if (i != 4)
      check_body (fixture, ids[i], "body");
    g_free (ids[i]);
  }
  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.messages_active, ==, 9);
  g_assert_cmpuint (counts.recipients[MR_RECIPIENT_WAITING], ==, 17);
}

static void
test_upload (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) first = g_bytes_new_static ("first ", 6);
  g_autoptr (GBytes) second = g_bytes_new_static ("second", 6);
  MrMessageRecord *record = store_new_record (fixture, 1);
  g_autofree char *id = g_strdup (record->id);
  StoreAnswer answer = { 0 };

  record->n_chunks = 3;
  mr_store_put_chunk (fixture->store, id, 0, first, NULL, NULL);
  mr_store_put_chunk (fixture->store, id, 1, second, store_answer_cb, &answer);
  store_wait_ok (&answer);
  mr_store_add_message (fixture->store, record, first, FALSE, store_answer_cb, &answer);
  store_wait_ok (&answer);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) chunk = store_load (fixture, id, i, NULL);
    g_assert_true (g_bytes_equal (chunk, i == 1 ? second : first));
  }
}

static void
test_upload_with_a_hole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) chunk = g_bytes_new_static ("x", 1);
  MrMessageRecord *record = store_new_record (fixture, 1);
  g_autofree char *id = g_strdup (record->id);
  g_autoptr (GError) error = NULL;
  StoreAnswer answer = { 0 };

  record->n_chunks = 3;
  mr_store_put_chunk (fixture->store, id, 0, chunk, NULL, NULL);
  mr_store_put_chunk (fixture->store, id, 2, chunk, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_STORE);
  g_clear_error (&error);
  mr_store_add_message (fixture->store, record, chunk, FALSE, store_answer_cb, &answer);
  store_wait (&answer, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_STORE);
  store_fixture_close (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM chunk"), ==, 0);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM incoming"), ==, 0);
}

static void
test_drop_incoming (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) chunk = g_bytes_new_static ("x", 1);
  g_autofree char *id = mr_id_new (fixture->clock);

  for (guint i = 0; i < 10; i++)
    mr_store_put_chunk (fixture->store, id, i, chunk, NULL, NULL);
  mr_store_drop_incoming (fixture->store, id);
  store_fixture_close (fixture);
  g_assert_cmpint (store_fixture_query (fixture, "SELECT count(*) FROM chunk"), ==, 0);
}

static void
set_next_attempt (MrMessageRecord *record, gint64 when)
{
  ((MrRecipientRecord *)record->recipients->pdata[0])->next_attempt = when;
}

static void
test_lease_order (Fixture *fixture, gconstpointer data)
{
  const gint64 times[] = { START + 300, START + 100, START + 200 };
  char *ids[3];
  gint64 next_due;

  for (guint i = 0; i < 3; i++) {
    MrMessageRecord *record = store_new_record (fixture, 2);
    set_next_attempt (record, times[i]);
    ((MrRecipientRecord *)record->recipients->pdata[1])->next_attempt = START + 1000;
    ids[i] = store_add_record (fixture, record, "x", FALSE);
  }
  g_autoptr (GPtrArray) none = store_lease (fixture, START + 99, 10, &next_due);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (next_due, ==, START + 100);
  g_autoptr (GPtrArray) two = store_lease (fixture, START + 250, 10, &next_due);
  g_assert_cmpuint (two->len, ==, 2);
  g_assert_cmpstr (((MrMessageRecord *)two->pdata[0])->id, ==, ids[1]);
  g_assert_cmpstr (((MrMessageRecord *)two->pdata[1])->id, ==, ids[2]);
  g_assert_cmpuint (((MrMessageRecord *)two->pdata[1])->recipients->len, ==, 2);
  g_assert_cmpint (next_due, ==, START + 300);
  g_autoptr (GPtrArray) rest = store_lease (fixture, START + 5000, 10, &next_due);
  g_assert_cmpuint (rest->len, ==, 1);
  g_assert_cmpint (next_due, ==, 0);
  for (guint i = 0; i < 3; i++)
    g_free (ids[i]);
}

static void
test_lease_limit_and_release (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = store_add (fixture, 1, "a");
  g_autofree char *b = store_add (fixture, 1, "b");
  gint64 next_due;

  g_autoptr (GPtrArray) one = store_lease (fixture, START, 1, &next_due);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpint (next_due, ==, 1);
  const char *id = ((MrMessageRecord *)one->pdata[0])->id;
  g_assert_false (store_lease_one_ok (fixture, id));
  g_assert_true (store_lease_one_ok (fixture, g_str_equal (id, a) ? b : a));

  /* Without the flag it stays leased; with it, it is due again at its new time. */
  store_change (fixture, id, 0, MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, START + 60, 0, NULL);
  g_autoptr (GPtrArray) none = store_lease (fixture, START + 100, 10, &next_due);
  g_assert_cmpuint (none->len, ==, 0);
  store_change (fixture, id, 0, MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, START + 60, MR_STORE_RELEASE, NULL);
  g_autoptr (GPtrArray) again = store_lease (fixture, START + 100, 10, &next_due);
  g_assert_cmpuint (again->len, ==, 1);
}

static void
test_added_leased (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);
  g_autoptr (GPtrArray) none = store_lease (fixture, START * 2, 10, NULL);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_false (store_lease_one_ok (fixture, id));
}

static void
test_not_before (Fixture *fixture, gconstpointer data)
{
  MrMessageRecord *record = store_new_record (fixture, 1);
  gint64 next_due;

  record->not_before = START + 500;
  g_autofree char *id = store_add_record (fixture, record, "x", FALSE);
  g_assert_nonnull (id);
  g_autoptr (GPtrArray) none = store_lease (fixture, START + 499, 10, &next_due);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (next_due, ==, START + 500);
  g_autoptr (GPtrArray) one = store_lease (fixture, START + 500, 10, &next_due);
  g_assert_cmpuint (one->len, ==, 1);
}

/* What waits for an event has no time of its own: it must not be due at once, nor spin. */
static void
test_waiting_for_an_event (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);
  gint64 next_due;

  store_change (fixture, id, 0, MR_RECIPIENT_WAITING, MR_WAIT_KEYRING_LOCKED, 0, MR_STORE_RELEASE, NULL);
  g_autoptr (GPtrArray) none = store_lease (fixture, START * 2, 10, &next_due);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (next_due, ==, 0);
  g_assert_true (store_lease_one_ok (fixture, id));
}

static GPtrArray *
new_attempts (guint n)
{
  GPtrArray *attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);

  for (guint i = 0; i < n; i++) {
    MrAttemptRecord *attempt = mr_attempt_record_new ();
    attempt->recipient = 0;
    attempt->number = i + 1;
    attempt->started = START + i;
    attempt->finished = START + i + 1;
    attempt->stage = MR_STAGE_RCPT;
    attempt->host = g_strdup ("mx.example.com");
    attempt->verdict = MR_VERDICT_RETRY;
    attempt->transcript = g_strdup ("C: RCPT\nS: 450");
    mr_reply_record_set (&attempt->reply, 450, "4.2.1", "later\nplease");
    g_ptr_array_add (attempts, attempt);
  }
  return attempts;
}

static void
test_attempts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);
  g_autoptr (GPtrArray) attempts = NULL;
  StoreAnswer answer = { 0 };

  mr_store_update_message (fixture->store, id, NULL, new_attempts (150), 0, store_answer_cb, &answer);
  store_wait_ok (&answer);
  mr_store_update_message (fixture->store, id, NULL, new_attempts (100), 0, store_answer_cb, &answer);
  store_wait_ok (&answer);
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, &attempts, NULL);
  g_assert_nonnull (got);
  g_assert_cmpuint (attempts->len, ==, 200);
  const MrAttemptRecord *first = attempts->pdata[0], *last = attempts->pdata[199];
  g_assert_cmpuint (first->number, ==, 51);
  g_assert_cmpuint (last->number, ==, 100);
  g_assert_cmpstr (last->message_id, ==, id);
  g_assert_cmpstr (last->host, ==, "mx.example.com");
  g_assert_cmpuint (last->reply.code, ==, 450);
  g_assert_cmpstr (last->reply.enhanced, ==, "4.2.1");
  g_assert_cmpstr (last->reply.text, ==, "later\nplease");
  g_assert_cmpint (last->stage, ==, MR_STAGE_RCPT);
  g_assert_cmpint (last->verdict, ==, MR_VERDICT_RETRY);
  g_assert_cmpstr (last->transcript, ==, "C: RCPT\nS: 450");
}

static void
test_recipient_fields (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  MrRecipientRecord *recipient = mr_recipient_record_new (0, "r0@example.com");
  StoreAnswer answer = { 0 };

  recipient->state = MR_RECIPIENT_NEEDS_PERSON;
  recipient->attempts = 3;
  recipient->policy_retries = 2;
  recipient->stage = MR_STAGE_AUTH;
  recipient->changed = START + 7;
  recipient->host = g_strdup ("smtp.example.net");
  recipient->account = g_strdup ("work");
  recipient->cause = g_strdup ("password-refused");
  recipient->cause_params = g_variant_ref_sink (g_variant_new_parsed ("{'user': 'an\\'na', 'host': 'x\"y'}"));
  mr_reply_record_set (&recipient->reply, 535, "5.7.8", "no");
  g_ptr_array_add (changed, recipient);
  g_autoptr (GVariant) params = g_variant_ref (recipient->cause_params);
  mr_store_update_message (fixture->store, id, changed, NULL, 0, store_answer_cb, &answer);
  store_wait_ok (&answer);

  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);
  const MrRecipientRecord *row = got->recipients->pdata[0];
  g_assert_cmpint (row->state, ==, MR_RECIPIENT_NEEDS_PERSON);
  g_assert_cmpuint (row->attempts, ==, 3);
  g_assert_cmpuint (row->policy_retries, ==, 2);
  g_assert_cmpint (row->stage, ==, MR_STAGE_AUTH);
  g_assert_cmpint (row->changed, ==, START + 7);
  g_assert_cmpstr (row->host, ==, "smtp.example.net");
  g_assert_cmpstr (row->account, ==, "work");
  g_assert_cmpstr (row->cause, ==, "password-refused");
  g_assert_cmpvariant (row->cause_params, params);
  g_assert_cmpuint (row->reply.code, ==, 535);
  g_assert_cmpint (got->hold, ==, MR_HOLD_NONE);
}

/* The last final recipient finishes the message; a delivered body goes at once where no days are set. */
static void
test_finish (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 2), "gone", TRUE);
  g_autoptr (GError) error = NULL;

  store_change (fixture, id, 0, MR_RECIPIENT_DELIVERED, 0, 0, 0, NULL);
  g_autoptr (MrMessageRecord) half = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (half->finished, ==, 0);
  store_change (fixture, id, 1, MR_RECIPIENT_RELAYED, 0, 0, MR_STORE_RELEASE, NULL);
  g_autoptr (MrMessageRecord) done = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (done->finished, >=, START);
  g_assert_false (done->has_body);
  g_assert_null (store_load (fixture, id, 0, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);

  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.messages_active, ==, 0);
  g_assert_cmpuint (counts.bytes_active, ==, 0);
  g_assert_cmpuint (counts.recipients[MR_RECIPIENT_DELIVERED], ==, 0);
  g_assert_cmpuint (counts.delivered_today, ==, 2);
  g_assert_cmpint (counts.oldest_active, ==, 0);

  /* Nothing leaves delivered. */
  store_change (fixture, id, 0, MR_RECIPIENT_WAITING, 0, 0, 0, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

static void
test_failed_can_be_reopened (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 1), "kept", TRUE);
  g_autoptr (GError) error = NULL;

  store_change (fixture, id, 0, MR_RECIPIENT_FAILED, 0, 0, MR_STORE_RELEASE, NULL);
  g_assert_cmpuint (store_counts (fixture).failed_week, ==, 1);
  check_body (fixture, id, "kept");
  store_change (fixture, id, 0, MR_RECIPIENT_WAITING, MR_WAIT_NONE, 0, 0, NULL);
  g_autoptr (MrMessageRecord) open = store_get (fixture, id, NULL, NULL);
  g_assert_cmpint (open->finished, ==, 0);
  MrStoreCounts counts = store_counts (fixture);
  g_assert_cmpuint (counts.messages_active, ==, 1);
  g_assert_cmpuint (counts.recipients[MR_RECIPIENT_WAITING], ==, 1);
  g_assert_true (store_lease_one_ok (fixture, id));

  /* Without its content it stays in the history. */
  mr_store_set_retention (fixture->store, 0, 0, 90, 0);
  store_change (fixture, id, 0, MR_RECIPIENT_FAILED, 0, 0, MR_STORE_RELEASE, NULL);
  store_change (fixture, id, 0, MR_RECIPIENT_WAITING, 0, 0, 0, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_assert_cmpuint (store_counts (fixture).messages_active, ==, 0);
}

static void
test_update_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = store_add_record (fixture, store_new_record (fixture, 1), "x", TRUE);
  g_autoptr (GError) error = NULL;

  store_change (fixture, id, 7, MR_RECIPIENT_FAILED, 0, 0, 0, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  store_change (fixture, "0000000000000000", 0, MR_RECIPIENT_FAILED, 0, 0, 0, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  store_change (fixture, id, 0, MR_RECIPIENT_N_STATES, 0, 0, 0, &error);
  g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
}

static void
order_cb (const GError *error, gpointer data)
{
  guint *state = ((gpointer *)data)[0];

  g_assert_no_error (error);
  g_assert_cmpuint (*state, ==, GPOINTER_TO_UINT (((gpointer *)data)[1]));
  (*state)++;
}

/* Requests of one caller take effect in the order they were made, rides among them. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  gpointer steps[40][2];
  guint state = 0;

  for (guint i = 0; i < 40; i += 2) {
    MrMessageRecord *record = store_new_record (fixture, 1);
    GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
    MrRecipientRecord *recipient = mr_recipient_record_new (0, "r0@example.com");
    const guint dot[] = { 0, G_MAXUINT };
    g_autofree char *id = g_strdup (record->id);

    recipient->state = MR_RECIPIENT_DELIVERED;
    g_ptr_array_add (changed, recipient);
    for (guint j = i; j < i + 2; j++) {
      steps[j][0] = &state;
      steps[j][1] = GUINT_TO_POINTER (j);
    }
    mr_store_add_message (fixture->store, record, bytes, TRUE, order_cb, steps[i]);
    mr_store_mark_dot (fixture->store, id, dot);
    mr_store_update_message (fixture->store, id, changed, NULL, MR_STORE_RELEASE, order_cb, steps[i + 1]);
  }
  while (state < 40)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (store_counts (fixture).delivered_today, ==, 20);
}

static void
never_cb (const GError *error, gpointer data)
{
  g_assert_not_reached ();
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  MrMessageRecord *record = store_new_record (fixture, 1);
  g_autofree char *id = g_strdup (record->id);
  int mine;

  mr_store_add_message (fixture->store, record, bytes, FALSE, never_cb, &mine);
  mr_store_cancel (fixture->store, &mine);
  store_fixture_close (fixture);
  store_fixture_open (fixture);
  g_autoptr (MrMessageRecord) got = store_get (fixture, id, NULL, NULL);
  g_assert_nonnull (got);
}

static void
chain_cb (const GError *error, gpointer data)
{
  Fixture *fixture = data;

  g_assert_no_error (error);
  mr_store_set_value (fixture->store, "told", 1);
}

/* Closing finishes what is queued, and what its callbacks still ask for. */
static void
test_close_drains (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  for (guint i = 0; i < 50; i++)
    mr_store_add_message (fixture->store, store_new_record (fixture, 1), bytes, FALSE, chain_cb, fixture);
  mr_store_set_value (fixture->store, "ride", 42);
  g_assert_cmpuint (mr_store_get_pending (fixture->store), >, 0);
  store_fixture_close (fixture);
  store_fixture_open (fixture);
  g_assert_cmpuint (store_counts (fixture).messages_active, ==, 50);
  g_assert_cmpint (mr_store_get_value (fixture->store, "ride", 0), ==, 42);
  g_assert_cmpint (mr_store_get_value (fixture->store, "told", 0), ==, 1);
  g_assert_cmpint (mr_store_get_value (fixture->store, "nothing", -3), ==, -3);
  g_assert_cmpuint (mr_store_get_pending (fixture->store), ==, 0);
}

static void
test_second_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mr_store_open (&fixture->options, NULL, &error));
  g_assert_error (error, MR_ERROR, MR_ERROR_BUSY);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, store_fixture_set_up, function, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  mr_log_set_stderr (FALSE);
  ADD ("/store/add-and-get", test_add_and_get);
  ADD ("/store/get-unknown", test_get_unknown);
  ADD ("/store/add-refused", test_add_refused);
  ADD ("/store/bad-neighbour", test_bad_neighbour);
  ADD ("/store/upload", test_upload);
  ADD ("/store/upload-with-a-hole", test_upload_with_a_hole);
  ADD ("/store/drop-incoming", test_drop_incoming);
  ADD ("/store/lease-order", test_lease_order);
  ADD ("/store/lease-limit-and-release", test_lease_limit_and_release);
  ADD ("/store/added-leased", test_added_leased);
  ADD ("/store/not-before", test_not_before);
  ADD ("/store/waiting-for-an-event", test_waiting_for_an_event);
  ADD ("/store/attempts", test_attempts);
  ADD ("/store/recipient-fields", test_recipient_fields);
  ADD ("/store/finish", test_finish);
  ADD ("/store/failed-can-be-reopened", test_failed_can_be_reopened);
  ADD ("/store/update-refused", test_update_refused);
  ADD ("/store/order", test_order);
  ADD ("/store/cancel", test_cancel);
  ADD ("/store/close-drains", test_close_drains);
  ADD ("/store/second-open", test_second_open);
  return g_test_run ();
}
