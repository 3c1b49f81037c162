/* The parts of mail-relayctl explain that read many replies or messages. */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

/* Standard input: JSON lines. Gives the exit code. */
int mr_explain_batch (MrCtl *ctl);
/* files: NULL-terminated; none or "-": standard input. link: finds the messages that the reports are about and marks the recipients whose mail came
 * back, which needs the service. Gives the exit code. */
int mr_explain_messages (MrCtl *ctl, char **files, gboolean link);

G_END_DECLS
