/* Public suffixes ("co.uk"), from the list that browsers share: where DMARC receivers before RFC 9989 cut a name. Pure. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* The suffix and one label more: "example.co.uk" for "a.b.example.co.uk". domain: A-labels. (transfer full) The name itself where it is a suffix. */
char *mr_public_suffix_dup_registrable (const char *domain);

G_END_DECLS
