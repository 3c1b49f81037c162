/* Above the outbox, unobtrusive: the way back into a first start that was left half-way, and afterwards the look at the person's own domain. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_SET_UP_CARD (mr_set_up_card_get_type ())
G_DECLARE_FINAL_TYPE (MrSetUpCard, mr_set_up_card, MR, SET_UP_CARD, GtkWidget)

/* Once. From then on the card follows the accounts and what is remembered; it hides itself where there is nothing to say. Its button starts
 * "win.add-account", "win.finish-set-up" or "app.open-domain". */
void mr_set_up_card_set_desk (MrSetUpCard *self, MrDesk *desk);

G_END_DECLS
