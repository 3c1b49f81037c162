/* Shared by account-assistant-address.c (the address and the search) and account-assistant-outcome.c (what the page tells of the search). */
#pragma once

#include <adwaita.h>

#include "client/set-up-calls.h"
#include "ui/account-assistant-address.h"
#include "ui/copy-button.h"

G_BEGIN_DECLS

struct _MrAssistantAddress {
  GtkWidget parent_instance;
  GtkWidget *page;
  GtkEditable *address, *name;
  GtkLabel *mistake;
  GtkSwitch *third_party;
  GtkWidget *find_button, *stop_button, *spinner;
  GtkWidget *steps_group;
  GtkListBox *steps;
  GtkWidget *outcome_group, *register_button, *help_button, *microsoft_button, *probe_button, *admin_box;
  GtkLabel *outcome_title, *outcome_text, *admin_text;
  MrCopyButton *admin_copy;

  MrDesk *desk;
  GSettings *settings; /* NULL: nothing is remembered */
  GCancellable *life;
  GCancellable *search; /* of the running one, NULL: none runs */
  GHashTable *rows;     /* "source host" → AdwActionRow, borrowed */
  GPtrArray *results, *desktop;
  gboolean desktop_known, waits_for_desktop;
  gboolean comparing; /* the running search only looks for another opinion */
  char *provider;     /* whose application has to be registered */
  char *help_url;
};

/* ---- account-assistant-outcome.c ---- */

void mr_address_page_clear_steps (MrAssistantAddress *self);
/* Of a search that runs. */
void mr_address_page_step_cb (const MrClientDiscoverStep *step, gpointer data);
void mr_address_page_show_outcome (MrAssistantAddress *self, const char *title, const char *text);
/* Settings that cannot work yet: what has to be done first. */
void mr_address_page_show_blocked (MrAssistantAddress *self, const MrDiscoveryRecord *record);
/* Nothing was found: what else can be tried. */
void mr_address_page_show_nothing (MrAssistantAddress *self);

G_END_DECLS
