/* What a list is narrowed to: state, account, program, domain, cause. What there is to choose from comes from the messages that are there. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_FILTER_POPOVER (mr_filter_popover_get_type ())
G_DECLARE_FINAL_TYPE (MrFilterPopover, mr_filter_popover, MR, FILTER_POPOVER, GtkPopover)

/* Signal "changed": a person chose another value. */

void mr_filter_popover_set_desk (MrFilterPopover *self, MrDesk *desk, MrListKind kind);
/* Shows these conditions (its search and order do not matter) and asks for the values that there are. */
void mr_filter_popover_show_filter (MrFilterPopover *self, const MrListFilter *filter);
/* Writes the conditions into filter, whose strings are owned (mr_list_filter_copy()). */
void mr_filter_popover_apply (MrFilterPopover *self, MrListFilter *filter);

G_END_DECLS
