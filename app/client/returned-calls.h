/* Calls about what comes back: reports that a person opened, addresses that are never written to. As those of calls.h. */
#pragma once

#include "client/client.h"
#include <mailrelay/records.h>

G_BEGIN_DECLS

/* What a report says about one recipient; copied. All may be NULL. */
typedef struct {
  const char *message_id; /* of the returned message, without angle brackets */
  const char *envid;      /* Original-Envelope-Id */
  const char *queue_id;   /* X-Mail-Relay-Queue-Id */
  const char *recipient;  /* original recipient, else final recipient */
  const char *cause;      /* cause id */
  gint64 when;            /* wall time of the report, 0: now */
  gboolean failed;        /* it was not delivered: the recipient is marked as returned later */
  gboolean complaint;     /* the recipient marked it as unwanted: it is counted */
} MrClientReport;
void mr_client_link_report_async (MrClient *self, const MrClientReport *report, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* *ret_id (transfer full): the message; NULL: you did not send this. *ret_recipient: its number, G_MAXUINT: none fits. */
gboolean mr_client_link_report_finish (MrClient *self, GAsyncResult *result, char **ret_id, guint *ret_recipient,
                                       GError **error);

void
mr_client_list_groups_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* MrGroupRecord, the largest first. (transfer full) */
GPtrArray *mr_client_list_groups_finish (MrClient *self, GAsyncResult *result, GError **error);

void
mr_client_list_never_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* MrNeverRecord, newest first. (transfer full) */
GPtrArray *mr_client_list_never_finish (MrClient *self, GAsyncResult *result, GError **error);
/* reason, message_id: may be NULL. */
void mr_client_add_never_async (MrClient *self, const char *address, const char *reason, const char *message_id,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_add_never_finish (MrClient *self, GAsyncResult *result, GError **error);
void mr_client_remove_never_async (MrClient *self, const char *address, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
gboolean mr_client_remove_never_finish (MrClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
