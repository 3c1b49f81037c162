/* The engine's face for the signatures of a message. The rules of engine.h hold. */
#pragma once

#include <mailrelay/engine.h>
#include <mailrelay/signature-records.h>

G_BEGIN_DECLS

/* MrSignatureRecord: what the message went out with, the newest of each key; where it has not gone out yet what will sign it; and what its program
 * signed. check: their keys are asked for in the DNS. Error: MR_ERROR_NOT_FOUND. */
void mr_engine_list_signatures (MrEngine *engine, const char *id, gboolean check, MrRecordsFunc func, gpointer data);

G_END_DECLS
