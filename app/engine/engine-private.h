/* The engine's inside: one struct that owns every part, and the few things that parts ask of the whole.
 *
 * Everything here runs in one thread. Parts know the engine, never each other's structs; what they ask of each other goes through the headers of
 * this folder. Lifetimes: configuration, store, secrets, diagnosis and resolver outlive accounts, scheduler and submission, which are stopped
 * in the opposite order of their making.
 */
#pragma once

#include <mailrelay/engine.h>

#include "base/config.h"
#include "ndr/diagnosis.h"
#include "net/connect.h"
#include "net/http.h"
#include "net/resolver.h"
#include "net/tls.h"
#include "policy/presets.h"
#include "secrets/secrets.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct _MrConfiguration MrConfiguration;
typedef struct _MrAccounts MrAccounts;
typedef struct _MrLimits MrLimits;
typedef struct _MrPrograms MrPrograms;
typedef struct _MrScheduler MrScheduler;
typedef struct _MrSubmission MrSubmission;
typedef struct _MrTests MrTests;
typedef struct _MrReports MrReports;
typedef struct _MrHolds MrHolds;
typedef struct _MrOauth MrOauth;
typedef struct _MrSignIns MrSignIns;
typedef struct _MrDiscoveries MrDiscoveries;
typedef struct _MrDkim MrDkim;
typedef struct _MrPublisher MrPublisher;
typedef struct _MrDomains MrDomains;

/* In a box: what is still under way in the pool or the loop when it is freed keeps the struct, with configuration NULL. */
struct _MrEngine {
  MrPaths *paths;
  MrClock *clock;
  MrConfiguration *configuration;
  MrSecrets *secrets;
  MrStore *store;
  MrDiagnosis *diagnosis;
  MrResolver *resolver;
  MrNetworkWatch *network;
  MrTlsTrust *trust;
  char *trust_file; /* what trust was made from */
  MrHttp *http;
  char *http_file;           /* what http was made with */
  MrPresets *presets;        /* providers.c */
  char *presets_stamp;       /* what they were made from */
  GPtrArray *presets_errors; /* char *: files of the person that were left out, and why */
  MrTlsServer *tls_server;
  MrAccounts *accounts;
  MrLimits *limits;
  MrPrograms *programs;
  MrScheduler *scheduler;
  MrReports *reports;
  MrHolds *holds;
  MrSubmission *submission;
  MrTests *tests;
  MrOauth *oauth;
  MrSignIns *sign_ins;
  MrDiscoveries *discoveries;
  MrDkim *dkim;
  MrPublisher *publisher;
  MrDomains *domains;
  MrEngineChangedFunc changed_func;
  gpointer changed_data;
  MrChanged changed;
  guint changed_source;
  guint64 revision;
  guint hourly_source;
  guint purge_source;  /* of edits.c */
  guint64 connections; /* made so far, both ways: their names in the log */
  GPtrArray *readings; /* of command-line.c */
  GQueue drops;        /* char *: maildrop files that wait for their turn */
  guint drops_open;
  gboolean drops_begin; /* one is being begun: a refusal comes back from inside */
  gboolean running;
  gboolean stopping;
  GQueue unwritten; /* of record.c */
  guint unwritten_source, unwritten_pause;
  /* online clock: see online.c */
  gboolean offline;
  gint64 online_usec; /* up to online_mark */
  gint64 online_mark; /* monotonic */
};

/* The configuration in force. Borrowed until the next change. */
MrConfig *mr_engine_get_config (MrEngine *engine);
/* Something changed: told coalesced. */
void mr_engine_notify (MrEngine *engine, MrChanged what);

/* ---- engine-means.c ---- */

/* Trust anchors of an account: its own CA file, else the configuration's. (transfer full) NULL with error where the file cannot be read. */
MrTlsTrust *mr_engine_dup_trust (MrEngine *engine, const char *ca_file, GError **error);
/* The client for HTTPS, with the trust of the configuration. (transfer full) NULL with error where the CA file cannot be read. */
MrHttp *mr_engine_dup_http (MrEngine *engine, GError **error);
/* (Re)makes the secrets back end from the configuration. */
gboolean mr_engine_open_secrets (MrEngine *engine, GError **error);

/* ---- online.c: time that counts for giving up ---- */

/* Microseconds of online time of this store: neither time asleep nor offline is in it. */
gint64 mr_engine_online_now (MrEngine *engine);
/* An attempt found no way to its host / got through. */
void mr_engine_saw_no_route (MrEngine *engine);
void mr_engine_saw_network (MrEngine *engine);
void mr_engine_load_online (MrEngine *engine);
void mr_engine_save_online (MrEngine *engine);

/* ---- pool.c ---- */

/* Runs func in a worker thread, then done in this thread; both once. */
void mr_engine_run_in_pool (void (*func) (gpointer data), void (*done) (gpointer data), gpointer data);

G_END_DECLS
