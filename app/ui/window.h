/* The main window. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_WINDOW (mr_window_get_type ())
G_DECLARE_FINAL_TYPE (MrWindow, mr_window, MR, WINDOW, AdwApplicationWindow)

/* application may be NULL (tests). */
GtkWidget *mr_window_new (GtkApplication *application, MrDesk *desk);
/* "outbox", "history" or "accounts". */
void mr_window_show_page (MrWindow *self, const char *name);
/* Shows one message wherever it is, as soon as the lists are known: a page that nobody has looked at yet has none. Clears a search or filter that may hide
 * it; says so where there is no such message. */
void mr_window_follow_message (MrWindow *self, const char *id);
/* Opens a window that explains a file of returned mail. */
void mr_window_explain_file (MrWindow *self, GFile *file);

G_END_DECLS
