/* Short messages that slide in: an action was done, or why it was not. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Shows text in the toast overlay nearest to from; nothing where there is none. */
void mr_toast_show (GtkWidget *from, const char *text);
/* The same with a button; callback (object) runs when it is pressed, unless object has ended by then. */
void mr_toast_show_button (GtkWidget *from, const char *text, const char *button, GCallback callback, GObject *object);
/* What an error says, with a sentence before it: "Could not save the account: ...". A cancelled call says nothing. */
void mr_toast_show_error (GtkWidget *from, const char *what, const GError *error);

G_END_DECLS
