/* What stops mail on purpose: rules that keep messages back, held messages that go by themselves at their time, and pauses with an end. */
#pragma once

#include <mailrelay/engine-holds.h>

#include "engine/engine-private.h"

G_BEGIN_DECLS

typedef struct _MrHolds MrHolds;

MrHolds *mr_holds_new (MrEngine *engine);
void mr_holds_free (MrHolds *holds);
/* The configuration changed. */
void mr_holds_reload (MrHolds *holds);
/* TRUE: a rule keeps the message back, and its record says which and until when. */
gboolean mr_holds_keep (MrHolds *holds, MrMessageRecord *record);
/* A rule keeps everything back. */
gboolean mr_holds_everything (MrHolds *holds);
/* Wall time at which all sending goes on; 0: not paused, or without end. */
gint64 mr_holds_paused_until (MrHolds *holds);
MrHoldRuleRecord *mr_holds_dup_rule (MrHolds *holds, const char *id); /* NULL: there is none */

G_END_DECLS
