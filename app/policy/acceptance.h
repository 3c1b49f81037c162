/* Whether a provider takes less of our mail than it did. */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* recent: the last day, before: some weeks before it. Few recipients say nothing, and neither does what is nearly all. */
gboolean mr_policy_acceptance_falls (const MrStatisticRecord *recent, const MrStatisticRecord *before);

G_END_DECLS
