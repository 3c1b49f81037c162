/* What a person or an event changes: hold, account, "now", waking what waited for something.
 *
 * What may touch many messages goes in steps, each in a transaction of its own, so that mail is not kept waiting while
 * 100,000 messages learn that the network is back. A step remembers where the next one goes on; it is repeated as it
 * was when its transaction failed.
 */
#include "store/private.h"

#include <string.h>

#include "mail/address.h"

#define STEP 500

/* ---- one message ---- */

typedef struct {
  MrRequest base;
  MrStoreMessageMask mask;
  MrHoldReason hold;
  gint64 not_before;
  char *account;
} SetRequest;

static gboolean
set_account (MrSession *session, const char *id, const char *account, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "UPDATE message SET account_override = ?2 WHERE id = ?1", error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  mr_db_bind_text (row, 2, account);
  return mr_db_run (session->db, row, error);
}

/* What waits of a message goes at `now`, whatever it waited for. */
gboolean
mr_message_schedule_recipients (MrSession *session, gint64 num, gint64 now, GError **error)
{
  g_auto (MrRow) read = mr_db_statement (
      session->db, "SELECT wait_reason FROM recipient WHERE key BETWEEN ?1 AND ?2 AND state = 0", error);
  g_auto (MrRow) row = NULL;
  gboolean has_row = FALSE;

  if (read == NULL)
    return FALSE;
  sqlite3_bind_int64 (read, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (read, 2, MR_KEY (num, MR_KEY_MAX_N));
  while (TRUE) {
    if (!mr_db_step (session->db, read, &has_row, error))
      return FALSE;
    if (!has_row)
      break;
    guint reason = (guint)sqlite3_column_int (read, 0);
    if (reason < MR_WAIT_N_REASONS)
      session->delta.waits[reason]--;
    session->delta.waits[MR_WAIT_RETRY_TIME]++;
  }

  row = mr_db_statement (
      session->db, "UPDATE recipient SET next_attempt = ?3, wait_reason = 1 WHERE key BETWEEN ?1 AND ?2 AND state = 0",
      error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  sqlite3_bind_int64 (row, 3, MAX (now, 1));
  return mr_db_run (session->db, row, error);
}

gboolean
mr_message_forget_hold_time (MrSession *session, const char *id, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "UPDATE message SET hold_until = 0 WHERE id = ?1 AND hold_until > 0", error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, id);
  return mr_db_run (session->db, row, error);
}

static gboolean
run_set (MrSession *session, MrRequest *base, GError **error)
{
  SetRequest *request = (SetRequest *)base;
  MrMessageHead head;
  MrMessageSum sum;

  if (!mr_message_get_head (session, base->id, &head, error))
    return FALSE;
  MrHoldReason old_hold = head.hold;
  if ((request->mask & MR_STORE_HOLD) != 0 && head.finished == 0) {
    head.hold = request->hold;
    if (!mr_message_forget_hold_time (session, base->id, error))
      return FALSE;
  }
  if ((request->mask & MR_STORE_NOT_BEFORE) != 0)
    head.not_before = MAX (request->not_before, 0);
  if ((request->mask & MR_STORE_ACCOUNT) != 0 && !set_account (session, base->id, request->account, error))
    return FALSE;
  if ((request->mask & MR_STORE_NEXT_NOW) != 0 && head.finished == 0
      && !mr_message_schedule_recipients (session, head.num, session->now, error))
    return FALSE;
  return mr_message_sum (session, head.num, &sum, error)
         && mr_message_settle (session, base->id, &head, old_hold, &sum, error);
}

static void
release_set (MrRequest *base)
{
  g_free (((SetRequest *)base)->account);
  mr_request_release (base);
}

static const MrRequestKind set_kind = { "set", run_set, NULL, NULL, mr_request_deliver, release_set };

void
mr_store_set_message (MrStore *store, const char *id, MrStoreMessageMask mask, MrHoldReason hold, gint64 not_before,
                      const char *account_override, MrStoreFunc func, gpointer data)
{
  SetRequest *request = mr_request_new (sizeof *request, &set_kind, id);

  request->base.func = func;
  request->base.data = data;
  request->mask = mask;
  request->hold = (guint)hold < MR_HOLD_N_REASONS ? hold : MR_HOLD_PERSON;
  request->not_before = not_before;
  request->account = g_strdup (account_override);
  mr_store_submit (store, request);
}

/* ---- waking ---- */

/* Where a walk stands: one wait reason after the other, then those that need a person; in each by key. */
typedef struct {
  guint phase;
  gint64 key;
} WakeCursor;
#define PHASE_PERSON MR_WAIT_N_REASONS
#define PHASE_END    (MR_WAIT_N_REASONS + 1)

typedef struct {
  MrRequest base;
  guint wait_reasons;
  gboolean needs_person;
  char *account;
  gint64 now;
  WakeCursor here, next;
} WakeRequest;

typedef struct {
  gint64 key;
  char id[MR_ID_LENGTH + 1];
  MrWaitReason reason;
} WakeRow;

/* The literal conditions let SQLite use the partial indexes. */
static MrRow
wake_query (MrSession *session, WakeRequest *request, GError **error)
{
  MrRow row = request->here.phase == PHASE_PERSON
                  ? mr_db_statement (session->db,
                                     "SELECT key, message, wait_reason FROM recipient WHERE state = 3 AND key > ?1"
                                     " AND (?2 IS NULL OR account = ?2) ORDER BY key LIMIT ?3",
                                     error)
                  : mr_db_statement (session->db,
                                     "SELECT key, message, wait_reason FROM recipient WHERE wait_reason = ?4"
                                     " AND wait_reason > 0 AND state = 0 AND key > ?1"
                                     " AND (?2 IS NULL OR account = ?2) ORDER BY key LIMIT ?3",
                                     error);

  if (row == NULL)
    return NULL;
  sqlite3_bind_int64 (row, 1, request->here.key);
  mr_db_bind_text (row, 2, request->account);
  sqlite3_bind_int (row, 3, STEP);
  if (request->here.phase != PHASE_PERSON)
    sqlite3_bind_int (row, 4, (int)request->here.phase);
  return row;
}

static gboolean
collect_wake (MrSession *session, WakeRequest *request, GArray *rows, GError **error)
{
  g_auto (MrRow) row = wake_query (session, request, error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    WakeRow found = { .key = sqlite3_column_int64 (row, 0) };
    const char *id = (const char *)sqlite3_column_text (row, 1);
    g_strlcpy (found.id, id != NULL ? id : "", sizeof found.id);
    found.reason = (MrWaitReason)CLAMP (sqlite3_column_int (row, 2), 0, MR_WAIT_N_REASONS - 1);
    g_array_append_val (rows, found);
  }
  return FALSE;
}

static gboolean
wake_recipient (MrSession *session, const WakeRow *found, gboolean person, gint64 now, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db, "UPDATE recipient SET state = 0, wait_reason = 1, next_attempt = ?2, changed = ?3 WHERE key = ?1",
      error);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, found->key);
  sqlite3_bind_int64 (row, 2, MAX (now, 1));
  sqlite3_bind_int64 (row, 3, session->now);
  mr_counts_recipient (&session->delta, person ? MR_RECIPIENT_NEEDS_PERSON : MR_RECIPIENT_WAITING, found->reason, -1);
  mr_counts_recipient (&session->delta, MR_RECIPIENT_WAITING, MR_WAIT_RETRY_TIME, 1);
  return mr_db_run (session->db, row, error);
}

/* Rows [first, end) belong to one message. */
static gboolean
wake_message (MrSession *session, WakeRequest *request, GArray *rows, guint first, guint end, GError **error)
{
  const char *id = g_array_index (rows, WakeRow, first).id;
  g_autoptr (GError) local_error = NULL;
  MrMessageHead head;
  MrMessageSum sum;

  if (!mr_message_get_head (session, id, &head, &local_error)) {
    if (session->db->failed)
      g_propagate_error (error, g_steal_pointer (&local_error));
    return !session->db->failed; /* a row without its message: nothing to wake */
  }
  if (head.leased || head.finished > 0)
    return TRUE;
  for (guint i = first; i < end; i++)
    if (!wake_recipient (session, &g_array_index (rows, WakeRow, i), request->here.phase == PHASE_PERSON, request->now,
                         error))
      return FALSE;
  return mr_message_sum (session, head.num, &sum, error)
         && mr_message_settle (session, id, &head, head.hold, &sum, error);
}

static gboolean
is_wanted (const WakeRequest *request, guint phase)
{
  return phase == PHASE_PERSON ? request->needs_person : (request->wait_reasons & 1u << phase) != 0;
}

static gboolean
run_wake (MrSession *session, MrRequest *base, GError **error)
{
  WakeRequest *request = (WakeRequest *)base;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (WakeRow));

  request->next = request->here;
  if (is_wanted (request, request->here.phase) && !collect_wake (session, request, rows, error))
    return FALSE;
  for (guint first = 0, end; first < rows->len; first = end) {
    for (end = first + 1; end < rows->len; end++)
      if (strcmp (g_array_index (rows, WakeRow, first).id, g_array_index (rows, WakeRow, end).id) != 0)
        break;
    if (!wake_message (session, request, rows, first, end, error))
      return FALSE;
  }
  if (rows->len == STEP)
    request->next.key = g_array_index (rows, WakeRow, rows->len - 1).key;
  else {
    request->next = (WakeCursor){ request->here.phase + 1, -1 };
    while (request->next.phase < PHASE_END && !is_wanted (request, request->next.phase))
      request->next.phase++;
  }
  base->again = request->next.phase < PHASE_END;
  return TRUE;
}

static void
advance_wake (MrRequest *base)
{
  WakeRequest *request = (WakeRequest *)base;

  request->here = request->next;
}

static void
release_wake (MrRequest *base)
{
  g_free (((WakeRequest *)base)->account);
  mr_request_release (base);
}

static const MrRequestKind wake_kind = { "wake", run_wake, NULL, advance_wake, mr_request_deliver, release_wake };

void
mr_store_wake (MrStore *store, guint wait_reasons, gboolean needs_person, const char *account, gint64 now,
               MrStoreFunc func, gpointer data)
{
  WakeRequest *request = mr_request_new (sizeof *request, &wake_kind, NULL);

  request->base.func = func;
  request->base.data = data;
  request->wait_reasons = wait_reasons & ~1u; /* "none" is no reason to be woken from */
  request->needs_person = needs_person;
  request->account = g_strdup (account);
  request->now = now;
  request->here.key = -1;
  while (request->here.phase < PHASE_PERSON && !is_wanted (request, request->here.phase))
    request->here.phase++;
  mr_store_submit (store, request);
}

/* ---- releasing what is held ---- */

typedef struct {
  MrRequest base;
  MrHoldReason hold;
  char **patterns;
  gint64 now;
  char here[MR_ID_LENGTH + 1], next[MR_ID_LENGTH + 1];
} ReleaseRequest;

static gboolean
sender_matches (const ReleaseRequest *request, const char *reverse_path, const char *from)
{
  if (request->patterns == NULL)
    return TRUE;
  for (char **pattern = request->patterns; *pattern != NULL; pattern++)
    if ((reverse_path != NULL && reverse_path[0] != '\0' && mr_address_matches (reverse_path, *pattern))
        || (from != NULL && mr_address_matches (from, *pattern)))
      return TRUE;
  return FALSE;
}

static gboolean
collect_held (MrSession *session, ReleaseRequest *request, GPtrArray *ids, gboolean *ret_more, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT id, reverse_path, from_address FROM message WHERE finished = 0"
                                        " AND hold = ?2 AND id > ?1 ORDER BY id LIMIT ?3",
                                        error);
  gboolean has_row = FALSE;
  guint n = 0;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, request->here);
  sqlite3_bind_int (row, 2, request->hold);
  sqlite3_bind_int (row, 3, STEP);
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row) {
      *ret_more = n == STEP;
      return TRUE;
    }
    n++;
    const char *id = (const char *)sqlite3_column_text (row, 0);
    g_strlcpy (request->next, id != NULL ? id : "", sizeof request->next);
    if (sender_matches (request, (const char *)sqlite3_column_text (row, 1),
                        (const char *)sqlite3_column_text (row, 2)))
      g_ptr_array_add (ids, g_strdup (id));
  }
  return FALSE;
}

static gboolean
release_one (MrSession *session, ReleaseRequest *request, const char *id, GError **error)
{
  MrMessageHead head;
  MrMessageSum sum;

  if (!mr_message_get_head (session, id, &head, error))
    return FALSE;
  MrHoldReason old_hold = head.hold;
  head.hold = MR_HOLD_NONE;
  if (!mr_message_forget_hold_time (session, id, error))
    return FALSE;
  return mr_message_schedule_recipients (session, head.num, request->now, error)
         && mr_message_sum (session, head.num, &sum, error)
         && mr_message_settle (session, id, &head, old_hold, &sum, error);
}

static gboolean
run_release_held (MrSession *session, MrRequest *base, GError **error)
{
  ReleaseRequest *request = (ReleaseRequest *)base;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean more = FALSE;

  if (!collect_held (session, request, ids, &more, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!release_one (session, request, g_ptr_array_index (ids, i), error))
      return FALSE;
  base->again = more;
  return TRUE;
}

static void
advance_release_held (MrRequest *base)
{
  ReleaseRequest *request = (ReleaseRequest *)base;

  g_strlcpy (request->here, request->next, sizeof request->here);
}

static void
release_release_held (MrRequest *base)
{
  g_strfreev (((ReleaseRequest *)base)->patterns);
  mr_request_release (base);
}

static const MrRequestKind release_held_kind = { "release-held",       run_release_held,   NULL,
                                                 advance_release_held, mr_request_deliver, release_release_held };

void
mr_store_release_held (MrStore *store, MrHoldReason hold, const char *const *patterns, gint64 now, MrStoreFunc func,
                       gpointer data)
{
  ReleaseRequest *request = mr_request_new (sizeof *request, &release_held_kind, NULL);

  request->base.func = func;
  request->base.data = data;
  request->hold = hold;
  request->patterns = g_strdupv ((char **)patterns);
  request->now = now;
  mr_store_submit (store, request);
}
