/* The writer's transactions: many requests in one, and what becomes of them when it fails.
 *
 * Order that makes an answer true: BEGIN, all waiting requests, COMMIT (which under synchronous=FULL has synced the
 * write-ahead log when it returns SQLITE_OK), and only then the done list. If it fails before or in COMMIT, the
 * transaction is rolled back and each request is tried in one of its own. A failed sync is different: after it the
 * kernel may call pages clean that never reached the disk, so nothing is tried again, and all of the transaction get the error.
 * SQLite writes its next transaction over the frames of the failed one.
 *
 * A request that fails by itself, before its first write, leaves the transaction to its neighbours. Counters, statistics and changes are staged in the
 * session and told only when their transaction is committed. All of this is the writer thread's as long as it runs.
 */
#include "config.h"

#include "store/writer-private.h"

#include <string.h>

#include "base/log.h"

#define NUM_BLOCK 65536

/* ---- what changes ---- */

void
mr_session_touch (MrSession *session, const char *id, MrListPlace place)
{
  Touched touched = { .place = place };

  if (strlen (id) != MR_ID_LENGTH)
    return;
  memcpy (touched.id, id, MR_ID_LENGTH);
  g_array_append_val (session->touched, touched);
}

/* With the store's lock. */
static void
tell_touched (MrWriter *writer)
{
  MrChanges *changes = writer->store->changes;

  for (guint i = 0; i < writer->session.touched->len; i++) {
    const Touched *touched = &g_array_index (writer->session.touched, Touched, i);
    mr_changes_add (changes, touched->id, touched->place);
  }
}

/* ---- one transaction ---- */

/* Message numbers are never used again, not even by a store that lost its newest rows: blocks of them are reserved. */
static gboolean
reserve_numbers (MrWriter *writer, gint64 *ret_reserved, GError **error)
{
  MrDb *db = writer->session.db;

  *ret_reserved = writer->reserved_num;
  if (writer->session.next_num + MR_WRITER_BATCH_MAX <= writer->reserved_num)
    return TRUE;
  g_auto (MrRow) row = mr_db_statement (db, "INSERT OR REPLACE INTO value (name, value) VALUES ('.next_num', ?1)",
                                        error);
  if (row == NULL)
    return FALSE;
  *ret_reserved = writer->session.next_num + NUM_BLOCK;
  sqlite3_bind_int64 (row, 1, *ret_reserved);
  return mr_db_run (db, row, error);
}

static gboolean
begin (MrWriter *writer, gint64 *ret_reserved, GError **error)
{
  MrSession *session = &writer->session;

  mr_store_fault_point ("begin");
  session->delta = (MrCounts){ 0 };
  session->now = mr_clock_wall (writer->store->clock);
  g_array_set_size (session->touched, 0);
  mr_statistics_reset (session->statistics);
  mr_audit_begin (session);
  return mr_db_begin (session->db, error) && reserve_numbers (writer, ret_reserved, error);
}

static gboolean
commit (MrWriter *writer, gint64 reserved, GError **error)
{
  MrSession *session = &writer->session;

  if (!mr_counts_write (session->db, &session->delta, session->now, error) || !mr_statistics_write (session, error))
    return FALSE;
  mr_store_fault_point ("work");
  if (!mr_db_commit (session->db, error))
    return FALSE;
  mr_store_fault_point ("committed");

  mr_statistics_committed (session);
  writer->reserved_num = reserved;
  pthread_mutex_lock (&writer->store->mutex);
  mr_counts_add (&writer->store->counts, &session->delta);
  tell_touched (writer);
  pthread_mutex_unlock (&writer->store->mutex);
  return TRUE;
}

/* What the request leaves behind is told at once: a later request of the same transaction may build on it. */
static void
run_request (MrWriter *writer, MrRequest *request)
{
  g_clear_error (&request->error);
  request->again = FALSE;
  if (request->kind->run (&writer->session, request, &request->error))
    return;
  if (!writer->session.db->failed && request->kind->failed != NULL)
    request->kind->failed (&writer->session, request);
}

static void
fail_all (MrWriter *writer, MrRequestList *batch, const GError *error)
{
  for (MrRequest *request = batch->head; request != NULL; request = request->next) {
    g_clear_error (&request->error);
    request->error = g_error_copy (error);
    if (request->kind->failed != NULL)
      request->kind->failed (&writer->session, request);
  }
}

/* FALSE: the transaction is undone and nothing of it happened. */
static gboolean
run_together (MrWriter *writer, MrRequestList *batch, GError **error)
{
  MrDb *db = writer->session.db;
  gint64 reserved;

  if (!begin (writer, &reserved, error)) {
    mr_db_rollback (db);
    return FALSE;
  }
  for (MrRequest *request = batch->head; request != NULL; request = request->next) {
    run_request (writer, request);
    if (db->failed) {
      mr_db_rollback (db);
      g_set_error (error, MR_ERROR, request->error->code, "%s", request->error->message);
      return FALSE;
    }
  }
  if (commit (writer, reserved, error))
    return TRUE;
  mr_db_rollback (db);
  return FALSE;
}

static void
run_apart (MrWriter *writer, MrRequestList *batch)
{
  MrRequestList done = { NULL, NULL, 0 };
  MrRequest *request;

  while ((request = mr_request_list_pop (batch)) != NULL) {
    MrRequestList single = { NULL, NULL, 0 };
    g_autoptr (GError) error = NULL;

    mr_request_list_push (&single, request);
    if (!run_together (writer, &single, &error))
      fail_all (writer, &single, error);
    mr_request_list_append (&done, &single);
  }
  *batch = done;
}

/* Requests with more steps go back into the queue, the others to the main context. */
static void
hand_out (MrWriter *writer, MrRequestList *batch)
{
  MrRequestList done = { NULL, NULL, 0 };
  MrRequest *request;

  while ((request = mr_request_list_pop (batch)) != NULL) {
    if (request->error == NULL && request->again) {
      request->kind->advance (request);
      request->ride = FALSE;
      mr_writer_push (writer, request);
    } else
      mr_request_list_push (&done, request);
  }
  if (done.head != NULL)
    mr_store_complete (writer->store, &done);
}

void
mr_writer_run_batch (MrWriter *writer, MrRequestList *batch)
{
  g_autoptr (GError) error = NULL;

  if (!run_together (writer, batch, &error)) {
    if (writer->session.db->sync_failed || batch->n == 1 || error->code == MR_ERROR_BUSY)
      fail_all (writer, batch, error);
    else
      run_apart (writer, batch);
  }
  hand_out (writer, batch);
}

void
mr_writer_write_kept_statistics (MrWriter *writer)
{
  g_autoptr (GError) error = NULL;
  gint64 reserved;

  if (!mr_statistics_has_kept (writer->session.statistics))
    return;
  if (begin (writer, &reserved, &error)) {
    mr_statistics_write_kept (writer->session.statistics);
    if (commit (writer, reserved, &error))
      return;
  }
  mr_db_rollback (writer->session.db);
  mr_debug ("store", "statistics wait: %s", error->message);
}
