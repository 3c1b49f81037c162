/* Who may call: this user, nobody else. The one place where that is decided for the bus. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Handler of GDBusServer's "allow-mechanism" and GDBusAuthObserver's "authorize-authenticated-peer": same user only. */
GDBusAuthObserver *mr_caller_observer_new (void);
/* Every call through skeletons of this class is checked before its handler runs; calls of one sender keep their order.
 * Once for a class, before the first one is exported. */
void mr_caller_guard (GDBusInterfaceSkeleton *skeleton);

G_END_DECLS
