/* Non-blocking connect to one address; and the state of the network. connect() decides: the monitor only speeds things up. */
#pragma once

#include <mailrelay/types.h>
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MrConnect MrConnect;

/* fd >= 0 belongs to the callee; else error: MR_ERROR_TIMED_OUT, MR_ERROR_NETWORK (refused, reset ...); no_route TRUE for
 * ENETUNREACH and EHOSTUNREACH, ENETDOWN. Never called before the call returns, never after mr_connect_cancel(). */
typedef void (*MrConnectFunc) (int fd, gboolean no_route, const GError *error, gpointer data);
MrConnect *mr_connect_start (const char *address, guint16 port, guint timeout_ms, MrConnectFunc func, gpointer data);
void mr_connect_cancel (MrConnect *connect);

/* Our own address of a connected socket, without port; NULL where it cannot be told. (transfer full) */
char *mr_connect_dup_local_address (int fd);

/* The address that this computer would send from to the internet: of IPv4 or IPv6; nothing is sent. (transfer full) NULL: there is no way out. */
char *mr_connect_dup_source_address (gboolean is_ip6);

/* Network monitor of the platform (GNetworkMonitor). func is called when something changed (coalesced, 1 s). */
typedef struct _MrNetworkWatch MrNetworkWatch;
typedef void (*MrNetworkFunc) (gboolean available, gpointer data);
MrNetworkWatch *mr_network_watch_new (MrNetworkFunc func, gpointer data);
void mr_network_watch_free (MrNetworkWatch *watch);
gboolean mr_network_watch_is_available (MrNetworkWatch *watch);
/* What goes through it is counted and may cost (mobile networks). FALSE where nobody knows. */
gboolean mr_network_watch_is_metered (MrNetworkWatch *watch);
/* It leads to a page that wants a person to sign in first: what answers in place of a host is not that host. */
gboolean mr_network_watch_is_captive (MrNetworkWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrNetworkWatch, mr_network_watch_free)

G_END_DECLS
