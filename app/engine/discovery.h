/* Finding the settings for an address: the jobs of mr_engine_discover(). */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrDiscoveries *mr_discoveries_new (MrEngine *engine);
/* done of each job gets MR_ERROR_CANCELLED. */
void mr_discoveries_free (MrDiscoveries *discoveries);
/* Other time-outs than 20 and 3 seconds: for all sources together, and for the rest once something was found. For tests. */
void mr_discoveries_set_patience (MrDiscoveries *discoveries, guint patience_ms, guint hurry_ms);
/* Other ports than 443, 465 and 587, for tests in process. */
void mr_discoveries_set_ports (MrDiscoveries *discoveries, guint16 https, guint16 submissions, guint16 submission);

G_END_DECLS
