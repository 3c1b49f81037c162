/* A page of messages. The model is lazy: only the rows on the screen exist, so nothing here walks all of it; what acts on many messages
 * collects their ids from the model, which knows them without loading rows.
 *
 * Here are the page, its filter and its sizes; actions live in messages-actions.c, rows in messages-rows.c, the selected message in messages-detail.c.
 */
#include "config.h"

#include "ui/messages-page.h"

#include "ui/messages-page-private.h"
#include "ui/messages-recipient.h"

/* From this width on the list may have more than it needs at least. */
#define WIDE_PAGE       880
#define LIST_WIDTH      340
#define NARROWEST       360
#define WIDE_LIST_WIDTH 420

enum { PROP_0, PROP_HISTORY, PROP_HELD, PROP_CAN_GO_BACK, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SIGNAL_LISTED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrMessagesPage, mr_messages_page, GTK_TYPE_WIDGET)

/* ---- list ---- */

static void
row_activated_cb (MrMessagesPage *self, guint position)
{
  mr_messages_page_open_detail (self);
}

static void
update_stack (MrMessagesPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  gboolean narrow = mr_list_filter_is_narrow (mr_list_bar_get_filter (self->bar));
  const char *page = "list";

  if (mr_messages_page_shows_groups (self) && (n > 0 || narrow))
    page = "groups";
  else if (n == 0)
    page = !mr_message_model_is_loaded (self->model) ? "loading" : narrow ? "no-match" : "empty";
  gtk_stack_set_visible_child_name (self->list_stack, page);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), n > 0 || narrow);
  /* A list that tells why it is empty stands alone. Blank, not hidden: GTK 4.8 does not tell screen readers of a pane that comes back. */
  mr_message_detail_set_quiet (self->detail, !g_str_equal (page, "list") && !g_str_equal (page, "groups"));
  mr_messages_page_count_group (self);
}

static void
items_changed_cb (MrMessagesPage *self)
{
  update_stack (self);
  /* A selected row may have gone, or moved into the history. */
  mr_messages_page_selection_changed_cb (self);
  g_signal_emit (self, signals[SIGNAL_LISTED], 0);
}

/* ids NULL: perhaps all. */
static void
messages_changed_cb (MrMessagesPage *self, GHashTable *ids)
{
  if (self->detail_id != NULL && (ids == NULL || g_hash_table_contains (ids, self->detail_id)))
    mr_messages_page_fetch_detail (self);
  if (mr_messages_page_shows_groups (self) && (ids == NULL || g_hash_table_size (ids) > 0))
    mr_group_list_refresh (self->groups);
}

/* What the bar says, and the one reason above the list where only its messages are to be seen. */
static void
filter_changed_cb (MrMessagesPage *self)
{
  if (self->model == NULL)
    return;
  MrListFilter filter = *mr_list_bar_get_filter (self->bar); /* its strings are borrowed for the call */
  if (self->held)
    filter.held_only = TRUE;
  mr_wait_card_get_filter (self->wait_card, &filter);
  mr_message_model_set_filter (self->model, &filter);
  mr_messages_page_update_groups (self, &filter);
  update_stack (self);
}

static void
clear_filters_cb (MrMessagesPage *self)
{
  mr_list_bar_clear (self->bar);
  mr_list_bar_focus_search (self->bar);
}

void
mr_messages_page_show_all (MrMessagesPage *self)
{
  g_return_if_fail (MR_IS_MESSAGES_PAGE (self));
  if (self->desk != NULL && mr_list_filter_is_narrow (mr_list_bar_get_filter (self->bar)))
    mr_list_bar_clear (self->bar);
}

void
mr_messages_page_focus_search (MrMessagesPage *self)
{
  g_return_if_fail (MR_IS_MESSAGES_PAGE (self));
  mr_messages_page_go_back (self);
  mr_list_bar_focus_search (self->bar);
}

void
mr_messages_page_go_back (MrMessagesPage *self)
{
  g_return_if_fail (MR_IS_MESSAGES_PAGE (self));
  if (mr_messages_page_get_can_go_back (self))
    adw_leaflet_set_visible_child (self->leaflet, self->list_side);
}

gboolean
mr_messages_page_get_can_go_back (MrMessagesPage *self)
{
  g_return_val_if_fail (MR_IS_MESSAGES_PAGE (self), FALSE);
  return adw_leaflet_get_folded (self->leaflet)
         && adw_leaflet_get_visible_child (self->leaflet) == GTK_WIDGET (self->detail);
}

static void
fold_changed_cb (MrMessagesPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_GO_BACK]);
}

gboolean
mr_messages_page_show_message (MrMessagesPage *self, const char *id)
{
  guint position = 0;

  g_return_val_if_fail (MR_IS_MESSAGES_PAGE (self), FALSE);
  if (self->model == NULL)
    return FALSE;
  if (!mr_message_model_find (self->model, id, &position)) {
    if (!mr_message_model_is_current (self->model))
      mr_message_model_refresh_once (self->model);
    return FALSE;
  }
  mr_messages_page_attach_list (self);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
  mr_messages_page_open_detail (self);
  return TRUE;
}

gboolean
mr_messages_page_is_loaded (MrMessagesPage *self)
{
  g_return_val_if_fail (MR_IS_MESSAGES_PAGE (self), FALSE);
  return self->model != NULL && mr_message_model_is_current (self->model);
}

void
mr_messages_page_set_desk (MrMessagesPage *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_MESSAGES_PAGE (self));
  g_return_if_fail (self->desk == NULL);

  MrListKind kind = self->history ? MR_LIST_HISTORY : MR_LIST_OUTBOX;

  self->desk = g_object_ref (desk);
  mr_list_bar_set_desk (self->bar, desk, kind);
  mr_group_list_set_desk (self->groups, desk);
  mr_list_bar_capture_keys (self->bar, GTK_WIDGET (self->list));
  self->model = mr_message_model_new (mr_desk_get_client (desk), kind, FALSE);
  self->selection = mr_selection_new (G_LIST_MODEL (self->model));
  filter_changed_cb (self);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (mr_messages_page_selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->model, "notify::loaded", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "messages-changed", G_CALLBACK (messages_changed_cb), self, G_CONNECT_SWAPPED);
  mr_message_detail_set_client (self->detail, mr_desk_get_client (desk));
  mr_message_detail_setup (self->detail, mr_desk_get_diagnosis (desk), mr_desk_get_accounts (desk));
  if (!self->history && !self->held)
    mr_wait_card_set_desk (self->wait_card, desk);
  if (!self->history && !self->held)
    mr_set_up_card_set_desk (self->set_up_card, desk);
  g_signal_connect_object (desk, "accounts-changed", G_CALLBACK (mr_messages_page_update_empty), self,
                           G_CONNECT_SWAPPED);
  mr_messages_page_update_empty (self);
  g_signal_connect_object (self->wait_card, "show-changed", G_CALLBACK (filter_changed_cb), self, G_CONNECT_SWAPPED);

  mr_messages_page_set_up_rows (self);
  update_stack (self);
  mr_messages_page_selection_changed_cb (self);
}

/* ---- class ---- */

static void
mr_messages_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (object);

  switch (id) {
  case PROP_HELD:
    g_value_set_boolean (value, self->held);
    break;
  case PROP_HISTORY:
    g_value_set_boolean (value, self->history);
    break;
  case PROP_CAN_GO_BACK:
    g_value_set_boolean (value, mr_messages_page_get_can_go_back (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mr_messages_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_HELD)
    MR_MESSAGES_PAGE (object)->held = g_value_get_boolean (value);
  else if (id == PROP_HISTORY)
    MR_MESSAGES_PAGE (object)->history = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mr_messages_page_constructed (GObject *object)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (object);

  G_OBJECT_CLASS (mr_messages_page_parent_class)->constructed (object);
  mr_messages_page_update_empty (self);
  gtk_widget_set_visible (self->bar_remove, self->history);
  gtk_widget_set_visible (self->bar_try, !self->history && !self->held);
  gtk_widget_set_visible (self->bar_keep, !self->history && !self->held);
  gtk_widget_set_visible (self->bar_send, !self->history);
  gtk_widget_set_visible (self->bar_stop, !self->history);
}

static void
mr_messages_page_dispose (GObject *object)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_handle_id (&self->widen, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->fetch_cancellable != NULL)
    g_cancellable_cancel (self->fetch_cancellable);
  g_clear_object (&self->fetch_cancellable);
  g_clear_pointer (&self->context_popover, gtk_widget_unparent);
  if (self->leaflet != NULL) {
    gtk_list_view_set_model (self->list, NULL);
    gtk_list_view_set_factory (self->list, NULL);
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->leaflet)));
  }
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_messages_page_parent_class)->dispose (object);
}

static void
mr_messages_page_finalize (GObject *object)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->bound, g_hash_table_unref);
  g_free (self->detail_id);
  g_strfreev (self->undo_ids);
  G_OBJECT_CLASS (mr_messages_page_parent_class)->finalize (object);
}

/* A request must not change while sizes are handed out. */
static gboolean
widen_cb (gpointer data)
{
  MrMessagesPage *self = data;

  self->widen = 0;
  self->wide = gtk_widget_get_width (GTK_WIDGET (self)) >= WIDE_PAGE;
  gtk_widget_set_size_request (self->list_side, self->wide ? WIDE_LIST_WIDTH : LIST_WIDTH, -1);
  return G_SOURCE_REMOVE;
}

/* No layout manager, which would keep size_allocate from being called: the context menu and the list's width depend on it. */
static void
mr_messages_page_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                          int *minimum_baseline, int *natural_baseline)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);

  gtk_widget_measure (GTK_WIDGET (self->leaflet), orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
  /* The wider list is a wish; it must not keep the window from becoming narrow. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, NARROWEST);
}

static void
mr_messages_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);

  int minimum = 0;

  /* For the one frame until the wish is taken back. */
  gtk_widget_measure (GTK_WIDGET (self->leaflet), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_allocate (GTK_WIDGET (self->leaflet), MAX (width, minimum), height, baseline, NULL);
  if ((width >= WIDE_PAGE) != self->wide && self->widen == 0)
    self->widen = g_idle_add (widen_cb, self);
  if (self->context_popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->context_popover));
}

static gboolean
menu_key_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);

  if (mr_messages_page_count_selected (self) == 0)
    return FALSE;
  mr_messages_page_popup_menu (self, gtk_widget_get_width (self->list_side) / 2.0, 100);
  return TRUE;
}

static void
mr_messages_page_init (MrMessagesPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->bound = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->context_popover = gtk_popover_menu_new_from_model (self->context_menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->context_popover), FALSE);
  gtk_widget_set_halign (self->context_popover, GTK_ALIGN_START);
  gtk_widget_set_parent (self->context_popover, GTK_WIDGET (self));
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (fold_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::visible-child", G_CALLBACK (fold_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, list_side);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, bar);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, list_stack);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, wait_card);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, set_up_card);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, list);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, selection_bar);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, selection_label);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, bar_stop);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, bar_keep);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, bar_send);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, bar_try);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, bar_remove);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, detail);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, context_menu);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_filters_cb);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, groups);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, group_head);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, group_back);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, group_title);
  gtk_widget_class_bind_template_child (widget_class, MrMessagesPage, group_count);
  gtk_widget_class_bind_template_callback_full (widget_class, "group_chosen_cb",
                                                G_CALLBACK (mr_messages_page_group_chosen_cb));
  gtk_widget_class_bind_template_callback_full (widget_class, "group_back_cb",
                                                G_CALLBACK (mr_messages_page_group_back_cb));
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
mr_messages_page_class_init (MrMessagesPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mr_messages_page_get_property;
  object_class->set_property = mr_messages_page_set_property;
  object_class->constructed = mr_messages_page_constructed;
  object_class->dispose = mr_messages_page_dispose;
  object_class->finalize = mr_messages_page_finalize;
  widget_class->measure = mr_messages_page_measure;
  widget_class->size_allocate = mr_messages_page_size_allocate;
  properties[PROP_HISTORY] = g_param_spec_boolean ("history", NULL, NULL, FALSE,
                                                   G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  signals[SIGNAL_LISTED] = g_signal_new ("listed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  properties[PROP_HELD] = g_param_spec_boolean ("held", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (MR_TYPE_MESSAGE_DETAIL);
  g_type_ensure (MR_TYPE_LIST_BAR);
  g_type_ensure (MR_TYPE_GROUP_LIST);
  g_type_ensure (MR_TYPE_WAIT_CARD);
  g_type_ensure (MR_TYPE_SET_UP_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/messages-page.ui");
  bind_children (widget_class);
  mr_messages_page_install_actions (widget_class);
  mr_messages_page_install_recipient_actions (widget_class);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, menu_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, menu_key_cb, NULL);
}
