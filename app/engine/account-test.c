/* "Test this account": the same connection and machine as delivery, told step by step.
 *
 * Look-up, connect, greeting, TLS, log-in, then MAIL and RSET with the account's first address. Nothing is sent.
 */
#include "engine/account-test.h"

#include "base/log.h"
#include "engine/answer.h"
#include "engine/accounts.h"
#include "engine/connection.h"

#define TEST_SECONDS 60

typedef struct {
  MrTests *tests;
  guint number;
  MrAccountRecord *record;
  MrConnection *connection;
  MrStage reached; /* last step that was told */
  char *text;      /* of that step */
  gint64 started;
  gboolean other_secret; /* than the stored one */
  guint timer;
  MrTestStepFunc step;
  MrTestDoneFunc done;
  gpointer data;
} Test;

struct _MrTests {
  MrEngine *engine;
  GPtrArray *tests;
  guint last;
};

static void
test_free (gpointer data)
{
  Test *t = data;

  g_clear_handle_id (&t->timer, g_source_remove);
  g_clear_pointer (&t->connection, mr_connection_free);
  mr_account_record_free (t->record);
  g_free (t->text);
  g_free (t);
}

MrTests *
mr_tests_new (MrEngine *engine)
{
  MrTests *self = g_new0 (MrTests, 1);

  self->engine = engine;
  self->tests = g_ptr_array_new_with_free_func (test_free);
  return self;
}

static void
tell (Test *t, MrTestStep *step)
{
  step->elapsed = mr_clock_monotonic (t->tests->engine->clock) - t->started;
  t->step (step, t->data);
}

/* The step that was begun last went well. */
static void
tell_reached (Test *t)
{
  MrTestStep step = { .stage = t->reached, .ok = TRUE, .text = t->text };

  if (t->reached != MR_STAGE_NONE)
    tell (t, &step);
  t->reached = MR_STAGE_NONE;
}

/* A test with what is saved shows that the account works again: its mail need not wait for the next look. */
static void
tell_accounts (Test *t)
{
  const MrAccountRecord *tested = t->record, *saved = mr_accounts_find (t->tests->engine->accounts, tested->id);

  if (saved != NULL && !t->other_secret && g_strcmp0 (saved->host, tested->host) == 0 && saved->port == tested->port
      && saved->tls == tested->tls && g_strcmp0 (saved->user, tested->user) == 0
      && g_strcmp0 (saved->ca_file, tested->ca_file) == 0 && g_strcmp0 (saved->fingerprint, tested->fingerprint) == 0)
    mr_accounts_success (t->tests->engine->accounts, tested->id);
}

static void
test_end (Test *t, gboolean ok, const GError *error)
{
  MrSmtpClient *client = t->connection != NULL ? mr_connection_get_client (t->connection) : NULL;
  g_autofree char *transcript = client != NULL ? mr_smtp_client_dup_transcript (client) : NULL;

  if (ok)
    tell_accounts (t);
  t->done (ok, transcript, error, t->data);
  g_ptr_array_remove_fast (t->tests->tests, t);
}

static void
step_cb (MrConnection *connection, MrStage stage, const char *text, gpointer owner)
{
  Test *t = owner;

  if (stage != t->reached)
    tell_reached (t);
  t->reached = stage;
  g_free (t->text);
  t->text = g_strdup (text);
}

static void
tell_failure (Test *t, MrStage stage, const MrReplyRecord *reply, gint error, const char *what, gboolean no_route,
              const char *fingerprint)
{
  g_auto (MrDiagnosisResult) d = { 0 };
  MrDiagnosisInput input = { .stage = stage,
                             .speaker = reply != NULL ? MR_SPEAKER_ACCOUNT : MR_SPEAKER_LOCAL,
                             .error = reply != NULL ? -1 : error,
                             .no_route = no_route,
                             .host = t->record->host,
                             .sender = t->record->addresses[0] };
  MrTestStep step = { .stage = stage, .fingerprint = fingerprint };

  if (reply != NULL) {
    input.code = step.code = reply->code;
    input.enhanced = step.enhanced = reply->enhanced;
    input.text = step.text = reply->text;
  } else
    input.text = step.text = what;
  mr_diagnosis_run (t->tests->engine->diagnosis, &input, &d);
  step.cause = d.cause;
  step.cause_params = d.params;
  if (t->reached != stage)
    tell_reached (t);
  tell (t, &step);
}

static const char *
plain_address (const MrAccountRecord *record)
{
  for (guint i = 0; record->addresses[i] != NULL; i++)
    if (strchr (record->addresses[i], '*') == NULL)
      return record->addresses[i];
  return strchr (record->user != NULL ? record->user : "", '@') != NULL ? record->user : NULL;
}

static void
ready_cb (MrConnection *connection, gpointer owner)
{
  Test *t = owner;
  const char *sender = plain_address (t->record);
  g_autoptr (GError) error = NULL;

  tell_reached (t);
  mr_engine_saw_network (t->tests->engine);
  if (sender == NULL) {
    test_end (t, TRUE, NULL);
    return;
  }
  step_cb (connection, MR_STAGE_MAIL, sender, t);
  if (!mr_smtp_client_verify_sender (mr_connection_get_client (connection), sender, &error)) {
    tell_failure (t, MR_STAGE_MAIL, NULL, error->code, error->message, FALSE, NULL);
    test_end (t, FALSE, NULL);
    return;
  }
  mr_connection_flush (connection);
}

static void
event_cb (MrConnection *connection, const MrSmtpClientEvent *event, gpointer owner)
{
  Test *t = owner;

  if (event->kind != MR_CLIENT_VERIFIED)
    return;
  if (event->reply->code / 100 == 2) {
    tell_reached (t);
    test_end (t, TRUE, NULL);
  } else {
    tell_failure (t, MR_STAGE_MAIL, event->reply, -1, NULL, FALSE, NULL);
    test_end (t, FALSE, NULL);
  }
}

static void
failed_cb (MrConnection *connection, const MrConnectionFailure *failure, gpointer owner)
{
  Test *t = owner;

  tell_failure (t, failure->stage, failure->reply, failure->error, failure->what, failure->no_route,
                failure->fingerprint);
  test_end (t, FALSE, NULL);
}

static const MrConnectionFuncs funcs = { .step = step_cb, .ready = ready_cb, .event = event_cb, .failed = failed_cb };

static gboolean
timeout_cb (gpointer data)
{
  Test *t = data;
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT,
                                                  "The server took too long; the test was stopped");

  t->timer = 0;
  test_end (t, FALSE, error);
  return G_SOURCE_REMOVE;
}

static gboolean
refused_cb (gpointer data)
{
  Test *t = data;
  g_autoptr (GError) error = NULL;

  t->timer = 0;
  mr_accounts_check (t->record, &error);
  test_end (t, FALSE, error);
  return G_SOURCE_REMOVE;
}

static gboolean
direct_cb (gpointer data)
{
  Test *t = data;
  g_autoptr (GError) error = g_error_new_literal (
      MR_ERROR, MR_ERROR_REFUSED, "Mail without a provider has no single server to test; send a message to yourself");

  t->timer = 0;
  test_end (t, FALSE, error);
  return G_SOURCE_REMOVE;
}

void
mr_tests_free (MrTests *self)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, "The service was stopped");

  if (self == NULL)
    return;
  while (self->tests->len > 0)
    test_end (g_ptr_array_index (self->tests, 0), FALSE, error);
  g_ptr_array_unref (self->tests);
  g_free (self);
}

guint
mr_engine_test_account (MrEngine *engine, const MrAccountRecord *record, MrSecret *secret, MrTestStepFunc step,
                        MrTestDoneFunc done, gpointer data)
{
  Test *t;
  MrConnectionTarget target = { .account = record->id,
                                .host = record->host,
                                .port = (guint16)record->port,
                                .tls = record->tls,
                                .user = record->user,
                                .secret = secret,
                                .token_of = record->auth == MR_AUTH_OAUTH2 ? record : NULL,
                                .fingerprint = record->fingerprint,
                                .ca_file = record->ca_file };

  if (engine->tests == NULL) {
    g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, "The service was stopped");

    mr_answer_no_test (done, error, data);
    return 0;
  }
  t = g_new0 (Test, 1);
  t->tests = engine->tests;
  t->number = ++engine->tests->last;
  t->record = mr_account_record_copy (record);
  t->other_secret = secret != NULL;
  t->started = mr_clock_monotonic (engine->clock);
  t->step = step;
  t->done = done;
  t->data = data;
  g_ptr_array_add (engine->tests->tests, t);
  if (record->kind == MR_ACCOUNT_DIRECT)
    t->timer = g_idle_add (direct_cb, t);
  else if (!mr_accounts_check (record, NULL))
    t->timer = g_idle_add (refused_cb, t);
  else {
    t->connection = mr_connection_new (engine, &target, &funcs, t);
    t->timer = g_timeout_add_seconds (TEST_SECONDS, timeout_cb, t);
  }
  return t->number;
}

void
mr_engine_cancel_test (MrEngine *engine, guint number)
{
  for (guint i = 0; i < engine->tests->tests->len; i++) {
    Test *t = g_ptr_array_index (engine->tests->tests, i);

    if (t->number == number) {
      g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, "The test was stopped");

      test_end (t, FALSE, error);
      return;
    }
  }
}
