/* What accounts accepted, minute by minute: the base of limits per minute and day.
 *
 * Counted in the transaction that records the attempts, so that neither a crash nor a restart makes a provider's limit seem further away than it
 * is. A row for each minute in which an account was used; the hourly clean deletes the old ones.
 */
#include "store/private.h"

#include <string.h>

#define MINUTE_USEC (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define DAY_MINUTES (24 * 60)

static gboolean
add_one (MrSession *session, const char *account, guint recipients, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "INSERT INTO account_use (account, minute, messages, recipients)"
                                        " VALUES (?1, ?2, 1, ?3) ON CONFLICT (account, minute) DO UPDATE"
                                        " SET messages = messages + 1, recipients = recipients + ?3",
                                        error);

  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, account);
  sqlite3_bind_int64 (row, 2, session->now / MINUTE_USEC);
  sqlite3_bind_int64 (row, 3, recipients);
  return mr_db_run (session->db, row, error);
}

static gboolean
is_accepted (const MrAttemptRecord *attempt)
{
  return attempt->verdict == MR_VERDICT_DELIVERED && attempt->account != NULL && attempt->account[0] != '\0';
}

gboolean
mr_account_use_add (MrSession *session, GPtrArray *attempts, GError **error)
{
  guint n = attempts != NULL ? attempts->len : 0;

  /* The attempts of an update are those of one transaction: with one account, unless a caller joins several. */
  for (guint i = 0; i < n; i++) {
    const MrAttemptRecord *first = g_ptr_array_index (attempts, i);
    guint recipients = 0;
    gboolean counted = FALSE;

    for (guint k = 0; k < n && is_accepted (first) && !counted; k++) {
      const MrAttemptRecord *other = g_ptr_array_index (attempts, k);
      gboolean same = is_accepted (other) && strcmp (first->account, other->account) == 0;

      counted = same && k < i;
      recipients += same;
    }
    if (is_accepted (first) && !counted && !add_one (session, first->account, recipients, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mr_account_use_trim (MrSession *session, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (session->db, "DELETE FROM account_use WHERE minute < ?1", error);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, session->now / MINUTE_USEC - MR_STORE_USE_DAYS * DAY_MINUTES);
  return mr_db_run (session->db, row, error);
}

/* ---- reading ---- */

typedef struct {
  MrRequest base;
  char *account;
  gint64 since;
  MrStoreUseFunc func;
  GPtrArray *use;
} UseRequest;

static gboolean
run_use (MrSession *session, MrRequest *base, GError **error)
{
  UseRequest *request = (UseRequest *)base;
  g_auto (MrRow) row = mr_db_statement (session->db,
                                        "SELECT account, minute, messages, recipients FROM account_use"
                                        " WHERE (?1 IS NULL OR account = ?1) AND minute >= ?2 ORDER BY minute, account",
                                        error);
  gboolean has_row = FALSE, bad = FALSE;

  if (row == NULL)
    return FALSE;
  g_ptr_array_set_size (request->use, 0);
  mr_db_bind_text (row, 1, request->account);
  sqlite3_bind_int64 (row, 2, request->since / MINUTE_USEC);
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    MrAccountUse *use = g_new0 (MrAccountUse, 1);
    use->account = mr_row_get_text (row, 0, &bad);
    use->time = sqlite3_column_int64 (row, 1) * MINUTE_USEC;
    use->messages = (guint)CLAMP (sqlite3_column_int64 (row, 2), 0, G_MAXINT);
    use->recipients = (guint)CLAMP (sqlite3_column_int64 (row, 3), 0, G_MAXINT);
    g_ptr_array_add (request->use, use);
  }
  return FALSE;
}

static void
deliver_use (MrRequest *base)
{
  UseRequest *request = (UseRequest *)base;

  request->func (request->use, base->error, base->data);
}

static void
release_use (MrRequest *base)
{
  UseRequest *request = (UseRequest *)base;

  g_free (request->account);
  g_ptr_array_unref (request->use);
  mr_request_release (base);
}

static const MrRequestKind use_kind = { "account-use", run_use, NULL, NULL, deliver_use, release_use };

void
mr_store_account_use (MrStore *store, const char *account, gint64 since, MrStoreUseFunc func, gpointer data)
{
  UseRequest *request = mr_request_new (sizeof *request, &use_kind, NULL);

  request->account = g_strdup (account);
  request->since = MAX (since, 0);
  request->func = func;
  request->base.data = data;
  request->use = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_account_use_free);
  mr_store_submit_read (store, store->lists, request);
}
