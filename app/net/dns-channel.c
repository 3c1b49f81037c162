/* One c-ares channel as a GSource.
 *
 * Ids are our own random numbers: c-ares 1.18 falls back to rand() where /dev/urandom is missing (CVE-2023-31147).
 * SERVFAIL and REFUSED are handed over as answers (NOCHECKRESP), since what they mean is decided by the resolver.
 * Reading resolv.conf happens once, when the channel is made.
 */
#include "config.h"

#include "net/dns-channel.h"

#include <ares.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/crypto.h"

#define CLASS_IN  1
#define EDNS_SIZE 1232 /* fits one packet everywhere: DNS flag day 2020 */
#define FDS_MAX   64
/* All answers in flight at their largest: what does not fit is dropped by the kernel, and asked for again only after a time-out. */
#define RECEIVE_BUFFER (512 * 1024)

struct _MrDnsChannel {
  GSource source;
  ares_channel ares;
  GHashTable *tags; /* fd → tag of the source */
  MrClock *clock;
  guint n_servers, in_flight, sent;
  gboolean direct;
  MrDnsSettledFunc settled;
  gpointer data;
};

typedef struct {
  MrDnsChannel *channel;
  MrDnsReplyFunc func;
  gpointer data;
} Question;

static void
rearm (MrDnsChannel *self)
{
  struct timeval time, *next = ares_timeout (self->ares, NULL, &time);

  if (next == NULL)
    g_source_set_ready_time (&self->source, -1);
  else
    /* A millisecond more: c-ares compares at that grain, and a turn too early would be an empty one. */
    g_source_set_ready_time (&self->source, mr_clock_monotonic (self->clock) + (gint64)next->tv_sec * G_USEC_PER_SEC
                                                + next->tv_usec + 1000);
}

static void
socket_cb (void *data, ares_socket_t fd, int readable, int writable)
{
  MrDnsChannel *self = data;
  gpointer tag = g_hash_table_lookup (self->tags, GINT_TO_POINTER (fd));
  GIOCondition condition = (readable ? G_IO_IN : 0) | (writable ? G_IO_OUT : 0);

  if (condition == 0) {
    /* About to be closed: the number may be used again at once. */
    if (tag != NULL)
      g_source_remove_unix_fd (&self->source, tag);
    g_hash_table_remove (self->tags, GINT_TO_POINTER (fd));
    return;
  }
  condition |= G_IO_ERR | G_IO_HUP;
  if (tag != NULL)
    g_source_modify_unix_fd (&self->source, tag, condition);
  else
    g_hash_table_insert (self->tags, GINT_TO_POINTER (fd), g_source_add_unix_fd (&self->source, fd, condition));
}

static gboolean
channel_dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  MrDnsChannel *self = (MrDnsChannel *)source;
  GHashTableIter iter;
  gpointer fd, tag;
  guint n = 0;
  struct {
    int fd;
    GIOCondition condition;
  } ready[FDS_MAX];

  /* Taken first: c-ares adds and removes descriptors while it works. */
  g_hash_table_iter_init (&iter, self->tags);
  while (n < FDS_MAX && g_hash_table_iter_next (&iter, &fd, &tag)) {
    GIOCondition condition = g_source_query_unix_fd (source, tag);

    if (condition != 0) {
      ready[n].fd = GPOINTER_TO_INT (fd);
      ready[n++].condition = condition;
    }
  }
  for (guint i = 0; i < n; i++)
    ares_process_fd (self->ares, ready[i].condition & (G_IO_IN | G_IO_ERR | G_IO_HUP) ? ready[i].fd : ARES_SOCKET_BAD,
                     ready[i].condition & G_IO_OUT ? ready[i].fd : ARES_SOCKET_BAD);
  if (n == 0)
    ares_process_fd (self->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  rearm (self);
  /* The channel may be freed in here; GLib holds a reference. */
  self->settled (self->data);
  return G_SOURCE_CONTINUE;
}

static void
channel_finalize (GSource *source)
{
  MrDnsChannel *self = (MrDnsChannel *)source;

  g_hash_table_unref (self->tags);
  mr_clock_unref (self->clock);
}

static GSourceFuncs channel_funcs = { .dispatch = channel_dispatch, .finalize = channel_finalize };

static int
library_init (void)
{
  static gsize once;
  static int status;

  if (g_once_init_enter (&once)) {
    status = ares_library_init (ARES_LIB_INIT_ALL);
    g_once_init_leave (&once, 1);
  }
  return status;
}

/* The servers of the channel with the first ones moved to the end. */
static gboolean
rotate_servers (MrDnsChannel *self, guint first)
{
  struct ares_addr_port_node *servers = NULL, *last, *head;
  gboolean ok = TRUE;

  if (ares_get_servers_ports (self->ares, &servers) != ARES_SUCCESS || servers == NULL)
    return FALSE;
  self->n_servers = 1;
  for (last = servers; last->next != NULL; last = last->next)
    self->n_servers++;
  if (first % self->n_servers != 0) {
    struct ares_addr_port_node *before = servers;

    for (guint i = 1; i < first % self->n_servers; i++)
      before = before->next;
    head = before->next;
    before->next = NULL;
    last->next = servers;
    servers = head;
    ok = ares_set_servers_ports (self->ares, servers) == ARES_SUCCESS;
  }
  ares_free_data (servers);
  return ok;
}

MrDnsChannel *
mr_dns_channel_new (const MrDnsChannelOptions *options, MrDnsSettledFunc settled, gpointer data, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  MrDnsChannel *self = (MrDnsChannel *)g_source_new (&channel_funcs, sizeof (MrDnsChannel));
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_SOCK_RCVBUF;
  struct ares_options ares_options = { .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP,
                                       .timeout = (int)options->timeout_ms,
                                       .tries = (int)options->tries,
                                       .udp_port = options->port,
                                       .tcp_port = options->port,
                                       .socket_receive_buffer_size = RECEIVE_BUFFER,
                                       .sock_state_cb = socket_cb,
                                       .sock_state_cb_data = self,
                                       .resolvconf_path = (char *)options->resolv_conf };
  gboolean ok;

  if (options->resolv_conf != NULL)
    mask |= ARES_OPT_RESOLVCONF;
  if (options->port != 0)
    mask |= ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT;
  self->tags = g_hash_table_new (NULL, NULL);
  self->clock = mr_clock_new_real ();
  self->direct = options->direct;
  self->settled = settled;
  self->data = data;
  g_source_set_static_name (&self->source, "c-ares");
  ok = library_init () == ARES_SUCCESS && ares_init_options (&self->ares, &ares_options, mask) == ARES_SUCCESS;
  if (!ok)
    self->ares = NULL;
  if (ok && options->servers != NULL)
    ok = ares_set_servers_ports_csv (self->ares, options->servers) == ARES_SUCCESS;
  if (!ok || !rotate_servers (self, options->first)) {
    g_set_error (error, MR_ERROR, MR_ERROR_INVALID, _ ("The DNS servers (%s) cannot be used: check their addresses."),
                 options->servers != NULL ? options->servers : "/etc/resolv.conf");
    mr_dns_channel_free (self);
    return NULL;
  }
  g_source_attach (&self->source, context);
  return self;
}

void
mr_dns_channel_free (MrDnsChannel *channel)
{
  if (channel == NULL)
    return;
  if (channel->ares != NULL)
    ares_destroy (channel->ares);
  channel->ares = NULL;
  g_source_destroy (&channel->source);
  g_source_unref (&channel->source);
}

guint
mr_dns_channel_n_servers (MrDnsChannel *channel)
{
  return channel->n_servers;
}

guint
mr_dns_channel_in_flight (MrDnsChannel *channel)
{
  return channel->in_flight;
}

guint
mr_dns_channel_sent (MrDnsChannel *channel)
{
  return channel->sent;
}

static MrDnsReplyStatus
reply_status (int status, gboolean has_data)
{
  if (has_data && status == ARES_SUCCESS)
    return MR_DNS_REPLY_OK;
  switch (status) {
  case ARES_ETIMEOUT:
    return MR_DNS_REPLY_TIMED_OUT;
  case ARES_ECONNREFUSED:
    return MR_DNS_REPLY_UNREACHABLE;
  case ARES_EDESTRUCTION:
  case ARES_ECANCELLED:
    return MR_DNS_REPLY_CANCELLED;
  default:
    return MR_DNS_REPLY_FAILED;
  }
}

static void
answered_cb (void *data, int status, int timeouts, unsigned char *message, int len)
{
  Question question = *(Question *)data;

  g_free (data);
  question.channel->in_flight--;
  question.func (reply_status (status, message != NULL && len > 0), message, (gsize)MAX (len, 0), question.data);
}

gboolean
mr_dns_channel_send (MrDnsChannel *channel, const char *name, MrDnsType type, MrDnsSendFlags flags, MrDnsReplyFunc func,
                     gpointer data)
{
  unsigned char *message = NULL;
  int len = 0;
  guint16 id;
  Question *question;

  mr_random_bytes (&id, sizeof id);
  if (ares_create_query (name, CLASS_IN, (int)type, id, 1, &message, &len, flags & MR_DNS_SEND_EDNS ? EDNS_SIZE : 0)
      != ARES_SUCCESS)
    return FALSE;
  if (channel->direct)
    message[2] &= 0xfe; /* RD */
  message[3] |= 0x20;   /* AD in the question: "say whether it was validated" (RFC 6840 5.7) */
  message[3] |= flags & MR_DNS_SEND_UNCHECKED ? 0x10 : 0; /* CD */
  question = g_new (Question, 1);
  *question = (Question){ channel, func, data };
  channel->in_flight++;
  channel->sent++;
  ares_send (channel->ares, message, len, answered_cb, question);
  ares_free_string (message);
  rearm (channel);
  return TRUE;
}
