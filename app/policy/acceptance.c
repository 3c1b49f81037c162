/* Whether a provider takes less of our mail than it did: see acceptance.h. */
#include "policy/acceptance.h"

#define DECIDED_MIN 20
#define ENOUGH      950 /* tenths of a percent */
#define DROP        100

static gboolean
has_enough (const MrStatisticRecord *record)
{
  return record->counts[MR_COUNT_DELIVERED] + record->counts[MR_COUNT_FAILED] >= DECIDED_MIN;
}

gboolean
mr_policy_acceptance_falls (const MrStatisticRecord *recent, const MrStatisticRecord *before)
{
  int now = mr_statistic_record_acceptance (recent), then = mr_statistic_record_acceptance (before);

  return has_enough (recent) && has_enough (before) && now < ENOUGH && then - now >= DROP;
}
