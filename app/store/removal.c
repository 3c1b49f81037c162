/* Taking messages out of the history, with a while to think better of it; and letting held ones go at their time.
 *
 * A removed message is a tombstone: no list, no count and no other request finds it, but all its rows are there until the time in `removed` has
 * come. A program that dies in between loses neither the message nor the wish: the next purge makes it true.
 */
#include "config.h"

#include "store/private.h"

#include <glib/gi18n-lib.h>

#define STEP 200

/* ---- removing and putting back ---- */

typedef struct {
  MrRequest base;
  gint64 until; /* 0: put back */
} RemoveRequest;

static gboolean
check_removal (MrSession *session, const RemoveRequest *request, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT finished, removed FROM message WHERE id = ?1", error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, request->base.id);
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  gint64 finished = has_row ? sqlite3_column_int64 (row, 0) : 0, removed = has_row ? sqlite3_column_int64 (row, 1) : 0;
  if (!has_row || (removed > 0) == (request->until > 0)) {
    g_set_error (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("There is no message %s in the outbox"), request->base.id);
    return FALSE;
  }
  if (finished > 0)
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_REFUSED, _ ("Message %s is still in the outbox; stop it first"),
               request->base.id);
  return FALSE;
}

static gboolean
run_remove (MrSession *session, MrRequest *base, GError **error)
{
  RemoveRequest *request = (RemoveRequest *)base;
  g_auto (MrRow) row = NULL;

  if (!check_removal (session, request, error))
    return FALSE;
  row = mr_db_statement (session->db, "UPDATE message SET removed = ?2 WHERE id = ?1", error);
  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, base->id);
  sqlite3_bind_int64 (row, 2, request->until);
  session->delta.finished += request->until > 0 ? -1 : 1;
  mr_session_touch (session, base->id, request->until > 0 ? MR_LIST_PLACE_GONE : MR_LIST_PLACE_HISTORY);
  return mr_db_run (session->db, row, error);
}

static const MrRequestKind remove_kind = { "remove", run_remove, NULL, NULL, mr_request_deliver, mr_request_release };

static void
submit_removal (MrStore *store, const char *id, gint64 until, MrStoreFunc func, gpointer data)
{
  RemoveRequest *request = mr_request_new (sizeof *request, &remove_kind, id);

  request->base.func = func;
  request->base.data = data;
  request->until = until;
  mr_store_submit (store, request);
}

void
mr_store_remove_message (MrStore *store, const char *id, gint64 until, MrStoreFunc func, gpointer data)
{
  submit_removal (store, id, MAX (until, 1), func, data);
}

void
mr_store_restore_message (MrStore *store, const char *id, MrStoreFunc func, gpointer data)
{
  submit_removal (store, id, 0, func, data);
}

/* ---- what waits for a time ---- */

typedef struct {
  MrRequest base;
  gint64 now, next;
  MrStoreNextFunc func; /* of a release */
} TimedRequest;

typedef struct {
  char id[MR_ID_LENGTH + 1];
  gint64 num;
} Found;

/* sql: id, num; ?1 now, ?2 limit */
static GArray *
collect (MrSession *session, const char *sql, gint64 now, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Found));
  MrRow row = mr_db_prepare (session->db, sql, error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return NULL;
  sqlite3_bind_int64 (row, 1, now);
  sqlite3_bind_int (row, 2, STEP);
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row) {
    Found found = { .num = sqlite3_column_int64 (row, 1) };
    const char *id = (const char *)sqlite3_column_text (row, 0);

    g_strlcpy (found.id, id != NULL ? id : "", sizeof found.id);
    g_array_append_val (all, found);
  }
  sqlite3_finalize (row);
  return ok ? g_steal_pointer (&all) : NULL;
}

static gboolean
run_purge (MrSession *session, MrRequest *base, GError **error)
{
  TimedRequest *request = (TimedRequest *)base;
  g_autoptr (GArray) all = collect (
      session, "SELECT id, num FROM message WHERE removed > 0 AND removed <= ?1 ORDER BY removed LIMIT ?2",
      request->now, error);

  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++) {
    const Found *found = &g_array_index (all, Found, i);

    session->delta.finished++; /* it left the history when it was removed */
    if (!mr_message_delete (session, found->id, found->num, error))
      return FALSE;
  }
  base->again = all->len == STEP;
  return TRUE;
}

static void
advance (MrRequest *base)
{
}

static const MrRequestKind purge_kind = { "purge", run_purge, NULL, advance, mr_request_deliver, mr_request_release };

void
mr_store_purge_removed (MrStore *store, gint64 now, MrStoreFunc func, gpointer data)
{
  TimedRequest *request = mr_request_new (sizeof *request, &purge_kind, NULL);

  request->base.func = func;
  request->base.data = data;
  request->now = now;
  mr_store_submit (store, request);
}

static gboolean
let_go (MrSession *session, const char *id, gint64 now, GError **error)
{
  MrMessageHead head;
  MrMessageSum sum;

  if (!mr_message_forget_hold_time (session, id, error) || !mr_message_get_head (session, id, &head, error))
    return FALSE;
  MrHoldReason old_hold = head.hold;
  if (head.finished > 0 || old_hold == MR_HOLD_NONE || old_hold == MR_HOLD_DAMAGED)
    return TRUE;
  head.hold = MR_HOLD_NONE;
  return mr_message_schedule_recipients (session, head.num, now, error)
         && mr_message_sum (session, head.num, &sum, error)
         && mr_message_settle (session, id, &head, old_hold, &sum, error);
}

static gboolean
find_next (MrSession *session, gint64 *ret_next, GError **error)
{
  gint64 next = 0;

  if (!mr_db_get_int (session->db, "SELECT min (hold_until) FROM message WHERE hold_until > 0", &next, error))
    return FALSE;
  *ret_next = next;
  return TRUE;
}

static gboolean
run_release_due (MrSession *session, MrRequest *base, GError **error)
{
  TimedRequest *request = (TimedRequest *)base;
  g_autoptr (GArray) all = collect (
      session, "SELECT id, num FROM message WHERE hold_until > 0 AND hold_until <= ?1 ORDER BY hold_until LIMIT ?2",
      request->now, error);

  if (all == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    if (!let_go (session, g_array_index (all, Found, i).id, request->now, error))
      return FALSE;
  base->again = all->len == STEP;
  return find_next (session, &request->next, error);
}

static void
deliver_next (MrRequest *base)
{
  TimedRequest *request = (TimedRequest *)base;

  request->func (request->next, base->error, base->data);
}

static const MrRequestKind release_due_kind = { "release-due", run_release_due, NULL,
                                                advance,       deliver_next,    mr_request_release };

void
mr_store_release_due (MrStore *store, gint64 now, MrStoreNextFunc func, gpointer data)
{
  TimedRequest *request = mr_request_new (sizeof *request, &release_due_kind, NULL);

  request->base.data = data;
  request->func = func;
  request->now = MAX (now, 1);
  mr_store_submit (store, request);
}
