/* The engine's public face: long lists. See engine.h for what holds for all of it. */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* The rows of these ids (strv, at most 500) in this order; ids that are there no more give none. */
void mr_engine_list_rows (MrEngine *engine, const char *const *ids, MrListFunc func, gpointer data);

/* What the list may be told apart by: MrFacetRecord, the one with the most messages first, at most 500. */
void
mr_engine_list_facets (MrEngine *engine, const MrListFilter *filter, MrFacet facet, MrRecordsFunc func, gpointer data);
/* Ids asked for with this data: their callbacks are not called, and nothing is looked for any more. */
void mr_engine_cancel_list (MrEngine *engine, gpointer data);

G_END_DECLS
