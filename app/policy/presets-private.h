/* What the files of the presets share. */
#pragma once

#include "policy/presets.h"

G_BEGIN_DECLS

/* Reads "[provider ID]" of file. NULL with an error that names the key. */
MrPreset *mr_preset_read (GKeyFile *file, const char *group, const char *id, gboolean own, GError **error);
void mr_preset_free (MrPreset *preset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrPreset, mr_preset_free)

G_END_DECLS
