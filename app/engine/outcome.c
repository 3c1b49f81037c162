/* From what a recipient met to its new state: ask ndr for the cause, then policy for the verdict. Only policy decides. */
#include "engine/delivery-private.h"

#include "base/crypto.h"
#include "base/log.h"
#include "engine/accounts.h"
#include "engine/reports.h"
#include "engine/account-limits.h"
#include "engine/scheduler-private.h"

static void
diagnose (MrDelivery *self, const MrRecipientRecord *r, const Outcome *o, const Trouble *trouble,
          MrDiagnosisResult *ret)
{
  const MrMessageRecord *record = self->task->job->record;
  const MrReplyRecord *reply = trouble == NULL ? &o->reply : trouble->reply;
  const char *at = strrchr (r->address, '@');
  MrDiagnosisInput input = { .stage = trouble == NULL ? o->stage : trouble->stage, .error = -1 };

  input.direct = self->lane->domain != NULL;
  input.speaker = input.direct ? MR_SPEAKER_RECIPIENT_SERVER : MR_SPEAKER_ACCOUNT;
  if (reply != NULL) {
    input.code = reply->code;
    input.enhanced = reply->enhanced;
    input.text = reply->text;
  } else if (trouble != NULL) {
    input.error = trouble->error;
    input.text = trouble->what;
    input.no_route = trouble->no_route;
    if (trouble->local_permanent || trouble->error >= 0)
      input.speaker = trouble->local_permanent ? input.speaker : MR_SPEAKER_LOCAL;
  }
  input.max_size = trouble != NULL ? trouble->max_size : 0;
  input.size = record->size;
  input.host = self->connection != NULL ? mr_connection_get_host (self->connection) : NULL;
  input.recipient = r->address;
  input.domain = at != NULL ? at + 1 : NULL;
  input.sender = record->reverse_path;
  mr_diagnosis_run (self->engine->diagnosis, &input, ret);
}

static MrVerdict
judge (MrDelivery *self, const MrRecipientRecord *r, const Outcome *o, const Trouble *trouble,
       const MrDiagnosisResult *d)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  const MrReplyRecord *reply = trouble == NULL ? &o->reply : trouble->reply;
  MrRetrySettings settings = {
    .first = (guint)mr_config_get_integer (config, "retry", "first"),
    .factor_percent = (guint)mr_config_get_integer (config, "retry", "factor-percent"),
    .max = (guint)mr_config_get_integer (config, "retry", "max"),
    .jitter_percent = (guint)mr_config_get_integer (config, "retry", "jitter-percent"),
    .life = mr_config_get_integer (config, "retry", "life"),
    .person_life = mr_config_get_integer (config, "retry", "person-life"),
    .resend_uncertain = (guint)mr_config_get_integer (config, "delivery", "resend-uncertain"),
  };
  MrFailure f = {
    .stage = trouble == NULL ? o->stage : trouble->stage,
    .scope = trouble == NULL ? o->scope : trouble->scope,
    .code = reply != NULL ? reply->code : 0,
    .enhanced = reply != NULL ? reply->enhanced : NULL,
    .relay = self->lane->domain == NULL,
    .person_remedy = d->person_remedy,
    .hint = d->retry,
    .confidence = d->confidence,
    .rule_may_retry_5xx = d->may_retry_5xx,
    .retry_after = d->retry_after,
    .sending_limit = g_strcmp0 (d->cause, "sending-limit") == 0,
    .limits_in_a_row = mr_limits_in_a_row (self->engine->limits, self->lane->account),
    .attempts = r->attempts + 1,
    .uncertain = r->uncertain,
    .policy_retries = r->policy_retries,
    .online_age = (mr_engine_online_now (self->engine) - self->task->job->record->online_at) / G_USEC_PER_SEC,
  };

  if (trouble != NULL) {
    f.dot_sent = trouble->dot_sent && f.code == 0;
    f.account_trouble = trouble->account_state != MR_ACCOUNT_READY;
    f.null_mx = trouble->permanent;
    f.local_permanent = trouble->local_permanent;
    f.no_route = trouble->no_route && self->engine->offline;
    f.wait = trouble->wait;
  }
  return mr_policy_verdict (&f, &settings, self->lane->failures, mr_random_double ());
}

static MrAttemptRecord *
attempt_for (MrDelivery *self, const MrRecipientRecord *r, const Outcome *o, const Trouble *trouble)
{
  MrAttemptRecord *a = mr_attempt_record_new ();
  const MrReplyRecord *reply = trouble == NULL ? &o->reply : trouble->reply;

  a->message_id = g_strdup (self->task->job->record->id);
  a->recipient = r->n;
  a->number = r->attempts + 1;
  a->started = self->started;
  a->finished = mr_clock_wall (self->engine->clock);
  a->stage = trouble == NULL ? o->stage : trouble->stage;
  a->account = g_strdup (self->lane->account);
  if (self->connection != NULL) {
    a->host = g_strdup (mr_connection_get_host (self->connection));
    a->address = g_strdup (mr_connection_get_address (self->connection));
    a->tls = g_strdup (mr_connection_get_tls (self->connection));
  }
  if (reply != NULL)
    mr_reply_record_copy_into (reply, &a->reply);
  else if (trouble != NULL)
    a->error = g_strdup (trouble->what);
  return a;
}

/* Times and counters that follow from the verdict. */
static void
take_verdict (MrDelivery *self, MrRecipientRecord *r, const MrVerdict *v, const Trouble *trouble, gboolean rule_retry,
              gint64 now)
{
  r->state = v->state;
  r->wait_reason = v->wait_reason;
  r->attempts += v->counts ? 1 : 0;
  r->uncertain += v->state == MR_RECIPIENT_UNCERTAIN ? 1 : 0;
  r->policy_retries += rule_retry ? 1 : 0;
  r->next_attempt = mr_recipient_state_is_final (v->state) || v->delay == G_MAXUINT
                        ? 0
                        : now + (gint64)v->delay * G_USEC_PER_SEC;
  if (v->state == MR_RECIPIENT_NEEDS_PERSON && v->delay == G_MAXUINT) {
    /* Nobody helped until then: it is tried once more, and fails with a report. */
    gint64 life = mr_config_get_integer (mr_engine_get_config (self->engine), "retry", "person-life") * G_USEC_PER_SEC;
    gint64 age = mr_engine_online_now (self->engine) - self->task->job->record->online_at;

    r->next_attempt = now + MAX (life - age, 0) + G_USEC_PER_SEC;
  }
  if (trouble != NULL && trouble->account_state != MR_ACCOUNT_READY && !mr_recipient_state_is_final (v->state)) {
    gint64 next = 0;

    mr_accounts_may_send (self->engine->accounts, self->lane->account, &r->wait_reason, &next);
    r->next_attempt = next > 0 ? next : now + G_TIME_SPAN_DAY;
  }
}

static void
set_cause (MrRecipientRecord *r, MrAttemptRecord *a, const MrDiagnosisResult *d)
{
  g_free (r->cause);
  r->cause = g_strdup (d->cause);
  g_clear_pointer (&r->cause_params, g_variant_unref);
  r->cause_params = d->params != NULL ? g_variant_ref (d->params) : NULL;
  a->cause = g_strdup (d->cause);
}

/* The provider takes no more from this account for now: that stops the account, and the words tell whose limit it is. */
static void
account_limit (MrDelivery *self, MrRecipientRecord *r, const MrVerdict *v)
{
  GVariant *params;

  r->next_attempt = mr_limits_provider_said (self->engine->limits, self->lane->account, v->delay);
  params = mr_lane_limit_params (self->lane, MR_LIMIT_PROVIDER, r->cause_params);
  g_clear_pointer (&r->cause_params, g_variant_unref);
  r->cause_params = params;
}

/* A host without DSN will not tell the sender who asked for it that the message arrived (RFC 3461 5.2.2). */
static gboolean
is_only_relayed (MrDelivery *self, const MrRecipientRecord *r)
{
  return (r->notify & MR_NOTIFY_SUCCESS) != 0
         && !mr_smtp_client_get_capabilities (mr_connection_get_client (self->connection))->dsn;
}

static void
delivered (MrDelivery *self, MrRecipientRecord *r, MrAttemptRecord *a)
{
  r->state = is_only_relayed (self, r) ? MR_RECIPIENT_RELAYED : MR_RECIPIENT_DELIVERED;
  r->wait_reason = MR_WAIT_NONE;
  r->next_attempt = 0;
  r->attempts++;
  g_clear_pointer (&r->cause, g_free);
  g_clear_pointer (&r->cause_params, g_variant_unref);
  a->verdict = MR_VERDICT_DELIVERED;
}

/* A person ended the transmission: it waits as before, and nobody is to blame. */
static void
stopped (MrDelivery *self, MrRecipientRecord *r, MrAttemptRecord *a, gint64 now)
{
  gboolean cancel = self->task->job->cancel;

  a->verdict = MR_VERDICT_RETRY;
  if (cancel && r->state != MR_RECIPIENT_UNCERTAIN)
    r->state = MR_RECIPIENT_CANCELLED;
  r->wait_reason = cancel ? MR_WAIT_NONE : MR_WAIT_RETRY_TIME;
  r->next_attempt = cancel ? 0 : now;
}

MrRecipientRecord *
mr_outcome_apply (MrDelivery *self, guint i, const Trouble *trouble, MrAttemptRecord **ret_attempt,
                  gboolean *ret_host_failed)
{
  const MrRecipientRecord *old = g_ptr_array_index (self->task->job->record->recipients,
                                                    g_array_index (self->task->recipients, guint, i));
  const Outcome *o = &self->outcomes[i];
  g_auto (MrDiagnosisResult) d = { 0 };
  MrRecipientRecord *r = mr_recipient_record_copy (old);
  MrAttemptRecord *a = attempt_for (self, old, o, trouble);
  gint64 now = mr_clock_wall (self->engine->clock);
  gboolean limited;
  MrVerdict v;

  *ret_attempt = a;
  r->changed = now;
  r->stage = a->stage;
  mr_reply_record_copy_into (&a->reply, &r->reply);
  g_free (r->host);
  r->host = g_strdup (a->host);
  g_free (r->account);
  r->account = g_strdup (self->lane->account);
  r->direct = self->lane->domain != NULL;
  if (trouble == NULL && o->stage == MR_STAGE_DOT && o->reply.code / 100 == 2) {
    delivered (self, r, a);
    mr_reports_note (self->engine, self->task->job->record, r);
    return r;
  }
  if (trouble != NULL && trouble->stopped) {
    stopped (self, r, a, now);
    return r;
  }
  diagnose (self, old, o, trouble, &d);
  v = judge (self, old, o, trouble, &d);
  /* The rest goes at once in the next transaction. Before one was accepted that would never end: then the delay of the verdict stands. */
  if (v.too_many_recipients && self->n_accepted > 0) {
    v.wait_reason = MR_WAIT_NONE;
    v.delay = 0;
    v.counts = FALSE;
  }
  a->verdict = v.kind;
  set_cause (r, a, &d);
  limited = v.wait_reason == MR_WAIT_ACCOUNT_LIMIT;
  take_verdict (self, r, &v, trouble, v.kind == MR_VERDICT_RETRY && a->reply.code >= 500 && d.may_retry_5xx && !limited,
                now);
  if (limited)
    account_limit (self, r, &v);
  *ret_host_failed = trouble != NULL && trouble->scope == MR_SCOPE_HOST && !trouble->permanent
                     && v.kind == MR_VERDICT_RETRY && !limited;
  /* What was found here (too big for its SIZE) says nothing about the account. */
  if (v.kind == MR_VERDICT_NEEDS_PERSON && self->lane->domain == NULL && i == 0 && a->reply.code != 0)
    mr_accounts_person_refusal (self->engine->accounts, self->lane->account, &a->reply);
  if (self->task->job->cancel && !mr_recipient_state_is_final (r->state)) {
    if (r->state != MR_RECIPIENT_UNCERTAIN) /* that one rests: it may have arrived */
      r->state = MR_RECIPIENT_CANCELLED;
    r->wait_reason = MR_WAIT_NONE;
    r->next_attempt = 0;
    *ret_host_failed = FALSE; /* it has no time of a next try that others behind it could wait for */
  }
  mr_reports_note (self->engine, self->task->job->record, r);
  mr_info ("engine", "%s.%u: %s -> %s at %s, %u %s, cause %s", self->task->job->record->id, r->n,
           mr_recipient_state_nick (old->state), mr_recipient_state_nick (r->state), mr_stage_nick (a->stage),
           a->reply.code, a->reply.enhanced != NULL ? a->reply.enhanced : "-", r->cause != NULL ? r->cause : "-");
  return r;
}
