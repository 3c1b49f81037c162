/* Reports by mail: which are due is recorded in the transaction of the outcome, so that neither a crash loses one nor makes two of it. */
#include "engine/reports.h"

#include "policy/report.h"

void
mr_reports_note (MrEngine *engine, const MrMessageRecord *message, MrRecipientRecord *recipient)
{
  MrConfig *config = mr_engine_get_config (engine);
  MrReportFacts facts = {
    .setting = mr_policy_mail_reports (mr_config_get_string (config, "reports", "mail")),
    .reverse_path = message->reverse_path,
    .is_report = message->report_for != NULL,
    .notify = recipient->notify,
    .reported = recipient->reported | recipient->report_due,
    .state = recipient->state,
    .online_age = (mr_engine_online_now (engine) - message->online_at) / G_USEC_PER_SEC,
    .delay_after = mr_config_get_integer (config, "reports", "delay-after"),
  };

  recipient->report_due |= mr_policy_report (&facts);
}
