/* The maildrop folder: emptied at start and whenever mail-relay-sendmail has put something there. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

void mr_engine_take_maildrop (MrEngine *engine);

G_END_DECLS
