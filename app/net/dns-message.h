/* Reading of DNS answers (RFC 1035): one bounds-checked reader for everything that comes from the network. Pure. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef enum {
  MR_DNS_A = 1,
  MR_DNS_NS = 2,
  MR_DNS_CNAME = 5,
  MR_DNS_SOA = 6,
  MR_DNS_PTR = 12,
  MR_DNS_MX = 15,
  MR_DNS_TXT = 16,
  MR_DNS_AAAA = 28,
  MR_DNS_SRV = 33,
  MR_DNS_DS = 43,
  MR_DNS_DNSKEY = 48,
  MR_DNS_TLSA = 52,
  MR_DNS_CAA = 257,
} MrDnsType;

typedef enum {
  MR_DNS_FOUND,     /* records holds what was asked for */
  MR_DNS_NO_DATA,   /* the name exists and has no such record (RFC 2308) */
  MR_DNS_NX_DOMAIN, /* the name does not exist */
  MR_DNS_ALIAS,     /* an alias whose target was not answered: ask for name */
  MR_DNS_FAILURE,   /* the server failed or knows nothing about it (rcode) */
  MR_DNS_MALFORMED,
} MrDnsOutcome;

typedef struct {
  guint preference;   /* MX; priority of SRV */
  guint weight, port; /* SRV */
  char *
      text; /* address; host name in lower case without the last dot, "" is the root; the strings of a TXT, joined without spaces, each NUL made \001; of a SOA "MNAME
             * RNAME SERIAL MINIMUM"; of a TLSA "USAGE SELECTOR MATCHING HEX" (RFC 6698 2.2); of a CAA "FLAGS TAG VALUE" (RFC 8659 4.1);
             * of a DS "TAG ALGORITHM DIGEST-TYPE HEX" (RFC 4034 5.3), of a DNSKEY "TAG ALGORITHM FLAGS", its tag worked out (RFC 4034 B) */
  guint strings; /* TXT: how many there are */
  guint32 ttl;
} MrDnsRecord;

typedef struct {
  MrDnsOutcome outcome;
  guint rcode;
  gboolean authenticated; /* AD: the resolver says so, which is worth as much as the way to it */
  gboolean authoritative; /* AA */
  char *name;             /* the end of the chain of aliases */
  GPtrArray *records;     /* MrDnsRecord, at most MR_DNS_RECORDS_MAX, in the order of the answer */
} MrDnsAnswer;

#define MR_DNS_RECORDS_MAX 64
#define MR_DNS_ALIASES_MAX 8

/* The answer to a question for name (no matter which case, last dot allowed) and type: one of MrDnsType. any_names: targets need not be names of hosts. Never NULL. */
MrDnsAnswer *mr_dns_answer_parse (const guint8 *data, gsize len, const char *name, MrDnsType type, gboolean any_names);
MrDnsAnswer *mr_dns_answer_copy (const MrDnsAnswer *answer);
void mr_dns_answer_free (MrDnsAnswer *answer);
/* Labels of 1 to 63 letters, digits, '-' and '_', together at most 253 characters; a last dot is allowed. */
gboolean mr_dns_name_is_valid (const char *name);
/* The same with all printable characters but the backslash: names that records may stand at (RFC 2181 11). */
gboolean mr_dns_owner_is_valid (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDnsAnswer, mr_dns_answer_free)

G_END_DECLS
