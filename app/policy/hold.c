/* Which messages a person's rules keep back. */
#include <config.h>

#include "policy/hold.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mail/address.h"

#define MATCH_MAX      100
#define MATCH_TEXT_MAX 320

gboolean
mr_policy_hold_domain_fits (const char *address, const char *pattern)
{
  if (g_str_equal (pattern, "*"))
    return TRUE;
  if (strchr (pattern, '@') != NULL)
    return mr_address_matches (address, pattern);
  gboolean below = g_str_has_prefix (pattern, "*.");
  g_autofree char *probe = g_strconcat ("x@", below ? pattern + 2 : pattern, NULL);
  g_autofree char *wanted = mr_address_dup_ascii_domain (probe);
  g_autofree char *domain = mr_address_dup_ascii_domain (address);

  if (wanted == NULL || domain == NULL)
    return FALSE;
  if (!below)
    return g_str_equal (domain, wanted);
  g_autofree char *end = g_strconcat (".", wanted, NULL);
  return g_str_has_suffix (domain, end);
}

static gboolean
any_fits (char **patterns, const char *address)
{
  for (; address != NULL && *address != '\0' && patterns != NULL && *patterns != NULL; patterns++)
    if (mr_policy_hold_domain_fits (address, *patterns))
      return TRUE;
  return FALSE;
}

static gboolean
program_fits (char **names, const char *program)
{
  for (; program != NULL && names != NULL && *names != NULL; names++)
    if (g_ascii_strcasecmp (*names, program) == 0)
      return TRUE;
  return FALSE;
}

/* all: every recipient has to fit, else one is enough. */
static gboolean
recipients_fit (const MrHoldRuleRecord *rule, const MrHoldFacts *facts, gboolean all)
{
  gboolean inside = rule->kind == MR_HOLD_RULE_RECIPIENT;

  for (guint i = 0; facts->recipients[i] != NULL; i++) {
    gboolean fits = any_fits (rule->match, facts->recipients[i]) == inside;

    if (fits != all)
      return fits;
  }
  return all && facts->recipients[0] != NULL;
}

static gboolean
rule_fits (const MrHoldRuleRecord *rule, const MrHoldFacts *facts)
{
  switch (rule->kind) {
  case MR_HOLD_RULE_EVERYTHING:
    return TRUE;
  case MR_HOLD_RULE_SENDER:
    return any_fits (rule->match, facts->reverse_path) || any_fits (rule->match, facts->from);
  case MR_HOLD_RULE_RECIPIENT:
  case MR_HOLD_RULE_LEAVES:
    return recipients_fit (rule, facts, rule->send);
  case MR_HOLD_RULE_PROGRAM:
    return program_fits (rule->match, facts->program);
  case MR_HOLD_RULE_N_KINDS:
    break;
  }
  return FALSE;
}

const MrHoldRuleRecord *
mr_policy_hold (GPtrArray *rules, const MrHoldFacts *facts)
{
  const MrHoldRuleRecord *keeper = NULL;

  for (guint i = 0; i < rules->len; i++) {
    const MrHoldRuleRecord *rule = g_ptr_array_index (rules, i);

    if (rule->disabled || !rule_fits (rule, facts))
      continue;
    if (rule->send)
      return NULL;
    if (keeper == NULL)
      keeper = rule;
  }
  return keeper;
}

static gboolean
pattern_is_sound (MrHoldRuleKind kind, const char *pattern)
{
  const char *domain = g_str_has_prefix (pattern, "*.")   ? pattern + 2
                       : g_str_has_prefix (pattern, "*@") ? pattern + 2
                                                          : pattern;

  if (*pattern == '\0' || strlen (pattern) > MATCH_TEXT_MAX || strpbrk (pattern, ";\r\n") != NULL)
    return FALSE;
  if (kind == MR_HOLD_RULE_PROGRAM || g_str_equal (pattern, "*"))
    return TRUE;
  g_autofree char *probe = strchr (domain, '@') == NULL ? g_strconcat ("x@", domain, NULL) : g_strdup (domain);
  return mr_address_is_valid (probe);
}

gboolean
mr_policy_hold_check (const MrHoldRuleRecord *rule, GError **error)
{
  guint n = 0;

  if ((guint)rule->kind >= MR_HOLD_RULE_N_KINDS || rule->release_after < 0 || rule->release_after > 366 * 86400) {
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID, _ ("A rule keeps mail back for at most a year"));
    return FALSE;
  }
  for (; rule->match != NULL && rule->match[n] != NULL && n <= MATCH_MAX; n++)
    if (!pattern_is_sound (rule->kind, rule->match[n])) {
      g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%.100s”: write an address, a domain, or *.domain"),
                   rule->match[n]);
      return FALSE;
    }
  if (n > MATCH_MAX)
    g_set_error (error, MR_ERROR, MR_ERROR_TOO_BIG, _ ("A rule names at most %d addresses, domains or programs"),
                 MATCH_MAX);
  else if (n == 0 && rule->kind != MR_HOLD_RULE_EVERYTHING)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_INVALID,
                         _ ("Say which addresses, domains or programs the rule is about"));
  else
    return TRUE;
  return FALSE;
}
