/* The actions "messages.recipient-*" of a page of messages: what a recipient's card offers. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mr_messages_page_install_recipient_actions (GtkWidgetClass *widget_class);

G_END_DECLS
