/* Retention, deleting from the history, refused submissions, damage that a reader found. */
#include "config.h"

#include "store/private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"

#define DAY_USEC          (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define STEP              200
#define STEP_CHUNKS       64
#define REFUSALS_MAX      200
#define SAME_REFUSAL_USEC (60 * G_USEC_PER_SEC)

/* ---- retention ---- */

typedef enum { CLEAN_BODIES, CLEAN_HISTORY, CLEAN_TALLIES, CLEAN_END } CleanPhase;

typedef struct {
  CleanPhase phase;
  gint64 finished;
  char id[MR_ID_LENGTH + 1];
} CleanCursor;

typedef struct {
  MrRequest base;
  gint64 bodies_before, failed_before, history_before;
  CleanCursor here, next;
} CleanRequest;

typedef struct {
  char id[MR_ID_LENGTH + 1];
  gint64 num;
} Victim;

static void
compute_limits (MrSession *session, CleanRequest *request)
{
  MrStore *store = session->store;

  pthread_mutex_lock (&store->mutex);
  request->bodies_before = session->now - store->keep_bodies_days * DAY_USEC;
  request->failed_before = session->now - store->keep_failed_days * DAY_USEC;
  request->history_before = session->now - store->keep_history_days * DAY_USEC;
  pthread_mutex_unlock (&store->mutex);
}

/* In the order of the index message_kept. A damaged message is never deleted by itself. */
static gboolean
collect_bodies (MrSession *session, CleanRequest *request, GArray *victims, gboolean *ret_more, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT id, num, finished, body, n_chunks, hold FROM message"
                                        " WHERE finished > 0 AND body > 0 AND (finished, id) > (?1, ?2)"
                                        " AND finished < ?3 ORDER BY finished, id LIMIT ?4",
                                        error);
  gboolean has_row = FALSE;
  gint64 n_chunks = 0;
  guint n = 0;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, request->here.finished);
  mr_db_bind_text (row, 2, request->here.id);
  sqlite3_bind_int64 (row, 3, MAX (request->bodies_before, request->failed_before));
  sqlite3_bind_int (row, 4, STEP);
  *ret_more = FALSE;
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row || n_chunks > STEP_CHUNKS) {
      *ret_more = has_row || n == STEP;
      return TRUE;
    }
    n++;
    Victim victim = { .num = sqlite3_column_int64 (row, 1) };
    gint64 finished = sqlite3_column_int64 (row, 2);
    gboolean failed = sqlite3_column_int (row, 3) == MR_BODY_KEPT_FAILED;
    const char *id = (const char *)sqlite3_column_text (row, 0);
    g_strlcpy (victim.id, id != NULL ? id : "", sizeof victim.id);
    g_strlcpy (request->next.id, victim.id, sizeof request->next.id);
    request->next.finished = finished;
    if (sqlite3_column_int (row, 5) == MR_HOLD_DAMAGED
        || finished >= (failed ? request->failed_before : request->bodies_before))
      continue;
    n_chunks += sqlite3_column_int64 (row, 4);
    g_array_append_val (victims, victim);
  }
  return FALSE;
}

static gboolean
forget_body (MrSession *session, const Victim *victim, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "UPDATE message SET body = 0 WHERE id = ?1", error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, victim->id);
  return mr_db_run (session->db, row, error) && mr_message_drop_body (session, victim->num, error);
}

/* Ids sort by age, so the walk from the oldest ends at the first message that is too young to be in question. */
static gboolean
collect_history (MrSession *session, CleanRequest *request, GArray *victims, gboolean *ret_more, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db, "SELECT id, num, created, finished, hold, removed FROM message WHERE id > ?1 ORDER BY id LIMIT ?2",
      error);
  gboolean has_row = FALSE;
  guint n = 0;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, request->here.id);
  sqlite3_bind_int (row, 2, STEP);
  *ret_more = FALSE;
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row || sqlite3_column_int64 (row, 2) >= request->history_before) {
      *ret_more = !has_row && n == STEP;
      return TRUE;
    }
    n++;
    Victim victim = { .num = sqlite3_column_int64 (row, 1) };
    gint64 finished = sqlite3_column_int64 (row, 3);
    const char *id = (const char *)sqlite3_column_text (row, 0);
    g_strlcpy (victim.id, id != NULL ? id : "", sizeof victim.id);
    g_strlcpy (request->next.id, victim.id, sizeof request->next.id);
    /* What a person removed goes by itself (removal.c). */
    if (finished > 0 && finished < request->history_before && sqlite3_column_int (row, 4) != MR_HOLD_DAMAGED
        && sqlite3_column_int64 (row, 5) == 0)
      g_array_append_val (victims, victim);
  }
  return FALSE;
}

static gboolean
delete_tallies (MrSession *session, gint64 before, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "DELETE FROM tally WHERE quarter < ?1", error);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, mr_tally_quarter (before));
  return mr_db_run (session->db, row, error);
}

static gboolean
run_clean (MrSession *session, MrRequest *base, GError **error)
{
  CleanRequest *request = (CleanRequest *)base;
  CleanPhase phase = request->here.phase;
  g_autoptr (GArray) victims = g_array_new (FALSE, FALSE, sizeof (Victim));
  gboolean more = FALSE, ok = TRUE;

  compute_limits (session, request);
  request->next = request->here;
  if (phase == CLEAN_BODIES)
    ok = collect_bodies (session, request, victims, &more, error);
  else if (phase == CLEAN_HISTORY)
    ok = collect_history (session, request, victims, &more, error);
  else
    ok = delete_tallies (session, request->history_before, error) && mr_account_use_trim (session, error)
         && mr_statistics_trim (session, &more, error) && (more || mr_audit_trim (session, &more, error));
  for (guint i = 0; ok && i < victims->len; i++) {
    const Victim *victim = &g_array_index (victims, Victim, i);
    ok = phase == CLEAN_BODIES ? forget_body (session, victim, error)
                               : mr_message_delete (session, victim->id, victim->num, error);
  }
  if (!more)
    request->next = (CleanCursor){ .phase = phase + 1 };
  base->again = ok && request->next.phase < CLEAN_END;
  return ok;
}

static void
advance_clean (MrRequest *base)
{
  CleanRequest *request = (CleanRequest *)base;

  request->here = request->next;
}

static const MrRequestKind clean_kind = { "clean",       run_clean,          NULL,
                                          advance_clean, mr_request_deliver, mr_request_release };

void
mr_store_clean (MrStore *store, MrStoreFunc func, gpointer data)
{
  CleanRequest *request = mr_request_new (sizeof *request, &clean_kind, NULL);

  request->base.func = func;
  request->base.data = data;
  mr_store_submit (store, request);
}

/* ---- deleting one ---- */

static gboolean
run_delete (MrSession *session, MrRequest *base, GError **error)
{
  MrMessageHead head;

  if (!mr_message_get_head (session, base->id, &head, error))
    return FALSE;
  if (head.finished == 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_REFUSED, _ ("Message %s is still in the outbox; stop it first"), base->id);
    return FALSE;
  }
  return mr_message_delete (session, base->id, head.num, error);
}

static const MrRequestKind delete_kind = { "delete", run_delete, NULL, NULL, mr_request_deliver, mr_request_release };

void
mr_store_delete_message (MrStore *store, const char *id, MrStoreFunc func, gpointer data)
{
  MrRequest *request = mr_request_new (sizeof *request, &delete_kind, id);

  request->func = func;
  request->data = data;
  mr_store_submit (store, request);
}

/* ---- damage ---- */

static gboolean
run_damage (MrSession *session, MrRequest *base, GError **error)
{
  return mr_message_set_aside (session, base->id, error);
}

static const MrRequestKind damage_kind = { "damage", run_damage, NULL, NULL, mr_request_deliver, mr_request_release };

void
mr_store_report_damage (MrStore *store, const char *id)
{
  MrRequest *request = mr_request_new (sizeof *request, &damage_kind, id);

  mr_warning ("store", "message %s is damaged: set aside", id);
  request->ride = TRUE;
  mr_store_submit_internal (store, request);
}

/* ---- refused submissions ---- */

typedef struct {
  MrRequest base;
  MrRefusalRecord *record; /* NULL: clear those of uid */
  gint64 uid;
} RefusalRequest;

static gboolean
is_known_refusal (MrSession *session, const MrRefusalRecord *record, gboolean *ret_known, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT 1 FROM refusal WHERE uid = ?1 AND program IS ?2 AND peer IS ?3"
                                        " AND reverse_path IS ?4 AND reason IS ?5 AND abs (time - ?6) < ?7",
                                        error);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, record->uid);
  mr_db_bind_text (row, 2, record->program);
  mr_db_bind_text (row, 3, record->peer);
  mr_db_bind_text (row, 4, record->reverse_path);
  mr_db_bind_text (row, 5, record->reason);
  sqlite3_bind_int64 (row, 6, record->time);
  sqlite3_bind_int64 (row, 7, SAME_REFUSAL_USEC);
  return mr_db_step (session->db, row, ret_known, error);
}

static gboolean
run_add_refusal (MrSession *session, MrRequest *base, GError **error)
{
  const MrRefusalRecord *record = ((RefusalRequest *)base)->record;
  g_auto (MrRow) row = NULL;
  g_auto (MrRow) trim = NULL;
  gboolean known = FALSE;

  if (!is_known_refusal (session, record, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  row = mr_db_statement (session->db,
                         "INSERT INTO refusal (time, uid, pid, program, peer, reverse_path, reason)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, record->time);
  sqlite3_bind_int64 (row, 2, record->uid);
  sqlite3_bind_int64 (row, 3, record->pid);
  mr_db_bind_text (row, 4, record->program);
  mr_db_bind_text (row, 5, record->peer);
  mr_db_bind_text (row, 6, record->reverse_path);
  mr_db_bind_text (row, 7, record->reason);
  if (!mr_db_run (session->db, row, error))
    return FALSE;
  trim = mr_db_statement (session->db, "DELETE FROM refusal WHERE key <= (SELECT max (key) FROM refusal) - ?1", error);
  if (trim == NULL)
    return FALSE;
  sqlite3_bind_int (trim, 1, REFUSALS_MAX);
  return mr_db_run (session->db, trim, error);
}

static gboolean
run_clear_refusals (MrSession *session, MrRequest *base, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "DELETE FROM refusal WHERE ?1 = -1 OR uid = ?1", error);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, ((RefusalRequest *)base)->uid);
  return mr_db_run (session->db, row, error);
}

static void
release_refusal (MrRequest *base)
{
  mr_refusal_record_free (((RefusalRequest *)base)->record);
  mr_request_release (base);
}

static const MrRequestKind add_refusal_kind = { "add-refusal", run_add_refusal,    NULL,
                                                NULL,          mr_request_deliver, release_refusal };
static const MrRequestKind clear_refusals_kind = { "clear-refusals",   run_clear_refusals, NULL, NULL,
                                                   mr_request_deliver, release_refusal };

void
mr_store_add_refusal (MrStore *store, MrRefusalRecord *record)
{
  RefusalRequest *request = mr_request_new (sizeof *request, &add_refusal_kind, NULL);

  request->base.ride = TRUE;
  request->record = record;
  mr_store_submit (store, request);
}

void
mr_store_clear_refusals (MrStore *store, gint64 uid, MrStoreFunc func, gpointer data)
{
  RefusalRequest *request = mr_request_new (sizeof *request, &clear_refusals_kind, NULL);

  request->base.func = func;
  request->base.data = data;
  request->uid = uid;
  mr_store_submit (store, request);
}
