/* What waits, by its cause. */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

/* Prints the groups; gives the exit code. */
int mr_list_groups (MrCtl *ctl);

G_END_DECLS
