/* One authoritative name server: see dns-server.h.
 *
 * Replies come from inside c-ares, where nothing may be freed: they are kept and told once the channel has settled, or from a source of our own where c-ares
 * had the answer at once.
 */
#include "config.h"

#include "net/dns-server.h"

#include <glib/gi18n-lib.h>

#include "net/dns-channel.h"
#include "net/kick.h"
#include "net/resolver.h"

struct _MrDnsServer {
  guint refs;
  gboolean closed;
  char *address;
  MrDnsChannel *channel;
  GQueue answered; /* Asked */
  GPtrArray *open; /* Asked, borrowed: c-ares has them */
  GSource *kick;
};

typedef struct {
  MrDnsServer *server;
  char *name;
  MrDnsType type;
  gboolean edns;
  MrDnsServerFunc func;
  gpointer data;
  MrDnsAnswer *answer;
  GError *error;
} Asked;

static void
asked_free (Asked *asked)
{
  g_free (asked->name);
  mr_dns_answer_free (asked->answer);
  g_clear_error (&asked->error);
  g_free (asked);
}

const char *
mr_dns_rcode_name (guint rcode)
{
  static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED" };

  return rcode < G_N_ELEMENTS (names) ? names[rcode] : "an error";
}

static void
server_unref (MrDnsServer *self)
{
  if (--self->refs == 0) {
    g_free (self->address);
    g_free (self);
  }
}

static void
tell_answered (MrDnsServer *self)
{
  Asked *asked;

  self->refs++;
  while (!self->closed && (asked = g_queue_pop_head (&self->answered)) != NULL) {
    asked->func (asked->error == NULL ? asked->answer : NULL, asked->error, asked->data);
    asked_free (asked);
  }
  server_unref (self);
}

static void
settled_cb (gpointer data)
{
  tell_answered (data);
}

static void
finish (Asked *asked)
{
  g_queue_push_tail (&asked->server->answered, asked);
  mr_kick (asked->server->kick);
}

static void send_question (Asked *asked);

#define RCODE_FORMERR 1
#define RCODE_NOTIMP  4

static void
take_answer (Asked *asked, const guint8 *data, gsize len)
{
  asked->answer = mr_dns_answer_parse (data, len, asked->name, asked->type, TRUE);
  if (asked->answer->outcome == MR_DNS_FAILURE && asked->edns
      && (asked->answer->rcode == RCODE_FORMERR || asked->answer->rcode == RCODE_NOTIMP)) {
    asked->edns = FALSE;
    g_clear_pointer (&asked->answer, mr_dns_answer_free);
    send_question (asked);
    return;
  }
  if (asked->answer->outcome == MR_DNS_MALFORMED)
    asked->error = g_error_new (MR_ERROR, MR_ERROR_PROTOCOL, _ ("The answer of %s cannot be understood"),
                                asked->server->address);
  else if (asked->answer->outcome == MR_DNS_FAILURE && asked->answer->rcode != 0)
    asked->error = g_error_new (MR_ERROR, MR_ERROR_REFUSED, _ ("%s answers with %s"), asked->server->address,
                                mr_dns_rcode_name (asked->answer->rcode));
  finish (asked);
}

static void
reply_cb (MrDnsReplyStatus status, const guint8 *data, gsize len, gpointer user_data)
{
  Asked *asked = user_data;
  MrDnsServer *self = asked->server;

  g_ptr_array_remove_fast (self->open, asked);
  if (self->closed) {
    asked_free (asked);
    return;
  }
  switch (status) {
  case MR_DNS_REPLY_OK:
    take_answer (asked, data, len);
    return;
  case MR_DNS_REPLY_TIMED_OUT:
    asked->error = g_error_new (MR_ERROR, MR_ERROR_TIMED_OUT, _ ("%s does not answer"), self->address);
    break;
  case MR_DNS_REPLY_UNREACHABLE:
    asked->error = g_error_new (MR_ERROR, MR_ERROR_NETWORK, _ ("%s cannot be reached"), self->address);
    break;
  case MR_DNS_REPLY_CANCELLED:
  case MR_DNS_REPLY_FAILED:
  default:
    asked->error = g_error_new (MR_ERROR, MR_ERROR_NETWORK, _ ("%s could not be asked"), self->address);
    break;
  }
  finish (asked);
}

static void
send_question (Asked *asked)
{
  MrDnsServer *self = asked->server;

  g_ptr_array_add (self->open, asked);
  if (mr_dns_channel_send (self->channel, asked->name, asked->type, asked->edns ? MR_DNS_SEND_EDNS : MR_DNS_SEND_PLAIN,
                           reply_cb, asked))
    return;
  g_ptr_array_remove_fast (self->open, asked);
  asked->error = g_error_new (MR_ERROR, MR_ERROR_NETWORK, _ ("%s could not be asked"), self->address);
  finish (asked);
}

void
mr_dns_server_ask (MrDnsServer *self, const char *name, MrDnsType type, MrDnsServerFunc func, gpointer data)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->server = self;
  asked->name = g_strdup (name);
  asked->type = type;
  asked->edns = TRUE;
  asked->func = func;
  asked->data = data;
  send_question (asked);
}

const char *
mr_dns_server_get_address (MrDnsServer *self)
{
  return self->address;
}

MrDnsServer *
mr_dns_server_new (const char *address, guint16 port, guint timeout_ms, guint tries, GError **error)
{
  g_autoptr (MrDnsServer) self = g_new0 (MrDnsServer, 1);
  g_autofree char *list = g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address, (guint)port);

  self->refs = 1;
  self->address = g_strdup (address);
  self->open = g_ptr_array_new ();
  self->kick = mr_kick_new ("dns-server", settled_cb, self);
  if (!mr_address_is_numeric (address)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("“%s” is no address of a name server"), address);
    return NULL;
  }
  self->channel = mr_dns_channel_new (
      &(MrDnsChannelOptions){ .servers = list, .timeout_ms = timeout_ms, .tries = tries, .direct = TRUE }, settled_cb,
      self, error);
  return self->channel != NULL ? g_steal_pointer (&self) : NULL;
}

void
mr_dns_server_free (MrDnsServer *self)
{
  Asked *asked;

  if (self == NULL)
    return;
  self->closed = TRUE;
  g_clear_pointer (&self->channel, mr_dns_channel_free);
  mr_kick_clear (&self->kick);
  while ((asked = g_queue_pop_head (&self->answered)) != NULL)
    asked_free (asked);
  g_clear_pointer (&self->open, g_ptr_array_unref);
  server_unref (self);
}
