/* One query built from a filter. Values are bound, never printed into the SQL; what is printed are literals of this file.
 *
 * The order is that of one key, and of the id among equals, so that a page begins behind the key and the id of the last row of the page before:
 * its key is looked up in the same snapshot. The id sorts by age and is the key of the table, so that the order by time is a walk along it and costs
 * the page alone; any other order reads all that matches.
 */
#include "config.h"

#include "store/list-query.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/text.h"
#include "store/schema.h"
#include "store/search.h"

#define DOMAIN_MAX   300
#define FIRST_WORD   20 /* parameter */
#define SORT_KEY_MAX 80 /* characters that take part in the order of texts */

/* ---- patterns ---- */

/* The wildcards of the text escaped. */
static char *
domain_pattern (const char *text)
{
  GString *pattern = g_string_new ("%@");

  for (const char *p = text; *p != '\0' && pattern->len < DOMAIN_MAX; p++) {
    if (*p == '%' || *p == '_' || *p == '\\')
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *p);
  }
  return g_string_free (pattern, FALSE);
}

void
mr_list_query_init (MrListQuery *query, const MrListFilter *filter, const char *after)
{
  *query = (MrListQuery){ .after = g_strdup (after) };
  mr_list_filter_copy (filter, &query->filter);
  if (query->filter.search != NULL)
    query->words = mr_search_split (query->filter.search);
  if (query->filter.domain != NULL)
    query->domain = domain_pattern (query->filter.domain);
}

void
mr_list_query_clear (MrListQuery *query)
{
  mr_list_filter_clear (&query->filter);
  g_clear_pointer (&query->words, g_strfreev);
  g_clear_pointer (&query->nums, g_free);
  g_clear_pointer (&query->domain, g_free);
  g_clear_pointer (&query->after, g_free);
}

void
mr_list_query_narrow (MrListQuery *query, MrSession *session)
{
  g_clear_pointer (&query->nums, g_free);
  if (query->words != NULL && query->words[0] != NULL && session->search != NULL)
    query->nums = mr_search_narrow (session->search, session, (const char *const *)query->words, &query->mark);
}

/* ---- order ---- */

/* The order of mr_message_record_summary_state(). */
#define STATE_RANK                                                                                                     \
  "CASE r.state WHEN 3 THEN 0 WHEN 2 THEN 1 WHEN 6 THEN 2 WHEN 7 THEN 3 WHEN 1 THEN 4 WHEN 0 THEN 5"                   \
  " WHEN 9 THEN 6 WHEN 8 THEN 7 WHEN 5 THEN 8 ELSE 9 END"
G_STATIC_ASSERT (MR_RECIPIENT_NEEDS_PERSON == 3 && MR_RECIPIENT_UNCERTAIN == 2 && MR_RECIPIENT_FAILED == 6
                 && MR_RECIPIENT_EXPIRED == 7 && MR_RECIPIENT_RETURNED == 9 && MR_RECIPIENT_CANCELLED == 8
                 && MR_RECIPIENT_RELAYED == 5 && MR_RECIPIENT_DELIVERED == 4 && MR_RECIPIENT_N_STATES == 10);

/* The recipient that stands for the message. */
#define REPRESENTATIVE(column)                                                                                         \
  "(SELECT r." column " FROM " MR_LIST_RECIPIENTS " ORDER BY " STATE_RANK ", r.key LIMIT 1)"

/* None of them is ever NULL: a comparison with it would drop the row. */
static const char *
sort_key_sql (const MrListFilter *filter)
{
  gboolean history = filter->kind == MR_LIST_HISTORY;

  switch (filter->sort) {
  case MR_LIST_SORT_AGE:
    return history ? "-finished" : NULL;
  case MR_LIST_SORT_NEXT:
    return "CASE WHEN hold = 0 AND finished = 0 AND next_attempt > 0 THEN max (next_attempt, not_before)"
           " ELSE 9223372036854775807 END";
  case MR_LIST_SORT_SIZE:
    return "size";
  case MR_LIST_SORT_SUBJECT:
    return "sort_key (subject)";
  case MR_LIST_SORT_FROM:
    return "sort_key (coalesce (from_address, reverse_path))";
  case MR_LIST_SORT_TO:
    return "sort_key (" REPRESENTATIVE ("address") ")";
  case MR_LIST_SORT_STATE:
    /* What is kept back stands behind what needs a person. */
    return "CASE WHEN finished = 0 AND hold > 0 THEN 1"
           " ELSE coalesce ((SELECT 2 * min (" STATE_RANK ") FROM " MR_LIST_RECIPIENTS "), 99) END";
  case MR_LIST_SORT_ACCOUNT:
    return "coalesce (account_override, " REPRESENTATIVE ("account") ", '')";
  case MR_LIST_SORT_PROGRAM:
    return "sort_key (program)";
  case MR_LIST_SORT_TIME:
  case MR_LIST_N_SORTS:
  default:
    return NULL;
  }
}

/* TRUE: the smallest first. */
static gboolean
goes_up (const MrListFilter *filter)
{
  gboolean by_id = filter->sort == MR_LIST_SORT_AGE && filter->kind == MR_LIST_OUTBOX;

  /* The younger, the larger the id. */
  return by_id ? !filter->ascending : filter->ascending;
}

static void
append_order (GString *sql, const MrListQuery *query)
{
  const char *key = sort_key_sql (&query->filter);
  const char *operator= goes_up (&query->filter) ? ">" : "<";
  const char *direction = goes_up (&query->filter) ? "ASC" : "DESC";

  if (query->after != NULL && key != NULL)
    g_string_append_printf (sql, " AND (%s, id) %s (SELECT %s, id FROM message WHERE id = ?6)", key, operator, key);
  else if (query->after != NULL)
    g_string_append_printf (sql, " AND id %s ?6", operator);
  if (key != NULL)
    g_string_append_printf (sql, " ORDER BY %s %s, id %s LIMIT ?7", key, direction, direction);
  else
    g_string_append_printf (sql, " ORDER BY id %s LIMIT ?7", direction);
}

/* ---- conditions ---- */

#define SOME_RECIPIENT(condition) "EXISTS (SELECT 1 FROM " MR_LIST_RECIPIENTS " AND " condition ")"

/* Each word stands somewhere. What the index knows is looked up by its numbers; what it does not know yet is walked along. */
static void
append_words (GString *sql, const MrListQuery *query)
{
  if (query->nums != NULL)
    g_string_append (sql,
                     " AND id IN (SELECT message FROM recipient WHERE key IN (SELECT value << 20 FROM json_each (?2))"
                     " UNION ALL SELECT message FROM recipient WHERE key >= ?11)");
  for (guint i = 0; query->words[i] != NULL; i++)
    g_string_append_printf (
        sql,
        " AND (holds (?%u, id, subject, message_id, reverse_path, from_address) OR " SOME_RECIPIENT (
            "holds (?%u, r.address)") ")",
        FIRST_WORD + i, FIRST_WORD + i);
}

/* Parameters: ?1 state, ?2 numbers of the index, ?3 account, ?4 program, ?5 domain, ?6 after, ?7 limit, ?8 cause, ?9 hold, ?10 wait reason, ?11 first
 * recipient that the index does not know, from ?20 on words. The conditions on
 * finished are literal for the sake of the partial index. */
static void
append_conditions (GString *sql, const MrListQuery *query)
{
  const MrListFilter *filter = &query->filter;

  g_string_append (sql, filter->kind == MR_LIST_OUTBOX ? "finished = 0" : "finished > 0 AND removed = 0");
  if (filter->held_only)
    g_string_append (sql, " AND hold > 0 AND finished = 0");
  if (filter->hold_reason != MR_HOLD_NONE)
    g_string_append (sql, " AND hold = ?9 AND finished = 0");
  if (filter->program != NULL)
    g_string_append (sql, " AND program = ?4");
  if (filter->account != NULL)
    g_string_append (sql, " AND (account_override = ?3 OR " SOME_RECIPIENT ("r.account = ?3") ")");
  if (filter->state >= 0)
    g_string_append (sql, " AND " SOME_RECIPIENT ("r.state = ?1"));
  if (filter->wait_reason != MR_WAIT_NONE)
    g_string_append (sql, " AND " SOME_RECIPIENT ("r.wait_reason = ?10 AND r.state <= 3"));
  /* Possibly delivered at rest: nothing is scheduled for it. */
  if (filter->needs_person)
    g_string_append (sql, " AND ((hold > 0 AND finished = 0) OR " SOME_RECIPIENT (
                              "(r.state = 3 OR (r.state = 2 AND r.next_attempt = 0))") ")");
  if (filter->domain != NULL)
    g_string_append (sql, " AND " SOME_RECIPIENT ("r.address LIKE ?5 ESCAPE '\\'"));
  if (g_strcmp0 (filter->cause, MR_LIST_NO_CAUSE) == 0)
    g_string_append (sql, " AND " SOME_RECIPIENT ("r.cause IS NULL AND r.bounced_cause IS NULL"));
  else if (filter->cause != NULL)
    g_string_append (sql, " AND " SOME_RECIPIENT ("(r.cause = ?8 OR r.bounced_cause = ?8)"));
  if (query->words != NULL)
    append_words (sql, query);
}

static void
bind (MrRow row, const MrListQuery *query, guint limit)
{
  const MrListFilter *filter = &query->filter;

  /* A parameter that the query does not have is refused without harm. */
  sqlite3_bind_int (row, 1, filter->state);
  mr_db_bind_text (row, 2, query->nums);
  mr_db_bind_text (row, 3, filter->account);
  mr_db_bind_text (row, 4, filter->program);
  mr_db_bind_text (row, 5, query->domain);
  mr_db_bind_text (row, 6, query->after);
  sqlite3_bind_int64 (row, 7, limit);
  mr_db_bind_text (row, 8, filter->cause);
  sqlite3_bind_int (row, 9, (int)filter->hold_reason);
  sqlite3_bind_int (row, 10, (int)filter->wait_reason);
  sqlite3_bind_int64 (row, 11, MR_KEY (query->mark + 1, 0));
  for (int i = 0; query->words != NULL && query->words[i] != NULL; i++)
    mr_db_bind_text (row, FIRST_WORD + i, query->words[i]);
}

/* Where the row is gone that the page begins behind, nobody knows where that was. */
static gboolean
check_after (const MrListQuery *query, MrDb *db, GError **error)
{
  g_auto (MrRow) row = NULL;
  gboolean has_row = FALSE;

  if (query->after == NULL || sort_key_sql (&query->filter) == NULL)
    return TRUE;
  row = mr_db_statement (db, "SELECT 1 FROM message WHERE id = ?1", error);
  if (row == NULL)
    return FALSE;
  mr_db_bind_text (row, 1, query->after);
  if (!mr_db_step (db, row, &has_row, error))
    return FALSE;
  if (!has_row)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_NOT_FOUND, _ ("The list has changed; read it from its first page"));
  return has_row;
}

MrRow
mr_list_query_prepare (const MrListQuery *query, MrDb *db, const char *columns, gboolean paged, guint limit,
                       GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  if (paged && !check_after (query, db, error))
    return NULL;
  g_string_append_printf (sql, "SELECT %s FROM message WHERE ", columns);
  append_conditions (sql, query);
  if (paged)
    append_order (sql, query);
  MrRow row = mr_db_prepare (db, sql->str, error);
  if (row != NULL)
    bind (row, query, limit);
  return row;
}

MrRow
mr_list_query_prepare_facet (const MrListQuery *query, MrDb *db, MrFacet facet, guint limit, GError **error)
{
  /* "n" walks over the recipients; what the conditions look at is theirs ("r") or the message's. */
  static const char *const values[] = {
    "program",
    "coalesce (account_override, " REPRESENTATIVE ("account") ")",
    "domain_of (n.address)",
    "coalesce (n.bounced_cause, n.cause, '" MR_LIST_NO_CAUSE "')",
  };
  gboolean recipients = facet == MR_FACET_DOMAIN || facet == MR_FACET_CAUSE;
  g_autoptr (GString) sql = g_string_new (NULL);

  G_STATIC_ASSERT (G_N_ELEMENTS (values) == MR_N_FACETS);
  g_string_append_printf (sql, "SELECT %s AS facet, count(%s) FROM message%s WHERE ", values[facet],
                          recipients ? "DISTINCT message.id" : "*",
                          recipients ? " CROSS JOIN recipient n ON n.key BETWEEN num << 20 AND (num << 20 | 1048575)"
                                     : "");
  append_conditions (sql, query);
  g_string_append (sql, " AND facet IS NOT NULL AND facet <> '' GROUP BY facet ORDER BY 2 DESC, 1 LIMIT ?7");
  MrRow row = mr_db_prepare (db, sql->str, error);
  if (row != NULL)
    bind (row, query, limit);
  return row;
}

/* ---- functions ---- */

static void
domain_of_cb (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *address = (const char *)sqlite3_value_text (values[0]);
  const char *at = address != NULL ? strrchr (address, '@') : NULL;

  if (at != NULL)
    sqlite3_result_text (context, g_ascii_strdown (at + 1, -1), -1, g_free);
}

static void
sort_key_cb (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *text = (const char *)sqlite3_value_text (values[0]);

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    text = "";
  gboolean is_long = strlen (text) > SORT_KEY_MAX && g_utf8_strlen (text, -1) > SORT_KEY_MAX;
  g_autofree char *start = is_long ? g_utf8_substring (text, 0, SORT_KEY_MAX) : NULL;
  char *key = mr_text_fold (is_long ? start : text);
  sqlite3_result_text (context, key, -1, g_free);
}

gboolean
mr_list_query_register (MrDb *db, GError **error)
{
  int rc = sqlite3_create_function_v2 (db->handle, "sort_key", 1,
                                       SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, sort_key_cb, NULL,
                                       NULL, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_create_function_v2 (db->handle, "domain_of", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
                                     NULL, domain_of_cb, NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    return mr_search_register (db, error);
  g_set_error (error, MR_ERROR, MR_ERROR_STORE, "functions of lists: %s", sqlite3_errstr (rc));
  return FALSE;
}
