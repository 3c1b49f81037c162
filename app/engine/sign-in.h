/* Sign-ins that are under way. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrSignIns *mr_sign_ins_new (MrEngine *engine);
void mr_sign_ins_free (MrSignIns *sign_ins);
/* For tests: how many milliseconds a second lasts, between two questions for another device and until a sign-in is given up. */
void mr_sign_ins_set_second (MrSignIns *sign_ins, guint milliseconds);

G_END_DECLS
