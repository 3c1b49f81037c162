/* Shared by publish-plan.c (what has to be there) and publish-watch.c (whether it is). */
#pragma once

#include "engine/publisher.h"
#include "mailauth/publish.h"

G_BEGIN_DECLS

struct _MrPublisher {
  MrEngine *engine;
  GPtrArray *plans;   /* MrPlan under way, owned */
  GPtrArray *watches; /* MrWatch, owned */
  MrWatchFunc func;
  gpointer data;
};

typedef struct _MrPlan MrPlan;
typedef struct _MrWatch MrWatch;

/* A plan that is complete: records as MrPublishRecord, and the zone with its name servers. Borrowed. */
typedef struct {
  const char *domain, *zone;
  char **servers;
  GPtrArray *records;
  GVariant *dict;
} MrPlanResult;

typedef void (*MrPlanDoneFunc) (const MrPlanResult *result, const GError *error, gpointer data);
/* func once, later or at once. */
void mr_plan_start (MrPublisher *publisher, const char *domain, GVariant *options, MrPlanDoneFunc func, gpointer data);
/* Plans of this data: func is not called. */
void mr_plans_cancel (MrPublisher *publisher, gpointer data);
void mr_plan_free (gpointer plan);
void mr_watch_free (gpointer watch);

G_END_DECLS
