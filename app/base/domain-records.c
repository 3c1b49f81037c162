/* Records of domains that send mail: see <mailrelay/domain-records.h>. */
#include <mailrelay/records.h>

#include <string.h>

#include "base/text.h"

#define FACT_MAX  8192
#define FACTS_MAX 200
#define TERMS_MAX 500
#define TERM_MAX  1024

static const char *const finding_states[] = { "good", "attention", "wrong", "not-applicable", "unknown" };
static const char *const routes[] = { "none", "relay", "direct" };
G_STATIC_ASSERT (G_N_ELEMENTS (finding_states) == MR_FINDING_N_STATES);
G_STATIC_ASSERT (G_N_ELEMENTS (routes) == MR_DOMAIN_ROUTE_N_ROUTES);

const char *
mr_finding_state_nick (MrFindingState state)
{
  return (guint)state < G_N_ELEMENTS (finding_states) ? finding_states[state] : "unknown";
}

gboolean
mr_finding_state_from_nick (const char *nick, MrFindingState *ret)
{
  for (guint i = 0; i < G_N_ELEMENTS (finding_states); i++)
    if (g_strcmp0 (finding_states[i], nick) == 0) {
      *ret = (MrFindingState)i;
      return TRUE;
    }
  return FALSE;
}

const char *
mr_domain_route_nick (MrDomainRoute route)
{
  return (guint)route < G_N_ELEMENTS (routes) ? routes[route] : "unknown";
}

gboolean
mr_domain_route_from_nick (const char *nick, MrDomainRoute *ret)
{
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (g_strcmp0 (routes[i], nick) == 0) {
      *ret = (MrDomainRoute)i;
      return TRUE;
    }
  return FALSE;
}

static void
fact_free (gpointer data)
{
  MrDomainFact *fact = data;

  g_free (fact->label);
  g_free (fact->value);
  g_free (fact);
}

static void
term_free (gpointer data)
{
  MrDomainTerm *term = data;

  g_free (term->domain);
  g_free (term->term);
  g_free (term);
}

MrDomainFinding *
mr_domain_finding_new (const char *check, MrFindingState state, const char *code)
{
  MrDomainFinding *finding = g_new0 (MrDomainFinding, 1);

  finding->check = g_strdup (check);
  finding->subject = g_strdup ("");
  finding->state = state;
  finding->code = g_strdup (code);
  finding->facts = g_ptr_array_new_with_free_func (fact_free);
  finding->terms = g_ptr_array_new_with_free_func (term_free);
  return finding;
}

void
mr_domain_finding_add_fact (MrDomainFinding *finding, const char *label, const char *value)
{
  MrDomainFact *fact;

  if (value == NULL || *value == '\0' || finding->facts->len >= FACTS_MAX)
    return;
  fact = g_new (MrDomainFact, 1);
  fact->label = g_strdup (label);
  fact->value = mr_text_sanitize (value, FACT_MAX);
  g_ptr_array_add (finding->facts, fact);
}

void
mr_domain_finding_add_term (MrDomainFinding *finding, guint depth, const char *domain, const char *text,
                            gboolean looks_up, gboolean matched)
{
  MrDomainTerm *term;

  if (finding->terms->len >= TERMS_MAX)
    return;
  term = g_new (MrDomainTerm, 1);
  term->depth = depth;
  term->domain = mr_text_sanitize (domain, TERM_MAX);
  term->term = mr_text_sanitize (text, TERM_MAX);
  term->looks_up = looks_up;
  term->matched = matched;
  g_ptr_array_add (finding->terms, term);
}

void
mr_domain_finding_free (MrDomainFinding *finding)
{
  if (finding == NULL)
    return;
  g_free (finding->check);
  g_free (finding->subject);
  g_free (finding->code);
  g_clear_pointer (&finding->params, g_variant_unref);
  g_ptr_array_unref (finding->facts);
  g_ptr_array_unref (finding->terms);
  g_free (finding);
}

MrDomainReport *
mr_domain_report_new (const char *domain)
{
  MrDomainReport *report = g_new0 (MrDomainReport, 1);

  report->domain = g_strdup (domain);
  report->account = g_strdup ("");
  report->provider = g_strdup ("");
  report->helo = g_strdup ("");
  report->addresses = g_new0 (char *, 1);
  report->findings = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_domain_finding_free);
  report->drifts = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_domain_finding_free);
  return report;
}

void
mr_domain_report_free (MrDomainReport *report)
{
  if (report == NULL)
    return;
  g_free (report->domain);
  g_free (report->account);
  g_free (report->provider);
  g_free (report->helo);
  g_strfreev (report->addresses);
  g_ptr_array_unref (report->findings);
  g_ptr_array_unref (report->drifts);
  g_free (report);
}

const MrDomainFinding *
mr_domain_report_find (const MrDomainReport *report, const char *check, const char *subject)
{
  for (guint i = 0; i < report->findings->len; i++) {
    const MrDomainFinding *finding = g_ptr_array_index (report->findings, i);

    if (g_str_equal (finding->check, check) && (subject == NULL || g_str_equal (finding->subject, subject)))
      return finding;
  }
  return NULL;
}

MrDomainRecord *
mr_domain_record_new (const char *domain)
{
  MrDomainRecord *record = g_new0 (MrDomainRecord, 1);

  record->domain = g_strdup (domain);
  record->accounts = g_new0 (char *, 1);
  return record;
}

void
mr_domain_record_free (MrDomainRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->domain);
  g_strfreev (record->accounts);
  g_free (record);
}
