/* What the desktop's list of background applications says of the service: SetStatus of org.freedesktop.portal.Background, in a sandbox and where the
 * portal is of version 2 or later. Elsewhere there is no such list for us, and nothing is done. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/engine.h>

G_BEGIN_DECLS

typedef struct _MrBackgroundStatus MrBackgroundStatus;

/* The engine runs. */
MrBackgroundStatus *mr_background_status_new (MrEngine *engine);
/* The engine is asked no more. */
void mr_background_status_free (MrBackgroundStatus *status);
/* NULL: the session bus is gone. */
void mr_background_status_set_connection (MrBackgroundStatus *status, GDBusConnection *connection);
void mr_background_status_changed (MrBackgroundStatus *status, MrChanged what);

G_END_DECLS
