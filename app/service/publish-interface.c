/* The part of com.example.MailRelay.Domains about keys that sign, entries to publish, and waiting for them. */
#include <config.h>

#include "service/interfaces.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <mailrelay/engine-dkim.h>
#include <mailrelay/engine-evidence.h>
#include <mailrelay/engine-publish.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"

#define TEXT_MAX    1024
#define OPTIONS_MAX (64 * 1024)

/* FALSE: answered. */
static gboolean
check_text (GDBusMethodInvocation *invocation, const char *text, GVariant *options)
{
  if (strlen (text) <= TEXT_MAX && (options == NULL || g_variant_get_size (options) <= OPTIONS_MAX))
    return TRUE;
  mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("What was entered is too long"));
  return FALSE;
}

/* ---- keys ---- */

static GVariant *
convert_key (gconstpointer record)
{
  return mr_dkim_key_record_to_variant (record);
}

static void
keys_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_key);
}

static gboolean
handle_list_keys_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  mr_engine_list_dkim_keys (engine, keys_cb, invocation);
  return TRUE;
}

static void
key_cb (const MrDkimKeyRecord *record, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(@a{sv})", mr_dkim_key_record_to_variant (record)));
}

static gboolean
handle_new_key_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain, GVariant *options,
                   MrEngine *engine)
{
  const char *selector = NULL, *algorithm = NULL, *replaces = NULL;

  if (!check_text (invocation, domain, options))
    return TRUE;
  g_variant_lookup (options, "selector", "&s", &selector);
  g_variant_lookup (options, "algorithm", "&s", &algorithm);
  g_variant_lookup (options, "replaces", "&s", &replaces);
  mr_engine_new_dkim_key (engine, domain, selector, algorithm, replaces, key_cb, invocation);
  return TRUE;
}

static gboolean
handle_set_key_state_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *id, const char *nick,
                         MrEngine *engine)
{
  MrDkimKeyState state = MR_DKIM_KEY_NEW;

  if (!mr_dkim_key_state_from_nick (nick, &state))
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("That is no state of a key"));
  else if (mr_call_check_name (invocation, id))
    mr_engine_set_dkim_key_state (engine, id, state, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_remove_key_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *id, gboolean force,
                      MrEngine *engine)
{
  if (mr_call_check_name (invocation, id))
    mr_engine_remove_dkim_key (engine, id, force, mr_call_done_cb, invocation);
  return TRUE;
}

/* ---- export: the caller's own file is written, no answer carries the key ---- */

typedef struct {
  GDBusMethodInvocation *invocation;
  int fd;
} Export;

static void
exported_cb (MrSecret *secret, const GError *error, gpointer data)
{
  Export *export = data;
  g_autoptr (GError) failed = NULL;
  gsize done = 0, len = secret != NULL ? mr_secret_length (secret) : 0;

  while (done < len && failed == NULL) {
    gssize n = write (export->fd, mr_secret_get (secret) + done, len - done);

    if (n > 0)
      done += (gsize)n;
    else if (n == 0 || errno != EINTR)
      mr_set_errno_error (&failed, n == 0 ? EIO : errno, _ ("The key could not be written"));
  }
  close (export->fd);
  if (error != NULL || failed != NULL)
    mr_call_fail (export->invocation, error != NULL ? error : failed);
  else
    g_dbus_method_invocation_return_value (export->invocation, NULL);
  g_free (export);
}

static gboolean
handle_export_key_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *id,
                      GVariant *handle, MrEngine *engine)
{
  Export *export;
  int fd;

  if (!mr_call_check_name (invocation, id))
    return TRUE;
  fd = mr_call_take_fd (invocation, fds, handle);
  if (fd < 0)
    return TRUE;
  export = g_new0 (Export, 1);
  export->invocation = invocation;
  export->fd = fd;
  mr_engine_export_dkim_key (engine, id, exported_cb, export);
  return TRUE;
}

/* ---- entries ---- */

static void
dict_cb (GVariant *dict, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(@a{sv})", dict));
}

static gboolean
handle_list_services_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  g_autoptr (GVariant) services = mr_engine_dup_services ();

  mr_dbus_domains_complete_list_services (skeleton, invocation, services);
  return TRUE;
}

static gboolean
handle_plan_records_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain,
                        GVariant *options, MrEngine *engine)
{
  if (check_text (invocation, domain, options))
    mr_engine_plan_records (engine, domain, options, dict_cb, invocation);
  return TRUE;
}

static gboolean
handle_watch_records_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain,
                         GVariant *options, MrEngine *engine)
{
  if (check_text (invocation, domain, options))
    mr_engine_watch_records (engine, domain, options, dict_cb, invocation);
  return TRUE;
}

static gboolean
handle_get_watch_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain, MrEngine *engine)
{
  if (check_text (invocation, domain, NULL))
    mr_engine_get_watch (engine, domain, dict_cb, invocation);
  return TRUE;
}

static gboolean
handle_stop_watch_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain, MrEngine *engine)
{
  if (check_text (invocation, domain, NULL))
    mr_engine_stop_watch (engine, domain, mr_call_done_cb, invocation);
  return TRUE;
}

/* ---- reports ---- */

static gboolean
handle_import_reports_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                          GVariant *handle, MrEngine *engine)
{
  int fd = mr_call_take_fd (invocation, fds, handle);

  if (fd >= 0)
    mr_engine_import_reports (engine, fd, dict_cb, invocation);
  return TRUE;
}

static gboolean
handle_get_evidence_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain,
                        MrEngine *engine)
{
  if (check_text (invocation, domain, NULL))
    mr_engine_get_evidence (engine, domain, dict_cb, invocation);
  return TRUE;
}

static gboolean
handle_set_source_foreign_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain,
                              const char *source, gboolean foreign, MrEngine *engine)
{
  if (check_text (invocation, domain, NULL) && check_text (invocation, source, NULL))
    mr_engine_set_source_foreign (engine, domain, source, foreign, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_forget_reports_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, const char *domain,
                          MrEngine *engine)
{
  if (check_text (invocation, domain, NULL))
    mr_engine_forget_reports (engine, domain, mr_call_done_cb, invocation);
  return TRUE;
}

void
mr_publish_interface_watch_changed (GDBusInterfaceSkeleton *domains, const char *domain, GVariant *watch)
{
  mr_dbus_domains_emit_watch_changed (MR_DBUS_DOMAINS (domains), domain, watch);
}

void
mr_publish_interface_attach (GDBusInterfaceSkeleton *domains, MrEngine *engine)
{
  g_signal_connect (domains, "handle-list-keys", G_CALLBACK (handle_list_keys_cb), engine);
  g_signal_connect (domains, "handle-new-key", G_CALLBACK (handle_new_key_cb), engine);
  g_signal_connect (domains, "handle-set-key-state", G_CALLBACK (handle_set_key_state_cb), engine);
  g_signal_connect (domains, "handle-remove-key", G_CALLBACK (handle_remove_key_cb), engine);
  g_signal_connect (domains, "handle-export-key", G_CALLBACK (handle_export_key_cb), engine);
  g_signal_connect (domains, "handle-list-services", G_CALLBACK (handle_list_services_cb), engine);
  g_signal_connect (domains, "handle-plan-records", G_CALLBACK (handle_plan_records_cb), engine);
  g_signal_connect (domains, "handle-watch-records", G_CALLBACK (handle_watch_records_cb), engine);
  g_signal_connect (domains, "handle-get-watch", G_CALLBACK (handle_get_watch_cb), engine);
  g_signal_connect (domains, "handle-import-reports", G_CALLBACK (handle_import_reports_cb), engine);
  g_signal_connect (domains, "handle-get-evidence", G_CALLBACK (handle_get_evidence_cb), engine);
  g_signal_connect (domains, "handle-set-source-foreign", G_CALLBACK (handle_set_source_foreign_cb), engine);
  g_signal_connect (domains, "handle-forget-reports", G_CALLBACK (handle_forget_reports_cb), engine);
  g_signal_connect (domains, "handle-stop-watch", G_CALLBACK (handle_stop_watch_cb), engine);
}
