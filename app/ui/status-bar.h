/* The line below the header: at most one notice, with the action that helps. */
#pragma once

#include <gtk/gtk.h>

#include "ui/notice.h"

G_BEGIN_DECLS

#define MR_TYPE_STATUS_BAR (mr_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (MrStatusBar, mr_status_bar, MR, STATUS_BAR, GtkWidget)

/* The notice is copied; level NONE hides the bar. */
void mr_status_bar_set_notice (MrStatusBar *self, const MrNotice *notice);

G_END_DECLS
