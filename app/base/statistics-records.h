/* Statistics and audit lines as dictionaries and back: the same rules as in records-variant.h. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* Floating. "time" x, "name" s, and "submitted" "delivered" "deferred" "failed" "returned" "complaints" "bytes" t, "falling" b; of a provider
 * "acceptance" i in tenths of a percent where it is known. */
GVariant *mr_statistic_record_to_variant (const MrStatisticRecord *record);
MrStatisticRecord *mr_statistic_record_from_variant (GVariant *variant); /* never NULL */
/* "domain" s, "total" u, "ages" au. */
GVariant *mr_queue_age_record_to_variant (const MrQueueAgeRecord *record);
MrQueueAgeRecord *mr_queue_age_record_from_variant (GVariant *variant); /* NULL where the domain is missing */
GVariant *mr_audit_record_to_variant (const MrAuditRecord *record);
MrAuditRecord *mr_audit_record_from_variant (GVariant *variant); /* NULL where the message is missing */

/* The names of the counts as they stand in dictionaries, --json and CSV. */
const char *mr_count_kind_nick (MrCountKind kind);

/* A field of CSV (RFC 4180) appended to text: quoted where it must be; what a spreadsheet would take for a formula gets an apostrophe. */
void mr_csv_append (GString *text, const char *field, gboolean last);

G_END_DECLS
