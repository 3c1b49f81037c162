/* Calls of com.example.MailRelay.Outbox about long lists; see calls.h for what holds for all of them. */
#pragma once

#include "client/calls.h"

G_BEGIN_DECLS

/* ids: strv, at most 500. */
void mr_client_list_rows_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrMessageRecord, each with the one recipient that stands for all; without those that are gone. */
GPtrArray *mr_client_list_rows_finish (MrClient *self, GAsyncResult *result, GError **error);

/* All ids that match, packed. number: of the caller's own, 0: none. A question of the same number that is not answered yet is given up. */
void mr_client_pack_ids_async (MrClient *self, const MrListFilter *filter, guint number, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data);
/* (transfer full) MR_ID_LENGTH bytes each; *ret_serial: for mr_client_list_changes_async(). */
GBytes *mr_client_pack_ids_finish (MrClient *self, GAsyncResult *result, guint64 *ret_serial, GError **error);
/* What changed of messages after the change with this serial. */
void mr_client_list_changes_async (MrClient *self, guint64 since, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer data);
/* (transfer full) MR_LIST_CHANGE_LENGTH bytes each, an id and its MrListPlace; NULL without an error: nobody knows any more, ask for the ids. */
GBytes *mr_client_list_changes_finish (MrClient *self, GAsyncResult *result, guint64 *ret_serial, GError **error);
/* By what the messages of a list are told apart; the largest first, at most 500. */
void mr_client_list_facets_async (MrClient *self, const MrListFilter *filter, MrFacet facet, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
/* (transfer full) of MrFacetRecord. */
GPtrArray *mr_client_list_facets_finish (MrClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
