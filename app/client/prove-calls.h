/* Typed calls for the last steps of a domain's set-up (com.example.MailRelay.Domains): providers of the DNS, changes by dynamic update, signatures of what came
 * back. The rules of calls.h hold.
 */
#pragma once

#include "client/calls.h"

G_BEGIN_DECLS

/* aa{sv}: id, name, url, menu; given by mr_client_records_finish() of publish-calls.h. */
void mr_client_list_dns_providers_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer data);

/* options: as for mr_client_plan_records_async(). key_file: path of a file as tsig-keygen writes it; the service
 * reads it. Only at a person's word. */
void mr_client_update_records_async (MrClient *self, const char *domain, GVariant *options, const char *server,
                                     const char *key_file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer data);
/* *ret_changed: how many entries were changed. */
gboolean mr_client_update_records_finish (MrClient *self, GAsyncResult *result, guint *ret_changed, GError **error);

/* message: whole, with its body. */
void mr_client_verify_message_async (MrClient *self, const char *message, gsize len, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data);
/* aa{sv}: domain, selector, algorithm, result, reason. (transfer full) */
GVariant *mr_client_verify_message_finish (MrClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
