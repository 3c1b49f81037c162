/* Unlocking the desktop's keyring: the one keyring call outside the service, made at a person's click. The Secret Service
 * shows its own prompt; no secret passes here. */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

/* Completes when the person answered the prompt. Cancelling takes the prompt away where the
 * provider survives that; gnome-keyring does not, and its prompt stays until the person closes it. */
void mr_keyring_unlock_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* Errors: MR_ERROR_KEYRING_LOCKED (the prompt was dismissed), MR_ERROR_NOT_FOUND (the keyring has no place for passwords: one can be made),
 * MR_ERROR_BUSY (another program's prompt is in front), MR_ERROR_TIMED_OUT, MR_ERROR_NO_KEYRING (no keyring on this session). */
gboolean mr_keyring_unlock_finish (GAsyncResult *result, GError **error);

/* Makes a place for passwords, the default one, with the person's consent: the keyring asks for its new password itself. Completes when that
 * was answered. */
void mr_keyring_create_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* Errors as above. */
gboolean mr_keyring_create_finish (GAsyncResult *result, GError **error);

G_END_DECLS
