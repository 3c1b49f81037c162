/* The schema and its migrations.
 *
 * A message has a public id (text, sorts by age) and a number of this file. Its recipients, attempts and body chunks are
 * rows of tables whose integer key is (number << 20 | n): one b-tree each, appended to, no second index, and all rows of
 * a message are one range. Foreign keys would ask for a column and an index more in each of them; instead the ranges are deleted with
 * their message, and a reader that misses a row takes the message for damaged.
 *
 * Enums are stored as the integers of <mailrelay/types.h>: that order is part of the schema (asserted below). A new value is appended and
 * needs a new version, so that an older program does not open the file and take the value for damage; the CHECKs of version 2 leave room
 * for it where version 1 named the last value. Indexes are partial, so that a message that is taken and
 * delivered at once touches only message_active; the others hold what waits for a time, an event or a person.
 *
 * message.due: when it may be leased; NULL where it is held, leased, finished or nothing of it is scheduled. Derived, and
 * kept beside next_attempt so that the scheduler's question is one index look-up.
 */
#include "config.h"

#include "store/schema.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/records.h>

#define APPLICATION_ID 0x4d526c79 /* "MRly": file(1) and this program tell the file by it */

G_STATIC_ASSERT (MR_RECIPIENT_WAITING == 0 && MR_RECIPIENT_SENDING == 1 && MR_RECIPIENT_NEEDS_PERSON == 3);
G_STATIC_ASSERT (MR_RECIPIENT_RETURNED == 9 && MR_RECIPIENT_N_STATES == 10);
G_STATIC_ASSERT (MR_WAIT_NO_ACCOUNT == 8 && MR_WAIT_ACCOUNT_LIMIT == 9 && MR_WAIT_METERED == 10
                 && MR_WAIT_N_REASONS == 11);
G_STATIC_ASSERT (MR_HOLD_DAMAGED == 4 && MR_HOLD_NEVER_WRITE == 5 && MR_HOLD_RULE == 6 && MR_HOLD_N_REASONS == 7);
G_STATIC_ASSERT (MR_STAGE_DOT == 9 && MR_STAGE_N_STAGES == 11);
G_STATIC_ASSERT (MR_VERDICT_FAILED == 3 && MR_VERDICT_N_VERDICTS == 4);
G_STATIC_ASSERT (MR_STATISTIC_DOMAIN == 3 && MR_STATISTIC_N_KINDS == 6);

static const char schema_1[]
    = "CREATE TABLE message ("
      " id TEXT PRIMARY KEY NOT NULL CHECK (length (id) = 16),"
      " num INTEGER NOT NULL CHECK (num BETWEEN 1 AND 8796093022207),"
      " created INTEGER NOT NULL, finished INTEGER NOT NULL CHECK (finished >= 0),"
      " online_at INTEGER NOT NULL, not_before INTEGER NOT NULL, next_attempt INTEGER NOT NULL,"
      " due INTEGER, leased INTEGER NOT NULL CHECK (leased BETWEEN 0 AND 1),"
      " hold INTEGER NOT NULL CHECK (hold BETWEEN 0 AND 4),"
      " body INTEGER NOT NULL CHECK (body BETWEEN 0 AND 3)," /* MrBodyState */
      " n_chunks INTEGER NOT NULL, n_recipients INTEGER NOT NULL CHECK (n_recipients > 0), n_attempts INTEGER NOT NULL,"
      " size INTEGER NOT NULL CHECK (size >= 0), has_8bit INTEGER NOT NULL CHECK (has_8bit BETWEEN 0 AND 1),"
      " reverse_path TEXT NOT NULL, from_address TEXT, subject TEXT, message_id TEXT,"
      " program TEXT, uid INTEGER NOT NULL, pid INTEGER NOT NULL, socket TEXT, helo TEXT, auth_identity TEXT,"
      " account_override TEXT"
      ") WITHOUT ROWID;"
      "CREATE INDEX message_active ON message (id) WHERE finished = 0;"
      "CREATE INDEX message_due ON message (due) WHERE due IS NOT NULL;"
      "CREATE INDEX message_kept ON message (finished) WHERE finished > 0 AND body > 0;"

      "CREATE TABLE recipient ("
      " key INTEGER PRIMARY KEY,"
      " message TEXT NOT NULL," /* its public id: the way back from a recipient that waits */
      " address TEXT NOT NULL,"
      " state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 9),"
      " wait_reason INTEGER NOT NULL CHECK (wait_reason BETWEEN 0 AND 8),"
      " dot INTEGER NOT NULL CHECK (dot BETWEEN 0 AND 1)," /* the final dot may have gone out */
      " attempts INTEGER NOT NULL CHECK (attempts >= 0), uncertain INTEGER NOT NULL CHECK (uncertain >= 0),"
      " policy_retries INTEGER NOT NULL CHECK (policy_retries >= 0),"
      " next_attempt INTEGER NOT NULL, changed INTEGER NOT NULL,"
      " stage INTEGER NOT NULL CHECK (stage BETWEEN 0 AND 10),"
      " reply_code INTEGER NOT NULL CHECK (reply_code BETWEEN 0 AND 999), reply_enhanced TEXT, reply_text TEXT,"
      " host TEXT, account TEXT, cause TEXT, cause_params TEXT" /* GVariant text of a{ss} */
      ");"
      "CREATE INDEX recipient_blocked ON recipient (wait_reason) WHERE wait_reason > 0;"
      "CREATE INDEX recipient_person ON recipient (state) WHERE state = 3;"

      "CREATE TABLE attempt ("
      " key INTEGER PRIMARY KEY,"
      " recipient INTEGER NOT NULL, number INTEGER NOT NULL, started INTEGER NOT NULL, finished INTEGER NOT NULL,"
      " stage INTEGER NOT NULL CHECK (stage BETWEEN 0 AND 10),"
      " account TEXT, host TEXT, address TEXT, tls TEXT,"
      " reply_code INTEGER NOT NULL CHECK (reply_code BETWEEN 0 AND 999), reply_enhanced TEXT, reply_text TEXT,"
      " error TEXT, cause TEXT, verdict INTEGER NOT NULL CHECK (verdict BETWEEN 0 AND 3), transcript TEXT"
      ");"

      "CREATE TABLE chunk (key INTEGER PRIMARY KEY, crc INTEGER NOT NULL, data BLOB NOT NULL);"
      /* Uploads that have chunks and no message yet. */
      "CREATE TABLE incoming (id TEXT PRIMARY KEY NOT NULL, num INTEGER NOT NULL, n_chunks INTEGER NOT NULL) WITHOUT "
      "ROWID;"

      "CREATE TABLE value (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;"
      /* Recipients by quarter of an hour (of UTC: every time zone's day begins at one). */
      "CREATE TABLE tally (quarter INTEGER PRIMARY KEY, accepted INTEGER NOT NULL, delivered INTEGER NOT NULL,"
      " failed INTEGER NOT NULL);"
      "CREATE TABLE refusal ("
      " key INTEGER PRIMARY KEY, time INTEGER NOT NULL, uid INTEGER NOT NULL, pid INTEGER NOT NULL, program TEXT,"
      " peer TEXT, reverse_path TEXT, reason TEXT"
      ");";

/* The columns of version 1, in its order. */
#define MESSAGE_1                                                                                                      \
  "id, num, created, finished, online_at, not_before, next_attempt, due, leased, hold, body, n_chunks, n_recipients,"  \
  " n_attempts, size, has_8bit, reverse_path, from_address, subject, message_id, program, uid, pid, socket, helo,"     \
  " auth_identity, account_override"
#define RECIPIENT_1                                                                                                    \
  "key, message, address, state, wait_reason, dot, attempts, uncertain, policy_retries, next_attempt, changed, stage," \
  " reply_code, reply_enhanced, reply_text, host, account, cause, cause_params"

/* Version 2: what RFC 3461 asks for, reports by mail, straight to the recipient's server or not, mail that came back after it had been
 * delivered, addresses that are never written to, what accounts took. A CHECK cannot be altered: the two tables are made anew. */
static const char schema_2[]
    = "ALTER TABLE message RENAME TO message_1;"
      "ALTER TABLE recipient RENAME TO recipient_1;"
      "CREATE TABLE message ("
      " id TEXT PRIMARY KEY NOT NULL CHECK (length (id) = 16),"
      " num INTEGER NOT NULL CHECK (num BETWEEN 1 AND 8796093022207),"
      " created INTEGER NOT NULL, finished INTEGER NOT NULL CHECK (finished >= 0),"
      " online_at INTEGER NOT NULL, not_before INTEGER NOT NULL, next_attempt INTEGER NOT NULL,"
      " due INTEGER, leased INTEGER NOT NULL CHECK (leased BETWEEN 0 AND 1),"
      " hold INTEGER NOT NULL CHECK (hold BETWEEN 0 AND 255),"
      " body INTEGER NOT NULL CHECK (body BETWEEN 0 AND 3),"
      " n_chunks INTEGER NOT NULL, n_recipients INTEGER NOT NULL CHECK (n_recipients > 0), n_attempts INTEGER NOT NULL,"
      " size INTEGER NOT NULL CHECK (size >= 0), has_8bit INTEGER NOT NULL CHECK (has_8bit BETWEEN 0 AND 1),"
      " reverse_path TEXT NOT NULL, from_address TEXT, subject TEXT, message_id TEXT,"
      " program TEXT, uid INTEGER NOT NULL, pid INTEGER NOT NULL, socket TEXT, helo TEXT, auth_identity TEXT,"
      " account_override TEXT,"
      " ret INTEGER NOT NULL DEFAULT 0 CHECK (ret BETWEEN 0 AND 255), envid TEXT,"
      " report_for TEXT" /* public id of the message that this is a report about */
      ") WITHOUT ROWID;"
      "INSERT INTO message (" MESSAGE_1 ") SELECT " MESSAGE_1 " FROM message_1;"
      "DROP TABLE message_1;"
      "CREATE INDEX message_active ON message (id) WHERE finished = 0;"
      "CREATE INDEX message_due ON message (due) WHERE due IS NOT NULL;"
      "CREATE INDEX message_kept ON message (finished) WHERE finished > 0 AND body > 0;"

      "CREATE TABLE recipient ("
      " key INTEGER PRIMARY KEY, message TEXT NOT NULL, address TEXT NOT NULL,"
      " state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 255),"
      " wait_reason INTEGER NOT NULL CHECK (wait_reason BETWEEN 0 AND 255),"
      " dot INTEGER NOT NULL CHECK (dot BETWEEN 0 AND 1),"
      " attempts INTEGER NOT NULL CHECK (attempts >= 0), uncertain INTEGER NOT NULL CHECK (uncertain >= 0),"
      " policy_retries INTEGER NOT NULL CHECK (policy_retries >= 0),"
      " next_attempt INTEGER NOT NULL, changed INTEGER NOT NULL,"
      " stage INTEGER NOT NULL CHECK (stage BETWEEN 0 AND 255),"
      " reply_code INTEGER NOT NULL CHECK (reply_code BETWEEN 0 AND 999), reply_enhanced TEXT, reply_text TEXT,"
      " host TEXT, account TEXT, cause TEXT, cause_params TEXT,"
      " direct INTEGER NOT NULL DEFAULT 0 CHECK (direct BETWEEN 0 AND 1),"
      " notify INTEGER NOT NULL DEFAULT 0, orcpt TEXT,"                              /* MrNotify */
      " report_due INTEGER NOT NULL DEFAULT 0, reported INTEGER NOT NULL DEFAULT 0," /* MrReport */
      " bounced INTEGER NOT NULL DEFAULT 0, bounced_cause TEXT"
      ");"
      "INSERT INTO recipient (" RECIPIENT_1 ") SELECT " RECIPIENT_1 " FROM recipient_1;"
      "DROP TABLE recipient_1;"
      "CREATE INDEX recipient_blocked ON recipient (wait_reason) WHERE wait_reason > 0;"
      "CREATE INDEX recipient_person ON recipient (state) WHERE state = 3;"
      "CREATE INDEX recipient_report ON recipient (key) WHERE report_due > 0;"

      /* key: the address as it is compared. */
      "CREATE TABLE never (key TEXT PRIMARY KEY NOT NULL, address TEXT NOT NULL, added INTEGER NOT NULL, reason TEXT,"
      " message TEXT) WITHOUT ROWID;"
      /* Recipients and transactions that an account accepted, by minute. */
      "CREATE TABLE account_use (account TEXT NOT NULL, minute INTEGER NOT NULL, messages INTEGER NOT NULL,"
      " recipients INTEGER NOT NULL, PRIMARY KEY (account, minute)) WITHOUT ROWID;";

/* Version 3: what a person does with messages. hold_rule, hold_until: which rule keeps it back, and until when; again_of: public id of the message
 * that this is a copy of; removed: taken out of the history, gone for good at this time; corrected_from: the address as it was handed in. */
static const char schema_3[] = "ALTER TABLE message ADD COLUMN hold_rule TEXT;"
                               "ALTER TABLE message ADD COLUMN hold_until INTEGER NOT NULL DEFAULT 0;"
                               "ALTER TABLE message ADD COLUMN again_of TEXT;"
                               "ALTER TABLE message ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;"
                               "ALTER TABLE recipient ADD COLUMN corrected_from TEXT;"
                               "CREATE INDEX message_hold_until ON message (hold_until) WHERE hold_until > 0;"
                               "CREATE INDEX message_removed ON message (removed) WHERE removed > 0;";

/* Version 4: what became of the mail, by hour and by day, and for offices event by event; a complaint is counted once. What was counted by quarter
 * of an hour so far is carried over. */
static const char schema_4[]
    = "CREATE TABLE statistic ("
      " kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 255)," /* MrStatisticKind */
      " days INTEGER NOT NULL CHECK (days BETWEEN 0 AND 1),"   /* an hour, a day */
      " time INTEGER NOT NULL,"                                /* its begin in seconds */
      " name TEXT NOT NULL,"
      " submitted INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,"
      " deferred INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,"
      " returned INTEGER NOT NULL DEFAULT 0, complaints INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,"
      " PRIMARY KEY (kind, days, time, name)) WITHOUT ROWID;"
      "INSERT INTO statistic (kind, days, time, name, submitted, delivered, failed)"
      " SELECT 2, 0, quarter / 4 * 3600, '', sum (accepted), sum (delivered), sum (failed) FROM tally"
      " GROUP BY quarter / 4;"
      "ALTER TABLE recipient ADD COLUMN complained INTEGER NOT NULL DEFAULT 0;"
      "CREATE TABLE audit ("
      " serial INTEGER PRIMARY KEY, time INTEGER NOT NULL,"
      " submitted INTEGER NOT NULL CHECK (submitted BETWEEN 0 AND 1), message TEXT NOT NULL, recipients TEXT,"
      " uid INTEGER NOT NULL DEFAULT -1, program TEXT, peer TEXT, reverse_path TEXT, from_address TEXT, subject TEXT,"
      " message_id TEXT, size INTEGER NOT NULL DEFAULT 0,"
      " state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 255), account TEXT, host TEXT,"
      " reply_code INTEGER NOT NULL DEFAULT 0, reply_enhanced TEXT, reply_text TEXT, cause TEXT);";

/* Version 5: notes of the engine (notes.h). */
static const char schema_5[] = "CREATE TABLE note (kind TEXT NOT NULL, key TEXT NOT NULL, changed INTEGER NOT NULL,"
                               " text TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;";

/* Version 6: what is kept of the signatures of a transmission; the way from a message to its copies. */
static const char schema_6[] = "ALTER TABLE attempt ADD COLUMN signatures TEXT;"
                               "CREATE INDEX message_again ON message (again_of) WHERE again_of IS NOT NULL;";

static const MrMigration migrations[] = {
  { 1, schema_1, NULL }, { 2, schema_2, NULL }, { 3, schema_3, NULL },
  { 4, schema_4, NULL }, { 5, schema_5, NULL }, { 6, schema_6, NULL },
};

const MrMigration *
mr_schema_migrations (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (migrations);
  return migrations;
}

/* Our file, or an empty one. */
static gboolean
check_owner (MrDb *db, gint64 version, GError **error)
{
  gint64 application_id = 0, n_objects = 0;

  if (!mr_db_get_int (db, "PRAGMA application_id", &application_id, error)
      || !mr_db_get_int (db, "SELECT count(*) FROM sqlite_schema", &n_objects, error))
    return FALSE;
  if (application_id == APPLICATION_ID || (version == 0 && n_objects == 0))
    return TRUE;
  g_set_error (error, MR_ERROR, MR_ERROR_STORE,
               _ ("This SQLite file is not an outbox of Mail Relay; move it away and start again"));
  return FALSE;
}

static gboolean
apply_step (MrDb *db, const MrMigration *step, GError **error)
{
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version=%d; PRAGMA application_id=%d", step->version,
                                              APPLICATION_ID);

  if (!mr_db_begin (db, error))
    return FALSE;
  if (mr_db_exec (db, step->sql, error) && (step->apply == NULL || step->apply (db, error))
      && mr_db_exec (db, version, error) && mr_db_commit (db, error))
    return TRUE;
  mr_db_rollback (db);
  g_prefix_error (error, _ ("The outbox could not be brought to version %d: "), step->version);
  return FALSE;
}

gboolean
mr_schema_migrate (MrDb *db, const MrMigration *steps, guint n, GError **error)
{
  gint64 version = 0;

  if (!mr_db_get_int (db, "PRAGMA user_version", &version, error) || !check_owner (db, version, error))
    return FALSE;
  if (version > steps[n - 1].version) {
    g_set_error (error, MR_ERROR, MR_ERROR_STORE,
                 _ ("The outbox was written by a newer Mail Relay (version %d, this one knows %d); update the program"),
                 (int)version, steps[n - 1].version);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    if (steps[i].version > version && !apply_step (db, &steps[i], error))
      return FALSE;
  return TRUE;
}
