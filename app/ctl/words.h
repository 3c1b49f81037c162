/* What is said about messages and recipients, in words and as texts of --json. */
#pragma once

#include "ctl/ctl.h"

G_BEGIN_DECLS

/* The line of a list: "Kept back: ..." or the state of the recipient that stands for all. (transfer full) */
char *mr_words_dup_message_state (MrCtl *ctl, const MrMessageRecord *message);
/* MR_COLOUR_ or NULL. */
const char *mr_words_get_colour (const MrMessageRecord *message);
/* Sentence and what to do about a recipient; NULL where there is nothing to explain. (transfer full) */
char *mr_words_dup_explanation (MrCtl *ctl, const MrRecipientRecord *recipient);
/* "550 5.1.1 No such user"; NULL where no reply came. (transfer full) */
char *mr_words_dup_reply (const MrReplyRecord *reply);
/* The record with "state-text" and "explanation" for each recipient. Floating. */
GVariant *mr_words_message_to_variant (MrCtl *ctl, const MrMessageRecord *message, gboolean detail);

G_END_DECLS
