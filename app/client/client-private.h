/* What the files of typed calls need of the connection. */
#pragma once

#include <gio/gunixfdlist.h>

#include "base/secret.h"
#include "client/client.h"

G_BEGIN_DECLS

/* NULL while not connected. Borrowed. */
GDBusConnection *mr_client_get_connection (MrClient *self);
/* Destination of messages: NULL on a peer-to-peer connection. */
const char *mr_client_get_bus_name (MrClient *self);

typedef struct {
  const char *interface;
  const char *method;
  GVariant *parameters;           /* floating or NULL */
  GUnixFDList *fds;               /* borrowed; NULL: none */
  const GVariantType *reply_type; /* NULL: () */
  gboolean may_take_long;         /* no time-out: the service reads something to its end */
} MrClientCall;

/* Connects first where that is necessary. */
void mr_client_call (MrClient *self, const MrClientCall *call, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer data);
/* (transfer full) a tuple of the reply type; *ret_fds (transfer full) may be NULL. */
GVariant *mr_client_call_finish (MrClient *self, GAsyncResult *result, GUnixFDList **ret_fds, GError **error);
/* A call of com.example.MailRelay.Domains that asks name servers or reads to an end: no time-out. fds: borrowed, NULL: none. */
void
mr_client_call_domains (MrClient *self, const char *method, GVariant *parameters, GUnixFDList *fds,
                        const char *reply_type, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* For calls without an answer. */
gboolean mr_client_call_finish_void (MrClient *self, GAsyncResult *result, GError **error);
/* The read end of a pipe that holds secret (NULL: nothing), in a list. (transfer full) */
GUnixFDList *mr_client_secret_fds (MrSecret *secret, GError **error);
/* Records of an aa{sv}, those that cannot be read left out. (transfer full) */
typedef gpointer (*MrClientConvert) (GVariant *variant);
GPtrArray *mr_client_convert_records (GVariant *list, MrClientConvert convert, GDestroyNotify free_func);

G_END_DECLS
