/* The outbox or the history as a lazy list.
 *
 * Three kinds of questions go to the service: all ids (PackIds), what changed since (ListChanges), and the rows of one page (ListRows). At most one of the first
 * two and MAX_FETCHES of the last are under way; which rows are asked for is decided when there is room, from the items that are alive then, so that a fast
 * scroll leaves nothing behind. What arrives for a filter that is no longer in force is dropped: its calls were cancelled.
 *
 * A list of everything in the order of its ids follows the changes by itself; of any other list only the service can tell what they mean, so it is listed
 * anew, less often the longer that takes.
 */
#include <config.h>

#include "client/message-model.h"

#include <string.h>

#include "base/clock.h"
#include "client/client-private.h"
#include "client/calls.h"
#include "client/id-list.h"
#include "client/list-calls.h"
#include "client/message-item-private.h"
#include "data/dbus/names.h"

#define PAGE_ROWS   200
#define MAX_FETCHES 4
#define MAX_ROWS    2000 /* kept for items that come back */
#define MAX_SPLICES 200
#define REFRESH_MS  500
#define MARGIN      25      /* rows beside those in view */
#define MAX_FOLLOW  1000000 /* a list that was cut there cannot be followed */
/* Listing all ids is work for the service: so many times as long as that took nothing more is listed. */
#define LIST_SHARE  12
#define LIST_MAX_MS 5000

struct _MrMessageModel {
  GObject parent_instance;
  MrClient *client;
  MrListFilter filter;  /* strings owned */
  GArray *ids;          /* MrIdEntry */
  GHashTable *items;    /* id → MrMessageItem that is alive, not owned */
  GHashTable *item_ids; /* MrMessageItem → its key in items */
  GHashTable *rows;     /* id → GVariant */
  gboolean loaded, active;
  gboolean has_view;
  guint first, last; /* rows in view */
  guint64 serial;    /* of the newest change that the list holds */
  gboolean knows;    /* it holds all up to there */
  guint number;      /* of its questions, for the service */

  GCancellable *cancellable; /* of everything asked for with this filter */
  gboolean listing;
  gboolean dirty;    /* something changed since the last question */
  gboolean once;     /* the next listing is wanted though nobody looks */
  guint refresh;     /* no new listing before this fires */
  gint64 list_begun; /* monotonic */
  MrClock *clock;
  GHashTable *wanted; /* page numbers */
  GHashTable *fetching;
  guint pump; /* idle source */
};

typedef struct {
  MrMessageModel *model; /* valid unless the call was cancelled */
  guint page;
} Fetch;

enum { PROP_0, PROP_LOADED, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SIGNAL_MESSAGES_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);
static void refresh (MrMessageModel *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (MrMessageModel, mr_message_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

#define ID(self, i) (g_array_index ((self)->ids, MrIdEntry, i).text)

/* TRUE: the list is in the order of its ids. *ret_descending: the largest first. */
static gboolean
is_by_id (MrMessageModel *self, gboolean *ret_descending)
{
  const MrListFilter *filter = &self->filter;
  gboolean by_age = filter->sort == MR_LIST_SORT_AGE && filter->kind == MR_LIST_OUTBOX;

  *ret_descending = by_age ? filter->ascending : !filter->ascending;
  return filter->sort == MR_LIST_SORT_TIME || by_age;
}

static gboolean
find (MrMessageModel *self, const char *id, guint *ret_position)
{
  gboolean descending;

  return is_by_id (self, &descending) ? mr_id_list_find (self->ids, id, ret_position)
                                      : mr_id_list_search (self->ids, id, ret_position);
}

/* ---- pages ---- */

/* Where something is in view, nothing else is asked for. */
static gboolean
is_near (MrMessageModel *self, guint position)
{
  return !self->has_view || (position + MARGIN >= self->first && position <= self->last + MARGIN);
}

static gboolean
row_is_wanted (MrMessageModel *self, guint position)
{
  MrMessageItem *item = g_hash_table_lookup (self->items, ID (self, position));

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
want_page (MrMessageModel *self, guint page)
{
  g_hash_table_add (self->wanted, GUINT_TO_POINTER (page));
  if (self->pump == 0)
    self->pump = g_idle_add_full (G_PRIORITY_DEFAULT, pump_cb, self, NULL);
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
  if (g_hash_table_size (self->wanted) > 0 && self->pump == 0)
    self->pump = g_idle_add_full (G_PRIORITY_DEFAULT, pump_cb, self, NULL);
}

static void
fetch_page (MrMessageModel *self, guint page)
{
  guint first = page * PAGE_ROWS, n = 0;
  const char *ids[PAGE_ROWS + 1];
  Fetch *fetch = g_new0 (Fetch, 1);

  /* Neighbours come along, for items that are made next; not where what is in view is known. */
  for (guint i = first; i < self->ids->len && i < first + PAGE_ROWS; i++)
    if (row_is_wanted (self, i) || (!self->has_view && !g_hash_table_contains (self->rows, ID (self, i))))
      ids[n++] = ID (self, i);
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

/* ---- ids ---- */

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

/* The pages of all items that wait for their row. */
static void
want_rows (MrMessageModel *self)
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
    if (mr_message_item_wants_row (item) && find (self, id, &position))
      want_page (self, position / PAGE_ROWS);
}

/* What is on the screen is loaded again; what is not, when it is asked for. */
static void
forget_rows (MrMessageModel *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_remove_all (self->rows);
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    mr_message_item_set_stale (item);
}

static gboolean
refresh_cb (gpointer data)
{
  MrMessageModel *self = data;

  self->refresh = 0;
  if (self->dirty)
    refresh (self);
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
  forget_rows (self);
  g_autoptr (GArray) ids = mr_id_list_from_bytes (packed);
  apply_ids (self, ids);
  want_rows (self);
  if (!self->loaded) {
    self->loaded = TRUE;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
  }
  g_signal_emit (self, signals[SIGNAL_MESSAGES_CHANGED], 0, NULL);
  if (self->dirty)
    refresh (self);
}

static void
list_ids (MrMessageModel *self)
{
  self->listing = TRUE;
  self->list_begun = mr_clock_monotonic (self->clock);
  mr_client_pack_ids_async (self->client, &self->filter, self->number, self->cancellable, ids_cb, self);
}

/* ---- changes ---- */

static void
forget_changed_rows (MrMessageModel *self, GBytes *changes)
{
  g_autoptr (GHashTable) changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gsize size;
  const char *change = g_bytes_get_data (changes, &size);

  for (; size >= MR_LIST_CHANGE_LENGTH; size -= MR_LIST_CHANGE_LENGTH, change += MR_LIST_CHANGE_LENGTH) {
    char *id = g_strndup (change, MR_ID_LENGTH);
    MrMessageItem *item = g_hash_table_lookup (self->items, id);

    g_hash_table_remove (self->rows, id);
    if (item != NULL)
      mr_message_item_set_stale (item);
    g_hash_table_add (changed, id);
  }
  if (g_hash_table_size (changed) > 0)
    g_signal_emit (self, signals[SIGNAL_MESSAGES_CHANGED], 0, changed);
}

/* FALSE: only the service knows what they mean for this list. */
static gboolean
follow (MrMessageModel *self, GBytes *changes)
{
  MrListPlace place = self->filter.kind == MR_LIST_OUTBOX ? MR_LIST_PLACE_OUTBOX : MR_LIST_PLACE_HISTORY;
  gboolean descending;

  if (g_bytes_get_size (changes) == 0)
    return TRUE;
  if (mr_list_filter_is_narrow (&self->filter) || !is_by_id (self, &descending) || self->ids->len >= MAX_FOLLOW)
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
  want_rows (self);
  pause_refresh (self, REFRESH_MS);
  if (self->dirty)
    refresh (self);
}

static void
refresh (MrMessageModel *self)
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

static void
changed_cb (MrClient *client, guint what, guint64 revision, MrMessageModel *self)
{
  /* Another service counts anew. */
  if (revision == 0)
    self->knows = FALSE;
  if ((what & MR_CLIENT_CHANGED_QUEUE) != 0)
    refresh (self);
}

/* ---- filter ---- */

static void
start_anew (MrMessageModel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->listing = FALSE;
  self->knows = FALSE;
  g_hash_table_remove_all (self->wanted);
  g_hash_table_remove_all (self->fetching);
  g_clear_handle_id (&self->refresh, g_source_remove);
  if (self->loaded) {
    self->loaded = FALSE;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
  }
  refresh (self);
}

void
mr_message_model_set_filter (MrMessageModel *self, const MrListFilter *filter)
{
  MrListFilter wanted;

  g_return_if_fail (MR_IS_MESSAGE_MODEL (self));
  if (mr_list_filter_equal (filter, &self->filter))
    return;
  mr_list_filter_copy (filter, &wanted);
  mr_list_filter_clear (&self->filter);
  self->filter = wanted;
  start_anew (self);
}

void
mr_message_model_set_search (MrMessageModel *self, const char *search)
{
  MrListFilter filter;

  g_return_if_fail (MR_IS_MESSAGE_MODEL (self));
  filter = self->filter;
  filter.search = search;
  mr_message_model_set_filter (self, &filter);
}

/* ---- what others ask ---- */

void
mr_message_model_set_active (MrMessageModel *self, gboolean active)
{
  g_return_if_fail (MR_IS_MESSAGE_MODEL (self));
  self->active = active;
  if (active && (self->dirty || !self->loaded))
    refresh (self);
}

void
mr_message_model_refresh_once (MrMessageModel *self)
{
  g_return_if_fail (MR_IS_MESSAGE_MODEL (self));
  self->once = TRUE;
  refresh (self);
}

gboolean
mr_message_model_is_current (MrMessageModel *self)
{
  g_return_val_if_fail (MR_IS_MESSAGE_MODEL (self), FALSE);
  return self->loaded && !self->dirty && !self->listing;
}

void
mr_message_model_set_view (MrMessageModel *self, guint first, guint last)
{
  g_return_if_fail (MR_IS_MESSAGE_MODEL (self));
  if (self->has_view && self->first == first && self->last == last)
    return;
  self->has_view = TRUE;
  self->first = first;
  self->last = last;
  want_rows (self);
}

gboolean
mr_message_model_is_loaded (MrMessageModel *self)
{
  g_return_val_if_fail (MR_IS_MESSAGE_MODEL (self), FALSE);
  return self->loaded;
}

const char *
mr_message_model_get_id (MrMessageModel *self, guint position)
{
  g_return_val_if_fail (MR_IS_MESSAGE_MODEL (self), NULL);
  return position < self->ids->len ? ID (self, position) : NULL;
}

gboolean
mr_message_model_find (MrMessageModel *self, const char *id, guint *ret_position)
{
  g_return_val_if_fail (MR_IS_MESSAGE_MODEL (self), FALSE);
  return find (self, id, ret_position);
}

/* ---- GListModel ---- */

static GType
get_item_type (GListModel *list)
{
  return MR_TYPE_MESSAGE_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  return MR_MESSAGE_MODEL (list)->ids->len;
}

static void
item_gone_cb (gpointer data, GObject *where)
{
  MrMessageModel *self = data;
  const char *id = g_hash_table_lookup (self->item_ids, where);

  g_hash_table_remove (self->items, id);
  g_hash_table_remove (self->item_ids, where);
}

static MrMessageItem *
make_item (MrMessageModel *self, const char *id)
{
  MrMessageItem *item = mr_message_item_new (id);
  char *key = g_strdup (id);

  g_hash_table_insert (self->items, key, item);
  g_hash_table_insert (self->item_ids, item, key);
  g_object_weak_ref (G_OBJECT (item), item_gone_cb, self);
  return item;
}

static gpointer
get_item (GListModel *list, guint position)
{
  MrMessageModel *self = MR_MESSAGE_MODEL (list);

  if (position >= self->ids->len)
    return NULL;
  const char *id = ID (self, position);
  MrMessageItem *item = g_hash_table_lookup (self->items, id);
  if (item != NULL)
    return g_object_ref (item);

  item = make_item (self, id);
  GVariant *row = g_hash_table_lookup (self->rows, id);
  if (row != NULL)
    mr_message_item_load (item, row);
  else if (is_near (self, position))
    want_page (self, position / PAGE_ROWS);
  return item;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- class ---- */

static void
mr_message_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADED)
    g_value_set_boolean (value, MR_MESSAGE_MODEL (object)->loaded);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mr_message_model_dispose (GObject *object)
{
  MrMessageModel *self = MR_MESSAGE_MODEL (object);
  GHashTableIter iter;
  gpointer item;

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_handle_id (&self->pump, g_source_remove);
  g_hash_table_iter_init (&iter, self->item_ids);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    g_object_weak_unref (item, item_gone_cb, self);
  g_hash_table_remove_all (self->item_ids);
  g_hash_table_remove_all (self->items);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (mr_message_model_parent_class)->dispose (object);
}

static void
mr_message_model_finalize (GObject *object)
{
  MrMessageModel *self = MR_MESSAGE_MODEL (object);

  g_array_unref (self->ids);
  g_hash_table_unref (self->items);
  g_hash_table_unref (self->item_ids);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->wanted);
  g_hash_table_unref (self->fetching);
  g_object_unref (self->cancellable);
  mr_list_filter_clear (&self->filter);
  mr_clock_unref (self->clock);
  G_OBJECT_CLASS (mr_message_model_parent_class)->finalize (object);
}

static void
mr_message_model_init (MrMessageModel *self)
{
  static guint last_number = 0;

  self->number = ++last_number;
  self->clock = mr_clock_new_real ();
  self->ids = g_array_new (FALSE, TRUE, sizeof (MrIdEntry));
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->item_ids = g_hash_table_new (NULL, NULL);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  self->wanted = g_hash_table_new (NULL, NULL);
  self->fetching = g_hash_table_new (NULL, NULL);
  self->cancellable = g_cancellable_new ();
  self->filter.state = -1;
}

static void
mr_message_model_class_init (MrMessageModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mr_message_model_get_property;
  object_class->dispose = mr_message_model_dispose;
  object_class->finalize = mr_message_model_finalize;
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_MESSAGES_CHANGED] = g_signal_new ("messages-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_HASH_TABLE);
}

MrMessageModel *
mr_message_model_new (MrClient *client, MrListKind kind, gboolean active)
{
  MrMessageModel *self = g_object_new (MR_TYPE_MESSAGE_MODEL, NULL);

  self->client = g_object_ref (client);
  self->filter.kind = kind;
  self->active = active;
  g_signal_connect (client, "changed", G_CALLBACK (changed_cb), self);
  refresh (self);
  return self;
}
