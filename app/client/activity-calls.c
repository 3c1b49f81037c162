/* Calls of com.example.MailRelay.Outbox about what is being sent right now. */
#include <config.h>

#include "client/activity-calls.h"

#include "client/client-private.h"
#include "data/dbus/names.h"

void
mr_client_list_activity_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted
      = { .interface = MR_BUS_OUTBOX, .method = "ListActivity", .reply_type = G_VARIANT_TYPE ("(aa{sv})") };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_activity (GVariant *variant)
{
  return mr_activity_record_from_variant (variant);
}

GPtrArray *
mr_client_list_activity_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (rows == NULL)
    return NULL;
  return mr_client_convert_records (rows, convert_activity, (GDestroyNotify)mr_activity_record_free);
}

void
mr_client_stop_sending_async (MrClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer data)
{
  const MrClientCall wanted = { .interface = MR_BUS_OUTBOX,
                                .method = "StopSending",
                                .parameters = g_variant_new ("(s)", id),
                                .reply_type = G_VARIANT_TYPE ("(u)") };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

gboolean
mr_client_stop_sending_finish (MrClient *self, GAsyncResult *result, guint *ret_count, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);

  if (reply == NULL)
    return FALSE;
  if (ret_count != NULL)
    g_variant_get (reply, "(u)", ret_count);
  return TRUE;
}
