/* What receivers that still go by RFC 7489 conclude from the entries about forgeries, where that differs from RFC 9989. */
#include "config.h"

#include "engine/domain-private.h"

#include "mailauth/dmarc-older.h"

#define CHECK "dmarc-older"

/* What is said of a policy where there may be none. */
static const char *
nick_of (MrDmarcPolicy policy)
{
  return policy == MR_DMARC_UNSET ? "-" : mr_dmarc_policy_nick (policy);
}

static void
tell (MrDomainJob *job, const MrDmarcDiscovery *found, const MrDmarcOlder *older, GPtrArray *findings)
{
  static const struct {
    const char *code;
    MrFindingState state;
  } words[] = { [MR_DMARC_OLDER_NO_RECORD] = { "older-none", MR_FINDING_ATTENTION },
                [MR_DMARC_OLDER_STRICTER] = { "older-stricter", MR_FINDING_ATTENTION },
                [MR_DMARC_OLDER_MILDER] = { "older-milder", MR_FINDING_ATTENTION },
                [MR_DMARC_OLDER_PART] = { "older-part", MR_FINDING_ATTENTION },
                [MR_DMARC_OLDER_ORDER] = { "older-order", MR_FINDING_ATTENTION },
                [MR_DMARC_OLDER_ORGANISATION] = { "older-organisation", MR_FINDING_ATTENTION },
                [MR_DMARC_OLDER_NAMES] = { "older-names", MR_FINDING_GOOD } };
  MrDmarcDifference difference = mr_dmarc_compare_older (found, older);
  g_autofree char *percent = g_strdup_printf ("%u", older->percent);
  MrDomainFinding *finding;

  if (difference == MR_DMARC_OLDER_SAME)
    return;
  finding = mr_domain_find (findings, CHECK, "", words[difference].state, words[difference].code, "domain", job->domain,
                            "policy", nick_of (found->policy), "older", nick_of (older->policy), "percent", percent,
                            "organisation", found->organisation != NULL ? found->organisation : job->domain,
                            "older-organisation", older->organisation, NULL);
  mr_domain_finding_add_fact (finding, "policy-domain", older->record_domain);
  mr_domain_finding_add_fact (finding, "organisation", older->organisation);
}

gboolean
mr_domain_check_older (MrDomainJob *job, GPtrArray *findings)
{
  g_auto (MrDmarcDiscovery) found = { 0 };
  g_auto (MrDmarcOlder) older = { 0 };

  mr_dmarc_discover (job->table, job->domain, FALSE, &found);
  mr_dmarc_discover_older (job->table, job->domain, &older);
  if (found.status == MR_DMARC_PENDING || older.status == MR_DMARC_PENDING)
    return FALSE;
  /* That it could not be looked up is told of the entry itself. */
  if (found.status != MR_DMARC_TEMPORARY && older.status != MR_DMARC_TEMPORARY)
    tell (job, &found, &older, findings);
  return TRUE;
}
