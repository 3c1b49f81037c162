/* Questions to one name server of a zone, past all caches: what it says itself, without recursion. In the loop of the thread that made it.
 *
 * A truncated answer is asked for again over TCP. An answer that is not authoritative (AA) is given as it is: a server that does not serve the zone
 * ("lame") answers so.
 */
#pragma once

#include "net/dns-message.h"

G_BEGIN_DECLS

typedef struct _MrDnsServer MrDnsServer;

/* address: numeric. MR_ERROR_INVALID for anything else. timeout_ms: of the first try, doubled with each. */
MrDnsServer *mr_dns_server_new (const char *address, guint16 port, guint timeout_ms, guint tries, GError **error);
/* Questions in flight are forgotten: their functions are not called. */
void mr_dns_server_free (MrDnsServer *server);
const char *mr_dns_server_get_address (MrDnsServer *server);

/* answer: borrowed; NULL with error: MR_ERROR_TIMED_OUT, MR_ERROR_NETWORK (nobody listens there), MR_ERROR_PROTOCOL (it cannot be read), MR_ERROR_REFUSED (an
 * rcode: SERVFAIL, REFUSED ...; the message names it). */
typedef void (*MrDnsServerFunc) (const MrDnsAnswer *answer, const GError *error, gpointer data);
/* func is called once, after this returned. May free the server. */
void mr_dns_server_ask (MrDnsServer *server, const char *name, MrDnsType type, MrDnsServerFunc func, gpointer data);
const char *mr_dns_rcode_name (guint rcode); /* "SERVFAIL" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDnsServer, mr_dns_server_free)

G_END_DECLS
