/* Selecting rows of a list that makes its items only when asked. */
#include "ui/selection.h"

/* A list of n rows that counts how often somebody wanted one. */
#define TEST_TYPE_LIST (test_list_get_type ())
G_DECLARE_FINAL_TYPE (TestList, test_list, TEST, LIST, GObject)

struct _TestList {
  GObject parent_instance;
  guint n, asked;
};

static GType
test_list_get_item_type (GListModel *list)
{
  return G_TYPE_OBJECT;
}

static guint
test_list_get_n_items (GListModel *list)
{
  return TEST_LIST (list)->n;
}

static gpointer
test_list_get_item (GListModel *list, guint position)
{
  TestList *self = TEST_LIST (list);

  self->asked++;
  return position < self->n ? g_object_new (G_TYPE_OBJECT, NULL) : NULL;
}

static void
test_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = test_list_get_item_type;
  iface->get_n_items = test_list_get_n_items;
  iface->get_item = test_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestList, test_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, test_list_model_init))

static void
test_list_init (TestList *self)
{
}

static void
test_list_class_init (TestListClass *klass)
{
}

static void
change (TestList *list, guint position, guint removed, guint added)
{
  list->n = list->n - removed + added;
  g_list_model_items_changed (G_LIST_MODEL (list), position, removed, added);
}

static void
changed_cb (GtkSelectionModel *model, guint position, guint n, guint *ret)
{
  ret[0]++;
  ret[1] = position;
  ret[2] = n;
}

static void
test_lazy (void)
{
  g_autoptr (TestList) list = g_object_new (TEST_TYPE_LIST, NULL);
  list->n = 100000;
  g_autoptr (MrSelection) selection = mr_selection_new (G_LIST_MODEL (list));
  GtkSelectionModel *model = GTK_SELECTION_MODEL (selection);
  guint seen[3] = { 0 };

  g_signal_connect (selection, "selection-changed", G_CALLBACK (changed_cb), seen);
  g_assert_true (gtk_selection_model_select_all (model));
  g_autoptr (GtkBitset) all = gtk_selection_model_get_selection (model);
  g_assert_cmpuint (gtk_bitset_get_size (all), ==, 100000);
  g_assert_cmpuint (list->asked, ==, 0);
  g_assert_cmpuint (seen[0], ==, 1);
  g_assert_cmpuint (seen[2], ==, 100000);
  g_assert_true (gtk_selection_model_unselect_all (model));
  g_assert_false (gtk_selection_model_is_selected (model, 5));
}

static void
test_moves_with_rows (void)
{
  g_autoptr (TestList) list = g_object_new (TEST_TYPE_LIST, NULL);
  list->n = 10;
  g_autoptr (MrSelection) selection = mr_selection_new (G_LIST_MODEL (list));
  GtkSelectionModel *model = GTK_SELECTION_MODEL (selection);

  gtk_selection_model_select_item (model, 4, TRUE);
  gtk_selection_model_select_item (model, 6, FALSE);
  change (list, 0, 0, 2);
  g_assert_true (gtk_selection_model_is_selected (model, 6));
  g_assert_true (gtk_selection_model_is_selected (model, 8));
  g_assert_false (gtk_selection_model_is_selected (model, 4));
  change (list, 6, 1, 0);
  g_assert_true (gtk_selection_model_is_selected (model, 7));
  g_autoptr (GtkBitset) left = gtk_selection_model_get_selection (model);
  g_assert_cmpuint (gtk_bitset_get_size (left), ==, 1);
  /* A row in the place of one that was selected is another row. */
  change (list, 7, 1, 1);
  g_assert_false (gtk_selection_model_is_selected (model, 7));
}

static void
test_bounds (void)
{
  g_autoptr (TestList) list = g_object_new (TEST_TYPE_LIST, NULL);
  list->n = 3;
  g_autoptr (MrSelection) selection = mr_selection_new (G_LIST_MODEL (list));
  GtkSelectionModel *model = GTK_SELECTION_MODEL (selection);
  guint seen[3] = { 0 };

  g_signal_connect (selection, "selection-changed", G_CALLBACK (changed_cb), seen);
  gtk_selection_model_select_range (model, 2, 10, TRUE);
  g_autoptr (GtkBitset) some = gtk_selection_model_get_selection (model);
  g_assert_cmpuint (gtk_bitset_get_size (some), ==, 1);
  gtk_selection_model_select_item (model, 2, TRUE);
  g_assert_cmpuint (seen[0], ==, 1);
  gtk_selection_model_unselect_item (model, 2);
  g_assert_cmpuint (seen[0], ==, 2);
  g_assert_cmpuint (seen[1], ==, 2);
  g_assert_cmpuint (seen[2], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/selection/lazy", test_lazy);
  g_test_add_func ("/ui/selection/moves-with-rows", test_moves_with_rows);
  g_test_add_func ("/ui/selection/bounds", test_bounds);
  return g_test_run ();
}
