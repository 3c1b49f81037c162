/* The guide's third page: what is to be published, beside what is there, in the form that the DNS provider's page wants it. */
#pragma once

#include <adwaita.h>

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_RECORDS (mr_guide_records_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideRecords, mr_guide_records, MR, GUIDE_RECORDS, AdwBin)

void mr_guide_records_set_session (MrGuideRecords *self, MrGuideSession *session);

G_END_DECLS
