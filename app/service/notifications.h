/* What a person is told on the desktop: accounts that need them, and messages that were not delivered or need them, one note for each account or
 * cause. A note goes when its cause is gone. Nothing of a message is told but a recipient's address.
 *
 * The engine decides what needs a person; here is only remembered what was told last, in memory: what failed before the service was started is
 * not told again.
 */
#pragma once

#include <gio/gio.h>
#include <mailrelay/engine.h>

#include "service/domain-notes.h"

G_BEGIN_DECLS

typedef struct _MrNotifications MrNotifications;

/* The engine runs. */
MrNotifications *mr_notifications_new (MrEngine *engine, MrClock *clock);
void mr_notifications_free (MrNotifications *notifications);
/* The engine is about to stop, or has stopped: it is asked no more, what is on the screen is taken away. */
void mr_notifications_stop (MrNotifications *notifications);
/* NULL: the session bus is gone. */
void mr_notifications_set_connection (MrNotifications *notifications, GDBusConnection *connection);
/* Of domains; NULL once it has stopped. Borrowed. */
MrDomainNotes *mr_notifications_get_domain_notes (MrNotifications *notifications);
void mr_notifications_changed (MrNotifications *notifications, MrChanged what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrNotifications, mr_notifications_free)

G_END_DECLS
