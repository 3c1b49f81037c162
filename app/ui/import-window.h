/* Accounts of other programs on this computer, and of a file: what was found, what to take, what came of it. */
#pragma once

#include <adwaita.h>

#include "client/import.h"
#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_IMPORT_WINDOW (mr_import_window_get_type ())
G_DECLARE_FINAL_TYPE (MrImportWindow, mr_import_window, MR, IMPORT_WINDOW, AdwWindow)

/* Looks at once. Signals: "imported" (guint: how many accounts were added), "complete" (MrAccountRecord, borrowed for the signal: one of which
 * something is missing). */
GtkWidget *mr_import_window_new (MrDesk *desk, GtkWindow *parent);
/* The same for places that are named (MrImportSource); takes a reference. For tests, and for a file that a person chose. */
GtkWidget *mr_import_window_new_for (MrDesk *desk, GtkWindow *parent, GPtrArray *sources);

G_END_DECLS
