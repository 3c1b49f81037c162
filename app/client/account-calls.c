/* Calls of com.example.MailRelay.Accounts, but for the test. */
#include <config.h>

#include "client/account-variant.h"
#include "client/calls.h"

#include "base/records-variant.h"
#include "client/client-private.h"
#include "data/dbus/names.h"

static void
call (MrClient *self, const char *method, GVariant *parameters, const GVariantType *reply_type,
      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted
      = { .interface = MR_BUS_ACCOUNTS, .method = method, .parameters = parameters, .reply_type = reply_type };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_account (GVariant *variant)
{
  return mr_account_record_from_variant (variant);
}

/* Every setting of the account, also the empty ones: what is left out keeps its value in Update. */
GVariant *
mr_client_account_to_variant (const MrAccountRecord *record)
{
  const char *const none[] = { NULL };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
#define ADD(key, value) g_variant_builder_add (&builder, "{sv}", key, value)
#define TEXT(text)      g_variant_new_take_string (g_utf8_make_valid ((text) != NULL ? (text) : "", -1))
  ADD ("id", TEXT (record->id));
  ADD ("name", TEXT (record->name));
  ADD ("kind", TEXT (mr_account_kind_nick (record->kind)));
  ADD ("addresses", g_variant_new_strv (record->addresses != NULL ? (const char *const *)record->addresses : none, -1));
  ADD ("host", TEXT (record->host));
  ADD ("port", g_variant_new_uint32 (record->port));
  ADD ("tls", TEXT (mr_tls_mode_nick (record->tls)));
  ADD ("user", TEXT (record->user));
  ADD ("fingerprint", TEXT (record->fingerprint));
  ADD ("ca-file", TEXT (record->ca_file));
  ADD ("provider", TEXT (record->provider));
  ADD ("colour", TEXT (record->colour));
  ADD ("auth", TEXT (mr_auth_kind_nick (record->auth)));
  ADD ("oauth-flow", TEXT (mr_oauth_flow_nick (record->oauth_flow)));
  ADD ("oauth-client", TEXT (record->oauth_client));
  ADD ("oauth-tenant", TEXT (record->oauth_tenant));
  ADD ("oauth-scope", TEXT (record->oauth_scope));
  ADD ("oauth-authorize", TEXT (record->oauth_authorize));
  ADD ("oauth-token", TEXT (record->oauth_token));
  ADD ("oauth-device", TEXT (record->oauth_device));
  ADD ("oauth-revoke", TEXT (record->oauth_revoke));
  ADD ("desktop-account", TEXT (record->desktop_account));
  ADD ("limit-minute", g_variant_new_uint32 (record->limit_minute));
  ADD ("limit-day", g_variant_new_uint32 (record->limit_day));
  ADD ("paused", g_variant_new_boolean (record->paused));
  ADD ("order", g_variant_new_int32 (record->order));
#undef TEXT
#undef ADD
  return g_variant_builder_end (&builder);
}

void
mr_client_list_accounts_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  call (self, "List", NULL, G_VARIANT_TYPE ("(aa{sv})"), cancellable, callback, data);
}

GPtrArray *
mr_client_list_accounts_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) list = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (list == NULL)
    return NULL;
  return mr_client_convert_records (list, convert_account, (GDestroyNotify)mr_account_record_free);
}

void
mr_client_add_account_async (MrClient *self, const MrAccountRecord *record, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Add", g_variant_new ("(@a{sv})", mr_client_account_to_variant (record)), NULL, cancellable, callback,
        data);
}

gboolean
mr_client_add_account_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_update_account_async (MrClient *self, const MrAccountRecord *record, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Update", g_variant_new ("(@a{sv})", mr_client_account_to_variant (record)), NULL, cancellable, callback,
        data);
}

gboolean
mr_client_update_account_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_save_account_async (MrClient *self, const MrAccountRecord *record, gboolean exists, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  if (exists)
    mr_client_update_account_async (self, record, cancellable, callback, data);
  else
    mr_client_add_account_async (self, record, cancellable, callback, data);
}

gboolean
mr_client_save_account_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_remove_account_async (MrClient *self, const char *id, const char *move_to, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  call (self, "Remove", g_variant_new ("(ss)", id, move_to != NULL ? move_to : ""), NULL, cancellable, callback, data);
}

gboolean
mr_client_remove_account_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_set_default_account_async (MrClient *self, const char *id, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer data)
{
  call (self, "SetDefault", g_variant_new ("(s)", id), NULL, cancellable, callback, data);
}

gboolean
mr_client_set_default_account_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_set_password_async (MrClient *self, const char *id, MrSecret *secret, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = mr_client_secret_fds (secret, &error);

  if (fds == NULL) {
    g_task_report_error (self, callback, data, mr_client_set_password_async, g_steal_pointer (&error));
    return;
  }
  const MrClientCall wanted = {
    .interface = MR_BUS_ACCOUNTS, .method = "SetPassword", .parameters = g_variant_new ("(sh)", id, 0), .fds = fds
  };
  mr_client_call (self, &wanted, cancellable, callback, data);
}

gboolean
mr_client_set_password_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  if (g_async_result_is_tagged (result, mr_client_set_password_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return mr_client_call_finish_void (self, result, error);
}
