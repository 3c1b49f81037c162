/* What waits, by its cause: "17 messages wait for one reason".
 *
 * What is blocked as a whole (its account, the keyring, the network ...) is one group for each account whatever the single attempts met; what waits
 * for its own next try is grouped by what the last one met. Reads all that is active, in a reader thread.
 */
#include "store/private.h"

#define GROUPS_MAX 50

typedef struct {
  MrRequest base;
  MrStoreGroupsFunc func;
  GPtrArray *groups;
} GroupsRequest;

static MrGroupRecord *
get_group (MrRow row, gboolean *bad)
{
  MrGroupRecord *group = g_new0 (MrGroupRecord, 1);

  group->cause = mr_row_get_text (row, 0, bad);
  group->account = mr_row_get_text (row, 1, bad);
  group->wait_reason = (MrWaitReason)CLAMP (sqlite3_column_int (row, 2), 0, MR_WAIT_N_REASONS - 1);
  group->messages = (guint)CLAMP (sqlite3_column_int64 (row, 3), 0, G_MAXINT);
  group->recipients = (guint)CLAMP (sqlite3_column_int64 (row, 4), 0, G_MAXINT);
  group->oldest = sqlite3_column_int64 (row, 5);
  return group;
}

/* States: waiting, uncertain, in need of a person. Wait reasons 0 and 1: nothing but the time. */
static gboolean
run_groups (MrSession *session, MrRequest *base, GError **error)
{
  GroupsRequest *request = (GroupsRequest *)base;
  g_auto (MrRow) row = mr_db_statement (
      session->db,
      "SELECT max (r.cause), r.account, r.wait_reason, count (DISTINCT m.id), count (*), min (m.created)"
      " FROM message m JOIN recipient r ON r.key BETWEEN m.num << 20 AND (m.num << 20 | 1048575)"
      " WHERE m.finished = 0 AND m.hold = 0 AND r.state IN (0, 2, 3)"
      " AND (r.wait_reason > 1 OR r.cause IS NOT NULL)"
      " GROUP BY r.account, CASE WHEN r.wait_reason > 1 THEN r.wait_reason ELSE 0 END,"
      " CASE WHEN r.wait_reason > 1 THEN NULL ELSE r.cause END"
      " ORDER BY 4 DESC, 6 LIMIT ?1",
      error);
  gboolean has_row = FALSE, bad = FALSE;

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int (row, 1, GROUPS_MAX);
  while (mr_db_step (session->db, row, &has_row, error)) {
    if (!has_row)
      return TRUE;
    g_ptr_array_add (request->groups, get_group (row, &bad));
  }
  return FALSE;
}

static void
deliver_groups (MrRequest *base)
{
  GroupsRequest *request = (GroupsRequest *)base;

  request->func (request->groups, base->error, base->data);
}

static void
release_groups (MrRequest *base)
{
  g_ptr_array_unref (((GroupsRequest *)base)->groups);
  mr_request_release (base);
}

static const MrRequestKind groups_kind = { "groups", run_groups, NULL, NULL, deliver_groups, release_groups };

void
mr_store_list_groups (MrStore *store, MrStoreGroupsFunc func, gpointer data)
{
  GroupsRequest *request = mr_request_new (sizeof *request, &groups_kind, NULL);

  request->func = func;
  request->base.data = data;
  request->groups = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_group_record_free);
  mr_store_submit_read (store, store->lists, request);
}
