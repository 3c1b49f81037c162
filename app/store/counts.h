/* Counters of the active messages, kept beside the transactions so that mr_store_count() reads no rows.
 *
 * A request changes the session's delta; a commit adds it to the totals, a rollback drops it. Tallies and the number of finished
 * messages are rows, written once for a transaction.
 */
#pragma once

#include "store/db.h"
#include "store/rows.h"

G_BEGIN_DECLS

typedef struct {
  gint64 messages_active, messages_held, bytes_active;
  gint64 recipients[MR_RECIPIENT_N_STATES], waits[MR_WAIT_N_REASONS];
  gint64 finished;                    /* messages in the history */
  gint64 accepted, delivered, failed; /* recipients, of this transaction only */
  gint64 forgotten;                   /* texts that were deleted or corrected since the start: search.h */
} MrCounts;

void mr_counts_add (MrCounts *total, const MrCounts *delta);
/* A recipient of an active message comes (sign 1) or goes (-1). */
void mr_counts_recipient (MrCounts *counts, MrRecipientState state, MrWaitReason reason, int sign);
/* Reads the active part from the rows, the finished number from its value. */
gboolean mr_counts_load (MrDb *db, MrCounts *ret, GError **error);
/* Writes tallies and the number of finished messages, inside the transaction. now: wall time. */
gboolean mr_counts_write (MrDb *db, const MrCounts *delta, gint64 now, GError **error);

/* Quarters of an hour. */
gint64 mr_tally_quarter (gint64 wall_usec);

G_END_DECLS
