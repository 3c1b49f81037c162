/* One connection of a lane and the transactions that go through it, one after the other. */
#pragma once

#include "engine/scheduler.h"

G_BEGIN_DECLS

typedef struct _MrDelivery MrDelivery;

/* Connects for this task (transfer full) and goes on with what waits in its lane. */
MrDelivery *mr_delivery_new (MrEngine *engine, MrLane *lane, MrTask *task);
/* Ends at once; a task that was open is left as the store has it. */
void mr_delivery_free (MrDelivery *delivery);
/* An idle connection takes the next task of its lane. FALSE: it is busy. */
gboolean mr_delivery_wake (MrDelivery *delivery);
gboolean mr_delivery_is_idle (MrDelivery *delivery);
/* Kept for mail that may come, and not in the middle of one of its callbacks: it may be freed. */
gboolean mr_delivery_is_parked (MrDelivery *delivery);
/* A person ends it: its task waits again. FALSE: the final dot is out. Not in one of its callbacks: it is freed. */
gboolean mr_delivery_stop (MrDelivery *delivery);
/* Its task is sending this recipient right now. */
gboolean mr_delivery_is_sending (MrDelivery *delivery, const char *id, guint recipient);

G_END_DECLS
