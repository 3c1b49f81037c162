/* One sending account in the list: state word, what it means, what to do. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_TYPE_ACCOUNT_ROW (mr_account_row_get_type ())
G_DECLARE_FINAL_TYPE (MrAccountRow, mr_account_row, MR, ACCOUNT_ROW, GtkListBoxRow)

/* The record is read, not kept. The row uses the actions "win.edit-account", "win.sign-in-account", "win.set-default-account", "win.remove-account" (account id),
 * "win.pause-account" (account id, paused), "win.unlock-keyring", "win.check-keyring" and "win.choose-secrets". */
GtkWidget *mr_account_row_new (const MrAccountRecord *account, gint64 now);
/* The account that it shows, as it is now: focus and an open menu stay. */
void mr_account_row_update (MrAccountRow *self, const MrAccountRecord *account, gint64 now);
/* Borrowed. */
const char *mr_account_row_get_id (MrAccountRow *self);

G_END_DECLS
