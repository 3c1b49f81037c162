/* Whether a domain has become worse: pure, over a report and what was known before.
 *
 * What is compared with is the last state that was in order, not the report before: a fault stands as a drift until it is gone or a person says that it is as
 * it should be. A drift counts as confirmed when a second check has seen it: what resolves itself is told to nobody. What could not be told is no change.
 */
#pragma once

#include <mailrelay/domain-records.h>

G_BEGIN_DECLS

typedef struct {
  MrDomainFinding *finding; /* as it was seen last, with a fact "before" */
  gint64 since;             /* wall time */
  guint seen;               /* checks in a row */
} MrDrift;

typedef struct {
  char *route;      /* what was judged: another one begins anew; "": nothing yet */
  char **addresses; /* public ones of direct delivery */
  GPtrArray *base; /* MrDomainFinding without texts of their own: check, subject, state, code and the record of a key */
  GPtrArray *drifts; /* MrDrift */
} MrDriftState;

MrDriftState *mr_drift_state_new (void);
void mr_drift_state_free (MrDriftState *state);
/* The drifts that stand are copied into the report. typed: its addresses were typed, and say nothing of a change. */
void mr_drift_compare (MrDriftState *state, MrDomainReport *report, gboolean typed);
/* What the report says is as it should be; its drifts go. */
void mr_drift_accept (MrDriftState *state, MrDomainReport *report);
/* Seen twice or more. */
gboolean mr_drift_is_confirmed (const MrDrift *drift);
/* One or more stand that one check alone has seen. */
gboolean mr_drift_wants_recheck (const MrDriftState *state);

/* For the store. (transfer full) */
char *mr_drift_state_to_text (const MrDriftState *state);
MrDriftState *mr_drift_state_from_text (const char *text); /* NULL: the text is none of ours */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MrDriftState, mr_drift_state_free)

G_END_DECLS
