/* Words for states, wait reasons, account states and stages: one place for window and terminal. Follows the table
 * "Words on the screen". */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* "Waiting", "Handed to smtp.example.com", "Possibly delivered" ... (transfer none, translated) */
const char *mr_state_word (MrRecipientState state);
const char *mr_wait_reason_sentence (MrWaitReason reason);
const char *mr_hold_reason_sentence (MrHoldReason reason);
const char *mr_account_state_word (MrAccountState state);
/* What it means and what to do next. */
const char *mr_account_state_sentence (MrAccountState state);
/* "Ready", "Ready; daily limit reached, next at 14:32", "Paused: Password not accepted, since 14:05". now: wall time. (transfer full) */
char *mr_account_dup_signature (const MrAccountRecord *account, gint64 now);
/* "connection lost after the end of the message: it may have been delivered" */
const char *mr_stage_sentence (MrStage stage);
/* What is being done at this stage: "waiting for the server's answer" */
const char *mr_stage_activity (MrStage stage);
/* "Waiting, next try 14:10" / "in 4 min" and so on for one recipient; now: wall time (microseconds). (transfer full) */
char *mr_state_dup_line (const MrRecipientRecord *recipient, gint64 now);
/* The cause that the state is about: of the report that came later, else of the last attempt where it did not end well. NULL: none. Borrowed. */
const char *mr_state_get_cause (const MrRecipientRecord *recipient);
/* What fills the words of that cause. (transfer full) a{ss}, NULL: nothing */
GVariant *mr_state_dup_params (const MrRecipientRecord *recipient);

G_END_DECLS
