/* Statistics in words, for lists, tables and screen readers. GTK-free; all strings are (transfer full) and translated. */
#pragma once

#include <mailrelay/records.h>

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

/* "14:00", "24 Nov", "Nov": below a bar. */
char *mr_statistics_dup_slot_label (MrSpan span, gint64 time);
/* "Tuesday, 14:00", "Tuesday, 24 November", "November 2026". */
char *mr_statistics_dup_slot (MrSpan span, gint64 time);
/* "12 delivered, 3 had to wait, 1 failed"; what is nothing is left out. "nothing" */
char *mr_statistics_dup_counts (const MrStatisticRecord *record);
/* "98.5 % accepted", "72.0 % accepted, less than before"; NULL where it is not known. */
char *mr_statistics_dup_acceptance (const MrStatisticRecord *record);
/* name: of a row of this kind. account_name: its name where it is an account that is known, else NULL. */
char *mr_statistics_dup_name (MrDiagnosis *diagnosis, MrStatisticKind kind, const char *name, const char *account_name);
/* "2 for less than 5 minutes, 1 for more than 21 hours" */
char *mr_statistics_dup_ages (const MrQueueAgeRecord *record);
/* The sum of all slots. */
void mr_statistics_sum (GPtrArray *slots, MrStatisticRecord *ret);

G_END_DECLS
