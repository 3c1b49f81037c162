/* Writing of delivery status notifications (RFC 3464 in RFC 6522): one mail about some recipients of one message.
 *
 * Pure. Three parts: plain words in the sender's language, message/delivery-status complete with all that is known, and of the message what the
 * sender asked to have back. Lines end with CRLF. Addresses here are ASCII (no SMTPUTF8), so that the forms of RFC 6533 never arise; what is
 * not ASCII in a server's words becomes "?" in the machine's part and stays in the words.
 */
#pragma once

#include "base/catalogue.h"
#include "ndr/diagnosis.h"

G_BEGIN_DECLS

typedef struct {
  MrReport kind;                  /* one of the bits */
  const MrMessageRecord *message; /* the one that the report is about */
  GPtrArray *recipients;          /* const MrRecipientRecord *, all of them to be told of */
  const char *from;               /* the account's address */
  const char *reporting_mta;      /* our name */
  const char *message_id;         /* of the report, without angle brackets */
  const char *boundary;           /* occurs in nothing else */
  gint64 now;                     /* wall time */
  gint64 retry_until;             /* kind delayed; 0: not known */
  GBytes *original; /* header of the message with its empty line, or the whole of it; NULL: no longer kept */
  gboolean whole;   /* original is the whole message */
  MrDiagnosis *diagnosis;
  MrCatalogue *catalogue; /* NULL: English */
} MrReportText;

/* The complete mail. (transfer full) */
GBytes *mr_report_write (const MrReportText *report);
/* Its subject, not encoded. (transfer full) */
char *mr_report_dup_subject (const MrReportText *report);
/* RFC 3463 code of a recipient in this report. (transfer full) */
char *mr_report_dup_status (MrReport kind, const MrRecipientRecord *recipient);

G_END_DECLS
