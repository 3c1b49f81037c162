/* Host names that strangers hand in: in files of settings, in DNS answers, in what a person typed. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* TRUE for a host name of letters, digits and '-' in labels of 1 to 63 bytes, at most 253 in all (RFC 1123 2.1), and
 * for a literal of IPv4 or IPv6 without brackets. A dot at the end, '_' and characters beyond ASCII are refused:
 * internationalised names come as A-labels. */
gboolean mr_host_name_is_valid (const char *text);
/* TRUE where name is suffix or ends in "." + suffix, without case. */
gboolean mr_host_name_is_below (const char *name, const char *suffix);
/* "localhost" and literals of loopback addresses: nothing leaves this computer. */
gboolean mr_host_name_is_loopback (const char *text);
/* TRUE for "https://host..." with a valid host, no controls, no spaces and no user part, at most 2048 bytes. */
gboolean mr_https_url_is_valid (const char *text);

G_END_DECLS
