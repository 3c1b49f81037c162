/* Changing a zone where the person has its key (RFC 2136): plans again, so that what is changed is what is missing now, and sends it from the pool. */
#include <config.h>

#include <mailrelay/engine-prove.h>

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "engine/answer.h"
#include "engine/publisher-private.h"
#include "net/dns-update.h"

#define MAX_CHANGES 50
#define DNS_PORT    53

typedef struct {
  MrEngine *engine; /* alive: boxed */
  MrDnsUpdateKey key;
  char *host, *server; /* as given; what is connected to */
  guint16 port;
  char *zone;
  MrDnsChange changes[MAX_CHANGES];
  guint n_changes;
  gint64 now;
  GError *error;
  MrCountFunc func;
  gpointer data;
} Update;

static void
end (Update *u)
{
  mr_answer_count (u->func, u->error == NULL ? u->n_changes : 0, u->error, u->data);
  for (guint i = 0; i < u->n_changes; i++) {
    g_free ((char *)u->changes[i].name);
    g_free ((char *)u->changes[i].add);
    g_strfreev ((char **)u->changes[i].remove);
  }
  mr_dns_update_key_clear (&u->key);
  g_clear_error (&u->error);
  g_free (u->host);
  g_free (u->server);
  g_free (u->zone);
  g_rc_box_release (u->engine);
  g_free (u);
}

static void
send_work (gpointer data)
{
  Update *u = data;

  mr_dns_update_send (u->server, u->zone, u->changes, u->n_changes, u->now, &u->key, &u->error);
}

static void
sent_cb (gpointer data)
{
  Update *u = data;

  if (u->error == NULL)
    mr_info ("domains", "%s: %u entries were changed by dynamic update", u->zone, u->n_changes);
  end (u);
}

static void
send_to (Update *u, const char *address)
{
  u->server = g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address, u->port);
  mr_engine_run_in_pool (send_work, sent_cb, u);
}

static void
addresses_cb (const char *const *addresses, const GError *error, gpointer data)
{
  Update *u = data;

  if (error == NULL && addresses[0] != NULL) {
    send_to (u, addresses[0]);
    return;
  }
  g_set_error (&u->error, MR_ERROR, MR_ERROR_INVALID, _ ("The name server “%s” has no address that can be found"),
               u->host);
  end (u);
}

static void
planned_cb (const MrPlanResult *result, const GError *error, gpointer data)
{
  Update *u = data;

  if (error != NULL)
    u->error = g_error_copy (error);
  for (guint i = 0; result != NULL && i < result->records->len && u->n_changes < MAX_CHANGES; i++) {
    const MrPublishRecord *record = result->records->pdata[i];

    if ((record->state == MR_PUBLISH_ADD || record->state == MR_PUBLISH_REPLACE) && *record->value != '\0')
      u->changes[u->n_changes++] = (MrDnsChange){ g_strdup (record->name),
                                                  (const char *const *)g_strdupv (record->existing),
                                                  g_strdup (record->value) };
  }
  if (u->error != NULL || u->n_changes == 0) {
    end (u);
    return;
  }
  u->zone = g_strdup (result->zone);
  if (g_hostname_is_ip_address (u->host))
    send_to (u, u->host);
  else
    mr_resolver_lookup_addresses (u->engine->resolver, u->host, addresses_cb, u);
}

static gboolean
take_server (Update *u, const char *server, GError **error)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (server, DNS_PORT, NULL);

  if (parsed == NULL) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is no name or address of a name server"), server);
    return FALSE;
  }
  u->host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)));
  u->port = g_network_address_get_port (G_NETWORK_ADDRESS (parsed));
  return TRUE;
}

void
mr_engine_update_dns (MrEngine *engine, const char *domain, GVariant *options, const char *server, MrSecret *key,
                      MrCountFunc func, gpointer data)
{
  g_autoptr (GVariant) wanted = g_variant_ref_sink (options);
  Update *u = g_new0 (Update, 1);

  u->engine = g_rc_box_acquire (engine);
  u->now = mr_clock_wall (engine->clock) / G_USEC_PER_SEC;
  u->func = func;
  u->data = data;
  if (engine->publisher == NULL)
    g_set_error_literal (&u->error, MR_ERROR, MR_ERROR_CANCELLED, _ ("The service is ending"));
  if (u->error != NULL || !take_server (u, server, &u->error)
      || !mr_dns_update_key_parse (mr_secret_get (key), &u->key, &u->error))
    end (u);
  else
    mr_plan_start (engine->publisher, domain, wanted, TRUE, planned_cb, u);
}
