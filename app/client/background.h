/* Leave of the desktop to run with the window closed, and to start after log-in, from inside a sandbox: org.freedesktop.portal.Background. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

/* The desktop may ask the person, for as long as that takes. autostart: commandline (NULL-terminated) is run after log-in; FALSE: nothing is. */
void mr_background_request_async (gboolean autostart, const char *const *commandline, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* MR_ERROR_REFUSED: the person or the desktop said no; MR_ERROR_NOT_FOUND: there is no such portal. */
gboolean mr_background_request_finish (GAsyncResult *result, GError **error);

G_END_DECLS
