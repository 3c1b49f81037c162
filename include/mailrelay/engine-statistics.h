/* The engine's public face for what became of the mail: statistics, ages of the queue, the audit log. The same rules as in engine.h. */
#pragma once

#include <mailrelay/engine.h>
#include <mailrelay/statistics-records.h>

G_BEGIN_DECLS

/* times: one MrStatisticRecord for each slot of the span, oldest first, also where nothing happened; of name, or of all where it is NULL.
 * rows: one for each name of the kind over the whole span, the largest first; none for MR_STATISTIC_ALL. Of MR_STATISTIC_PROVIDER the names are those
 * of known providers, else domains, and falling is told. Both borrowed. */
typedef void (*MrStatisticsFunc) (GPtrArray *times, GPtrArray *rows, const GError *error, gpointer data);
/* name: with MR_STATISTIC_ALL and MR_STATISTIC_PROVIDER it is not looked at. */
void mr_engine_get_statistics (MrEngine *engine, MrSpan span, MrStatisticKind kind, const char *name,
                               MrStatisticsFunc func, gpointer data);
/* Providers that accept clearly less of the last day than of the two weeks before: MrStatisticRecord of the last day, falling TRUE. */
void mr_engine_list_falling (MrEngine *engine, MrRecordsFunc func, gpointer data);
/* MrQueueAgeRecord, the largest first. */
void mr_engine_list_queue_ages (MrEngine *engine, MrRecordsFunc func, gpointer data);

/* MrAuditRecord after the serial number and not older than since (wall time), oldest first, at most limit. */
void
mr_engine_list_audit (MrEngine *engine, guint64 after, gint64 since, guint limit, MrRecordsFunc func, gpointer data);

G_END_DECLS
