/* Checks of the allowed senders (SPF, RFC 7208): is there one record, can it be read, how much must be looked up, how does it end, and does it cover the
 * way in which this program sends.
 */
#include "config.h"

#include "engine/domain-private.h"

#include <string.h>

#include "mailauth/spf-tree.h"
#include "mailauth/spf.h"

#define CHECK_RECORD   "spf"
#define CHECK_LOOK_UPS "spf-look-ups"
#define CHECK_END      "spf-end"
#define LOOK_UPS_MAX   10
#define LOOK_UPS_NEAR  9
#define VOIDS_MAX      2
#define LENGTH_MAX     450 /* with the other texts of the name an answer should fit 512 bytes (RFC 7208 3.4) */

/* A text that somebody meant as an SPF record and that is none. */
static gboolean
is_nearly_record (const char *text)
{
  const char *start = text;

  while (g_ascii_isspace (*start) || *start == '"' || *start == '\'')
    start++;
  return g_ascii_strncasecmp (start, "v=spf", 5) == 0 || g_ascii_strncasecmp (start, "spf2.0/", 7) == 0
         || g_ascii_strncasecmp (start, "v:spf1", 6) == 0 || g_ascii_strncasecmp (start, "v = spf1", 8) == 0;
}

MrLookupStatus
mr_domain_find_spf (MrDomainJob *job, const char **ret_record, guint *ret_count, const char **ret_nearly)
{
  const char *const *texts;
  MrLookupStatus status = mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_TXT, &texts);

  *ret_record = *ret_nearly = NULL;
  *ret_count = 0;
  for (; *texts != NULL; texts++) {
    if (mr_spf_is_record (*texts)) {
      *ret_record = *texts;
      ++*ret_count;
    } else if (is_nearly_record (*texts))
      *ret_nearly = *texts;
  }
  return status;
}

static void
add_records (MrDomainJob *job, MrDomainFinding *finding)
{
  const char *const *texts;
  const char *alias;

  mr_domain_ask_alias (job, job->domain, &alias);
  mr_domain_finding_add_fact (finding, "name", job->domain);
  mr_domain_finding_add_fact (finding, "alias", alias);
  mr_lookup_table_ask (job->table, job->domain, MR_LOOKUP_TXT, &texts);
  for (; *texts != NULL; texts++)
    if (mr_spf_is_record (*texts) || is_nearly_record (*texts))
      mr_domain_finding_add_fact (finding, "record", *texts);
}

/* ---- the record ---- */

static void
judge_tree (MrDomainJob *job, const MrSpfTree *tree, GPtrArray *findings)
{
  g_autofree char *count = g_strdup_printf ("%u", tree->look_ups);
  g_autofree char *voids = g_strdup_printf ("%u", MAX (tree->voids4, tree->voids6));
  const char *culprit = tree->culprit != NULL ? tree->culprit : "";
  gboolean void_for_one = (tree->voids4 > VOIDS_MAX) != (tree->voids6 > VOIDS_MAX);
  MrDomainFinding *finding;

  if (tree->flags & MR_SPF_TREE_LOOP)
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_WRONG, "spf-loop", "name", culprit, NULL);
  else if (tree->look_ups > LOOK_UPS_MAX)
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_WRONG, "spf-look-ups-many", "count", count,
                              NULL);
  else if (tree->flags & MR_SPF_TREE_INCLUDE_NONE)
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_WRONG, "spf-include-none", "name", culprit,
                              NULL);
  else if (tree->flags & MR_SPF_TREE_INCLUDE_BROKEN)
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_WRONG, "spf-include-broken", "name", culprit,
                              NULL);
  else if (tree->flags & MR_SPF_TREE_MANY_MX)
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_WRONG, "spf-many-mx", "name", culprit, NULL);
  else if (tree->flags & MR_SPF_TREE_TEMPORARY)
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_UNKNOWN, "spf-look-ups-unknown", "count", count,
                              NULL);
  else if (MAX (tree->voids4, tree->voids6) > VOIDS_MAX)
    /* Receivers differ where only one kind of client meets too many: some count a name that has the other kind of address, some do not. */
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", void_for_one ? MR_FINDING_ATTENTION : MR_FINDING_WRONG,
                              void_for_one ? "spf-voids-one" : "spf-voids", "count", voids, "family",
                              tree->voids6 > VOIDS_MAX ? "IPv6" : "IPv4", NULL);
  else if (tree->flags & MR_SPF_TREE_PTR)
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_ATTENTION, "spf-ptr", NULL);
  else if (tree->look_ups >= LOOK_UPS_NEAR)
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_ATTENTION, "spf-look-ups-near", "count", count,
                              NULL);
  else
    finding = mr_domain_find (findings, CHECK_LOOK_UPS, "", MR_FINDING_GOOD, "spf-look-ups-good", "count", count, NULL);
  mr_domain_finding_add_fact (finding, "look-ups", count);
  if (tree->voids4 + tree->voids6 > 0)
    mr_domain_finding_add_fact (finding, "void-look-ups", voids);
  for (guint i = 0; i < tree->steps->len; i++) {
    const MrSpfStep *step = g_ptr_array_index (tree->steps, i);
    mr_domain_finding_add_term (finding, step->depth, step->domain, step->term, step->looks_up, step->matched);
  }
}

static void
judge_end (MrDomainJob *job, const MrSpfRecord *record, GPtrArray *findings)
{
  static const struct {
    MrSpfResult qualifier;
    MrFindingState state;
    const char *code;
  } ends[] = { { MR_SPF_FAIL, MR_FINDING_GOOD, "spf-end-fail" },
               { MR_SPF_SOFTFAIL, MR_FINDING_GOOD, "spf-end-softfail" },
               { MR_SPF_NEUTRAL, MR_FINDING_ATTENTION, "spf-end-neutral" },
               { MR_SPF_PASS, MR_FINDING_WRONG, "spf-end-pass" } };
  const MrSpfTerm *all = NULL;
  gboolean behind = FALSE;

  for (guint i = 0; i < record->terms->len; i++) {
    const MrSpfTerm *term = g_ptr_array_index (record->terms, i);

    behind = behind || all != NULL;
    if (all == NULL && term->kind == MR_SPF_ALL)
      all = term;
  }
  if (all == NULL && record->redirect != NULL)
    mr_domain_find (findings, CHECK_END, "", MR_FINDING_GOOD, "spf-end-redirect", "name", record->redirect->domain,
                    NULL);
  else if (all == NULL)
    mr_domain_find (findings, CHECK_END, "", MR_FINDING_ATTENTION, "spf-end-missing", NULL);
  else if (behind && all->qualifier != MR_SPF_PASS)
    mr_domain_find (findings, CHECK_END, "", MR_FINDING_ATTENTION, "spf-end-behind", "term", all->text, NULL);
  else
    for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
      if (ends[i].qualifier == all->qualifier)
        mr_domain_find (findings, CHECK_END, "", ends[i].state, ends[i].code, "term", all->text, NULL);
}

static gboolean
judge_record (MrDomainJob *job, const char *text, GPtrArray *findings)
{
  g_auto (MrSpfTree) tree = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MrSpfRecord) record = mr_spf_record_parse (text, &error);
  MrDomainFinding *finding;

  if (record == NULL) {
    finding = mr_domain_find (findings, CHECK_RECORD, "", MR_FINDING_WRONG, "spf-syntax", "problem", error->message,
                              NULL);
    add_records (job, finding);
    return TRUE;
  }
  mr_spf_tree_walk (job->table, job->domain, text, &tree, NULL);
  if (tree.pending)
    return FALSE;
  if (strlen (text) > LENGTH_MAX)
    finding = mr_domain_find (findings, CHECK_RECORD, "", MR_FINDING_ATTENTION, "spf-long", NULL);
  else
    finding = mr_domain_find (findings, CHECK_RECORD, "", MR_FINDING_GOOD, "spf-good", "domain", job->domain, NULL);
  add_records (job, finding);
  judge_tree (job, &tree, findings);
  judge_end (job, record, findings);
  return TRUE;
}

gboolean
mr_domain_check_spf (MrDomainJob *job, GPtrArray *findings)
{
  const char *record, *nearly;
  MrDomainFinding *finding = NULL;
  const char *alias;
  guint count;

  if (mr_domain_ask_alias (job, job->domain, &alias) == MR_ASKED_PENDING)
    return FALSE;
  switch (mr_domain_find_spf (job, &record, &count, &nearly)) {
  case MR_LOOKUP_PENDING:
    return FALSE;
  case MR_LOOKUP_TEMPORARY:
    mr_domain_find (findings, CHECK_RECORD, "", MR_FINDING_UNKNOWN, "not-looked-up", "name", job->domain, NULL);
    return TRUE;
  case MR_LOOKUP_NOTHING:
  case MR_LOOKUP_FOUND:
  default:
    break;
  }
  if (count > 1)
    finding = mr_domain_find (findings, CHECK_RECORD, "", MR_FINDING_WRONG, "spf-two", "domain", job->domain, NULL);
  else if (count == 0 && nearly != NULL)
    finding = mr_domain_find (findings, CHECK_RECORD, "", MR_FINDING_WRONG, "spf-nearly", "domain", job->domain, NULL);
  else if (count == 0)
    finding = mr_domain_find (findings, CHECK_RECORD, "", MR_FINDING_WRONG, "spf-none", "domain", job->domain, NULL);
  if (finding == NULL)
    return judge_record (job, record, findings);
  add_records (job, finding);
  return TRUE;
}
