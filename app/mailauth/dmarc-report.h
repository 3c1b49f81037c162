/* Aggregate reports of DMARC (RFC 9990, and RFC 7489 appendix C before it): what receivers say they saw from a domain. Hostile input, bounded. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

#define MR_DMARC_REPORT_MAX_ROWS 10000

/* Messages of one kind. */
typedef struct {
  char *source; /* internet address */
  guint64 count;
  char *disposition;             /* "none" "quarantine" "reject", what was done */
  gboolean dkim, spf;            /* passed and aligned */
  char *header_from;             /* domain */
  char *envelope_from;           /* domain, "" */
  char *dkim_domains;            /* "example.com/s1 pass, other.example/x fail", "" */
  char *spf_domain, *spf_result; /* "" */
} MrDmarcRow;

typedef struct {
  char *organisation, *email, *id; /* who reports, "" */
  gint64 begin, end;               /* seconds since 1970 */
  char *domain, *policy;           /* of the record that the receiver saw */
  GPtrArray *rows;                 /* MrDmarcRow */
} MrDmarcReport;

/* One address that sends in the domain's name, over all reports. */
typedef struct {
  char *source;
  guint64 messages, passed, dkim, spf; /* passed: at least one of the two */
  char *domains;                       /* what they were signed or sent as, a few */
  char *dispositions;                  /* what was done with those that failed */
} MrDmarcSource;

/* Error MR_ERROR_INVALID: no report, with the line. (transfer full) */
MrDmarcReport *mr_dmarc_report_parse (const char *xml, gsize len, GError **error);
void mr_dmarc_report_free (MrDmarcReport *report);
/* MrDmarcSource: those with the most failures first. (transfer full) */
GPtrArray *mr_dmarc_sources (GPtrArray *reports);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDmarcReport, mr_dmarc_report_free)

G_END_DECLS
