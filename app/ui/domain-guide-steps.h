/* The steps of DMARC: observe, quarantine, reject; what speaks for the next one, from reports, in the service's words. A group of the guide's third page. */
#pragma once

#include <adwaita.h>

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_STEPS (mr_guide_steps_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideSteps, mr_guide_steps, MR, GUIDE_STEPS, AdwPreferencesGroup)

void mr_guide_steps_set_session (MrGuideSteps *self, MrGuideSession *session);
/* plan: of PlanRecords. */
void mr_guide_steps_show (MrGuideSteps *self, GVariant *plan);

G_END_DECLS
