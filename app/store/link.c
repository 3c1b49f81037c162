/* A report that came back by mail: which message of the history it is about, and the mark on it. */
#include "store/private.h"
#include "store/statistics.h"

#include "base/id.h"
#include "mail/address.h"

/* ---- finding ---- */

typedef struct {
  MrRequest base;
  char *message_id, *envid, *recipient;
  MrStoreFoundFunc func;
  char found[MR_ID_LENGTH + 1];
  guint n;
} FindRequest;

/* The newest message with this value; *ret_num 0: none. Walks over the history: a person waits for it, nobody else. */
static gboolean
find_message (MrSession *session, FindRequest *request, const char *sql, const char *value, gint64 *ret_num,
              GError **error)
{
  MrRow row;
  gboolean has_row = FALSE, ok;

  if (*ret_num != 0 || value == NULL || *value == '\0')
    return TRUE;
  row = mr_db_prepare (session->db, sql, error);
  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, value);
  ok = mr_db_step (session->db, row, &has_row, error);
  if (ok && has_row) {
    g_strlcpy (request->found, (const char *)sqlite3_column_text (row, 0), sizeof request->found);
    *ret_num = sqlite3_column_int64 (row, 1);
  }
  sqlite3_finalize (row);
  return ok;
}

/* Whose report it is: the recipient by its address; the only one there is, where the mail was forwarded and failed elsewhere. */
static gboolean
find_recipient (MrSession *session, FindRequest *request, gint64 num, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "SELECT key, address FROM recipient WHERE key BETWEEN ?1 AND ?2",
                                        error);
  gboolean has_row = FALSE, matched = FALSE;
  guint n = 0, first = G_MAXUINT;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (num, 0));
  sqlite3_bind_int64 (row, 2, MR_KEY (num, MR_KEY_MAX_N));
  while (!matched) {
    if (!mr_db_step (session->db, row, &has_row, error))
      return FALSE;
    if (!has_row)
      break;
    const char *address = (const char *)sqlite3_column_text (row, 1);
    first = (guint)(sqlite3_column_int64 (row, 0) & MR_KEY_MAX_N);
    n++;
    matched = request->recipient != NULL && address != NULL && mr_address_equal (address, request->recipient);
  }
  request->n = matched || n == 1 ? first : G_MAXUINT;
  return TRUE;
}

static gboolean
run_find (MrSession *session, MrRequest *base, GError **error)
{
  FindRequest *request = (FindRequest *)base;
  gint64 num = 0;

  request->found[0] = '\0';
  request->n = G_MAXUINT;
  if (!find_message (session, request, "SELECT id, num FROM message WHERE id = ?1", base->id, &num, error)
      || !find_message (session, request, "SELECT id, num FROM message WHERE envid = ?1 ORDER BY id DESC LIMIT 1",
                        request->envid, &num, error)
      || !find_message (session, request,
                        "SELECT id, num FROM message WHERE message_id = ?1 AND report_for IS NULL ORDER BY id DESC"
                        " LIMIT 1",
                        request->message_id, &num, error))
    return FALSE;
  return num == 0 || find_recipient (session, request, num, error);
}

static void
deliver_find (MrRequest *base)
{
  FindRequest *request = (FindRequest *)base;

  request->func (base->error == NULL && request->found[0] != '\0' ? request->found : NULL, request->n, base->error,
                 base->data);
}

static void
release_find (MrRequest *base)
{
  FindRequest *request = (FindRequest *)base;

  g_free (request->message_id);
  g_free (request->envid);
  g_free (request->recipient);
  mr_request_release (base);
}

static const MrRequestKind find_kind = { "find-reported", run_find, NULL, NULL, deliver_find, release_find };

void
mr_store_find_reported (MrStore *store, const char *id, const char *envid, const char *message_id,
                        const char *recipient, MrStoreFoundFunc func, gpointer data)
{
  FindRequest *request = mr_request_new (sizeof *request, &find_kind, id != NULL && mr_id_is_valid (id) ? id : NULL);

  request->envid = g_strdup (envid);
  request->message_id = g_strdup (message_id);
  request->recipient = g_strdup (recipient);
  request->func = func;
  request->base.data = data;
  mr_store_submit_read (store, store->lists, request);
}

/* ---- marking ---- */

typedef struct {
  MrRequest base;
  guint n;
  gint64 when;
  char *cause;
} BouncedRequest;

/* Only what was delivered can have come back later. */
/* n: row of the recipient that it is about; FALSE without error: there is none. complaint: which of the two marks. */
static gboolean
get_marked (MrSession *session, const MrMessageHead *head, guint n, gboolean complaint, MrRecipientRecord *ret,
            gboolean *ret_fresh, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db, "SELECT address, account, host, direct, state, bounced, complained FROM recipient WHERE key = ?1",
      error);
  gboolean has_row = FALSE, bad = FALSE;

  *ret_fresh = FALSE;
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (head->num, MIN (n, MR_KEY_MAX_N)));
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  ret->address = mr_row_get_text (row, 0, &bad);
  ret->account = mr_row_get_text (row, 1, &bad);
  ret->host = mr_row_get_text (row, 2, &bad);
  ret->direct = sqlite3_column_int (row, 3) != 0;
  ret->state = MR_RECIPIENT_RETURNED;
  int state = sqlite3_column_int (row, 4);
  *ret_fresh = (state == MR_RECIPIENT_DELIVERED || state == MR_RECIPIENT_RELAYED)
               && sqlite3_column_int64 (row, complaint ? 6 : 5) == 0;
  return TRUE;
}

/* Counted and told once, however often the same report is opened. */
static gboolean
count_mark (MrSession *session, const char *id, const MrMessageHead *head, guint n, gboolean complaint,
            const char *cause, GError **error)
{
  g_autoptr (MrRecipientRecord) recipient = mr_recipient_record_new (n, NULL);
  gboolean fresh, unknown = n == G_MAXUINT;

  if (!get_marked (session, head, unknown ? 0 : n, complaint, recipient, &fresh, error))
    return FALSE;
  if (!fresh)
    return TRUE;
  MrStatisticEvent event = { .account = recipient->account,
                             .program = head->program,
                             .address = unknown ? NULL : recipient->address,
                             .cause = cause,
                             .host = unknown ? NULL : recipient->host,
                             .direct = recipient->direct };
  event.counts[complaint ? MR_COUNT_COMPLAINTS : MR_COUNT_RETURNED] = 1;
  mr_statistics_count (session, &event);
  recipient->cause = g_strdup (cause);
  return mr_audit_add_outcome (session, id, recipient, error);
}

static gboolean
run_bounced (MrSession *session, MrRequest *base, GError **error)
{
  BouncedRequest *request = (BouncedRequest *)base;
  MrMessageHead head;
  g_auto (MrRow) row = NULL;

  if (!mr_message_get_head (session, base->id, &head, error))
    return FALSE;
  if (!count_mark (session, base->id, &head, request->n, FALSE, request->cause, error))
    return FALSE;
  row = mr_db_statement (
      session->db, "UPDATE recipient SET bounced = ?2, bounced_cause = ?3 WHERE key = ?1 AND state IN (4, 5)", error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (head.num, MIN (request->n, MR_KEY_MAX_N)));
  sqlite3_bind_int64 (row, 2, request->when > 0 ? request->when : session->now);
  mr_db_bind_text (row, 3, request->cause);
  mr_session_touch (session, base->id, MR_LIST_PLACE_SAME);
  return mr_db_run (session->db, row, error);
}

static void
release_bounced (MrRequest *base)
{
  g_free (((BouncedRequest *)base)->cause);
  mr_request_release (base);
}

static const MrRequestKind bounced_kind = { "bounced", run_bounced, NULL, NULL, mr_request_deliver, release_bounced };

void
mr_store_mark_bounced (MrStore *store, const char *id, guint n, gint64 when, const char *cause, MrStoreFunc func,
                       gpointer data)
{
  BouncedRequest *request = mr_request_new (sizeof *request, &bounced_kind, id);

  request->base.func = func;
  request->base.data = data;
  request->n = n;
  request->when = when;
  request->cause = g_strdup (cause);
  mr_store_submit (store, request);
}

/* ---- complaints ---- */

static gboolean
run_complaint (MrSession *session, MrRequest *base, GError **error)
{
  guint n = ((BouncedRequest *)base)->n;
  MrMessageHead head;
  g_auto (MrRow) row = NULL;

  if (!mr_message_get_head (session, base->id, &head, error)
      || !count_mark (session, base->id, &head, n, TRUE, "notice-complaint", error))
    return FALSE;
  row = mr_db_statement (
      session->db, "UPDATE recipient SET complained = ?2 WHERE key = ?1 AND state IN (4, 5) AND complained = 0", error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MR_KEY (head.num, n == G_MAXUINT ? 0 : MIN (n, MR_KEY_MAX_N)));
  sqlite3_bind_int64 (row, 2, MAX (session->now, 1));
  return mr_db_run (session->db, row, error);
}

static const MrRequestKind complaint_kind = { "complaint", run_complaint,      NULL,
                                              NULL,        mr_request_deliver, release_bounced };

void
mr_store_count_complaint (MrStore *store, const char *id, guint n, MrStoreFunc func, gpointer data)
{
  BouncedRequest *request = mr_request_new (sizeof *request, &complaint_kind, id);

  request->base.func = func;
  request->base.data = data;
  request->n = n;
  mr_store_submit (store, request);
}
