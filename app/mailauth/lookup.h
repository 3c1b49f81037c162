/* The look-up interface of this room: answers that somebody else fetched, and the questions that are still open.
 *
 * An evaluation never waits. It asks the table; where the answer is missing, the question is noted and the evaluation ends as *pending*.
 * Whoever owns the network answers what is wanted and evaluates again: the table grows until nothing is missing. The number of
 * questions is bounded by the evaluations themselves (RFC 7208 4.6.4 and the like) and by the table.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_LOOKUP_MAX_RECORDS 100 /* of one answer; the rest is dropped */
#define MR_LOOKUP_MAX_ANSWERS 1000

typedef enum {
  MR_LOOKUP_A,
  MR_LOOKUP_AAAA,
  MR_LOOKUP_MX,
  MR_LOOKUP_PTR,
  MR_LOOKUP_TXT,
  MR_LOOKUP_N_TYPES
} MrLookupType;

typedef enum {
  MR_LOOKUP_FOUND,
  MR_LOOKUP_NOTHING,   /* the name does not exist, or has no record of the type */
  MR_LOOKUP_TEMPORARY, /* SERVFAIL, time-out */
  MR_LOOKUP_PENDING    /* not known yet; noted as wanted */
} MrLookupStatus;

typedef struct _MrLookupTable MrLookupTable;

MrLookupTable *mr_lookup_table_new (void);
void mr_lookup_table_free (MrLookupTable *table);

/* records: NULL-terminated; numeric addresses (A, AAAA), host names in order of preference (MX), host names (PTR), or texts whose strings have
 * been joined without spaces, a NUL in them made another control (TXT). Copied. A second answer to a question replaces the first. status is not PENDING. */
void mr_lookup_table_answer (MrLookupTable *table, const char *name, MrLookupType type, MrLookupStatus status,
                             const char *const *records);
/* *ret_records is borrowed, NULL-terminated, never NULL; may be NULL where only the status matters. Names are compared without case and without a final
 * dot. A name that cannot stand in the DNS (a label that is empty or longer than 63, more than 253 bytes) has no records. */
MrLookupStatus
mr_lookup_table_ask (MrLookupTable *table, const char *name, MrLookupType type, const char *const **ret_records);
/* The next open question, which is then no longer open; FALSE: none. *ret_name (transfer full). */
gboolean mr_lookup_table_take_wanted (MrLookupTable *table, char **ret_name, MrLookupType *ret_type);
const char *mr_lookup_type_name (MrLookupType type); /* "TXT" */
/* TRUE where the labels fit the DNS (RFC 1035 2.3.4); a final dot is allowed. */
gboolean mr_dns_name_fits (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrLookupTable, mr_lookup_table_free)

G_END_DECLS
