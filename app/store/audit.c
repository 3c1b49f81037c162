/* The audit log for offices: who handed in what, and what became of it. Off by default; never a body.
 *
 * Lines are written in the transaction that they tell of, and are never changed: a message that is deleted from the history keeps its lines. They
 * go when they are older than is kept.
 */
#include "store/private.h"
#include "store/statistics.h"

#define DAY_USEC G_TIME_SPAN_DAY
#define STEP     1000
/* mr_db_bind_text() cuts above this: so many recipients stand in one line, their outcomes have lines of their own. */
#define RECIPIENTS_BYTES 60000

void
mr_audit_begin (MrSession *session)
{
  MrStore *store = session->store;

  pthread_mutex_lock (&store->mutex);
  session->audit = store->audit;
  session->audit_subjects = store->audit_subjects;
  pthread_mutex_unlock (&store->mutex);
}

void
mr_store_set_audit (MrStore *store, gboolean enabled, gboolean subjects, guint keep_days)
{
  pthread_mutex_lock (&store->mutex);
  store->audit = enabled;
  store->audit_subjects = subjects;
  store->audit_days = keep_days;
  pthread_mutex_unlock (&store->mutex);
}

/* ---- adding ---- */

static char *
join_recipients (const MrMessageRecord *record)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < record->recipients->len; i++) {
    const MrRecipientRecord *recipient = g_ptr_array_index (record->recipients, i);

    if (text->len > RECIPIENTS_BYTES) {
      g_string_append_printf (text, ", +%u", record->recipients->len - i);
      break;
    }
    if (i > 0)
      g_string_append (text, ", ");
    g_string_append (text, recipient->address);
  }
  return g_string_free (text, FALSE);
}

gboolean
mr_audit_add_message (MrSession *session, const MrMessageRecord *record, GError **error)
{
  g_autofree char *recipients = NULL;
  g_auto (MrRow) row = NULL;

  if (!session->audit)
    return TRUE;
  row = mr_db_statement (session->db,
                         "INSERT INTO audit (time, submitted, message, recipients, uid, program, peer, reverse_path,"
                         " from_address, subject, message_id, size)"
                         " VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                         error);
  if (row == NULL)
    return FALSE;
  recipients = join_recipients (record);
  sqlite3_bind_int64 (row, 1, session->now);
  mr_db_bind_text (row, 2, record->id);
  mr_db_bind_text (row, 3, recipients);
  sqlite3_bind_int64 (row, 4, record->uid);
  mr_db_bind_text (row, 5, record->program);
  mr_db_bind_text (row, 6, record->peer);
  mr_db_bind_text (row, 7, record->reverse_path);
  mr_db_bind_text (row, 8, record->from);
  mr_db_bind_text (row, 9, session->audit_subjects ? record->subject : NULL);
  mr_db_bind_text (row, 10, record->message_id);
  sqlite3_bind_int64 (row, 11, (gint64)record->size);
  return mr_db_run (session->db, row, error);
}

gboolean
mr_audit_add_outcome (MrSession *session, const char *id, const MrRecipientRecord *recipient, GError **error)
{
  g_auto (MrRow) row = NULL;

  if (!session->audit)
    return TRUE;
  row = mr_db_statement (session->db,
                         "INSERT INTO audit (time, submitted, message, recipients, state, account, host, reply_code,"
                         " reply_enhanced, reply_text, cause) VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                         error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, session->now);
  mr_db_bind_text (row, 2, id);
  mr_db_bind_text (row, 3, recipient->address);
  sqlite3_bind_int (row, 4, recipient->state);
  mr_db_bind_text (row, 5, recipient->account);
  mr_db_bind_text (row, 6, recipient->host);
  sqlite3_bind_int (row, 7, (int)recipient->reply.code);
  mr_db_bind_text (row, 8, recipient->reply.enhanced);
  mr_db_bind_text (row, 9, recipient->reply.text);
  mr_db_bind_text (row, 10, recipient->cause);
  return mr_db_run (session->db, row, error);
}

/* ---- growing old ---- */

gboolean
mr_audit_trim (MrSession *session, gboolean *ret_more, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "DELETE FROM audit WHERE serial IN (SELECT serial FROM audit ORDER BY serial LIMIT ?2) AND time < ?1", error);
  MrStore *store = session->store;

  if (row == NULL)
    return FALSE;
  pthread_mutex_lock (&store->mutex);
  guint days = store->audit_days;
  pthread_mutex_unlock (&store->mutex);
  sqlite3_bind_int64 (row, 1, session->now - days * DAY_USEC);
  sqlite3_bind_int (row, 2, STEP);
  if (!mr_db_run (session->db, row, error))
    return FALSE;
  *ret_more = sqlite3_changes (session->db->handle) == STEP;
  return TRUE;
}

/* ---- reading ---- */

typedef struct {
  MrRequest base;
  guint64 after;
  gint64 since;
  guint limit;
  MrStoreAuditFunc func;
  GPtrArray *rows;
} AuditRequest;

static gint64
get_number (MrRow row, int column, gint64 max)
{
  gint64 value = sqlite3_column_int64 (row, column);

  return CLAMP (value, 0, max);
}

static MrAuditRecord *
get_line (MrRow row)
{
  MrAuditRecord *record = g_new0 (MrAuditRecord, 1);
  gboolean bad = FALSE;
  int c = 0;

  record->serial = (guint64)sqlite3_column_int64 (row, c++);
  record->time = sqlite3_column_int64 (row, c++);
  record->submitted = sqlite3_column_int (row, c++) != 0;
  record->message = mr_row_get_text (row, c++, &bad);
  record->recipients = mr_row_get_text (row, c++, &bad);
  record->uid = sqlite3_column_int64 (row, c++);
  record->program = mr_row_get_text (row, c++, &bad);
  record->peer = mr_row_get_text (row, c++, &bad);
  record->reverse_path = mr_row_get_text (row, c++, &bad);
  record->from = mr_row_get_text (row, c++, &bad);
  record->subject = mr_row_get_text (row, c++, &bad);
  record->message_id = mr_row_get_text (row, c++, &bad);
  record->size = (guint64)get_number (row, c++, G_MAXINT64);
  record->state = (MrRecipientState)get_number (row, c++, MR_RECIPIENT_N_STATES - 1);
  record->account = mr_row_get_text (row, c++, &bad);
  record->host = mr_row_get_text (row, c++, &bad);
  record->reply_code = (guint)get_number (row, c++, 999);
  record->reply_enhanced = mr_row_get_text (row, c++, &bad);
  record->reply_text = mr_row_get_text (row, c++, &bad);
  record->cause = mr_row_get_text (row, c++, &bad);
  return record;
}

static gboolean
run_audit (MrSession *session, MrRequest *base, GError **error)
{
  AuditRequest *request = (AuditRequest *)base;
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "SELECT serial, time, submitted, message, recipients, uid, program, peer, reverse_path, from_address, subject,"
      " message_id, size, state, account, host, reply_code, reply_enhanced, reply_text, cause FROM audit"
      " WHERE serial > ?1 AND time >= ?2 ORDER BY serial LIMIT ?3",
      error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  g_ptr_array_set_size (request->rows, 0);
  sqlite3_bind_int64 (row, 1, (gint64)MIN (request->after, G_MAXINT64));
  sqlite3_bind_int64 (row, 2, request->since);
  sqlite3_bind_int64 (row, 3, request->limit);
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    g_ptr_array_add (request->rows, get_line (row));
  }
  return FALSE;
}

static void
deliver_audit (MrRequest *base)
{
  AuditRequest *request = (AuditRequest *)base;

  request->func (request->rows, base->error, base->data);
}

static void
release_audit (MrRequest *base)
{
  g_ptr_array_unref (((AuditRequest *)base)->rows);
  mr_request_release (base);
}

static const MrRequestKind audit_kind = { "audit", run_audit, NULL, NULL, deliver_audit, release_audit };

void
mr_store_list_audit (MrStore *store, guint64 after, gint64 since, guint limit, MrStoreAuditFunc func, gpointer data)
{
  AuditRequest *request = mr_request_new (sizeof *request, &audit_kind, NULL);

  request->after = after;
  request->since = since;
  request->limit = limit;
  request->func = func;
  request->base.data = data;
  request->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_audit_record_free);
  mr_store_submit_read (store, store->lists, request);
}
