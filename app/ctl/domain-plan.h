/* What a plan of records says beside the records: printed by domain-plan.c. */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

/* Names of addresses, the policy file, the step of DMARC. */
void mr_ctl_print_plan_rest (GVariant *plan);
/* Evidence from reports: GetEvidence. */
void mr_ctl_print_evidence (GVariant *evidence);
/* "none" and the like in words; borrowed. */
const char *mr_ctl_policy_words (const char *nick);

G_END_DECLS
