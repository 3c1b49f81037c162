/* The listener that a browser is sent to at the end of a sign-in (RFC 8252 7.3): a port of the system's choice on 127.0.0.1
 * and, where there is IPv6, on ::1.
 *
 * The first GET of the expected path is answered with a small page and ends it: nothing is accepted afterwards. Whatever else comes
 * is refused and changes nothing. A request has at most 16 KiB and 10 seconds; eight may be open at one time; another
 * user's programs are not listened to.
 */
#pragma once

#include <gio/gio.h>
#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct _MrLocalRedirect MrLocalRedirect;

/* query: as it stands behind '?', still escaped, "" without one; wiped afterwards. Called once; the redirect may be freed inside. */
typedef void (*MrLocalRedirectFunc) (const char *query, gpointer data);

/* path: "/" and letters, digits, '-', '_'. */
MrLocalRedirect *mr_local_redirect_new (const char *path, MrLocalRedirectFunc func, gpointer data, GError **error);
void mr_local_redirect_free (MrLocalRedirect *redirect);
/* "http://HOST:PORT/PATH"; host: "127.0.0.1" or "localhost", whichever the provider wants. (transfer full) */
char *mr_local_redirect_dup_uri (MrLocalRedirect *redirect, const char *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrLocalRedirect, mr_local_redirect_free)

G_END_DECLS
