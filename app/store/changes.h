/* What changed of messages lately: who shows a list follows it without reading all of it again. Not thread-safe: the store's mutex guards it. */
#pragma once

#include "store/lists.h"

G_BEGIN_DECLS

typedef struct _MrChanges MrChanges;

MrChanges *mr_changes_new (void);
void mr_changes_free (MrChanges *changes);
void mr_changes_add (MrChanges *changes, const char *id, MrListPlace place);
/* See mr_store_get_changes(). */
GBytes *mr_changes_get (const MrChanges *changes, guint64 since, guint64 *ret_serial);

G_END_DECLS
