/* Unlocking the desktop's keyring: the one keyring call outside the service, made at a person's click. The Secret Service
 * shows its own prompt; no secret passes here. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

/* Completes when the person answered the prompt. Cancelling takes the prompt away. */
void mr_keyring_unlock_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* Errors: MR_ERROR_KEYRING_LOCKED (the prompt was dismissed), MR_ERROR_NO_KEYRING (no keyring on this session). */
gboolean mr_keyring_unlock_finish (GAsyncResult *result, GError **error);

G_END_DECLS
