/* One search for the service: session bus, then socket, then starting it. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

/* Ends within some 12 s. Runs in the thread-default main context. */
void mr_find_service_async (gboolean may_start, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full); *ret_on_bus: TRUE: the service is MR_BUS_NAME on this message bus; FALSE: it is the other end.
 * Errors: G_IO_ERROR_NOT_CONNECTED with words for a person, G_IO_ERROR_CANCELLED. */
GDBusConnection *mr_find_service_finish (GAsyncResult *result, gboolean *ret_on_bus, GError **error);

G_END_DECLS
