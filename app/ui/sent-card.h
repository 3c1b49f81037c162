/* In "Explain Returned Mail": which message of the history the returned one is about, or that none was sent from here. */
#pragma once

#include <gtk/gtk.h>

#include "ndr/returned.h"
#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_SENT_CARD (mr_sent_card_get_type ())
G_DECLARE_FINAL_TYPE (MrSentCard, mr_sent_card, MR, SENT_CARD, GtkWidget)

/* Once. */
void mr_sent_card_set_desk (MrSentCard *self, MrDesk *desk);
/* Asks the service, marks what came back as returned later, and shows itself when the answer is there. The report is read, not kept. NULL: there is
 * nothing to ask; hidden. A report that names no message is nothing to ask about either. */
void mr_sent_card_look_up (MrSentCard *self, const MrReturned *report);

G_END_DECLS
