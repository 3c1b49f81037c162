/* The assistant's first page: the address, who is asked about it, and what came of asking where that leads nowhere by itself. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ASSISTANT_ADDRESS (mr_assistant_address_get_type ())
G_DECLARE_FINAL_TYPE (MrAssistantAddress, mr_assistant_address, MR, ASSISTANT_ADDRESS, GtkWidget)

/* Signals: "found" (there is a way that can work: mr_assistant_address_get_results()), "busy-changed", "by-hand", "choose-provider", "import",
 * "register" (preset id: an application has to be registered first), "disagrees" (the domain names another server than what "found" told: in the
 * results now). */
void mr_assistant_address_set_desk (MrAssistantAddress *self, MrDesk *desk);
/* Looks for settings; says at the field what is wrong with the address where it is. */
void mr_assistant_address_search (MrAssistantAddress *self);
/* The same with a check that a person asked for: whether the domain is a Microsoft 365 tenant. */
void mr_assistant_address_check_microsoft (MrAssistantAddress *self);
/* Fills the fields in; nobody is asked before the person goes on. name may be NULL. */
void mr_assistant_address_resume (MrAssistantAddress *self, const char *address, const char *name);
void mr_assistant_address_stop (MrAssistantAddress *self);
gboolean mr_assistant_address_is_busy (MrAssistantAddress *self);
/* FALSE, with a sentence at the field: it cannot be used. */
gboolean mr_assistant_address_check (MrAssistantAddress *self);
void mr_assistant_address_focus (MrAssistantAddress *self);
/* As typed, without spaces around it. (transfer full) */
char *mr_assistant_address_dup_address (MrAssistantAddress *self);
char *mr_assistant_address_dup_name (MrAssistantAddress *self);
/* MrDiscoveryRecord, best first; NULL before a search ended. Borrowed. */
GPtrArray *mr_assistant_address_get_results (MrAssistantAddress *self);
/* MrDesktopAccountRecord; NULL: not known. Borrowed. */
GPtrArray *mr_assistant_address_get_desktop_accounts (MrAssistantAddress *self);

G_END_DECLS
