/* DNS through c-ares in the loop of the thread that made it; numeric addresses answer themselves.
 *
 * At most 200 queries are in flight, the rest queue. Answers are parsed by one bounds-checked reader. /etc/resolv.conf is
 * watched; names of /etc/hosts are honoured for addresses (not for MX). A callback is never called before the call returns.
 */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

#include "net/dns-message.h"

G_BEGIN_DECLS

typedef struct _MrResolver MrResolver;

typedef struct {
  guint preference;
  char *name; /* "" for null MX (RFC 7505) */
} MrMxRecord;

typedef struct {
  guint priority, weight;
  guint16 port;
  char *target; /* "" for "decidedly not offered here" (RFC 2782, target ".") */
} MrSrvRecord;

/* servers: "127.0.0.1:5353,[::1]:53" (or ';' between them); NULL or "": the system's. MR_ERROR_INVALID for anything else. */
MrResolver *mr_resolver_new (const char *servers, guint timeout_ms, guint tries, GError **error);
/* FALSE, with the same error, where mr_resolver_new() would not take them. */
gboolean mr_resolver_check_servers (const char *servers, GError **error);
void mr_resolver_free (MrResolver *resolver); /* callbacks of queries in flight get MR_ERROR_CANCELLED */

/* records: MrMxRecord, sorted by preference, shuffled within one; borrowed. Error: MR_ERROR_DNS_NOT_FOUND with
 * nxdomain TRUE (the name does not exist) or FALSE (no MX), MR_ERROR_DNS_TEMPORARY. */
typedef void (*MrMxFunc) (GPtrArray *records, gboolean nxdomain, const GError *error, gpointer data);
void mr_resolver_lookup_mx (MrResolver *resolver, const char *domain, MrMxFunc func, gpointer data);

/* addresses: numeric strings, IPv6 and IPv4 interleaved (RFC 8305 order, IPv6 first), at most 16; borrowed. */
typedef void (*MrAddressFunc) (const char *const *addresses, const GError *error, gpointer data);
void mr_resolver_lookup_addresses (MrResolver *resolver, const char *host, MrAddressFunc func, gpointer data);

/* name: "_submissions._tcp.example.com". records: MrSrvRecord in the order in which they are to be tried; borrowed. Errors as for MX. */
typedef void (*MrSrvFunc) (GPtrArray *records, const GError *error, gpointer data);
void mr_resolver_lookup_srv (MrResolver *resolver, const char *name, MrSrvFunc func, gpointer data);

/* Records of one type as texts, without the hosts file: addresses, names (MX by preference), or joined TXT strings. type: number of the DNS type, one
 * that MrDnsType has. records: borrowed, NULL-terminated, never NULL. Errors and nxdomain as for MX. */
typedef void (*MrTextsFunc) (const char *const *records, gboolean nxdomain, const GError *error, gpointer data);
void mr_resolver_lookup_records (MrResolver *resolver, const char *name, guint type, MrTextsFunc func, gpointer data);

/* The answer as it came, with its header bits, for any type that MrDnsType has: found, no data or no such name. answer: borrowed, NULL with error
 * (MR_ERROR_DNS_TEMPORARY, or MR_ERROR_DNS_NOT_FOUND for what can be no name). */
typedef void (*MrAnswerFunc) (const MrDnsAnswer *answer, const GError *error, gpointer data);
void
mr_resolver_lookup_answer (MrResolver *resolver, const char *name, MrDnsType type, MrAnswerFunc func, gpointer data);
/* The same even where the resolver finds that the signatures do not fit and therefore gives no answer otherwise: to tell that from other failures. */
void
mr_resolver_lookup_unchecked (MrResolver *resolver, const char *name, MrDnsType type, MrAnswerFunc func, gpointer data);

/* Cancels every query of this func/data owner: its callbacks are not called. */
void mr_resolver_cancel (MrResolver *resolver, gpointer data);

void mr_mx_record_free (MrMxRecord *record);
void mr_srv_record_free (MrSrvRecord *record);

/* TRUE for loopback, unspecified, link-local, RFC 1918, ULA, CGNAT, multicast, documentation-free special ranges: no MX may be there unless
 * configured. FALSE for text that is no address. */
gboolean mr_address_is_private (const char *address);
gboolean mr_address_is_loopback (const char *address);
gboolean mr_address_is_numeric (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrResolver, mr_resolver_free)

G_END_DECLS
