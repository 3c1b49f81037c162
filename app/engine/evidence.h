/* What kept aggregate reports say of a domain: see evidence.c. */
#pragma once

#include <mailrelay/engine-evidence.h>

#include "engine/engine-private.h"

G_BEGIN_DECLS

typedef struct {
  char *source; /* "": all others */
  guint64 messages, passed, dkim, spf;
  char *domains, *dispositions;
  gboolean foreign; /* a person said that it is none of theirs */
} MrEvidenceSource;

/* Times in seconds. Counts are those of reports since the policy is in force. */
typedef struct {
  char *domain, *policy; /* policy: nick, "": none was seen yet */
  gint64 since;          /* 0: not known */
  guint reports;
  GPtrArray *organisations; /* char * */
  gint64 begin, end;
  guint64 messages, passed, failing, by_signature;
  GPtrArray *sources; /* MrEvidenceSource */
} MrEvidence;

typedef struct _MrEvidenceLoad MrEvidenceLoad;
/* evidence borrowed, NULL with error. Called once, later, unless cancelled. policy: the one that is published now, which is remembered with the time where it
 * is another than the last one; NULL: it was not looked up. */
typedef void (*MrEvidenceFunc) (const MrEvidence *evidence, const GError *error, gpointer data);
MrEvidenceLoad *
mr_evidence_load (MrEngine *engine, const char *domain, const char *policy, MrEvidenceFunc func, gpointer data);
void mr_evidence_load_cancel (MrEvidenceLoad *load);
/* Floating a{sv}. */
GVariant *mr_evidence_to_variant (const MrEvidence *evidence);

/* ---- evidence-notes.c: how it is kept ---- */

#define MR_EVIDENCE_NOTES "dmarc"

/* A report of one receiver for one time. */
typedef struct {
  char *organisation, *policy;
  gint64 begin, end;
  GPtrArray *sources; /* MrEvidenceSource */
} MrKeptReport;

void mr_evidence_source_free (gpointer source);
void mr_kept_report_free (MrKeptReport *report);
/* NULL: the text is none of ours. (transfer full) */
MrKeptReport *mr_kept_report_from_text (const char *text);
/* Adds to a source of that address among sources, or a new one. */
void mr_evidence_add_source (GPtrArray *sources, const MrEvidenceSource *more);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrKeptReport, mr_kept_report_free)

G_END_DECLS
