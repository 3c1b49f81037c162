/* Checks of signed DNS (DNSSEC, RFC 4035), and of certificates in it (DANE, RFC 7672), which count only there. Nice to have: none is ever a fault, but
 * signatures that do not fit, which the check of the name servers tells as one.
 */
#include "config.h"

#include "engine/domain-private.h"

#include <stdio.h>

#include "mailauth/tlsa.h"

static const MrDnsRecord *
nth (const MrAsked *asked, guint n)
{
  return g_ptr_array_index (asked->answer->records, n);
}

static gboolean
is_found (const MrAsked *asked)
{
  return asked->state == MR_ASKED_ANSWERED && asked->answer->outcome == MR_DNS_FOUND;
}

/* Does the zone above vouch for the keys of the zone of that name? *ret_ds: its answer. FALSE: pending. */
static gboolean
ask_ds (MrDomainJob *job, const char *name, const char **ret_zone, MrAsked *ret_ds)
{
  const MrDnsAnswer *servers;
  MrAskedState state = mr_domain_find_zone (job, name, ret_zone, &servers);

  *ret_ds = (MrAsked){ MR_ASKED_FAILED, NULL, NULL };
  if (state == MR_ASKED_ANSWERED)
    *ret_ds = mr_domain_ask (job, *ret_zone, MR_DNS_DS);
  return state != MR_ASKED_PENDING && ret_ds->state != MR_ASKED_PENDING;
}

/* One of the keys is one that the zone above vouches for: tag and algorithm (RFC 4035 5.2). */
static gboolean
fits (const MrAsked *ds, const MrAsked *keys)
{
  for (guint i = 0; i < ds->answer->records->len; i++)
    for (guint k = 0; k < keys->answer->records->len; k++) {
      guint tag, algorithm, key_tag, key_algorithm;

      if (sscanf (nth (ds, i)->text, "%u %u", &tag, &algorithm) == 2
          && sscanf (nth (keys, k)->text, "%u %u", &key_tag, &key_algorithm) == 2 && tag == key_tag
          && algorithm == key_algorithm)
        return TRUE;
    }
  return FALSE;
}

/* FALSE: pending. */
static gboolean
judge_failure (MrDomainJob *job, GPtrArray *findings)
{
  gboolean bogus;

  if (mr_domain_ask_bogus (job, job->domain, MR_DNS_NS, &bogus) == MR_ASKED_PENDING)
    return FALSE;
  if (bogus)
    mr_domain_find (findings, "dnssec", "", MR_FINDING_ATTENTION, "dnssec-broken", "domain", job->domain, NULL);
  else
    mr_domain_find_not_looked_up (findings, "dnssec", job->domain);
  return TRUE;
}

gboolean
mr_domain_check_dnssec (MrDomainJob *job, GPtrArray *findings)
{
  MrAsked ds, keys, soa;
  const char *zone;
  gboolean checked;

  if (!ask_ds (job, job->domain, &zone, &ds))
    return FALSE;
  if (ds.state == MR_ASKED_FAILED)
    return judge_failure (job, findings);
  if (!is_found (&ds)) {
    mr_domain_find (findings, "dnssec", "", MR_FINDING_NOT_APPLICABLE, "dnssec-none", "domain", job->domain, NULL);
    return TRUE;
  }
  keys = mr_domain_ask (job, zone, MR_DNS_DNSKEY);
  soa = mr_domain_ask (job, zone, MR_DNS_SOA);
  if (keys.state == MR_ASKED_PENDING || soa.state == MR_ASKED_PENDING)
    return FALSE;
  checked = job->trusts_resolver && soa.state == MR_ASKED_ANSWERED && soa.answer->authenticated;
  if (keys.state == MR_ASKED_FAILED)
    return judge_failure (job, findings);
  if (!is_found (&keys) || !fits (&ds, &keys))
    mr_domain_find (findings, "dnssec", "", MR_FINDING_ATTENTION, "dnssec-broken", "domain", job->domain, NULL);
  else
    mr_domain_find (findings, "dnssec", "", MR_FINDING_GOOD, checked ? "dnssec-good" : "dnssec-unchecked", "domain",
                    job->domain, NULL);
  return TRUE;
}

/* ---- DANE ---- */

/* What was found at the name of a server. FALSE: pending. */
static gboolean
judge_tlsa (MrDomainJob *job, const char *host, const MrAsked *asked, GPtrArray *findings)
{
  MrDomainFinding *finding;
  gboolean usable = FALSE;
  const char *zone;
  MrAsked ds;

  for (guint i = 0; i < asked->answer->records->len; i++)
    usable = usable || mr_tlsa_is_usable (nth (asked, i)->text);
  if (!usable)
    finding = mr_domain_find (findings, "dane", "", MR_FINDING_ATTENTION, "dane-unusable", "host", host, NULL);
  else if (job->trusts_resolver && asked->answer->authenticated)
    finding = mr_domain_find (findings, "dane", "", MR_FINDING_GOOD, "dane-good", "host", host, NULL);
  else if (!ask_ds (job, host, &zone, &ds))
    return FALSE;
  else if (is_found (&ds))
    finding = mr_domain_find (findings, "dane", "", MR_FINDING_UNKNOWN, "dane-unproven", "host", host, NULL);
  else
    finding = mr_domain_find (findings, "dane", "", MR_FINDING_ATTENTION, "dane-unsigned", "host", host, NULL);
  for (guint i = 0; i < asked->answer->records->len; i++)
    mr_domain_finding_add_fact (finding, "record", nth (asked, i)->text);
  return TRUE;
}

/* Of the server that takes the domain's mail first. */
gboolean
mr_domain_check_dane (MrDomainJob *job, GPtrArray *findings)
{
  const char *const *names;
  MrLookupStatus status = mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_MX, &names);
  g_autofree char *name = NULL;
  MrAsked asked;

  if (status == MR_LOOKUP_PENDING)
    return FALSE;
  if (names[0] == NULL || *names[0] == '\0') {
    mr_domain_find (findings, "dane", "", MR_FINDING_NOT_APPLICABLE, "dane-none", NULL);
    return TRUE;
  }
  name = g_strconcat ("_25._tcp.", names[0], NULL);
  asked = mr_domain_ask (job, name, MR_DNS_TLSA);
  if (asked.state == MR_ASKED_PENDING)
    return FALSE;
  if (is_found (&asked))
    return judge_tlsa (job, names[0], &asked, findings);
  if (asked.state == MR_ASKED_FAILED)
    mr_domain_find_not_looked_up (findings, "dane", name);
  else
    mr_domain_find (findings, "dane", "", MR_FINDING_NOT_APPLICABLE, "dane-none", NULL);
  return TRUE;
}
