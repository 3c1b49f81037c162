/* From any window to a message in the main window. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* FALSE where no main window is behind the one that from is in. */
gboolean mr_open_message (GtkWidget *from, const char *id);
/* TRUE where mr_open_message() can do something. */
gboolean mr_open_message_can (GtkWidget *from);

G_END_DECLS
