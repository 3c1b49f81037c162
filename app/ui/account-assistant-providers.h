/* The list of known providers and sending services, to choose from. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ASSISTANT_PROVIDERS (mr_assistant_providers_get_type ())
G_DECLARE_FINAL_TYPE (MrAssistantProviders, mr_assistant_providers, MR, ASSISTANT_PROVIDERS, GtkWidget)

/* Signal: "chosen": mr_assistant_providers_dup_results(). */
void mr_assistant_providers_set_desk (MrAssistantProviders *self, MrDesk *desk);
/* Asks for the list where it is not there yet, and takes the focus. */
void mr_assistant_providers_show (MrAssistantProviders *self);
/* The chosen provider's MrDiscoveryRecord, best first. (transfer full) */
GPtrArray *mr_assistant_providers_dup_results (MrAssistantProviders *self);

G_END_DECLS
