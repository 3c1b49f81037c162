/* What happens at opening, before anything is answered: the traces of a crash are put right in one transaction.
 *
 * An upload without its message was never acknowledged: it goes. A message that was leased is free again; of its
 * recipients those with the mark of the final dot become uncertain (they may have it), the others that were being sent
 * wait again, both due at once. The mark rides in a commit that nobody waits for, so the last 50 ms before a crash may be
 * missing from it.
 */
#include "store/private.h"

#include "base/log.h"

static gboolean
drop_uploads (MrDb *db, GError **error)
{
  return mr_db_exec (db,
                     "DELETE FROM chunk WHERE key IN (SELECT c.key FROM incoming i JOIN chunk c"
                     " ON c.key BETWEEN i.num << 20 AND (i.num << 20 | 1048575));"
                     "DELETE FROM incoming",
                     error);
}

/* state 2 uncertain, 1 sending, 0 waiting; wait_reason 1 retry-time; stage 9 dot. Final states (above 3) stay. */
static gboolean
settle_recipients (MrDb *db, gint64 now, GError **error)
{
  MrRow row = mr_db_prepare (db,
                             "UPDATE recipient SET uncertain = uncertain + dot,"
                             " state = CASE WHEN dot THEN 2 WHEN state = 1 THEN 0 ELSE state END,"
                             " stage = CASE WHEN dot THEN 9 ELSE stage END,"
                             " wait_reason = 1, next_attempt = ?1, changed = ?1, dot = 0"
                             " WHERE state <= 3 AND (state = 1 OR dot = 1) AND key IN (SELECT r.key FROM message m"
                             " JOIN recipient r ON r.key BETWEEN m.num << 20 AND (m.num << 20 | 1048575)"
                             " WHERE m.finished = 0 AND m.leased = 1)",
                             error);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, MAX (now, 1));
  gboolean ok = mr_db_run (db, row, error);
  int n = sqlite3_changes (db->handle);
  sqlite3_finalize (row);
  if (ok && n > 0)
    mr_info ("store", "%d recipients were being sent when the service stopped", n);
  return ok;
}

/* The same as mr_recipient_record_due(). */
#define DUE                                                                                                            \
  "(SELECT min (CASE WHEN r.next_attempt > 0 THEN r.next_attempt WHEN r.state < 2 AND r.wait_reason < 2 THEN 0 END)"   \
  " FROM recipient r WHERE r.key BETWEEN num << 20 AND (num << 20 | 1048575) AND r.state <= 3)"

gboolean
mr_recover (MrDb *db, gint64 now, GError **error)
{
  if (!mr_db_begin (db, error))
    return FALSE;
  if (drop_uploads (db, error) && settle_recipients (db, now, error)
      && mr_db_exec (db,
                     "UPDATE message SET leased = 0, next_attempt = coalesce (" DUE ", 0),"
                     " due = CASE WHEN hold = 0 THEN max (" DUE ", not_before) END WHERE finished = 0 AND leased = 1",
                     error)) {
    mr_store_fault_point ("recover");
    if (mr_db_commit (db, error)) {
      mr_store_fault_point ("recovered");
      return TRUE;
    }
  }
  mr_db_rollback (db);
  return FALSE;
}

/* The counter of numbers, and as a second line of defence the keys that are there. */
static gboolean
find_next_num (MrDb *db, gint64 *ret, GError **error)
{
  static const char *const queries[] = {
    "SELECT value FROM value WHERE name = '.next_num'",
    "SELECT (max (key) >> 20) + 1 FROM recipient",
    "SELECT (max (key) >> 20) + 1 FROM chunk",
    "SELECT (max (key) >> 20) + 1 FROM attempt",
  };
  gint64 next = 1;

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
    gint64 value = 0;
    if (!mr_db_get_int (db, queries[i], &value, error))
      return FALSE;
    next = MAX (next, value);
  }
  *ret = next;
  return TRUE;
}

gboolean
mr_values_load (MrDb *db, GHashTable *values, gint64 *ret_next_num, GError **error)
{
  MrRow row = mr_db_prepare (db, "SELECT name, value FROM value WHERE name NOT LIKE '.%'", error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  while ((ok = mr_db_step (db, row, &has_row, error)) && has_row) {
    gint64 value = sqlite3_column_int64 (row, 1);
    const char *name = (const char *)sqlite3_column_text (row, 0);
    if (name != NULL)
      g_hash_table_replace (values, g_strdup (name), g_memdup2 (&value, sizeof value));
  }
  sqlite3_finalize (row);
  return ok && find_next_num (db, ret_next_num, error);
}
