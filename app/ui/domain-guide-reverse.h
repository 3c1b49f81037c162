/* Names of the public addresses (PTR): how they stand, whom to ask, and a text that can be sent. A group of the guide's third page, for direct delivery. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_REVERSE (mr_guide_reverse_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideReverse, mr_guide_reverse, MR, GUIDE_REVERSE, AdwPreferencesGroup)

/* plan: of PlanRecords; without a list "reverse" nothing is shown. */
void mr_guide_reverse_show (MrGuideReverse *self, GVariant *plan);

G_END_DECLS
