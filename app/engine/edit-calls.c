/* The public calls that change messages (mailrelay/engine-actions.h): what a person typed is checked, then an action begins.
 *
 * What can be refused without looking at a message is refused here, before any of them is touched: ids, addresses, times, accounts that are not there.
 * Everything else is found out message by message (edits.c). Lists are copied: the caller's may go once the call has returned.
 */
#include <config.h>

#include "engine/actions-private.h"

#include <glib/gi18n-lib.h>

#include "engine/accounts.h"
#include "engine/answer.h"
#include "mail/address.h"

static gboolean
check_address (MrEngine *engine, const char *address, GError **error)
{
  if (!mr_address_is_valid (address))
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.200s” is not an e-mail address"), address);
  else if (mr_store_is_never (engine->store, address))
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED,
                 _ ("%s is on the list of addresses that are never written to; take it off the list first"), address);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_recipients (MrEngine *engine, const char *const *recipients, GError **error)
{
  guint n = 0;

  for (; recipients[n] != NULL && n <= MR_EDITS_MAX; n++)
    if (!check_address (engine, recipients[n], error))
      return FALSE;
  if (n == 0)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("say who is to get it"));
  else if (n > MR_EDITS_MAX)
    g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("at most %d recipients at once"), MR_EDITS_MAX);
  return n > 0 && n <= MR_EDITS_MAX;
}

static gboolean
check_ids (const char *const *ids, GError **error)
{
  if (ids != NULL && ids[0] != NULL)
    return mr_action_ids_are_valid (ids, error);
  g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("say which messages"));
  return FALSE;
}

/* Twice the same recipient is one. */
static char **
dup_unique (const char *const *recipients)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; recipients[i] != NULL; i++) {
    gboolean known = FALSE;

    for (guint k = 0; k < i && !known; k++)
      known = mr_address_equal (recipients[k], recipients[i]);
    if (!known)
      g_strv_builder_add (builder, recipients[i]);
  }
  return g_strv_builder_end (builder);
}

static void
clear_edit (gpointer data)
{
  g_free ((char *)((MrRecipientEdit *)data)->address);
}

void
mr_engine_edit_recipients (MrEngine *engine, const char *id, const MrRecipientEdit *edits, guint n_edits,
                           MrCountFunc func, gpointer data)
{
  const char *ids[] = { id, NULL };
  g_autoptr (GError) error = NULL;
  Action *action;

  if (n_edits == 0 || n_edits > MR_EDITS_MAX)
    g_set_error (&error, MR_ERROR, MR_ERROR_INVALID, _ ("between 1 and %d changes at once"), MR_EDITS_MAX);
  else if (check_ids (ids, &error))
    for (guint i = 0; i < n_edits && error == NULL; i++)
      if (edits[i].kind == MR_EDIT_CORRECT || edits[i].kind == MR_EDIT_ADD)
        check_address (engine, edits[i].address != NULL ? edits[i].address : "", &error);
  if (error != NULL) {
    mr_answer_count (func, 0, error, data);
    return;
  }
  action = mr_action_alloc (engine, ACTION_EDIT, func, data);
  action->edits = g_array_new (FALSE, FALSE, sizeof (MrRecipientEdit));
  g_array_set_clear_func (action->edits, clear_edit);
  for (guint i = 0; i < n_edits; i++) {
    MrRecipientEdit edit = { edits[i].kind, edits[i].n, g_strdup (edits[i].address) };

    g_array_append_val (action->edits, edit);
  }
  mr_action_start (action, ids);
}

void
mr_engine_change_account (MrEngine *engine, const char *const *ids, const char *account, MrCountFunc func,
                          gpointer data)
{
  g_autoptr (GError) error = NULL;
  Action *action;

  if (account != NULL && mr_accounts_find (engine->accounts, account) == NULL)
    g_set_error (&error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no account “%s”"), account);
  if (error != NULL || !check_ids (ids, &error)) {
    mr_answer_count (func, 0, error, data);
    return;
  }
  action = mr_action_alloc (engine, ACTION_CHANGE_ACCOUNT, func, data);
  action->account = g_strdup (account);
  mr_action_start (action, ids);
}

void
mr_engine_schedule (MrEngine *engine, const char *const *ids, gint64 not_before, MrCountFunc func, gpointer data)
{
  gint64 now = mr_clock_wall (engine->clock);
  g_autoptr (GError) error = NULL;
  Action *action;

  if (not_before < 0 || not_before > now + 366 * G_TIME_SPAN_DAY)
    g_set_error_literal (&error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("A message can be scheduled for at most a year from now"));
  if (error != NULL || !check_ids (ids, &error)) {
    mr_answer_count (func, 0, error, data);
    return;
  }
  action = mr_action_alloc (engine, ACTION_SCHEDULE, func, data);
  action->not_before = not_before;
  mr_action_start (action, ids);
}

void
mr_engine_return (MrEngine *engine, const char *const *ids, gboolean report, MrCountFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Action *action;

  if (!check_ids (ids, &error)) {
    mr_answer_count (func, 0, error, data);
    return;
  }
  action = mr_action_alloc (engine, ACTION_RETURN, func, data);
  action->flag = report;
  mr_action_start (action, ids);
}

void
mr_engine_redirect (MrEngine *engine, const char *const *ids, const char *const *recipients, gboolean keep,
                    MrCountFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Action *action;

  if (!check_ids (ids, &error) || !check_recipients (engine, recipients, &error)) {
    mr_answer_count (func, 0, error, data);
    return;
  }
  action = mr_action_alloc (engine, ACTION_REDIRECT, func, data);
  action->recipients = dup_unique (recipients);
  action->flag = keep;
  mr_action_start (action, ids);
}

typedef struct {
  GError *error;
  MrIdsFunc func;
  gpointer data;
} NoIds;

static gboolean
no_ids_cb (gpointer data)
{
  static const char *const none[] = { NULL };
  NoIds *answer = data;

  answer->func (none, answer->error, answer->data);
  g_error_free (answer->error);
  g_free (answer);
  return G_SOURCE_REMOVE;
}

void
mr_engine_send_again (MrEngine *engine, const char *const *ids, const char *const *recipients, MrIdsFunc func,
                      gpointer data)
{
  g_autoptr (GError) error = NULL;
  Action *action;

  if (!check_ids (ids, &error) || (recipients != NULL && !check_recipients (engine, recipients, &error))) {
    NoIds *answer = g_new0 (NoIds, 1);

    answer->error = g_steal_pointer (&error);
    answer->func = func;
    answer->data = data;
    g_idle_add_full (G_PRIORITY_DEFAULT, no_ids_cb, answer, NULL);
    return;
  }
  action = mr_action_alloc (engine, ACTION_AGAIN, NULL, data);
  action->ids_func = func;
  action->made = g_ptr_array_new_with_free_func (g_free);
  action->recipients = recipients != NULL ? dup_unique (recipients) : NULL;
  mr_action_start (action, ids);
}

void
mr_engine_restore (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (check_ids (ids, &error))
    mr_action_start (mr_action_alloc (engine, ACTION_RESTORE, func, data), ids);
  else
    mr_answer_count (func, 0, error, data);
}
