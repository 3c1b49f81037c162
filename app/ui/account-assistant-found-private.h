/* Shared by account-assistant-found.c (what is chosen and typed) and account-assistant-found-fill.c (what the page shows of it). */
#pragma once

#include <adwaita.h>

#include "ui/account-assistant-found.h"
#include "ui/copy-button.h"

G_BEGIN_DECLS

struct _MrAssistantFound {
  GtkWidget parent_instance;
  GtkWidget *page;
  AdwPreferencesGroup *provider_group;
  GtkWidget *choices_group, *conflict, *notice_box, *insecure, *microsoft_row;
  GtkLabel *notice;
  GtkListBox *choices_list;
  AdwActionRow *server_row;
  AdwComboRow *region, *door, *way, *desktop_row;
  GtkEditable *user, *secret;
  GtkLabel *hint, *mistake;
  GtkWidget *help_button, *register_row, *admin_box;
  GtkLabel *admin_text;
  MrCopyButton *admin_copy;

  GPtrArray *results, *desktop, *choices;
  GPtrArray *fitting; /* MrDesktopAccountRecord, borrowed from desktop */
  char *address;
  guint choice;
  MrWay ways[MR_WAY_N_WAYS];
  guint n_ways;
  gboolean filling;
};

/* NULL and "" are none. */
static inline gboolean
mr_found_is_text (const char *text)
{
  return text != NULL && *text != '\0';
}

/* ---- account-assistant-found.c ---- */

/* MrDiscoveryRecord of the chosen server name. Borrowed. */
GPtrArray *mr_found_get_records (MrAssistantFound *self);
/* A region is "id|name|host"; NULL: there is none, or nothing in this part. (transfer full) */
char *mr_found_dup_region_part (const MrDiscoveryRecord *record, guint region, guint part);
gboolean mr_found_needs_secret (MrWay way);
/* What the provider calls it. Borrowed, translated. */
const char *mr_found_secret_title (MrWay way, const MrDiscoveryRecord *record);

/* ---- account-assistant-found-fill.c ---- */

/* Of the template. */
void mr_found_region_changed_cb (MrAssistantFound *self);
void mr_found_way_changed_cb (MrAssistantFound *self);

G_END_DECLS
