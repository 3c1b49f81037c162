/* One message in a list: state icon and word, subject, people, program, size, age, cause. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

#define MR_TYPE_MESSAGE_ROW (mr_message_row_get_type ())
G_DECLARE_FINAL_TYPE (MrMessageRow, mr_message_row, MR, MESSAGE_ROW, GtkWidget)

GtkWidget *mr_message_row_new (void);
/* message NULL: a row whose page has not arrived yet. account: that it goes through, NULL: not known. now: wall time. Nothing is kept. */
void mr_message_row_set_message (MrMessageRow *self, const MrMessageRecord *message, const MrAccountRecord *account,
                                 MrDiagnosis *diagnosis, gint64 now);
/* The text of the state line, as it stands: also the end of the row's accessible name. */
const char *mr_message_row_get_state_text (MrMessageRow *self);
/* "Invoice, from anna@example.com to bob@example.org, waiting ...": what a screen reader says for the row, all that it shows. (transfer full) */
char *mr_message_row_describe (const MrMessageRecord *message, const MrAccountRecord *account, MrDiagnosis *diagnosis,
                               gint64 now);

G_END_DECLS
