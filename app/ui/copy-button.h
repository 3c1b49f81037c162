/* A button that copies a text and says so: for values, commands, ids and conversations. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MR_TYPE_COPY_BUTTON (mr_copy_button_get_type ())
G_DECLARE_FINAL_TYPE (MrCopyButton, mr_copy_button, MR, COPY_BUTTON, GtkButton)

/* Properties: "text" (what is copied), "what" (translated; names the button for the tooltip and for screen readers:
 * "Copy the port"). */
GtkWidget *mr_copy_button_new (const char *text, const char *what);
void mr_copy_button_set_text (MrCopyButton *self, const char *text);

G_END_DECLS
