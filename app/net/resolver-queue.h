/* Shared by resolver.c (look-ups, life) and resolver-queue.c (the questions that they are made of). */
#pragma once

#include "net/dns-channel.h"
#include "net/dns-request.h"
#include "net/hosts-file.h"

G_BEGIN_DECLS

#define MR_RESOLVER_SERVERS_MAX 3

struct _MrResolver {
  guint refs;
  gboolean closed;
  char *servers;
  char *resolv_conf;
  guint16 port;
  guint timeout_ms, tries;
  MrDnsChannel *channels[MR_RESOLVER_SERVERS_MAX]; /* which server is first */
  GPtrArray *retired;
  guint in_flight;
  GQueue waiting; /* MrDnsQuestion */
  GQueue all;     /* MrDnsRequest */
  GQueue done;    /* MrDnsRequest: to be told */
  GSource *kick;
  MrHostsFile *hosts;
  GFileMonitor *monitors[2];
};

/* Before the first look-up: told in the loop of this thread. */
void mr_resolver_queue_init (MrResolver *self);
/* Whoever waits is told that it is cancelled. closed is set before. */
void mr_resolver_queue_clear (MrResolver *self);
/* request (transfer full): its questions queue, and as many as may go out do. Its owner is told in a later turn of the loop. */
void mr_resolver_start (MrResolver *self, MrDnsRequest *request);
/* Borrowed: the channel that asks this server of the list first. NULL with error where its servers cannot be read. */
MrDnsChannel *mr_resolver_get_channel (MrResolver *self, guint first, GError **error);
/* New questions go to channels that read resolv.conf anew. */
void mr_resolver_retire_channels (MrResolver *self);
/* The last reference is dropped by whoever is last: mr_resolver_free(), or the queue from which it was called. */
void mr_resolver_unref (MrResolver *self);

G_END_DECLS
