/* Shared by publish-plan.c (what has to be there), the files that add to a plan, and publish-watch.c (whether it is). */
#pragma once

#include "engine/evidence.h"
#include "engine/publisher.h"
#include "mailauth/publish.h"
#include "net/auth-lookups.h"
#include "policy/dns-providers.h"

G_BEGIN_DECLS

struct _MrPublisher {
  MrEngine *engine;
  GPtrArray *plans;   /* MrPlan under way, owned */
  GPtrArray *watches; /* MrWatch, owned */
  GPtrArray *proofs;  /* MrProof under way: publish-prove.c */
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

struct _MrPlan {
  MrPublisher *publisher;
  GVariant *options;
  char *domain, *zone;
  const char *candidate;    /* of the zone: a tail of domain */
  GPtrArray *servers;       /* char *: names, then NULL */
  MrResolver *own_resolver; /* NULL: the engine's */
  MrLookupTable *table;
  MrLookups *lookups;
  guint rounds;
  GPtrArray *senders;            /* char *, then NULL */
  const MrDnsProvider *provider; /* wished; NULL: told by the name servers */
  MrPublishWish wish;
  MrPublishKey *keys;
  GPtrArray *key_texts;  /* char *: what they point to */
  gboolean direct;       /* mail of the domain goes without a provider */
  gboolean entries_only; /* for a watch */
  char *sts_id, *sts_text;
  GPtrArray *reverse; /* of publish-reverse.c */
  guint reverse_at;
  MrEvidenceLoad *load;
  GPtrArray *records; /* once they are known */
  guint look_ups;
  GVariant *costs; /* a(su): terms of the merged SPF record that look up, and how often; NULL: not known */
  MrPlanDoneFunc func;
  gpointer data;
};

/* func once, later or at once. entries_only: without what only a person reads. */
void mr_plan_start (MrPublisher *publisher, const char *domain, GVariant *options, gboolean entries_only,
                    MrPlanDoneFunc func, gpointer data);
/* Plans of this data: func is not called. */
void mr_plans_cancel (MrPublisher *publisher, gpointer data);
void mr_plan_free (gpointer plan);
void mr_watch_free (gpointer watch);
/* From the loop; dict is referenced, error copied. */
void mr_plan_answer (MrPlanFunc func, GVariant *dict, const GError *error, gpointer data);

/* ---- publish-watch.c, publish-keep.c ---- */

/* One that stands already is left alone. */
void mr_watch_restore (MrPublisher *publisher, const char *domain, gint64 started, GVariant *options);
void mr_watch_remember (MrPublisher *publisher, const char *domain, gint64 started, GVariant *options);
void mr_watch_forget (MrPublisher *publisher, const char *domain);
void mr_watches_restore (MrPublisher *publisher);

MrResolver *mr_plan_get_resolver (MrPlan *plan);

/* ---- publish-wishes.c ---- */

/* An option; NULL: absent or "". Borrowed. */
const char *mr_plan_text (MrPlan *plan, const char *key);
gboolean mr_plan_is_set (MrPlan *plan, const char *key);
gboolean mr_plan_take_wishes (MrPlan *plan, GError **error);

/* ---- publish-reverse.c: the names of the addresses ---- */

/* Which addresses, once; and what is to be known of them is asked of the table. */
void mr_plan_ask_reverse (MrPlan *plan);
/* Who keeps the reverse zones; done later or at once. */
void mr_plan_find_operators (MrPlan *plan, void (*done) (MrPlan *plan));
GVariant *mr_plan_reverse_to_variant (MrPlan *plan); /* floating aa{sv} */

/* ---- publish-steps.c: what goes with the records of MTA-STS, TLSRPT and DMARC ---- */

/* The id of the policy among the wishes, once its servers are known. */
void mr_plan_take_policy_file (MrPlan *plan);
GVariant *mr_plan_policy_file_to_variant (MrPlan *plan);                       /* floating a{sv} */
GVariant *mr_plan_tls_reports_to_variant (MrPlan *plan);                       /* the same */
GVariant *mr_plan_dmarc_to_variant (MrPlan *plan, const MrEvidence *evidence); /* the same; evidence may be NULL */
/* The policy of the domain's record; "": none; NULL: it could not be looked up. */
const char *mr_plan_get_policy (MrPlan *plan);
/* The service is ending: its function is called, now or when the pool gives it back. */
typedef struct _MrProof MrProof;
void mr_proof_stop (MrProof *proof);

G_END_DECLS
