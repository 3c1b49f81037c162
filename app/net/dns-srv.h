/* The order in which the servers of SRV records are tried (RFC 2782). Pure but for the lots that are drawn. */
#pragma once

#include "net/dns-message.h"

G_BEGIN_DECLS

/* answers: MrDnsRecord of type SRV. (transfer full) of MrSrvRecord. A target "." counts only where it stands alone. */
GPtrArray *mr_dns_order_srv (const GPtrArray *answers);

G_END_DECLS
