/* The guide's second page: what the DNS cannot tell. Which services send, whether we sign, mailing lists, where reports go. */
#pragma once

#include <adwaita.h>

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_ASK (mr_guide_ask_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideAsk, mr_guide_ask, MR, GUIDE_ASK, AdwBin)

void mr_guide_ask_set_session (MrGuideAsk *self, MrGuideSession *session);
/* What was answered goes into the session's answers. */
void mr_guide_ask_take (MrGuideAsk *self);

G_END_DECLS
