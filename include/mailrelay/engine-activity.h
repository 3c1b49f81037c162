/* The engine's public face for what is being sent right now. The same rules as in engine.h.
 *
 * Nothing is kept or told for it: a list is made when it is asked for, so that it costs nothing while nobody looks.
 */
#pragma once

#include <mailrelay/records.h>
#include <mailrelay/engine.h>

G_BEGIN_DECLS

/* MrActivityRecord, one for each connection that has a message, the oldest first. */
void mr_engine_list_activity (MrEngine *engine, MrRecordsFunc func, gpointer data);
/* Keeps the message back and ends the connections that are sending it, unless the final dot is out: the server then throws away what it has of it,
 * and what waits for its answer may have been delivered. count: connections that were ended. */
void mr_engine_stop_sending (MrEngine *engine, const char *id, MrCountFunc func, gpointer data);

G_END_DECLS
