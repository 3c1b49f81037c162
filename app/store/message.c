/* One message inside a transaction of the writer: its head, what its recipients come to, finishing and deleting it. */
#include "config.h"

#include "store/private.h"

#include <glib/gi18n-lib.h>

#define DAY_USEC (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

gboolean
mr_message_get_head (MrSession *session, const char *id, MrMessageHead *ret, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT num, finished, not_before, size, n_recipients, n_attempts, n_chunks,"
                                        " hold, body, leased, program FROM message WHERE id = ?1 AND removed = 0",
                                        error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  if (!has_row) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no message %s in the outbox"), id);
    return FALSE;
  }
  MrMessageHead head = {
    .num = sqlite3_column_int64 (row, 0),
    .finished = sqlite3_column_int64 (row, 1),
    .not_before = sqlite3_column_int64 (row, 2),
    .size = sqlite3_column_int64 (row, 3),
    .n_recipients = (guint)sqlite3_column_int64 (row, 4),
    .n_attempts = (guint)sqlite3_column_int64 (row, 5),
    .n_chunks = (guint)sqlite3_column_int64 (row, 6),
    .hold = (MrHoldReason)sqlite3_column_int (row, 7),
    .body = (MrBodyState)sqlite3_column_int (row, 8),
    .leased = sqlite3_column_int (row, 9) != 0,
  };
  const char *program = (const char *)sqlite3_column_text (row, 10);
  g_strlcpy (head.program, program != NULL ? program : "", sizeof head.program);
  if (head.num < 1 || head.num > MR_NUM_MAX || (guint)head.hold >= MR_HOLD_N_REASONS
      || (guint)head.body >= MR_BODY_N_STATES) {
    g_set_error (error, MR_ERROR, MR_ERROR_CORRUPT, _ ("Message %s is damaged in the outbox; it is set aside"), id);
    return FALSE;
  }
  *ret = head;
  return TRUE;
}

/* ---- what the recipients come to ---- */

static gboolean
counts_as_failed (MrRecipientState state)
{
  return state == MR_RECIPIENT_FAILED || state == MR_RECIPIENT_EXPIRED || state == MR_RECIPIENT_CANCELLED
         || state == MR_RECIPIENT_RETURNED;
}

void
mr_message_sum_recipient (MrMessageSum *sum, const MrRecipientRecord *recipient)
{
  gint64 due = mr_recipient_record_due (recipient);

  if (!mr_recipient_state_is_final (recipient->state))
    sum->n_active++;
  if (counts_as_failed (recipient->state))
    sum->failed = TRUE;
  if (recipient->state == MR_RECIPIENT_CANCELLED)
    sum->stopped = TRUE;
  if (recipient->report_due != 0)
    sum->report = TRUE;
  if (due >= 0 && (sum->due < 0 || due < sum->due))
    sum->due = due;
}

gboolean
mr_message_sum (MrSession *session, gint64 num, MrMessageSum *ret, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT state, wait_reason, next_attempt, report_due FROM recipient"
                                        " WHERE key BETWEEN ?1 AND ?2",
                                        error);
  MrMessageSum sum = { .due = -1 };
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row) {
      *ret = sum;
      return TRUE;
    }
    MrRecipientRecord recipient = {
      .state = (MrRecipientState)sqlite3_column_int (row, 0),
      .wait_reason = (MrWaitReason)sqlite3_column_int (row, 1),
      .next_attempt = sqlite3_column_int64 (row, 2),
      .report_due = (guint)sqlite3_column_int (row, 3),
    };
    mr_message_sum_recipient (&sum, &recipient);
  }
  return FALSE;
}

/* All recipients of a message enter (1) or leave (-1) the counters of the active ones. */
static gboolean
count_recipients (MrSession *session, gint64 num, int sign, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT state, wait_reason FROM recipient WHERE key BETWEEN ?1 AND ?2", error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    guint state = (guint)sqlite3_column_int (row, 0), reason = (guint)sqlite3_column_int (row, 1);
    if (state < MR_RECIPIENT_N_STATES && reason < MR_WAIT_N_REASONS)
      mr_counts_recipient (&session->delta, (MrRecipientState)state, (MrWaitReason)reason, sign);
  }
  return FALSE;
}

/* ---- settling ---- */

static guint
days_kept (MrStore *store, gboolean failed)
{
  pthread_mutex_lock (&store->mutex);
  guint days = failed ? store->keep_failed_days : store->keep_bodies_days;
  pthread_mutex_unlock (&store->mutex);
  return days;
}

static gboolean
change_activity (MrSession *session, const MrMessageHead *head, MrHoldReason old_hold, int sign, GError **error)
{
  session->delta.messages_active += sign;
  session->delta.bytes_active += sign * head->size;
  session->delta.finished -= sign;
  if (old_hold != MR_HOLD_NONE)
    session->delta.messages_held += sign;
  return count_recipients (session, head->num, sign, error);
}

static gboolean
finish (MrSession *session, MrMessageHead *head, MrHoldReason old_hold, const MrMessageSum *sum, GError **error)
{
  gboolean failed = sum->failed;

  head->finished = MAX (session->now, 1);
  head->leased = FALSE;
  head->not_before = 0;
  /* Why it was held stays: whoever undoes a stop finds it held again, and what cannot be read is deleted by nothing. */
  if (head->body != MR_BODY_GONE)
    head->body = failed ? MR_BODY_KEPT_FAILED : MR_BODY_KEPT;
  /* What a person stopped can be undone for a while: its body goes with the next cleaning at the earliest. */
  if (head->body != MR_BODY_GONE && head->hold != MR_HOLD_DAMAGED && !sum->report && !sum->stopped
      && days_kept (session->store, failed) == 0) {
    head->body = MR_BODY_GONE;
    if (!mr_message_drop_body (session, head->num, error))
      return FALSE;
  }
  return change_activity (session, head, old_hold, -1, error);
}

/* A person tries again what had failed or was stopped. */
static gboolean
reopen (MrSession *session, MrMessageHead *head, GError **error)
{
  head->finished = 0;
  head->body = MR_BODY_ACTIVE;
  return change_activity (session, head, head->hold, 1, error);
}

static gboolean
write_head (MrSession *session, const char *id, const MrMessageHead *head, gint64 due, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "UPDATE message SET finished = ?2, not_before = ?3, next_attempt = ?4, due = ?5,"
      " leased = ?6, hold = ?7, body = ?8, n_attempts = ?9 WHERE id = ?1",
      error);
  gboolean takes_part = head->finished == 0 && head->hold == MR_HOLD_NONE && !head->leased && due >= 0;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  sqlite3_bind_int64 (row, 2, head->finished);
  sqlite3_bind_int64 (row, 3, head->not_before);
  sqlite3_bind_int64 (row, 4, MAX (due, 0));
  if (takes_part)
    sqlite3_bind_int64 (row, 5, MAX (due, head->not_before));
  else
    sqlite3_bind_null (row, 5);
  sqlite3_bind_int (row, 6, head->leased);
  sqlite3_bind_int (row, 7, head->hold);
  sqlite3_bind_int (row, 8, head->body);
  sqlite3_bind_int64 (row, 9, head->n_attempts);
  return mr_db_run (session->db, row, error);
}

gboolean
mr_message_settle (MrSession *session, const char *id, const MrMessageHead *before, MrHoldReason old_hold,
                   const MrMessageSum *sum, GError **error)
{
  MrMessageHead head = *before;

  if (head.finished == 0 && (head.hold != MR_HOLD_NONE) != (old_hold != MR_HOLD_NONE))
    session->delta.messages_held += head.hold != MR_HOLD_NONE ? 1 : -1;
  if (head.finished == 0 && sum->n_active == 0) {
    if (!finish (session, &head, head.hold, sum, error))
      return FALSE;
  } else if (head.finished > 0 && sum->n_active > 0) {
    if (!reopen (session, &head, error))
      return FALSE;
  }
  mr_session_touch (session, id, head.finished > 0 ? MR_LIST_PLACE_HISTORY : MR_LIST_PLACE_OUTBOX);
  return write_head (session, id, &head, sum->n_active > 0 ? sum->due : -1, error);
}

gboolean
mr_message_start_anew (MrSession *session, const char *id, MrMessageHead *head, gint64 online_at, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "UPDATE message SET online_at = ?2 WHERE id = ?1", error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  sqlite3_bind_int64 (row, 2, online_at);
  head->not_before = MAX (head->not_before, MAX (session->now, 1));
  return mr_db_run (session->db, row, error);
}

static gboolean
forget_body (MrSession *session, const char *id, gint64 num, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "UPDATE message SET body = 0 WHERE id = ?1", error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  return mr_db_run (session->db, row, error) && mr_message_drop_body (session, num, error);
}

gboolean
mr_message_reported (MrSession *session, const char *id, MrReport bit, GError **error)
{
  g_auto (MrRow) row = NULL;
  MrMessageHead head;
  MrMessageSum sum;

  if (!mr_message_get_head (session, id, &head, error))
    return FALSE;
  row = mr_db_statement (session->db,
                         "UPDATE recipient SET report_due = report_due & ~?3, reported = reported | ?3"
                         " WHERE key BETWEEN ?1 AND ?2 AND report_due & ?3",
                         error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (head.num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (head.num, MR_KEY_MAX_N));
  sqlite3_bind_int (row, 3, (int)bit);
  if (!mr_db_run (session->db, row, error) || !mr_message_sum (session, head.num, &sum, error))
    return FALSE;
  if (head.finished == 0 || sum.report || head.body == MR_BODY_GONE || head.hold == MR_HOLD_DAMAGED
      || days_kept (session->store, head.body == MR_BODY_KEPT_FAILED) > 0)
    return TRUE;
  return forget_body (session, id, head.num, error);
}

gboolean
mr_message_set_aside (MrSession *session, const char *id, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "UPDATE message SET hold = 4, due = NULL WHERE id = ?1 AND hold <> 4", error);
  g_auto (MrRow) old = mr_db_statement (session->db, "SELECT hold FROM message WHERE id = ?1 AND finished = 0", error);
  gboolean has_row = FALSE;

  if (row == NULL || old == NULL)
    return FALSE;
  mr_db_bind_text (old, 1, id);
  if (!mr_db_step (session->db, old, &has_row, error))
    return FALSE;
  if (has_row && sqlite3_column_int (old, 0) == MR_HOLD_NONE)
    session->delta.messages_held++;
  sqlite3_reset (old);

  mr_session_touch (session, id, MR_LIST_PLACE_SAME);
  mr_db_bind_text (row, 1, id);
  return mr_db_run (session->db, row, error);
}

/* ---- deleting ---- */

static gboolean
delete_range (MrSession *session, MrRow row, gint64 num, GError **error)
{
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  return mr_db_run (session->db, row, error);
}

gboolean
mr_message_drop_body (MrSession *session, gint64 num, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "DELETE FROM chunk WHERE key BETWEEN ?1 AND ?2", error);

  return delete_range (session, row, num, error);
}

gboolean
mr_message_delete (MrSession *session, const char *id, gint64 num, GError **error)
{
  g_auto (MrRow) recipients = mr_db_statement (session->db, "DELETE FROM recipient WHERE key BETWEEN ?1 AND ?2", error);
  g_auto (MrRow) attempts = NULL;
  g_auto (MrRow) message = NULL;

  if (!delete_range (session, recipients, num, error))
    return FALSE;
  attempts = mr_db_statement (session->db, "DELETE FROM attempt WHERE key BETWEEN ?1 AND ?2", error);
  if (!delete_range (session, attempts, num, error) || !mr_message_drop_body (session, num, error))
    return FALSE;
  message = mr_db_statement (session->db, "DELETE FROM message WHERE id = ?1", error);
  if (message == NULL)
    return FALSE;
  mr_db_bind_text (message, 1, id);
  session->delta.finished--;
  session->delta.forgotten++;
  mr_session_touch (session, id, MR_LIST_PLACE_GONE);
  return mr_db_run (session->db, message, error);
}
