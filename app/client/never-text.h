/* The list of addresses that are never written to, as a file for other programs. Pure. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef enum {
  MR_NEVER_PLAIN, /* the addresses alone, one in a line */
  MR_NEVER_CSV    /* RFC 4180 with a header line: address, since (ISO 8601), reason, message */
} MrNeverFormat;

/* By the end of a file's name: ".csv" is CSV, all else is plain. */
MrNeverFormat mr_never_format_of_name (const char *name);
/* records: MrNeverRecord. (transfer full) */
char *mr_never_dup_text (GPtrArray *records, MrNeverFormat format);

G_END_DECLS
