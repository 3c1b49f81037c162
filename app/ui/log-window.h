/* "Log": what the service did and what was said to servers, as it happens. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_LOG_WINDOW_LINES 5000

#define MR_TYPE_LOG_WINDOW (mr_log_window_get_type ())
G_DECLARE_FINAL_TYPE (MrLogWindow, mr_log_window, MR, LOG_WINDOW, AdwWindow)

GtkWidget *mr_log_window_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS
