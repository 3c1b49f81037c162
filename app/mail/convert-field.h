/* Raw bytes above 127 in one header field made 7 bit (RFC 2047, RFC 2231), for this room only. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* raw: a whole field with its folding and final CRLF; what is 7 bit in it stays, folding aside. Error: MR_ERROR_REFUSED
 * where an address has a local part that only SMTPUTF8 could carry (RFC 6531). (transfer full) */
char *mr_convert_field (const char *raw, gsize len, GError **error);

G_END_DECLS
