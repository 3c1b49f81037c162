/* The rows of a page of messages. GTK keeps places for some two hundred of them; those in view get a row with widgets, found out each time the
 * list was laid out and before it is drawn. One timer for all of them keeps ages and countdowns true. */
#include "config.h"

#include "ui/message-row.h"
#include "ui/messages-page-private.h"
#include "ui/row-slot.h"

/* Ages and countdowns change by the minute; ten seconds keep them honest at little cost. */
#define TICK_SECONDS 10
#define SWIPE_SPEED  600 /* pixels a second */

/* The account that it goes through, or went. */
static const MrAccountRecord *
find_account (MrMessagesPage *self, const MrMessageRecord *record)
{
  const MrRecipientRecord *first = record != NULL && record->recipients->len > 0
                                       ? g_ptr_array_index (record->recipients, 0)
                                       : NULL;
  const char *id = record == NULL                     ? NULL
                   : record->account_override != NULL ? record->account_override
                   : first != NULL                    ? first->account
                                                      : NULL;

  return id != NULL ? mr_desk_find_account (self->desk, id) : NULL;
}

/* GTK 4.8 cannot name a list item through its factory; without a name a screen reader says nothing for the row. */
static void
name_row (MrMessagesPage *self, GtkListItem *list_item, const MrMessageRecord *record)
{
  GtkWidget *frame = gtk_widget_get_parent (gtk_list_item_get_child (list_item));

  if (frame == NULL || record == NULL)
    return;
  g_autofree char *name = mr_message_row_describe (record, find_account (self, record),
                                                   mr_desk_get_diagnosis (self->desk), mr_desk_now (self->desk));
  gtk_accessible_update_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static const MrMessageRecord *
get_record (GtkListItem *list_item)
{
  MrMessageItem *item = gtk_list_item_get_item (list_item);

  return item != NULL ? mr_message_item_get_record (item) : NULL;
}

static void add_gestures (GtkWidget *row, GtkListItem *list_item);

static void
fill_row (MrMessagesPage *self, GtkListItem *list_item)
{
  MrRowSlot *slot = MR_ROW_SLOT (gtk_list_item_get_child (list_item));
  const MrMessageRecord *record = get_record (list_item);

  if (mr_row_slot_get_row (slot) == NULL) {
    GtkWidget *row = mr_message_row_new ();
    add_gestures (row, list_item);
    mr_row_slot_set_row (slot, row);
  }
  mr_message_row_set_message (MR_MESSAGE_ROW (mr_row_slot_get_row (slot)), record, find_account (self, record),
                              mr_desk_get_diagnosis (self->desk), mr_desk_now (self->desk));
  mr_row_slot_set_filled (slot, TRUE);
}

static gboolean
is_in_view (MrMessagesPage *self, GtkListItem *list_item)
{
  GtkWidget *slot = gtk_list_item_get_child (list_item);
  graphene_rect_t bounds;

  return gtk_widget_get_height (slot) > 0 && gtk_widget_compute_bounds (slot, GTK_WIDGET (self->list), &bounds)
         && bounds.origin.y + bounds.size.height > 0
         && bounds.origin.y < (float)gtk_widget_get_height (GTK_WIDGET (self->list));
}

/* After everything has its size and before it is drawn; a row that is made here is laid out in the same frame. */
static void
laid_out_cb (MrMessagesPage *self)
{
  GHashTableIter iter;
  gpointer list_item;
  guint first = G_MAXUINT, last = 0;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self->list)))
    return;
  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &list_item, NULL)) {
    if (!is_in_view (self, list_item))
      continue;
    first = MIN (first, gtk_list_item_get_position (list_item));
    last = MAX (last, gtk_list_item_get_position (list_item));
    if (!mr_row_slot_is_filled (MR_ROW_SLOT (gtk_list_item_get_child (list_item))))
      fill_row (self, list_item);
  }
  if (first <= last)
    mr_message_model_set_view (self->model, first, last);
}

static void
item_loaded_cb (MrMessageItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
  MrMessagesPage *self = g_object_get_data (G_OBJECT (list_item), "page");

  name_row (self, list_item, mr_message_item_get_record (item));
  mr_row_slot_set_filled (MR_ROW_SLOT (gtk_list_item_get_child (list_item)), FALSE);
  if (is_in_view (self, list_item))
    fill_row (self, list_item);
}

void
mr_messages_page_popup_menu (MrMessagesPage *self, double x, double y)
{
  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_popover), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->context_popover));
}

static void
row_secondary_cb (GtkGestureClick *gesture, int n_press, double x, double y, GtkListItem *list_item)
{
  MrMessagesPage *self = g_object_get_data (G_OBJECT (list_item), "page");
  guint position = gtk_list_item_get_position (list_item);
  double px = 0, py = 0;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_widget_translate_coordinates (gtk_list_item_get_child (list_item), GTK_WIDGET (self), x, y, &px, &py);
  mr_messages_page_popup_menu (self, px, py);
}

/* Where the detail covers the list, a plain tap opens it. Beside the list it follows the selection by itself. */
static void
row_released_cb (GtkGestureClick *gesture, int n_press, double x, double y, GtkListItem *list_item)
{
  MrMessagesPage *self = g_object_get_data (G_OBJECT (list_item), "page");
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (adw_leaflet_get_folded (self->leaflet) && (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) == 0)
    mr_messages_page_open_detail (self);
}

/* A quick stroke to the side: on to its end tries or sends the message, back to its start stops or removes it, which its toast undoes. All of these are in the
 * menu and on keys too. */
static void
row_swiped_cb (GtkGestureSwipe *gesture, double vx, double vy, GtkListItem *list_item)
{
  MrMessagesPage *self = g_object_get_data (G_OBJECT (list_item), "page");
  const MrMessageRecord *record = get_record (list_item);
  gboolean to_end = (vx > 0) == (gtk_widget_get_direction (GTK_WIDGET (self)) != GTK_TEXT_DIR_RTL);

  if (record == NULL || ABS (vx) < SWIPE_SPEED || ABS (vx) < 2 * ABS (vy) || (to_end && self->history))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), gtk_list_item_get_position (list_item), TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self),
                              !to_end                        ? (self->history ? "messages.remove" : "messages.stop")
                              : record->hold != MR_HOLD_NONE ? "messages.send"
                                                             : "messages.try-now",
                              NULL);
}

static void
add_gestures (GtkWidget *row, GtkListItem *list_item)
{
  GtkGesture *swipe = gtk_gesture_swipe_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *primary = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (row_secondary_cb), list_item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (secondary));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (primary), GDK_BUTTON_PRIMARY);
  g_signal_connect (primary, "released", G_CALLBACK (row_released_cb), list_item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (primary));
  /* Last, so that it is asked first: a stroke that it takes is no tap. */
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (swipe), TRUE);
  g_signal_connect (swipe, "swipe", G_CALLBACK (row_swiped_cb), list_item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (swipe));
}

static void
setup_row_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, MrMessagesPage *self)
{
  g_object_set_data (G_OBJECT (list_item), "page", self);
  gtk_list_item_set_child (list_item, mr_row_slot_new ());
}

static void
bind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, MrMessagesPage *self)
{
  g_signal_connect (gtk_list_item_get_item (list_item), "notify", G_CALLBACK (item_loaded_cb), list_item);
  g_hash_table_add (self->bound, list_item);
  mr_row_slot_set_filled (MR_ROW_SLOT (gtk_list_item_get_child (list_item)), FALSE);
  name_row (self, list_item, get_record (list_item));
}

static void
unbind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, MrMessagesPage *self)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), item_loaded_cb, list_item);
  g_hash_table_remove (self->bound, list_item);
}

static gboolean
tick_cb (gpointer data)
{
  MrMessagesPage *self = data;
  GHashTableIter iter;
  gpointer list_item;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_CONTINUE;
  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &list_item, NULL))
    if (is_in_view (self, list_item)) {
      name_row (self, list_item, get_record (list_item));
      fill_row (self, list_item);
    }
  mr_message_detail_tick (self->detail, mr_desk_now (self->desk));
  return G_SOURCE_CONTINUE;
}

static void
realized_cb (MrMessagesPage *self)
{
  g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (self)), "layout", G_CALLBACK (laid_out_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
unrealized_cb (MrMessagesPage *self)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_frame_clock (GTK_WIDGET (self)), laid_out_cb, self);
}

void
mr_messages_page_attach_list (MrMessagesPage *self)
{
  if (self->selection != NULL && gtk_list_view_get_model (self->list) == NULL)
    gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
}

static void
mapped_cb (MrMessagesPage *self)
{
  mr_messages_page_attach_list (self);
  mr_message_model_set_active (self->model, TRUE);
}

static void
unmapped_cb (MrMessagesPage *self)
{
  mr_message_model_set_active (self->model, FALSE);
}

/* A page that nobody looks at neither makes rows nor asks for what they would show. */
static void
follow_eyes (MrMessagesPage *self)
{
  g_signal_connect (self, "realize", G_CALLBACK (realized_cb), NULL);
  g_signal_connect (self, "unrealize", G_CALLBACK (unrealized_cb), NULL);
  g_signal_connect (self, "map", G_CALLBACK (mapped_cb), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (unmapped_cb), NULL);
  mr_message_model_set_active (self->model, gtk_widget_get_mapped (GTK_WIDGET (self)));
  if (gtk_widget_get_realized (GTK_WIDGET (self)))
    realized_cb (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    mapped_cb (self);
}

void
mr_messages_page_set_up_rows (MrMessagesPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_row_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_row_cb), self, 0);
  gtk_list_view_set_factory (self->list, factory);
  self->tick = g_timeout_add_seconds (TICK_SECONDS, tick_cb, self);
  follow_eyes (self);
}
