/* A network monitor that says what the test says, in place of the platform's (GIO_USE_NETWORK_MONITOR). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Before the first use of GNetworkMonitor. The network is there until it is said to be gone. */
void fake_network_install (void);
void fake_network_set (gboolean available);
/* It counts what goes through it; it wants a person to sign in first. */
void fake_network_set_kind (gboolean metered, gboolean captive);

G_END_DECLS
