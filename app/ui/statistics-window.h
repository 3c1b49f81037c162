/* "Statistics": what was delivered, had to wait and failed over time and by name, what waits by destination, and the audit log of an office. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_STATISTICS_WINDOW (mr_statistics_window_get_type ())
G_DECLARE_FINAL_TYPE (MrStatisticsWindow, mr_statistics_window, MR, STATISTICS_WINDOW, AdwWindow)

/* parent may be NULL. */
GtkWidget *mr_statistics_window_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS
