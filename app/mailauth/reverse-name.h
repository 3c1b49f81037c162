/* Names made from addresses: for reverse DNS and block lists; and whether the name of an address looks like one that was made from it. Pure. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* "1.2.0.192.in-addr.arpa" or the nibbles of IPv6 below ip6.arpa. (transfer full) NULL: no address. */
char *mr_reverse_name (const char *address);
/* "1.2.0.192.zen.example": the same labels below zone (RFC 5782 2.1, 2.4). (transfer full) NULL: no address. */
char *mr_list_name (const char *address, const char *zone);
/* TRUE for names as access providers give them to lines: the address, or half of it, stands in the name, in decimal or hexadecimal, or one of the usual
 * words ("dynamic", "dhcp", "dsl" ...). */
gboolean mr_host_name_looks_generic (const char *name, const char *address);

/* What an A record of a block list says (RFC 5782 2.1; Spamhaus' codes). */
typedef enum {
  MR_LISTED_NO, /* not an answer in 127/8 */
  MR_LISTED_YES,
  MR_LISTED_POLICY, /* lines that are not meant to send (PBL) */
  MR_LISTED_REFUSED /* 127.255.255.x: who asks is not served; never a listing */
} MrListed;
MrListed mr_listed_from_answer (const char *zone, const char *answer);

G_END_DECLS
