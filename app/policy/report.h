/* Whether a report is mailed: the setting and what the sender asked for (RFC 3461 4.1, 5.2). */
#pragma once

#include <mailrelay/records.h>

G_BEGIN_DECLS

/* [reports] mail */
typedef enum { MR_MAIL_REPORTS_NEVER, MR_MAIL_REPORTS_REQUESTED, MR_MAIL_REPORTS_ALWAYS } MrMailReports;
MrMailReports mr_policy_mail_reports (const char *word);

typedef struct {
  MrMailReports setting;
  const char *reverse_path;
  gboolean is_report; /* the message is a report itself */
  guint notify;       /* MrNotify bits; 0: the sender did not say */
  guint reported;     /* MrReport bits that have been made or are due */
  MrRecipientState state;
  gint64 online_age;  /* seconds */
  gint64 delay_after; /* seconds; 0: never */
} MrReportFacts;

/* The one MrReport that is due now; 0: none. */
guint mr_policy_report (const MrReportFacts *facts);

G_END_DECLS
