/* What waits, by its cause. */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

/* Prints the groups; gives the exit code. */
int mr_list_groups (MrCtl *ctl);
/* mail-relayctl list --group-by KIND */
int mr_list_facets (MrCtl *ctl, const MrListFilter *filter, const char *kind);

G_END_DECLS
