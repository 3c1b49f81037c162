/* Intake: chunks of uploads, and the commit that a 250 waits for.
 *
 * A message in one piece is three rows. A longer upload has its chunks in earlier commits under a number that the table
 * incoming holds for it; the commit that adds the message takes the number over. What is left in incoming at the next
 * start was never acknowledged and goes (recover.c).
 */
#include "config.h"

#include "store/private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/id.h"
#include "store/checksum.h"

typedef struct {
  MrRequest base;
  guint seq;
  GBytes *chunk;
} ChunkRequest;

typedef struct {
  MrRequest base;
  MrMessageRecord *record;
  GBytes *last;
  gboolean lease;
  char about[MR_ID_LENGTH + 1]; /* the record is a report about this message; "" */
  MrReport report;
  char copy_of[MR_ID_LENGTH + 1]; /* the body is that of this message; "" */
} AddRequest;

static gboolean
insert_chunk (MrSession *session, gint64 num, guint seq, GBytes *chunk, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "INSERT INTO chunk (key, crc, data) VALUES (?1, ?2, ?3)", error);
  gsize len;
  const void *data = g_bytes_get_data (chunk, &len);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, seq));
  sqlite3_bind_int64 (row, 2, mr_crc32c (data, len));
  sqlite3_bind_blob64 (row, 3, data != NULL ? data : "", len, SQLITE_STATIC);
  return mr_db_run (session->db, row, error);
}

/* ---- uploads ---- */

/* *ret_num 0: there is none of this id. */
static gboolean
find_upload (MrSession *session, const char *id, gint64 *ret_num, guint *ret_n_chunks, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT num, n_chunks FROM incoming WHERE id = ?1", error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  *ret_num = has_row ? sqlite3_column_int64 (row, 0) : 0;
  *ret_n_chunks = has_row ? (guint)sqlite3_column_int64 (row, 1) : 0;
  return TRUE;
}

static gboolean
write_upload (MrSession *session, const char *id, gint64 num, guint n_chunks, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db, "INSERT OR REPLACE INTO incoming (id, num, n_chunks) VALUES (?1, ?2, ?3)", error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  sqlite3_bind_int64 (row, 2, num);
  sqlite3_bind_int64 (row, 3, n_chunks);
  return mr_db_run (session->db, row, error);
}

static gboolean
delete_upload (MrSession *session, const char *id, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "DELETE FROM incoming WHERE id = ?1", error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  return mr_db_run (session->db, row, error);
}

static void
set_lost_chunk (MrSession *session, const char *id, GError **error)
{
  const GError *earlier = mr_writer_upload_error (session->store->writer, id);

  if (earlier != NULL)
    g_propagate_error (error, g_error_copy (earlier));
  else
    g_set_error (error, MR_ERROR, MR_ERROR_STORE, _ ("A part of message %s was not stored; send it again"), id);
}

static gboolean
run_put_chunk (MrSession *session, MrRequest *base, GError **error)
{
  ChunkRequest *request = (ChunkRequest *)base;
  gint64 num;
  guint n_chunks;

  if (!mr_writer_check_room (session->store->writer, error) || !find_upload (session, base->id, &num, &n_chunks, error))
    return FALSE;
  if (n_chunks != request->seq || request->seq >= MR_KEY_MAX_N) {
    set_lost_chunk (session, base->id, error);
    return FALSE;
  }
  if (num == 0)
    num = session->next_num++;
  return write_upload (session, base->id, num, request->seq + 1, error)
         && insert_chunk (session, num, request->seq, request->chunk, error);
}

static void
put_chunk_failed (MrSession *session, MrRequest *base)
{
  if (mr_writer_upload_error (session->store->writer, base->id) == NULL)
    mr_writer_set_upload_error (session->store->writer, base->id, base->error);
}

static void
release_chunk (MrRequest *base)
{
  g_bytes_unref (((ChunkRequest *)base)->chunk);
  mr_request_release (base);
}

static const MrRequestKind put_chunk_kind = { "put-chunk", run_put_chunk,      put_chunk_failed,
                                              NULL,        mr_request_deliver, release_chunk };

void
mr_store_put_chunk (MrStore *store, const char *id, guint seq, GBytes *chunk, MrStoreFunc func, gpointer data)
{
  ChunkRequest *request = mr_request_new (sizeof *request, &put_chunk_kind, id);

  request->base.func = func;
  request->base.data = data;
  request->base.cost = g_bytes_get_size (chunk);
  request->seq = seq;
  request->chunk = g_bytes_ref (chunk);
  mr_store_submit (store, request);
}

static gboolean
run_drop (MrSession *session, MrRequest *base, GError **error)
{
  gint64 num;
  guint n_chunks;

  mr_writer_forget_upload (session->store->writer, base->id);
  if (!find_upload (session, base->id, &num, &n_chunks, error))
    return FALSE;
  return num == 0 || (mr_message_drop_body (session, num, error) && delete_upload (session, base->id, error));
}

static const MrRequestKind drop_kind
    = { "drop-incoming", run_drop, NULL, NULL, mr_request_deliver, mr_request_release };

static MrRequest *
new_drop (const char *id)
{
  MrRequest *request = mr_request_new (sizeof *request, &drop_kind, id);

  request->ride = TRUE;
  return request;
}

void
mr_store_drop_incoming (MrStore *store, const char *id)
{
  mr_store_submit (store, new_drop (id));
}

/* ---- adding ---- */

static gboolean
has_controls (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if ((guchar)*p < 0x20 || *p == 0x7f)
      return TRUE;
  return FALSE;
}

static gboolean
is_sound_address (const char *text)
{
  return text != NULL && !has_controls (text) && g_utf8_validate (text, -1, NULL);
}

/* What would read back as a damaged row is refused here. */
static gboolean
check_record (const MrMessageRecord *record, GError **error)
{
  const char *wrong = NULL;

  if (record->id == NULL || !mr_id_is_valid (record->id))
    wrong = "id";
  else if (!is_sound_address (record->reverse_path))
    wrong = "reverse-path";
  else if (record->n_chunks < 1 || record->n_chunks > MR_KEY_MAX_N)
    wrong = "chunks";
  else if (record->recipients->len < 1 || record->recipients->len > MR_KEY_MAX_N)
    wrong = "recipients";
  for (guint i = 0; wrong == NULL && i < record->recipients->len; i++) {
    const MrRecipientRecord *recipient = g_ptr_array_index (record->recipients, i);
    if (recipient->n != i || !is_sound_address (recipient->address) || recipient->address[0] == '\0'
        || (guint)recipient->state >= MR_RECIPIENT_N_STATES || (guint)recipient->wait_reason >= MR_WAIT_N_REASONS)
      wrong = "recipient";
  }
  if (wrong != NULL)
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("This message cannot be stored: its %s is not valid"), wrong);
  return wrong == NULL;
}

/* The number under which the chunks stand, once all of them are there. */
static gboolean
claim_number (MrSession *session, AddRequest *request, gint64 *ret_num, GError **error)
{
  const MrMessageRecord *record = request->record;
  guint n_before = record->n_chunks - (request->last != NULL ? 1 : 0), n_chunks = 0;
  gint64 num = 0;

  if (n_before > 0) {
    if (!find_upload (session, record->id, &num, &n_chunks, error))
      return FALSE;
    if (n_chunks != n_before || mr_writer_upload_error (session->store->writer, record->id) != NULL) {
      set_lost_chunk (session, record->id, error);
      return FALSE;
    }
    *ret_num = num;
    return delete_upload (session, record->id, error);
  }
  *ret_num = session->next_num++;
  return TRUE;
}

static gboolean
insert_message (MrSession *session, AddRequest *request, gint64 num, GError **error)
{
  MrMessageRecord *record = request->record;
  MrMessageExtra extra = { .num = num, .leased = request->lease, .body = MR_BODY_ACTIVE };
  MrMessageSum sum = { .due = -1 };

  for (guint i = 0; i < record->recipients->len; i++)
    mr_message_sum_recipient (&sum, g_ptr_array_index (record->recipients, i));
  if (sum.n_active == 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("Message %s has nobody left to be sent to"), record->id);
    return FALSE;
  }
  record->n_recipients = record->recipients->len;
  record->finished = 0;
  record->created = MAX (record->created > 0 ? record->created : session->now, 0);
  record->not_before = MAX (record->not_before, 0);
  record->next_attempt = MAX (sum.due, 0);
  record->pid = CLAMP (record->pid, 0, G_MAXINT32);
  record->uid = CLAMP (record->uid, -1, G_MAXUINT32);

  gint64 due = request->lease || record->hold != MR_HOLD_NONE || sum.due < 0 ? -1 : MAX (sum.due, record->not_before);
  if (!mr_rows_insert_message (session->db, record, &extra, due, error))
    return FALSE;
  for (guint i = 0; i < record->recipients->len; i++) {
    const MrRecipientRecord *recipient = g_ptr_array_index (record->recipients, i);
    if (!mr_rows_insert_recipient (session->db, num, record->id, recipient, error))
      return FALSE;
    mr_counts_recipient (&session->delta, recipient->state, recipient->wait_reason, 1);
    MrStatisticEvent event
        = { .program = record->program, .address = recipient->address, .counts = { [MR_COUNT_SUBMITTED] = 1 } };
    mr_statistics_count (session, &event);
  }
  mr_session_touch (session, record->id, MR_LIST_PLACE_OUTBOX);
  if (record->again_of != NULL)
    mr_session_touch (session, record->again_of, MR_LIST_PLACE_SAME); /* it tells its copies */
  session->delta.messages_active++;
  session->delta.messages_held += record->hold != MR_HOLD_NONE;
  session->delta.bytes_active += (gint64)record->size;
  session->delta.accepted += record->recipients->len;
  return mr_audit_add_message (session, record, error);
}

/* The chunks of a message once more under a new number. */
static gboolean
copy_body (MrSession *session, AddRequest *request, gint64 *ret_num, GError **error)
{
  g_auto (MrRow) row = NULL;
  MrMessageHead head;

  if (!mr_message_get_head (session, request->copy_of, &head, error))
    return FALSE;
  if (head.body == MR_BODY_GONE || head.hold == MR_HOLD_DAMAGED) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND,
                 _ ("The content of message %s has been deleted; send it again from your mail program"),
                 request->copy_of);
    return FALSE;
  }
  row = mr_db_statement (session->db,
                         "INSERT INTO chunk (key, crc, data) SELECT ?3 | (key & 1048575), crc, data FROM chunk"
                         " WHERE key BETWEEN ?1 AND ?2",
                         error);
  if (row == NULL)
    return FALSE;
  *ret_num = session->next_num++;
  request->record->n_chunks = head.n_chunks;
  sqlite3_bind_int64 (row, 1, MR_KEY (head.num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (head.num, MR_KEY_MAX_N));
  sqlite3_bind_int64 (row, 3, MR_KEY (*ret_num, 0));
  return mr_db_run (session->db, row, error);
}

static gboolean
run_add (MrSession *session, MrRequest *base, GError **error)
{
  AddRequest *request = (AddRequest *)base;
  gint64 num;

  /* What can fail without an error of SQL comes before the first write. */
  if (request->record != NULL
      && (!check_record (request->record, error) || !mr_writer_check_room (session->store->writer, error)))
    return FALSE;
  if (request->about[0] != '\0' && !mr_message_reported (session, request->about, request->report, error))
    return FALSE;
  if (request->copy_of[0] != '\0')
    return copy_body (session, request, &num, error) && insert_message (session, request, num, error);
  return request->record == NULL
         || (claim_number (session, request, &num, error)
             && (request->last == NULL
                 || insert_chunk (session, num, request->record->n_chunks - 1, request->last, error))
             && insert_message (session, request, num, error));
}

/* The caller reports the error and is done with it: what was uploaded goes. */
static void
add_failed (MrSession *session, MrRequest *base)
{
  mr_store_submit_internal (session->store, new_drop (base->id));
}

static void
release_add (MrRequest *base)
{
  AddRequest *request = (AddRequest *)base;

  mr_message_record_free (request->record);
  g_clear_pointer (&request->last, g_bytes_unref);
  mr_request_release (base);
}

static const MrRequestKind add_kind = { "add", run_add, add_failed, NULL, mr_request_deliver, release_add };

void
mr_store_add_message (MrStore *store, MrMessageRecord *record, GBytes *last, gboolean lease, MrStoreFunc func,
                      gpointer data)
{
  AddRequest *request = mr_request_new (sizeof *request, &add_kind, record->id);

  request->base.func = func;
  request->base.data = data;
  request->record = record;
  request->last = last != NULL ? g_bytes_ref (last) : NULL;
  request->base.cost = last != NULL ? g_bytes_get_size (last) : 0;
  request->lease = lease;
  mr_store_submit (store, request);
}

void
mr_store_add_report (MrStore *store, MrMessageRecord *record, GBytes *body, const char *about, MrReport bit,
                     MrStoreFunc func, gpointer data)
{
  AddRequest *request = mr_request_new (sizeof *request, &add_kind, record != NULL ? record->id : about);

  request->base.func = func;
  request->base.data = data;
  request->record = record;
  request->last = body != NULL ? g_bytes_ref (body) : NULL;
  request->base.cost = body != NULL ? g_bytes_get_size (body) : 0;
  g_strlcpy (request->about, about, sizeof request->about);
  request->report = bit;
  mr_store_submit (store, request);
}

void
mr_store_copy_message (MrStore *store, const char *id, MrMessageRecord *record, MrStoreFunc func, gpointer data)
{
  AddRequest *request = mr_request_new (sizeof *request, &add_kind, record->id);

  request->base.func = func;
  request->base.data = data;
  request->base.cost = record->size;
  request->record = record;
  g_strlcpy (request->copy_of, id, sizeof request->copy_of);
  mr_store_submit (store, request);
}
