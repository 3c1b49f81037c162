/* Reports by mail about messages of ours (RFC 3464), made once the store knows what became of them. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

/* The recipient's state is about to be recorded: what is to be mailed about it is recorded with it. */
void mr_reports_note (MrEngine *engine, const MrMessageRecord *message, MrRecipientRecord *recipient);

G_END_DECLS
