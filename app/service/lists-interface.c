/* Outbox: lists of messages, in pages, as ids, and the rows of given ids. */
#include <config.h>

#include "service/interfaces.h"

#include <glib/gi18n-lib.h>
#include <mailrelay/engine-lists.h>

#include "base/records-variant.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

#define MAX_LIMIT 500

static GVariant *
convert_row (gconstpointer record)
{
  return mr_message_record_to_variant (record, FALSE);
}

static void
list_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  GDBusMethodInvocation *invocation = data;
  GVariantBuilder builder;

  if (error != NULL) {
    mr_call_fail (invocation, error);
    return;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rows->len; i++)
    g_variant_builder_add_value (&builder, mr_message_record_to_variant (g_ptr_array_index (rows, i), FALSE));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv}t)", &builder, total));
}

static gboolean
handle_list_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *wanted, const char *after,
                guint limit, MrEngine *engine)
{
  MrListFilter filter;
  g_autoptr (GError) error = NULL;

  if (!mr_list_filter_from_variant (wanted, &filter, &error))
    mr_call_fail (invocation, error);
  else if (limit < 1 || limit > MAX_LIMIT)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("A page has 1 to 500 rows"));
  else if (*after == '\0' || mr_call_check_id (invocation, after))
    mr_engine_list (engine, &filter, *after != '\0' ? after : NULL, limit, list_cb, invocation);
  return TRUE;
}

static void
ids_cb (const char *const *ids, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(^as)", ids));
}

static gboolean
handle_list_ids_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, GVariant *wanted, MrEngine *engine)
{
  MrListFilter filter;
  g_autoptr (GError) error = NULL;

  if (!mr_list_filter_from_variant (wanted, &filter, &error))
    mr_call_fail (invocation, error);
  else
    mr_engine_list_ids (engine, &filter, ids_cb, invocation);
  return TRUE;
}

static void
rows_cb (GPtrArray *rows, guint64 total, const GError *error, gpointer data)
{
  mr_call_return_records (data, rows, error, convert_row);
}

static gboolean
handle_list_rows_cb (MrDBusOutbox *skeleton, GDBusMethodInvocation *invocation, const char *const *ids,
                     MrEngine *engine)
{
  if (g_strv_length ((char **)ids) > MAX_LIMIT)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("A page has 1 to 500 rows"));
  else if (mr_call_check_ids (invocation, ids, TRUE))
    mr_engine_list_rows (engine, ids, rows_cb, invocation);
  return TRUE;
}

void
mr_lists_interface_attach (GDBusInterfaceSkeleton *outbox, MrEngine *engine)
{
  g_signal_connect (outbox, "handle-list", G_CALLBACK (handle_list_cb), engine);
  g_signal_connect (outbox, "handle-list-ids", G_CALLBACK (handle_list_ids_cb), engine);
  g_signal_connect (outbox, "handle-list-rows", G_CALLBACK (handle_list_rows_cb), engine);
}
