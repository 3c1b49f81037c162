/* Why a message is kept back, and the accounts that it may be sent through. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_TYPE_HOLD_CARD (mr_hold_card_get_type ())
G_DECLARE_FINAL_TYPE (MrHoldCard, mr_hold_card, MR, HOLD_CARD, GtkWidget)

/* accounts: list of MrRecordItem with MrAccountRecord. Hides itself where there is nothing to say. The choice is made through the action
 * "messages.send-through" (message id, account id, always). */
void mr_hold_card_set_message (MrHoldCard *self, const MrMessageRecord *message, GListModel *accounts);

G_END_DECLS
