/* What all pages share: the connection to the service, the last status, the accounts, who may send, the words for failures.
 *
 * GTK-free. It fetches again what the service says has changed, one fetch of a kind at a time, and starts over when the service comes back.
 */
#pragma once

#include <gio/gio.h>
#include <mailrelay/records.h>

#include "client/calls.h"
#include "ndr/diagnosis.h"
#include "ui/notice.h"

G_BEGIN_DECLS

#define MR_TYPE_DESK (mr_desk_get_type ())
G_DECLARE_FINAL_TYPE (MrDesk, mr_desk, MR, DESK, GObject)

/* Signals: "status-changed" (connection and status), "accounts-changed", "queue-changed", "programs-changed". */
MrDesk *mr_desk_new (MrClient *client);

/* Borrowed. */
MrClient *mr_desk_get_client (MrDesk *self);
MrDiagnosis *mr_desk_get_diagnosis (MrDesk *self);
/* Wall time, microseconds. */
gint64 mr_desk_now (MrDesk *self);

/* Lists of MrRecordItem: MrAccountRecord, MrProgramRecord, MrRefusalRecord. Borrowed; the objects stay, their items change. */
GListModel *mr_desk_get_accounts (MrDesk *self);
GListModel *mr_desk_get_programs (MrDesk *self);
GListModel *mr_desk_get_refusals (MrDesk *self);
/* Borrowed, NULL: there is none of that id. */
const MrAccountRecord *mr_desk_find_account (MrDesk *self, const char *id);
/* TRUE once the accounts have arrived from the service that is there now. */
gboolean mr_desk_knows_accounts (MrDesk *self);

/* The last status, NULL while there is none. Borrowed until the desk changes. */
const MrServiceStatus *mr_desk_get_status (MrDesk *self);
/* Name of a user of this computer, else the number; NULL for an unknown one. (transfer full) */
char *mr_desk_dup_user_name (gint64 uid);
/* What the status bar has to know. Strings are borrowed until the desk changes. */
void mr_desk_get_notice_facts (MrDesk *self, MrNoticeFacts *ret);

G_END_DECLS
