/* Checks of the route, and of who takes mail for the domain (MX). */
#include "config.h"

#include "engine/domain-private.h"

#include "mail/host-name.h"

#define CHECK_MX "mx"

gboolean
mr_domain_check_route (MrDomainJob *job, GPtrArray *findings)
{
  const char *through = job->provider != NULL ? job->provider->name : job->account != NULL ? job->account->host : "";
  MrDomainFinding *finding;

  switch (job->report->route) {
  case MR_DOMAIN_ROUTE_RELAY:
    finding = mr_domain_find (findings, "route", "", MR_FINDING_GOOD, "route-relay", "domain", job->domain, "provider",
                              through, NULL);
    mr_domain_finding_add_fact (finding, "account", job->account->id);
    mr_domain_finding_add_fact (finding, "server", job->account->host);
    return TRUE;
  case MR_DOMAIN_ROUTE_DIRECT:
    mr_domain_find (findings, "route", "", MR_FINDING_GOOD, "route-direct", "domain", job->domain, NULL);
    return TRUE;
  case MR_DOMAIN_ROUTE_NONE:
  case MR_DOMAIN_ROUTE_N_ROUTES:
  default:
    mr_domain_find (findings, "route", "", MR_FINDING_ATTENTION, "route-none", "domain", job->domain, NULL);
    return TRUE;
  }
}

/* ---- MX ---- */

typedef struct {
  guint n, without_address, private, temporary, aliases;
  const char *bad; /* the first one without address, or with a private one */
  const char *alias;
} Hosts;

/* FALSE: pending. */
static gboolean
look_at_host (MrDomainJob *job, const char *name, Hosts *hosts)
{
  const char *const *a, *const *aaaa;
  MrLookupStatus status4 = mr_lookup_table_ask (job->table, name, MR_LOOKUP_A, &a);
  MrLookupStatus status6 = mr_lookup_table_ask (job->table, name, MR_LOOKUP_AAAA, &aaaa);
  MrAsked alias = mr_domain_ask (job, name, MR_DNS_CNAME);
  gboolean private = TRUE;

  if (status4 == MR_LOOKUP_PENDING || status6 == MR_LOOKUP_PENDING || alias.state == MR_ASKED_PENDING)
    return FALSE;
  hosts->n++;
  for (guint i = 0; a[i] != NULL; i++)
  private = private && mr_address_is_private (a[i]);
  for (guint i = 0; aaaa[i] != NULL; i++)
  private = private && mr_address_is_private (aaaa[i]);
  if (status4 == MR_LOOKUP_NOTHING && status6 == MR_LOOKUP_NOTHING) {
    hosts->without_address++;
    hosts->bad = hosts->bad != NULL ? hosts->bad : name;
  } else if (a[0] == NULL && aaaa[0] == NULL)
    hosts->temporary++;
  else if (private && !job->all->allow_private) {
    hosts->private ++;
    hosts->bad = hosts->bad != NULL ? hosts->bad : name;
  }
  if (alias.state == MR_ASKED_ANSWERED && alias.answer->outcome == MR_DNS_FOUND) {
    hosts->aliases++;
    hosts->alias = name;
  }
  return TRUE;
}

static MrDomainFinding *
judge_hosts (MrDomainJob *job, const char *const *names, const Hosts *hosts, GPtrArray *findings)
{
  g_autofree char *count = g_strdup_printf ("%u", hosts->n);
  const char *literal = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    if (mr_address_is_numeric (names[i]))
      literal = names[i];
  if (literal != NULL)
    return mr_domain_find (findings, CHECK_MX, "", MR_FINDING_WRONG, "mx-address", "host", literal, NULL);
  if (hosts->without_address == hosts->n)
    return mr_domain_find (findings, CHECK_MX, "", MR_FINDING_WRONG, "mx-unresolved", "host", hosts->bad, "domain",
                           job->domain, NULL);
  if (hosts->without_address > 0)
    return mr_domain_find (findings, CHECK_MX, "", MR_FINDING_ATTENTION, "mx-some-unresolved", "host", hosts->bad,
                           NULL);
  if (hosts->private > 0)
    return mr_domain_find (findings, CHECK_MX, "", MR_FINDING_WRONG, "mx-private", "host", hosts->bad, NULL);
  if (hosts->temporary == hosts->n)
    return mr_domain_find (findings, CHECK_MX, "", MR_FINDING_UNKNOWN, "not-looked-up", "name", names[0], NULL);
  if (hosts->aliases > 0)
    return mr_domain_find (findings, CHECK_MX, "", MR_FINDING_ATTENTION, "mx-alias", "host", hosts->alias, NULL);
  return mr_domain_find (findings, CHECK_MX, "", MR_FINDING_GOOD, "mx-good", "domain", job->domain, "count", count,
                         "host", names[0], NULL);
}

/* No MX: the domain's own address stands in (RFC 5321 5.1). FALSE: pending. */
static gboolean
judge_none (MrDomainJob *job, GPtrArray *findings)
{
  MrLookupStatus a = mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_A, NULL);
  MrLookupStatus aaaa = mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_AAAA, NULL);

  if (a == MR_LOOKUP_PENDING || aaaa == MR_LOOKUP_PENDING)
    return FALSE;
  if (a == MR_LOOKUP_FOUND || aaaa == MR_LOOKUP_FOUND)
    mr_domain_find (findings, CHECK_MX, "", MR_FINDING_ATTENTION, "mx-implicit", "domain", job->domain, NULL);
  else if (a == MR_LOOKUP_TEMPORARY || aaaa == MR_LOOKUP_TEMPORARY)
    mr_domain_find (findings, CHECK_MX, "", MR_FINDING_UNKNOWN, "not-looked-up", "name", job->domain, NULL);
  else
    mr_domain_find (findings, CHECK_MX, "", MR_FINDING_WRONG, "mx-none", "domain", job->domain, NULL);
  return TRUE;
}

gboolean
mr_domain_check_mx (MrDomainJob *job, GPtrArray *findings)
{
  const char *const *names;
  MrDomainFinding *finding;
  Hosts hosts = { 0 };
  gboolean pending = FALSE;

  switch (mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_MX, &names)) {
  case MR_LOOKUP_PENDING:
    return FALSE;
  case MR_LOOKUP_TEMPORARY:
    mr_domain_find (findings, CHECK_MX, "", MR_FINDING_UNKNOWN, "not-looked-up", "name", job->domain, NULL);
    return TRUE;
  case MR_LOOKUP_NOTHING:
    return judge_none (job, findings);
  case MR_LOOKUP_FOUND:
  default:
    break;
  }
  if (*names[0] == '\0' && names[1] == NULL) {
    mr_domain_find (findings, CHECK_MX, "", MR_FINDING_ATTENTION, "mx-null", "domain", job->domain, NULL);
    return TRUE;
  }
  for (guint i = 0; names[i] != NULL; i++)
    if (*names[i] != '\0' && !mr_address_is_numeric (names[i]))
      pending = !look_at_host (job, names[i], &hosts) || pending;
  if (pending)
    return FALSE;
  finding = judge_hosts (job, names, &hosts, findings);
  for (guint i = 0; names[i] != NULL; i++)
    mr_domain_finding_add_fact (finding, "server", names[i]);
  return TRUE;
}
