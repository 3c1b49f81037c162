/* What a list may be narrowed to next: its programs, accounts, domains, causes, each with the number of its messages. Reads all that matches, in a
 * reader thread. */
#include "store/list-query.h"
#include "store/lists.h"
#include "store/private.h"

#define FACETS_MAX 500

typedef struct {
  MrRequest base;
  MrListQuery query;
  MrFacet facet;
  MrStoreFacetsFunc func;
  GPtrArray *facets;
} FacetsRequest;

static gboolean
run_facets (MrSession *session, MrRequest *base, GError **error)
{
  FacetsRequest *request = (FacetsRequest *)base;
  gboolean has_row = FALSE, bad = FALSE, ok;

  mr_list_query_narrow (&request->query, session);
  MrRow row = mr_list_query_prepare_facet (&request->query, session->db, request->facet, FACETS_MAX, error);
  if (row == NULL)
    return FALSE;
  while ((ok = mr_db_step (session->db, row, &has_row, error)) && has_row) {
    MrFacetRecord *record = g_new0 (MrFacetRecord, 1);

    record->value = mr_row_get_text (row, 0, &bad);
    record->messages = (guint)CLAMP (sqlite3_column_int64 (row, 1), 0, G_MAXINT);
    g_ptr_array_add (request->facets, record);
  }
  sqlite3_finalize (row);
  return ok;
}

static void
deliver_facets (MrRequest *base)
{
  FacetsRequest *request = (FacetsRequest *)base;

  request->func (request->facets, base->error, base->data);
}

static void
release_facets (MrRequest *base)
{
  FacetsRequest *request = (FacetsRequest *)base;

  mr_list_query_clear (&request->query);
  g_ptr_array_unref (request->facets);
  mr_request_release (base);
}

static const MrRequestKind facets_kind = { "facets", run_facets, NULL, NULL, deliver_facets, release_facets };

void
mr_store_list_facets (MrStore *store, const MrListFilter *filter, MrFacet facet, MrStoreFacetsFunc func, gpointer data)
{
  FacetsRequest *request = mr_request_new (sizeof *request, &facets_kind, NULL);

  request->base.data = data;
  mr_list_query_init (&request->query, filter, NULL);
  request->facet = (guint)facet < MR_N_FACETS ? facet : MR_FACET_PROGRAM;
  request->func = func;
  request->facets = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_facet_record_free);
  mr_store_submit_read (store, store->lists, request);
}
