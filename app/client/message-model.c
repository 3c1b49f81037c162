/* The outbox or the history as a lazy list: see message-model.h. Here are the list and its items; which messages it holds is message-model-refresh.c's
 * affair, their records are message-model-rows.c's.
 *
 * An item is the list's only as long as somebody holds it: the table of items owns none, and an item that goes takes itself out.
 */
#include <config.h>

#include "client/message-model-private.h"

enum { PROP_0, PROP_LOADED, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SIGNAL_MESSAGES_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MrMessageModel, mr_message_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

gboolean
mr_message_model_is_by_id (MrMessageModel *self, gboolean *ret_descending)
{
  const MrListFilter *filter = &self->filter;
  gboolean by_age = filter->sort == MR_LIST_SORT_AGE && filter->kind == MR_LIST_OUTBOX;

  *ret_descending = by_age ? filter->ascending : !filter->ascending;
  return filter->sort == MR_LIST_SORT_TIME || by_age;
}

void
mr_message_model_set_loaded (MrMessageModel *self, gboolean loaded)
{
  if (self->loaded == loaded)
    return;
  self->loaded = loaded;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

void
mr_message_model_tell_changed (MrMessageModel *self, GHashTable *ids)
{
  g_signal_emit (self, signals[SIGNAL_MESSAGES_CHANGED], 0, ids);
}

static void
changed_cb (MrClient *client, guint what, guint64 revision, MrMessageModel *self)
{
  /* Another service counts anew. */
  if (revision == 0)
    self->knows = FALSE;
  if ((what & MR_CLIENT_CHANGED_QUEUE) != 0)
    mr_message_model_refresh (self);
}

/* ---- filter ---- */

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
  mr_message_model_start_anew (self);
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
    mr_message_model_refresh (self);
}

void
mr_message_model_refresh_once (MrMessageModel *self)
{
  g_return_if_fail (MR_IS_MESSAGE_MODEL (self));
  self->once = TRUE;
  mr_message_model_refresh (self);
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
  mr_message_model_want_rows (self);
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
  return position < self->ids->len ? MR_MODEL_ID (self, position) : NULL;
}

gboolean
mr_message_model_find (MrMessageModel *self, const char *id, guint *ret_position)
{
  gboolean descending;

  g_return_val_if_fail (MR_IS_MESSAGE_MODEL (self), FALSE);
  return mr_message_model_is_by_id (self, &descending) ? mr_id_list_find (self->ids, id, ret_position)
                                                       : mr_id_list_search (self->ids, id, ret_position);
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
  const char *id = MR_MODEL_ID (self, position);
  MrMessageItem *item = g_hash_table_lookup (self->items, id);
  if (item != NULL)
    return g_object_ref (item);

  item = make_item (self, id);
  mr_message_model_fill (self, item, position);
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
  mr_message_model_refresh (self);
  return self;
}
