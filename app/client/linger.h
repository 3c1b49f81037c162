/* "Keep sending when nobody is logged in": systemd keeps a user's services running after log-out, and starts them with the machine, where the user
 * lingers (loginctl enable-linger). Asked of systemd-logind on the system bus; it may ask the person for a password.
 */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

/* Error MR_ERROR_NOT_FOUND: there is no systemd-logind here, so that it cannot be had. */
void mr_linger_query_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_linger_query_finish (GAsyncResult *result, gboolean *ret_on, GError **error);
/* Error MR_ERROR_REFUSED: the system, or the person, said no. */
void mr_linger_set_async (gboolean on, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_linger_set_finish (GAsyncResult *result, GError **error);

G_END_DECLS
