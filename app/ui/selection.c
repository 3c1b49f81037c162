/* GtkMultiSelection holds the items that are selected, and an item of the lazy model is a record that has to be fetched: selecting 100,000
 * rows would fetch them all. Here a selection is a set of positions that moves with the rows; the model tells exactly which rows came and
 * went, so a row that stays keeps its selection.
 */
#include "ui/selection.h"

struct _MrSelection {
  GObject parent_instance;
  GListModel *model;
  GtkBitset *selected;
};

static GType
selection_get_item_type (GListModel *list)
{
  return g_list_model_get_item_type (MR_SELECTION (list)->model);
}

static guint
selection_get_n_items (GListModel *list)
{
  return g_list_model_get_n_items (MR_SELECTION (list)->model);
}

static gpointer
selection_get_item (GListModel *list, guint position)
{
  return g_list_model_get_item (MR_SELECTION (list)->model, position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = selection_get_item_type;
  iface->get_n_items = selection_get_n_items;
  iface->get_item = selection_get_item;
}

static gboolean
selection_is_selected (GtkSelectionModel *model, guint position)
{
  return gtk_bitset_contains (MR_SELECTION (model)->selected, position);
}

static GtkBitset *
selection_get_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  return gtk_bitset_ref (MR_SELECTION (model)->selected);
}

/* Of the positions in mask those in selected become selected, the others not; all further calls are made of this one. */
static gboolean
selection_set (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  MrSelection *self = MR_SELECTION (model);
  g_autoptr (GtkBitset) wanted = gtk_bitset_copy (selected);
  g_autoptr (GtkBitset) next = gtk_bitset_copy (self->selected);
  g_autoptr (GtkBitset) changed = gtk_bitset_copy (self->selected);
  guint n = g_list_model_get_n_items (self->model);

  gtk_bitset_intersect (wanted, mask);
  gtk_bitset_subtract (next, mask);
  gtk_bitset_union (next, wanted);
  if (n < G_MAXUINT)
    gtk_bitset_remove_range_closed (next, n, G_MAXUINT);
  gtk_bitset_difference (changed, next);
  if (gtk_bitset_is_empty (changed))
    return TRUE;
  gtk_bitset_unref (self->selected);
  self->selected = g_steal_pointer (&next);
  guint first = gtk_bitset_get_minimum (changed);
  gtk_selection_model_selection_changed (model, first, gtk_bitset_get_maximum (changed) - first + 1);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = selection_is_selected;
  iface->get_selection_in_range = selection_get_in_range;
  iface->set_selection = selection_set;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MrSelection, mr_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_init))

static void
items_changed_cb (MrSelection *self, guint position, guint removed, guint added)
{
  gtk_bitset_splice (self->selected, position, removed, added);
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
mr_selection_finalize (GObject *object)
{
  MrSelection *self = MR_SELECTION (object);

  g_clear_object (&self->model);
  g_clear_pointer (&self->selected, gtk_bitset_unref);
  G_OBJECT_CLASS (mr_selection_parent_class)->finalize (object);
}

static void
mr_selection_init (MrSelection *self)
{
  self->selected = gtk_bitset_new_empty ();
}

static void
mr_selection_class_init (MrSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mr_selection_finalize;
}

MrSelection *
mr_selection_new (GListModel *model)
{
  MrSelection *self = g_object_new (MR_TYPE_SELECTION, NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}
