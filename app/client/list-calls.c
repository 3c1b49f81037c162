/* Lists of messages. */
#include <config.h>

#include "client/list-calls.h"

#include "base/records-variant.h"
#include "client/client-private.h"
#include "data/dbus/names.h"

static void
call (MrClient *self, const char *method, GVariant *parameters, const char *reply_type, GCancellable *cancellable,
      GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted = {
    .interface = MR_BUS_OUTBOX, .method = method, .parameters = parameters, .reply_type = G_VARIANT_TYPE (reply_type)
  };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_message (GVariant *variant)
{
  return mr_message_record_from_variant (variant);
}

void
mr_client_list_async (MrClient *self, const MrListFilter *filter, const char *after, guint limit,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "List",
        g_variant_new ("(@a{sv}su)", mr_list_filter_to_variant (filter), after != NULL ? after : "", limit),
        "(aa{sv}t)", cancellable, callback, data);
}

GPtrArray *
mr_client_list_finish (MrClient *self, GAsyncResult *result, guint64 *ret_total, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (rows == NULL)
    return NULL;
  if (ret_total != NULL)
    g_variant_get_child (reply, 1, "t", ret_total);
  return mr_client_convert_records (rows, convert_message, (GDestroyNotify)mr_message_record_free);
}

void
mr_client_list_ids_async (MrClient *self, const MrListFilter *filter, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ListIds", g_variant_new ("(@a{sv})", mr_list_filter_to_variant (filter)), "(as)", cancellable, callback,
        data);
}

GVariant *
mr_client_list_ids_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

void
mr_client_pack_ids_async (MrClient *self, const MrListFilter *filter, guint number, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GVariant) wanted = g_variant_ref_sink (mr_list_filter_to_variant (filter));
  GVariantDict dict;

  g_variant_dict_init (&dict, wanted);
  if (number > 0)
    g_variant_dict_insert (&dict, "replaces", "u", number);
  call (self, "PackIds", g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)), "(tay)", cancellable, callback, data);
}

GBytes *
mr_client_pack_ids_finish (MrClient *self, GAsyncResult *result, guint64 *ret_serial, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) ids = NULL;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(t@ay)", ret_serial, &ids);
  return g_variant_get_data_as_bytes (ids);
}

void
mr_client_list_changes_async (MrClient *self, guint64 since, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer data)
{
  call (self, "ListChanges", g_variant_new ("(t)", since), "(tbay)", cancellable, callback, data);
}

GBytes *
mr_client_list_changes_finish (MrClient *self, GAsyncResult *result, guint64 *ret_serial, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) changes = NULL;
  gboolean complete;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(tb@ay)", ret_serial, &complete, &changes);
  return complete ? g_variant_get_data_as_bytes (changes) : NULL;
}

void
mr_client_list_rows_async (MrClient *self, const char *const *ids, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ListRows", g_variant_new ("(^as)", ids), "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_rows_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  return rows != NULL ? mr_client_convert_records (rows, convert_message, (GDestroyNotify)mr_message_record_free)
                      : NULL;
}

void
mr_client_list_facets_async (MrClient *self, const MrListFilter *filter, MrFacet facet, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ListFacets", g_variant_new ("(@a{sv}s)", mr_list_filter_to_variant (filter), mr_facet_nick (facet)),
        "(a(su))", cancellable, callback, data);
}

GPtrArray *
mr_client_list_facets_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GPtrArray) facets = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_facet_record_free);
  g_autoptr (GVariantIter) iter = NULL;
  MrFacetRecord facet;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(a(su))", &iter);
  while (g_variant_iter_next (iter, "(su)", &facet.value, &facet.messages))
    g_ptr_array_add (facets, g_memdup2 (&facet, sizeof facet));
  return g_steal_pointer (&facets);
}
