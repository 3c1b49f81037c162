/* Calls about what became of the mail: statistics, ages of the queue, the audit log. As those of calls.h. */
#pragma once

#include "client/client.h"
#include <mailrelay/statistics-records.h>

G_BEGIN_DECLS

/* name NULL: of all. */
void mr_client_get_statistics_async (MrClient *self, MrSpan span, MrStatisticKind kind, const char *name,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* MrStatisticRecord: *ret_times the slots of the span, oldest first, *ret_rows by name, the largest first. (transfer full) */
gboolean mr_client_get_statistics_finish (MrClient *self, GAsyncResult *result, GPtrArray **ret_times,
                                          GPtrArray **ret_rows, GError **error);

void mr_client_list_queue_ages_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer data);
/* MrQueueAgeRecord, the largest first. (transfer full) */
GPtrArray *mr_client_list_queue_ages_finish (MrClient *self, GAsyncResult *result, GError **error);

#define MR_CLIENT_AUDIT_PAGE 500
/* The page of lines after the serial number; fewer than MR_CLIENT_AUDIT_PAGE: it is the last. */
void mr_client_list_audit_async (MrClient *self, guint64 after, gint64 since, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data);
/* MrAuditRecord, oldest first. (transfer full) */
GPtrArray *mr_client_list_audit_finish (MrClient *self, GAsyncResult *result, GError **error);

/* The slots, or where the kind has names the rows, as CSV with a line of titles. (transfer full) */
char *mr_statistics_dup_csv (GPtrArray *records, MrStatisticKind kind);
/* Lines of the audit log as CSV: with the titles first, or as they follow. (transfer full) */
char *mr_audit_dup_csv (GPtrArray *records, gboolean titles);

G_END_DECLS
