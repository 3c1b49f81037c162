/* Text with emphasis and links. A link shows where it really leads: behind its text, and in the list below. */
#pragma once

#include <gtk/gtk.h>

#include "mail/rich-text.h"

G_BEGIN_DECLS

#define MR_TYPE_RICH_VIEW (mr_rich_view_get_type ())
G_DECLARE_FINAL_TYPE (MrRichView, mr_rich_view, MR, RICH_VIEW, GtkBox)

/* text is borrowed for the call. */
void mr_rich_view_set_text (MrRichView *self, const MrRichText *text);

G_END_DECLS
