/* A child that looks into /proc for us.
 *
 * A process in a Landlock domain may not look at the open files of processes outside it, which is how the program behind a connection is found. So a
 * child is made before the sandbox stands, that does nothing else: it gets a uid and the number of a socket, and gives a process id and the program's name. It reads nothing
 * from the network and ends when the service ends.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* Name: (transfer full) or NULL. */
typedef gint64 (*MrProcessFindFunc) (gint64 uid, guint64 inode, char **ret_name);

/* Forks: before the first thread, before the sandbox. The helper answers with find. */
gboolean mr_process_helper_start (MrProcessFindFunc find, GError **error);
/* TRUE: the helper has answered, *ret_pid (0: not found) and *ret_name (transfer full, NULL: unknown). FALSE: there is no helper, or it did not answer within a quarter of a second. */
gboolean mr_process_helper_ask (gint64 uid, guint64 inode, gint64 *ret_pid, char **ret_name);

G_END_DECLS
