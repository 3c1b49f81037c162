/* Records of the rows that somebody looks at: see message-model-private.h.
 *
 * They come a page at a time, at most MAX_FETCHES at once; which rows of a page are asked for is decided when there is room, from the items that are
 * alive then, so that a fast scroll leaves nothing behind. A page is in "wanted" until it is asked for, in "fetching" until its answer.
 */
#include <config.h>

#include "client/message-model-private.h"

#include "client/calls.h"
#include "client/client-private.h"
#include "data/dbus/names.h"

#define PAGE_ROWS   200
#define MAX_FETCHES 4
#define MAX_ROWS    2000 /* kept for items that come back */
#define MARGIN      25   /* rows beside those in view */

typedef struct {
  MrMessageModel *model; /* valid unless the call was cancelled */
  guint page;
} Fetch;

/* Where something is in view, nothing else is asked for. */
static gboolean
is_near (MrMessageModel *self, guint position)
{
  return !self->has_view || (position + MARGIN >= self->first && position <= self->last + MARGIN);
}

static gboolean
row_is_wanted (MrMessageModel *self, guint position)
{
  MrMessageItem *item = g_hash_table_lookup (self->items, MR_MODEL_ID (self, position));

  return item != NULL && mr_message_item_wants_row (item) && is_near (self, position);
}

static gboolean
page_is_wanted (MrMessageModel *self, guint page)
{
  guint first = page * PAGE_ROWS;

  for (guint i = first; i < self->ids->len && i < first + PAGE_ROWS; i++)
    if (row_is_wanted (self, i))
      return TRUE;
  return FALSE;
}

static void fetch_page (MrMessageModel *self, guint page);

static gboolean
pump_cb (gpointer data)
{
  MrMessageModel *self = data;
  GHashTableIter iter;
  gpointer key;

  self->pump = 0;
  while (g_hash_table_size (self->fetching) < MAX_FETCHES) {
    g_hash_table_iter_init (&iter, self->wanted);
    if (!g_hash_table_iter_next (&iter, &key, NULL))
      break;
    guint page = GPOINTER_TO_UINT (key);
    g_hash_table_iter_remove (&iter);
    if (!g_hash_table_contains (self->fetching, key) && page_is_wanted (self, page))
      fetch_page (self, page);
  }
  return G_SOURCE_REMOVE;
}

static void
pump_soon (MrMessageModel *self)
{
  if (self->pump == 0)
    self->pump = g_idle_add_full (G_PRIORITY_DEFAULT, pump_cb, self, NULL);
}

static void
want_page (MrMessageModel *self, guint page)
{
  g_hash_table_add (self->wanted, GUINT_TO_POINTER (page));
  pump_soon (self);
}

static void
take_row (MrMessageModel *self, GVariant *row)
{
  const char *id = NULL;

  if (!g_variant_lookup (row, "id", "&s", &id))
    return;
  MrMessageItem *item = g_hash_table_lookup (self->items, id);
  if (g_hash_table_size (self->rows) >= MAX_ROWS)
    g_hash_table_remove_all (self->rows);
  g_hash_table_insert (self->rows, g_strdup (id), g_variant_ref (row));
  if (item != NULL) {
    /* Somebody may drop it while it tells of the change. */
    g_object_ref (item);
    mr_message_item_load (item, row);
    g_object_unref (item);
  }
}

static void
page_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Fetch *fetch = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = mr_client_call_finish (MR_CLIENT (object), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_autoptr (MrMessageModel) self = g_object_ref (fetch->model);
  g_hash_table_remove (self->fetching, GUINT_TO_POINTER (fetch->page));
  if (reply != NULL) {
    g_autoptr (GVariant) rows = g_variant_get_child_value (reply, 0);
    gsize n = g_variant_n_children (rows);
    for (gsize i = 0; i < n; i++) {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      take_row (self, row);
    }
  }
  if (g_hash_table_size (self->wanted) > 0)
    pump_soon (self);
}

static void
fetch_page (MrMessageModel *self, guint page)
{
  guint first = page * PAGE_ROWS, n = 0;
  const char *ids[PAGE_ROWS + 1];
  Fetch *fetch = g_new0 (Fetch, 1);

  /* Neighbours come along, for items that are made next; not where what is in view is known. */
  for (guint i = first; i < self->ids->len && i < first + PAGE_ROWS; i++)
    if (row_is_wanted (self, i) || (!self->has_view && !g_hash_table_contains (self->rows, MR_MODEL_ID (self, i))))
      ids[n++] = MR_MODEL_ID (self, i);
  ids[n] = NULL;
  const MrClientCall call = { .interface = MR_BUS_OUTBOX,
                              .method = "ListRows",
                              .parameters = g_variant_new ("(^as)", ids),
                              .reply_type = G_VARIANT_TYPE ("(aa{sv})") };

  fetch->model = self;
  fetch->page = page;
  g_hash_table_add (self->fetching, GUINT_TO_POINTER (page));
  mr_client_call (self->client, &call, self->cancellable, page_cb, fetch);
}

void
mr_message_model_want_rows (MrMessageModel *self)
{
  GHashTableIter iter;
  gpointer id, item;
  guint position;

  if (self->has_view) {
    guint first = self->first > MARGIN ? self->first - MARGIN : 0;
    for (guint page = first / PAGE_ROWS; page <= (self->last + MARGIN) / PAGE_ROWS; page++)
      want_page (self, page);
    return;
  }
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &id, &item))
    if (mr_message_item_wants_row (item) && mr_message_model_find (self, id, &position))
      want_page (self, position / PAGE_ROWS);
}

void
mr_message_model_forget_rows (MrMessageModel *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_remove_all (self->rows);
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    mr_message_item_set_stale (item);
}

void
mr_message_model_forget_row (MrMessageModel *self, const char *id)
{
  MrMessageItem *item = g_hash_table_lookup (self->items, id);

  g_hash_table_remove (self->rows, id);
  if (item != NULL)
    mr_message_item_set_stale (item);
}

void
mr_message_model_fill (MrMessageModel *self, MrMessageItem *item, guint position)
{
  GVariant *row = g_hash_table_lookup (self->rows, mr_message_item_get_id (item));

  if (row != NULL)
    mr_message_item_load (item, row);
  else if (is_near (self, position))
    want_page (self, position / PAGE_ROWS);
}
