/* Plans of what domains publish, and watches over their name servers. */
#pragma once

#include <mailrelay/engine-publish.h>

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrPublisher *mr_publisher_new (MrEngine *engine);
/* Plans under way get MR_ERROR_CANCELLED. */
void mr_publisher_free (MrPublisher *publisher);

G_END_DECLS
