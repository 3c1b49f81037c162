/* Calls of com.example.MailRelay.Outbox about long lists; see calls.h for what holds for all of them. */
#pragma once

#include "client/calls.h"

G_BEGIN_DECLS

/* ids: strv, at most 500. */
void mr_client_list_rows_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrMessageRecord, each with the one recipient that stands for all; without those that are gone. */
GPtrArray *mr_client_list_rows_finish (MrClient *self, GAsyncResult *result, GError **error);

/* As mr_client_list_ids_async(); number: of the caller's own, 0: none. A question of the same number that is not answered yet is given up. */
void mr_client_list_ids_instead_async (MrClient *self, const MrListFilter *filter, guint number,
                                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
/* By what the messages of a list are told apart; the largest first, at most 500. */
void mr_client_list_facets_async (MrClient *self, const MrListFilter *filter, MrFacet facet, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrFacetRecord. */
GPtrArray *mr_client_list_facets_finish (MrClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
