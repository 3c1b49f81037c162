/* The guide's fourth page: waits with the person until every name server has every entry. The service waits; the window only shows it. */
#pragma once

#include <adwaita.h>

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_WAIT (mr_guide_wait_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideWait, mr_guide_wait, MR, GUIDE_WAIT, AdwBin)

void mr_guide_wait_set_session (MrGuideWait *self, MrGuideSession *session);

G_END_DECLS
