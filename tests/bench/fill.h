/* A store full of mail that looks like an office's: for the benches of lists and of the window. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* n_active messages that wait (each next tried hours from now, so that a service that opens the file sends none of them), n_finished in the
 * history. Deterministic. Returns when all are committed. */
void bench_fill (MrStore *store, MrClock *clock, guint n_active, guint n_finished);

G_END_DECLS
