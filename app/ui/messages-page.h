/* Outbox or history: the list with its search, what a person can do with the selected messages, and the detail beside it. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_MESSAGES_PAGE (mr_messages_page_get_type ())
G_DECLARE_FINAL_TYPE (MrMessagesPage, mr_messages_page, MR, MESSAGES_PAGE, GtkWidget)

/* Properties: "history" (boolean, construct only), "can-go-back" (boolean, read only: the detail covers the list). Signal "listed": the list has
 * other rows than before. */

/* Once, before the page is used. */
void mr_messages_page_set_desk (MrMessagesPage *self, MrDesk *desk);
/* From the detail to the list, where one covers the other. */
void mr_messages_page_go_back (MrMessagesPage *self);
gboolean mr_messages_page_get_can_go_back (MrMessagesPage *self);
void mr_messages_page_focus_search (MrMessagesPage *self);
/* Selects one message where it is in the list, and shows it. FALSE: it is not there (yet). */
gboolean mr_messages_page_show_message (MrMessagesPage *self, const char *id);
/* Without what was searched for or filtered by. */
void mr_messages_page_show_all (MrMessagesPage *self);
/* What is in the list is known. */
gboolean mr_messages_page_is_loaded (MrMessagesPage *self);

G_END_DECLS
