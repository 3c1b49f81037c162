/* Which report is mailed, as a table. */
#include "policy/report.h"

#define DAY 86400

typedef struct {
  const char *name;
  MrMailReports setting;
  const char *reverse_path;
  gboolean is_report;
  guint notify, reported;
  MrRecipientState state;
  gint64 age;
  guint expect;
} Row;

#define NEVER     MR_MAIL_REPORTS_NEVER
#define REQUESTED MR_MAIL_REPORTS_REQUESTED
#define ALWAYS    MR_MAIL_REPORTS_ALWAYS
#define ME        "me@example.com"

static const Row rows[] = {
  { "asked for failures", REQUESTED, ME, FALSE, MR_NOTIFY_FAILURE, 0, MR_RECIPIENT_FAILED, 0, MR_REPORT_FAILED },
  { "given up", REQUESTED, ME, FALSE, MR_NOTIFY_FAILURE, 0, MR_RECIPIENT_EXPIRED, 5 * DAY, MR_REPORT_FAILED },
  { "returned by a person", REQUESTED, ME, FALSE, MR_NOTIFY_FAILURE, 0, MR_RECIPIENT_RETURNED, 0, MR_REPORT_FAILED },
  { "stopped by a person", ALWAYS, ME, FALSE, MR_NOTIFY_FAILURE, 0, MR_RECIPIENT_CANCELLED, 0, 0 },
  { "said nothing", REQUESTED, ME, FALSE, 0, 0, MR_RECIPIENT_FAILED, 0, 0 },
  { "said nothing, for everything", ALWAYS, ME, FALSE, 0, 0, MR_RECIPIENT_FAILED, 0, MR_REPORT_FAILED },
  { "never, for everything", ALWAYS, ME, FALSE, MR_NOTIFY_NEVER, 0, MR_RECIPIENT_FAILED, 0, 0 },
  { "only success, for everything", ALWAYS, ME, FALSE, MR_NOTIFY_SUCCESS, 0, MR_RECIPIENT_FAILED, 0, 0 },
  { "switched off", NEVER, ME, FALSE, MR_NOTIFY_FAILURE, 0, MR_RECIPIENT_FAILED, 0, 0 },
  { "null reverse-path", ALWAYS, "", FALSE, MR_NOTIFY_FAILURE, 0, MR_RECIPIENT_FAILED, 0, 0 },
  { "about a report", ALWAYS, ME, TRUE, MR_NOTIFY_FAILURE, 0, MR_RECIPIENT_FAILED, 0, 0 },
  { "once", ALWAYS, ME, FALSE, MR_NOTIFY_FAILURE, MR_REPORT_FAILED, MR_RECIPIENT_FAILED, 0, 0 },
  { "late", REQUESTED, ME, FALSE, MR_NOTIFY_DELAY, 0, MR_RECIPIENT_WAITING, DAY, MR_REPORT_DELAYED },
  { "not late yet", REQUESTED, ME, FALSE, MR_NOTIFY_DELAY, 0, MR_RECIPIENT_WAITING, 60, 0 },
  { "late, told", REQUESTED, ME, FALSE, MR_NOTIFY_DELAY, MR_REPORT_DELAYED, MR_RECIPIENT_WAITING, DAY, 0 },
  { "failed after it was late", REQUESTED, ME, FALSE, MR_NOTIFY_DELAY | MR_NOTIFY_FAILURE, MR_REPORT_DELAYED,
    MR_RECIPIENT_EXPIRED, 5 * DAY, MR_REPORT_FAILED },
  { "needs a person for hours", ALWAYS, ME, FALSE, 0, 0, MR_RECIPIENT_NEEDS_PERSON, DAY, MR_REPORT_DELAYED },
  { "possibly delivered", ALWAYS, ME, FALSE, MR_NOTIFY_ALL, 0, MR_RECIPIENT_UNCERTAIN, 5 * DAY, 0 },
  { "handed on", REQUESTED, ME, FALSE, MR_NOTIFY_SUCCESS, 0, MR_RECIPIENT_RELAYED, 0, MR_REPORT_RELAYED },
  { "handed on, not asked", ALWAYS, ME, FALSE, 0, 0, MR_RECIPIENT_RELAYED, 0, 0 },
  { "the next host reports", REQUESTED, ME, FALSE, MR_NOTIFY_SUCCESS, 0, MR_RECIPIENT_DELIVERED, 0, 0 },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    MrReportFacts facts = { .setting = row->setting,
                            .reverse_path = row->reverse_path,
                            .is_report = row->is_report,
                            .notify = row->notify,
                            .reported = row->reported,
                            .state = row->state,
                            .online_age = row->age,
                            .delay_after = 14400 };

    g_test_message ("%s", row->name);
    g_assert_cmpuint (mr_policy_report (&facts), ==, row->expect);
    facts.delay_after = 0;
    if (row->expect == MR_REPORT_DELAYED)
      g_assert_cmpuint (mr_policy_report (&facts), ==, 0);
  }
}

static void
test_words (void)
{
  g_assert_cmpint (mr_policy_mail_reports ("always"), ==, ALWAYS);
  g_assert_cmpint (mr_policy_mail_reports ("requested"), ==, REQUESTED);
  g_assert_cmpint (mr_policy_mail_reports ("never"), ==, NEVER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/report/table", test_table);
  g_test_add_func ("/policy/report/words", test_words);
  return g_test_run ();
}
