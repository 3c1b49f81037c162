/* Calls about what is being sent right now. As those of calls.h. */
#pragma once

#include <mailrelay/records.h>

#include "client/client.h"

G_BEGIN_DECLS

void
mr_client_list_activity_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* MrActivityRecord, the oldest first. (transfer full) */
GPtrArray *mr_client_list_activity_finish (MrClient *self, GAsyncResult *result, GError **error);

/* Keeps the message back and ends the connections that are sending it, where that can still be done. */
void mr_client_stop_sending_async (MrClient *self, const char *id, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
/* *ret_count: connections that were ended; 0: it was too late, or nothing was being sent. */
gboolean mr_client_stop_sending_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error);

G_END_DECLS
