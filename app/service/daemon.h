/* The service as a process: engine and bus in one main loop, until it is told to end. */
#pragma once

#include <mailrelay/engine.h>

#include "service/options.h"

G_BEGIN_DECLS

typedef struct _MrDaemon MrDaemon;

/* paths and options are borrowed: they outlive the daemon. */
MrDaemon *mr_daemon_new (const MrPaths *paths, const MrServiceOptions *options, MrClock *clock);
void mr_daemon_free (MrDaemon *daemon);
/* Opens everything, runs the main loop, closes everything. Error: it could not start; the message says what to do. */
gboolean mr_daemon_run (MrDaemon *daemon, GError **error);
/* The first time: what is in flight may finish for 10 s. The second time: at once. */
void mr_daemon_stop (MrDaemon *daemon);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDaemon, mr_daemon_free)

G_END_DECLS
