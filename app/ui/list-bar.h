/* Above a list of messages: search, filter, order; and a chip for each filter, which takes it away. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_LIST_BAR (mr_list_bar_get_type ())
G_DECLARE_FINAL_TYPE (MrListBar, mr_list_bar, MR, LIST_BAR, GtkWidget)

/* Signal "changed": the filter is another one. */

/* Once. The order that was chosen last time for a list of this kind is taken up again. */
void mr_list_bar_set_desk (MrListBar *self, MrDesk *desk, MrListKind kind);
/* Borrowed until it changes. */
const MrListFilter *mr_list_bar_get_filter (MrListBar *self);
/* Everything is shown again; the order stays. */
void mr_list_bar_clear (MrListBar *self);
void mr_list_bar_focus_search (MrListBar *self);
/* What is typed there becomes a search. */
void mr_list_bar_capture_keys (MrListBar *self, GtkWidget *list);

/* TRUE: the list is told apart by this. *ret_value: the group that is open, NULL: none; borrowed. */
gboolean mr_list_bar_get_group (MrListBar *self, MrFacet *ret_facet, const char **ret_value);
/* Where the list is told apart: only the messages with this value; NULL: the groups again. */
void mr_list_bar_open_group (MrListBar *self, const char *value);

G_END_DECLS
