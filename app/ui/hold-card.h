/* Why a message is kept back, and the accounts that it may be sent through. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

#include "client/client.h"

G_BEGIN_DECLS

#define MR_TYPE_HOLD_CARD (mr_hold_card_get_type ())
G_DECLARE_FINAL_TYPE (MrHoldCard, mr_hold_card, MR, HOLD_CARD, GtkWidget)

/* Where the words of rules are asked for. */
void mr_hold_card_set_client (MrHoldCard *self, MrClient *client);
/* accounts: list of MrRecordItem with MrAccountRecord. now: wall time. Hides itself where there is nothing to say. The choice is made through the action
 * "messages.send-through" (message id, account id, always); the rule is shown by "win.hold-rule" (its id). */
void mr_hold_card_set_message (MrHoldCard *self, const MrMessageRecord *message, GListModel *accounts, gint64 now);
/* The countdown only. */
void mr_hold_card_tick (MrHoldCard *self, gint64 now);

G_END_DECLS
