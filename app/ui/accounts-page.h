/* The sending accounts. */
#pragma once

#include <gtk/gtk.h>

#include "ui/desk.h"

G_BEGIN_DECLS

#define MR_TYPE_ACCOUNTS_PAGE (mr_accounts_page_get_type ())
G_DECLARE_FINAL_TYPE (MrAccountsPage, mr_accounts_page, MR, ACCOUNTS_PAGE, GtkWidget)

/* Once, before the page is used. */
void mr_accounts_page_set_desk (MrAccountsPage *self, MrDesk *desk);

G_END_DECLS
