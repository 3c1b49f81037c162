/* What a failure leads to: (stage, reply, scope, last host, hint) → verdict. The only place that decides on it.
 *
 * Invariants: a 4xx never becomes a failure before the give-up time; an account's trouble touches no message; what may
 * have been delivered is never reported as failed.
 *
 * RFC 5321 4.2.1 (reply classes), 4.5.3.1.10 (too many recipients), 4.5.4.1 (retry strategy), 3.8 (421);
 * RFC 1047 (the lost reply to the final dot).
 */
#include "policy/policy-private.h"

/* So many refusals in a row that blame the account are the account's trouble. */
#define ACCOUNT_REFUSALS 3
/* Seconds until what is missing here is looked for again; it is woken earlier where its coming is told. */
#define LOCAL_WAIT 60

static gboolean
is_permanent (const MrFailure *failure)
{
  return failure->code >= 500 && failure->code <= 599;
}

/* Recipient and message live on; the host, or the way to it, is what failed. */
static gboolean
is_host_trouble (const MrFailure *failure)
{
  if (failure->code == 0 || failure->code == 421 || failure->scope == MR_SCOPE_HOST)
    return TRUE;
  /* A 5xx greeting, a refused EHLO or STARTTLS says nothing about the message. */
  return failure->stage <= MR_STAGE_STARTTLS;
}

static gboolean
is_account_trouble (const MrFailure *failure)
{
  if (failure->account_trouble || failure->scope == MR_SCOPE_ACCOUNT)
    return TRUE;
  if (!failure->relay)
    return FALSE;
  /* The host name that a person typed does not exist, or the log-in was refused. */
  return (failure->stage == MR_STAGE_RESOLVE && failure->null_mx)
         || (failure->stage == MR_STAGE_AUTH && is_permanent (failure));
}

/* 452 4.5.3, and 552 to RCPT unless its enhanced code tells of something else (a full mailbox, the size). */
static gboolean
is_too_many_recipients (const MrFailure *failure)
{
  if (failure->stage != MR_STAGE_RCPT)
    return FALSE;
  if (failure->code == 452)
    return g_strcmp0 (failure->enhanced, "4.5.3") == 0;
  if (failure->code == 552)
    return failure->enhanced == NULL || g_str_equal (failure->enhanced, "5.5.3")
           || g_str_equal (failure->enhanced, "5.0.0");
  return FALSE;
}

static MrVerdict
waiting (MrWaitReason reason, guint delay, gboolean counts)
{
  return (MrVerdict){
    .kind = MR_VERDICT_RETRY,
    .state = MR_RECIPIENT_WAITING,
    .wait_reason = reason,
    .delay = delay,
    .counts = counts,
  };
}

/* Rests as possibly delivered until a person decides. */
static MrVerdict
rest_uncertain (void)
{
  return (MrVerdict){
    .kind = MR_VERDICT_RETRY,
    .state = MR_RECIPIENT_UNCERTAIN,
    .delay = G_MAXUINT,
    .counts = TRUE,
  };
}

/* An earlier attempt may have delivered it: then nothing that a later one is told makes it failed. */
static MrVerdict
failed (const MrFailure *failure, MrRecipientState state)
{
  if (failure->uncertain > 0)
    return rest_uncertain ();
  return (MrVerdict){ .kind = MR_VERDICT_FAILED, .state = state, .delay = G_MAXUINT, .counts = TRUE };
}

static MrVerdict
retry_later (const MrFailure *failure, const MrRetrySettings *settings, guint destination_failures, double random)
{
  guint delay;

  if (failure->online_age >= settings->life)
    return failed (failure, MR_RECIPIENT_EXPIRED);
  delay = mr_policy_retry_delay (settings, failure->attempts, destination_failures, failure->retry_after, random);
  return waiting (MR_WAIT_RETRY_TIME, delay, TRUE);
}

static MrVerdict
next_host_now (void)
{
  MrVerdict verdict = waiting (MR_WAIT_NONE, 0, FALSE);

  verdict.next_host = TRUE;
  return verdict;
}

static MrVerdict
outcome_unknown (const MrFailure *failure, const MrRetrySettings *settings, guint destination_failures, double random)
{
  MrVerdict verdict = rest_uncertain ();

  if (failure->uncertain < settings->resend_uncertain && failure->online_age < settings->life) {
    verdict.wait_reason = MR_WAIT_RETRY_TIME;
    verdict.delay = mr_policy_retry_delay (settings, failure->attempts, destination_failures, 0, random);
  }
  return verdict;
}

static MrVerdict
too_many_recipients (const MrFailure *failure, const MrRetrySettings *settings, guint destination_failures,
                     double random)
{
  /* The delay is for the case that not one recipient was taken: then going on at once would never end. */
  MrVerdict verdict = retry_later (failure, settings, destination_failures, random);

  verdict.too_many_recipients = verdict.kind == MR_VERDICT_RETRY && verdict.state == MR_RECIPIENT_WAITING;
  return verdict;
}

/* A remedy is known and it is the sender's or the account's; it waits for that, but not for ever. */
static MrVerdict
permanent (const MrFailure *failure, const MrRetrySettings *settings, guint destination_failures, double random)
{
  if (failure->person_remedy) {
    if (failure->online_age >= settings->person_life)
      return failed (failure, MR_RECIPIENT_FAILED);
    return (MrVerdict){
      .kind = MR_VERDICT_NEEDS_PERSON,
      .state = MR_RECIPIENT_NEEDS_PERSON,
      .delay = G_MAXUINT,
      .counts = TRUE,
    };
  }
  if (failure->rule_may_retry_5xx && failure->confidence >= MR_POLICY_RULE_CONFIDENCE
      && failure->policy_retries < MR_POLICY_RULE_RETRIES && failure->hint == MR_RETRY_YES)
    return retry_later (failure, settings, destination_failures, random);
  return failed (failure, MR_RECIPIENT_FAILED);
}

/* The account's limit at its provider is the account's, not the message's: nothing is counted, nothing fails before the give-up time. */
static gboolean
is_sending_limit (const MrFailure *failure)
{
  if (!failure->sending_limit || !failure->relay || failure->code == 0 || failure->stage <= MR_STAGE_AUTH)
    return FALSE;
  return !is_permanent (failure)
         || (failure->rule_may_retry_5xx && failure->confidence >= MR_POLICY_RULE_CONFIDENCE
             && failure->hint == MR_RETRY_YES);
}

static MrVerdict
sending_limit (const MrFailure *failure, const MrRetrySettings *settings)
{
  if (failure->online_age >= settings->life)
    return failed (failure, MR_RECIPIENT_EXPIRED);
  return waiting (MR_WAIT_ACCOUNT_LIMIT,
                  mr_policy_provider_limit_delay (failure->retry_after, failure->limits_in_a_row), FALSE);
}

MrVerdict
mr_policy_verdict (const MrFailure *failure, const MrRetrySettings *settings, guint destination_failures, double random)
{
  if (failure->stage >= MR_STAGE_DOT && failure->code >= 200 && failure->code <= 299)
    return (MrVerdict){ .kind = MR_VERDICT_DELIVERED, .state = MR_RECIPIENT_DELIVERED, .counts = TRUE };
  if (failure->dot_sent && failure->code == 0)
    return outcome_unknown (failure, settings, destination_failures, random);
  if (failure->wait != MR_WAIT_NONE)
    return waiting (failure->wait, LOCAL_WAIT, FALSE);
  if (failure->local_permanent)
    return permanent (failure, settings, destination_failures, random);
  /* Another address of the same host or route may do even where this one has no way, or a certificate of its own. */
  if (failure->no_route)
    return failure->more_hosts ? next_host_now ()
                               : waiting (MR_WAIT_OFFLINE, mr_policy_retry_delay (settings, 1, 0, 0, random), FALSE);
  if (is_sending_limit (failure))
    return sending_limit (failure, settings);
  if (is_account_trouble (failure))
    return waiting (MR_WAIT_ACCOUNT_PAUSED, mr_policy_login_delay (1), FALSE);
  if (failure->null_mx)
    return failed (failure, MR_RECIPIENT_FAILED);
  if (is_too_many_recipients (failure))
    return too_many_recipients (failure, settings, destination_failures, random);
  if (is_host_trouble (failure))
    return failure->more_hosts ? next_host_now () : retry_later (failure, settings, destination_failures, random);
  if (is_permanent (failure))
    return permanent (failure, settings, destination_failures, random);
  return retry_later (failure, settings, destination_failures, random);
}

gboolean
mr_policy_refusals_blame_account (guint refusals_in_a_row)
{
  return refusals_in_a_row >= ACCOUNT_REFUSALS;
}

gboolean
mr_policy_is_old (gint64 wall_age, gint64 limit)
{
  return wall_age > limit;
}
