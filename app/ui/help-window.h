/* The list of help pages, and the one that is read. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MR_TYPE_HELP_WINDOW (mr_help_window_get_type ())
G_DECLARE_FINAL_TYPE (MrHelpWindow, mr_help_window, MR, HELP_WINDOW, AdwWindow)

/* page: id of a page; any other text, or NULL: the list. */
GtkWidget *mr_help_window_new (GtkWindow *parent, const char *page);

G_END_DECLS
