/* Addresses that are never written to: the list, and what a person can do with it. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_NEVER_WINDOW (mr_never_window_get_type ())
G_DECLARE_FINAL_TYPE (MrNeverWindow, mr_never_window, MR, NEVER_WINDOW, AdwWindow)

/* parent may be NULL: then no entry leads to its message. */
GtkWidget *mr_never_window_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS
