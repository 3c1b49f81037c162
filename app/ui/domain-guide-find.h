/* The guide's first page: the way that the domain's mail takes, and what others see of it now. Tells honestly where sending without a provider will not work. */
#pragma once

#include <adwaita.h>

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_FIND (mr_guide_find_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideFind, mr_guide_find, MR, GUIDE_FIND, AdwBin)

/* Once, before it is shown. */
void mr_guide_find_set_session (MrGuideFind *self, MrGuideSession *session);

/* Signal "add-account": the person wants a provider. */

G_END_DECLS
