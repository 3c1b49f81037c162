/* A scripted DNS server on a free port of 127.0.0.1, UDP and TCP, in the loop of the test. */
#pragma once

#include "dns-wire.h"

G_BEGIN_DECLS

typedef struct _DnsServer DnsServer;

typedef struct {
  const char *name; /* as it was asked */
  guint type;
  gboolean edns;
  gboolean tcp;
  gboolean recursion, unchecked; /* RD, CD */
  guint16 id;
  guint16 source_port;
} DnsQuery;

/* The answer, made with wire_new() (its id is set for it); NULL: none. */
typedef GByteArray *(*DnsHandler) (DnsServer *server, const DnsQuery *query, gpointer data);

struct _DnsServer {
  guint16 port;
  char *address; /* "127.0.0.1:PORT" */
  guint queries;
  gboolean hold; /* answers are kept until dns_server_release() */
  DnsHandler handler;
  gpointer data;
  GHashTable *ids, *ports; /* all that were seen */
  /* its own */
  int udp, tcp;
  guint udp_source, tcp_source;
  GPtrArray *held;
};

DnsServer *dns_server_new (DnsHandler handler, gpointer data);
/* On 127.0.0.HOST, at the port of another server; NULL where that is taken. */
DnsServer *dns_server_new_beside (const DnsServer *other, guint host);
void dns_server_free (DnsServer *server);
void dns_server_release (DnsServer *server);

G_END_DECLS
