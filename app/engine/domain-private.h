/* The inside of a domain check.
 *
 * A check is a function that looks at what is known and never waits: what is missing it asks for, and it is called again when something came. All
 * checks of a job run side by side in that way; answers are kept once for all of them. Everything asked is bounded in time, and what does not come
 * makes a finding "could not tell", never a fault.
 */
#pragma once

#include <mailrelay/engine-domains.h>

#include "engine/domains.h"
#include "mailauth/lookup.h"
#include "net/dns-server.h"
#include "policy/presets.h"

G_BEGIN_DECLS

typedef struct _MrDomainJob MrDomainJob;
typedef struct _MrDomainPort MrDomainPort; /* of domain-reach.c */
typedef struct _MrDomainSts MrDomainSts;   /* of domain-further.c */
typedef struct _MrDomainEcho MrDomainEcho; /* of domain-echo.c */

/* FALSE: something is still open, findings does not count. TRUE: the check is over; findings (MrDomainFinding, owned by the array) is what it found, maybe
 * nothing. */
typedef gboolean (*MrDomainCheckFunc) (MrDomainJob *job, GPtrArray *findings);

typedef struct {
  const char *name; /* of the check, for what could not be told */
  MrDomainCheckFunc func;
} MrDomainCheckRow;

/* An answer of the DNS, once for all checks. */
typedef enum { MR_ASKED_PENDING, MR_ASKED_ANSWERED, MR_ASKED_FAILED } MrAskedState;
typedef struct {
  MrAskedState state;
  const MrDnsAnswer *answer; /* ANSWERED: found, no data or no such name */
  const GError *error;       /* FAILED */
} MrAsked;

/* In a box. */
struct _MrDomainJob {
  MrDomains *all;
  guint number;
  MrDomainReport *report;
  const char *domain; /* of the report */
  /* what was wished */
  char *addresses_typed, *helo;
  guint sources;
  gboolean may_ask_lists, keep;
  /* the route */
  MrAccountRecord *account; /* NULL: none */
  MrPresets *presets;
  const MrPreset *provider; /* NULL */
  /* what is known */
  MrResolver *resolver;
  gboolean trusts_resolver; /* its word on DNSSEC counts: it is on this computer */
  MrLookupTable *table;
  GHashTable *wanted;   /* questions of the table that were asked: a set */
  GHashTable *answers;  /* of domain-ask.c */
  GPtrArray *servers;   /* MrDnsServer */
  GPtrArray *addresses; /* char *: public ones; NULL: not known yet */
  const char *address_code;
  const char *address_host; /* who told it; NULL */
  char *address_private;    /* what this computer has instead */
  MrDomainPort *port;
  MrDomainSts *sts;
  MrDomainEcho *echo;
  gboolean basics_told; /* what the allowed senders and the signature are, is told */
  gboolean others_told; /* all but the last check */
  /* the course */
  gboolean *finished; /* for each row */
  guint *counts;      /* findings of each row */
  GError *refusal;    /* why nothing is begun */
  guint n_finished;
  gint64 started;
  guint timer, idle;
  gboolean over;
  MrDomainFindingFunc finding;
  MrDomainCheckDoneFunc done;
  gpointer data;
};

struct _MrDomains {
  MrEngine *engine;
  GPtrArray *jobs;     /* MrDomainJob */
  GHashTable *reports; /* domain → MrDomainReport, the last ones */
  /* of domain-schedule.c */
  GHashTable *states; /* domain → MrDriftState */
  guint timer, recheck;
  gboolean scheduled; /* a check that nobody asked for runs */
  gboolean looked;    /* the first pause has begun */
  gint64 every;       /* what the timer was made with */
  MrDriftFunc drift_func;
  gpointer drift_data;
  guint last;
  guint patience_ms;
  gboolean allow_private; /* private addresses count as public ones: for tests on loopback */
};

/* ---- domain-check.c ---- */

MrDomainJob *mr_domain_job_ref (MrDomainJob *job);
void mr_domain_job_unref (MrDomainJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDomainJob, mr_domain_job_unref)
/* Something came: the checks are looked at again, in a turn of its own. */
void mr_domain_job_wake (MrDomainJob *job);
void mr_domain_job_end (MrDomainJob *job, const GError *error);
/* Does the account name the domain among its addresses? */
gboolean mr_domain_account_fits (const MrAccountRecord *account, const char *domain);
/* What a person typed, a domain or an address, as A-labels. (transfer full) NULL: MR_ERROR_INVALID. */
char *mr_domain_dup_ascii (const char *text, GError **error);
/* Adds a finding to an array; params: name, value, ..., NULL. Borrowed. */
MrDomainFinding *mr_domain_find (GPtrArray *findings, const char *check, const char *subject, MrFindingState state,
                                 const char *code, ...) G_GNUC_NULL_TERMINATED;

/* ---- domain-schedule.c ---- */

/* The job's report becomes the last one of its domain. */
void mr_domains_keep (MrDomains *domains, MrDomainJob *job);
/* What was kept of a domain. */
void mr_domains_forget (MrDomains *domains, const char *domain);
void mr_domains_tell_drifts (MrDomains *domains, const char *domain);
void mr_domains_check_scheduled (MrDomains *domains, const char *domain);
/* The next look, with the configuration as it is now. */
void mr_domains_schedule (MrDomains *domains);
void mr_domains_load (MrDomains *domains);
void mr_domains_unload (MrDomains *domains);

/* ---- domains.c ---- */

/* (transfer full) of MrDomainRecord, by name. */
GPtrArray *mr_domains_dup_list (MrDomains *domains);

/* ---- domain-ask.c ---- */

void mr_domain_asks_init (MrDomainJob *job);
void mr_domain_asks_clear (MrDomainJob *job);
/* Starts what the table wants. */
void mr_domain_ask_wanted (MrDomainJob *job);
/* Through the resolver. */
MrAsked mr_domain_ask (MrDomainJob *job, const char *name, MrDnsType type);
/* Is it signatures that do not fit (DNSSEC) for which the resolver gave no answer? PENDING, or *ret_bogus counts. */
MrAskedState mr_domain_ask_bogus (MrDomainJob *job, const char *name, MrDnsType type, gboolean *ret_bogus);
/* What the name is an alias (CNAME) of, which look-ups follow by themselves; *ret_target NULL: of nothing, or not known. Borrowed. */
MrAskedState mr_domain_ask_alias (MrDomainJob *job, const char *name, const char **ret_target);
/* The name server at that address itself. */
MrAsked mr_domain_ask_server (MrDomainJob *job, const char *address, const char *name, MrDnsType type);

/* ---- the checks ---- */

/* *ret_record: the last SPF record of the domain, *ret_nearly: a text that somebody meant as one; NULL: none; borrowed. */
MrLookupStatus
mr_domain_find_spf (MrDomainJob *job, const char **ret_record, guint *ret_count, const char **ret_nearly);
gboolean mr_domain_check_route (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_mx (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_spf (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_dmarc (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_older (MrDomainJob *job, GPtrArray *findings);
/* The zone that a name is in and its servers. PENDING, ANSWERED with *ret_answer NULL (none), or FAILED. Both borrowed, *ret_zone from name. */
MrAskedState
mr_domain_find_zone (MrDomainJob *job, const char *name, const char **ret_zone, const MrDnsAnswer **ret_answer);
gboolean mr_domain_check_zone (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_cover (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_helo_spf (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_dkim (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_alignment (MrDomainJob *job, GPtrArray *findings);

/* The public addresses of direct delivery. FALSE: pending. Borrowed. */
gboolean mr_domain_addresses (MrDomainJob *job, GPtrArray **ret_addresses);
/* TRUE: it does not apply, and that was told. */
gboolean mr_domain_not_direct (MrDomainJob *job, const char *check, GPtrArray *findings);
gboolean mr_domain_check_address (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_reverse (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_helo (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_port (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_lists (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_choice (MrDomainJob *job, GPtrArray *findings);
void mr_domain_port_free (MrDomainPort *port);

/* The public address as the server of a sending account tells it in its answer to our greeting. FALSE: pending. *ret_address NULL: it told none. Both
 * borrowed. */
gboolean mr_domain_ask_echo (MrDomainJob *job, const char **ret_address, const char **ret_host);
void mr_domain_echo_free (MrDomainEcho *echo);
/* What a person typed as public addresses: MR_ERROR_INVALID names the word that is none. */
gboolean mr_domain_addresses_check (const char *typed, GError **error);

void mr_domain_find_not_looked_up (GPtrArray *findings, const char *check, const char *name);
gboolean mr_domain_check_dnssec (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_sts (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_tls_reports (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_dane (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_bimi (MrDomainJob *job, GPtrArray *findings);
gboolean mr_domain_check_caa (MrDomainJob *job, GPtrArray *findings);
void mr_domain_sts_free (MrDomainSts *sts);

G_END_DECLS
