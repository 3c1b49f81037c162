/* The assistant that makes a working account of an address: what was found, sign in or password, live test, done. */
#pragma once

#include <adwaita.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ACCOUNT_ASSISTANT (mr_account_assistant_get_type ())
G_DECLARE_FINAL_TYPE (MrAccountAssistant, mr_account_assistant, MR, ACCOUNT_ASSISTANT, AdwWindow)

/* Signals: "saved" (account id), "closed-after" (what a person chose at the end: "" or "connect" or a queue id to show), "by-hand" (MrAccountRecord:
 * what is known so far, borrowed for the signal), "import", "remember" (address, name: what was entered, as soon as it led somewhere and when the window closes
 * before an account was made of it). */
GtkWidget *mr_account_assistant_new (MrDesk *desk, GtkWindow *parent);
/* What was entered before stands there again. name may be NULL. */
void mr_account_assistant_resume (MrAccountAssistant *self, const char *address, const char *name);

G_END_DECLS
