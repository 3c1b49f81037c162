/* GIO's name look-ups through our own resolver, so that one [dns] setting holds for everything that the process asks.
 *
 * Asynchronous look-ups of addresses and of SRV records, from any thread; the blocking calls are refused
 * (G_IO_ERROR_NOT_SUPPORTED), because they would stop the loop that has to answer them.
 */
#pragma once

#include "net/resolver.h"

G_BEGIN_DECLS

/* From here on GIO asks resolver, in whose thread this is called. */
void mr_gio_resolver_install (MrResolver *resolver);
/* Before the resolver is freed: GIO has back what it had before; look-ups under way end with an error when the resolver is
 * freed. Nothing where another one was installed meanwhile. */
void mr_gio_resolver_remove (MrResolver *resolver);

G_END_DECLS
