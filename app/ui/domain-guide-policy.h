/* MTA-STS: a file and an entry that tell others to insist on encryption. Only where the person wishes it. A group of the guide's third page. */
#pragma once

#include <adwaita.h>

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_POLICY (mr_guide_policy_get_type ())
G_DECLARE_FINAL_TYPE (MrGuidePolicy, mr_guide_policy, MR, GUIDE_POLICY, AdwPreferencesGroup)

void mr_guide_policy_set_session (MrGuidePolicy *self, MrGuideSession *session);
/* plan: of PlanRecords; without "policy-file" nothing is shown. */
void mr_guide_policy_show (MrGuidePolicy *self, GVariant *plan);

G_END_DECLS
