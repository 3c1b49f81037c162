/* The service's status, read from the dictionary that crosses the bus. */
#include <config.h>

#include "client/status.h"

#include <stdlib.h>
#include <string.h>

#define USUAL_HOST "127.0.0.1"
#define USUAL_PORT 2525

static char *
dup_text (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return g_strdup (text);
}

/* NULL where there is none. */
static char *
dup_notice (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return *text != '\0' ? g_strdup (text) : NULL;
}

static void
listener_free (gpointer data)
{
  MrServiceListener *listener = data;

  g_free (listener->address);
  g_free (listener->error);
  g_free (listener);
}

static GPtrArray *
read_listeners (GVariant *dict)
{
  GPtrArray *listeners = g_ptr_array_new_with_free_func (listener_free);
  g_autoptr (GVariant) list = g_variant_lookup_value (dict, "listeners", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
    MrServiceListener *listener = g_new0 (MrServiceListener, 1);
    listener->address = dup_text (child, "address");
    listener->error = dup_notice (child, "error");
    g_ptr_array_add (listeners, listener);
  }
  return listeners;
}

static void
read_counts (GVariant *dict, MrStoreCounts *counts)
{
  g_autoptr (GVariant) child = g_variant_lookup_value (dict, "counts", G_VARIANT_TYPE_VARDICT);

  if (child == NULL)
    return;
  g_variant_lookup (child, "messages-active", "t", &counts->messages_active);
  g_variant_lookup (child, "messages-held", "t", &counts->messages_held);
  g_variant_lookup (child, "delivered-today", "t", &counts->delivered_today);
  g_variant_lookup (child, "failed-week", "t", &counts->failed_week);
  g_variant_lookup (child, "bytes-active", "t", &counts->bytes_active);
  g_variant_lookup (child, "oldest-active", "x", &counts->oldest_active);
  for (int state = 0; state < MR_RECIPIENT_N_STATES; state++)
    g_variant_lookup (child, mr_recipient_state_nick ((MrRecipientState)state), "t", &counts->recipients[state]);
}

MrServiceStatus *
mr_service_status_from_variant (GVariant *variant)
{
  MrServiceStatus *status = g_new0 (MrServiceStatus, 1);

  status->variant = g_variant_ref (variant);
  status->online = TRUE;
  g_variant_lookup (variant, "online", "b", &status->online);
  g_variant_lookup (variant, "paused", "b", &status->paused);
  g_variant_lookup (variant, "paused-until", "x", &status->paused_until);
  g_variant_lookup (variant, "keeps-everything", "b", &status->keeps_everything);
  status->secrets_needed = TRUE;
  g_variant_lookup (variant, "secrets-needed", "b", &status->secrets_needed);
  g_variant_lookup (variant, "audit", "b", &status->audit);
  g_variant_lookup (variant, "captive", "b", &status->captive);
  g_variant_lookup (variant, "metered", "b", &status->metered);
  g_variant_lookup (variant, "n-accounts", "u", &status->n_accounts);
  g_variant_lookup (variant, "sessions", "u", &status->sessions);
  g_variant_lookup (variant, "sending", "u", &status->sending);
  g_variant_lookup (variant, "pid", "u", &status->pid);
  g_variant_lookup (variant, "revision", "t", &status->revision);
  status->secrets_backend = dup_text (variant, "secrets-backend");
  status->secrets_state = dup_text (variant, "secrets-state");
  status->config_file = dup_text (variant, "config-file");
  status->config_error = dup_notice (variant, "config-error");
  status->store_notice = dup_notice (variant, "store-notice");
  status->tls_fingerprint = dup_text (variant, "tls-fingerprint");
  status->sandbox = dup_text (variant, "sandbox");
  status->bus_socket = dup_text (variant, "bus-socket");
  status->version = dup_text (variant, "version");
  status->listeners = read_listeners (variant);
  if (!g_variant_lookup (variant, "config-warnings", "^as", &status->config_warnings))
    status->config_warnings = g_new0 (char *, 1);
  read_counts (variant, &status->counts);
  return status;
}

void
mr_service_status_free (MrServiceStatus *status)
{
  if (status == NULL)
    return;
  g_free (status->secrets_backend);
  g_free (status->secrets_state);
  g_ptr_array_unref (status->listeners);
  g_free (status->config_file);
  g_free (status->config_error);
  g_strfreev (status->config_warnings);
  g_free (status->store_notice);
  g_free (status->tls_fingerprint);
  g_free (status->sandbox);
  g_free (status->bus_socket);
  g_free (status->version);
  g_variant_unref (status->variant);
  g_free (status);
}

/* "127.0.0.1:2525" or "[::1]:2525" */
static gboolean
split_address (const char *address, char **ret_host, guint *ret_port)
{
  const char *colon = strrchr (address, ':');
  guint64 port = 0;

  if (colon == NULL || colon == address || !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL))
    return FALSE;
  gboolean brackets = address[0] == '[' && colon[-1] == ']';
  *ret_host = brackets ? g_strndup (address + 1, (gsize)(colon - address) - 2)
                       : g_strndup (address, (gsize)(colon - address));
  *ret_port = (guint)port;
  return TRUE;
}

void
mr_service_status_get_submission (const MrServiceStatus *status, char **ret_host, guint *ret_port)
{
  for (guint i = 0; i < status->listeners->len; i++) {
    const MrServiceListener *listener = g_ptr_array_index (status->listeners, i);
    if (listener->error == NULL && split_address (listener->address, ret_host, ret_port))
      return;
  }
  *ret_host = g_strdup (USUAL_HOST);
  *ret_port = USUAL_PORT;
}
