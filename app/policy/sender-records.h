/* What providers want in the DNS of their customers' domains: the name to include in SPF, and the selectors at which their keys stand. Pure; known from the
 * providers' own help pages. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  const char *provider;     /* preset id */
  const char *include;      /* for SPF; NULL: none is needed or known */
  const char *selectors[4]; /* of DKIM, NULL-terminated; empty: chosen for each customer, or not known */
} MrSenderRecords;

/* NULL: nothing is known of that provider. */
const MrSenderRecords *mr_sender_records_find (const char *provider);
/* All, a row with provider NULL behind the last. */
const MrSenderRecords *mr_sender_records_all (void);

G_END_DECLS
