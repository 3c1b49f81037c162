/* The engine's face for the last steps of a domain's set-up: changing entries where the person has the zone's key, and checking the signatures of a message
 * that came back. The rules of engine.h hold.
 */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* Who may keep a domain's entries: aa{sv}, see ListDnsProviders in data/dbus. (transfer full) */
GVariant *mr_engine_dup_dns_providers (void);

/* Plans once more with these options (mr_engine_plan_records()) and has the name server change what the plan wants changed, all of it or nothing (RFC 2136
 * 3.7). server: "192.0.2.1:53", "[2001:db8::1]:53" or a name. key: text of a file as tsig-keygen(8) writes it. func gets the count of changed entries.
 * Errors: MR_ERROR_INVALID (key, server, options), MR_ERROR_REFUSED (by the server), MR_ERROR_PROTOCOL (its answer is not signed with the key). */
void mr_engine_update_dns (MrEngine *engine, const char *domain, GVariant *options, const char *server, MrSecret *key,
                           MrCountFunc func, gpointer data);

/* signatures: aa{sv}, see VerifyMessage in data/dbus; NULL with error. Borrowed. */
typedef void (*MrSignaturesFunc) (GVariant *signatures, const GError *error, gpointer data);
/* The signatures (DKIM) of a message, with keys as the DNS has them now. fd: a plain file of at most 64 MiB, from its beginning (transfer full); line ends of
 * LF are taken as CRLF. Errors: MR_ERROR_INVALID, MR_ERROR_TOO_BIG. */
void mr_engine_verify_message (MrEngine *engine, int fd, MrSignaturesFunc func, gpointer data);

G_END_DECLS
