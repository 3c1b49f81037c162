/* "Test this account": the same connection and machine as delivery, told part by part.
 *
 * Look-up, connect, greeting, TLS, capabilities, log-in, then MAIL and RSET with the account's first address, and the size that is accepted. Nothing
 * is sent. What each part told is read from the connection when the next one begins.
 */
#include <config.h>

#include "engine/account-test.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "engine/account-trace.h"
#include "engine/accounts.h"
#include "engine/answer.h"
#include "engine/connection.h"

#define TEST_SECONDS 60

typedef struct {
  MrTests *tests;
  guint number;
  MrAccountRecord *record;
  MrConnection *connection;
  gboolean begun; /* a part is under way */
  MrTracePart part;
  gint64 part_started;
  char *address; /* that is being asked */
  const char *sender;
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
  g_free (t->address);
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
tell (Test *t, MrTraceStep *step)
{
  gint64 now = mr_clock_monotonic (t->tests->engine->clock);

  step->elapsed = now - t->started;
  step->took = now - t->part_started;
  t->step (step, t->data);
}

static void
begin (Test *t, MrTracePart part)
{
  t->begun = TRUE;
  t->part = part;
  t->part_started = mr_clock_monotonic (t->tests->engine->clock);
}

static MrTraceFacts
facts_of (Test *t)
{
  return (MrTraceFacts){ .connection = t->connection,
                         .record = t->record,
                         .address = t->address,
                         .sender = t->sender,
                         .now = mr_clock_wall (t->tests->engine->clock) };
}

/* The part that was begun last went well. */
static void
tell_good (Test *t)
{
  MrTraceFacts facts = facts_of (t);
  g_autoptr (GVariant) details = NULL;
  MrTraceStep step = { .ok = TRUE };

  if (!t->begun)
    return;
  t->begun = FALSE;
  details = mr_account_trace_fill (t->part, &facts, &step);
  tell (t, &step);
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
tell_failure (Test *t, const MrConnectionFailure *failure, gboolean goes_on)
{
  g_auto (MrDiagnosisResult) d = { 0 };
  const MrReplyRecord *reply = failure->reply;
  MrDiagnosisInput input = { .stage = failure->stage,
                             .speaker = reply != NULL ? MR_SPEAKER_ACCOUNT : MR_SPEAKER_LOCAL,
                             .error = reply != NULL ? -1 : failure->error,
                             .no_route = failure->no_route,
                             .host = t->record->host,
                             .sender = t->record->addresses[0] };
  MrTracePart part = mr_account_trace_failed_part (failure->stage, t->begun ? t->part : MR_TRACE_LOOK_UP);
  MrTraceFacts facts = facts_of (t);
  MrTraceStep step = { .goes_on = goes_on };
  g_autoptr (GVariant) details = NULL;

  if (t->begun && t->part < part) {
    tell_good (t);
    begin (t, part);
  }
  t->begun = FALSE;
  details = mr_account_trace_fill (part, &facts, &step);
  step.stage = failure->stage;
  step.fingerprint = failure->fingerprint;
  step.warning = NULL;
  step.code = reply != NULL ? reply->code : 0;
  step.enhanced = input.enhanced = reply != NULL ? reply->enhanced : NULL;
  step.text = input.text = reply != NULL ? reply->text : failure->what;
  input.code = step.code;
  mr_diagnosis_run (t->tests->engine->diagnosis, &input, &d);
  step.cause = d.cause;
  step.cause_params = d.params;
  tell (t, &step);
}

static void
step_cb (MrConnection *connection, MrTracePart part, gpointer owner)
{
  Test *t = owner;

  if (part == MR_TRACE_CONNECT && t->begun && t->part != MR_TRACE_LOOK_UP)
    tell_failure (t, mr_connection_get_failure (connection), TRUE);
  else if (part == MR_TRACE_ENCRYPTION && t->begun && t->part == MR_TRACE_CAPABILITIES) {
    /* What is offered before the encryption counts for nothing: it is asked again. */
    t->part = part;
    return;
  } else
    tell_good (t);
  if (part == MR_TRACE_CONNECT) {
    g_free (t->address);
    t->address = g_strdup (mr_connection_get_candidate (connection));
  }
  begin (t, part);
}

static const char *
plain_address (const MrAccountRecord *record)
{
  for (guint i = 0; record->addresses[i] != NULL; i++)
    if (strchr (record->addresses[i], '*') == NULL)
      return record->addresses[i];
  return strchr (record->user != NULL ? record->user : "", '@') != NULL ? record->user : NULL;
}

/* The size was told with the capabilities: it is a part of its own because it is what a person asks. */
static void
finish_well (Test *t)
{
  begin (t, MR_TRACE_SIZE);
  tell_good (t);
  test_end (t, TRUE, NULL);
}

static void
ready_cb (MrConnection *connection, gpointer owner)
{
  Test *t = owner;
  g_autoptr (GError) error = NULL;

  tell_good (t);
  mr_engine_saw_network (t->tests->engine);
  t->sender = plain_address (t->record);
  if (t->sender == NULL) {
    finish_well (t);
    return;
  }
  begin (t, MR_TRACE_SENDER);
  if (!mr_smtp_client_verify_sender (mr_connection_get_client (connection), t->sender, &error)) {
    MrConnectionFailure failure = { .stage = MR_STAGE_MAIL, .error = error->code, .what = error->message };

    tell_failure (t, &failure, FALSE);
    test_end (t, FALSE, NULL);
    return;
  }
  mr_connection_flush (connection);
}

static void
event_cb (MrConnection *connection, const MrSmtpClientEvent *event, gpointer owner)
{
  Test *t = owner;
  MrConnectionFailure failure = { .stage = MR_STAGE_MAIL, .error = -1, .reply = event->reply };

  if (event->kind != MR_CLIENT_VERIFIED)
    return;
  if (event->reply->code / 100 == 2) {
    tell_good (t);
    finish_well (t);
  } else {
    tell_failure (t, &failure, FALSE);
    test_end (t, FALSE, NULL);
  }
}

static void
failed_cb (MrConnection *connection, const MrConnectionFailure *failure, gpointer owner)
{
  Test *t = owner;

  tell_failure (t, failure, FALSE);
  test_end (t, FALSE, NULL);
}

static const MrConnectionFuncs funcs = { .step = step_cb, .ready = ready_cb, .event = event_cb, .failed = failed_cb };

static gboolean
timeout_cb (gpointer data)
{
  Test *t = data;
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_TIMED_OUT,
                                                  _ ("The server took too long; the test was stopped"));
  MrConnectionFailure failure
      = { .stage = mr_account_trace_stage (t->part), .error = error->code, .what = error->message };

  t->timer = 0;
  if (t->begun)
    tell_failure (t, &failure, FALSE);
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
      MR_ERROR, MR_ERROR_REFUSED,
      _ ("Mail without a provider has no single server to test; send a message to yourself"));

  t->timer = 0;
  test_end (t, FALSE, error);
  return G_SOURCE_REMOVE;
}

void
mr_tests_free (MrTests *self)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service was stopped"));

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
    g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service was stopped"));

    mr_answer_no_test (done, error, data);
    return 0;
  }
  t = g_new0 (Test, 1);
  t->tests = engine->tests;
  t->number = ++engine->tests->last;
  t->record = mr_account_record_copy (record);
  t->other_secret = secret != NULL;
  t->started = t->part_started = mr_clock_monotonic (engine->clock);
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
      g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The test was stopped"));

      test_end (t, FALSE, error);
      return;
    }
  }
}
