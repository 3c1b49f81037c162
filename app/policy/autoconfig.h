/* Reads the settings that a domain publishes for mail programs: autoconfig files "config-v1.1.xml" (draft-ietf-mailmaint-
 * autoconfig), of a domain, of a well-known place or of the Mozilla ISPDB.
 *
 * Pure and bounded; the bytes come from strangers. Unknown elements are skipped, a broken server section is dropped and
 * the rest stays; what is no XML at all is an error. Nothing that comes from here may be taken without asking unless the
 * caller knows that it came over verified TLS.
 */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_AUTOCONFIG_MAX (256 * 1024) /* bytes of a file; more is MR_ERROR_TOO_BIG */

/* What the file offers for sending, in its order (best first): host, port, tls, user, log_ins, provider_name,
 * oauth_issuer, oauth_authorize, oauth_token, oauth_scope, oauth_client. address fills the placeholders. The caller
 * sets source, source_host and secure; secure stays FALSE where tls is none. A user whose placeholders cannot be
 * filled is "". Log-in kinds that we cannot do are left out; a section without any that is left is dropped.
 * Errors: MR_ERROR_TOO_BIG, MR_ERROR_INVALID (no XML, no such file), MR_ERROR_NOT_FOUND (no server for sending).
 * (transfer full) array of MrDiscoveryRecord that frees its records */
GPtrArray *mr_autoconfig_parse (const char *data, gsize len, const char *address, GError **error);

G_END_DECLS
