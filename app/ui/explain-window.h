/* "Explain Returned Mail": a message that came back, or what a server answered, in words. Needs no service. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

/* The largest file that is read, in bytes. */
#define MR_EXPLAIN_FILE_MAX (25 * 1024 * 1024)

#define MR_TYPE_EXPLAIN_WINDOW (mr_explain_window_get_type ())
G_DECLARE_FINAL_TYPE (MrExplainWindow, mr_explain_window, MR, EXPLAIN_WINDOW, AdwWindow)

/* parent may be NULL. */
GtkWidget *mr_explain_window_new (MrDesk *desk, GtkWindow *parent);
/* Reads the file and shows what it means, or a sentence that says why not; only the last of several asked for is shown. */
void mr_explain_window_open (MrExplainWindow *self, GFile *file);

G_END_DECLS
