/* The engine's public face: long lists. See engine.h for what holds for all of it. */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* The rows of these ids (strv, at most 500) in this order; ids that are there no more give none. */
void mr_engine_list_rows (MrEngine *engine, const char *const *ids, MrListFunc func, gpointer data);

/* As mr_engine_list_ids(), up to a million, packed: MR_ID_LENGTH bytes each. */
void mr_engine_pack_ids (MrEngine *engine, const MrListFilter *filter, MrBytesFunc func, gpointer data);
/* At once: what changed of messages after the change of this serial, packed (MR_LIST_CHANGE_LENGTH), each once. NULL: too much has happened since;
 * list anew. *ret_serial: of the newest change; ids asked for afterwards hold all up to it. (transfer full) */
GBytes *mr_engine_get_changes (MrEngine *engine, guint64 since, guint64 *ret_serial);

/* What the list may be told apart by: MrFacetRecord, the one with the most messages first, at most 500. */
void
mr_engine_list_facets (MrEngine *engine, const MrListFilter *filter, MrFacet facet, MrRecordsFunc func, gpointer data);
/* Ids asked for with this data: their callbacks are not called, and nothing is looked for any more. */
void mr_engine_cancel_list (MrEngine *engine, gpointer data);

G_END_DECLS
