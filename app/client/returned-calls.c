/* Calls of com.example.MailRelay.Outbox about what comes back. */
#include <config.h>

#include "client/returned-calls.h"

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

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

void
mr_client_link_report_async (MrClient *self, const MrClientReport *report, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "message-id", report->message_id);
  add_text (&builder, "envid", report->envid);
  add_text (&builder, "queue-id", report->queue_id);
  add_text (&builder, "recipient", report->recipient);
  add_text (&builder, "cause", report->cause);
  g_variant_builder_add (&builder, "{sv}", "when", g_variant_new_int64 (report->when));
  g_variant_builder_add (&builder, "{sv}", "failed", g_variant_new_boolean (report->failed));
  if (report->complaint)
    g_variant_builder_add (&builder, "{sv}", "complaint", g_variant_new_boolean (TRUE));
  call (self, "LinkReport", g_variant_new ("(a{sv})", &builder), "(su)", cancellable, callback, data);
}

gboolean
mr_client_link_report_finish (MrClient *self, GAsyncResult *result, char **ret_id, guint *ret_recipient, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  const char *id;
  guint32 recipient;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(&su)", &id, &recipient);
  *ret_id = *id != '\0' ? g_strdup (id) : NULL;
  *ret_recipient = recipient == G_MAXUINT32 ? G_MAXUINT : recipient;
  return TRUE;
}

static gpointer
convert_group (GVariant *variant)
{
  return mr_group_record_from_variant (variant);
}

void
mr_client_list_groups_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ListGroups", NULL, "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_groups_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (rows == NULL)
    return NULL;
  return mr_client_convert_records (rows, convert_group, (GDestroyNotify)mr_group_record_free);
}

static gpointer
convert_never (GVariant *variant)
{
  return mr_never_record_from_variant (variant);
}

void
mr_client_list_never_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ListNever", NULL, "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_never_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) rows = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (rows == NULL)
    return NULL;
  return mr_client_convert_records (rows, convert_never, (GDestroyNotify)mr_never_record_free);
}

void
mr_client_add_never_async (MrClient *self, const char *address, const char *reason, const char *message_id,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "AddNever",
        g_variant_new ("(sss)", address, reason != NULL ? reason : "", message_id != NULL ? message_id : ""), "()",
        cancellable, callback, data);
}

gboolean
mr_client_add_never_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_remove_never_async (MrClient *self, const char *address, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  call (self, "RemoveNever", g_variant_new ("(s)", address), "()", cancellable, callback, data);
}

gboolean
mr_client_remove_never_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}
