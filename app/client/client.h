/* MrClient: one connection to the service, made anew whenever it is lost; for the window and the command-line programs.
 *
 * It looks for the service on the session bus, then at the peer-to-peer socket, then starts it (D-Bus activation, else
 * mail-relayd from beside itself; a program run from its build folder uses the service of that folder). Everything
 * happens in the thread-default main context of the thread that made it. No call blocks.
 *
 * Errors of calls: those of the service have the domain MR_ERROR and the service's words; everything that means "the
 * service did not answer" makes mr_client_is_unreachable() TRUE; G_IO_ERROR_CANCELLED after the cancellable.
 */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_TYPE_CLIENT (mr_client_get_type ())
G_DECLARE_FINAL_TYPE (MrClient, mr_client, MR, CLIENT, GObject)

/* What may have changed; after a reconnection all of them. */
typedef enum {
  MR_CLIENT_CHANGED_QUEUE = 1 << 0,
  MR_CLIENT_CHANGED_ACCOUNTS = 1 << 1,
  MR_CLIENT_CHANGED_PROGRAMS = 1 << 2,
  MR_CLIENT_CHANGED_STATUS = 1 << 3,
  MR_CLIENT_CHANGED_CONFIG = 1 << 4,
  MR_CLIENT_CHANGED_ALL = (1 << 5) - 1
} MrClientChanged;

/* Properties: "connected" (gboolean), "connecting" (gboolean), both read-only.
 * Signal "changed": void (*) (MrClient *, guint what (MrClientChanged), guint64 revision, gpointer data).
 *
 * may_start: the service is started where it does not run, now and after it went away (with growing pauses). */
MrClient *mr_client_new (gboolean may_start);

/* Completes when the client is connected, at the latest after some 10 s. Calls made before that do the same by themselves.
 * A client that was connected once goes on trying by itself until it is disposed. */
void mr_client_connect_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_connect_finish (MrClient *self, GAsyncResult *result, GError **error);

gboolean mr_client_is_connected (MrClient *self);
gboolean mr_client_is_connecting (MrClient *self);
/* Why the last try failed; NULL while connected or before the first try. Borrowed. */
const char *mr_client_get_connect_error (MrClient *self);
/* Version of the service, NULL before the first connection; borrowed. */
const char *mr_client_get_service_version (MrClient *self);
/* TRUE where client and service are of different versions: a person is told to restart one of them. */
gboolean mr_client_version_differs (MrClient *self);
/* TRUE for errors that mean that no service answered. */
gboolean mr_client_is_unreachable (const GError *error);

G_END_DECLS
