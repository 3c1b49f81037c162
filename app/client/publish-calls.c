/* Calls of com.example.MailRelay.Domains about keys and entries. */
#include <config.h>

#include "client/publish-calls.h"

#include <glib/gi18n-lib.h>

#include "client/client-private.h"
#include "data/dbus/names.h"

void
mr_client_call_domains (MrClient *self, const char *method, GVariant *parameters, GUnixFDList *fds,
                        const char *reply_type, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted = { .interface = MR_BUS_DOMAINS,
                                .method = method,
                                .parameters = parameters,
                                .fds = fds,
                                .reply_type = G_VARIANT_TYPE (reply_type),
                                .may_take_long = TRUE };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

static gpointer
convert_key (GVariant *variant)
{
  return mr_dkim_key_record_from_variant (variant);
}

void
mr_client_list_keys_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "ListKeys", NULL, NULL, "(aa{sv})", cancellable, callback, data);
}

GPtrArray *
mr_client_list_keys_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) list = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  return list != NULL ? mr_client_convert_records (list, convert_key, (GDestroyNotify)mr_dkim_key_record_free) : NULL;
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

void
mr_client_new_key_async (MrClient *self, const char *domain, const char *selector, const char *algorithm,
                         const char *replaces, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "selector", selector);
  add_text (&builder, "algorithm", algorithm);
  add_text (&builder, "replaces", replaces);
  mr_client_call_domains (self, "NewKey", g_variant_new ("(sa{sv})", domain, &builder), NULL, "(a{sv})", cancellable,
                          callback, data);
}

MrDkimKeyRecord *
mr_client_new_key_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) dict = mr_client_records_finish (self, result, error);

  return dict != NULL ? mr_dkim_key_record_from_variant (dict) : NULL;
}

void
mr_client_set_key_state_async (MrClient *self, const char *id, MrDkimKeyState state, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "SetKeyState", g_variant_new ("(ss)", id, mr_dkim_key_state_nick (state)), NULL, "()",
                          cancellable, callback, data);
}

void
mr_client_remove_key_async (MrClient *self, const char *id, gboolean force, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "RemoveKey", g_variant_new ("(sb)", id, force), NULL, "()", cancellable, callback,
                          data);
}

/* id NULL: the file is the only argument. */
static void
call_with_file (MrClient *self, const char *method, const char *id, const char *reply_type, int fd,
                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  int index = g_unix_fd_list_append (fds, fd, &error);

  if (index < 0)
    g_task_report_new_error (self, callback, data, NULL, MR_ERROR, MR_ERROR_FAILED, "%s", error->message);
  else
    mr_client_call_domains (self, method, id != NULL ? g_variant_new ("(sh)", id, index) : g_variant_new ("(h)", index),
                            fds, reply_type, cancellable, callback, data);
}

void
mr_client_export_key_async (MrClient *self, const char *id, int fd, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer data)
{
  call_with_file (self, "ExportKey", id, "()", fd, cancellable, callback, data);
}

gboolean
mr_client_change_key_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

/* ---- entries ---- */

void
mr_client_plan_records_async (MrClient *self, const char *domain, GVariant *options, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "PlanRecords", g_variant_new ("(s@a{sv})", domain, options), NULL, "(a{sv})",
                          cancellable, callback, data);
}

void
mr_client_watch_records_async (MrClient *self, const char *domain, GVariant *options, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "WatchRecords", g_variant_new ("(s@a{sv})", domain, options), NULL, "(a{sv})",
                          cancellable, callback, data);
}

void
mr_client_get_watch_async (MrClient *self, const char *domain, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer data)
{
  mr_client_call_domains (self, "GetWatch", g_variant_new ("(s)", domain), NULL, "(a{sv})", cancellable, callback,
                          data);
}

void
mr_client_list_services_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "ListServices", NULL, NULL, "(aa{sv})", cancellable, callback, data);
}

/* ---- reports ---- */

void
mr_client_import_reports_async (MrClient *self, int fd, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer data)
{
  call_with_file (self, "ImportReports", NULL, "(a{sv})", fd, cancellable, callback, data);
}

void
mr_client_get_evidence_async (MrClient *self, const char *domain, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "GetEvidence", g_variant_new ("(s)", domain), NULL, "(a{sv})", cancellable, callback,
                          data);
}

void
mr_client_set_source_foreign_async (MrClient *self, const char *domain, const char *source, gboolean foreign,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "SetSourceForeign", g_variant_new ("(ssb)", domain, source, foreign), NULL, "()",
                          cancellable, callback, data);
}

void
mr_client_forget_reports_async (MrClient *self, const char *domain, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  mr_client_call_domains (self, "ForgetReports", g_variant_new ("(s)", domain), NULL, "()", cancellable, callback,
                          data);
}

GVariant *
mr_client_records_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

void
mr_client_stop_watch_async (MrClient *self, const char *domain, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer data)
{
  mr_client_call_domains (self, "StopWatch", g_variant_new ("(s)", domain), NULL, "()", cancellable, callback, data);
}

gboolean
mr_client_stop_watch_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

/* ---- following ---- */

typedef struct {
  MrClientWatchFunc func;
  gpointer data;
} Follow;

static void
changed_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
            const char *signal, GVariant *parameters, gpointer data)
{
  const Follow *follow = data;
  g_autoptr (GVariant) watch = NULL;
  const char *domain;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv})")))
    return;
  g_variant_get (parameters, "(&s@a{sv})", &domain, &watch);
  follow->func (domain, watch, follow->data);
}

guint
mr_client_follow_watches (MrClient *self, MrClientWatchFunc func, gpointer data)
{
  GDBusConnection *connection = mr_client_get_connection (self);
  Follow *follow;

  if (connection == NULL)
    return 0;
  follow = g_new0 (Follow, 1);
  follow->func = func;
  follow->data = data;
  return g_dbus_connection_signal_subscribe (connection, mr_client_get_bus_name (self), MR_BUS_DOMAINS, "WatchChanged",
                                             MR_BUS_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, changed_cb, follow, g_free);
}

void
mr_client_unfollow_watches (MrClient *self, guint follow)
{
  GDBusConnection *connection = mr_client_get_connection (self);

  if (connection != NULL && follow != 0)
    g_dbus_connection_signal_unsubscribe (connection, follow);
}
