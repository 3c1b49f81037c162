/* "Start after log-in": a systemd user socket unit where there is a systemd user manager and the unit is installed, else a
 * desktop autostart entry that starts the service; in a sandbox, the desktop's portal. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum { MR_AUTOSTART_OFF, MR_AUTOSTART_SYSTEMD, MR_AUTOSTART_ENTRY, MR_AUTOSTART_PORTAL } MrAutostart;

/* What is switched on now. */
void mr_autostart_query_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_autostart_query_finish (GAsyncResult *result, MrAutostart *ret, GError **error);
/* Switches the best way on, or all ways off. Safe to repeat. */
void mr_autostart_set_async (gboolean enabled, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_autostart_set_finish (GAsyncResult *result, GError **error);

/* The setting of the ports changed: where it is switched on, the unit that fits is taken. */
void mr_autostart_refresh_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_autostart_refresh_finish (GAsyncResult *result, GError **error);

G_END_DECLS
