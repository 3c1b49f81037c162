/* Where things are. No GIO: the daemon reads these before its sandbox stands.
 *
 * An environment variable that is not absolute is ignored (XDG base directory specification). Folders are made 0700 by
 * mr_paths_ensure(); one that belongs to another user is refused.
 */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

typedef struct {
  char *state_dir;    /* $XDG_STATE_HOME/mail-relay */
  char *config_dir;   /* $XDG_CONFIG_HOME/mail-relay */
  char *config_file;  /* config_dir/mail-relay.conf */
  char *runtime_dir;  /* $XDG_RUNTIME_DIR/mail-relay, else /run/user/UID/mail-relay where /run/user/UID is ours, else
                        state_dir/run */
  char *bus_socket;   /* runtime_dir/bus */
  char *store_file;   /* state_dir/queue.sqlite */
  char *lock_file;    /* state_dir/lock */
  char *tls_dir;      /* state_dir/tls: server certificate and key */
  char *secrets_file; /* state_dir/secrets (file back end) */
  char *maildrop_dir; /* state_dir/maildrop */
} MrPaths;

MrPaths *mr_paths_new (void);
MrPaths *mr_paths_copy (const MrPaths *paths);
void mr_paths_free (MrPaths *paths);
gboolean mr_paths_ensure (const MrPaths *paths, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrPaths, mr_paths_free)

G_END_DECLS
