/* What became of recipients, counted by hour: written in the transaction that records it, so that neither is without the other.
 *
 * A transaction stages its counts in memory (a rollback drops them) and writes a row for each name once, before its commit: under load one
 * row takes the counts of many messages. What was only submitted is kept and rides in the next transaction that has more to count, so that the
 * commit that a 250 waits for writes no statistics: at most KEPT_USEC, until the store has nothing to do, or until somebody asks. A crash
 * loses that much of the statistics, and nothing of the mail. Rows are bounded: what comes after NAMES_HOUR names of a kind in one hour is counted under the rest.
 */
#include "store/private.h"

#include <string.h>

#define HOUR       3600
#define DAY        86400
#define NAMES_HOUR 64
#define NAMES_DAY  32
#define HOURS_KEPT 90  /* days */
#define DAYS_KEPT  731 /* days */
#define NAME_MAX_  255
#define STAGED_MAX 4096
#define KEPT_MAX   256
#define KEPT_USEC  G_USEC_PER_SEC

typedef struct {
  MrStatisticKind kind;
  gint64 counts[MR_COUNT_N_COUNTS];
  char name[]; /* "" : all, or none */
} Entry;

struct _MrStatistics {
  GHashTable *entries; /* of this transaction; Entry is its own key */
  GHashTable *kept;    /* of those before it, not written yet */
  gint64 kept_hour;
  gint64 kept_since; /* wall time */
  gboolean may_wait; /* this transaction counts only what was submitted */
  gboolean written;  /* it has what was kept as well */
};

static guint
hash_entry (gconstpointer key)
{
  const Entry *entry = key;

  return g_str_hash (entry->name) * 31 + entry->kind;
}

static gboolean
equal_entries (gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;

  return x->kind == y->kind && strcmp (x->name, y->name) == 0;
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (hash_entry, equal_entries, g_free, NULL);
}

MrStatistics *
mr_statistics_new (void)
{
  MrStatistics *self = g_new0 (MrStatistics, 1);

  self->entries = new_table ();
  self->kept = new_table ();
  return self;
}

void
mr_statistics_free (MrStatistics *self)
{
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->kept);
  g_free (self);
}

void
mr_statistics_reset (MrStatistics *self)
{
  if (g_hash_table_size (self->entries) > 0)
    g_hash_table_remove_all (self->entries);
  self->may_wait = TRUE;
  self->written = FALSE;
}

void
mr_statistics_write_kept (MrStatistics *self)
{
  self->may_wait = FALSE;
}

gboolean
mr_statistics_has_kept (MrStatistics *self)
{
  return g_hash_table_size (self->kept) > 0;
}

/* ---- staging ---- */

static void
add (GHashTable *entries, MrStatisticKind kind, const char *name, const gint64 *counts, gint64 sign)
{
  gsize len = name != NULL ? strnlen (name, NAME_MAX_) : 0;
  union {
    Entry entry;
    char bytes[sizeof (Entry) + NAME_MAX_ + 1];
  } wanted = { .entry = { .kind = kind } };
  Entry *entry;

  memcpy (wanted.entry.name, name != NULL ? name : "", len);
  wanted.entry.name[len] = '\0';
  entry = g_hash_table_lookup (entries, &wanted.entry);
  if (entry == NULL && g_hash_table_size (entries) >= STAGED_MAX && len > 0
      && strcmp (wanted.entry.name, MR_STATISTIC_REST) != 0) {
    add (entries, kind, MR_STATISTIC_REST, counts, sign);
    return;
  }
  if (entry == NULL) {
    entry = g_memdup2 (&wanted.entry, sizeof *entry + len + 1);
    g_hash_table_add (entries, entry);
  }
  for (guint i = 0; i < MR_COUNT_N_COUNTS; i++)
    entry->counts[i] += sign * counts[i];
}

/* The domain as it is compared; an IP literal is a domain too. */
static gboolean
get_domain (const char *address, char *ret, gsize size)
{
  const char *at = address != NULL ? strrchr (address, '@') : NULL;
  gsize i = 0;

  if (at == NULL || at[1] == '\0')
    return FALSE;
  for (at++; at[i] != '\0' && i + 1 < size; i++)
    ret[i] = g_ascii_tolower (at[i]);
  ret[i] = '\0';
  return TRUE;
}

/* "mx00.example.net" is of "example.net": the first label tells one machine from the next, or one customer. */
static void
get_site (const char *host, char *ret, gsize size)
{
  const char *first = strchr (host, '.'), *second = first != NULL ? strchr (first + 1, '.') : NULL;
  const char *from = second != NULL && second[1] != '\0' && !g_ascii_isdigit (second[1]) ? first + 1 : host;
  gsize i = 0;

  for (; from[i] != '\0' && i + 1 < size; i++)
    ret[i] = g_ascii_tolower (from[i]);
  ret[i] = '\0';
}

/* By program everything is counted, so that the sum of it is all there is. A provider differs from the domain only where the mail went straight to
 * its server: there it is taken from the one and given to the other, so that providers are the sum of both kinds. */
void
mr_statistics_count (MrSession *session, const MrStatisticEvent *event)
{
  GHashTable *entries = session->statistics->entries;
  char domain[NAME_MAX_ + 1], site[NAME_MAX_ + 1];

  for (guint i = 0; i < MR_COUNT_N_COUNTS; i++)
    if (i != MR_COUNT_SUBMITTED && event->counts[i] != 0)
      session->statistics->may_wait = FALSE;
  if (event->account != NULL && *event->account != '\0')
    add (entries, MR_STATISTIC_ACCOUNT, event->account, event->counts, 1);
  add (entries, MR_STATISTIC_PROGRAM, event->program, event->counts, 1);
  if (event->cause != NULL && *event->cause != '\0')
    add (entries, MR_STATISTIC_CAUSE, event->cause, event->counts, 1);
  if (!get_domain (event->address, domain, sizeof domain))
    return;
  add (entries, MR_STATISTIC_DOMAIN, domain, event->counts, 1);
  if (!event->direct || event->host == NULL || *event->host == '\0')
    return;
  get_site (event->host, site, sizeof site);
  add (entries, MR_STATISTIC_PROVIDER, site, event->counts, 1);
  add (entries, MR_STATISTIC_PROVIDER, domain, event->counts, -1);
}

/* ---- writing ---- */

static void
bind_counts (MrRow row, const Entry *entry, const char *name, gint64 hour)
{
  sqlite3_bind_int (row, 1, entry->kind);
  sqlite3_bind_int64 (row, 2, hour);
  mr_db_bind_text (row, 3, name);
  for (int i = 0; i < MR_COUNT_N_COUNTS; i++)
    sqlite3_bind_int64 (row, 4 + i, entry->counts[i]);
}

static gboolean
update_row (MrSession *session, const Entry *entry, gint64 hour, gboolean *ret_found, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "UPDATE statistic SET submitted = submitted + ?4, delivered = delivered + ?5, deferred = deferred + ?6,"
      " failed = failed + ?7, returned = returned + ?8, complaints = complaints + ?9, bytes = bytes + ?10"
      " WHERE kind = ?1 AND days = 0 AND time = ?2 AND name = ?3",
      error);

  if (row == NULL)
    return FALSE;
  bind_counts (row, entry, entry->name, hour);
  if (!mr_db_run (session->db, row, error))
    return FALSE;
  *ret_found = sqlite3_changes (session->db->handle) > 0;
  return TRUE;
}

static gboolean
insert_row (MrSession *session, const Entry *entry, const char *name, gint64 hour, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "INSERT INTO statistic (kind, days, time, name, submitted, delivered, deferred, failed, returned, complaints,"
      " bytes) VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
      " ON CONFLICT (kind, days, time, name) DO UPDATE"
      " SET submitted = submitted + ?4, delivered = delivered + ?5, deferred = deferred + ?6, failed = failed + ?7,"
      " returned = returned + ?8, complaints = complaints + ?9, bytes = bytes + ?10",
      error);

  if (row == NULL)
    return FALSE;
  bind_counts (row, entry, name, hour);
  return mr_db_run (session->db, row, error);
}

static gboolean
is_full (MrSession *session, MrStatisticKind kind, gint64 hour, gboolean *ret_full, GError **error)
{
  g_auto (MrRow) row = mr_db_statement (
      session->db, "SELECT count (*) FROM statistic WHERE kind = ?1 AND days = 0 AND time = ?2", error);
  gboolean has_row = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int (row, 1, kind);
  sqlite3_bind_int64 (row, 2, hour);
  if (!mr_db_step (session->db, row, &has_row, error))
    return FALSE;
  *ret_full = has_row && sqlite3_column_int (row, 0) >= NAMES_HOUR;
  return TRUE;
}

static gboolean
write_table (MrSession *session, GHashTable *entries, gint64 hour, GError **error)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const Entry *entry = key;
    gboolean found = FALSE, full = FALSE;

    if (!update_row (session, entry, hour, &found, error))
      return FALSE;
    if (found)
      continue;
    if (!is_full (session, entry->kind, hour, &full, error)
        || !insert_row (session, entry, full && *entry->name != '\0' ? MR_STATISTIC_REST : entry->name, hour, error))
      return FALSE;
  }
  return TRUE;
}

static gint64
hour_of (MrSession *session)
{
  return session->now / G_USEC_PER_SEC / HOUR * HOUR;
}

/* A clock that was set back says nothing about how long it has been. */
static gboolean
may_wait (MrSession *session)
{
  const MrStatistics *self = session->statistics;
  gint64 age = session->now - self->kept_since;

  return self->may_wait
         && (g_hash_table_size (self->kept) == 0
             || (self->kept_hour == hour_of (session) && age >= 0 && age < KEPT_USEC
                 && g_hash_table_size (self->kept) < KEPT_MAX));
}

static void
add_table (GHashTable *to, GHashTable *from)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    add (to, ((Entry *)key)->kind, ((Entry *)key)->name, ((Entry *)key)->counts, 1);
}

/* Neither table is changed: a commit may still fail. */
static gboolean
write_both (MrSession *session, GError **error)
{
  const MrStatistics *self = session->statistics;
  g_autoptr (GHashTable) sum = new_table ();

  add_table (sum, self->kept);
  add_table (sum, self->entries);
  return write_table (session, sum, hour_of (session), error);
}

gboolean
mr_statistics_write (MrSession *session, GError **error)
{
  MrStatistics *self = session->statistics;
  gint64 hour = hour_of (session);

  if (may_wait (session))
    return TRUE;
  self->written = TRUE;
  if (g_hash_table_size (self->kept) == 0)
    return write_table (session, self->entries, hour, error);
  if (self->kept_hour == hour)
    return write_both (session, error);
  return write_table (session, self->kept, self->kept_hour, error) && write_table (session, self->entries, hour, error);
}

void
mr_statistics_committed (MrSession *session)
{
  MrStatistics *self = session->statistics;

  if (self->written) {
    g_hash_table_remove_all (self->kept);
    return;
  }
  if (g_hash_table_size (self->entries) == 0)
    return;
  if (g_hash_table_size (self->kept) == 0) {
    self->kept_hour = hour_of (session);
    self->kept_since = session->now;
  }
  add_table (self->kept, self->entries);
}

/* ---- growing old ---- */

#define SUMS                                                                                                           \
  "sum (submitted), sum (delivered), sum (deferred), sum (failed), sum (returned), sum (complaints), sum (bytes)"

static gboolean
run_with_times (MrSession *session, const char *sql, gint64 a, gint64 b, GError **error)
{
  MrRow row = mr_db_prepare (session->db, sql, error);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, 1, a);
  if (sqlite3_bind_parameter_count (row) > 1)
    sqlite3_bind_int64 (row, 2, b);
  gboolean ok = mr_db_run (session->db, row, error);
  sqlite3_finalize (row);
  return ok;
}

/* The day's names by what they amount to; those behind the bound are one. */
static gboolean
fold_day (MrSession *session, gint64 begin, GError **error)
{
  return run_with_times (
             session,
             "INSERT INTO statistic (kind, days, time, name, submitted, delivered, deferred, failed, returned,"
             " complaints, bytes)"
             " SELECT kind, 1, ?1, CASE WHEN place <= " G_STRINGIFY (
                 NAMES_DAY) " OR name = '' THEN name ELSE '" MR_STATISTIC_REST "' END AS kept, " SUMS " FROM (SELECT *,"
                            " row_number () OVER (PARTITION BY kind ORDER BY weight DESC) AS place FROM (SELECT kind,"
                            " name, sum (submitted) AS submitted, sum (delivered) AS delivered,"
                            " sum (deferred) AS deferred, sum (failed) AS failed, sum (returned) AS returned,"
                            " sum (complaints) AS complaints, sum (bytes) AS bytes,"
                            " sum (submitted + delivered + deferred + failed) AS weight FROM statistic WHERE days = 0"
                            " AND time >= ?1 AND time < ?2 GROUP BY kind, name)) WHERE true GROUP BY kind, kept"
                            " ON CONFLICT (kind, days, time, name) DO UPDATE SET"
                            " submitted = submitted + excluded.submitted, delivered = delivered + excluded.delivered,"
                            " deferred = deferred + excluded.deferred, failed = failed + excluded.failed,"
                            " returned = returned + excluded.returned, complaints = complaints + excluded.complaints,"
                            " bytes = bytes + excluded.bytes",
             begin, begin + DAY, error)
         && run_with_times (session, "DELETE FROM statistic WHERE days = 0 AND time >= ?1 AND time < ?2", begin,
                            begin + DAY, error);
}

gboolean
mr_statistics_trim (MrSession *session, gboolean *ret_more, GError **error)
{
  gint64 today = session->now / G_USEC_PER_SEC / DAY * DAY, oldest = 0;

  /* By program there is a row for every hour that has any. */
  if (!mr_db_get_int (session->db, "SELECT coalesce (min (time), 0) FROM statistic WHERE kind = 2 AND days = 0",
                      &oldest, error))
    return FALSE;
  *ret_more = oldest > 0 && oldest < today - HOURS_KEPT * DAY;
  if (*ret_more)
    return fold_day (session, oldest / DAY * DAY, error);
  return run_with_times (session, "DELETE FROM statistic WHERE days = 1 AND time < ?1", today - DAYS_KEPT * DAY, 0,
                         error);
}
