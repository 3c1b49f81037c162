/* The resolver's questions: the queue before c-ares, the channels that ask, and second attempts.
 *
 * Owners are called only from settle(), outside of c-ares, so that they may do anything, freeing the resolver included.
 * A question is asked again without EDNS where the server does not know it, at the next server where one fails, and for
 * the target where an alias was answered without it. A channel whose resolv.conf has changed, or that was used for a
 * while (each socket has one source port), is retired: it ends what it has and gets nothing new.
 */
#include "config.h"

#include "net/resolver-queue.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "net/kick.h"

#define IN_FLIGHT_MAX 200 /* more overflow the one UDP socket */
#define WAITING_MAX   20000
#define RETIRE_AFTER  500
#define RCODE_FORMERR 1
#define RCODE_NOTIMP  4

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

MrDnsChannel *
mr_resolver_get_channel (MrResolver *self, guint first, GError **error)
{
  guint i = first % MR_RESOLVER_SERVERS_MAX;

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

void
mr_resolver_retire_channels (MrResolver *self)
{
  for (guint i = 0; i < MR_RESOLVER_SERVERS_MAX; i++)
    retire (self, i);
  drop_retired (self);
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

  if (question->server + 1 >= MIN (n, MR_RESOLVER_SERVERS_MAX))
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
  channel = mr_resolver_get_channel (self, question->server, &error);
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
pump (MrResolver *self)
{
  while (self->in_flight < IN_FLIGHT_MAX && self->waiting.length > 0)
    send_question (self, g_queue_pop_head (&self->waiting));
}

void
mr_resolver_unref (MrResolver *self)
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
  mr_resolver_unref (self);
}

void
mr_resolver_start (MrResolver *self, MrDnsRequest *request)
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
    mr_kick (self->kick);
}

/* ---- life ---- */

void
mr_resolver_queue_init (MrResolver *self)
{
  self->retired = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dns_channel_free);
  self->kick = mr_kick_new ("resolver", settled_cb, self);
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
mr_resolver_queue_clear (MrResolver *self)
{
  /* Their replies only mark the questions: nobody is told from inside c-ares. */
  for (guint i = 0; i < MR_RESOLVER_SERVERS_MAX; i++)
    g_clear_pointer (&self->channels[i], mr_dns_channel_free);
  g_clear_pointer (&self->retired, g_ptr_array_unref);
  mr_kick_clear (&self->kick);
  tell_all_cancelled (self);
  g_queue_clear (&self->done);
  g_queue_clear (&self->waiting);
}
