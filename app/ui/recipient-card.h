/* One recipient of a message: state, explanation, whose move it is, the server's words, one suggested action. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

#define MR_TYPE_RECIPIENT_CARD (mr_recipient_card_get_type ())
G_DECLARE_FINAL_TYPE (MrRecipientCard, mr_recipient_card, MR, RECIPIENT_CARD, GtkListBoxRow)

GtkWidget *mr_recipient_card_new (void);
/* What a person may choose from to send through: list of MrRecordItem with MrAccountRecord, NULL: nothing. Before the first record. */
void mr_recipient_card_set_accounts (MrRecipientCard *self, GListModel *accounts);
/* The records are read, not kept. direct: the last attempt went to the recipient's own server. now: wall time. The buttons use the actions
 * "messages.try-now", "messages.mark-delivered" (message id, recipient), "messages.recipient-*" and "win.edit-account" (account id). */
void mr_recipient_card_set (MrRecipientCard *self, const MrMessageRecord *message, const MrRecipientRecord *recipient,
                            gboolean direct, MrDiagnosis *diagnosis, gint64 now);

G_END_DECLS
