/* What the files of this room share. */
#pragma once

#include "policy/policy.h"

G_BEGIN_DECLS

/* "Try again in N" is obeyed between these (design section 5). */
#define MR_POLICY_RETRY_AFTER_MIN 60
#define MR_POLICY_RETRY_AFTER_MAX (24 * 3600)
/* A rule turns a 5xx into a retry only when it is this sure, and this often. */
#define MR_POLICY_RULE_CONFIDENCE 0.8
#define MR_POLICY_RULE_RETRIES    4

G_END_DECLS
