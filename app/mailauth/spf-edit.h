/* Changing SPF records: the guided set-up merges, it never replaces. */
#pragma once

#include "mailauth/spf.h"

G_BEGIN_DECLS

/* record NULL or "": a new one. wanted: mechanisms without qualifier ("include:_spf.example.com", "ip4:192.0.2.1", "mx"), which go before all and redirect where
 * they are not there yet; one that is there with another qualifier than + is made +. Everything else stays, in its order; a record without all and redirect
 * gets "~all". The text that has to stand in the DNS. Error MR_ERROR_INVALID: record or a wanted mechanism cannot be parsed. (transfer full) */
char *mr_spf_merge (const char *record, const char *const *wanted, GError **error);
/* The strings of a TXT record, each at most 255 bytes (RFC 7208 3.3), joined without spaces they are text. (transfer full) */
char **mr_txt_split (const char *text);
/* "\"...\" \"...\"" as a zone file has it. (transfer full) */
char *mr_txt_quote (const char *text);

G_END_DECLS
