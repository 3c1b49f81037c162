/* The message itself, for `mail-relayctl show`. */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

typedef enum { MR_SHOW_HEADERS = 1, MR_SHOW_TEXT, MR_SHOW_SOURCE, MR_SHOW_PARTS, MR_SHOW_BODY } MrShowWhat;

/* Gives the exit code. BODY: the bytes as they are; all else is made safe for a terminal. */
int mr_ctl_show_message (MrCtl *ctl, const char *id, MrShowWhat what);

G_END_DECLS
