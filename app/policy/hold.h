/* Which messages a person's rules keep back for review. Pure. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

typedef struct {
  const char *reverse_path; /* "" for the null reverse-path */
  const char *from;         /* header From, NULL */
  const char *program;      /* NULL: unknown */
  const char *const *recipients;
} MrHoldFacts;

/* The rule that keeps the message back; NULL: it goes. rules: MrHoldRuleRecord. A rule that sends wins over all that keep, and it has to fit every
 * recipient; one that keeps back needs to fit one: a message is kept back as a whole. Among those that keep, the first. Borrowed. */
const MrHoldRuleRecord *mr_policy_hold (GPtrArray *rules, const MrHoldFacts *facts);
/* An address or host name fits: "a@example.com", "*@example.com", "example.com" (this domain), "*.example.com" (what is below it), "*". */
gboolean mr_policy_hold_domain_fits (const char *address, const char *pattern);
/* What is wrong with a rule: MR_ERROR_INVALID. */
gboolean mr_policy_hold_check (const MrHoldRuleRecord *rule, GError **error);

G_END_DECLS
