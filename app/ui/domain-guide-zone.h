/* For those who keep the zone themselves: lines for a zone file, and changing the entries from here (RFC 2136) after a question. A group of the guide's third
 * page.
 */
#pragma once

#include <adwaita.h>

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_ZONE (mr_guide_zone_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideZone, mr_guide_zone, MR, GUIDE_ZONE, AdwPreferencesGroup)

void mr_guide_zone_set_session (MrGuideZone *self, MrGuideSession *session);
/* plan: of PlanRecords. */
void mr_guide_zone_show (MrGuideZone *self, GVariant *plan);
/* What a zone file has to get: the lines of what is to be published. (transfer full) */
char *mr_guide_zone_dup_lines (GVariant *plan);

G_END_DECLS
