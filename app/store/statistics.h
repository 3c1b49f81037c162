/* What became of the mail: statistics, ages of the queue, the audit log. As the functions of store.h. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* What happened is counted in the transaction that records it, or, where it was only submitted, within a second after it: by hour for 90 days, then by day (of UTC) for two years; at most 64 names of a kind in
 * an hour and the 32 largest in a day, the rest under MR_STATISTIC_REST. rows: MrStatisticRecord, borrowed. times: one row for each hour or
 * day in which something happened, oldest first, of all or of this name; else one row for each name over all of the time, the largest first.
 * since, until: wall times; until is not included. */
typedef void (*MrStoreStatisticsFunc) (GPtrArray *rows, const GError *error, gpointer data);
void mr_store_get_statistics (MrStore *store, MrStatisticKind kind, const char *name, gboolean times, gint64 since,
                              gint64 until, MrStoreStatisticsFunc func, gpointer data);
/* What waits by destination and age: MrQueueAgeRecord, the largest first, at most 50 and the rest; borrowed. Reads all that is active. */
void mr_store_list_queue_ages (MrStore *store, MrStoreStatisticsFunc func, gpointer data);
/* A recipient marked a message as unwanted; once for each. n G_MAXUINT: which one is not known. */
void mr_store_count_complaint (MrStore *store, const char *id, guint n, MrStoreFunc func, gpointer data);

/* The audit log is written in the transactions that it tells of. Off: nothing is added; what is there stays for keep_days. subjects: with them. */
void mr_store_set_audit (MrStore *store, gboolean enabled, gboolean subjects, guint keep_days);
/* rows: MrAuditRecord after the serial number, oldest first, at most limit; borrowed. */
typedef void (*MrStoreAuditFunc) (GPtrArray *rows, const GError *error, gpointer data);
void
mr_store_list_audit (MrStore *store, guint64 after, gint64 since, guint limit, MrStoreAuditFunc func, gpointer data);

G_END_DECLS
