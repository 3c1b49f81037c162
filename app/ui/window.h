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
/* Shows one message wherever it is. FALSE: it is in neither list. */
gboolean mr_window_show_message (MrWindow *self, const char *id);
/* The same, as soon as the lists are known: a window that was just opened has none yet. */
void mr_window_follow_message (MrWindow *self, const char *id);
/* Opens a window that explains a file of returned mail. */
void mr_window_explain_file (MrWindow *self, GFile *file);

G_END_DECLS
