/* Pictures of windows, for the eye; and waiting for the main loop to settle. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Runs the main loop until the widget has been drawn and nothing is pending. */
void shot_settle (GtkWidget *widget);
/* Writes NAME.png to the folder in MR_UI_SHOTS; does nothing where that is not set. */
void shot_save (GtkWidget *widget, const char *name);

G_END_DECLS
