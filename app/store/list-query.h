/* The SQL of a list: conditions, order, and where a page begins. */
#pragma once

#include "store/request.h"

G_BEGIN_DECLS

/* What "condition" may say of a message's recipients: ranges of keys (schema.c). */
#define MR_LIST_RECIPIENTS "recipient r WHERE r.key BETWEEN num << 20 AND (num << 20 | 1048575)"

typedef struct {
  MrListFilter filter; /* strings owned */
  char **words;        /* of the search, folded */
  char *nums;          /* what the index of the search says: see mr_search_narrow() */
  gint64 mark;
  char *domain; /* for LIKE */
  char *after;  /* id; NULL: from the start */
} MrListQuery;

void mr_list_query_init (MrListQuery *query, const MrListFilter *filter, const char *after);
void mr_list_query_clear (MrListQuery *query);
/* In the snapshot in which the query is to run: asks the index of the search. */
void mr_list_query_narrow (MrListQuery *query, MrSession *session);
/* paged: in the order of the filter, from `after`, at most limit rows; else all, in no order. Finish with sqlite3_finalize(). The connection
 * must know the functions of mr_list_query_register(). */
MrRow mr_list_query_prepare (const MrListQuery *query, MrDb *db, const char *columns, gboolean paged, guint limit,
                             GError **error);
/* Rows (value, number of messages), the largest first, at most limit. As mr_list_query_prepare(). */
MrRow mr_list_query_prepare_facet (const MrListQuery *query, MrDb *db, MrFacet facet, guint limit, GError **error);
/* The functions that the queries use: sort_key (text), see mr_text_fold(), and those of the search. */
gboolean mr_list_query_register (MrDb *db, GError **error);

G_END_DECLS
