/* A delivery: transaction after transaction over one connection.
 *
 * Error scopes are kept apart: host trouble ends the connection and lets the lane back off; message trouble touches this message; recipient
 * trouble this recipient; account trouble pauses the account and bounces nothing.
 *
 * Before the first byte of the body goes out the store is told that the final dot may go out (the mark rides in the next commit); a crash
 * from there on makes the recipients uncertain.
 */
#include "config.h"

#include "engine/delivery-private.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "engine/accounts.h"

static void
clear_task (MrDelivery *self)
{
  for (guint i = 0; i < self->n_outcomes; i++)
    mr_reply_record_clear (&self->outcomes[i].reply);
  g_clear_pointer (&self->outcomes, g_free);
  self->n_outcomes = self->n_accepted = 0;
  self->dot_sent = FALSE;
  self->task = NULL;
  mr_delivery_clear_body (self);
}

static void
take_task (MrDelivery *self, MrTask *task)
{
  self->task = task;
  self->n_outcomes = task->recipients->len;
  self->outcomes = g_new0 (Outcome, self->n_outcomes);
  self->n_accepted = 0;
  self->started = mr_clock_wall (self->engine->clock);
}

void
mr_delivery_end (MrDelivery *self)
{
  MrLane *lane = self->lane;

  self->lane = NULL;
  mr_lane_session_ended (lane, self);
  mr_delivery_free (self);
}

/* ---- between transactions ---- */

static gboolean
idle_over_cb (gpointer data)
{
  MrDelivery *self = data;

  self->idle_source = 0;
  mr_delivery_end (self);
  return G_SOURCE_REMOVE;
}

static void
begin_task (MrDelivery *self, MrTask *task)
{
  take_task (self, task);
  if (self->n_messages > 0)
    mr_smtp_client_restart_transcript (mr_connection_get_client (self->connection));
  self->n_messages++;
  mr_delivery_prepare_body (self);
}

static void
next_task (MrDelivery *self)
{
  MrConfig *config = mr_engine_get_config (self->engine);
  guint most = (guint)mr_config_get_integer (config, "delivery", "max-messages-per-connection");
  guint keep = (guint)mr_config_get_integer (config, "delivery", "idle-keep");
  MrTask *task;

  if (self->n_messages >= most) {
    mr_delivery_end (self);
    return;
  }
  /* The reply to a RSET may still be under way. */
  self->wants_ready = !mr_smtp_client_is_ready (mr_connection_get_client (self->connection));
  if (self->wants_ready)
    return;
  task = mr_lane_next_task (self->lane);
  if (task != NULL) {
    begin_task (self, task);
    return;
  }
  if (keep == 0 || mr_lane_must_give_way (self->lane)) {
    mr_delivery_end (self);
    return;
  }
  mr_connection_set_timeout (self->connection, 0);
  self->idle_source = g_timeout_add_seconds (keep, idle_over_cb, self);
}

gboolean
mr_delivery_is_idle (MrDelivery *self)
{
  return self->ready && self->task == NULL;
}

gboolean
mr_delivery_is_parked (MrDelivery *self)
{
  return mr_delivery_is_idle (self) && self->idle_source != 0;
}

gboolean
mr_delivery_wake (MrDelivery *self)
{
  MrTask *task;

  /* The connection may still be reading the reply to a RSET. */
  if (!mr_delivery_is_parked (self) || !mr_smtp_client_is_ready (mr_connection_get_client (self->connection)))
    return FALSE;
  task = mr_lane_next_task (self->lane);
  if (task == NULL)
    return FALSE;
  g_clear_handle_id (&self->idle_source, g_source_remove);
  begin_task (self, task);
  return TRUE;
}

gboolean
mr_delivery_is_sending (MrDelivery *self, const char *id, guint recipient)
{
  if (self->task == NULL || !self->ready || strcmp (self->task->job->record->id, id) != 0)
    return FALSE;
  for (guint i = 0; i < self->task->recipients->len; i++) {
    guint index = g_array_index (self->task->recipients, guint, i);

    if (((MrRecipientRecord *)g_ptr_array_index (self->task->job->record->recipients, index))->n == recipient)
      return TRUE;
  }
  return FALSE;
}

/* ---- the end of a transaction ---- */

static void
finish (MrDelivery *self, const Trouble *trouble)
{
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  GPtrArray *attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);
  gboolean keep = mr_config_get_boolean (mr_engine_get_config (self->engine), "delivery", "keep-transcripts");
  g_autofree char *account = g_strdup (self->lane->account);
  g_autoptr (MrRecipientRecord) example = NULL;
  gboolean host_failed = FALSE, works = FALSE;
  MrTask *task = self->task;

  for (guint i = 0; i < self->n_outcomes; i++) {
    MrAttemptRecord *attempt = NULL;
    gboolean blame = FALSE;
    MrRecipientRecord *r = mr_outcome_apply (self, i, self->outcomes[i].decided ? NULL : trouble, &attempt, &blame);

    if (i == 0 && keep && self->connection != NULL && mr_connection_get_client (self->connection) != NULL)
      attempt->transcript = mr_smtp_client_dup_transcript (mr_connection_get_client (self->connection));
    /* One of the recipients that the message was sent for tells how it was signed. */
    if (self->kept != NULL && attempt->stage >= MR_STAGE_DATA)
      attempt->signatures = g_steal_pointer (&self->kept);
    if (blame && example == NULL)
      example = mr_recipient_record_copy (r);
    host_failed |= blame;
    works |= attempt->verdict == MR_VERDICT_DELIVERED;
    g_ptr_array_add (changed, r);
    g_ptr_array_add (attempts, attempt);
  }
  clear_task (self);
  mr_task_done (task, changed, attempts);
  if (works) {
    mr_accounts_success (self->engine->accounts, account);
    mr_lane_host_works (self->lane);
  } else if (host_failed)
    mr_lane_host_failed (self->lane, example, example->next_attempt);
}

void
mr_delivery_trouble (MrDelivery *self, const Trouble *trouble)
{
  gboolean usable = self->ready && !self->in_body && !self->dot_sent;

  finish (self, trouble);
  if (usable)
    next_task (self);
}

gboolean
mr_delivery_stop (MrDelivery *self)
{
  Trouble trouble = { .stage = self->in_body ? MR_STAGE_DATA : mr_connection_get_stage (self->connection),
                      .scope = MR_SCOPE_MESSAGE,
                      .error = MR_ERROR_CANCELLED,
                      .what = _ ("You ended the transmission"),
                      .account_state = MR_ACCOUNT_READY,
                      .stopped = TRUE };

  if (self->task == NULL || self->dot_sent)
    return FALSE;
  finish (self, &trouble);
  mr_delivery_end (self);
  return TRUE;
}

/* ---- the transaction ---- */

void
mr_delivery_begin_transaction (MrDelivery *self)
{
  MrSmtpClient *client = mr_connection_get_client (self->connection);
  const MrSmtpCapabilities *caps = mr_smtp_client_get_capabilities (client);
  const MrMessageRecord *record = self->task->job->record;
  g_autofree const char **recipients = g_new0 (const char *, self->n_outcomes + 1);
  g_autofree const char **orcpt = g_new0 (const char *, self->n_outcomes + 1);
  g_autofree guint *notify = g_new0 (guint, self->n_outcomes + 1);
  g_autoptr (GError) error = NULL;
  MrSmtpTransaction transaction = { .recipients = recipients, .size = self->size };
  Trouble trouble = { .stage = MR_STAGE_MAIL,
                      .scope = MR_SCOPE_MESSAGE,
                      .error = MR_ERROR_TOO_BIG,
                      .local_permanent = TRUE,
                      .account_state = MR_ACCOUNT_READY,
                      .max_size = caps->max_size };

  if (caps->size && caps->max_size > 0 && self->size > caps->max_size) {
    g_autofree char *what = g_strdup_printf (
        "the message has %" G_GUINT64_FORMAT " bytes, the server takes %" G_GUINT64_FORMAT, self->size, caps->max_size);
    trouble.what = what;
    mr_delivery_trouble (self, &trouble);
    return;
  }
  for (guint i = 0; i < self->n_outcomes; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (record->recipients,
                                                    g_array_index (self->task->recipients, guint, i));

    recipients[i] = r->address;
    notify[i] = r->notify;
    orcpt[i] = r->orcpt;
  }
  transaction.reverse_path = self->task->rewrite_to != NULL && record->reverse_path[0] != '\0' ? self->task->rewrite_to
                                                                                               : record->reverse_path;
  transaction.body_8bit = record->has_8bit && caps->eightbitmime;
  transaction.ret = record->ret;
  transaction.envid = record->envid;
  transaction.notify = notify;
  transaction.orcpt = orcpt;
  mr_connection_set_timeout (
      self->connection,
      (guint)mr_config_get_integer (mr_engine_get_config (self->engine), "delivery", "command-timeout") * 1000);
  if (!mr_smtp_client_begin (client, &transaction, &error)) {
    trouble.error = error->code;
    trouble.what = error->message;
    mr_delivery_trouble (self, &trouble);
    return;
  }
  mr_connection_flush (self->connection);
}

static void
decide (MrDelivery *self, guint i, MrStage stage, MrScope scope, const MrReplyRecord *reply)
{
  Outcome *o = &self->outcomes[i];

  o->decided = TRUE;
  o->stage = stage;
  o->scope = scope;
  mr_reply_record_copy_into (reply, &o->reply);
}

static void
decide_rest (MrDelivery *self, MrStage stage, const MrReplyRecord *reply)
{
  for (guint i = 0; i < self->n_outcomes; i++)
    if (!self->outcomes[i].decided)
      decide (self, i, stage, MR_SCOPE_MESSAGE, reply);
}

static void
start_body (MrDelivery *self)
{
  g_autofree guint *numbers = g_new (guint, self->n_accepted + 1);
  guint n = 0;

  for (guint i = 0; i < self->n_outcomes; i++)
    if (self->outcomes[i].accepted)
      numbers[n++] = ((MrRecipientRecord *)g_ptr_array_index (self->task->job->record->recipients,
                                                              g_array_index (self->task->recipients, guint, i)))
                         ->n;
  numbers[n] = G_MAXUINT;
  mr_store_mark_dot (self->engine->store, self->task->job->record->id, numbers);
  self->in_body = TRUE;
  self->body_started = mr_clock_monotonic (self->engine->clock);
  mr_connection_set_timeout (
      self->connection,
      (guint)mr_config_get_integer (mr_engine_get_config (self->engine), "delivery", "data-timeout") * 1000);
  mr_delivery_send_body (self);
}

static void
event_cb (MrConnection *connection, const MrSmtpClientEvent *event, gpointer owner)
{
  MrDelivery *self = owner;

  if (event->kind == MR_CLIENT_READY && self->wants_ready)
    next_task (self);
  if (event->kind == MR_CLIENT_READY || self->task == NULL)
    return;
  switch (event->kind) {
  case MR_CLIENT_RCPT:
    if (event->index >= self->n_outcomes)
      return;
    if (event->reply->code / 100 == 2) {
      self->outcomes[event->index].accepted = TRUE;
      self->n_accepted++;
    } else
      decide (self, event->index, MR_STAGE_RCPT, MR_SCOPE_RECIPIENT, event->reply);
    return;
  case MR_CLIENT_BODY:
    start_body (self);
    return;
  case MR_CLIENT_MAIL_REFUSED:
    decide_rest (self, MR_STAGE_MAIL, event->reply);
    break;
  case MR_CLIENT_DATA_REFUSED:
    if (event->reply != NULL && event->reply->code != 0)
      decide_rest (self, MR_STAGE_DATA, event->reply);
    break;
  case MR_CLIENT_DONE:
    decide_rest (self, MR_STAGE_DOT, event->reply);
    break;
  case MR_CLIENT_NONE:
  case MR_CLIENT_STARTTLS:
  case MR_CLIENT_CREDENTIALS:
  case MR_CLIENT_READY:
  case MR_CLIENT_VERIFIED:
  case MR_CLIENT_FAILED:
  case MR_CLIENT_CLOSED:
    return;
  }
  finish (self, NULL);
  next_task (self);
}

static void
ready_cb (MrConnection *connection, gpointer owner)
{
  MrDelivery *self = owner;
  const MrSmtpCapabilities *caps = mr_smtp_client_get_capabilities (mr_connection_get_client (connection));

  self->ready = TRUE;
  mr_engine_saw_network (self->engine);
  if (self->lane->domain == NULL)
    mr_accounts_learn_size (self->engine->accounts, self->lane->account, caps->max_size);
  self->n_messages = 1;
  mr_delivery_prepare_body (self);
}

static void
drained_cb (MrConnection *connection, gpointer owner)
{
  mr_delivery_send_body (owner);
}

/* The server closed a connection that had been used before, as it may at any time, while the next message was begun: no answer was given to
 * that message, and the host is not to blame. */
static gboolean
closed_between (MrDelivery *self, const MrConnectionFailure *failure)
{
  if (self->n_messages < 2 || !failure->was_ready || failure->stage > MR_STAGE_MAIL || failure->reply != NULL
      || failure->error == MR_ERROR_TIMED_OUT || self->in_body || self->dot_sent || self->n_accepted > 0)
    return FALSE;
  for (guint i = 0; i < self->n_outcomes; i++)
    if (self->outcomes[i].decided)
      return FALSE;
  return TRUE;
}

/* Without a network the name servers are what cannot be reached first. While there is one, they are to blame themselves. */
static gboolean
lost_its_name_servers (MrDelivery *self, const MrConnectionFailure *failure)
{
  return failure->error == MR_ERROR_DNS_TEMPORARY && failure->account_state == MR_ACCOUNT_READY
         && !mr_network_watch_is_available (self->engine->network);
}

/* A page that wants a person to sign in may answer in place of the host, with another certificate, another greeting or another address; or
 * what had begun breaks off when the network closes. */
static gboolean
is_captive (MrDelivery *self, const MrConnectionFailure *failure)
{
  gboolean no_answer = failure->reply == NULL
                       && (failure->error == MR_ERROR_NETWORK || failure->error == MR_ERROR_TIMED_OUT);

  return !self->dot_sent && mr_network_watch_is_captive (self->engine->network)
         && (failure->stage <= MR_STAGE_STARTTLS || no_answer)
         && (failure->account_state == MR_ACCOUNT_READY || failure->account_state == MR_ACCOUNT_TLS_TROUBLE
             || failure->account_state == MR_ACCOUNT_HOST_UNKNOWN);
}

/* Then nothing that was said is the host's, the account's or the message's. */
static MrConnectionFailure
see_failure (MrDelivery *self, const MrConnectionFailure *failure)
{
  MrConnectionFailure seen = *failure;

  if (is_captive (self, failure)) {
    seen.account_state = MR_ACCOUNT_READY;
    seen.no_route = TRUE;
    seen.permanent = FALSE;
    seen.reply = NULL;
    seen.fingerprint = NULL;
    seen.error = MR_ERROR_NETWORK;
  } else if (lost_its_name_servers (self, failure))
    seen.no_route = TRUE;
  return seen;
}

static void
failed_cb (MrConnection *connection, const MrConnectionFailure *real, gpointer owner)
{
  MrDelivery *self = owner;
  const MrConnectionFailure seen = see_failure (self, real), *failure = &seen;
  Trouble trouble = { .stage = failure->stage,
                      .scope = MR_SCOPE_HOST,
                      .error = failure->error,
                      .what = failure->what,
                      .reply = failure->reply,
                      .no_route = failure->no_route,
                      .permanent = failure->permanent,
                      .account_state = failure->account_state,
                      .fingerprint = failure->fingerprint,
                      .dot_sent = self->dot_sent };

  if (self->task != NULL && closed_between (self, failure)) {
    MrTask *task = self->task;

    clear_task (self);
    mr_lane_put_back (self->lane, task);
  } else if (self->task != NULL) {
    if (self->dot_sent)
      trouble.stage = MR_STAGE_DOT;
    if (failure->account_state != MR_ACCOUNT_READY) {
      trouble.scope = MR_SCOPE_ACCOUNT;
      mr_accounts_set_trouble (self->engine->accounts, self->lane->account, failure->account_state, failure->reply,
                               failure->fingerprint);
    } else if (self->dot_sent)
      trouble.scope = MR_SCOPE_MESSAGE; /* RFC 1047: lost after the dot blames the message, not the host */
    else if (failure->permanent)
      trouble.scope = MR_SCOPE_RECIPIENT;
    if (trouble.no_route)
      mr_engine_saw_no_route (self->engine);
    finish (self, &trouble);
  }
  mr_delivery_end (self);
}

static const MrConnectionFuncs connection_funcs
    = { .ready = ready_cb, .event = event_cb, .drained = drained_cb, .failed = failed_cb };

MrDelivery *
mr_delivery_new (MrEngine *engine, MrLane *lane, MrTask *task)
{
  MrDelivery *self = g_new0 (MrDelivery, 1);
  const MrAccountRecord *account = mr_accounts_find (engine->accounts, lane->account);
  MrConnectionTarget target = { .account = lane->account, .direct = lane->domain != NULL };

  self->engine = engine;
  self->lane = lane;
  take_task (self, task);
  target.tls = target.direct ? MR_TLS_OPPORTUNISTIC : account->tls;
  target.host = target.direct ? lane->domain : account->host;
  target.port = target.direct ? (guint16)mr_config_get_integer (mr_engine_get_config (engine), "delivery", "mx-port")
                              : (guint16)account->port;
  if (!target.direct) {
    target.user = account->user;
    target.token_of = account->auth == MR_AUTH_OAUTH2 ? account : NULL;
    target.fingerprint = account->fingerprint;
    target.ca_file = account->ca_file;
  }
  self->connection = mr_connection_new (engine, &target, &connection_funcs, self);
  return self;
}

void
mr_delivery_free (MrDelivery *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->idle_source, g_source_remove);
  mr_store_cancel (self->engine->store, self);
  MrTask *task = self->task;
  clear_task (self);
  g_clear_pointer (&task, mr_task_free);
  g_clear_pointer (&self->connection, mr_connection_free);
  g_free (self);
}
