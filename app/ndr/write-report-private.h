/* Shared by write-report.c (the mail) and write-report-fields.c (its machine-readable part). */
#pragma once

#include "ndr/write-report.h"

G_BEGIN_DECLS

/* One line of printable ASCII, cut to max bytes; NULL for NULL. (transfer full) */
char *mr_report_dup_ascii (const char *text, gsize max);
/* The groups of fields of message/delivery-status (RFC 3464 2.1), with an empty line between them. */
void mr_report_append_fields (GString *out, const MrReportText *report);

G_END_DECLS
