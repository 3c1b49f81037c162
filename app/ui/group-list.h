/* The messages of a list, group by group: one row for each destination or cause, with the number of its messages. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_GROUP_LIST (mr_group_list_get_type ())
G_DECLARE_FINAL_TYPE (MrGroupList, mr_group_list, MR, GROUP_LIST, GtkWidget)

/* Signal "chosen" (char *value, gboolean select): a group was opened; select: all of its messages are to be selected. */
void mr_group_list_set_desk (MrGroupList *self, MrDesk *desk);
/* filter: copied. The groups are asked for again; those that are shown stay until the answer. */
void mr_group_list_show (MrGroupList *self, const MrListFilter *filter, MrFacet facet);
/* Something changed: asks again, less often the longer an answer takes. */
void mr_group_list_refresh (MrGroupList *self);
/* "example.com", "The mailbox is full": what a group is called. (transfer full) */
char *mr_group_list_dup_title (MrDesk *desk, MrFacet facet, const char *value);

G_END_DECLS
