/* SIGTERM and SIGINT from outside, as calls in the main loop. */
#pragma once

#include <mailrelay/types.h>

G_BEGIN_DECLS

/* Called once for each signal that another process (or the terminal) sent. SIGPIPE is ignored from here on. */
typedef void (*MrSignalFunc) (int signal_number, gpointer data);
/* Before the first thread. One watch a process. */
gboolean mr_signals_watch (MrSignalFunc func, gpointer data, GError **error);
void mr_signals_unwatch (void);

G_END_DECLS
