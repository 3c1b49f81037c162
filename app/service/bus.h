/* Where clients reach the service: the session bus while there is one, and the peer-to-peer socket always.
 *
 * Neither is needed for mail to flow: without a session bus, or after it went, the socket serves; the name is owned again
 * when the bus returns. Callers of another user are refused on both.
 */
#pragma once

#include <mailrelay/engine.h>

#include "service/interfaces.h"

G_BEGIN_DECLS

typedef struct _MrBus MrBus;

/* Exports the interfaces. Never fails: what does not work is in the log. quit is called when a client asks for the end. */
MrBus *mr_bus_new (MrEngine *engine, const MrPaths *paths, MrClock *clock, MrQuitFunc quit, gpointer data);
void mr_bus_free (MrBus *bus);
/* The engine is about to stop: nothing that runs on behalf of a client may outlive it. */
void mr_bus_prepare_stop (MrBus *bus);
void mr_bus_changed (MrBus *bus, MrChanged what, guint64 revision);
/* TRUE while the peer-to-peer socket listens. */
gboolean mr_bus_listens (MrBus *bus);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrBus, mr_bus_free)

G_END_DECLS
