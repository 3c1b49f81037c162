/* Many selected rows of a lazy list, kept as positions only. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MR_TYPE_SELECTION (mr_selection_get_type ())
G_DECLARE_FINAL_TYPE (MrSelection, mr_selection, MR, SELECTION, GObject)

/* A GtkSelectionModel over model (borrowed, kept alive). */
MrSelection *mr_selection_new (GListModel *model);

G_END_DECLS
