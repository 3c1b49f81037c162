/* What a person changes of messages: recipients, account, time; sending again, returning, undoing. Each message is one transaction of the store;
 * actions.c walks over the messages and withdraws each from the scheduler first.
 */
#include <config.h>

#include "engine/actions-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/id.h"
#include "engine/reports.h"
#include "engine/scheduler.h"
#include "mail/address.h"

gboolean
mr_edits_need_store (ActionKind kind)
{
  return kind == ACTION_EDIT || kind == ACTION_RETURN || kind == ACTION_REDIRECT || kind == ACTION_SCHEDULE
         || kind == ACTION_CHANGE_ACCOUNT;
}

gboolean
mr_edits_tell (ActionKind kind)
{
  return kind == ACTION_EDIT || kind == ACTION_AGAIN || kind == ACTION_REDIRECT || kind == ACTION_RESTORE;
}

void
mr_edits_clear (Action *action)
{
  g_clear_pointer (&action->edits, g_array_unref);
  g_clear_pointer (&action->made, g_ptr_array_unref);
  g_strfreev (action->recipients);
}

void
mr_edits_answer (Action *action)
{
  if (action->ids_func == NULL) {
    action->func (action->count, action->error, action->data);
    return;
  }
  g_ptr_array_add (action->made, NULL);
  action->ids_func ((const char *const *)action->made->pdata, action->error, action->data);
}

/* ---- one transaction ---- */

static MrStoreEdit
edit_of (Step *step)
{
  return (MrStoreEdit){ .not_before = -1, .online_at = mr_engine_online_now (step->action->engine) };
}

static void
store_edit (Step *step, MrStoreEdit *edit, const MrRecipientEdit *edits, guint n)
{
  edit->edits = edits;
  edit->n_edits = n;
  mr_store_edit_message (step->action->engine->store, step->id, edit, mr_step_stored_cb, step);
}

void
mr_edits_send_now (Step *step)
{
  static const MrRecipientEdit now = { MR_EDIT_NOW, G_MAXUINT, NULL };
  MrStoreEdit edit = edit_of (step);

  edit.not_before = 0;
  store_edit (step, &edit, &now, 1);
}

static void
change_account (Step *step, const MrMessageRecord *message)
{
  static const MrRecipientEdit now = { MR_EDIT_NOW, G_MAXUINT, NULL };
  MrStoreEdit edit = edit_of (step);

  edit.set_account = TRUE;
  edit.account = step->action->account;
  edit.let_go = message->hold == MR_HOLD_NO_ACCOUNT;
  store_edit (step, &edit, &now, 1);
}

/* Sent again through another account, where it failed. Nothing is done about those who have it. */
static void
change_account_of_failed (Step *step, const MrMessageRecord *message)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrRecipientEdit));
  MrStoreEdit edit = edit_of (step);

  edit.set_account = TRUE;
  edit.account = step->action->account;
  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);
    const MrRecipientEdit again = { MR_EDIT_REVIVE, r->n, NULL };

    if (r->state == MR_RECIPIENT_FAILED || r->state == MR_RECIPIENT_EXPIRED)
      g_array_append_val (edits, again);
  }
  if (edits->len == 0)
    mr_step_done (step, FALSE, NULL);
  else
    store_edit (step, &edit, (const MrRecipientEdit *)(gpointer)edits->data, edits->len);
}

/* The life of a message that is to go next week begins next week. */
static void
schedule (Step *step)
{
  MrStoreEdit edit = edit_of (step);
  gint64 ahead = step->action->not_before - mr_clock_wall (step->action->engine->clock);

  edit.not_before = step->action->not_before;
  edit.online_at += MAX (ahead, 0);
  store_edit (step, &edit, NULL, 0);
}

static void
return_to_sender (Step *step, const MrMessageRecord *message)
{
  static const MrRecipientEdit all = { MR_EDIT_RETURN, G_MAXUINT, NULL };
  MrStoreEdit edit = edit_of (step);
  g_autoptr (GError) error = NULL;

  edit.report = step->action->flag;
  if (edit.report && !mr_reports_may_mail (step->action->engine->reports, message)) {
    g_set_error (&error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("%s: a report is only mailed to an address of one of your accounts; return it without one"),
                 step->id);
    mr_step_done (step, FALSE, error);
    return;
  }
  store_edit (step, &edit, &all, 1);
}

static gboolean
is_named (char **addresses, const char *address)
{
  for (; *addresses != NULL; addresses++)
    if (mr_address_equal (*addresses, address))
      return TRUE;
  return FALSE;
}

static gboolean
waits_for_it (const MrMessageRecord *message, const char *address)
{
  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);

    if (!mr_recipient_state_is_final (r->state) && mr_address_equal (r->address, address))
      return TRUE;
  }
  return FALSE;
}

/* The new ones are added, all others stop; who is named and waits for it already goes on waiting. */
static void
redirect (Step *step, const MrMessageRecord *message)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrRecipientEdit));
  MrStoreEdit edit = edit_of (step);

  edit.let_go = TRUE;
  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);
    MrRecipientEdit stop = { MR_EDIT_REMOVE, r->n, NULL };

    if (!mr_recipient_state_is_final (r->state) && !is_named (step->action->recipients, r->address))
      g_array_append_val (edits, stop);
  }
  for (guint i = 0; step->action->recipients[i] != NULL; i++) {
    MrRecipientEdit add = { MR_EDIT_ADD, 0, step->action->recipients[i] };

    if (!waits_for_it (message, add.address))
      g_array_append_val (edits, add);
  }
  store_edit (step, &edit, (const MrRecipientEdit *)(gpointer)edits->data, edits->len);
}

/* ---- once more ---- */

static void
add_recipient (MrMessageRecord *record, const char *address, MrWaitReason reason)
{
  MrRecipientRecord *r = mr_recipient_record_new (record->recipients->len, address);

  r->next_attempt = r->changed = record->created;
  r->wait_reason = reason;
  g_ptr_array_add (record->recipients, r);
}

/* As if the program had handed it in again now; what the first one asked of reports holds for the same recipients only. */
static MrMessageRecord *
new_copy (Step *step, const MrMessageRecord *message)
{
  MrEngine *engine = step->action->engine;
  MrMessageRecord *record = mr_message_record_copy (message);
  MrWaitReason reason = mr_config_get_boolean (mr_engine_get_config (engine), "general", "paused") ? MR_WAIT_PAUSED
                                                                                                   : MR_WAIT_NONE;

  g_free (record->id);
  g_free (record->again_of);
  g_clear_pointer (&record->hold_rule, g_free);
  record->id = mr_id_new (engine->clock);
  record->again_of = g_strdup (message->id);
  record->created = mr_clock_wall (engine->clock);
  record->online_at = mr_engine_online_now (engine);
  record->finished = record->hold_until = 0;
  record->not_before = 0;
  record->next_attempt = record->created;
  record->hold = MR_HOLD_NONE;
  g_ptr_array_set_size (record->recipients, 0);
  for (guint i = 0; step->action->recipients != NULL && step->action->recipients[i] != NULL; i++)
    add_recipient (record, step->action->recipients[i], reason);
  for (guint i = 0; step->action->recipients == NULL && i < message->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);

    add_recipient (record, r->address, reason);
    MrRecipientRecord *added = g_ptr_array_index (record->recipients, i);
    added->notify = r->notify;
    added->orcpt = g_strdup (r->orcpt);
  }
  record->n_recipients = record->recipients->len;
  return record;
}

static void
copy (Step *step, const MrMessageRecord *message)
{
  MrMessageRecord *record = new_copy (step, message);

  g_free (step->made);
  step->made = g_strdup (record->id);
  mr_store_copy_message (step->action->engine->store, message->id, record, mr_step_stored_cb, step);
}

/* ---- undo ---- */

static void
revive (Step *step, const MrMessageRecord *message)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrRecipientEdit));
  MrStoreEdit edit = edit_of (step);
  gint64 last = 0;

  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);

    if (r->state == MR_RECIPIENT_CANCELLED)
      last = MAX (last, r->changed);
  }
  for (guint i = 0; i < message->recipients->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);
    MrRecipientEdit again = { MR_EDIT_REVIVE, r->n, NULL };

    if (r->state == MR_RECIPIENT_CANCELLED && r->changed == last)
      g_array_append_val (edits, again);
  }
  if (edits->len == 0)
    mr_step_done (step, FALSE, NULL);
  else
    store_edit (step, &edit, (const MrRecipientEdit *)(gpointer)edits->data, edits->len);
}

static void
restored_cb (const GError *error, gpointer data)
{
  Step *step = data;

  if (g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND))
    mr_step_read (step); /* it was not removed: stopped, then */
  else
    mr_step_stored_cb (error, step);
}

void
mr_edits_restore (Step *step)
{
  mr_store_restore_message (step->action->engine->store, step->id, restored_cb, step);
}

/* ---- for actions.c ---- */

static gboolean
is_damaged (Step *step, const MrMessageRecord *message)
{
  g_autoptr (GError) error = NULL;

  if (message->hold != MR_HOLD_DAMAGED)
    return FALSE;
  g_set_error (&error, MR_ERROR, MR_ERROR_CORRUPT, _ ("%s is damaged and cannot be sent"), step->id);
  mr_step_done (step, FALSE, error);
  return TRUE;
}

void
mr_edits_apply (Step *step, MrMessageRecord *message)
{
  Action *action = step->action;
  MrStoreEdit edit = edit_of (step);
  gboolean active = message->finished == 0;

  if (action->kind != ACTION_RETURN && is_damaged (step, message))
    return;
  if (action->kind == ACTION_EDIT)
    store_edit (step, &edit, (const MrRecipientEdit *)(gpointer)action->edits->data, action->edits->len);
  else if (action->kind == ACTION_RETURN)
    return_to_sender (step, message);
  else if (action->kind == ACTION_REDIRECT && active && !action->flag)
    redirect (step, message);
  else if (action->kind == ACTION_REDIRECT || action->kind == ACTION_AGAIN)
    copy (step, message);
  else if (action->kind == ACTION_RESTORE)
    revive (step, message);
  else if (!active && action->kind == ACTION_CHANGE_ACCOUNT)
    change_account_of_failed (step, message);
  else if (!active || (action->kind == ACTION_SCHEDULE && message->hold != MR_HOLD_NONE))
    mr_step_done (step, FALSE, NULL);
  else if (action->kind == ACTION_SCHEDULE)
    schedule (step);
  else
    change_account (step, message);
}

static gboolean
purge_cb (gpointer data)
{
  MrEngine *engine = data;

  engine->purge_source = 0;
  mr_store_purge_removed (engine->store, mr_clock_wall (engine->clock), NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* A removal while one is awaited begins anew: the hourly cleaning takes what a clock that was set back left. */
void
mr_edits_purge_later (MrEngine *engine, gint64 usec)
{
  g_clear_handle_id (&engine->purge_source, g_source_remove);
  engine->purge_source = g_timeout_add ((guint)(usec / 1000) + 500, purge_cb, engine);
}
