/* Whether this program runs in a sandbox of the desktop (Flatpak, Snap), where the desktop is reached through its portals. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_PORTAL_NAME "org.freedesktop.portal.Desktop"
#define MR_PORTAL_PATH "/org/freedesktop/portal/desktop"

/* Also where GTK_USE_PORTAL=1 asks for it, as GTK and GLib do. */
gboolean mr_portal_is_wanted (void);

G_END_DECLS
