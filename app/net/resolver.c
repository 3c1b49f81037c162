/* The resolver: what is known without asking, the questions that a look-up is made of, and whom they are put to.
 *
 * Numeric addresses answer themselves, loopback names and those of the hosts file are never asked of anybody, a name that can be none is told as not
 * found. Each look-up goes through the queue (resolver-queue.c), also where its answer is known: no callback comes before the call returns. A list of
 * servers is checked whole before c-ares reads it; the system's is followed when it changes.
 */
#include "config.h"

#include "net/resolver.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/resolver-private.h"
#include "net/resolver-queue.h"
#include "net/sockaddr.h"

/* ---- look-ups ---- */

void
mr_resolver_lookup_mx (MrResolver *resolver, const char *domain, MrMxFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (domain, data);

  request->mx_func = func;
  request->bad_name = !mr_dns_name_is_valid (domain);
  if (!request->bad_name)
    mr_dns_request_add_question (request, MR_DNS_MX);
  mr_resolver_start (resolver, request);
}

void
mr_resolver_lookup_srv (MrResolver *resolver, const char *name, MrSrvFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (name, data);

  request->srv_func = func;
  request->bad_name = !mr_dns_name_is_valid (name);
  if (!request->bad_name)
    mr_dns_request_add_question (request, MR_DNS_SRV);
  mr_resolver_start (resolver, request);
}

static gboolean
is_localhost (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  if (g_str_has_suffix (lower, "."))
    lower[strlen (lower) - 1] = '\0';
  return strcmp (lower, "localhost") == 0 || g_str_has_suffix (lower, ".localhost");
}

/* A copy, NULL-terminated. */
static GPtrArray *
address_array (const char *const *addresses)
{
  GPtrArray *array = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; addresses[i] != NULL && i < MR_ADDRESSES_MAX; i++)
    g_ptr_array_add (array, g_strdup (addresses[i]));
  g_ptr_array_add (array, NULL);
  return array;
}

/* NULL: it has to be asked. */
static GPtrArray *
known_addresses (MrResolver *self, const char *host)
{
  const char *numeric[] = { host, NULL };
  static const char *const loopback[] = { "::1", "127.0.0.1", NULL };
  const char *const *found;

  if (mr_address_is_numeric (host))
    return address_array (numeric);
  /* Never asked of anybody: RFC 6761 6.3. */
  if (is_localhost (host))
    return address_array (loopback);
  found = mr_hosts_file_find (self->hosts, host);
  return found != NULL ? address_array (found) : NULL;
}

void
mr_resolver_lookup_addresses (MrResolver *resolver, const char *host, MrAddressFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (host, data);

  request->address_func = func;
  request->addresses = known_addresses (resolver, host);
  if (request->addresses == NULL) {
    request->bad_name = !mr_dns_name_is_valid (host);
    if (!request->bad_name) {
      mr_dns_request_add_question (request, MR_DNS_AAAA);
      mr_dns_request_add_question (request, MR_DNS_A);
    }
  }
  mr_resolver_start (resolver, request);
}

void
mr_resolver_lookup_records (MrResolver *resolver, const char *name, guint type, MrTextsFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (name, data);

  request->records_func = func;
  request->bad_name = !mr_dns_owner_is_valid (name);
  if (!request->bad_name)
    mr_dns_request_add_question (request, (MrDnsType)type);
  mr_resolver_start (resolver, request);
}

void
mr_resolver_lookup_answer (MrResolver *resolver, const char *name, MrDnsType type, MrAnswerFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (name, data);

  request->answer_func = func;
  request->bad_name = !mr_dns_owner_is_valid (name);
  if (!request->bad_name)
    mr_dns_request_add_question (request, type);
  mr_resolver_start (resolver, request);
}

void
mr_resolver_lookup_unchecked (MrResolver *resolver, const char *name, MrDnsType type, MrAnswerFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (name, data);

  request->answer_func = func;
  request->unchecked = TRUE;
  request->bad_name = !mr_dns_owner_is_valid (name);
  if (!request->bad_name)
    mr_dns_request_add_question (request, type);
  mr_resolver_start (resolver, request);
}

void
mr_resolver_cancel (MrResolver *resolver, gpointer data)
{
  for (GList *l = resolver->all.head; l != NULL; l = l->next) {
    MrDnsRequest *request = l->data;

    if (request->data != data)
      continue;
    request->mx_func = NULL;
    request->address_func = NULL;
    request->srv_func = NULL;
    request->records_func = NULL;
    request->answer_func = NULL;
  }
}

/* ---- life ---- */

/* As c-ares reads it; NULL: no address. */
static char *
dup_server (const char *text)
{
  g_autofree char *bare = NULL;
  gsize len = strlen (text);
  MrSockaddr address;

  if (mr_sockaddr_parse_with_port (text, &address))
    return mr_sockaddr_port (&address) != 0 ? g_strdup (text) : NULL;
  bare = *text == '[' && text[len - 1] == ']' ? g_strndup (text + 1, len - 2) : g_strdup (text);
  return mr_address_is_numeric (bare) ? g_steal_pointer (&bare) : NULL;
}

/* c-ares takes what it can read of a list and leaves the rest: so it is checked before. *ret_list: as c-ares wants it, NULL for the system's. */
static gboolean
parse_servers (const char *text, char **ret_list, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", ",; \t", -1);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *server = NULL;

    if (*words[i] == '\0')
      continue;
    server = dup_server (words[i]);
    if (server == NULL) {
      g_set_error (
          error, MR_ERROR, MR_ERROR_INVALID,
          _ ("“%s” is not the address of a DNS server. Write it like 192.0.2.1 or 127.0.0.1:5353 or [::1]:53."),
          words[i]);
      return FALSE;
    }
    g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", server);
  }
  *ret_list = list->len > 0 ? g_strdup (list->str) : NULL;
  return TRUE;
}

gboolean
mr_resolver_check_servers (const char *servers, GError **error)
{
  g_autofree char *list = NULL;

  return parse_servers (servers, &list, error);
}

static void
resolv_conf_changed_cb (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer data)
{
  MrResolver *self = data;

  mr_debug ("net", "the system's DNS servers may have changed");
  mr_resolver_retire_channels (self);
}

/* The file, and where it is a link its target: either may be what changes. */
static void
watch_resolv_conf (MrResolver *self, const char *path)
{
  char *real = realpath (path, NULL);
  const char *paths[2] = { path, g_strcmp0 (real, path) != 0 ? real : NULL };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GFile) file = paths[i] != NULL ? g_file_new_for_path (paths[i]) : NULL;

    if (file == NULL)
      continue;
    self->monitors[i] = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
    if (self->monitors[i] != NULL)
      g_signal_connect (self->monitors[i], "changed", G_CALLBACK (resolv_conf_changed_cb), self);
  }
  free (real);
}

MrResolver *
mr_resolver_new_with_options (const MrResolverOptions *options, GError **error)
{
  MrResolver *self = g_new0 (MrResolver, 1);

  self->refs = 1;
  self->resolv_conf = g_strdup (options->resolv_conf);
  self->port = options->port;
  self->timeout_ms = options->timeout_ms;
  self->tries = MAX (options->tries, 1);
  self->hosts = mr_hosts_file_new (options->hosts);
  mr_resolver_queue_init (self);
  if (!parse_servers (options->servers, &self->servers, error) || mr_resolver_get_channel (self, 0, error) == NULL) {
    mr_resolver_free (self);
    return NULL;
  }
  if (self->servers == NULL)
    watch_resolv_conf (self, self->resolv_conf);
  return self;
}

MrResolver *
mr_resolver_new (const char *servers, guint timeout_ms, guint tries, GError **error)
{
  return mr_resolver_new_with_options (&(MrResolverOptions){ .servers = servers,
                                                             .resolv_conf = "/etc/resolv.conf",
                                                             .hosts = "/etc/hosts",
                                                             .timeout_ms = timeout_ms,
                                                             .tries = tries },
                                       error);
}

void
mr_resolver_free (MrResolver *resolver)
{
  if (resolver == NULL)
    return;
  resolver->closed = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (resolver->monitors); i++) {
    if (resolver->monitors[i] != NULL) {
      g_signal_handlers_disconnect_by_data (resolver->monitors[i], resolver);
      g_file_monitor_cancel (resolver->monitors[i]);
      g_object_unref (resolver->monitors[i]);
    }
  }
  mr_resolver_queue_clear (resolver);
  g_clear_pointer (&resolver->hosts, mr_hosts_file_free);
  g_clear_pointer (&resolver->servers, g_free);
  g_clear_pointer (&resolver->resolv_conf, g_free);
  mr_resolver_unref (resolver);
}
