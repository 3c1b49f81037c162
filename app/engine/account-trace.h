/* What each part of a test told, taken from its connection. */
#pragma once

#include <mailrelay/records.h>

#include "engine/connection.h"

G_BEGIN_DECLS

typedef struct {
  MrConnection *connection;
  const MrAccountRecord *record;
  const char *address; /* being asked, NULL */
  const char *sender;  /* NULL */
  gint64 now;          /* wall time */
} MrTraceFacts;

/* Sets part, stage, code, enhanced, text, warning and details of a part that is over (also of one that failed: what is known by then). The result
 * (transfer full) holds the details; NULL: there are none. */
GVariant *mr_account_trace_fill (MrTracePart part, const MrTraceFacts *facts, MrTraceStep *step);
MrStage mr_account_trace_stage (MrTracePart part);
/* The part in which a connection failed that had begun `begun`. */
MrTracePart mr_account_trace_failed_part (MrStage stage, MrTracePart begun);

G_END_DECLS
