/* Typed calls about the signatures of a message (data/dbus, Outbox), and their words. The same rules as in calls.h. */
#pragma once

#include <mailrelay/records.h>

#include "client/client.h"

G_BEGIN_DECLS

/* check: their keys are asked for in the DNS. */
void mr_client_list_signatures_async (MrClient *self, const char *id, gboolean check, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrSignatureRecord. */
GPtrArray *mr_client_list_signatures_finish (MrClient *self, GAsyncResult *result, GError **error);

/* "Signed for example.com", "Will be signed for example.com". (transfer full) */
char *mr_signature_dup_title (const MrSignatureRecord *record);
/* "Key mr1, RSA, 2048 bits". (transfer full) */
char *mr_signature_dup_key (const MrSignatureRecord *record);
/* What the check found, in words; NULL: not checked. (transfer full) */
char *mr_signature_dup_finding (const MrSignatureRecord *record);

G_END_DECLS
