/* The engine's public face: long lists. See engine.h for what holds for all of it. */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* The rows of these ids (strv, at most 500) in this order; ids that are there no more give none. */
void mr_engine_list_rows (MrEngine *engine, const char *const *ids, MrListFunc func, gpointer data);

G_END_DECLS
