/* c-ares in a GMainContext: questions out, raw answers back. */
#pragma once

#include "net/dns-message.h"

G_BEGIN_DECLS

typedef struct _MrDnsChannel MrDnsChannel;

typedef enum {
  MR_DNS_REPLY_OK, /* data holds a message, whatever its rcode */
  MR_DNS_REPLY_TIMED_OUT,
  MR_DNS_REPLY_UNREACHABLE, /* nobody listens at the server's port, or there is no way to it */
  MR_DNS_REPLY_CANCELLED,   /* the channel goes */
  MR_DNS_REPLY_FAILED,
} MrDnsReplyStatus;

/* data borrowed. Called from inside c-ares, also before mr_dns_channel_send() returns: may send, must not free a channel. */
typedef void (*MrDnsReplyFunc) (MrDnsReplyStatus status, const guint8 *data, gsize len, gpointer user_data);
/* After each turn in which c-ares worked, outside of it: may free channels. */
typedef void (*MrDnsSettledFunc) (gpointer user_data);

typedef struct {
  const char *servers;     /* "127.0.0.1:5353,[::1]:53"; NULL: those of resolv_conf */
  const char *resolv_conf; /* NULL: the system's */
  guint16 port;            /* of servers that name none; 0: 53 */
  guint first;             /* which server is asked first; those before it come last */
  guint timeout_ms;
  guint tries;
  gboolean direct; /* the server is asked for what it knows itself: no recursion */
} MrDnsChannelOptions;

MrDnsChannel *
mr_dns_channel_new (const MrDnsChannelOptions *options, MrDnsSettledFunc settled, gpointer data, GError **error);
/* Questions in flight get MR_DNS_REPLY_CANCELLED. */
void mr_dns_channel_free (MrDnsChannel *channel);
guint mr_dns_channel_n_servers (MrDnsChannel *channel);
guint mr_dns_channel_in_flight (MrDnsChannel *channel);
guint mr_dns_channel_sent (MrDnsChannel *channel); /* in its life */
/* How a question is put. */
typedef enum {
  MR_DNS_SEND_PLAIN = 0,
  MR_DNS_SEND_EDNS = 1 << 0,     /* not for servers that do not know it */
  MR_DNS_SEND_UNCHECKED = 1 << 1 /* CD: the answer even where its signatures do not fit (RFC 4035 3.2.2) */
} MrDnsSendFlags;
/* FALSE, and func is not called: the question cannot be put into a message. */
gboolean mr_dns_channel_send (MrDnsChannel *channel, const char *name, MrDnsType type, MrDnsSendFlags flags,
                              MrDnsReplyFunc func, gpointer data);

G_END_DECLS
