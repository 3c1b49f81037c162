/* The assistant's last page: the test as it runs, then what can be done with the account. */
#pragma once

#include <gtk/gtk.h>

#include "base/secret.h"
#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ASSISTANT_DONE (mr_assistant_done_get_type ())
G_DECLARE_FINAL_TYPE (MrAssistantDone, mr_assistant_done, MR, ASSISTANT_DONE, GtkWidget)

/* Signals: "tested" (gboolean: it works), "add-anyway", "connect-programs", "show-message" (queue id). */
void mr_assistant_done_set_desk (MrAssistantDone *self, MrDesk *desk);
/* Takes a copy and a reference; secret NULL: the stored one. */
void mr_assistant_done_start (MrAssistantDone *self, const MrAccountRecord *account, MrSecret *secret);
/* Stops the test and forgets the secret. */
void mr_assistant_done_stop (MrAssistantDone *self);
/* As tested: with the certificate that was accepted. Borrowed. */
const MrAccountRecord *mr_assistant_done_get_account (MrAssistantDone *self);
MrSecret *mr_assistant_done_get_secret (MrAssistantDone *self);
/* The account is there: messages can be sent through it. */
void mr_assistant_done_set_saved (MrAssistantDone *self);

G_END_DECLS
