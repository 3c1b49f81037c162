/* The page at which a network wants a person to sign in (captive portal): any page over plain HTTP leads to it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The page that NetworkManager looks at to find out whether the network is open, where there is one; else one of a name that is reserved for examples
 * (RFC 2606), which knows nobody. Always an address of the web, never an error but for cancelling. */
void mr_network_page_find_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* (transfer full) NULL with error */
char *mr_network_page_find_finish (GAsyncResult *result, GError **error);

G_END_DECLS
