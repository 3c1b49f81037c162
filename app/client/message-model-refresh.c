/* Which messages the list holds, and what became of them: see message-model-private.h.
 *
 * All ids (PackIds), or what changed since (ListChanges): at most one such question is under way. What arrives for a filter that is no longer in force is
 * dropped: its calls were cancelled. A list of everything in the order of its ids follows the changes by itself; of any other list only the service can
 * tell what they mean, so it is listed anew, less often the longer that takes.
 */
#include <config.h>

#include "client/message-model-private.h"

#include "client/client-private.h"
#include "client/list-calls.h"

#define MAX_SPLICES 200
#define REFRESH_MS  500
#define MAX_FOLLOW  1000000 /* a list that was cut there cannot be followed */
/* Listing all ids is work for the service: so many times as long as that took nothing more is listed. */
#define LIST_SHARE  12
#define LIST_MAX_MS 5000

/* ---- all ids ---- */

static void
apply_ids (MrMessageModel *self, const GArray *ids)
{
  g_autoptr (GArray) splices = mr_id_list_diff (self->ids, ids, MAX_SPLICES);

  for (guint i = 0; i < splices->len; i++) {
    const MrIdSplice *splice = &g_array_index (splices, MrIdSplice, i);

    if (splice->removed > 0)
      g_array_remove_range (self->ids, splice->position, splice->removed);
    if (splice->added > 0)
      g_array_insert_vals (self->ids, splice->position, &g_array_index (ids, MrIdEntry, splice->position),
                           splice->added);
    g_list_model_items_changed (G_LIST_MODEL (self), splice->position, splice->removed, splice->added);
  }
}

static gboolean
refresh_cb (gpointer data)
{
  MrMessageModel *self = data;

  self->refresh = 0;
  if (self->dirty)
    mr_message_model_refresh (self);
  return G_SOURCE_REMOVE;
}

/* Nothing more is asked for a while. */
static void
pause_refresh (MrMessageModel *self, gint64 ms)
{
  g_clear_handle_id (&self->refresh, g_source_remove);
  self->refresh = g_timeout_add ((guint)CLAMP (ms, REFRESH_MS, LIST_MAX_MS), refresh_cb, self);
}

static void
ids_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 serial = 0;
  g_autoptr (GBytes) packed = mr_client_pack_ids_finish (MR_CLIENT (object), result, &serial, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_autoptr (MrMessageModel) self = g_object_ref (data);
  self->listing = FALSE;
  if (packed == NULL)
    return;
  pause_refresh (self, (mr_clock_monotonic (self->clock) - self->list_begun) / 1000 * LIST_SHARE);
  self->serial = serial;
  self->knows = TRUE;
  mr_message_model_forget_rows (self);
  g_autoptr (GArray) ids = mr_id_list_from_bytes (packed);
  apply_ids (self, ids);
  mr_message_model_want_rows (self);
  mr_message_model_set_loaded (self, TRUE);
  mr_message_model_tell_changed (self, NULL);
  if (self->dirty)
    mr_message_model_refresh (self);
}

static void
list_ids (MrMessageModel *self)
{
  self->listing = TRUE;
  self->list_begun = mr_clock_monotonic (self->clock);
  mr_client_pack_ids_async (self->client, &self->filter, self->number, self->cancellable, ids_cb, self);
}

/* ---- what changed ---- */

static void
forget_changed_rows (MrMessageModel *self, GBytes *changes)
{
  g_autoptr (GHashTable) changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize size;
  const char *change = g_bytes_get_data (changes, &size);

  for (; size >= MR_LIST_CHANGE_LENGTH; size -= MR_LIST_CHANGE_LENGTH, change += MR_LIST_CHANGE_LENGTH) {
    char *id = g_strndup (change, MR_ID_LENGTH);

    mr_message_model_forget_row (self, id);
    g_hash_table_add (changed, id);
  }
  if (g_hash_table_size (changed) > 0)
    mr_message_model_tell_changed (self, changed);
}

/* FALSE: only the service knows what they mean for this list. */
static gboolean
follow (MrMessageModel *self, GBytes *changes)
{
  MrListPlace place = self->filter.kind == MR_LIST_OUTBOX ? MR_LIST_PLACE_OUTBOX : MR_LIST_PLACE_HISTORY;
  gboolean descending;

  if (g_bytes_get_size (changes) == 0)
    return TRUE;
  if (mr_list_filter_is_narrow (&self->filter) || !mr_message_model_is_by_id (self, &descending)
      || self->ids->len >= MAX_FOLLOW)
    return FALSE;
  g_autoptr (GArray) ids = mr_id_list_apply (self->ids, changes, place, descending);
  if (ids != NULL)
    apply_ids (self, ids);
  return TRUE;
}

static void
changes_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 serial = 0;
  g_autoptr (GBytes) changes = mr_client_list_changes_finish (MR_CLIENT (object), result, &serial, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_autoptr (MrMessageModel) self = g_object_ref (data);
  self->listing = FALSE;
  if (changes == NULL || !self->knows) {
    if (mr_client_is_connected (self->client))
      list_ids (self);
    return;
  }
  self->serial = serial;
  forget_changed_rows (self, changes);
  if (!follow (self, changes)) {
    list_ids (self);
    return;
  }
  mr_message_model_want_rows (self);
  pause_refresh (self, REFRESH_MS);
  if (self->dirty)
    mr_message_model_refresh (self);
}

void
mr_message_model_refresh (MrMessageModel *self)
{
  self->dirty = TRUE;
  if (self->listing || self->refresh != 0 || !(self->active || self->once) || !mr_client_is_connected (self->client))
    return;
  self->dirty = FALSE;
  self->once = FALSE;
  if (!self->loaded || !self->knows) {
    list_ids (self);
    return;
  }
  self->listing = TRUE;
  mr_client_list_changes_async (self->client, self->serial, self->cancellable, changes_cb, self);
}

void
mr_message_model_start_anew (MrMessageModel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->listing = FALSE;
  self->knows = FALSE;
  g_hash_table_remove_all (self->wanted);
  g_hash_table_remove_all (self->fetching);
  g_clear_handle_id (&self->refresh, g_source_remove);
  mr_message_model_set_loaded (self, FALSE);
  mr_message_model_refresh (self);
}
