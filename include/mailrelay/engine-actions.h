/* The engine's public face for what a person changes of messages: recipients, account, time; sending again, returning, undoing. The same rules as
 * in engine.h. Counts tell how many messages were touched; what is not in a state for the action is left alone. A message that is being sent at
 * this moment gives MR_ERROR_BUSY.
 */
#pragma once

#include <mailrelay/engine.h>

G_BEGIN_DECLS

#define MR_EDITS_MAX 1000 /* recipients named in one call */

/* Recipients of one message: corrected, added, removed, revived, in one transaction. Corrected and added ones are sent at once, unless the message is
 * held. MR_ERROR_INVALID: not an address, or a recipient that is past it; MR_ERROR_EXISTS: a recipient already; MR_ERROR_REFUSED: an address that is
 * never written to; MR_ERROR_NOT_FOUND: the content is no longer stored. */
void mr_engine_edit_recipients (MrEngine *engine, const char *id, const MrRecipientEdit *edits, guint n_edits,
                                MrCountFunc func, gpointer data);
/* account NULL: as the sender's address says. What waits or needs a person goes at once; what was held for want of an account is let go. Of a message
 * of the history what failed or expired waits anew. */
void mr_engine_change_account (MrEngine *engine, const char *const *ids, const char *account, MrCountFunc func,
                               gpointer data);
/* Not before this wall time; 0: no longer scheduled. Held messages stay held. The give-up time counts from then. */
void mr_engine_schedule (MrEngine *engine, const char *const *ids, gint64 not_before, MrCountFunc func, gpointer data);
/* Back to the sender: what waits, needs a person or failed becomes returned. report: mailed to the sender; MR_ERROR_REFUSED, and nothing is
 * returned, where the sender is no address of an account here. */
void mr_engine_return (MrEngine *engine, const char *const *ids, gboolean report, MrCountFunc func, gpointer data);
/* To these recipients instead: what is not sent yet to the others is stopped, and what was held is let go. keep, or a message of the history: a copy
 * goes to them as a message of its own, and this one stays as it is. */
void mr_engine_redirect (MrEngine *engine, const char *const *ids, const char *const *recipients, gboolean keep,
                         MrCountFunc func, gpointer data);
/* Each message once more, whole, under a new id, to these recipients (NULL: to all of its own), with the same bytes. MR_ERROR_NOT_FOUND: the
 * content is no longer stored. ids: the new ones. */
void mr_engine_send_again (MrEngine *engine, const char *const *ids, const char *const *recipients, MrIdsFunc func,
                           gpointer data);
/* Undoes mr_engine_delete() within 15 seconds, and mr_engine_cancel() while the content is stored: the recipients that were stopped last wait
 * again, held if the message was held. */
void mr_engine_restore (MrEngine *engine, const char *const *ids, MrCountFunc func, gpointer data);

G_END_DECLS
