/* "Being Sent Now": each message on its way, how far it is, and a button that ends it. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ACTIVITY_WINDOW (mr_activity_window_get_type ())
G_DECLARE_FINAL_TYPE (MrActivityWindow, mr_activity_window, MR, ACTIVITY_WINDOW, AdwWindow)

GtkWidget *mr_activity_window_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS
