/* Telling the messages apart reads all of them, so it is asked for at most once a second, less often the longer it takes, and one question at a
 * time. There are at most 500 groups: they are rows of an ordinary list, replaced as a whole. */
#include "config.h"

#include "ui/group-list.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "client/list-calls.h"
#include "ui/record-item.h"

#define PAUSE_MS     1000
#define PAUSE_MAX_MS 15000
#define SHARE        40 /* so many times as long as the answer took nothing is asked */

struct _MrGroupList {
  GtkWidget parent_instance;
  GtkWidget *scroller;
  GtkListView *list;
  MrDesk *desk;
  GListStore *groups; /* MrRecordItem of MrFacetRecord */
  MrListFilter filter;
  MrFacet facet;
  GCancellable *cancellable; /* of the open question, NULL: none */
  MrClock *clock;
  gint64 asked; /* monotonic */
  guint pause;
  gboolean again;
};

enum { SIGNAL_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrGroupList, mr_group_list, GTK_TYPE_WIDGET)

char *
mr_group_list_dup_title (MrDesk *desk, MrFacet facet, const char *value)
{
  if (facet != MR_FACET_CAUSE)
    return g_strdup (value);
  if (g_str_equal (value, MR_LIST_NO_CAUSE))
    return g_strdup (_ ("Without a cause"));
  return mr_cause_dup_title (mr_desk_get_diagnosis (desk), value, NULL);
}

/* ---- asking ---- */

static void ask (MrGroupList *self);

static gboolean
pause_over_cb (gpointer data)
{
  MrGroupList *self = data;

  self->pause = 0;
  if (self->again)
    ask (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_same (GListModel *groups, GPtrArray *facets)
{
  if (g_list_model_get_n_items (groups) != facets->len)
    return FALSE;
  for (guint i = 0; i < facets->len; i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (groups, i);
    const MrFacetRecord *old = mr_record_item_get (item), *new = g_ptr_array_index (facets, i);

    if (old->messages != new->messages || !g_str_equal (old->value, new->value))
      return FALSE;
  }
  return TRUE;
}

static void
facets_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) facets = mr_client_list_facets_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrGroupList *self = data;
  gint64 took_ms = (mr_clock_monotonic (self->clock) - self->asked) / 1000;
  g_clear_object (&self->cancellable);
  self->pause = g_timeout_add ((guint)CLAMP (took_ms * SHARE, PAUSE_MS, PAUSE_MAX_MS), pause_over_cb, self);
  /* Who reads a row keeps it while nothing of it is new. */
  if (facets == NULL || is_same (G_LIST_MODEL (self->groups), facets))
    return;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  while (facets->len > 0)
    g_ptr_array_add (items,
                     mr_record_item_new (g_ptr_array_steal_index (facets, 0), (GDestroyNotify)mr_facet_record_free));
  g_list_store_splice (self->groups, 0, g_list_model_get_n_items (G_LIST_MODEL (self->groups)), items->pdata,
                       items->len);
}

static void
ask (MrGroupList *self)
{
  self->again = self->cancellable != NULL || self->pause != 0;
  if (self->again)
    return;
  self->cancellable = g_cancellable_new ();
  self->asked = mr_clock_monotonic (self->clock);
  mr_client_list_facets_async (mr_desk_get_client (self->desk), &self->filter, self->facet, self->cancellable,
                               facets_cb, self);
}

static void
give_up (MrGroupList *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->pause, g_source_remove);
}

void
mr_group_list_show (MrGroupList *self, const MrListFilter *filter, MrFacet facet)
{
  g_return_if_fail (MR_IS_GROUP_LIST (self));

  if (facet != self->facet)
    g_list_store_remove_all (self->groups);
  mr_list_filter_clear (&self->filter);
  mr_list_filter_copy (filter, &self->filter);
  self->facet = facet;
  give_up (self);
  ask (self);
}

void
mr_group_list_refresh (MrGroupList *self)
{
  g_return_if_fail (MR_IS_GROUP_LIST (self));
  ask (self);
}

/* ---- rows ---- */

static void
choose (MrGroupList *self, guint position, gboolean all)
{
  g_autoptr (MrRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->groups), position);

  if (item == NULL)
    return;
  g_autofree char *value = g_strdup (((const MrFacetRecord *)mr_record_item_get (item))->value);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, value, all);
}

static void
row_activated_cb (MrGroupList *self, guint position)
{
  choose (self, position, FALSE);
}

static void
select_clicked_cb (GtkButton *button, GtkListItem *list_item)
{
  choose (g_object_get_data (G_OBJECT (list_item), "list"), gtk_list_item_get_position (list_item), TRUE);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, MrGroupList *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new (NULL), *count = gtk_label_new (NULL);
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-select-all-symbolic");

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (box, "message-row");
  g_signal_connect (button, "clicked", G_CALLBACK (select_clicked_cb), list_item);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), count);
  gtk_box_append (GTK_BOX (box), button);
  g_object_set_data (G_OBJECT (list_item), "list", self);
  g_object_set_data (G_OBJECT (list_item), "title", title);
  g_object_set_data (G_OBJECT (list_item), "count", count);
  g_object_set_data (G_OBJECT (list_item), "button", button);
  gtk_list_item_set_child (list_item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, MrGroupList *self)
{
  const MrFacetRecord *group = mr_record_item_get (gtk_list_item_get_item (list_item));
  GtkWidget *frame = gtk_widget_get_parent (gtk_list_item_get_child (list_item));
  GtkWidget *button = g_object_get_data (G_OBJECT (list_item), "button");
  g_autofree char *title = mr_group_list_dup_title (self->desk, self->facet, group->value);
  g_autofree char *count = g_strdup_printf (ngettext ("%u message", "%u messages", group->messages), group->messages);
  g_autofree char *name = g_strdup_printf ("%s, %s", title, count);
  /* Translators: a destination or a cause */
  g_autofree char *all = g_strdup_printf (_ ("Select all messages of “%s”"), title);

  gtk_label_set_text (g_object_get_data (G_OBJECT (list_item), "title"), title);
  gtk_label_set_text (g_object_get_data (G_OBJECT (list_item), "count"), count);
  gtk_widget_set_tooltip_text (button, all);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, all, -1);
  if (frame != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* ---- class ---- */

void
mr_group_list_set_desk (MrGroupList *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_GROUP_LIST (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
}

static void
mr_group_list_dispose (GObject *object)
{
  MrGroupList *self = MR_GROUP_LIST (object);

  give_up (self);
  if (self->scroller != NULL) {
    gtk_list_view_set_model (self->list, NULL);
    gtk_list_view_set_factory (self->list, NULL);
    gtk_widget_unparent (g_steal_pointer (&self->scroller));
  }
  g_clear_object (&self->groups);
  g_clear_object (&self->desk);
  g_clear_pointer (&self->clock, mr_clock_unref);
  G_OBJECT_CLASS (mr_group_list_parent_class)->dispose (object);
}

static void
mr_group_list_finalize (GObject *object)
{
  mr_list_filter_clear (&MR_GROUP_LIST (object)->filter);
  G_OBJECT_CLASS (mr_group_list_parent_class)->finalize (object);
}

static void
mr_group_list_init (MrGroupList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->clock = mr_clock_new_real ();
  self->facet = MR_FACET_DOMAIN;
  self->filter.state = -1;
  self->groups = g_list_store_new (MR_TYPE_RECORD_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_autoptr (GtkSelectionModel) selection = GTK_SELECTION_MODEL (
      gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->groups))));
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, selection);
}

static void
mr_group_list_class_init (MrGroupListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mr_group_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = mr_group_list_finalize;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/group-list.ui");
  gtk_widget_class_bind_template_child (widget_class, MrGroupList, scroller);
  gtk_widget_class_bind_template_child (widget_class, MrGroupList, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}
