/* Scheduling: leases, the mark of the final dot, and what became of an attempt.
 *
 * A lease takes the message out of the index of what is due and is kept in its row only so that the next start finds
 * what was being sent (recover.c); leases end with the process because one process owns the file.
 */
#include "config.h"

#include "store/private.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"

#define LEASE_MAX 1000

/* ---- leases ---- */

typedef struct {
  MrRequest base;
  gint64 due; /* -1: the message base.id, whatever its time */
  guint limit;
  MrStoreLeaseFunc func;
  GPtrArray *messages;
  gint64 next_due;
} LeaseRequest;

/* Rows first, changes after: the query walks the index that the changes take entries from. */
static gboolean
collect (MrSession *session, LeaseRequest *request, GPtrArray *damaged, GArray *extras, GError **error)
{
  g_auto (MrRow) row
      = request->due >= 0 ? mr_db_statement (
            session->db, "SELECT " MR_MESSAGE_COLUMNS " FROM message WHERE due <= ?1 ORDER BY due LIMIT ?2", error)
                          : mr_db_statement (session->db,
                                             "SELECT " MR_MESSAGE_COLUMNS " FROM message WHERE id = ?1 AND finished = 0"
                                             " AND leased = 0 AND hold = 0 LIMIT ?2",
                                             error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  if (request->due >= 0)
    sqlite3_bind_int64 (row, 1, request->due);
  else
    mr_db_bind_text (row, 1, request->base.id);
  sqlite3_bind_int64 (row, 2, MIN (request->limit, LEASE_MAX));
  while (mr_db_step (session->db, row, &has_row, error)) {
    MrMessageExtra extra;
    gboolean bad = FALSE;

    if (!has_row)
      return TRUE;
    g_autoptr (MrMessageRecord) record = mr_row_get_message (row, &extra, &bad);
    if (bad) {
      g_ptr_array_add (damaged, g_strdup ((const char *)sqlite3_column_text (row, 0)));
      continue;
    }
    g_ptr_array_add (request->messages, g_steal_pointer (&record));
    g_array_append_val (extras, extra);
  }
  return FALSE;
}

static gboolean
mark_leased (MrSession *session, const char *id, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "UPDATE message SET leased = 1, due = NULL WHERE id = ?1", error);

  if (row == NULL)
    return FALSE;
  mr_session_touch (session, id, MR_LIST_PLACE_SAME);
  mr_db_bind_text (row, 1, id);
  return mr_db_run (session->db, row, error);
}

static gboolean
load_and_mark (MrSession *session, LeaseRequest *request, GPtrArray *damaged, GArray *extras, GError **error)
{
  g_autoptr (GPtrArray) sound = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);

  for (guint i = 0; i < request->messages->len; i++) {
    MrMessageRecord *record = g_ptr_array_index (request->messages, i);
    gboolean bad = FALSE;

    if (!mr_rows_load_recipients (session->db, g_array_index (extras, MrMessageExtra, i).num, record, &bad, error))
      return FALSE;
    if (bad) {
      g_ptr_array_add (damaged, g_strdup (record->id));
      continue;
    }
    if (!mark_leased (session, record->id, error))
      return FALSE;
    g_ptr_array_add (sound, g_steal_pointer (&g_ptr_array_index (request->messages, i)));
  }
  g_ptr_array_unref (request->messages);
  request->messages = g_steal_pointer (&sound);
  for (guint i = 0; i < damaged->len; i++) {
    mr_warning ("store", "message %s cannot be read: set aside", (char *)g_ptr_array_index (damaged, i));
    if (!mr_message_set_aside (session, g_ptr_array_index (damaged, i), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
run_lease (MrSession *session, MrRequest *base, GError **error)
{
  LeaseRequest *request = (LeaseRequest *)base;
  g_autoptr (GPtrArray) damaged = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) extras = g_array_new (FALSE, FALSE, sizeof (MrMessageExtra));

  g_clear_pointer (&request->messages, g_ptr_array_unref);
  request->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_message_record_free);
  if (!collect (session, request, damaged, extras, error) || !load_and_mark (session, request, damaged, extras, error))
    return FALSE;

  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT min (due) FROM message WHERE due IS NOT NULL", error);
  gboolean has_row = FALSE;
  if (row == NULL || !mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  gboolean is_set = has_row && sqlite3_column_type (row, 0) != SQLITE_NULL;
  request->next_due = is_set ? MAX (sqlite3_column_int64 (row, 0), 1) : 0; /* 0 says: none */
  return TRUE;
}

static void
deliver_lease (MrRequest *base)
{
  LeaseRequest *request = (LeaseRequest *)base;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  request->func (base->error == NULL ? request->messages : none, request->next_due, base->error, base->data);
}

static void
release_lease (MrRequest *base)
{
  g_clear_pointer (&((LeaseRequest *)base)->messages, g_ptr_array_unref);
  mr_request_release (base);
}

static const MrRequestKind lease_kind = { "lease", run_lease, NULL, NULL, deliver_lease, release_lease };

static void
submit_lease (MrStore *store, const char *id, gint64 due, guint limit, MrStoreLeaseFunc func, gpointer data)
{
  LeaseRequest *request = mr_request_new (sizeof *request, &lease_kind, id);

  request->due = due;
  request->limit = limit;
  request->func = func;
  request->base.data = data;
  mr_store_submit (store, request);
}

void
mr_store_lease_due (MrStore *store, gint64 now, guint limit, MrStoreLeaseFunc func, gpointer data)
{
  submit_lease (store, NULL, MAX (now, 0), limit, func, data);
}

void
mr_store_lease_one (MrStore *store, const char *id, MrStoreLeaseFunc func, gpointer data)
{
  submit_lease (store, id, -1, 1, func, data);
}

/* ---- the mark of the final dot ---- */

typedef struct {
  MrRequest base;
  guint n;
  guint recipients[];
} DotRequest;

static gboolean
run_dot (MrSession *session, MrRequest *base, GError **error)
{
  DotRequest *request = (DotRequest *)base;
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "UPDATE recipient SET dot = 1 WHERE state <= 3"
                                        " AND key = ((SELECT num FROM message WHERE id = ?1) << 20 | ?2)",
                                        error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, base->id);
  for (guint i = 0; i < request->n; i++) {
    sqlite3_bind_int64 (row, 2, MIN (request->recipients[i], MR_KEY_MAX_N));
    if (!mr_db_run (session->db, row, error))
      return FALSE;
    sqlite3_reset (row);
  }
  return TRUE;
}

static const MrRequestKind dot_kind = { "mark-dot", run_dot, NULL, NULL, mr_request_deliver, mr_request_release };

void
mr_store_mark_dot (MrStore *store, const char *id, const guint *recipients)
{
  guint n = 0;

  while (recipients[n] != G_MAXUINT)
    n++;
  DotRequest *request = mr_request_new (sizeof *request + n * sizeof request->recipients[0], &dot_kind, id);
  request->base.ride = TRUE;
  request->n = n;
  for (guint i = 0; i < n; i++)
    request->recipients[i] = recipients[i];
  mr_store_submit (store, request);
}

/* ---- updates ---- */

typedef struct {
  MrRequest base;
  GPtrArray *changed, *attempts;
  MrStoreUpdateFlags flags;
} UpdateRequest;

/* A recipient passes through sending without that being stored. */
static gboolean
is_legal (MrRecipientState from, MrRecipientState to)
{
  return from == to || mr_recipient_state_may_become (from, to)
         || (mr_recipient_state_may_become (from, MR_RECIPIENT_SENDING)
             && mr_recipient_state_may_become (MR_RECIPIENT_SENDING, to));
}

static void
count_change (MrSession *session, const MrMessageHead *head, MrRecipientState from, MrWaitReason from_reason,
              const MrRecipientRecord *to)
{
  gboolean arrived = to->state == MR_RECIPIENT_DELIVERED || to->state == MR_RECIPIENT_RELAYED;
  gboolean failed = to->state == MR_RECIPIENT_FAILED || to->state == MR_RECIPIENT_EXPIRED;

  if (head->finished == 0) {
    mr_counts_recipient (&session->delta, from, from_reason, -1);
    mr_counts_recipient (&session->delta, to->state, to->wait_reason, 1);
  }
  if (from == to->state)
    return;
  session->delta.delivered += arrived;
  session->delta.failed += failed;
  if (!arrived && !failed)
    return;
  MrStatisticEvent event = { .account = to->account,
                             .program = head->program,
                             .address = to->address,
                             .cause = failed ? to->cause : NULL,
                             .host = to->host,
                             .direct = to->direct };
  event.counts[arrived ? MR_COUNT_DELIVERED : MR_COUNT_FAILED] = 1;
  event.counts[MR_COUNT_BYTES] = arrived ? head->size : 0;
  mr_statistics_count (session, &event);
}

/* An attempt that ended nothing. */
static void
count_deferral (MrSession *session, const MrMessageHead *head, GPtrArray *changed, const MrAttemptRecord *attempt)
{
  const MrRecipientRecord *recipient = NULL;

  if (attempt->verdict != MR_VERDICT_RETRY && attempt->verdict != MR_VERDICT_NEEDS_PERSON)
    return;
  for (guint i = 0; i < changed->len && recipient == NULL; i++)
    if (((const MrRecipientRecord *)g_ptr_array_index (changed, i))->n == attempt->recipient)
      recipient = g_ptr_array_index (changed, i);
  MrStatisticEvent event = { .account = attempt->account,
                             .program = head->program,
                             .address = recipient != NULL ? recipient->address : NULL,
                             .cause = attempt->cause,
                             .host = attempt->host,
                             .direct = recipient != NULL && recipient->direct,
                             .counts = { [MR_COUNT_DEFERRED] = 1 } };
  mr_statistics_count (session, &event);
}

/* All checks of an update come before its first write. */
static gboolean
check_change (MrSession *session, const char *id, const MrMessageHead *head, const MrRecipientRecord *record,
              MrRecipientState *ret_from, MrWaitReason *ret_reason, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT state, wait_reason, address FROM recipient WHERE key = ?1",
                                        error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (head->num, MIN (record->n, MR_KEY_MAX_N)));
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  if (!has_row) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("Message %s has no recipient %u"), id, record->n);
    return FALSE;
  }
  guint from = (guint)sqlite3_column_int (row, 0), reason = (guint)sqlite3_column_int (row, 1);
  if (from >= MR_RECIPIENT_N_STATES || reason >= MR_WAIT_N_REASONS || (guint)record->wait_reason >= MR_WAIT_N_REASONS
      || !is_legal ((MrRecipientState)from, record->state)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "%s.%u: %s → %s is no legal change", id, record->n,
                 mr_recipient_state_nick ((MrRecipientState)from), mr_recipient_state_nick (record->state));
    return FALSE;
  }
  if (g_strcmp0 ((const char *)sqlite3_column_text (row, 2), record->address) != 0)
    session->delta.forgotten++;
  *ret_from = (MrRecipientState)from;
  *ret_reason = (MrWaitReason)reason;
  return TRUE;
}

typedef struct {
  MrRecipientState state;
  MrWaitReason reason;
} Before;

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const MrRecipientRecord *x = *(MrRecipientRecord *const *)a, *y = *(MrRecipientRecord *const *)b;

  return x->n < y->n ? -1 : x->n > y->n;
}

static gboolean
check_changes (MrSession *session, const char *id, const MrMessageHead *head, GPtrArray *changed, Before *before,
               GError **error)
{
  g_ptr_array_sort (changed, compare_numbers);
  for (guint i = 0; i < changed->len; i++) {
    const MrRecipientRecord *record = g_ptr_array_index (changed, i);

    if (!check_change (session, id, head, record, &before[i].state, &before[i].reason, error))
      return FALSE;
    if (i > 0 && ((const MrRecipientRecord *)g_ptr_array_index (changed, i - 1))->n == record->n) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, "%s.%u: changed twice at once", id, record->n);
      return FALSE;
    }
    if (head->body == MR_BODY_GONE && !mr_recipient_state_is_final (record->state)) {
      g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND,
                   _ ("The content of message %s has been deleted; send it again from your mail program"), id);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
write_changes (MrSession *session, UpdateRequest *request, const MrMessageHead *head, MrMessageSum *ret_sum,
               GError **error)
{
  guint n = request->changed->len;
  g_autofree Before *before = g_new (Before, n + 1);
  MrMessageSum sum = { .due = -1 };

  if (!check_changes (session, request->base.id, head, request->changed, before, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const MrRecipientRecord *record = g_ptr_array_index (request->changed, i);
    gboolean found;
    if (!mr_rows_update_recipient (session->db, head->num, record, &found, error))
      return FALSE;
    count_change (session, head, before[i].state, before[i].reason, record);
    if (before[i].state != record->state && mr_recipient_state_is_final (record->state)
        && !mr_audit_add_outcome (session, request->base.id, record, error))
      return FALSE;
    mr_message_sum_recipient (&sum, record);
  }
  *ret_sum = sum;
  return n == head->n_recipients || mr_message_sum (session, head->num, ret_sum, error);
}

static gboolean
write_attempts (MrSession *session, UpdateRequest *request, MrMessageHead *head, GError **error)
{
  guint n = request->attempts != NULL ? request->attempts->len : 0;

  /* A million attempts: the rest of them is not recorded, the delivery goes on. */
  for (guint i = 0; i < n && head->n_attempts < MR_KEY_MAX_N; i++)
    if (!mr_rows_insert_attempt (session->db, head->num, head->n_attempts++, g_ptr_array_index (request->attempts, i),
                                 error))
      return FALSE;
  for (guint i = 0; i < n; i++)
    count_deferral (session, head, request->changed, g_ptr_array_index (request->attempts, i));
  return TRUE;
}

static gboolean
run_update (MrSession *session, MrRequest *base, GError **error)
{
  UpdateRequest *request = (UpdateRequest *)base;
  MrMessageHead head;
  MrMessageSum sum;

  if (!mr_message_get_head (session, base->id, &head, error))
    return FALSE;
  if (head.leased && (request->flags & MR_STORE_UNLESS_LEASED) != 0) {
    g_set_error (error, MR_ERROR, MR_ERROR_BUSY, _ ("The message %s is being sent"), base->id);
    return FALSE;
  }
  if (!write_changes (session, request, &head, &sum, error) || !write_attempts (session, request, &head, error)
      || !mr_account_use_add (session, request->attempts, error))
    return FALSE;
  if ((request->flags & MR_STORE_RELEASE) != 0)
    head.leased = FALSE;
  return mr_message_settle (session, base->id, &head, head.hold, &sum, error);
}

static void
release_update (MrRequest *base)
{
  UpdateRequest *request = (UpdateRequest *)base;

  g_clear_pointer (&request->changed, g_ptr_array_unref);
  g_clear_pointer (&request->attempts, g_ptr_array_unref);
  mr_request_release (base);
}

static const MrRequestKind update_kind = { "update", run_update, NULL, NULL, mr_request_deliver, release_update };

void
mr_store_update_message (MrStore *store, const char *id, GPtrArray *changed, GPtrArray *attempts,
                         MrStoreUpdateFlags flags, MrStoreFunc func, gpointer data)
{
  UpdateRequest *request = mr_request_new (sizeof *request, &update_kind, id);

  request->base.func = func;
  request->base.data = data;
  request->base.ride = (flags & MR_STORE_RIDE) != 0;
  request->changed = changed != NULL ? changed : g_ptr_array_new ();
  request->attempts = attempts;
  request->flags = flags;
  mr_store_submit (store, request);
}
