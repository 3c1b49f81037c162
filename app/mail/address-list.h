/* Where the addresses stand in the value of a header field (RFC 5322 3.4 with its obsolete forms), for this room only.
 * Reads raw bytes: folding counts as white space. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  gsize start, end; /* of the addr-spec in the value, comments inside it included */
  char *spec;       /* the addr-spec without comments and white space, unchecked; or a local part alone */
} MrAddressSpan;

typedef struct {
  const char *value;
  gsize len, pos;
  gboolean bad; /* something was skipped */
} MrAddressIter;

void mr_address_iter_init (MrAddressIter *iter, const char *value, gsize len);
/* FALSE at the end. ret->spec: (transfer full). Linear in the length of the value over all calls. */
gboolean mr_address_iter_next (MrAddressIter *iter, MrAddressSpan *ret);
/* Behind the comment, the quoted string or the literal that opens at pos: its own end or the end of the value. */
gsize mr_address_skip_token (const char *value, gsize len, gsize pos);

G_END_DECLS
