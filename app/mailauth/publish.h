/* What a domain has to publish so that its mail is believed: the exact records, merged with what is there. Pure: what is there is handed in.
 *
 * Nothing that exists is lost: an SPF record is merged (several become one), a DMARC record keeps its tags, keys stand side by side. pct, rf and ri, which
 * RFC 9989 dropped, are never written.
 */
#pragma once

#include "mailauth/dmarc.h"

G_BEGIN_DECLS

typedef enum {
  MR_PUBLISH_SPF,
  MR_PUBLISH_DKIM,
  MR_PUBLISH_DMARC,
  MR_PUBLISH_MTA_STS,
  MR_PUBLISH_TLSRPT,
  MR_PUBLISH_N_KINDS
} MrPublishKind;

typedef enum {
  MR_PUBLISH_DONE,    /* it stands there as it has to */
  MR_PUBLISH_ADD,     /* there is none yet */
  MR_PUBLISH_REPLACE, /* in place of the ones in existing, all of which go */
  MR_PUBLISH_UNKNOWN, /* what is there could not be looked up */
  MR_PUBLISH_N_STATES
} MrPublishState;

const char *mr_publish_kind_nick (MrPublishKind kind);    /* "spf" "dkim" "dmarc" "mta-sts" "tlsrpt" */
const char *mr_publish_state_nick (MrPublishState state); /* "done" "add" "replace" "unknown" */

typedef struct {
  MrPublishKind kind;
  MrPublishState state;
  char *name;      /* whole, without a final dot */
  char *value;     /* of the TXT record, joined */
  char **existing; /* those of the kind that stand there */
  char *problem;   /* why no value can be given (value ""), translated; NULL */
} MrPublishRecord;

typedef struct {
  const char *name, *record; /* of a key */
} MrPublishKey;

typedef struct {
  const char *domain;         /* A-labels */
  const char *const *senders; /* SPF mechanisms that must be there, without qualifier */
  const MrPublishKey *keys;   /* that must be published */
  guint n_keys;
  MrDmarcPolicy step;      /* the policy that is wished; UNSET: what there is, else none */
  const char *reports;     /* address for DMARC reports, NULL or "": as it is */
  const char *sts_id;      /* id of an MTA-STS policy that is served; NULL: no such record */
  const char *tls_reports; /* address for TLSRPT; NULL: no such record */
} MrPublishWish;

/* *ret_texts: the texts at a name; borrowed, may be empty. FALSE: they could not be looked up. */
typedef gboolean (*MrPublishLookFunc) (const char *name, const char *const **ret_texts, gpointer data);
/* MrPublishRecord in the order in which they are best published. (transfer full) */
GPtrArray *mr_publish_plan (const MrPublishWish *wish, MrPublishLookFunc look, gpointer data);

/* A line of a zone file. (transfer full) */
char *mr_publish_zone_line (const MrPublishRecord *record);
/* The record with another policy; existing NULL or "": a new one. reports: added where it has no rua, NULL: not. Error MR_ERROR_INVALID: existing is no
 * record that can be kept. (transfer full) */
char *mr_dmarc_edit (const char *existing, MrDmarcPolicy policy, const char *reports, GError **error);

/* ---- the next step of DMARC ---- */

#define MR_DMARC_STEP_DAYS 30 /* RFC 9989 7.4: at least a month each */

typedef enum {
  MR_STEP_GO,          /* to the policy in ret_next */
  MR_STEP_END,         /* there is none further */
  MR_STEP_TOO_EARLY,   /* a month has not passed */
  MR_STEP_NO_REPORTS,  /* nothing is known yet of who sends */
  MR_STEP_FAILURES,    /* mail that should pass fails */
  MR_STEP_NO_SIGNATURE /* reject would rest on SPF alone (RFC 9989 7.4) */
} MrDmarcStep;

typedef struct {
  MrDmarcPolicy policy;      /* in force */
  guint days;                /* since it has been */
  guint64 messages, failing; /* of one's own services, from reports of that time */
  gboolean signs;            /* one's mail has good signatures */
  gboolean lists;            /* people of the domain write to mailing lists: ends at quarantine */
} MrDmarcEvidence;

MrDmarcStep mr_dmarc_next_step (const MrDmarcEvidence *evidence, MrDmarcPolicy *ret_next);

void mr_publish_record_free (MrPublishRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrPublishRecord, mr_publish_record_free)

G_END_DECLS
