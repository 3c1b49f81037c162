/* One recipient of returned mail: what happened in words, whose move it is, and folded what the server said. */
#pragma once

#include <gtk/gtk.h>

#include "ndr/returned.h"

G_BEGIN_DECLS

#define MR_TYPE_EXPLAIN_CARD (mr_explain_card_get_type ())
G_DECLARE_FINAL_TYPE (MrExplainCard, mr_explain_card, MR, EXPLAIN_CARD, GtkListBoxRow)

/* All are read, not kept. message_id: of the message that came back, NULL: not known. recipient->recipient may be NULL or "": nobody is named. */
GtkWidget *mr_explain_card_new (const MrReturnedRecipient *recipient, MrDiagnosis *diagnosis, const char *message_id);

G_END_DECLS
