/* The pane beside the list: what became of one message. */
#pragma once

#include <gtk/gtk.h>
#include <mailrelay/records.h>

#include "client/client.h"
#include "ndr/diagnosis.h"

G_BEGIN_DECLS

#define MR_TYPE_MESSAGE_DETAIL (mr_message_detail_get_type ())
G_DECLARE_FINAL_TYPE (MrMessageDetail, mr_message_detail, MR, MESSAGE_DETAIL, GtkWidget)

/* accounts: list of MrRecordItem with MrAccountRecord. diagnosis is borrowed and must outlive the widget. */
void mr_message_detail_setup (MrMessageDetail *self, MrDiagnosis *diagnosis, GListModel *accounts);
/* Where the message itself is fetched from when a person opens it. */
void mr_message_detail_set_client (MrMessageDetail *self, MrClient *client);
/* Shows message (transfer full) and its attempts, oldest first (transfer full, an array that frees its MrAttemptRecord). The same message
 * again updates what is shown in place: what a person has opened or selected stays. now: wall time. */
void mr_message_detail_show (MrMessageDetail *self, MrMessageRecord *message, GPtrArray *attempts, gint64 now);
/* Countdowns only. */
void mr_message_detail_tick (MrMessageDetail *self, gint64 now);
/* Nothing is selected, or n > 1 messages are. */
void mr_message_detail_clear (MrMessageDetail *self, guint n_selected);
/* quiet: where no message is shown the pane is blank, as what stands beside it explains itself. */
void mr_message_detail_set_quiet (MrMessageDetail *self, gboolean quiet);
/* Id of the message that is shown, NULL: none. Borrowed. */
const char *mr_message_detail_get_id (MrMessageDetail *self);
/* Borrowed, NULL: none. */
const MrMessageRecord *mr_message_detail_get_message (MrMessageDetail *self);

G_END_DECLS
