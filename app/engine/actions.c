/* What a person does with messages: the engine's public calls on outbox and history.
 *
 * A message that is in memory belongs to the scheduler: it is withdrawn first, then changed in the store. An action on several messages is
 * one job object that counts what is still open and answers once.
 */
#include <config.h>

#include "engine/actions-private.h"

#include <glib/gi18n-lib.h>

#include "engine/accounts.h"
#include "engine/answer.h"
#include "engine/configuration.h"
#include "engine/reports.h"
#include "engine/scheduler.h"

#include "base/id.h"
#include "base/log.h"
#include "store/lists.h"

#define ACTION_MAX 100000
#define TRIES_MAX  20
#define UNDO_USEC  (15 * G_USEC_PER_SEC)

static void action_go_on (Action *action);
static void step_try (Step *step);

void
mr_step_done (Step *step, gboolean touched, const GError *error)
{
  Action *action = step->action;

  action->count += touched ? 1 : 0;
  if (touched && step->made != NULL && action->made != NULL)
    g_ptr_array_add (action->made, g_steal_pointer (&step->made));
  if (error != NULL && action->error == NULL
      && (mr_edits_tell (action->kind) || !g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND)))
    action->error = g_error_copy (error);
  action->open--;
  g_free (step->made);
  g_free (step->id);
  g_free (step);
  action_go_on (action);
}

void
mr_step_stored_cb (const GError *error, gpointer data)
{
  /* No legal change: a delivery that ended between reading and writing has decided. The message was past that. */
  Step *step = data;
  gboolean overtaken = !mr_edits_tell (step->action->kind) && g_error_matches (error, MR_ERROR, MR_ERROR_INVALID);

  /* Leased between reading and writing: it is in memory by now, or out of it again. */
  if (g_error_matches (error, MR_ERROR, MR_ERROR_BUSY) && step->action->engine->scheduler != NULL
      && ++step->tries < TRIES_MAX) {
    step_try (step);
    return;
  }
  mr_step_done (step, error == NULL, overtaken ? NULL : error);
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
    mr_step_done (step, FALSE, NULL);
    return;
  }
  mr_store_update_message (step->action->engine->store, message->id, changed, NULL, MR_STORE_UNLESS_LEASED,
                           mr_step_stored_cb, step);
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
    mr_step_done (step, FALSE, error);
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
      mr_step_done (step, FALSE, NULL);
    else if (message->not_before > mr_clock_wall (step->action->engine->clock))
      mr_edits_send_now (step); /* a person knows better than the time that was set */
    else
      change_recipients (step, message, change_retry);
    break;
  case ACTION_HOLD:
    if (message->finished != 0 || message->hold != MR_HOLD_NONE)
      mr_step_done (step, FALSE, NULL);
    else
      mr_store_set_message (step->action->engine->store, step->id, MR_STORE_HOLD, MR_HOLD_PERSON, 0, NULL,
                            mr_step_stored_cb, step);
    break;
  case ACTION_RELEASE:
    if (message->finished != 0 || message->hold == MR_HOLD_NONE || message->hold == MR_HOLD_DAMAGED)
      mr_step_done (step, FALSE, NULL);
    else /* not_before remembers that a person let it go: it is not held again for its age */
      mr_store_set_message (step->action->engine->store, step->id,
                            MR_STORE_HOLD | MR_STORE_NOT_BEFORE | MR_STORE_NEXT_NOW, MR_HOLD_NONE,
                            mr_clock_wall (step->action->engine->clock), NULL, mr_step_stored_cb, step);
    break;
  case ACTION_ACCOUNT:
    if (message->finished != 0)
      mr_step_done (step, FALSE, NULL);
    else
      mr_store_set_message (step->action->engine->store, step->id,
                            MR_STORE_HOLD | MR_STORE_ACCOUNT | MR_STORE_NOT_BEFORE | MR_STORE_NEXT_NOW, MR_HOLD_NONE,
                            mr_clock_wall (step->action->engine->clock), step->action->account, mr_step_stored_cb,
                            step);
    break;
  case ACTION_DELETE:
    if (message->finished == 0)
      mr_step_done (step, FALSE, NULL);
    else
      mr_store_remove_message (step->action->engine->store, step->id,
                               mr_clock_wall (step->action->engine->clock) + UNDO_USEC, mr_step_stored_cb, step);
    break;
  case ACTION_EDIT:
  case ACTION_RETURN:
  case ACTION_REDIRECT:
  case ACTION_SCHEDULE:
  case ACTION_CHANGE_ACCOUNT:
  case ACTION_AGAIN:
  case ACTION_RESTORE:
    mr_edits_apply (step, message);
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
    mr_step_done (step, TRUE, NULL);
    return;
  }
  if ((action->kind == ACTION_HOLD || action->kind == ACTION_CANCEL || action->kind == ACTION_ACCOUNT)
      && mr_scheduler_withdraw (scheduler, id, action->kind == ACTION_CANCEL) && action->kind == ACTION_CANCEL) {
    mr_step_done (step, TRUE, NULL);
    return;
  }
  /* Being sent once more: what comes of that decides. */
  if (action->kind == ACTION_DELIVERED && mr_scheduler_withdraw (scheduler, id, FALSE)) {
    mr_step_done (step, FALSE, NULL);
    return;
  }
  if (mr_edits_need_store (action->kind) && mr_scheduler_withdraw (scheduler, id, FALSE)) {
    g_autoptr (GError) busy = g_error_new (MR_ERROR, MR_ERROR_BUSY,
                                           _ ("%s is being sent right now; try again in a moment"), id);

    mr_step_done (step, FALSE, busy);
    return;
  }
  if (action->kind == ACTION_RESTORE)
    mr_edits_restore (step);
  else
    mr_step_read (step);
}

void
mr_step_read (Step *step)
{
  mr_store_get_message (step->action->engine->store, step->id, message_cb, step);
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
    action->error = g_error_new_literal (MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is being stopped; try again"));
  if (action->kind != ACTION_DELETE && action->engine->scheduler != NULL)
    mr_scheduler_kick (action->engine->scheduler);
  mr_engine_notify (action->engine, MR_CHANGED_QUEUE);
  mr_edits_answer (action);
  g_strfreev (action->ids);
  if (action->kind == ACTION_DELETE && action->engine->scheduler != NULL)
    mr_edits_purge_later (action->engine, UNDO_USEC);
  if (action->kind == ACTION_RETURN)
    mr_reports_kick (action->engine->reports);
  g_free (action->account);
  mr_edits_clear (action);
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
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.40s” is not the number of a message"), ids[n]);
      return FALSE;
    }
  if (n > ACTION_MAX)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("too many messages at once"));
  return n <= ACTION_MAX;
}

gboolean
mr_action_ids_are_valid (const char *const *ids, GError **error)
{
  return all_valid (ids, error);
}

Action *
mr_action_alloc (MrEngine *engine, ActionKind kind, MrCountFunc func, gpointer data)
{
  Action *action = g_new0 (Action, 1);

  action->engine = g_rc_box_acquire (engine);
  action->kind = kind;
  action->func = func;
  action->data = data;
  return action;
}

void
mr_action_start (Action *action, const char *const *ids)
{
  action->ids = g_strdupv ((char **)ids);
  g_idle_add_full (G_PRIORITY_DEFAULT, action_start_cb, action, NULL);
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
  action = mr_action_alloc (engine, kind, func, data);
  action->recipient = recipient;
  action->account = g_strdup (account);
  /* A person asks for it: an account in trouble is asked as well, by one connection. */
  if (kind == ACTION_RETRY)
    mr_accounts_recheck (engine->accounts, NULL);
  if (ids == NULL) {
    mr_store_list_ids (engine->store, &filter, all_ids_cb, action);
    return;
  }
  mr_action_start (action, ids);
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
  g_autoptr (GError) error = g_error_new_literal (MR_ERROR, MR_ERROR_INVALID, _ ("say which messages"));

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
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), account);
  else if (!mr_id_is_valid (id))
    g_set_error (&error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.40s” is not the number of a message"), id);
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
