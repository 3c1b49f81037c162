/* JSON that tells settings of an address: Autodiscover v2 and the automatic configuration of a domain
 * (draft-ietf-mailmaint-pacc). Pure and bounded; the bytes come from strangers. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_DISCOVERY_JSON_MAX (64 * 1024) /* bytes; more is MR_ERROR_TOO_BIG */

/* The answer to a GET of /autodiscover/autodiscover.json: {"Protocol": "AutodiscoverV1", "Url": "https://..."}. It holds no
 * settings for sending; TRUE where the address it names is one of Microsoft 365, so that the domain is a tenant there.
 * Errors: MR_ERROR_TOO_BIG, MR_ERROR_INVALID. */
gboolean mr_autodiscover_parse (const char *data, gsize len, gboolean *ret_is_microsoft365, GError **error);

/* {"protocols": {"smtp": {"host": ...}}, "authentication": {"oauth-public": {"issuer": ...}, "password": ...}}: a
 * record with host, port 465, tls implicit, log_ins, oauth_issuer and provider_name. The caller sets user, source,
 * source_host and secure. Errors: MR_ERROR_TOO_BIG, MR_ERROR_INVALID, MR_ERROR_NOT_FOUND (no server for sending).
 * (transfer full) */
MrDiscoveryRecord *mr_domain_config_parse (const char *data, gsize len, GError **error);

G_END_DECLS
