/* Account tests that are running. */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrTests *mr_tests_new (MrEngine *engine);
void mr_tests_free (MrTests *tests);

G_END_DECLS
