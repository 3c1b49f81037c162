/* The rows of a page of messages: only those on the screen exist. One timer for all of them keeps ages and countdowns true. */
#include "config.h"

#include "ui/message-row.h"
#include "ui/messages-page-private.h"

/* Ages and countdowns change by the minute; ten seconds keep them honest at little cost. */
#define TICK_SECONDS 10

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

static void
fill_row (MrMessagesPage *self, GtkListItem *list_item)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);
  MrMessageItem *item = gtk_list_item_get_item (list_item);
  const MrMessageRecord *record = item != NULL ? mr_message_item_get_record (item) : NULL;
  GtkWidget *frame = gtk_widget_get_parent (row);

  mr_message_row_set_message (MR_MESSAGE_ROW (row), record, find_account (self, record),
                              mr_desk_get_diagnosis (self->desk), mr_desk_now (self->desk));
  /* GTK 4.8 cannot name a list item through its factory; without a name a screen reader says nothing for the row. */
  if (frame != NULL && record != NULL) {
    g_autofree char *name = mr_message_row_dup_name (MR_MESSAGE_ROW (row));
    gtk_accessible_update_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  }
}

static void
item_loaded_cb (MrMessageItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
  MrMessagesPage *self = g_object_get_data (G_OBJECT (list_item), "page");

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

static void
setup_row_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, MrMessagesPage *self)
{
  GtkWidget *row = mr_message_row_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *primary = gtk_gesture_click_new ();

  g_object_set_data (G_OBJECT (list_item), "page", self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (row_secondary_cb), list_item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (secondary));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (primary), GDK_BUTTON_PRIMARY);
  g_signal_connect (primary, "released", G_CALLBACK (row_released_cb), list_item);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (primary));
  gtk_list_item_set_child (list_item, row);
}

static void
bind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, MrMessagesPage *self)
{
  g_signal_connect (gtk_list_item_get_item (list_item), "notify", G_CALLBACK (item_loaded_cb), list_item);
  g_hash_table_add (self->bound, list_item);
  fill_row (self, list_item);
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
    fill_row (self, list_item);
  mr_message_detail_tick (self->detail, mr_desk_now (self->desk));
  return G_SOURCE_CONTINUE;
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
}
