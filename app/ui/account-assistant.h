/* The assistant that makes a working account of an address: what was found, sign in or password, live test, done. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ACCOUNT_ASSISTANT (mr_account_assistant_get_type ())
G_DECLARE_FINAL_TYPE (MrAccountAssistant, mr_account_assistant, MR, ACCOUNT_ASSISTANT, AdwWindow)

/* Signals: "saved" (account id), "closed-after" (what a person chose at the end: "" or "connect" or a queue id to show), "by-hand" (MrAccountRecord:
 * what is known so far, borrowed for the signal), "import". */
GtkWidget *mr_account_assistant_new (MrDesk *desk, GtkWindow *parent);

G_END_DECLS
