/* The assistant's second page: what was found, who said it, and how to log in. */
#pragma once

#include <gtk/gtk.h>

#include "base/secret.h"
#include "ui/account-assistant-rules.h"

G_BEGIN_DECLS

#define MR_TYPE_ASSISTANT_FOUND (mr_assistant_found_get_type ())
G_DECLARE_FINAL_TYPE (MrAssistantFound, mr_assistant_found, MR, ASSISTANT_FOUND, GtkWidget)

/* Signals: "changed" (another way to log in was chosen), "activated" (Enter in the last field), "by-hand", "check-microsoft", "register" (preset id). */

/* Takes references. desktop may be NULL. What was typed before is forgotten. */
void mr_assistant_found_show (MrAssistantFound *self, GPtrArray *results, GPtrArray *desktop, const char *address);
/* The same settings and others beside them: what is chosen and typed stays. */
void mr_assistant_found_add (MrAssistantFound *self, GPtrArray *results);
/* The chosen settings, NULL before the page was shown. Borrowed. */
const MrDiscoveryRecord *mr_assistant_found_get_record (MrAssistantFound *self);
MrWay mr_assistant_found_get_way (MrAssistantFound *self);
/* Of the chosen region, NULL: the record's. (transfer full) */
char *mr_assistant_found_dup_host (MrAssistantFound *self);
char *mr_assistant_found_dup_user (MrAssistantFound *self);
/* NULL: none is needed. (transfer full) */
MrSecret *mr_assistant_found_dup_secret (MrAssistantFound *self);
/* Borrowed, NULL. */
const char *mr_assistant_found_get_desktop_account (MrAssistantFound *self);
/* FALSE: something is missing, which the page now says at its field. */
gboolean mr_assistant_found_check (MrAssistantFound *self);
/* To the first field that is to be filled in. */
void mr_assistant_found_focus (MrAssistantFound *self);
/* The password is taken off the screen. */
void mr_assistant_found_forget (MrAssistantFound *self);

G_END_DECLS
