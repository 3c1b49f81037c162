/* Checks that put the entries beside the way in which mail goes out: is this program among the allowed senders, and what proves the sender in the end. */
#include "config.h"

#include "engine/domain-private.h"

#include <string.h>

#include "mail/host-name.h"
#include "mailauth/dmarc.h"
#include "mailauth/spf-tree.h"
#include "mailauth/spf.h"
#include "policy/sender-records.h"

#define CHECK      "spf-route"
#define CHECK_HELO "spf-helo"

/* ---- is this program allowed? ---- */

static MrDomainFinding *
find_covered (MrDomainJob *job, const char *address, MrSpfResult result, GPtrArray *findings)
{
  static const MrFindingState states[]
      = { [MR_SPF_PASS] = MR_FINDING_GOOD,        [MR_SPF_TEMPERROR] = MR_FINDING_UNKNOWN,
          [MR_SPF_PERMERROR] = MR_FINDING_WRONG,  [MR_SPF_NONE] = MR_FINDING_WRONG,
          [MR_SPF_FAIL] = MR_FINDING_WRONG,       [MR_SPF_SOFTFAIL] = MR_FINDING_WRONG,
          [MR_SPF_NEUTRAL] = MR_FINDING_ATTENTION };
  const char *code = result == MR_SPF_PASS        ? "spf-covers-address"
                     : result == MR_SPF_TEMPERROR ? "spf-cover-unknown"
                                                  : "spf-misses-address";

  return mr_domain_find (findings, CHECK, address, states[result], code, "address", address, "result",
                         mr_spf_result_nick (result), NULL);
}

static gboolean
check_address (MrDomainJob *job, const char *address, GPtrArray *findings)
{
  g_autofree char *sender = g_strconcat ("postmaster@", job->domain, NULL);
  g_auto (MrSpfReport) report = { 0 };
  MrSpfQuery query = { .address = address,
                       .mailfrom = sender,
                       .helo = *job->helo != '\0' ? job->helo : job->domain,
                       .now = mr_clock_wall (job->all->engine->clock) / G_USEC_PER_SEC };
  MrDomainFinding *finding;

  if (mr_spf_check (job->table, &query, &report) == MR_SPF_PENDING)
    return FALSE;
  finding = find_covered (job, address, report.result, findings);
  mr_domain_finding_add_fact (finding, "reason", report.problem);
  for (guint i = 0; i < report.steps->len; i++) {
    const MrSpfStep *step = g_ptr_array_index (report.steps, i);
    mr_domain_finding_add_term (finding, step->depth, step->domain, step->term, step->looks_up, step->matched);
  }
  return TRUE;
}

static gboolean
check_direct (MrDomainJob *job, GPtrArray *findings)
{
  gboolean pending = FALSE;
  GPtrArray *addresses;

  if (!mr_domain_addresses (job, &addresses))
    return FALSE;
  for (guint i = 0; i < addresses->len; i++)
    pending = !check_address (job, g_ptr_array_index (addresses, i), findings) || pending;
  if (addresses->len == 0)
    mr_domain_find (findings, CHECK, "", MR_FINDING_UNKNOWN, "spf-cover-no-address", NULL);
  return !pending;
}

/* Is the name among those that the record leads to? */
static gboolean
includes (const MrSpfTree *tree, const char *name)
{
  for (guint i = 0; i < tree->steps->len; i++) {
    const MrSpfStep *step = g_ptr_array_index (tree->steps, i);
    const char *colon = strpbrk (step->term, ":=");

    if (step->looks_up && colon != NULL && g_ascii_strcasecmp (colon + 1, name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The addresses of the account's server are only a hint: many providers send from others. FALSE: pending. */
static gboolean
check_host (MrDomainJob *job, const char *provider, GPtrArray *findings)
{
  const char *const *addresses;
  MrLookupStatus status = mr_lookup_table_ask (job->table, job->account->host, MR_LOOKUP_A, &addresses);
  g_autofree char *sender = g_strconcat ("postmaster@", job->domain, NULL);

  if (status == MR_LOOKUP_PENDING)
    return FALSE;
  if (addresses[0] != NULL) {
    g_auto (MrSpfReport) report = { 0 };
    MrSpfQuery query = { .address = addresses[0], .mailfrom = sender, .helo = job->account->host };

    switch (mr_spf_check (job->table, &query, &report)) {
    case MR_SPF_PENDING:
      return FALSE;
    case MR_SPF_PASS:
      mr_domain_find (findings, CHECK, "", MR_FINDING_GOOD, "spf-covers-host", "host", job->account->host, NULL);
      return TRUE;
    case MR_SPF_NONE:
    case MR_SPF_NEUTRAL:
    case MR_SPF_FAIL:
    case MR_SPF_SOFTFAIL:
    case MR_SPF_TEMPERROR:
    case MR_SPF_PERMERROR:
    case MR_SPF_N_RESULTS:
    default:
      break;
    }
  }
  mr_domain_find (findings, CHECK, "", MR_FINDING_UNKNOWN, "spf-relay-unsure", "provider", provider, NULL);
  return TRUE;
}

static gboolean
check_relay (MrDomainJob *job, const char *record, GPtrArray *findings)
{
  const MrSenderRecords *known = mr_sender_records_find (job->report->provider);
  const char *provider = job->provider != NULL ? job->provider->name : job->account->host;
  g_auto (MrSpfTree) tree = { 0 };
  gboolean covered;

  if (job->provider != NULL && g_str_equal (job->provider->return_path, "provider")) {
    mr_domain_find (findings, CHECK, "", MR_FINDING_NOT_APPLICABLE, "spf-provider-path", "provider", provider, NULL);
    return TRUE;
  }
  if (known == NULL || known->include == NULL)
    return check_host (job, provider, findings);
  if (!mr_spf_tree_walk (job->table, job->domain, record, &tree, NULL))
    return TRUE;
  if (tree.pending)
    return FALSE;
  covered = includes (&tree, known->include);
  if (!covered && (tree.flags & MR_SPF_TREE_TEMPORARY) != 0)
    mr_domain_find (findings, CHECK, "", MR_FINDING_UNKNOWN, "spf-cover-unknown", NULL);
  else
    mr_domain_find (findings, CHECK, "", covered ? MR_FINDING_GOOD : MR_FINDING_WRONG,
                    covered ? "spf-covers-relay" : "spf-misses-relay", "provider", provider, "include", known->include,
                    NULL);
  return TRUE;
}

gboolean
mr_domain_check_cover (MrDomainJob *job, GPtrArray *findings)
{
  const char *record, *nearly;
  guint count;

  switch (mr_domain_find_spf (job, &record, &count, &nearly)) {
  case MR_LOOKUP_PENDING:
    return FALSE;
  case MR_LOOKUP_TEMPORARY:
    mr_domain_find (findings, CHECK, "", MR_FINDING_UNKNOWN, "spf-cover-unknown", NULL);
    return TRUE;
  case MR_LOOKUP_NOTHING:
  case MR_LOOKUP_FOUND:
  default:
    break;
  }
  /* That there is not one good record was told already: nothing to be covered by. */
  if (count != 1 || job->report->route == MR_DOMAIN_ROUTE_NONE) {
    mr_domain_find (findings, CHECK, "", MR_FINDING_NOT_APPLICABLE,
                    count != 1 ? "spf-cover-no-record" : "spf-cover-no-route", NULL);
    return TRUE;
  }
  if (job->report->route == MR_DOMAIN_ROUTE_DIRECT)
    return check_direct (job, findings);
  return check_relay (job, record, findings);
}

/* ---- the name in the greeting (RFC 7208 2.3), which also stands for returned mail, whose return address is empty (2.4) ---- */

/* FALSE: pending. */
static gboolean
check_greeting (MrDomainJob *job, const char *address, GPtrArray *findings)
{
  g_auto (MrSpfReport) report = { 0 };
  MrSpfQuery query = { .address = address, .mailfrom = "", .helo = job->helo };
  MrDomainFinding *finding;
  MrFindingState state;

  if (mr_spf_check (job->table, &query, &report) == MR_SPF_PENDING)
    return FALSE;
  state = report.result == MR_SPF_PASS        ? MR_FINDING_GOOD
          : report.result == MR_SPF_TEMPERROR ? MR_FINDING_UNKNOWN
          : report.result == MR_SPF_NONE      ? MR_FINDING_ATTENTION
                                              : MR_FINDING_WRONG;
  finding = mr_domain_find (findings, CHECK_HELO, address, state,
                            report.result == MR_SPF_PASS        ? "spf-helo-good"
                            : report.result == MR_SPF_TEMPERROR ? "not-looked-up"
                            : report.result == MR_SPF_NONE      ? "spf-helo-none"
                                                                : "spf-helo-misses",
                            "name", job->helo, "address", address, "result", mr_spf_result_nick (report.result), NULL);
  mr_domain_finding_add_fact (finding, "reason", report.problem);
  return TRUE;
}

gboolean
mr_domain_check_helo_spf (MrDomainJob *job, GPtrArray *findings)
{
  gboolean pending = FALSE;
  GPtrArray *addresses;

  if (mr_domain_not_direct (job, CHECK_HELO, findings))
    return TRUE;
  /* What is wrong with the name itself is told of the greeting; the domain's own list was looked at already. */
  if (strchr (job->helo, '.') == NULL || !mr_host_name_is_valid (job->helo)
      || g_ascii_strcasecmp (job->helo, job->domain) == 0)
    return TRUE;
  if (!mr_domain_addresses (job, &addresses))
    return FALSE;
  for (guint i = 0; i < addresses->len; i++)
    pending = !check_greeting (job, g_ptr_array_index (addresses, i), findings) || pending;
  return !pending;
}

/* ---- what proves the sender ---- */

/* The best state of the findings of a check; N_STATES: none of them is a grade. */
static MrFindingState
best_of (MrDomainJob *job, const char *check)
{
  MrFindingState best = MR_FINDING_N_STATES;

  for (guint i = 0; i < job->report->findings->len; i++) {
    const MrDomainFinding *finding = g_ptr_array_index (job->report->findings, i);

    if (g_str_equal (finding->check, check) && finding->state <= MR_FINDING_WRONG)
      best = MIN (best, finding->state);
  }
  return best;
}

/* A key that is there and counts, be it weak or marked as a test. */
static gboolean
has_signature (MrDomainJob *job)
{
  for (guint i = 0; i < job->report->findings->len; i++) {
    const MrDomainFinding *finding = g_ptr_array_index (job->report->findings, i);

    if (g_str_equal (finding->check, "dkim") && *finding->subject != '\0' && finding->state <= MR_FINDING_ATTENTION
        && !g_str_equal (finding->code, "dkim-not-yet"))
      return TRUE;
  }
  return FALSE;
}

/* Both ways are those of the domain itself, so they align under any setting of the entry (RFC 9989 4.4). */
gboolean
mr_domain_check_alignment (MrDomainJob *job, GPtrArray *findings)
{
  MrFindingState spf, dkim;
  const char *code;
  gboolean signs;

  if (!job->basics_told)
    return FALSE;
  if (job->report->route == MR_DOMAIN_ROUTE_NONE) {
    mr_domain_find (findings, "dmarc-alignment", "", MR_FINDING_NOT_APPLICABLE, "alignment-no-route", NULL);
    return TRUE;
  }
  spf = best_of (job, CHECK);
  dkim = best_of (job, "dkim");
  signs = has_signature (job);
  code = signs && spf == MR_FINDING_GOOD                             ? "alignment-both"
         : signs                                                     ? "alignment-dkim"
         : spf == MR_FINDING_GOOD                                    ? "alignment-spf"
         : dkim == MR_FINDING_N_STATES || spf == MR_FINDING_N_STATES ? "alignment-unknown"
                                                                     : "alignment-none";
  mr_domain_find (findings, "dmarc-alignment", "",
                  signs                                     ? MR_FINDING_GOOD
                  : g_str_equal (code, "alignment-spf")     ? MR_FINDING_ATTENTION
                  : g_str_equal (code, "alignment-unknown") ? MR_FINDING_UNKNOWN
                                                            : MR_FINDING_WRONG,
                  code, "domain", job->domain, NULL);
  return TRUE;
}
