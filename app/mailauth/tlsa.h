/* TLSA records of mail servers (RFC 6698, RFC 7672). Pure. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* text: "USAGE SELECTOR MATCHING HEX". TRUE for what mail servers take into account (RFC 7672 3.1): usage 2 or 3, a selector and a kind of digest that
 * are known, and data as long as the digest. */
gboolean mr_tlsa_is_usable (const char *text);

G_END_DECLS
