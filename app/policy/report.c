/* Whether a report is mailed.
 *
 * RFC 3461 takes a sender that says nothing for one that wants failures; here the default shows them in the program only, and a setting says
 * otherwise. Nothing is ever mailed about a message with the null reverse-path, about a report, or twice for one cause. What a person stopped is
 * no news to the sender. "Delivered" is never claimed: what takes the mail over may be one more station.
 */
#include "policy/report.h"

#include <string.h>

MrMailReports
mr_policy_mail_reports (const char *word)
{
  return strcmp (word, "always") == 0      ? MR_MAIL_REPORTS_ALWAYS
         : strcmp (word, "requested") == 0 ? MR_MAIL_REPORTS_REQUESTED
                                           : MR_MAIL_REPORTS_NEVER;
}

/* Which report the state is about, and which wish asks for it. */
static guint
report_of (const MrReportFacts *facts, MrNotify *ret_wish)
{
  switch (facts->state) {
  case MR_RECIPIENT_FAILED:
  case MR_RECIPIENT_EXPIRED:
  case MR_RECIPIENT_RETURNED:
    *ret_wish = MR_NOTIFY_FAILURE;
    return MR_REPORT_FAILED;
  case MR_RECIPIENT_RELAYED:
    *ret_wish = MR_NOTIFY_SUCCESS;
    return MR_REPORT_RELAYED;
  case MR_RECIPIENT_WAITING:
  case MR_RECIPIENT_NEEDS_PERSON:
    *ret_wish = MR_NOTIFY_DELAY;
    return facts->delay_after > 0 && facts->online_age >= facts->delay_after ? MR_REPORT_DELAYED : 0;
  case MR_RECIPIENT_SENDING:
  case MR_RECIPIENT_UNCERTAIN:
  case MR_RECIPIENT_DELIVERED:
  case MR_RECIPIENT_CANCELLED:
  case MR_RECIPIENT_N_STATES:
    break;
  }
  return 0;
}

guint
mr_policy_report (const MrReportFacts *facts)
{
  MrNotify wish = 0;
  guint report = report_of (facts, &wish);
  gboolean asked = (facts->notify & wish) != 0;

  if (report == 0 || (facts->reported & report) != 0 || facts->is_report || facts->reverse_path == NULL
      || facts->reverse_path[0] == '\0' || facts->setting == MR_MAIL_REPORTS_NEVER)
    return 0;
  /* For everything that goes wrong, unless the sender says otherwise. */
  if (facts->setting == MR_MAIL_REPORTS_ALWAYS && facts->notify == 0 && wish != MR_NOTIFY_SUCCESS)
    asked = TRUE;
  return asked ? report : 0;
}
