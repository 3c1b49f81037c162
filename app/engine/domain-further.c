/* Further entries: encryption for incoming mail and reports about it, the sender's picture, certificates. Nice to have: none is ever a fault. */
#include "config.h"

#include "engine/domain-private.h"

#include <string.h>

#include "mailauth/dmarc.h"
#include "mailauth/mta-sts.h"
#include "net/http.h"

#define POLICY_MS  8000
#define POLICY_MAX (64 * 1024)
#define SHORT_AGE  86400 /* of a policy, seconds */

void
mr_domain_find_not_looked_up (GPtrArray *findings, const char *check, const char *name)
{
  mr_domain_find (findings, check, "", MR_FINDING_UNKNOWN, "not-looked-up", "name", name, NULL);
}

/* ---- texts at a name of their own ---- */

/* The one record there that begins as it must; NULL: *ret_count tells. */
static MrLookupStatus
find_text (MrDomainJob *job, const char *name, gboolean (*is_record) (const char *text), const char **ret_text,
           guint *ret_count)
{
  const char *const *texts;
  MrLookupStatus status = mr_lookup_table_ask (job->table, name, MR_LOOKUP_TXT, &texts);

  *ret_text = NULL;
  *ret_count = 0;
  for (; *texts != NULL; texts++)
    if (is_record (*texts)) {
      *ret_text = *texts;
      ++*ret_count;
    }
  return status;
}

static gboolean
is_tls_report (const char *text)
{
  return g_str_has_prefix (text, "v=TLSRPTv1");
}

static gboolean
is_bimi (const char *text)
{
  return g_ascii_strncasecmp (text, "v=BIMI1", 7) == 0;
}

gboolean
mr_domain_check_tls_reports (MrDomainJob *job, GPtrArray *findings)
{
  g_autofree char *name = g_strconcat ("_smtp._tls.", job->domain, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) addresses = NULL;
  const char *text;
  guint count;
  MrLookupStatus status = find_text (job, name, is_tls_report, &text, &count);

  if (status == MR_LOOKUP_PENDING)
    return FALSE;
  if (status == MR_LOOKUP_TEMPORARY)
    mr_domain_find_not_looked_up (findings, "tls-reports", name);
  else if (count == 0)
    mr_domain_find (findings, "tls-reports", "", MR_FINDING_NOT_APPLICABLE, "tls-reports-none", NULL);
  else if (count > 1)
    mr_domain_find (findings, "tls-reports", "", MR_FINDING_ATTENTION, "further-two", "name", name, NULL);
  else if ((addresses = mr_tlsrpt_dup_addresses (text, &error)) == NULL)
    mr_domain_find (findings, "tls-reports", "", MR_FINDING_ATTENTION, "further-syntax", "name", name, "problem",
                    error->message, NULL);
  else
    mr_domain_find (findings, "tls-reports", "", MR_FINDING_GOOD, "tls-reports-good", "address", addresses[0], NULL);
  return TRUE;
}

/* A picture is shown only where forgeries are acted upon. FALSE: pending. */
static gboolean
judge_picture (MrDomainJob *job, const char *picture, GPtrArray *findings)
{
  g_auto (MrDmarcDiscovery) found = { 0 };
  gboolean acts;

  mr_dmarc_discover (job->table, job->domain, FALSE, &found);
  if (found.status == MR_DMARC_PENDING)
    return FALSE;
  acts = found.policy == MR_DMARC_QUARANTINE || found.policy == MR_DMARC_REJECT;
  mr_domain_find (findings, "bimi", "", acts ? MR_FINDING_GOOD : MR_FINDING_ATTENTION,
                  acts ? "bimi-good" : "bimi-policy", "picture", picture, NULL);
  return TRUE;
}

gboolean
mr_domain_check_bimi (MrDomainJob *job, GPtrArray *findings)
{
  g_autofree char *name = g_strconcat ("default._bimi.", job->domain, NULL);
  g_autofree char *picture = NULL, *evidence = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;
  guint count;
  MrLookupStatus status = find_text (job, name, is_bimi, &text, &count);

  if (status == MR_LOOKUP_PENDING)
    return FALSE;
  if (status == MR_LOOKUP_TEMPORARY)
    mr_domain_find_not_looked_up (findings, "bimi", name);
  else if (count == 0)
    mr_domain_find (findings, "bimi", "", MR_FINDING_NOT_APPLICABLE, "bimi-none", NULL);
  else if (count > 1)
    mr_domain_find (findings, "bimi", "", MR_FINDING_ATTENTION, "further-two", "name", name, NULL);
  else if ((picture = mr_bimi_dup_picture (text, &evidence, &error)) == NULL)
    mr_domain_find (findings, "bimi", "", MR_FINDING_ATTENTION, "further-syntax", "name", name, "problem",
                    error->message, NULL);
  else
    return judge_picture (job, picture, findings);
  return TRUE;
}

/* ---- answers of other types ---- */

static void
tell_issuers (const MrAsked *asked, GPtrArray *findings)
{
  MrDomainFinding *finding = mr_domain_find (findings, "caa", "", MR_FINDING_GOOD, "caa-good", NULL);

  for (guint i = 0; i < asked->answer->records->len; i++)
    mr_domain_finding_add_fact (finding, "record",
                                ((const MrDnsRecord *)g_ptr_array_index (asked->answer->records, i))->text);
}

gboolean
mr_domain_check_caa (MrDomainJob *job, GPtrArray *findings)
{
  MrAsked asked = mr_domain_ask (job, job->domain, MR_DNS_CAA);

  if (asked.state == MR_ASKED_PENDING)
    return FALSE;
  if (asked.state == MR_ASKED_FAILED)
    mr_domain_find_not_looked_up (findings, "caa", job->domain);
  else if (asked.answer->outcome != MR_DNS_FOUND)
    mr_domain_find (findings, "caa", "", MR_FINDING_NOT_APPLICABLE, "caa-none", NULL);
  else
    tell_issuers (&asked, findings);
  return TRUE;
}

/* ---- MTA-STS: the record, then the policy over HTTPS (RFC 8461 3) ---- */

struct _MrDomainSts {
  MrDomainJob *job;
  MrHttpRequest *request; /* NULL: over */
  char *text;             /* the policy; NULL: it could not be had */
  char *trouble;
};

void
mr_domain_sts_free (MrDomainSts *sts)
{
  if (sts == NULL)
    return;
  if (sts->request != NULL)
    mr_http_cancel (sts->request);
  g_free (sts->text);
  g_free (sts->trouble);
  g_free (sts);
}

static void
policy_cb (const MrHttpAnswer *answer, const GError *error, gpointer data)
{
  MrDomainSts *sts = data;
  gsize len = 0;
  const char *bytes = answer != NULL ? g_bytes_get_data (answer->body, &len) : NULL;

  sts->request = NULL;
  if (error != NULL)
    sts->trouble = g_strdup (error->message);
  else if (answer->status != 200)
    sts->trouble = g_strdup_printf ("HTTP %u", answer->status);
  else
    sts->text = g_strndup (bytes != NULL ? bytes : "", len);
  mr_domain_job_wake (sts->job);
}

static void
start_policy (MrDomainJob *job)
{
  g_autofree char *url = g_strdup_printf ("https://mta-sts.%s/.well-known/mta-sts.txt", job->domain);
  MrHttpOptions options = { .url = url, .timeout_ms = POLICY_MS, .max_size = POLICY_MAX };
  g_autoptr (GError) error = NULL;
  g_autoptr (MrHttp) http = mr_engine_dup_http (job->all->engine, &error);

  job->sts = g_new0 (MrDomainSts, 1);
  job->sts->job = job;
  if (http != NULL)
    job->sts->request = mr_http_start (http, &options, policy_cb, job->sts);
  else
    job->sts->trouble = g_strdup (error->message);
}

static gboolean
judge_policy (MrDomainJob *job, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrStsPolicy) policy = mr_sts_policy_parse (job->sts->text, &error);
  const char *const *names;

  if (policy == NULL) {
    mr_domain_find (findings, "mta-sts", "", MR_FINDING_ATTENTION, "mta-sts-policy", "problem", error->message, NULL);
    return TRUE;
  }
  if (mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_MX, &names) == MR_LOOKUP_PENDING)
    return FALSE;
  for (; policy->mode != MR_STS_NONE && *names != NULL; names++)
    if (**names != '\0' && !mr_sts_policy_covers (policy, *names)) {
      mr_domain_find (findings, "mta-sts", "", MR_FINDING_ATTENTION, "mta-sts-misses", "host", *names, NULL);
      return TRUE;
    }
  /* Whoever forgets it that soon is not held to it by mail that comes seldom (RFC 8461 3.2 and 10.2 want weeks). */
  if (policy->mode == MR_STS_ENFORCE && policy->max_age <= SHORT_AGE) {
    mr_domain_find (findings, "mta-sts", "", MR_FINDING_ATTENTION, "mta-sts-short", NULL);
    return TRUE;
  }
  mr_domain_find (findings, "mta-sts", "", MR_FINDING_GOOD,
                  policy->mode == MR_STS_ENFORCE ? "mta-sts-good" : "mta-sts-mild", "policy",
                  mr_sts_mode_nick (policy->mode), NULL);
  return TRUE;
}

gboolean
mr_domain_check_sts (MrDomainJob *job, GPtrArray *findings)
{
  g_autofree char *name = g_strconcat ("_mta-sts.", job->domain, NULL), *id = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;
  guint count;
  MrLookupStatus status = find_text (job, name, mr_sts_is_record, &text, &count);

  if (status == MR_LOOKUP_PENDING)
    return FALSE;
  if (status == MR_LOOKUP_TEMPORARY)
    mr_domain_find_not_looked_up (findings, "mta-sts", name);
  else if (count == 0)
    mr_domain_find (findings, "mta-sts", "", MR_FINDING_NOT_APPLICABLE, "mta-sts-none", NULL);
  else if (count > 1)
    mr_domain_find (findings, "mta-sts", "", MR_FINDING_ATTENTION, "further-two", "name", name, NULL);
  else if ((id = mr_sts_record_dup_id (text, &error)) == NULL)
    mr_domain_find (findings, "mta-sts", "", MR_FINDING_ATTENTION, "further-syntax", "name", name, "problem",
                    error->message, NULL);
  else {
    if (job->sts == NULL)
      start_policy (job);
    if (job->sts->request != NULL)
      return FALSE;
    if (job->sts->text != NULL)
      return judge_policy (job, findings);
    mr_domain_find (findings, "mta-sts", "", MR_FINDING_ATTENTION, "mta-sts-no-policy", "domain", job->domain,
                    "problem", job->sts->trouble, NULL);
  }
  return TRUE;
}
