/* The last word on a message that was being sent, kept until the store has it. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

/* Records new states and attempts and ends the lease. changed, attempts (transfer full) or NULL. A write that fails is tried again until the
 * disk takes it; until then the lease stands, so that what may have been delivered does not go out again. */
void mr_record_outcome (MrEngine *engine, const char *id, GPtrArray *changed, GPtrArray *attempts);
/* The engine ends: what could not be written is tried once more. What fails now is found at the next start as after a crash. */
void mr_record_flush (MrEngine *engine);

G_END_DECLS
