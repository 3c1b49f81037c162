/* Starting mail-relayd as a process of its own: from the build folder that this program runs from, else the installed one. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* TRUE for a program that runs from the folder it was built in. */
gboolean mr_launch_is_build_folder (void);
/* (transfer full) */
char *mr_launch_dup_service_path (void);

typedef struct _MrLaunch MrLaunch;

/* In a session of its own, with no terminal. NULL with error where it cannot be started at all. */
MrLaunch *mr_launch_new (GError **error);
/* Lets go of it; the service goes on. */
void mr_launch_free (MrLaunch *launch);
/* TRUE once it ended again; *ret_words (transfer full): what it said last. */
gboolean mr_launch_has_failed (MrLaunch *launch, char **ret_words);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrLaunch, mr_launch_free)

G_END_DECLS
