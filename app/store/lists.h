/* Lists of messages: pages, ids, rows (reader thread). See store.h for what holds for all requests. */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* rows: MrMessageRecord (with the first recipient that stands for the summary state), borrowed. total: rows that match the filter, on every
 * page. */
typedef void (*MrStoreListFunc) (GPtrArray *rows, guint64 total, const GError *error, gpointer data);
/* Paged by key: rows after the id `after` (NULL: from the start) in the order of the filter; limit up to 500. MR_ERROR_NOT_FOUND: the order is not
 * that of time and the row `after` is gone. */
void mr_store_list (MrStore *store, const MrListFilter *filter, const char *after, guint limit, MrStoreListFunc func,
                    gpointer data);
/* Ids only, up to 100,000 (8-byte offsets of a lazy list model: position → id). strv borrowed. */
typedef void (*MrStoreIdsFunc) (const char *const *ids, const GError *error, gpointer data);
void mr_store_list_ids (MrStore *store, const MrListFilter *filter, MrStoreIdsFunc func, gpointer data);
/* As mr_store_list_ids(), up to a million, MR_ID_LENGTH bytes each without anything in between. ids borrowed, NULL with an error. */
typedef void (*MrStoreBytesFunc) (GBytes *ids, const GError *error, gpointer data);
void mr_store_pack_ids (MrStore *store, const MrListFilter *filter, MrStoreBytesFunc func, gpointer data);
/* At once: what changed after the change of this serial, each message once, packed (MR_LIST_CHANGE_LENGTH). NULL: too much has happened since then;
 * list anew. *ret_serial: of the newest change. A list that is asked for afterwards holds all changes up to it. (transfer full) */
GBytes *mr_store_get_changes (MrStore *store, guint64 since, guint64 *ret_serial);
/* The rows of these ids (strv, at most 500 of them) in this order; ids that are there no more give none. total: how many there are. */
void mr_store_list_rows (MrStore *store, const char *const *ids, MrStoreListFunc func, gpointer data);
/* What the list may be told apart by: MrFacetRecord, the one with the most messages first, at most 500; borrowed. */
typedef void (*MrStoreFacetsFunc) (GPtrArray *facets, const GError *error, gpointer data);
void
mr_store_list_facets (MrStore *store, const MrListFilter *filter, MrFacet facet, MrStoreFacetsFunc func, gpointer data);

G_END_DECLS
