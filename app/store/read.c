/* What readers are asked besides lists: a chunk, a message with its attempts, counts, refusals. */
#include "config.h"

#include "store/private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "store/checksum.h"

#define COPIES_MAX 50 /* told of one message */

/* ---- chunks ---- */

typedef struct {
  MrRequest base;
  guint seq;
  MrStoreChunkFunc func;
  GBytes *chunk;
} LoadRequest;

static void
set_damaged (MrSession *session, const char *id, GError **error)
{
  g_clear_error (error);
  g_set_error (error, MR_ERROR, MR_ERROR_CORRUPT,
               _ ("The stored content of message %s is damaged; it is set aside and can be looked at"), id);
  mr_store_report_damage (session->store, id);
}

static gboolean
find_body (MrSession *session, const char *id, gint64 *ret_num, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT num, body FROM message WHERE id = ?1", error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  if (!has_row || sqlite3_column_int (row, 1) == MR_BODY_GONE) {
    if (has_row)
      g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("The content of message %s has been deleted"), id);
    else
      g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no message %s in the outbox"), id);
    return FALSE;
  }
  *ret_num = sqlite3_column_int64 (row, 0);
  return TRUE;
}

static gboolean
run_load (MrSession *session, MrRequest *base, GError **error)
{
  LoadRequest *request = (LoadRequest *)base;
  gboolean has_row = FALSE;
  gint64 num;

  if (!find_body (session, base->id, &num, error))
    return FALSE;
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT data, crc FROM chunk WHERE key = ?1", error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, MIN (request->seq, MR_KEY_MAX_N)));
  if (!mr_db_step (session->db, row, &has_row, error)) {
    if (error == NULL || (*error)->code == MR_ERROR_CORRUPT)
      set_damaged (session, base->id, error);
    return FALSE;
  }

  const void *data = has_row ? sqlite3_column_blob (row, 0) : NULL;
  gsize len = has_row ? (gsize)sqlite3_column_bytes (row, 0) : 0;
  if (!has_row || (gint64)mr_crc32c (data, len) != sqlite3_column_int64 (row, 1)) {
    set_damaged (session, base->id, error);
    return FALSE;
  }
  request->chunk = g_bytes_new (data, len);
  return TRUE;
}

static void
deliver_load (MrRequest *base)
{
  LoadRequest *request = (LoadRequest *)base;

  request->func (request->chunk, base->error, base->data);
}

static void
release_load (MrRequest *base)
{
  g_clear_pointer (&((LoadRequest *)base)->chunk, g_bytes_unref);
  mr_request_release (base);
}

static const MrRequestKind load_kind = { "load-chunk", run_load, NULL, NULL, deliver_load, release_load };

void
mr_store_load_chunk (MrStore *store, const char *id, guint seq, MrStoreChunkFunc func, gpointer data)
{
  LoadRequest *request = mr_request_new (sizeof *request, &load_kind, id);

  request->seq = seq;
  request->func = func;
  request->base.data = data;
  mr_store_submit_read (store, store->bodies, request);
}

/* ---- one message ---- */

typedef struct {
  MrRequest base;
  MrStoreMessageFunc func;
  MrMessageRecord *message;
  GPtrArray *attempts;
} GetRequest;

/* Of a message whose copies were sent on the newest are told. */
static gboolean
load_copies (MrSession *session, MrMessageRecord *message, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db, "SELECT id FROM message WHERE again_of = ?1 AND removed = 0 ORDER BY id DESC LIMIT ?2", error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean has_row = FALSE, bad = FALSE;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, message->id);
  sqlite3_bind_int (row, 2, COPIES_MAX);
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (has_row) {
      g_ptr_array_insert (ids, 0, mr_row_get_text (row, 0, &bad));
      continue;
    }
    if (ids->len > 0) {
      g_ptr_array_add (ids, NULL);
      message->copies = (char **)g_ptr_array_free (g_steal_pointer (&ids), FALSE);
    }
    return TRUE;
  }
  return FALSE;
}

static gboolean
run_get (MrSession *session, MrRequest *base, GError **error)
{
  GetRequest *request = (GetRequest *)base;
  g_auto (MrRow) row = mr_db_statement (
      session->db, "SELECT " MR_MESSAGE_COLUMNS " FROM message WHERE id = ?1 AND removed = 0", error);
  gboolean has_row = FALSE, bad = FALSE, recipients_bad = FALSE;
  MrMessageExtra extra;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, base->id);
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  if (!has_row) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no message %s in the outbox"), base->id);
    return FALSE;
  }
  request->message = mr_row_get_message (row, &extra, &bad);
  request->attempts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_attempt_record_free);
  if (!mr_rows_load_recipients (session->db, extra.num, request->message, &recipients_bad, error)
      || !mr_rows_load_attempts (session->db, extra.num, base->id, request->attempts, error)
      || !load_copies (session, request->message, error))
    return FALSE;
  if ((bad || recipients_bad) && request->message->hold != MR_HOLD_DAMAGED) {
    request->message->hold = MR_HOLD_DAMAGED;
    mr_store_report_damage (session->store, base->id);
  }
  return TRUE;
}

static void
deliver_get (MrRequest *base)
{
  GetRequest *request = (GetRequest *)base;
  gboolean ok = base->error == NULL;

  request->func (ok ? request->message : NULL, ok ? request->attempts : NULL, base->error, base->data);
}

static void
release_get (MrRequest *base)
{
  GetRequest *request = (GetRequest *)base;

  mr_message_record_free (request->message);
  g_clear_pointer (&request->attempts, g_ptr_array_unref);
  mr_request_release (base);
}

static const MrRequestKind get_kind = { "get", run_get, NULL, NULL, deliver_get, release_get };

void
mr_store_get_message (MrStore *store, const char *id, MrStoreMessageFunc func, gpointer data)
{
  GetRequest *request = mr_request_new (sizeof *request, &get_kind, id);

  request->func = func;
  request->base.data = data;
  mr_store_submit_read (store, store->lists, request);
}

/* ---- messages that reports are due about ---- */

typedef struct {
  MrRequest base;
  guint limit;
  MrStoreMessagesFunc func;
  GPtrArray *messages;
} DueRequest;

static gboolean
load_message (MrSession *session, const char *id, GPtrArray *messages, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT " MR_MESSAGE_COLUMNS " FROM message WHERE id = ?1", error);
  gboolean has_row = FALSE, bad = FALSE, recipients_bad = FALSE;
  MrMessageExtra extra;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  if (!mr_db_step (session->db, row, &has_row, error) || !has_row)
    return has_row;
  g_autoptr (MrMessageRecord) record = mr_row_get_message (row, &extra, &bad);
  if (!mr_rows_load_recipients (session->db, extra.num, record, &recipients_bad, error))
    return FALSE;
  if (!bad && !recipients_bad)
    g_ptr_array_add (messages, g_steal_pointer (&record));
  return TRUE;
}

static gboolean
run_due (MrSession *session, MrRequest *base, GError **error)
{
  DueRequest *request = (DueRequest *)base;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT m.id FROM recipient r JOIN message m ON m.id = r.message"
                                        " WHERE r.report_due > 0 AND m.leased = 0 GROUP BY m.id ORDER BY m.id LIMIT ?1",
                                        error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, request->limit);
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row)
    g_ptr_array_add (ids, g_strdup ((const char *)sqlite3_column_text (row, 0)));
  for (guint i = 0; ok && i < ids->len; i++)
    ok = load_message (session, g_ptr_array_index (ids, i), request->messages, error);
  return ok;
}

static void
deliver_due (MrRequest *base)
{
  DueRequest *request = (DueRequest *)base;

  request->func (request->messages, base->error, base->data);
}

static void
release_due (MrRequest *base)
{
  g_ptr_array_unref (((DueRequest *)base)->messages);
  mr_request_release (base);
}

static const MrRequestKind due_kind = { "reports-due", run_due, NULL, NULL, deliver_due, release_due };

void
mr_store_list_reports_due (MrStore *store, guint limit, MrStoreMessagesFunc func, gpointer data)
{
  DueRequest *request = mr_request_new (sizeof *request, &due_kind, NULL);

  request->limit = limit;
  request->func = func;
  request->base.data = data;
  request->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);
  mr_store_submit_read (store, store->lists, request);
}

/* ---- counts ---- */

typedef struct {
  MrRequest base;
  MrStoreCountsFunc func;
  MrStoreCounts counts;
} CountRequest;

/* Begin of the day, `days` days ago, in the time zone of the person. */
static gint64
day_start (gint64 now, int days)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (now / G_USEC_PER_SEC);

  if (time == NULL)
    return 0;
  g_autoptr (GDateTime) earlier = g_date_time_add_days (time, -days);
  g_autoptr (GDateTime) midnight = g_date_time_new_local (
      g_date_time_get_year (earlier), g_date_time_get_month (earlier), g_date_time_get_day_of_month (earlier), 0, 0, 0);
  return midnight != NULL ? g_date_time_to_unix (midnight) * G_USEC_PER_SEC : 0;
}

static gboolean
sum_tally (MrSession *session, MrRow row, gint64 since, guint64 *ret, GError **error)
{
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, mr_tally_quarter (since));
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  *ret = has_row ? (guint64)MAX (sqlite3_column_int64 (row, 0), 0) : 0;
  return TRUE;
}

static gboolean
find_oldest (MrSession *session, gint64 *ret, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT created FROM message WHERE finished = 0 ORDER BY id LIMIT 1", error);
  gboolean has_row = FALSE;

  if (row == NULL || !mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  *ret = has_row ? sqlite3_column_int64 (row, 0) : 0;
  return TRUE;
}

static gboolean
run_count (MrSession *session, MrRequest *base, GError **error)
{
  MrStoreCounts *counts = &((CountRequest *)base)->counts;
  MrCounts now;
  g_auto (MrRow) delivered = mr_db_statement (session->db, "SELECT sum (delivered) FROM tally WHERE quarter >= ?1",
                                              error);
  g_auto (MrRow) failed = NULL;

  if (!sum_tally (session, delivered, day_start (session->now, 0), &counts->delivered_today, error))
    return FALSE;
  failed = mr_db_statement (session->db, "SELECT sum (failed) FROM tally WHERE quarter >= ?1", error);
  if (!sum_tally (session, failed, day_start (session->now, 6), &counts->failed_week, error)
      || !find_oldest (session, &counts->oldest_active, error))
    return FALSE;

  pthread_mutex_lock (&session->store->mutex);
  now = session->store->counts;
  pthread_mutex_unlock (&session->store->mutex);
  counts->messages_active = (guint64)MAX (now.messages_active, 0);
  counts->messages_held = (guint64)MAX (now.messages_held, 0);
  counts->bytes_active = (guint64)MAX (now.bytes_active, 0);
  for (guint i = 0; i < MR_RECIPIENT_N_STATES; i++)
    counts->recipients[i] = (guint64)MAX (now.recipients[i], 0);
  for (guint i = 0; i < MR_WAIT_N_REASONS; i++)
    counts->waits[i] = (guint64)MAX (now.waits[i], 0);
  return TRUE;
}

static void
deliver_count (MrRequest *base)
{
  CountRequest *request = (CountRequest *)base;

  request->func (&request->counts, base->error, base->data);
}

static const MrRequestKind count_kind = { "count", run_count, NULL, NULL, deliver_count, mr_request_release };

void
mr_store_count (MrStore *store, MrStoreCountsFunc func, gpointer data)
{
  CountRequest *request = mr_request_new (sizeof *request, &count_kind, NULL);

  request->func = func;
  request->base.data = data;
  mr_store_submit_read (store, store->lists, request);
}

/* ---- what waits for each account ---- */

typedef struct {
  MrRequest base;
  MrStoreAccountsFunc func;
  GHashTable *waiting;
} AccountsRequest;

static gboolean
run_accounts (MrSession *session, MrRequest *base, GError **error)
{
  AccountsRequest *request = (AccountsRequest *)base;
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT r.account, count(*) FROM message m JOIN recipient r"
                                        " ON r.key BETWEEN m.num << 20 AND (m.num << 20 | 1048575)"
                                        " WHERE m.finished = 0 AND r.state <= 3 AND r.account IS NOT NULL GROUP BY 1",
                                        error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  g_hash_table_remove_all (request->waiting);
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row) {
    gint64 n = sqlite3_column_int64 (row, 1);

    g_hash_table_insert (request->waiting, g_strdup ((const char *)sqlite3_column_text (row, 0)),
                         GUINT_TO_POINTER ((guint)CLAMP (n, 0, G_MAXINT)));
  }
  return ok;
}

static void
deliver_accounts (MrRequest *base)
{
  AccountsRequest *request = (AccountsRequest *)base;

  request->func (request->waiting, base->error, base->data);
}

static void
release_accounts (MrRequest *base)
{
  g_hash_table_unref (((AccountsRequest *)base)->waiting);
  mr_request_release (base);
}

static const MrRequestKind accounts_kind = { "accounts", run_accounts, NULL, NULL, deliver_accounts, release_accounts };

void
mr_store_count_accounts (MrStore *store, MrStoreAccountsFunc func, gpointer data)
{
  AccountsRequest *request = mr_request_new (sizeof *request, &accounts_kind, NULL);

  request->func = func;
  request->base.data = data;
  request->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  mr_store_submit_read (store, store->lists, request);
}

/* ---- refusals ---- */

typedef struct {
  MrRequest base;
  MrStoreRefusalsFunc func;
  GPtrArray *rows;
} RefusalsRequest;

static gboolean
run_refusals (MrSession *session, MrRequest *base, GError **error)
{
  RefusalsRequest *request = (RefusalsRequest *)base;
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT time, uid, pid, program, peer, reverse_path, reason FROM refusal"
                                        " ORDER BY key DESC",
                                        error);
  gboolean has_row = FALSE, bad = FALSE;

  if (row == NULL)
    return FALSE;
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    MrRefusalRecord *record = mr_refusal_record_new ();
    record->time = sqlite3_column_int64 (row, 0);
    record->uid = sqlite3_column_int64 (row, 1);
    record->pid = sqlite3_column_int64 (row, 2);
    record->program = mr_row_get_text (row, 3, &bad);
    record->peer = mr_row_get_text (row, 4, &bad);
    record->reverse_path = mr_row_get_text (row, 5, &bad);
    record->reason = mr_row_get_text (row, 6, &bad);
    g_ptr_array_add (request->rows, record);
  }
  return FALSE;
}

static void
deliver_refusals (MrRequest *base)
{
  RefusalsRequest *request = (RefusalsRequest *)base;

  request->func (request->rows, base->error, base->data);
}

static void
release_refusals (MrRequest *base)
{
  g_ptr_array_unref (((RefusalsRequest *)base)->rows);
  mr_request_release (base);
}

static const MrRequestKind refusals_kind = { "list-refusals",  run_refusals,    NULL, NULL,
                                             deliver_refusals, release_refusals };

void
mr_store_list_refusals (MrStore *store, MrStoreRefusalsFunc func, gpointer data)
{
  RefusalsRequest *request = mr_request_new (sizeof *request, &refusals_kind, NULL);

  request->func = func;
  request->base.data = data;
  request->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_refusal_record_free);
  mr_store_submit_read (store, store->lists, request);
}
