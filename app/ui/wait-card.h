/* Above the outbox: what many messages wait for, and the one action for all of them. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"
#include "ui/wait-reason.h"

G_BEGIN_DECLS

#define MR_TYPE_WAIT_CARD (mr_wait_card_get_type ())
G_DECLARE_FINAL_TYPE (MrWaitCard, mr_wait_card, MR, WAIT_CARD, GtkWidget)

/* Once. From then on the card follows the queue and the accounts; it hides itself where there is nothing to say. */
void mr_wait_card_set_desk (MrWaitCard *self, MrDesk *desk);
void mr_wait_card_set_notice (MrWaitCard *self, const MrWaitReasonNotice *notice);

/* Signal "show-changed": the person wants to see only the messages that are told, or all again. TRUE: only those; the filter's cause, account and wait
 * reason are set, borrowed until the card changes. */
gboolean mr_wait_card_get_filter (MrWaitCard *self, MrListFilter *filter);

G_END_DECLS
