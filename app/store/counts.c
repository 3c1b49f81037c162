/* Counters and tallies. */
#include "store/counts.h"

#define QUARTER (G_GINT64_CONSTANT (900) * G_USEC_PER_SEC)

void
mr_counts_add (MrCounts *total, const MrCounts *delta)
{
  total->messages_active += delta->messages_active;
  total->messages_held += delta->messages_held;
  total->bytes_active += delta->bytes_active;
  total->finished += delta->finished;
  total->forgotten += delta->forgotten;
  for (guint i = 0; i < MR_RECIPIENT_N_STATES; i++)
    total->recipients[i] += delta->recipients[i];
  for (guint i = 0; i < MR_WAIT_N_REASONS; i++)
    total->waits[i] += delta->waits[i];
}

void
mr_counts_recipient (MrCounts *counts, MrRecipientState state, MrWaitReason reason, int sign)
{
  counts->recipients[state] += sign;
  if (!mr_recipient_state_is_final (state))
    counts->waits[reason] += sign;
}

static gboolean
load_recipients (MrDb *db, MrCounts *counts, GError **error)
{
  MrRow row = mr_db_prepare (db,
                             "SELECT r.state, r.wait_reason, count(*) FROM message m JOIN recipient r"
                             " ON r.key BETWEEN m.num << 20 AND (m.num << 20 | 1048575)"
                             " WHERE m.finished = 0 GROUP BY 1, 2",
                             error);
  gboolean has_row = FALSE, ok;

  if (row == NULL)
    return FALSE;
  while ((ok = mr_db_step (db, row, &has_row, error)) && has_row) {
    gint64 state = sqlite3_column_int64 (row, 0), reason = sqlite3_column_int64 (row, 1);
    if (state < 0 || state >= MR_RECIPIENT_N_STATES || reason < 0 || reason >= MR_WAIT_N_REASONS)
      continue;
    counts->recipients[state] += sqlite3_column_int64 (row, 2);
    if (!mr_recipient_state_is_final ((MrRecipientState)state))
      counts->waits[reason] += sqlite3_column_int64 (row, 2);
  }
  sqlite3_finalize (row);
  return ok;
}

gboolean
mr_counts_load (MrDb *db, MrCounts *ret, GError **error)
{
  MrCounts counts = { 0 };

  if (!mr_db_get_int (db, "SELECT count(*) FROM message WHERE finished = 0", &counts.messages_active, error)
      || !mr_db_get_int (db, "SELECT count(*) FROM message WHERE finished = 0 AND hold > 0", &counts.messages_held,
                         error)
      || !mr_db_get_int (db, "SELECT sum(size) FROM message WHERE finished = 0", &counts.bytes_active, error)
      || !mr_db_get_int (db, "SELECT value FROM value WHERE name = '.finished'", &counts.finished, error)
      || !load_recipients (db, &counts, error))
    return FALSE;
  *ret = counts;
  return TRUE;
}

gint64
mr_tally_quarter (gint64 wall_usec)
{
  return wall_usec / QUARTER;
}

static gboolean
write_tally (MrDb *db, const MrCounts *delta, gint64 now, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      db,
      "INSERT INTO tally (quarter, accepted, delivered, failed) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT (quarter) DO UPDATE SET accepted = accepted + ?2,"
      " delivered = delivered + ?3, failed = failed + ?4",
      error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, mr_tally_quarter (now));
  sqlite3_bind_int64 (row, 2, delta->accepted);
  sqlite3_bind_int64 (row, 3, delta->delivered);
  sqlite3_bind_int64 (row, 4, delta->failed);
  return mr_db_run (db, row, error);
}

static gboolean
write_finished (MrDb *db, gint64 finished, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (db,
                                        "INSERT INTO value (name, value) VALUES ('.finished', ?1)"
                                        " ON CONFLICT (name) DO UPDATE SET value = value + ?1",
                                        error);
  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, finished);
  return mr_db_run (db, row, error);
}

gboolean
mr_counts_write (MrDb *db, const MrCounts *delta, gint64 now, GError **error)
{
  if ((delta->accepted != 0 || delta->delivered != 0 || delta->failed != 0) && !write_tally (db, delta, now, error))
    return FALSE;
  return delta->finished == 0 || write_finished (db, delta->finished, error);
}
