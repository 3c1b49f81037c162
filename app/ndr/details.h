/* All facts of a message as plain text that a person gives to an administrator. */
#pragma once

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

#define MR_DETAILS_RECIPIENTS_MAX 200
#define MR_DETAILS_ATTEMPTS_MAX   100 /* the newest */

/* Fields with the names that the field gives them, in no language; what the program thinks of it is in the caller's. Times are UTC. Neither the text
 * of the message nor a secret is in it: conversations are masked where they were kept. attempts: MrAttemptRecord, oldest first. (transfer full) */
char *mr_details_dup_text (const MrMessageRecord *message, GPtrArray *attempts, MrDiagnosis *diagnosis, gint64 now);

G_END_DECLS
