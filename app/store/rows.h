/* Rows ↔ records. What comes out of the file is treated like what comes from the network: every number is checked
 * against its enum, every text must be valid UTF-8, envelope addresses must have no control characters. A bad row still
 * gives a record, with what could be read; the caller learns that it is bad and sets the message aside. */
#pragma once

#include "store/db.h"
#include <mailrelay/records.h>

G_BEGIN_DECLS

/* What became of the chunks. */
typedef enum { MR_BODY_GONE, MR_BODY_ACTIVE, MR_BODY_KEPT, MR_BODY_KEPT_FAILED, MR_BODY_N_STATES } MrBodyState;

#define MR_MESSAGE_COLUMNS                                                                                             \
  "id, num, created, finished, online_at, not_before, next_attempt, leased, hold, body, n_chunks, n_recipients,"       \
  " n_attempts, size, has_8bit, reverse_path, from_address, subject, message_id, program, uid, pid, socket, helo,"     \
  " auth_identity, account_override, ret, envid, report_for, hold_rule, hold_until, again_of"
#define MR_RECIPIENT_COLUMNS                                                                                           \
  "key, address, state, wait_reason, attempts, uncertain, policy_retries, next_attempt, changed, stage, reply_code,"   \
  " reply_enhanced, reply_text, host, account, cause, cause_params, direct, notify, orcpt, report_due, reported,"      \
  " bounced, bounced_cause, corrected_from"

/* Columns of message that no record has. */
typedef struct {
  gint64 num;
  gboolean leased;
  MrBodyState body;
  guint n_attempts;
} MrMessageExtra;

/* From a row of MR_MESSAGE_COLUMNS. *ret_bad: the row is damaged. */
MrMessageRecord *mr_row_get_message (MrRow row, MrMessageExtra *ret_extra, gboolean *ret_bad);
/* From a row of MR_RECIPIENT_COLUMNS. */
MrRecipientRecord *mr_row_get_recipient (MrRow row, gboolean *ret_bad);

/* All recipients of a message; *ret_bad also where their number is not n_recipients. */
gboolean mr_rows_load_recipients (MrDb *db, gint64 num, MrMessageRecord *record, gboolean *ret_bad, GError **error);
gboolean mr_rows_insert_message (MrDb *db, const MrMessageRecord *record, const MrMessageExtra *extra, gint64 due,
                                 GError **error);
gboolean
mr_rows_insert_recipient (MrDb *db, gint64 num, const char *id, const MrRecipientRecord *record, GError **error);
/* *ret_found: FALSE where the row is not there. Clears the mark of the final dot. The record may be an older copy: which reports were made and
 * that it came back are kept, and a report that becomes due is added unless it was made. */
gboolean
mr_rows_update_recipient (MrDb *db, gint64 num, const MrRecipientRecord *record, gboolean *ret_found, GError **error);
gboolean mr_rows_insert_attempt (MrDb *db, gint64 num, guint serial, const MrAttemptRecord *record, GError **error);
/* The newest 200, oldest first. */
gboolean mr_rows_load_attempts (MrDb *db, gint64 num, const char *id, GPtrArray *attempts, GError **error);

/* When a recipient is due: its next_attempt; 0 where that is not set and nothing else is waited for (at once); -1: not by itself (it is
 * final, or waits for an event or a person). */
gint64 mr_recipient_record_due (const MrRecipientRecord *record);

/* A text column: NULL, or valid UTF-8 without NUL; else *bad is set and the text sanitised. (transfer full) */
char *mr_row_get_text (MrRow row, int column, gboolean *bad);

G_END_DECLS
