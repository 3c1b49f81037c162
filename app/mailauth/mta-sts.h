/* Further records of a mail domain: MTA-STS (RFC 8461), TLS reports (RFC 8460), BIMI. All errors are MR_ERROR_INVALID in words. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum { MR_STS_NONE, MR_STS_TESTING, MR_STS_ENFORCE } MrStsMode;

typedef struct {
  MrStsMode mode;
  char **mx;       /* patterns: a name, or "*." and a name for exactly one label more */
  guint64 max_age; /* seconds, at most 31557600 */
} MrStsPolicy;

const char *mr_sts_mode_nick (MrStsMode mode);
/* TRUE for a text that begins as the record at _mta-sts (3.1). */
gboolean mr_sts_is_record (const char *text);
/* The id, 1 to 32 letters and digits. (transfer full) */
char *mr_sts_record_dup_id (const char *text, GError **error);
/* text: the file at https://mta-sts.DOMAIN/.well-known/mta-sts.txt, LF or CRLF, at most 64 KiB (3.2). (transfer full) */
MrStsPolicy *mr_sts_policy_parse (const char *text, GError **error);
void mr_sts_policy_free (MrStsPolicy *policy);
gboolean mr_sts_policy_covers (const MrStsPolicy *policy, const char *mx);
/* The file. (transfer full) */
char *mr_sts_policy_to_text (const MrStsPolicy *policy);

/* Where reports go, of the record at _smtp._tls: mailto: and https: URIs. (transfer full) */
char **mr_tlsrpt_dup_addresses (const char *text, GError **error);

/* The picture of the record at default._bimi; "" where the domain declines. (transfer full) *ret_evidence likewise: address of the certificate, "" for none. */
char *mr_bimi_dup_picture (const char *text, char **ret_evidence, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrStsPolicy, mr_sts_policy_free)

G_END_DECLS
