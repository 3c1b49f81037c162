/* What every fuzz target defines; see fuzz-main.c and `run` for who calls it. */
#pragma once

#include <glib.h>

/* Takes any bytes. Aborts (g_assert_*) where a property does not hold; returns 0. Keeps nothing between calls. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
