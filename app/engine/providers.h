/* The presets of providers in force: the program's own and those of `providers.d` in the configuration folder. */
#pragma once

#include "engine/engine-private.h"
#include "policy/presets.h"

G_BEGIN_DECLS

/* (transfer full) a reference: what is found in it stays valid as long as that. Files that came, went or changed since
 * the last call are read now; one with an error is left out, logged once and
 * told in the status. */
MrPresets *mr_engine_dup_presets (MrEngine *engine);

/* What the status warns of: the configuration's warnings, and files of presets that were left out. (transfer full) strv */
char **mr_engine_dup_warnings (MrEngine *engine);

G_END_DECLS
