/* The resolver: what is known without asking, questions with their second attempts, and the queue before c-ares.
 *
 * Owners are called only from settle(), outside of c-ares, so that they may do anything, freeing the resolver included.
 * A question is asked again without EDNS where the server does not know it, at the next server where one fails, and for
 * the target where an alias was answered without it. A channel whose resolv.conf has changed, or that was used for a
 * while (each socket has one source port), is retired: it ends what it has and gets nothing new.
 */
#include "config.h"

#include "net/resolver.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/dns-channel.h"
#include "net/dns-request.h"
#include "net/hosts-file.h"
#include "net/resolver-private.h"
#include "net/sockaddr.h"

#define IN_FLIGHT_MAX 200 /* more overflow the one UDP socket */
#define WAITING_MAX   20000
#define SERVERS_MAX   3
#define RETIRE_AFTER  500
#define RCODE_FORMERR 1
#define RCODE_NOTIMP  4

struct _MrResolver {
  guint refs;
  gboolean closed;
  char *servers;
  char *resolv_conf;
  guint16 port;
  guint timeout_ms, tries;
  MrDnsChannel *channels[SERVERS_MAX]; /* which server is first */
  GPtrArray *retired;
  guint in_flight;
  GQueue waiting; /* MrDnsQuestion */
  GQueue all;     /* MrDnsRequest */
  GQueue done;    /* MrDnsRequest: to be told */
  GSource *kick;
  MrHostsFile *hosts;
  GFileMonitor *monitors[2];
};

static void settle (MrResolver *self);

static void
settled_cb (gpointer data)
{
  settle (data);
}

/* ---- channels ---- */

static void
retire (MrResolver *self, guint i)
{
  if (self->channels[i] != NULL)
    g_ptr_array_add (self->retired, g_steal_pointer (&self->channels[i]));
}

static void
drop_retired (MrResolver *self)
{
  for (guint i = self->retired->len; i-- > 0;)
    if (mr_dns_channel_in_flight (g_ptr_array_index (self->retired, i)) == 0)
      g_ptr_array_remove_index_fast (self->retired, i);
}

static MrDnsChannel *
get_channel (MrResolver *self, guint first, GError **error)
{
  guint i = first % SERVERS_MAX;

  if (self->channels[i] != NULL && mr_dns_channel_sent (self->channels[i]) >= RETIRE_AFTER)
    retire (self, i);
  if (self->channels[i] == NULL)
    self->channels[i] = mr_dns_channel_new (&(MrDnsChannelOptions){ .servers = self->servers,
                                                                    .resolv_conf = self->resolv_conf,
                                                                    .port = self->port,
                                                                    .first = i,
                                                                    .timeout_ms = self->timeout_ms,
                                                                    .tries = self->tries },
                                            settled_cb, self, error);
  return self->channels[i];
}

static void
resolv_conf_changed_cb (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer data)
{
  MrResolver *self = data;

  mr_debug ("net", "the system's DNS servers may have changed");
  for (guint i = 0; i < SERVERS_MAX; i++)
    retire (self, i);
  drop_retired (self);
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

/* ---- questions ---- */

static void
finish_question (MrResolver *self, MrDnsQuestion *question)
{
  MrDnsRequest *request = question->request;

  question->done = TRUE;
  if (--request->left == 0)
    g_queue_push_tail (&self->done, request);
}

static void
fail_question (MrResolver *self, MrDnsQuestion *question, const char *trouble)
{
  question->temporary = TRUE;
  question->trouble = trouble;
  finish_question (self, question);
}

static gboolean
try_next_server (MrResolver *self, MrDnsQuestion *question)
{
  const MrDnsChannel *channel = self->channels[question->server];
  guint n = channel != NULL ? mr_dns_channel_n_servers ((MrDnsChannel *)channel) : 0;

  if (question->server + 1 >= MIN (n, SERVERS_MAX))
    return FALSE;
  question->server++;
  return TRUE;
}

/* TRUE: it is worth asking once more, as the question now says. */
static gboolean
ask_again (MrResolver *self, MrDnsQuestion *question, MrDnsAnswer *answer)
{
  switch (answer->outcome) {
  case MR_DNS_ALIAS:
    if (++question->hops > MR_DNS_ALIASES_MAX) {
      answer->outcome = MR_DNS_MALFORMED;
      return FALSE;
    }
    g_free (question->name);
    question->name = g_steal_pointer (&answer->name);
    return TRUE;
  case MR_DNS_FAILURE:
    if (question->edns && (answer->rcode == RCODE_FORMERR || answer->rcode == RCODE_NOTIMP)) {
      question->edns = FALSE;
      return TRUE;
    }
    return try_next_server (self, question);
  case MR_DNS_MALFORMED:
    return try_next_server (self, question);
  case MR_DNS_FOUND:
  case MR_DNS_NO_DATA:
  case MR_DNS_NX_DOMAIN:
  default:
    return FALSE;
  }
}

static void
take_answer (MrResolver *self, MrDnsQuestion *question, const guint8 *data, gsize len)
{
  g_autoptr (MrDnsAnswer) answer = mr_dns_answer_parse (data, len, question->name, question->type,
                                                        question->request->records_func != NULL
                                                            || question->request->answer_func != NULL);

  if (ask_again (self, question, answer))
    g_queue_push_head (&self->waiting, question);
  else if (answer->outcome == MR_DNS_FAILURE)
    fail_question (self, question, N_ ("the DNS server reports a failure"));
  else if (answer->outcome == MR_DNS_MALFORMED)
    fail_question (self, question, N_ ("the answer of the DNS server cannot be understood"));
  else {
    question->answer = g_steal_pointer (&answer);
    finish_question (self, question);
  }
}

/* The question knows its request and the request nothing of the resolver, hence this pair. */
typedef struct {
  MrResolver *resolver;
  MrDnsQuestion *question;
} Sent;

static void
reply_cb (MrDnsReplyStatus status, const guint8 *data, gsize len, gpointer user_data)
{
  Sent sent = *(Sent *)user_data;
  MrResolver *self = sent.resolver;

  g_free (user_data);
  self->in_flight--;
  if (mr_dns_request_is_cancelled (sent.question->request)) {
    finish_question (self, sent.question);
    return;
  }
  switch (status) {
  case MR_DNS_REPLY_OK:
    take_answer (self, sent.question, data, len);
    break;
  case MR_DNS_REPLY_TIMED_OUT:
    fail_question (self, sent.question, N_ ("no DNS server answered in time"));
    break;
  case MR_DNS_REPLY_UNREACHABLE:
    fail_question (self, sent.question, N_ ("no DNS server can be reached"));
    break;
  case MR_DNS_REPLY_CANCELLED:
  case MR_DNS_REPLY_FAILED:
  default:
    fail_question (self, sent.question, N_ ("asking the DNS server failed"));
    break;
  }
}

static void
send_question (MrResolver *self, MrDnsQuestion *question)
{
  g_autoptr (GError) error = NULL;
  MrDnsSendFlags flags = question->edns ? MR_DNS_SEND_EDNS : MR_DNS_SEND_PLAIN;
  MrDnsChannel *channel;
  Sent *sent;

  if (mr_dns_request_is_cancelled (question->request)) {
    finish_question (self, question);
    return;
  }
  channel = get_channel (self, question->server, &error);
  if (channel == NULL) {
    mr_warning ("net", "%s", error->message);
    fail_question (self, question, N_ ("no DNS server can be reached"));
    return;
  }
  flags |= question->request->unchecked ? MR_DNS_SEND_UNCHECKED : MR_DNS_SEND_PLAIN;
  sent = g_new (Sent, 1);
  *sent = (Sent){ self, question };
  self->in_flight++;
  if (mr_dns_channel_send (channel, question->name, question->type, flags, reply_cb, sent))
    return;
  self->in_flight--;
  g_free (sent);
  fail_question (self, question, N_ ("asking the DNS server failed"));
}

static void
kick (MrResolver *self)
{
  g_source_set_ready_time (self->kick, 0);
}

static void
pump (MrResolver *self)
{
  while (self->in_flight < IN_FLIGHT_MAX && self->waiting.length > 0)
    send_question (self, g_queue_pop_head (&self->waiting));
}

static void
resolver_unref (MrResolver *self)
{
  if (--self->refs == 0)
    g_free (self);
}

static void
settle (MrResolver *self)
{
  MrDnsRequest *request;

  if (self->closed)
    return;
  drop_retired (self);
  pump (self);
  self->refs++;
  while (!self->closed && (request = g_queue_pop_head (&self->done)) != NULL) {
    g_queue_unlink (&self->all, &request->link);
    mr_dns_request_tell (request, FALSE);
    mr_dns_request_free (request);
  }
  resolver_unref (self);
}

static gboolean
kick_dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  g_source_set_ready_time (source, -1);
  return func (data);
}

static GSourceFuncs kick_funcs = { .dispatch = kick_dispatch };

static gboolean
kick_cb (gpointer data)
{
  settle (data);
  return G_SOURCE_CONTINUE;
}

/* ---- look-ups ---- */

static void
start (MrResolver *self, MrDnsRequest *request)
{
  g_queue_push_tail_link (&self->all, &request->link);
  for (guint i = 0; i < request->n_questions; i++) {
    if (self->waiting.length >= WAITING_MAX)
      fail_question (self, &request->questions[i], N_ ("too many names are being looked up"));
    else
      g_queue_push_tail (&self->waiting, &request->questions[i]);
  }
  if (request->n_questions == 0)
    g_queue_push_tail (&self->done, request);
  /* Out with it now; what came back at once is told in the next turn. */
  pump (self);
  if (self->done.length > 0)
    kick (self);
}

void
mr_resolver_lookup_mx (MrResolver *resolver, const char *domain, MrMxFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (domain, data);

  request->mx_func = func;
  request->bad_name = !mr_dns_name_is_valid (domain);
  if (!request->bad_name)
    mr_dns_request_add_question (request, MR_DNS_MX);
  start (resolver, request);
}

void
mr_resolver_lookup_srv (MrResolver *resolver, const char *name, MrSrvFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (name, data);

  request->srv_func = func;
  request->bad_name = !mr_dns_name_is_valid (name);
  if (!request->bad_name)
    mr_dns_request_add_question (request, MR_DNS_SRV);
  start (resolver, request);
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
  start (resolver, request);
}

void
mr_resolver_lookup_records (MrResolver *resolver, const char *name, guint type, MrTextsFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (name, data);

  request->records_func = func;
  request->bad_name = !mr_dns_owner_is_valid (name);
  if (!request->bad_name)
    mr_dns_request_add_question (request, (MrDnsType)type);
  start (resolver, request);
}

void
mr_resolver_lookup_answer (MrResolver *resolver, const char *name, MrDnsType type, MrAnswerFunc func, gpointer data)
{
  MrDnsRequest *request = mr_dns_request_new (name, data);

  request->answer_func = func;
  request->bad_name = !mr_dns_owner_is_valid (name);
  if (!request->bad_name)
    mr_dns_request_add_question (request, type);
  start (resolver, request);
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
  start (resolver, request);
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

/* c-ares takes what it can read of a list and leaves the rest: so it is checked before. */
static gboolean
take_servers (MrResolver *self, const char *text, GError **error)
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
  self->servers = list->len > 0 ? g_strdup (list->str) : NULL;
  return TRUE;
}

MrResolver *
mr_resolver_new_with_options (const MrResolverOptions *options, GError **error)
{
  MrResolver *self = g_new0 (MrResolver, 1);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->refs = 1;
  self->resolv_conf = g_strdup (options->resolv_conf);
  self->port = options->port;
  self->timeout_ms = options->timeout_ms;
  self->tries = MAX (options->tries, 1);
  self->retired = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dns_channel_free);
  self->hosts = mr_hosts_file_new (options->hosts);
  self->kick = g_source_new (&kick_funcs, sizeof (GSource));
  g_source_set_static_name (self->kick, "resolver");
  g_source_set_callback (self->kick, kick_cb, self, NULL);
  g_source_attach (self->kick, context);
  if (!take_servers (self, options->servers, error) || get_channel (self, 0, error) == NULL) {
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

static void
tell_all_cancelled (MrResolver *self)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&self->all)) != NULL) {
    MrDnsRequest *request = link->data;

    mr_dns_request_tell (request, TRUE);
    mr_dns_request_free (request);
  }
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
  /* Their replies only mark the questions: nobody is told from inside c-ares. */
  for (guint i = 0; i < SERVERS_MAX; i++)
    g_clear_pointer (&resolver->channels[i], mr_dns_channel_free);
  g_clear_pointer (&resolver->retired, g_ptr_array_unref);
  g_source_destroy (resolver->kick);
  g_clear_pointer (&resolver->kick, g_source_unref);
  tell_all_cancelled (resolver);
  g_queue_clear (&resolver->done);
  g_queue_clear (&resolver->waiting);
  g_clear_pointer (&resolver->hosts, mr_hosts_file_free);
  g_clear_pointer (&resolver->servers, g_free);
  g_clear_pointer (&resolver->resolv_conf, g_free);
  resolver_unref (resolver);
}
