/* Checks of what receivers shall do with forgeries (DMARC, RFC 9989) and where reports about it go (RFC 9990). */
#include "config.h"

#include "engine/domain-private.h"

#include <string.h>

#include "mailauth/dmarc.h"
#include "mailauth/spf.h"

#define CHECK_POLICY  "dmarc"
#define CHECK_REPORTS "dmarc-reports"

/* What stands at _dmarc of the domain itself. */
typedef struct {
  char *name;
  const char *alias; /* what the name is one of; NULL */
  const char *const *texts;
  MrLookupStatus status;
  guint count;        /* records that begin as they must */
  const char *nearly; /* a text that somebody meant as one */
  const char *other;  /* an SPF record there: the answer of a wildcard */
} Own;

static void
own_clear (Own *own)
{
  g_free (own->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Own, own_clear)

static gboolean
is_nearly_record (const char *text)
{
  while (g_ascii_isspace (*text) || *text == '"' || *text == '\'')
    text++;
  return g_ascii_strncasecmp (text, "v=dmarc", 7) == 0 || g_ascii_strncasecmp (text, "v:dmarc", 7) == 0
         || g_ascii_strncasecmp (text, "v = dmarc", 9) == 0 || g_ascii_strncasecmp (text, "dmarc1", 6) == 0;
}

static void
read_own (MrDomainJob *job, Own *own)
{
  own->name = g_strconcat ("_dmarc.", job->domain, NULL);
  own->status = mr_lookup_table_ask (job->table, own->name, MR_LOOKUP_TXT, &own->texts);
  for (guint i = 0; own->texts[i] != NULL; i++) {
    if (mr_dmarc_is_record (own->texts[i]))
      own->count++;
    else if (is_nearly_record (own->texts[i]))
      own->nearly = own->texts[i];
    else if (mr_spf_is_record (own->texts[i]))
      own->other = own->texts[i];
  }
}

static void
add_own (MrDomainFinding *finding, const Own *own)
{
  mr_domain_finding_add_fact (finding, "name", own->name);
  mr_domain_finding_add_fact (finding, "alias", own->alias);
  for (guint i = 0; own->texts[i] != NULL; i++)
    mr_domain_finding_add_fact (finding, "record", own->texts[i]);
}

/* A record at the domain itself instead of at _dmarc. */
static gboolean
is_misplaced (MrDomainJob *job)
{
  const char *const *texts;

  mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_TXT, &texts);
  for (; *texts != NULL; texts++)
    if (mr_dmarc_is_record (*texts))
      return TRUE;
  return FALSE;
}

/* ---- the policy ---- */

static MrDomainFinding *
find_missing (MrDomainJob *job, const Own *own, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;

  if (own->count > 1)
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_WRONG, "dmarc-two", "domain", job->domain, NULL);
  for (guint i = 0; own->count == 1 && own->texts[i] != NULL; i++) {
    g_autoptr (MrDmarcRecord) record = mr_dmarc_is_record (own->texts[i])
                                           ? mr_dmarc_record_parse (own->texts[i], &error)
                                           : NULL;

    if (record == NULL && error != NULL)
      return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_WRONG, "dmarc-syntax", "problem", error->message,
                             NULL);
  }
  if (own->nearly != NULL)
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_WRONG, "dmarc-nearly", "domain", job->domain, NULL);
  if (is_misplaced (job))
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_WRONG, "dmarc-misplaced", "domain", job->domain,
                           NULL);
  if (own->other == NULL && own->alias != NULL)
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_ATTENTION, "dmarc-alias", "name", own->name, "alias",
                           own->alias, "domain", job->domain, NULL);
  if (own->other != NULL)
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_ATTENTION, "dmarc-wildcard", "domain", job->domain,
                           NULL);
  return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_ATTENTION, "dmarc-none", "domain", job->domain, NULL);
}

static char *
dup_problems (const MrDmarcRecord *record)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < record->problems->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", (char *)g_ptr_array_index (record->problems, i));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static MrDomainFinding *
find_policy (MrDomainJob *job, const MrDmarcDiscovery *found, GPtrArray *findings)
{
  const MrDmarcRecord *record = found->record;
  gboolean own = g_ascii_strcasecmp (found->record_domain, job->domain) == 0;
  g_autofree char *problems = dup_problems (record);

  if (*problems != '\0')
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_ATTENTION, "dmarc-problems", "problem", problems,
                           "policy", mr_dmarc_policy_nick (found->policy), NULL);
  if (record->testing)
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_ATTENTION, "dmarc-testing", "policy",
                           mr_dmarc_policy_nick (record->p), NULL);
  if (found->policy == MR_DMARC_NONE)
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_ATTENTION,
                           own ? "dmarc-observing" : "dmarc-observing-inherited", "domain", job->domain, "parent",
                           found->record_domain, NULL);
  if (!own)
    return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_GOOD, "dmarc-inherited", "domain", job->domain,
                           "parent", found->record_domain, "policy", mr_dmarc_policy_nick (found->policy), NULL);
  return mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_GOOD,
                         found->policy == MR_DMARC_REJECT ? "dmarc-reject" : "dmarc-quarantine", "domain", job->domain,
                         NULL);
}

/* ---- reports ---- */

/* Can mail be sent to that domain at all? PENDING where it is not known yet. */
static MrLookupStatus
takes_mail (MrDomainJob *job, const char *domain)
{
  const char *const *names;
  MrLookupStatus status = mr_lookup_table_ask (job->table, domain, MR_LOOKUP_MX, &names), a, aaaa;

  if (status == MR_LOOKUP_FOUND)
    return *names[0] != '\0' || names[1] != NULL ? MR_LOOKUP_FOUND : MR_LOOKUP_NOTHING;
  if (status != MR_LOOKUP_NOTHING)
    return status;
  a = mr_lookup_table_ask (job->table, domain, MR_LOOKUP_A, NULL);
  aaaa = mr_lookup_table_ask (job->table, domain, MR_LOOKUP_AAAA, NULL);
  if (a == MR_LOOKUP_FOUND || aaaa == MR_LOOKUP_FOUND)
    return MR_LOOKUP_FOUND;
  return a == MR_LOOKUP_PENDING || aaaa == MR_LOOKUP_PENDING ? MR_LOOKUP_PENDING : a;
}

/* FALSE: pending. One finding for an address that gets no reports; *ret_good stays TRUE where there is none. */
static gboolean
judge_address (MrDomainJob *job, const MrDmarcDiscovery *found, const char *address, gboolean *ret_good,
               GPtrArray *findings)
{
  g_autofree char *destination = mr_domain_dup_ascii (address, NULL);
  MrDmarcStatus may;
  MrLookupStatus takes;

  if (destination == NULL)
    return TRUE;
  may = mr_dmarc_may_report (job->table, found->record_domain, destination);
  takes = takes_mail (job, destination);
  if (may == MR_DMARC_PENDING || takes == MR_LOOKUP_PENDING)
    return FALSE;
  if (may == MR_DMARC_FOUND && takes == MR_LOOKUP_FOUND)
    return TRUE;
  *ret_good = FALSE;
  if (may == MR_DMARC_ABSENT) {
    g_autofree char *wanted = g_strdup_printf ("%s._report._dmarc.%s", found->record_domain, destination);
    MrDomainFinding *finding = mr_domain_find (findings, CHECK_REPORTS, address, MR_FINDING_WRONG,
                                               "reports-not-authorised", "address", address, "name", wanted, "domain",
                                               found->record_domain, NULL);

    mr_domain_finding_add_fact (finding, "name", wanted);
  } else if (takes == MR_LOOKUP_NOTHING)
    mr_domain_find (findings, CHECK_REPORTS, address, MR_FINDING_WRONG, "reports-no-mail", "address", address, "domain",
                    destination, NULL);
  else
    mr_domain_find (findings, CHECK_REPORTS, address, MR_FINDING_UNKNOWN, "not-looked-up", "name", destination, NULL);
  return TRUE;
}

static gboolean
judge_reports (MrDomainJob *job, const MrDmarcDiscovery *found, GPtrArray *findings)
{
  g_autofree char *list = g_strjoinv (", ", found->record->rua);
  gboolean good = TRUE, pending = FALSE;

  if (found->record->rua[0] == NULL) {
    mr_domain_find (findings, CHECK_REPORTS, "", MR_FINDING_ATTENTION, "reports-none", "domain", job->domain, NULL);
    return TRUE;
  }
  for (guint i = 0; found->record->rua[i] != NULL; i++)
    pending = !judge_address (job, found, found->record->rua[i], &good, findings) || pending;
  /* Those about single messages need the same consent (RFC 9991 4). */
  for (guint i = 0; found->record->ruf[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)found->record->rua, found->record->ruf[i]))
      pending = !judge_address (job, found, found->record->ruf[i], &good, findings) || pending;
  if (!pending && good)
    mr_domain_find (findings, CHECK_REPORTS, "", MR_FINDING_GOOD, "reports-good", "address", list, NULL);
  return !pending;
}

gboolean
mr_domain_check_dmarc (MrDomainJob *job, GPtrArray *findings)
{
  g_auto (MrDmarcDiscovery) found = { 0 };
  g_auto (Own) own = { 0 };
  const char *const *texts;
  MrDomainFinding *finding;
  MrAskedState alias;

  read_own (job, &own);
  mr_dmarc_discover (job->table, job->domain, FALSE, &found);
  /* Together with the rest, so that nothing is waited for twice. */
  alias = mr_domain_ask_alias (job, own.name, &own.alias);
  if (mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_TXT, &texts) == MR_LOOKUP_PENDING
      || alias == MR_ASKED_PENDING || own.status == MR_LOOKUP_PENDING || found.status == MR_DMARC_PENDING)
    return FALSE;
  if (own.status == MR_LOOKUP_TEMPORARY || found.status == MR_DMARC_TEMPORARY) {
    mr_domain_find (findings, CHECK_POLICY, "", MR_FINDING_UNKNOWN, "not-looked-up", "name", own.name, NULL);
    return TRUE;
  }
  if (found.status != MR_DMARC_FOUND || own.count > 1) {
    add_own (find_missing (job, &own, findings), &own);
    return TRUE;
  }
  finding = find_policy (job, &found, findings);
  mr_domain_finding_add_fact (finding, "policy-domain", found.record_domain);
  mr_domain_finding_add_fact (finding, "organisation", found.organisation);
  add_own (finding, &own);
  return judge_reports (job, &found, findings);
}
