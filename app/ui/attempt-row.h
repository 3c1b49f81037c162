/* One line of "What was tried": when, which server, what came of it; opened: the conversation. */
#pragma once

#include <adwaita.h>
#include <mailrelay/records.h>

#include "ndr/diagnosis.h"

G_BEGIN_DECLS

#define MR_TYPE_ATTEMPT_ROW (mr_attempt_row_get_type ())
G_DECLARE_FINAL_TYPE (MrAttemptRow, mr_attempt_row, MR, ATTEMPT_ROW, AdwExpanderRow)

/* recipient: address that the attempt was for, NULL where the message has only one. The records are read, not kept. */
GtkWidget *mr_attempt_row_new (const MrAttemptRecord *attempt, const char *recipient, MrDiagnosis *diagnosis);

G_END_DECLS
