/* Calls of com.example.MailRelay.Service. */
#include <config.h>

#include "client/calls.h"

#include "client/client-private.h"
#include "data/dbus/names.h"

static void
call (MrClient *self, const char *method, GVariant *parameters, const GVariantType *reply_type,
      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted
      = { .interface = MR_BUS_SERVICE, .method = method, .parameters = parameters, .reply_type = reply_type };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

void
mr_client_get_status_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "GetStatus", NULL, G_VARIANT_TYPE ("(a{sv})"), cancellable, callback, data);
}

MrServiceStatus *
mr_client_get_status_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) status = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  return status != NULL ? mr_service_status_from_variant (status) : NULL;
}

void
mr_client_set_paused_async (MrClient *self, gboolean paused, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer data)
{
  call (self, "SetPaused", g_variant_new ("(b)", paused), NULL, cancellable, callback, data);
}

gboolean
mr_client_set_paused_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_get_config_async (MrClient *self, const char *group, const char *key, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  call (self, "GetConfig", g_variant_new ("(ss)", group, key), G_VARIANT_TYPE ("(s)"), cancellable, callback, data);
}

char *
mr_client_get_config_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  char *value = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &value);
  return value;
}

void
mr_client_set_config_async (MrClient *self, const char *group, const char *key, const char *value,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "SetConfig", g_variant_new ("(sss)", group, key, value), NULL, cancellable, callback, data);
}

gboolean
mr_client_set_config_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_reset_config_async (MrClient *self, const char *group, const char *key, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  call (self, "ResetConfig", g_variant_new ("(ss)", group, key), NULL, cancellable, callback, data);
}

gboolean
mr_client_reset_config_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_set_secrets_backend_async (MrClient *self, const char *backend, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data)
{
  call (self, "SetSecretsBackend", g_variant_new ("(s)", backend), NULL, cancellable, callback, data);
}

gboolean
mr_client_set_secrets_backend_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_keyring_changed_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "KeyringChanged", NULL, NULL, cancellable, callback, data);
}

gboolean
mr_client_keyring_changed_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_get_log_async (MrClient *self, guint64 after, guint limit, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer data)
{
  call (self, "GetLog", g_variant_new ("(tu)", after, limit), G_VARIANT_TYPE ("(ast)"), cancellable, callback, data);
}

char **
mr_client_get_log_finish (MrClient *self, GAsyncResult *result, guint64 *ret_last, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  char **lines = NULL;
  guint64 last;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(^ast)", &lines, &last);
  if (ret_last != NULL)
    *ret_last = last;
  return lines;
}

void
mr_client_quit_service_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Quit", NULL, NULL, cancellable, callback, data);
}

gboolean
mr_client_quit_service_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}
