/* What a person does with messages: the engine's public calls on outbox and history.
 *
 * A message that is in memory belongs to the scheduler: it is withdrawn first, then changed in the store. An action on several messages is
 * one job object that counts what is still open and answers once.
 */
#include "engine/answer.h"
#include "engine/accounts.h"
#include "engine/configuration.h"
#include "engine/scheduler.h"

#include "base/id.h"
#include "base/log.h"
#include "store/lists.h"

#define ACTION_MAX 100000

typedef enum {
  ACTION_RETRY,
  ACTION_HOLD,
  ACTION_RELEASE,
  ACTION_CANCEL,
  ACTION_DELETE,
  ACTION_DELIVERED,
  ACTION_ACCOUNT
} ActionKind;

typedef struct {
  MrEngine *engine;
  ActionKind kind;
  char **ids;
  guint next; /* id to begin with next */
  guint open; /* begun and not done */
  guint count;
  guint recipient; /* ACTION_DELIVERED */
  char *account;   /* ACTION_ACCOUNT */
  GError *error;
  MrCountFunc func;
  gpointer data;
} Action;

typedef struct {
  Action *action;
  char *id;
  guint tries;
} Step;

#define TRIES_MAX 20

static void action_go_on (Action *action);
static void step_try (Step *step);

static void
step_done (Step *step, gboolean touched, const GError *error)
{
  Action *action = step->action;

  action->count += touched ? 1 : 0;
  if (error != NULL && action->error == NULL && !g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND))
    action->error = g_error_copy (error);
  action->open--;
  g_free (step->id);
  g_free (step);
  action_go_on (action);
}

static void
step_stored_cb (const GError *error, gpointer data)
{
  /* No legal change: a delivery that ended between reading and writing has decided. The message was past that. */
  gboolean overtaken = g_error_matches (error, MR_ERROR, MR_ERROR_INVALID);
  Step *step = data;

  /* Leased between reading and writing: it is in memory by now, or out of it again. */
  if (g_error_matches (error, MR_ERROR, MR_ERROR_BUSY) && step->action->engine->scheduler != NULL
      && ++step->tries < TRIES_MAX) {
    step_try (step);
    return;
  }
  step_done (step, error == NULL, overtaken ? NULL : error);
}

/* New states of the recipients for which `change` says TRUE. */
static void
change_recipients (Step *step, MrMessageRecord *message,
                   gboolean (*change) (Action *action, MrRecipientRecord *r, gint64 now))
{
  GPtrArray *changed = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_recipient_record_free);
  gint64 now = mr_clock_wall (step->action->engine->clock);

  for (guint i = 0; i < message->recipients->len; i++) {
    MrRecipientRecord *r = mr_recipient_record_copy (g_ptr_array_index (message->recipients, i));

    if (change (step->action, r, now)) {
      r->changed = now;
      g_ptr_array_add (changed, r);
    } else
      mr_recipient_record_free (r);
  }
  if (changed->len == 0) {
    g_ptr_array_unref (changed);
    step_done (step, FALSE, NULL);
    return;
  }
  mr_store_update_message (step->action->engine->store, message->id, changed, NULL, MR_STORE_UNLESS_LEASED,
                           step_stored_cb, step);
}

static gboolean
change_cancel (Action *action, MrRecipientRecord *r, gint64 now)
{
  if (!mr_recipient_state_may_become (r->state, MR_RECIPIENT_CANCELLED))
    return FALSE;
  r->state = MR_RECIPIENT_CANCELLED;
  r->wait_reason = MR_WAIT_NONE;
  r->next_attempt = 0;
  return TRUE;
}

static gboolean
change_delivered (Action *action, MrRecipientRecord *r, gint64 now)
{
  if (r->state != MR_RECIPIENT_UNCERTAIN || (action->recipient != G_MAXUINT && action->recipient != r->n))
    return FALSE;
  r->state = MR_RECIPIENT_DELIVERED;
  r->wait_reason = MR_WAIT_NONE;
  r->next_attempt = 0;
  return TRUE;
}

/* "Try now", and "send again" for what is possibly delivered. */
static gboolean
change_retry (Action *action, MrRecipientRecord *r, gint64 now)
{
  if (mr_recipient_state_is_final (r->state) || r->state == MR_RECIPIENT_SENDING)
    return FALSE;
  if (r->state == MR_RECIPIENT_NEEDS_PERSON)
    r->state = MR_RECIPIENT_WAITING;
  r->wait_reason = MR_WAIT_RETRY_TIME;
  r->next_attempt = now;
  return TRUE;
}

static void
message_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  Step *step = data;

  if (message == NULL) {
    step_done (step, FALSE, error);
    return;
  }
  switch (step->action->kind) {
  case ACTION_CANCEL:
    change_recipients (step, message, change_cancel);
    break;
  case ACTION_DELIVERED:
    change_recipients (step, message, change_delivered);
    break;
  case ACTION_RETRY:
    if (message->hold != MR_HOLD_NONE) /* it is released first */
      step_done (step, FALSE, NULL);
    else
      change_recipients (step, message, change_retry);
    break;
  case ACTION_HOLD:
    if (message->finished != 0 || message->hold != MR_HOLD_NONE)
      step_done (step, FALSE, NULL);
    else
      mr_store_set_message (step->action->engine->store, step->id, MR_STORE_HOLD, MR_HOLD_PERSON, 0, NULL,
                            step_stored_cb, step);
    break;
  case ACTION_RELEASE:
    if (message->finished != 0 || message->hold == MR_HOLD_NONE || message->hold == MR_HOLD_DAMAGED)
      step_done (step, FALSE, NULL);
    else /* not_before remembers that a person let it go: it is not held again for its age */
      mr_store_set_message (step->action->engine->store, step->id,
                            MR_STORE_HOLD | MR_STORE_NOT_BEFORE | MR_STORE_NEXT_NOW, MR_HOLD_NONE,
                            mr_clock_wall (step->action->engine->clock), NULL, step_stored_cb, step);
    break;
  case ACTION_ACCOUNT:
    if (message->finished != 0)
      step_done (step, FALSE, NULL);
    else
      mr_store_set_message (step->action->engine->store, step->id,
                            MR_STORE_HOLD | MR_STORE_ACCOUNT | MR_STORE_NOT_BEFORE | MR_STORE_NEXT_NOW, MR_HOLD_NONE,
                            mr_clock_wall (step->action->engine->clock), step->action->account, step_stored_cb, step);
    break;
  case ACTION_DELETE:
    if (message->finished == 0)
      step_done (step, FALSE, NULL);
    else
      mr_store_delete_message (step->action->engine->store, step->id, step_stored_cb, step);
    break;
  }
}

static void
step_try (Step *step)
{
  Action *action = step->action;
  MrScheduler *scheduler = action->engine->scheduler;
  const char *id = step->id;

  if (action->kind == ACTION_RETRY && mr_scheduler_retry_now (scheduler, id)) {
    step_done (step, TRUE, NULL);
    return;
  }
  if ((action->kind == ACTION_HOLD || action->kind == ACTION_CANCEL || action->kind == ACTION_ACCOUNT)
      && mr_scheduler_withdraw (scheduler, id, action->kind == ACTION_CANCEL) && action->kind == ACTION_CANCEL) {
    step_done (step, TRUE, NULL);
    return;
  }
  /* Being sent once more: what comes of that decides. */
  if (action->kind == ACTION_DELIVERED && mr_scheduler_withdraw (scheduler, id, FALSE)) {
    step_done (step, FALSE, NULL);
    return;
  }
  mr_store_get_message (action->engine->store, step->id, message_cb, step);
}

static void
step_begin (Action *action, const char *id)
{
  Step *step = g_new0 (Step, 1);

  step->action = action;
  step->id = g_strdup (id);
  action->open++;
  step_try (step);
}

static void
action_end (Action *action)
{
  if (action->ids[action->next] != NULL && action->error == NULL)
    action->error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, "The service is being stopped; try again");
  if (action->kind != ACTION_DELETE && action->engine->scheduler != NULL)
    mr_scheduler_kick (action->engine->scheduler);
  mr_engine_notify (action->engine, MR_CHANGED_QUEUE);
  action->func (action->count, action->error, action->data);
  g_strfreev (action->ids);
  g_free (action->account);
  g_clear_error (&action->error);
  g_rc_box_release (action->engine);
  g_free (action);
}

/* A few at a time, so that ten thousand messages do not fill the store's queue at once. */
static void
action_go_on (Action *action)
{
  action->open++; /* steps may end inside this loop */
  /* Without a scheduler the engine is being stopped: what has not begun is left. */
  while (action->engine->scheduler != NULL && action->ids[action->next] != NULL && action->open < 64)
    step_begin (action, action->ids[action->next++]);
  action->open--;
  if (action->open == 0 && (action->ids[action->next] == NULL || action->engine->scheduler == NULL))
    action_end (action);
}

static gboolean
action_start_cb (gpointer data)
{
  action_go_on (data);
  return G_SOURCE_REMOVE;
}

static void
all_ids_cb (const char *const *ids, const GError *error, gpointer data)
{
  Action *action = data;

  if (error != NULL)
    action->error = g_error_copy (error);
  action->ids = error == NULL ? g_strdupv ((char **)ids) : g_new0 (char *, 1);
  action_go_on (action);
}

static gboolean
all_valid (const char *const *ids, GError **error)
{
  guint n = 0;

  for (; ids[n] != NULL; n++)
    if (!mr_id_is_valid (ids[n])) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "“%.40s” is not the number of a message", ids[n]);
      return FALSE;
    }
  if (n > ACTION_MAX)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, "too many messages at once");
  return n <= ACTION_MAX;
}

static void
action_new (MrEngine *engine, ActionKind kind, const char *const *ids, guint recipient, const char *account,
            MrCountFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  MrListFilter filter = { .kind = MR_LIST_OUTBOX, .state = -1, .held_only = kind == ACTION_RELEASE };
  Action *action;

  if (ids != NULL && !all_valid (ids, &error)) {
    mr_answer_count (func, 0, error, data);
    return;
  }
  action = g_new0 (Action, 1);
  action->engine = g_rc_box_acquire (engine);
  action->kind = kind;
  action->recipient = recipient;
  action->account = g_strdup (account);
  action->func = func;
  action->data = data;
  /* A person asks for it: an account in trouble is asked as well, by one connection. */
  if (kind == ACTION_RETRY)
    mr_accounts_recheck (engine->accounts, NULL);
  if (ids == NULL) {
    mr_store_list_ids (engine->store, &filter, all_ids_cb, action);
    return;
  }
  action->ids = g_strdupv ((char **)ids);
  g_idle_add_full (G_PRIORITY_DEFAULT, action_start_cb, action, NULL);
}

void
mr_engine_retry (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data)
{
  action_new (engine, ACTION_RETRY, ids, 0, NULL, func, data);
}

void
mr_engine_hold (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data)
{
  action_new (engine, ACTION_HOLD, ids, 0, NULL, func, data);
}

void
mr_engine_release (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data)
{
  action_new (engine, ACTION_RELEASE, ids, 0, NULL, func, data);
}

static void
refuse_empty (const char *const *ids, MrCountFunc func, gpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_INVALID, "say which messages");

  mr_answer_count (func, 0, error, data);
}

void
mr_engine_cancel (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data)
{
  if (ids == NULL || ids[0] == NULL)
    refuse_empty (ids, func, data);
  else
    action_new (engine, ACTION_CANCEL, ids, 0, NULL, func, data);
}

void
mr_engine_delete (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data)
{
  if (ids == NULL || ids[0] == NULL)
    refuse_empty (ids, func, data);
  else
    action_new (engine, ACTION_DELETE, ids, 0, NULL, func, data);
}

void
mr_engine_mark_delivered (MrEngine *engine, const char *id, guint n, MrCountFunc func, gpointer data)
{
  const char *ids[] = { id, NULL };

  action_new (engine, ACTION_DELIVERED, ids, n, NULL, func, data);
}

/* ---- send through ... ---- */

typedef struct {
  MrEngine *engine;
  char *id, *account;
  gboolean always;
  MrCountFunc func;
  gpointer data;
} Through;

static void
through_message_cb (MrMessageRecord *message, GPtrArray *attempts, const GError *error, gpointer data)
{
  Through *t = data;
  const char *ids[] = { t->id, NULL };

  if (message != NULL && t->always) {
    const MrAccountRecord *account = mr_accounts_find (t->engine->accounts, t->account);
    const char *sender = message->reverse_path[0] != '\0' ? message->reverse_path : message->from;

    if (account != NULL && sender != NULL && !g_strv_contains ((const char *const *)account->addresses, sender)) {
      g_autofree char *list = g_strjoinv (";", account->addresses);
      g_autofree char *value = g_strconcat (list, ";", sender, NULL);
      g_autofree char *group = g_strconcat ("account ", t->account, NULL);
      const MrConfigurationEdit edit = { group, "addresses", value };
      g_autoptr (GError) local = NULL;

      if (!mr_configuration_apply (t->engine->configuration, &edit, 1, NULL, &local))
        mr_warning ("engine", "the sender could not be added to the account: %s", local->message);
    }
  }
  action_new (t->engine, ACTION_ACCOUNT, ids, 0, t->account, t->func, t->data);
  g_free (t->id);
  g_free (t->account);
  g_free (t);
}

void
mr_engine_send_through (MrEngine *engine, const char *id, const char *account, gboolean always, MrCountFunc func,
                        gpointer data)
{
  g_autoptr (GError) error = NULL;
  Through *t;

  if (mr_accounts_find (engine->accounts, account) == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, "There is no account “%s”", account);
  else if (!mr_id_is_valid (id))
    g_set_error (&error, MR_ERROR, MR_ERROR_INVALID, "“%.40s” is not the number of a message", id);
  if (error != NULL) {
    mr_answer_count (func, 0, error, data);
    return;
  }
  t = g_new0 (Through, 1);
  t->engine = engine;
  t->id = g_strdup (id);
  t->account = g_strdup (account);
  t->always = always;
  t->func = func;
  t->data = data;
  mr_store_get_message (engine->store, id, through_message_cb, t);
}
