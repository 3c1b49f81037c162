/* Shared by account-assistant.c (the flow between the pages) and account-assistant-chain.c (what makes the account). */
#pragma once

#include "ui/account-assistant-address.h"
#include "ui/account-assistant-done.h"
#include "ui/account-assistant-found.h"
#include "ui/account-assistant-providers.h"
#include "ui/account-assistant.h"

G_BEGIN_DECLS

struct _MrAccountAssistant {
  AdwWindow parent_instance;
  GtkStack *pages;
  GtkWidget *cancel_button, *back_button;
  GtkButton *next_button;
  MrAssistantAddress *address;
  MrAssistantProviders *providers;
  MrAssistantFound *found;
  MrAssistantDone *done;

  MrDesk *desk;
  GCancellable *cancellable;
  MrAccountRecord *account; /* being signed in, tested, added */
  char *signed_in;          /* account id of a sign-in whose account is not added yet */
  gboolean chose_provider;  /* the settings came from the list */
  gboolean added, saved;
  const char *after; /* what to do when the window has closed; "" */
  char *message;
};

/* ---- account-assistant.c ---- */

/* page: name of the stack's child. */
void mr_account_assistant_go_to (MrAccountAssistant *self, const char *page);
/* The buttons that the present page and state need. */
void mr_account_assistant_update_header (MrAccountAssistant *self);

/* ---- account-assistant-chain.c ---- */

/* From what the pages say now, into account. */
void mr_account_assistant_make_account (MrAccountAssistant *self);
/* Makes the account, signs in where its way asks for it, and tests it. */
void mr_account_assistant_go_on (MrAccountAssistant *self);
/* The test ended. */
void mr_account_assistant_tested_cb (MrAccountAssistant *self, gboolean ok);
/* What was tested is added, or changed where it was added before; then its password is stored. */
void mr_account_assistant_add (MrAccountAssistant *self);

G_END_DECLS
