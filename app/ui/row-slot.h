/* A place in a long list for a row that is made when it comes into view: GTK keeps some two hundred places around what is to be seen, and a row has a
 * dozen widgets. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MR_TYPE_ROW_SLOT (mr_row_slot_get_type ())
G_DECLARE_FINAL_TYPE (MrRowSlot, mr_row_slot, MR, ROW_SLOT, GtkWidget)

GtkWidget *mr_row_slot_new (void);
/* NULL: none was made yet. Borrowed. */
GtkWidget *mr_row_slot_get_row (MrRowSlot *self);
/* row: floating, taken over. Stays until the slot goes. */
void mr_row_slot_set_row (MrRowSlot *self, GtkWidget *row);
/* TRUE: the row shows what it is to show. */
gboolean mr_row_slot_is_filled (MrRowSlot *self);
void mr_row_slot_set_filled (MrRowSlot *self, gboolean filled);

G_END_DECLS
