/* The inside of a search for settings.
 *
 * A job owns its inquiries: one question to one place each, with at most one thing open (a request, a look-up, a connection). The step function may
 * end the job, so whoever is called from outside holds a reference on the job and looks at `over` after each telling.
 */
#pragma once

#include <mailrelay/engine-accounts.h>

#include "engine/connection.h"
#include "engine/discovery.h"
#include "engine/providers.h"
#include "net/http.h"
#include "policy/presets.h"

G_BEGIN_DECLS

typedef struct _MrDiscovery MrDiscovery;
typedef struct _MrInquiry MrInquiry;

struct _MrInquiry {
  MrDiscovery *job;
  MrSource source;
  guint rank; /* lower wins */
  char *host; /* who is asked, or the name that is looked up */
  gboolean ended;
  gboolean is_file;  /* one of several files of settings, of which the best counts alone */
  gboolean insecure; /* how we came to ask there is not proven */
  /* what is open */
  MrHttpRequest *request;
  gboolean looking_up; /* the resolver has it as its data */
  MrConnection *connection;
  guint16 port; /* of a probe */
  MrTlsMode tls;
};

/* In a box. */
struct _MrDiscovery {
  MrDiscoveries *all;
  guint number;
  MrDiscoverFlags flags;
  char *address; /* as typed; only for filling in, here */
  char *domain;  /* A-labels, lower case */
  gboolean bare; /* only a domain was given; address stands for any */
  MrDiscoverStepFunc step;
  MrDiscoverDoneFunc done;
  gpointer data;
  gint64 started;
  MrPresets *presets;
  const MrPreset *known; /* by the domain, or by its MX; NULL */
  MrHttp *http;          /* NULL: http_trouble says why */
  char *http_trouble;
  GPtrArray *inquiries;
  guint open;
  guint answers;    /* inquiries that were answered, if only with nothing */
  guint trouble;    /* inquiries that could not be asked */
  GPtrArray *found; /* of discovery-records.c */
  guint timer, idle;
  guint best; /* rank of the best finding; G_MAXUINT: none */
  gboolean hurried, probing;
  gboolean no_domain; /* the domain does not exist */
  gboolean over;
};

struct _MrDiscoveries {
  MrEngine *engine;
  GPtrArray *jobs;
  guint last;
  guint patience_ms, hurry_ms;
  guint16 https_port, submissions_port, submission_port;
};

/* ---- discovery.c ---- */

/* Tells "trying". NULL: the job is over. */
MrInquiry *mr_discovery_ask (MrDiscovery *job, MrSource source, guint n, const char *host);
/* A source that is not asked; text: why. */
/* FALSE: over, or told as skipped because the person did not agree to it. */
gboolean
mr_discovery_may_ask (MrDiscovery *job, MrDiscoverFlags flag, MrSource source, const char *host, const char *text);
void mr_discovery_skip (MrDiscovery *job, MrSource source, const char *host, const char *text);
/* Each of these ends the inquiry. records: MrDiscoveryRecord; empty counts as nothing. */
void mr_inquiry_found (MrInquiry *inquiry, GPtrArray *records);
void mr_inquiry_nothing (MrInquiry *inquiry);
void mr_inquiry_failed (MrInquiry *inquiry, const char *text);
/* Nothing where the error says that there is nothing; else failed. */
void mr_inquiry_error (MrInquiry *inquiry, const GError *error);
void mr_inquiry_skip (MrInquiry *inquiry, const char *text);
MrDiscovery *mr_discovery_ref (MrDiscovery *job);
void mr_discovery_unref (MrDiscovery *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDiscovery, mr_discovery_unref)

/* ---- discovery-records.c ---- */

/* What a source said, made fit and kept: with the provider's words where the host is a known one. What cannot be taken at all is left out; TRUE
 * where something is left. */
gboolean mr_discovery_accept (MrInquiry *inquiry, const GPtrArray *records);
void mr_discovery_found_free (gpointer found);
/* Best first, without doubles, with their conflicts. (transfer full) */
GPtrArray *mr_discovery_dup_results (MrDiscovery *job);

/* ---- discovery-web.c ---- */

void mr_discovery_ask_autoconfig (MrDiscovery *job);
void mr_discovery_ask_ispdb (MrDiscovery *job);
void mr_discovery_ask_autodiscover (MrDiscovery *job);
/* The autoconfig of whoever takes the domain's mail. */
void mr_discovery_ask_mx_hoster (MrDiscovery *job, const char *mx_host);

/* ---- discovery-dns.c ---- */

void mr_discovery_ask_srv (MrDiscovery *job);
void mr_discovery_ask_mx (MrDiscovery *job);

/* ---- discovery-probe.c ---- */

void mr_discovery_probe (MrDiscovery *job);

G_END_DECLS
