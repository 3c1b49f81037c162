/* What a person changes of one message, in one transaction: its recipients, its account, when it may go.
 *
 * All checks come before the first write, so that an edit is made whole or not at all. A recipient that waits anew begins from nothing (no
 * attempts, no cause, no report made); its address as it was handed in stays in corrected_from, its attempts stay in the history. What was
 * delivered, may have been delivered or went back is never touched by a correction: the table of legal states decides (base/types.c).
 */
#include "config.h"

#include "store/private.h"

#include <glib/gi18n-lib.h>

#include "mail/address.h"

typedef struct {
  MrRequest base;
  MrStoreEdit edit;
  MrRecipientEdit *edits;
  char *account;
} EditRequest;

/* A recipient as it stands in the file. */
typedef struct {
  char *address;
  MrRecipientState state;
  MrWaitReason reason;
  guint uncertain;
  gboolean touched;
} Present;

static void
clear_present (gpointer data)
{
  g_free (((Present *)data)->address);
}

static GArray *
load_present (MrSession *session, gint64 num, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "SELECT address, state, wait_reason, uncertain FROM recipient WHERE key BETWEEN ?1 AND ?2 ORDER BY key", error);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Present));
  gboolean has_row = FALSE;

  g_array_set_clear_func (all, clear_present);
  if (row == NULL)
    return NULL;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return g_steal_pointer (&all);
    Present present = { .state = (MrRecipientState)CLAMP (sqlite3_column_int (row, 1), 0, MR_RECIPIENT_N_STATES - 1),
                        .reason = (MrWaitReason)CLAMP (sqlite3_column_int (row, 2), 0, MR_WAIT_N_REASONS - 1),
                        .uncertain = (guint)MAX (sqlite3_column_int (row, 3), 0) };
    present.address = g_strdup ((const char *)sqlite3_column_text (row, 0));
    g_array_append_val (all, present);
  }
  return NULL;
}

/* ---- what an edit makes of a recipient ---- */

static MrRecipientState
target (MrEditKind kind, const Present *present)
{
  switch (kind) {
  case MR_EDIT_REMOVE:
    return MR_RECIPIENT_CANCELLED;
  case MR_EDIT_RETURN:
    return MR_RECIPIENT_RETURNED;
  case MR_EDIT_REVIVE:
    /* It may have been delivered before it was stopped: it rests as that again. */
    return present->state == MR_RECIPIENT_CANCELLED && present->uncertain > 0 ? MR_RECIPIENT_UNCERTAIN
                                                                              : MR_RECIPIENT_WAITING;
  case MR_EDIT_CORRECT:
  case MR_EDIT_NOW:
  case MR_EDIT_ADD:
  case MR_EDIT_N_KINDS:
    break;
  }
  return MR_RECIPIENT_WAITING;
}

static gboolean
fits (MrEditKind kind, const Present *present)
{
  gboolean final = mr_recipient_state_is_final (present->state);

  if (!mr_recipient_state_may_become (present->state, target (kind, present)))
    return FALSE;
  switch (kind) {
  case MR_EDIT_CORRECT:
    return present->state != MR_RECIPIENT_UNCERTAIN && present->state != MR_RECIPIENT_SENDING
           && (present->state != MR_RECIPIENT_CANCELLED || present->uncertain == 0);
  case MR_EDIT_REVIVE:
    return final;
  case MR_EDIT_NOW:
    return present->state == MR_RECIPIENT_WAITING || present->state == MR_RECIPIENT_NEEDS_PERSON;
  case MR_EDIT_REMOVE:
    return !final;
  case MR_EDIT_RETURN:
    return TRUE;
  case MR_EDIT_ADD:
  case MR_EDIT_N_KINDS:
    break;
  }
  return FALSE;
}

static gboolean
waits_anew (MrEditKind kind)
{
  return kind == MR_EDIT_CORRECT || kind == MR_EDIT_ADD || kind == MR_EDIT_REVIVE;
}

/* ---- checks ---- */

static gboolean
is_taken (GArray *all, const char *address, guint except)
{
  for (guint i = 0; i < all->len; i++) {
    const Present *present = &g_array_index (all, Present, i);

    if (i != except && present->address != NULL && mr_address_equal (present->address, address)
        && (!mr_recipient_state_is_final (present->state) || present->state == MR_RECIPIENT_DELIVERED
            || present->state == MR_RECIPIENT_RELAYED))
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_address (const MrRecipientEdit *edit, GArray *all, GError **error)
{
  if (edit->address == NULL || !mr_address_is_valid (edit->address)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.200s” is not an e-mail address"),
                 edit->address != NULL ? edit->address : "");
    return FALSE;
  }
  if (!is_taken (all, edit->address, edit->kind == MR_EDIT_CORRECT ? edit->n : G_MAXUINT))
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_EXISTS, _ ("The message goes to %s already"), edit->address);
  return FALSE;
}

static gboolean
check_edit (const char *id, const MrRecipientEdit *edit, const MrMessageHead *head, GArray *all, GError **error)
{
  gboolean named = edit->kind == MR_EDIT_CORRECT || edit->n != G_MAXUINT;

  if ((guint)edit->kind >= MR_EDIT_N_KINDS || (edit->kind == MR_EDIT_ADD && all->len >= MR_KEY_MAX_N)) {
    g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("Message %s can have no more recipients"), id);
    return FALSE;
  }
  if (edit->kind != MR_EDIT_ADD && named && edit->n >= all->len) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("Message %s has no recipient %u"), id, edit->n);
    return FALSE;
  }
  if (edit->kind != MR_EDIT_ADD && named && !fits (edit->kind, &g_array_index (all, Present, edit->n))) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("%s: that cannot be done to %s any more"), id,
                 g_array_index (all, Present, edit->n).address);
    return FALSE;
  }
  if (waits_anew (edit->kind) && (head->body == MR_BODY_GONE || head->hold == MR_HOLD_DAMAGED)) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND,
                 _ ("The content of message %s has been deleted; send it again from your mail program"), id);
    return FALSE;
  }
  return (edit->kind != MR_EDIT_CORRECT && edit->kind != MR_EDIT_ADD) || check_address (edit, all, error);
}

/* ---- writing ---- */

static gboolean
add_recipient (MrSession *session, const char *id, MrMessageHead *head, const MrRecipientEdit *edit, GError **error)
{
  g_autoptr (MrRecipientRecord) record = mr_recipient_record_new (head->n_recipients, edit->address);
  g_auto (MrRow) row = mr_db_statement (session->db, "UPDATE message SET n_recipients = ?2 WHERE id = ?1", error);

  if (row == NULL)
    return FALSE;
  record->wait_reason = MR_WAIT_RETRY_TIME;
  record->next_attempt = record->changed = MAX (session->now, 1);
  if (head->finished == 0)
    mr_counts_recipient (&session->delta, record->state, record->wait_reason, 1);
  session->delta.accepted++;
  session->delta.forgotten++; /* the index of the search does not know the new address */
  head->n_recipients++;
  mr_db_bind_text (row, 1, id);
  sqlite3_bind_int64 (row, 2, head->n_recipients);
  return mr_db_run (session->db, row, error) && mr_rows_insert_recipient (session->db, head->num, id, record, error);
}

/* Begins from nothing; the address as it was handed in stays. */
#define ANEW                                                                                                           \
  "UPDATE recipient SET state = ?2, wait_reason = ?3, next_attempt = ?4, changed = ?5, attempts = 0, policy_retries "  \
  "= 0,"                                                                                                               \
  " uncertain = CASE WHEN ?6 IS NULL THEN uncertain ELSE 0 END,"                                                       \
  " stage = 0, reply_code = 0, reply_enhanced = NULL, reply_text = NULL, host = NULL, cause = NULL,"                   \
  " cause_params = NULL, report_due = 0, reported = 0, bounced = 0, bounced_cause = NULL, dot = 0,"                    \
  " corrected_from = CASE WHEN ?6 IS NULL THEN corrected_from ELSE coalesce (corrected_from, address) END,"            \
  " address = coalesce (?6, address) WHERE key = ?1"
/* report_due 1: MR_REPORT_FAILED. */
#define CHANGE                                                                                                         \
  "UPDATE recipient SET state = ?2, wait_reason = ?3, next_attempt = ?4, changed = ?5,"                                \
  " report_due = (report_due | ?6) & ~reported WHERE key = ?1"

static gboolean
change_recipient (MrSession *session, const MrMessageHead *head, guint n, const Present *present,
                  const MrRecipientEdit *edit, gboolean report, GError **error)
{
  MrRecipientState to = target (edit->kind, present);
  gboolean anew = waits_anew (edit->kind) && to == MR_RECIPIENT_WAITING;
  MrWaitReason reason = to == MR_RECIPIENT_WAITING ? MR_WAIT_RETRY_TIME : MR_WAIT_NONE;
  g_auto (MrRow) row = anew ? mr_db_statement (session->db, ANEW, error) : mr_db_statement (session->db, CHANGE, error);

  if (row == NULL)
    return FALSE;
  if (edit->kind == MR_EDIT_CORRECT)
    session->delta.forgotten++;
  if (head->finished == 0) {
    mr_counts_recipient (&session->delta, present->state, present->reason, -1);
    mr_counts_recipient (&session->delta, to, reason, 1);
  }
  sqlite3_bind_int64 (row, 1, MR_KEY (head->num, n));
  sqlite3_bind_int (row, 2, to);
  sqlite3_bind_int (row, 3, reason);
  sqlite3_bind_int64 (row, 4, to == MR_RECIPIENT_WAITING ? MAX (session->now, 1) : 0);
  sqlite3_bind_int64 (row, 5, session->now);
  if (anew)
    mr_db_bind_text (row, 6, edit->kind == MR_EDIT_CORRECT ? edit->address : NULL);
  else
    sqlite3_bind_int (row, 6, report && edit->kind == MR_EDIT_RETURN ? MR_REPORT_FAILED : 0);
  return mr_db_run (session->db, row, error);
}

static gboolean
write_edit (MrSession *session, EditRequest *request, MrMessageHead *head, GArray *all, const MrRecipientEdit *edit,
            guint *touched, GError **error)
{
  if (edit->kind == MR_EDIT_ADD) {
    ++*touched;
    return add_recipient (session, request->base.id, head, edit, error);
  }
  for (guint n = 0; n < all->len; n++) {
    Present *present = &g_array_index (all, Present, n);

    if ((edit->n != G_MAXUINT && edit->n != n) || present->touched || !fits (edit->kind, present))
      continue;
    present->touched = TRUE;
    ++*touched;
    if (!change_recipient (session, head, n, present, edit, request->edit.report, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
any_fits (EditRequest *request, GArray *all)
{
  for (guint i = 0; i < request->edit.n_edits; i++) {
    if (request->edits[i].kind == MR_EDIT_ADD || request->edits[i].n != G_MAXUINT)
      return TRUE;
    for (guint n = 0; n < all->len; n++)
      if (fits (request->edits[i].kind, &g_array_index (all, Present, n)))
        return TRUE;
  }
  return request->edit.n_edits == 0;
}

static gboolean
check (MrSession *session, EditRequest *request, MrMessageHead *head, GArray **ret_all, GError **error)
{
  const char *id = request->base.id;

  if (!mr_message_get_head (session, id, head, error))
    return FALSE;
  if (head->leased) {
    g_set_error (error, MR_ERROR, MR_ERROR_BUSY, _ ("The message %s is being sent"), id);
    return FALSE;
  }
  *ret_all = load_present (session, head->num, error);
  if (*ret_all == NULL)
    return FALSE;
  for (guint i = 0; i < request->edit.n_edits; i++)
    if (!check_edit (id, &request->edits[i], head, *ret_all, error))
      return FALSE;
  if (any_fits (request, *ret_all))
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The message %s is past that"), id);
  return FALSE;
}

static gboolean
write_message (MrSession *session, EditRequest *request, MrMessageHead *head, GError **error)
{
  const MrStoreEdit *edit = &request->edit;
  g_auto (MrRow) row = NULL;
  gboolean anew = edit->let_go;

  for (guint i = 0; i < edit->n_edits; i++)
    anew |= waits_anew (request->edits[i].kind);
  if (edit->not_before >= 0)
    head->not_before = edit->not_before;
  if ((anew || edit->not_before >= 0)
      && !mr_message_start_anew (session, request->base.id, head, edit->online_at, error))
    return FALSE;
  if (edit->let_go && head->hold != MR_HOLD_DAMAGED) {
    head->hold = MR_HOLD_NONE;
    if (!mr_message_forget_hold_time (session, request->base.id, error))
      return FALSE;
  }
  if (!edit->set_account)
    return TRUE;
  row = mr_db_statement (session->db, "UPDATE message SET account_override = ?2 WHERE id = ?1", error);
  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, request->base.id);
  mr_db_bind_text (row, 2, request->account);
  return mr_db_run (session->db, row, error);
}

static gboolean
run_edit (MrSession *session, MrRequest *base, GError **error)
{
  EditRequest *request = (EditRequest *)base;
  g_autoptr (GArray) all = NULL;
  MrMessageHead head;
  MrMessageSum sum;
  guint touched = 0;

  if (!check (session, request, &head, &all, error))
    return FALSE;
  MrHoldReason old_hold = head.hold;
  for (guint i = 0; i < request->edit.n_edits; i++)
    if (!write_edit (session, request, &head, all, &request->edits[i], &touched, error))
      return FALSE;
  return write_message (session, request, &head, error) && mr_message_sum (session, head.num, &sum, error)
         && mr_message_settle (session, base->id, &head, old_hold, &sum, error);
}

static void
release_edit (MrRequest *base)
{
  EditRequest *request = (EditRequest *)base;

  for (guint i = 0; i < request->edit.n_edits; i++)
    g_free ((char *)request->edits[i].address);
  g_free (request->edits);
  g_free (request->account);
  mr_request_release (base);
}

static const MrRequestKind edit_kind = { "edit", run_edit, NULL, NULL, mr_request_deliver, release_edit };

void
mr_store_edit_message (MrStore *store, const char *id, const MrStoreEdit *edit, MrStoreFunc func, gpointer data)
{
  EditRequest *request = mr_request_new (sizeof *request, &edit_kind, id);

  request->base.func = func;
  request->base.data = data;
  request->edit = *edit;
  request->edits = g_new0 (MrRecipientEdit, edit->n_edits + 1);
  for (guint i = 0; i < edit->n_edits; i++) {
    request->edits[i] = edit->edits[i];
    request->edits[i].address = g_strdup (edit->edits[i].address);
  }
  request->account = g_strdup (edit->account);
  mr_store_submit (store, request);
}
