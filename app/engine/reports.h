/* Reports by mail about messages of ours (RFC 3464), made once the store knows what became of them.
 *
 * Which are due is recorded in the transaction of the outcome, and that a report was made in the transaction that queues it: neither a crash nor a
 * restart loses one or makes two of it. Made here: at most N an hour, only to an address that stands in an account's list, from that account's
 * address, with the null reverse-path. What cannot be reported to anybody is shown in the program, as everything is.
 */
#pragma once

#include "engine/engine-private.h"

G_BEGIN_DECLS

MrReports *mr_reports_new (MrEngine *engine);
void mr_reports_free (MrReports *reports);
/* The recipient's state is about to be recorded: what is to be mailed about it is recorded with it. */
void mr_reports_note (MrEngine *engine, const MrMessageRecord *message, MrRecipientRecord *recipient);
/* A report about it would find its way: its sender is an address of an account here. */
gboolean mr_reports_may_mail (MrReports *reports, const MrMessageRecord *message);
/* Something may have become due. */
void mr_reports_kick (MrReports *reports);

G_END_DECLS
