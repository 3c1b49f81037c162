/* The part of com.example.MailRelay.Domains about changing entries at a person's word and checking the signatures of what came back. */
#include <config.h>

#include "service/interfaces.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <mailrelay/engine-prove.h>
#include <string.h>

#include "data/dbus/mailrelay-dbus.h"
#include "service/call.h"
#include "service/pipe-secret.h"

#define TEXT_MAX    1024
#define OPTIONS_MAX (64 * 1024)

static gboolean
handle_list_dns_providers_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, MrEngine *engine)
{
  g_autoptr (GVariant) providers = mr_engine_dup_dns_providers ();

  mr_dbus_domains_complete_list_dns_providers (skeleton, invocation, providers);
  return TRUE;
}

/* ---- update ---- */

typedef struct {
  GDBusMethodInvocation *invocation;
  MrEngine *engine;
  char *domain, *server;
  GVariant *options;
} Update;

static void
key_cb (MrSecret *secret, const GError *error, gpointer data)
{
  Update *update = data;

  if (error != NULL)
    mr_call_fail (update->invocation, error);
  else if (secret == NULL)
    mr_call_refuse (update->invocation, MR_ERROR_INVALID, _ ("The key is empty"));
  else
    mr_engine_update_dns (update->engine, update->domain, update->options, update->server, secret, mr_call_count_cb,
                          update->invocation);
  g_variant_unref (update->options);
  g_free (update->domain);
  g_free (update->server);
  g_free (update);
}

static gboolean
handle_update_records_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                          const char *domain, GVariant *options, const char *server, GVariant *handle, MrEngine *engine)
{
  Update *update;
  int fd;

  if (strlen (domain) > TEXT_MAX || strlen (server) > TEXT_MAX || g_variant_get_size (options) > OPTIONS_MAX) {
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("What was entered is too long"));
    return TRUE;
  }
  fd = mr_call_take_fd (invocation, fds, handle);
  if (fd < 0)
    return TRUE;
  update = g_new0 (Update, 1);
  update->invocation = invocation;
  update->engine = engine;
  update->domain = g_strdup (domain);
  update->server = g_strdup (server);
  update->options = g_variant_ref (options);
  mr_pipe_secret_read_long (fd, key_cb, update);
  return TRUE;
}

/* ---- verify ---- */

static void
signatures_cb (GVariant *signatures, const GError *error, gpointer data)
{
  if (error != NULL)
    mr_call_fail (data, error);
  else
    g_dbus_method_invocation_return_value (data, g_variant_new ("(@aa{sv})", signatures));
}

static gboolean
handle_verify_message_cb (MrDBusDomains *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                          GVariant *handle, MrEngine *engine)
{
  int fd = mr_call_take_fd (invocation, fds, handle);

  if (fd >= 0)
    mr_engine_verify_message (engine, fd, signatures_cb, invocation);
  return TRUE;
}

void
mr_prove_interface_attach (GDBusInterfaceSkeleton *domains, MrEngine *engine)
{
  g_signal_connect (domains, "handle-list-dns-providers", G_CALLBACK (handle_list_dns_providers_cb), engine);
  g_signal_connect (domains, "handle-update-records", G_CALLBACK (handle_update_records_cb), engine);
  g_signal_connect (domains, "handle-verify-message", G_CALLBACK (handle_verify_message_cb), engine);
}
