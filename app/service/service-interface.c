/* com.example.MailRelay.Service: status, pause, configuration, keyring, log. */
#include <config.h>

#include "service/interfaces.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/sandbox.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

#define MAX_NAME      64
#define MAX_VALUE     65536
#define MAX_LOG_LINES 2000

typedef struct {
  MrEngine *engine;
  char *bus_socket;
  MrQuitFunc quit;
  gpointer quit_data;
} Context;

static void
context_free (gpointer data, GClosure *closure)
{
  Context *context = data;

  g_free (context->bus_socket);
  g_free (context);
}

static Context *
get_context (gpointer skeleton)
{
  return g_object_get_data (skeleton, "context");
}

/* ---- status ---- */

static GVariant *
listeners_to_variant (GPtrArray *listeners)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; listeners != NULL && i < listeners->len; i++) {
    const MrListenerStatus *listener = g_ptr_array_index (listeners, i);

    g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&builder, "{sv}", "address", g_variant_new_string (listener->address));
    if (listener->error != NULL)
      g_variant_builder_add (&builder, "{sv}", "error", g_variant_new_string (listener->error));
    g_variant_builder_close (&builder);
  }
  return g_variant_builder_end (&builder);
}

static GVariant *
counts_to_variant (const MrStoreCounts *counts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "messages-active", g_variant_new_uint64 (counts->messages_active));
  g_variant_builder_add (&builder, "{sv}", "messages-held", g_variant_new_uint64 (counts->messages_held));
  g_variant_builder_add (&builder, "{sv}", "delivered-today", g_variant_new_uint64 (counts->delivered_today));
  g_variant_builder_add (&builder, "{sv}", "failed-week", g_variant_new_uint64 (counts->failed_week));
  g_variant_builder_add (&builder, "{sv}", "bytes-active", g_variant_new_uint64 (counts->bytes_active));
  g_variant_builder_add (&builder, "{sv}", "oldest-active", g_variant_new_int64 (counts->oldest_active));
  for (int state = 0; state < MR_RECIPIENT_N_STATES; state++)
    g_variant_builder_add (&builder, "{sv}", mr_recipient_state_nick ((MrRecipientState)state),
                           g_variant_new_uint64 (counts->recipients[state]));
  return g_variant_builder_end (&builder);
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_take_string (g_utf8_make_valid (text, -1)));
}

static GVariant *
status_to_variant (const MrStatus *status, const char *bus_socket)
{
  GVariantBuilder builder;
  const char *const none[] = { NULL };
  const char *const *warnings = status->config_warnings != NULL ? (const char *const *)status->config_warnings : none;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "online", g_variant_new_boolean (status->online));
  g_variant_builder_add (&builder, "{sv}", "paused", g_variant_new_boolean (status->paused));
  if (status->paused_until > 0)
    g_variant_builder_add (&builder, "{sv}", "paused-until", g_variant_new_int64 (status->paused_until));
  g_variant_builder_add (&builder, "{sv}", "keeps-everything", g_variant_new_boolean (status->keeps_everything));
  add_text (&builder, "secrets-backend", status->secrets_backend);
  add_text (&builder, "secrets-state", status->secrets_state);
  g_variant_builder_add (&builder, "{sv}", "secrets-needed", g_variant_new_boolean (status->secrets_needed));
  g_variant_builder_add (&builder, "{sv}", "listeners", listeners_to_variant (status->listeners));
  g_variant_builder_add (&builder, "{sv}", "n-accounts", g_variant_new_uint32 (status->n_accounts));
  g_variant_builder_add (&builder, "{sv}", "sessions", g_variant_new_uint32 (status->sessions));
  g_variant_builder_add (&builder, "{sv}", "sending", g_variant_new_uint32 (status->sending));
  add_text (&builder, "config-file", status->config_file);
  add_text (&builder, "config-error", status->config_error);
  g_variant_builder_add (&builder, "{sv}", "config-warnings", g_variant_new_strv (warnings, -1));
  add_text (&builder, "store-notice", status->store_notice);
  add_text (&builder, "tls-fingerprint", status->tls_fingerprint);
  g_variant_builder_add (&builder, "{sv}", "captive", g_variant_new_boolean (status->captive));
  g_variant_builder_add (&builder, "{sv}", "metered", g_variant_new_boolean (status->metered));
  g_variant_builder_add (&builder, "{sv}", "audit", g_variant_new_boolean (status->audit));
  add_text (&builder, "sandbox", mr_sandbox_report ());
  add_text (&builder, "bus-socket", bus_socket);
  add_text (&builder, "version", MR_VERSION);
  g_variant_builder_add (&builder, "{sv}", "pid", g_variant_new_uint32 ((guint32)getpid ()));
  g_variant_builder_add (&builder, "{sv}", "counts", counts_to_variant (&status->counts));
  g_variant_builder_add (&builder, "{sv}", "revision", g_variant_new_uint64 (status->revision));
  return g_variant_builder_end (&builder);
}

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  GDBusMethodInvocation *invocation = data;
  const Context *context = g_object_get_data (G_OBJECT (invocation), "context");

  if (error != NULL)
    mr_call_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@a{sv})", status_to_variant (status, context->bus_socket)));
}

static gboolean
handle_get_status_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, Context *context)
{
  g_object_set_data (G_OBJECT (invocation), "context", context);
  mr_engine_get_status (context->engine, status_cb, invocation);
  return TRUE;
}

static void
properties_cb (const MrStatus *status, const GError *error, gpointer data)
{
  g_autoptr (MrDBusService) skeleton = data;

  if (error != NULL)
    return;
  mr_dbus_service_set_paused (skeleton, status->paused);
  mr_dbus_service_set_online (skeleton, status->online);
}

/* ---- pause, configuration, keyring ---- */

static gboolean
handle_set_paused_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, gboolean paused, Context *context)
{
  mr_engine_set_paused (context->engine, paused, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
check_key (GDBusMethodInvocation *invocation, const char *group, const char *key, const char *value)
{
  if (strlen (group) <= MAX_NAME && strlen (key) <= MAX_NAME && strlen (value) <= MAX_VALUE)
    return TRUE;
  mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("The name or the value of the setting is too long"));
  return FALSE;
}

static gboolean
handle_get_config_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, const char *group, const char *key,
                      Context *context)
{
  g_autoptr (GError) error = NULL;

  if (!check_key (invocation, group, key, ""))
    return TRUE;
  g_autofree char *value = mr_engine_dup_config (context->engine, group, key, &error);
  if (value != NULL)
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", value));
  else
    mr_call_fail (invocation, error);
  return TRUE;
}

static gboolean
handle_set_config_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, const char *group, const char *key,
                      const char *value, Context *context)
{
  if (check_key (invocation, group, key, value))
    mr_engine_set_config (context->engine, group, key, value, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_reset_config_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, const char *group, const char *key,
                        Context *context)
{
  if (check_key (invocation, group, key, ""))
    mr_engine_reset_config (context->engine, group, key, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_set_secrets_backend_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, const char *backend,
                               Context *context)
{
  static const char *const known[] = { "secret-service", "file", "memory", NULL };

  if (g_strv_contains (known, backend))
    mr_engine_set_secrets_backend (context->engine, backend, mr_call_done_cb, invocation);
  else
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("Passwords can be kept in “secret-service”, “file” or “memory”"));
  return TRUE;
}

static gboolean
handle_keyring_changed_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, Context *context)
{
  mr_engine_keyring_changed (context->engine);
  mr_dbus_service_complete_keyring_changed (skeleton, invocation);
  return TRUE;
}

/* ---- log, end ---- */

static gboolean
handle_get_log_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, guint64 after, guint limit,
                   Context *context)
{
  guint64 last = after;

  if (limit < 1 || limit > MAX_LOG_LINES) {
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("1 to 2000 lines can be asked for"));
    return TRUE;
  }
  mr_log_watch ();
  g_auto (GStrv) lines = mr_log_dup_lines (after, limit, &last);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(^ast)", lines, last));
  return TRUE;
}

static gboolean
handle_quit_cb (MrDBusService *skeleton, GDBusMethodInvocation *invocation, Context *context)
{
  mr_dbus_service_complete_quit (skeleton, invocation);
  context->quit (context->quit_data);
  return TRUE;
}

void
mr_service_interface_changed (GDBusInterfaceSkeleton *skeleton, MrChanged what, guint64 revision)
{
  static const struct {
    MrChanged flag;
    const char *word;
  } words[] = { { MR_CHANGED_QUEUE, "queue" },       { MR_CHANGED_ACCOUNTS, "accounts" },
                { MR_CHANGED_PROGRAMS, "programs" }, { MR_CHANGED_STATUS, "status" },
                { MR_CHANGED_CONFIG, "config" },     { MR_CHANGED_DOMAINS, "domains" } };
  const char *list[G_N_ELEMENTS (words) + 1] = { NULL };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((what & words[i].flag) != 0)
      list[n++] = words[i].word;
  mr_dbus_service_emit_changed (MR_DBUS_SERVICE (skeleton), list, revision);
  if ((what & (MR_CHANGED_STATUS | MR_CHANGED_CONFIG)) != 0)
    mr_engine_get_status (get_context (skeleton)->engine, properties_cb, g_object_ref (skeleton));
}

GDBusInterfaceSkeleton *
mr_service_interface_new (MrEngine *engine, const char *bus_socket, MrQuitFunc quit, gpointer quit_data)
{
  MrDBusService *skeleton = mr_dbus_service_skeleton_new ();
  Context *context = g_new0 (Context, 1);

  context->engine = engine;
  context->bus_socket = g_strdup (bus_socket);
  context->quit = quit;
  context->quit_data = quit_data;
  g_object_set_data (G_OBJECT (skeleton), "context", context);
  mr_dbus_service_set_version (skeleton, MR_VERSION);
  mr_dbus_service_set_online (skeleton, TRUE);
  g_signal_connect_data (skeleton, "handle-get-status", G_CALLBACK (handle_get_status_cb), context, context_free, 0);
  g_signal_connect (skeleton, "handle-set-paused", G_CALLBACK (handle_set_paused_cb), context);
  mr_holds_interface_attach_service (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  g_signal_connect (skeleton, "handle-get-config", G_CALLBACK (handle_get_config_cb), context);
  g_signal_connect (skeleton, "handle-set-config", G_CALLBACK (handle_set_config_cb), context);
  g_signal_connect (skeleton, "handle-reset-config", G_CALLBACK (handle_reset_config_cb), context);
  g_signal_connect (skeleton, "handle-set-secrets-backend", G_CALLBACK (handle_set_secrets_backend_cb), context);
  g_signal_connect (skeleton, "handle-keyring-changed", G_CALLBACK (handle_keyring_changed_cb), context);
  g_signal_connect (skeleton, "handle-get-log", G_CALLBACK (handle_get_log_cb), context);
  g_signal_connect (skeleton, "handle-quit", G_CALLBACK (handle_quit_cb), context);
  mr_engine_get_status (engine, properties_cb, g_object_ref (skeleton));
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
