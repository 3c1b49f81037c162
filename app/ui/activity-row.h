/* One message on its way. */
#pragma once

#include <adwaita.h>
#include <mailrelay/records.h>

G_BEGIN_DECLS

#define MR_TYPE_ACTIVITY_ROW (mr_activity_row_get_type ())
G_DECLARE_FINAL_TYPE (MrActivityRow, mr_activity_row, MR, ACTIVITY_ROW, AdwPreferencesRow)

/* Signal: "stop" (queue id). */
GtkWidget *mr_activity_row_new (void);
/* account may be NULL: it was removed meanwhile. */
void mr_activity_row_set (MrActivityRow *self, const MrActivityRecord *record, const MrAccountRecord *account);

G_END_DECLS
