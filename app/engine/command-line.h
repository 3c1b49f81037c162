/* The maildrop folder: emptied at start and whenever mail-relay-sendmail has put something there. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

/* Once, at the start. */
void mr_engine_take_maildrop (MrEngine *engine);
/* What is still being read is given up. */
void mr_engine_end_readings (MrEngine *engine);

G_END_DECLS
