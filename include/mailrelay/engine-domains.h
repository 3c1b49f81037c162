/* The engine's face for domains: the check, the list, reports. The rules of engine.h hold: one thread, callbacks after the call returned and the done
 * one exactly once, records borrowed for the callback.
 */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* ---- the check ---- */

/* Who may be asked for the public address. The local interfaces are always looked at: nobody is asked. */
typedef enum {
  MR_ADDRESS_DNS = 1 << 0 /* a third party's name server (`[domains] address-service`) */
} MrAddressSources;

/* All may be NULL, "" or 0. Strings are borrowed for the call. */
typedef struct {
  const char *domain;    /* as typed, internationalised too */
  const char *account;   /* id: the route to judge; "": the account that sends for the domain */
  gboolean direct;       /* judge as if its mail were delivered without a provider */
  const char *addresses; /* public addresses, typed: "192.0.2.1, 2001:db8::1"; else those of the configuration */
  const char *helo;      /* name to greet with; else the configuration's */
  const char *dns;       /* "192.0.2.53:53": a server to ask instead of the configured ones */
  guint sources;         /* MrAddressSources that the person agreed to for this check, beside the configured ones */
  gboolean blocklists;   /* the person agreed that blocklists are asked about the public address */
  gboolean keep;         /* the report becomes the domain's last one */
} MrDomainCheckOptions;

/* Told as soon as a finding stands; several checks run at once. finding NULL: only the count has changed. */
typedef void (*MrDomainFindingFunc) (const MrDomainFinding *finding, guint done, guint total, gpointer data);
/* report is complete, or what was found before it was stopped or went wrong (error); NULL where nothing was begun. */
typedef void (*MrDomainCheckDoneFunc) (const MrDomainReport *report, const GError *error, gpointer data);

/* Nothing is asked of a third party but the DNS. Returns a number for mr_engine_cancel_domain_check(), 0: refused, done was called. */
guint mr_engine_check_domain (MrEngine *engine, const MrDomainCheckOptions *options, MrDomainFindingFunc finding,
                              MrDomainCheckDoneFunc done, gpointer data);
void mr_engine_cancel_domain_check (MrEngine *engine, guint number); /* done gets MR_ERROR_CANCELLED */

/* ---- the list ---- */

/* MrDomainRecord: domains of the accounts' addresses and those that a person added, by name. */
void mr_engine_list_domains (MrEngine *engine, MrRecordsFunc func, gpointer data);
/* MR_ERROR_INVALID: no domain; MR_ERROR_EXISTS. */
void mr_engine_add_domain (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data);
/* MR_ERROR_REFUSED: an account sends for it. */
void mr_engine_remove_domain (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data);
/* The last report that was kept; MR_ERROR_NOT_FOUND: none. */
typedef void (*MrDomainReportFunc) (const MrDomainReport *report, const GError *error, gpointer data);
void mr_engine_get_domain_report (MrEngine *engine, const char *domain, MrDomainReportFunc func, gpointer data);

/* ---- drifts ---- */

/* What has become worse than it was, confirmed by a second check: MrDomainFinding, borrowed, maybe none (any more). Called after each check that was kept.
 * One func at a time. */
typedef void (*MrDriftFunc) (const char *domain, GPtrArray *findings, gpointer data);
void mr_engine_set_drift_func (MrEngine *engine, MrDriftFunc func, gpointer data);
/* What the last report says is as it should be: it is compared with from now on. MR_ERROR_NOT_FOUND: no report. */
void mr_engine_accept_drifts (MrEngine *engine, const char *domain, MrEngineDoneFunc func, gpointer data);

G_END_DECLS
