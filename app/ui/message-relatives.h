/* Messages that belong to one: what it is a copy of or a report about, and its own copies; each with a button that shows it. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

G_BEGIN_DECLS

/* Fills the list, and hides it where there is none. The button starts "win.show-message" with the queue id. */
void mr_message_relatives_fill (GtkListBox *list, const MrMessageRecord *message);

G_END_DECLS
