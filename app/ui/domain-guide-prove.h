/* The guide's last page: a test message, and what its receiver made of it, line by line; its signatures are checked with the keys that are published now. */
#pragma once

#include <adwaita.h>

#include "ui/domain-guide-session.h"

G_BEGIN_DECLS

#define MR_TYPE_GUIDE_PROVE (mr_guide_prove_get_type ())
G_DECLARE_FINAL_TYPE (MrGuideProve, mr_guide_prove, MR, GUIDE_PROVE, AdwBin)

void mr_guide_prove_set_session (MrGuideProve *self, MrGuideSession *session);
/* text: a message or its header, as it was pasted or saved. */
void mr_guide_prove_explain (MrGuideProve *self, const char *text, gsize len);

G_END_DECLS
