/* Plain records of domains that send mail: what a check found, a whole report, the list. The rules of records.h hold.
 *
 * A finding is data: what was looked at (check, subject), how it stands (state), and a code with its values from which the sentence, its meaning for
 * mail and the remedy are made (app/ndr/domain-texts.h), so that service, command line and window say the same.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* The better one is the smaller number up to wrong; the other two are no grades. */
typedef enum {
  MR_FINDING_GOOD,
  MR_FINDING_ATTENTION,
  MR_FINDING_WRONG,
  MR_FINDING_NOT_APPLICABLE,
  MR_FINDING_UNKNOWN, /* could not tell: never a fault */
  MR_FINDING_N_STATES
} MrFindingState;

/* How mail of the domain leaves this computer. */
typedef enum {
  MR_DOMAIN_ROUTE_NONE, /* no account sends for it */
  MR_DOMAIN_ROUTE_RELAY,
  MR_DOMAIN_ROUTE_DIRECT,
  MR_DOMAIN_ROUTE_N_ROUTES
} MrDomainRoute;

const char *mr_finding_state_nick (MrFindingState state);
gboolean mr_finding_state_from_nick (const char *nick, MrFindingState *ret);
const char *mr_domain_route_nick (MrDomainRoute route);
gboolean mr_domain_route_from_nick (const char *nick, MrDomainRoute *ret);

/* Something technical that was seen: for the curious and for support; copied as it stands. */
typedef struct {
  char *label; /* id of a label (mr_domain_fact_label()), such as "record" "server" "name" */
  char *value; /* hostile where it comes from the DNS: valid UTF-8 without controls, at most 8 KiB */
} MrDomainFact;

/* A term of an SPF record and of what it includes, in order: drawn as a tree. */
typedef struct {
  guint depth;  /* 0: the domain's own record */
  char *domain; /* whose record */
  char *term;   /* as written */
  gboolean looks_up;
  gboolean matched;
} MrDomainTerm;

typedef struct {
  char *check;   /* "spf": see mr_domain_check_names() in app/ndr/domain-texts.h */
  char *subject; /* what of several it is about: an address, a server, a selector; "" where there is one only */
  MrFindingState state;
  char *code;       /* what was found: "spf-two-records" */
  GVariant *params; /* a{ss}: values of the texts; NULL: none */
  GPtrArray *facts; /* MrDomainFact */
  GPtrArray *terms; /* MrDomainTerm, of the check spf */
  gint64 took;      /* microseconds */
} MrDomainFinding;

typedef struct {
  char *domain; /* A-labels, lower case */
  MrDomainRoute route;
  char *account;        /* id of the account that sends for it, "" */
  char *provider;       /* preset id, "" */
  char *helo;           /* name that direct delivery greets with, "" */
  char **addresses;     /* public addresses of direct delivery */
  gint64 started;       /* wall time */
  gint64 took;          /* microseconds */
  MrFindingState worst; /* of those findings that are grades; of the further ones none counts */
  gboolean stopped;     /* it was cancelled: incomplete */
  GPtrArray *findings;  /* MrDomainFinding in the order of the checks */
  GPtrArray *
      drifts; /* MrDomainFinding: what is worse than it was when all was in order, with a fact "before" where that helps */
} MrDomainReport;

/* A row of the list of domains. */
typedef struct {
  char *domain;    /* A-labels */
  char **accounts; /* ids of accounts that send for it */
  gboolean added;  /* by a person: can be removed */
  gint64 checked;  /* wall time of the last report, 0: never */
  MrFindingState worst;
  guint wrong, attention; /* findings of the last report */
  guint drifts;
} MrDomainRecord;

MrDomainFinding *mr_domain_finding_new (const char *check, MrFindingState state, const char *code);
/* Copies; value is made valid, cut and freed of controls. NULL or "" value: nothing is added. */
void mr_domain_finding_add_fact (MrDomainFinding *finding, const char *label, const char *value);
void mr_domain_finding_add_term (MrDomainFinding *finding, guint depth, const char *domain, const char *term,
                                 gboolean looks_up, gboolean matched);
void mr_domain_finding_free (MrDomainFinding *finding);
MrDomainReport *mr_domain_report_new (const char *domain);
void mr_domain_report_free (MrDomainReport *report);
MrDomainRecord *mr_domain_record_new (const char *domain);
void mr_domain_record_free (MrDomainRecord *record);
/* The first finding of that check (and subject, where it is not NULL). Borrowed; NULL: none. */
const MrDomainFinding *mr_domain_report_find (const MrDomainReport *report, const char *check, const char *subject);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDomainFinding, mr_domain_finding_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDomainReport, mr_domain_report_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDomainRecord, mr_domain_record_free)

G_END_DECLS
