/* Rows ↔ records: binding, reading and checking of messages, recipients and attempts. */
#include "store/rows.h"

#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "store/schema.h"

#define TEXT_MAX     65536
#define ATTEMPTS_MAX 200

char *
mr_row_get_text (MrRow row, int column, gboolean *bad)
{
  int type = sqlite3_column_type (row, column);

  if (type == SQLITE_NULL)
    return NULL;
  const char *text = (const char *)sqlite3_column_text (row, column);
  gsize len = (gsize)sqlite3_column_bytes (row, column);
  if (text == NULL || type != SQLITE_TEXT) {
    *bad = TRUE;
    return NULL;
  }
  if (len > TEXT_MAX || !g_utf8_validate_len (text, len, NULL)) {
    *bad = TRUE;
    return mr_text_sanitize (text, TEXT_MAX);
  }
  return g_strndup (text, len);
}

/* An envelope address ends up in a command line: no controls. Must be there. */
static char *
get_address (MrRow row, int column, gboolean *bad)
{
  char *text = mr_row_get_text (row, column, bad);

  if (text == NULL) {
    *bad = TRUE;
    return g_strdup ("");
  }
  for (char *p = text; *p != '\0'; p++)
    if ((guchar)*p < 0x20 || *p == 0x7f) {
      *bad = TRUE;
      *p = ' ';
    }
  return text;
}

static gint64
get_int (MrRow row, int column, gint64 min, gint64 max, gboolean *bad)
{
  gint64 value = sqlite3_column_int64 (row, column);

  if (value >= min && value <= max && sqlite3_column_type (row, column) == SQLITE_INTEGER)
    return value;
  *bad = TRUE;
  return CLAMP (value, min, max);
}

static gint64
get_time (MrRow row, int column, gboolean *bad)
{
  return get_int (row, column, 0, G_MAXINT64, bad);
}

static GVariant *
get_params (MrRow row, int column, gboolean *bad)
{
  g_autofree char *text = mr_row_get_text (row, column, bad);

  if (text == NULL)
    return NULL;
  GVariant *params = g_variant_parse (G_VARIANT_TYPE ("a{ss}"), text, NULL, NULL, NULL);
  if (params == NULL)
    *bad = TRUE;
  return params != NULL ? g_variant_ref_sink (params) : NULL;
}

MrMessageRecord *
mr_row_get_message (MrRow row, MrMessageExtra *ret_extra, gboolean *ret_bad)
{
  MrMessageRecord *record = mr_message_record_new ();
  gboolean bad = FALSE;
  int c = 0;

  record->id = mr_row_get_text (row, c++, &bad);
  ret_extra->num = get_int (row, c++, 1, MR_NUM_MAX, &bad);
  record->created = get_time (row, c++, &bad);
  record->finished = get_time (row, c++, &bad);
  record->online_at = get_int (row, c++, G_MININT64, G_MAXINT64, &bad);
  record->not_before = get_time (row, c++, &bad);
  record->next_attempt = get_time (row, c++, &bad);
  ret_extra->leased = get_int (row, c++, 0, 1, &bad) != 0;
  record->hold = (MrHoldReason)get_int (row, c++, 0, MR_HOLD_N_REASONS - 1, &bad);
  ret_extra->body = (MrBodyState)get_int (row, c++, 0, MR_BODY_N_STATES - 1, &bad);
  record->has_body = ret_extra->body != MR_BODY_GONE;
  record->n_chunks = (guint)get_int (row, c++, 1, MR_KEY_MAX_N, &bad);
  record->n_recipients = (guint)get_int (row, c++, 1, MR_KEY_MAX_N, &bad);
  ret_extra->n_attempts = (guint)get_int (row, c++, 0, MR_KEY_MAX_N, &bad);
  record->size = (guint64)get_int (row, c++, 0, G_MAXINT64, &bad);
  record->has_8bit = get_int (row, c++, 0, 1, &bad) != 0;
  record->reverse_path = get_address (row, c++, &bad);
  record->from = mr_row_get_text (row, c++, &bad);
  record->subject = mr_row_get_text (row, c++, &bad);
  record->message_id = mr_row_get_text (row, c++, &bad);
  record->program = mr_row_get_text (row, c++, &bad);
  record->uid = get_int (row, c++, -1, G_MAXUINT32, &bad);
  record->pid = get_int (row, c++, 0, G_MAXINT32, &bad);
  record->socket = mr_row_get_text (row, c++, &bad);
  record->helo = mr_row_get_text (row, c++, &bad);
  record->auth_identity = mr_row_get_text (row, c++, &bad);
  record->account_override = mr_row_get_text (row, c++, &bad);
  record->ret = (MrReturn)get_int (row, c++, 0, MR_RETURN_N_KINDS - 1, &bad);
  record->envid = mr_row_get_text (row, c++, &bad);
  record->report_for = mr_row_get_text (row, c++, &bad);
  record->hold_rule = mr_row_get_text (row, c++, &bad);
  record->hold_until = get_time (row, c++, &bad);
  record->again_of = mr_row_get_text (row, c++, &bad);
  if (record->id == NULL || !mr_id_is_valid (record->id))
    bad = TRUE;
  *ret_bad = bad;
  return record;
}

MrRecipientRecord *
mr_row_get_recipient (MrRow row, gboolean *ret_bad)
{
  MrRecipientRecord *record = g_new0 (MrRecipientRecord, 1);
  gboolean bad = FALSE;
  int c = 0;

  record->n = (guint)(sqlite3_column_int64 (row, c++) & MR_KEY_MAX_N);
  record->address = get_address (row, c++, &bad);
  record->state = (MrRecipientState)get_int (row, c++, 0, MR_RECIPIENT_N_STATES - 1, &bad);
  record->wait_reason = (MrWaitReason)get_int (row, c++, 0, MR_WAIT_N_REASONS - 1, &bad);
  record->attempts = (guint)get_int (row, c++, 0, G_MAXINT32, &bad);
  record->uncertain = (guint)get_int (row, c++, 0, G_MAXINT32, &bad);
  record->policy_retries = (guint)get_int (row, c++, 0, G_MAXINT32, &bad);
  record->next_attempt = get_time (row, c++, &bad);
  record->changed = get_time (row, c++, &bad);
  record->stage = (MrStage)get_int (row, c++, 0, MR_STAGE_N_STAGES - 1, &bad);
  record->reply.code = (guint)get_int (row, c++, 0, 999, &bad);
  record->reply.enhanced = mr_row_get_text (row, c++, &bad);
  record->reply.text = mr_row_get_text (row, c++, &bad);
  record->host = mr_row_get_text (row, c++, &bad);
  record->account = mr_row_get_text (row, c++, &bad);
  record->cause = mr_row_get_text (row, c++, &bad);
  record->cause_params = get_params (row, c++, &bad);
  record->direct = get_int (row, c++, 0, 1, &bad) != 0;
  record->notify = (guint)get_int (row, c++, 0, MR_NOTIFY_ALL, &bad);
  record->orcpt = mr_row_get_text (row, c++, &bad);
  record->report_due = (guint)get_int (row, c++, 0, MR_REPORT_ALL, &bad);
  record->reported = (guint)get_int (row, c++, 0, MR_REPORT_ALL, &bad);
  record->bounced = get_time (row, c++, &bad);
  record->bounced_cause = mr_row_get_text (row, c++, &bad);
  record->corrected_from = mr_row_get_text (row, c++, &bad);
  if (record->address[0] == '\0')
    bad = TRUE;
  *ret_bad = bad;
  return record;
}

gboolean
mr_rows_load_recipients (MrDb *db, gint64 num, MrMessageRecord *record, gboolean *ret_bad, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      db, "SELECT " MR_RECIPIENT_COLUMNS " FROM recipient WHERE key BETWEEN ?1 AND ?2 ORDER BY key", error);
  gboolean has_row = FALSE, bad = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  while (TRUE) {
    gboolean row_bad = FALSE;

    if (!mr_db_step (db, row, &has_row, error))
      return FALSE;
    if (!has_row)
      break;
    MrRecipientRecord *recipient = mr_row_get_recipient (row, &row_bad);
    bad |= row_bad || recipient->n != record->recipients->len;
    g_ptr_array_add (record->recipients, recipient);
  }
  *ret_bad = bad || record->recipients->len != record->n_recipients;
  return TRUE;
}

gboolean
mr_rows_insert_message (MrDb *db, const MrMessageRecord *record, const MrMessageExtra *extra, gint64 due,
                        GError **error)
{
  g_auto (MrRow) row = mr_db_statement (db,
                                        "INSERT INTO message (" MR_MESSAGE_COLUMNS ", due) VALUES (?1, ?2, ?3, ?4, ?5,"
                                        " ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,"
                                        " ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33)",
                                        error);
  int i = 1;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, i++, record->id);
  sqlite3_bind_int64 (row, i++, extra->num);
  sqlite3_bind_int64 (row, i++, record->created);
  sqlite3_bind_int64 (row, i++, record->finished);
  sqlite3_bind_int64 (row, i++, record->online_at);
  sqlite3_bind_int64 (row, i++, record->not_before);
  sqlite3_bind_int64 (row, i++, record->next_attempt);
  sqlite3_bind_int (row, i++, extra->leased);
  sqlite3_bind_int (row, i++, record->hold);
  sqlite3_bind_int (row, i++, extra->body);
  sqlite3_bind_int64 (row, i++, record->n_chunks);
  sqlite3_bind_int64 (row, i++, record->n_recipients);
  sqlite3_bind_int64 (row, i++, extra->n_attempts);
  sqlite3_bind_int64 (row, i++, (gint64)record->size);
  sqlite3_bind_int (row, i++, record->has_8bit != FALSE);
  mr_db_bind_text (row, i++, record->reverse_path);
  mr_db_bind_text (row, i++, record->from);
  mr_db_bind_text (row, i++, record->subject);
  mr_db_bind_text (row, i++, record->message_id);
  mr_db_bind_text (row, i++, record->program);
  sqlite3_bind_int64 (row, i++, record->uid);
  sqlite3_bind_int64 (row, i++, record->pid);
  mr_db_bind_text (row, i++, record->socket);
  mr_db_bind_text (row, i++, record->helo);
  mr_db_bind_text (row, i++, record->auth_identity);
  mr_db_bind_text (row, i++, record->account_override);
  sqlite3_bind_int (row, i++, record->ret);
  mr_db_bind_text (row, i++, record->envid);
  mr_db_bind_text (row, i++, record->report_for);
  mr_db_bind_text (row, i++, record->hold_rule);
  sqlite3_bind_int64 (row, i++, record->hold_until);
  mr_db_bind_text (row, i++, record->again_of);
  if (due >= 0)
    sqlite3_bind_int64 (row, i++, due);
  else
    sqlite3_bind_null (row, i++);
  return mr_db_run (db, row, error);
}

/* Parameters 1 to 25, in the order of MR_RECIPIENT_COLUMNS. params: storage of the text of cause_params while the
 * statement runs. */
static void
bind_recipient (MrRow row, gint64 num, const MrRecipientRecord *record, char **params)
{
  gboolean final = mr_recipient_state_is_final (record->state);
  int i = 1;

  *params = record->cause_params != NULL ? g_variant_print (record->cause_params, FALSE) : NULL;
  sqlite3_bind_int64 (row, i++, MR_KEY (num, record->n));
  mr_db_bind_text (row, i++, record->address);
  sqlite3_bind_int (row, i++, record->state);
  sqlite3_bind_int (row, i++, final ? MR_WAIT_NONE : record->wait_reason);
  sqlite3_bind_int64 (row, i++, record->attempts);
  sqlite3_bind_int64 (row, i++, record->uncertain);
  sqlite3_bind_int64 (row, i++, record->policy_retries);
  sqlite3_bind_int64 (row, i++, final ? 0 : record->next_attempt);
  sqlite3_bind_int64 (row, i++, record->changed);
  sqlite3_bind_int (row, i++, record->stage);
  sqlite3_bind_int64 (row, i++, MIN (record->reply.code, 999));
  mr_db_bind_text (row, i++, record->reply.enhanced);
  mr_db_bind_text (row, i++, record->reply.text);
  mr_db_bind_text (row, i++, record->host);
  mr_db_bind_text (row, i++, record->account);
  mr_db_bind_text (row, i++, record->cause);
  mr_db_bind_text (row, i++, *params);
  sqlite3_bind_int (row, i++, record->direct != FALSE);
  sqlite3_bind_int (row, i++, (int)(record->notify & MR_NOTIFY_ALL));
  mr_db_bind_text (row, i++, record->orcpt);
  sqlite3_bind_int (row, i++, (int)(record->report_due & MR_REPORT_ALL));
  sqlite3_bind_int (row, i++, (int)(record->reported & MR_REPORT_ALL));
  sqlite3_bind_int64 (row, i++, record->bounced);
  mr_db_bind_text (row, i++, record->bounced_cause);
  mr_db_bind_text (row, i++, record->corrected_from);
}

gboolean
mr_rows_insert_recipient (MrDb *db, gint64 num, const char *id, const MrRecipientRecord *record, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (db,
                                        "INSERT INTO recipient (" MR_RECIPIENT_COLUMNS
                                        ", message, dot) VALUES (?1, ?2, ?3,"
                                        " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,"
                                        " ?20, ?21, ?22, ?23, ?24, ?25, ?26, 0)",
                                        error);
  g_autofree char *params = NULL;

  if (row == NULL)
    return FALSE;
  bind_recipient (row, num, record, &params);
  mr_db_bind_key (row, 26, id);
  return mr_db_run (db, row, error);
}

gboolean
mr_rows_update_recipient (MrDb *db, gint64 num, const MrRecipientRecord *record, gboolean *ret_found, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (db,
                                        "UPDATE recipient SET address=?2, state=?3, wait_reason=?4, attempts=?5,"
                                        " uncertain=?6, policy_retries=?7, next_attempt=?8, changed=?9, stage=?10,"
                                        " reply_code=?11, reply_enhanced=?12, reply_text=?13, host=?14, account=?15,"
                                        " cause=?16, cause_params=?17, direct=?18, notify=?19, orcpt=?20,"
                                        " report_due=(report_due | ?21) & ~reported, dot=0 WHERE key=?1",
                                        error);
  g_autofree char *params = NULL;

  if (row == NULL)
    return FALSE;
  bind_recipient (row, num, record, &params);
  if (!mr_db_run (db, row, error))
    return FALSE;
  *ret_found = sqlite3_changes (db->handle) == 1;
  return TRUE;
}

gboolean
mr_rows_insert_attempt (MrDb *db, gint64 num, guint serial, const MrAttemptRecord *record, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (db,
                                        "INSERT INTO attempt (key, recipient, number, started, finished, stage,"
                                        " account, host, address, tls, reply_code, reply_enhanced, reply_text, error,"
                                        " cause, verdict, transcript, signatures) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                                        " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
                                        error);
  int i = 1;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, i++, MR_KEY (num, serial));
  sqlite3_bind_int64 (row, i++, record->recipient);
  sqlite3_bind_int64 (row, i++, record->number);
  sqlite3_bind_int64 (row, i++, record->started);
  sqlite3_bind_int64 (row, i++, record->finished);
  sqlite3_bind_int (row, i++, record->stage);
  mr_db_bind_text (row, i++, record->account);
  mr_db_bind_text (row, i++, record->host);
  mr_db_bind_text (row, i++, record->address);
  mr_db_bind_text (row, i++, record->tls);
  sqlite3_bind_int64 (row, i++, MIN (record->reply.code, 999));
  mr_db_bind_text (row, i++, record->reply.enhanced);
  mr_db_bind_text (row, i++, record->reply.text);
  mr_db_bind_text (row, i++, record->error);
  mr_db_bind_text (row, i++, record->cause);
  sqlite3_bind_int (row, i++, record->verdict);
  mr_db_bind_text (row, i++, record->transcript);
  mr_db_bind_text (row, i++, record->signatures);
  return mr_db_run (db, row, error);
}

static MrAttemptRecord *
get_attempt (MrRow row, const char *id)
{
  MrAttemptRecord *record = mr_attempt_record_new ();
  gboolean bad = FALSE; /* an attempt is only shown: what can be read of it is shown */
  int c = 0;

  record->message_id = g_strdup (id);
  record->recipient = (guint)get_int (row, c++, 0, MR_KEY_MAX_N, &bad);
  record->number = (guint)get_int (row, c++, 0, G_MAXINT32, &bad);
  record->started = get_time (row, c++, &bad);
  record->finished = get_time (row, c++, &bad);
  record->stage = (MrStage)get_int (row, c++, 0, MR_STAGE_N_STAGES - 1, &bad);
  record->account = mr_row_get_text (row, c++, &bad);
  record->host = mr_row_get_text (row, c++, &bad);
  record->address = mr_row_get_text (row, c++, &bad);
  record->tls = mr_row_get_text (row, c++, &bad);
  record->reply.code = (guint)get_int (row, c++, 0, 999, &bad);
  record->reply.enhanced = mr_row_get_text (row, c++, &bad);
  record->reply.text = mr_row_get_text (row, c++, &bad);
  record->error = mr_row_get_text (row, c++, &bad);
  record->cause = mr_row_get_text (row, c++, &bad);
  record->verdict = (MrVerdictKind)get_int (row, c++, 0, MR_VERDICT_N_VERDICTS - 1, &bad);
  record->transcript = mr_row_get_text (row, c++, &bad);
  record->signatures = mr_row_get_text (row, c++, &bad);
  return record;
}

gboolean
mr_rows_load_attempts (MrDb *db, gint64 num, const char *id, GPtrArray *attempts, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      db,
      "SELECT recipient, number, started, finished, stage, account, host, address,"
      " tls, reply_code, reply_enhanced, reply_text, error, cause, verdict,"
      " transcript, signatures FROM attempt WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC"
      " LIMIT ?3",
      error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  sqlite3_bind_int (row, 3, ATTEMPTS_MAX);
  while (mr_db_step (db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    g_ptr_array_insert (attempts, 0, get_attempt (row, id));
  }
  return FALSE;
}

gint64
mr_recipient_record_due (const MrRecipientRecord *record)
{
  if (mr_recipient_state_is_final (record->state))
    return -1;
  if (record->next_attempt > 0)
    return record->next_attempt;
  gboolean moves = record->state == MR_RECIPIENT_WAITING || record->state == MR_RECIPIENT_SENDING;
  return moves && (record->wait_reason == MR_WAIT_NONE || record->wait_reason == MR_WAIT_RETRY_TIME) ? 0 : -1;
}
