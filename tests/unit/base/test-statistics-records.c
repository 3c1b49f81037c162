/* Statistics and audit lines as dictionaries and as CSV. */
#include "base/statistics-records.h"

static void
test_nicks (void)
{
  MrStatisticKind kind = MR_STATISTIC_ALL;
  MrSpan span = MR_SPAN_DAY;

  for (guint i = 0; i < MR_STATISTIC_N_KINDS; i++) {
    g_assert_true (mr_statistic_kind_from_nick (mr_statistic_kind_nick ((MrStatisticKind)i), &kind));
    g_assert_cmpuint (kind, ==, i);
  }
  for (guint i = 0; i < MR_SPAN_N_SPANS; i++) {
    g_assert_true (mr_span_from_nick (mr_span_nick ((MrSpan)i), &span));
    g_assert_cmpuint (span, ==, i);
  }
  g_assert_false (mr_span_from_nick ("week", &span));
  g_assert_false (mr_statistic_kind_from_nick ("", &kind));
}

static void
test_statistic (void)
{
  MrStatisticRecord record = { .time = 5, .name = (char *)"example.com", .falling = TRUE };
  int acceptance = 0;

  record.counts[MR_COUNT_DELIVERED] = 9;
  record.counts[MR_COUNT_FAILED] = 1;
  record.counts[MR_COUNT_RETURNED] = 1;
  g_autoptr (GVariant) dict = g_variant_ref_sink (mr_statistic_record_to_variant (&record));
  g_assert_true (g_variant_lookup (dict, "acceptance", "i", &acceptance));
  g_assert_cmpint (acceptance, ==, 800);
  g_autoptr (MrStatisticRecord) back = mr_statistic_record_from_variant (dict);
  g_assert_cmpint (back->time, ==, 5);
  g_assert_cmpstr (back->name, ==, "example.com");
  g_assert_true (back->falling);
  g_assert_cmpmem (back->counts, sizeof back->counts, record.counts, sizeof record.counts);
  record.counts[MR_COUNT_DELIVERED] = 3;
  g_assert_cmpint (mr_statistic_record_acceptance (&record), ==, -1);
}

static void
test_ages (void)
{
  MrQueueAgeRecord record = { .domain = (char *)"example.com", .total = 3, .ages = { 1, [MR_QUEUE_AGES - 1] = 2 } };

  g_assert_cmpuint (mr_queue_age_limit (0), ==, 5);
  g_assert_cmpuint (mr_queue_age_limit (8), ==, 1280);
  g_assert_cmpuint (mr_queue_age_limit (MR_QUEUE_AGES - 1), ==, G_MAXUINT);
  g_autoptr (GVariant) dict = g_variant_ref_sink (mr_queue_age_record_to_variant (&record));
  g_autoptr (MrQueueAgeRecord) back = mr_queue_age_record_from_variant (dict);
  g_assert_cmpmem (back->ages, sizeof back->ages, record.ages, sizeof record.ages);
  g_autoptr (GVariant) empty = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_assert_null (mr_queue_age_record_from_variant (empty));
}

static void
test_audit (void)
{
  MrAuditRecord record = { .serial = 7,
                           .time = 9,
                           .message = (char *)"06GC8M3C00DHYSNC",
                           .uid = -1,
                           .recipients = (char *)"a@example.com",
                           .state = MR_RECIPIENT_FAILED,
                           .reply_code = 550 };
  g_autoptr (GVariant) dict = g_variant_ref_sink (mr_audit_record_to_variant (&record));
  g_autoptr (MrAuditRecord) back = mr_audit_record_from_variant (dict);

  g_assert_cmpuint (back->serial, ==, 7);
  g_assert_cmpint (back->uid, ==, -1);
  g_assert_false (back->submitted);
  g_assert_cmpint (back->state, ==, MR_RECIPIENT_FAILED);
  g_assert_cmpuint (back->reply_code, ==, 550);
  record.submitted = TRUE;
  record.uid = 0;
  g_autoptr (GVariant) first = g_variant_ref_sink (mr_audit_record_to_variant (&record));
  g_autoptr (MrAuditRecord) again = mr_audit_record_from_variant (first);
  g_assert_true (again->submitted);
  g_assert_cmpint (again->uid, ==, 0);
  g_assert_null (g_variant_lookup_value (first, "state", NULL));
}

/* RFC 4180, and nothing that a spreadsheet would run. */
static void
test_csv (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  mr_csv_append (text, "plain", FALSE);
  mr_csv_append (text, "a, \"b\"\nc", FALSE);
  mr_csv_append (text, "=HYPERLINK(1)", FALSE);
  mr_csv_append (text, NULL, FALSE);
  mr_csv_append (text, "", TRUE);
  g_assert_cmpstr (text->str, ==, "plain,\"a, \"\"b\"\"\nc\",\"'=HYPERLINK(1)\",,\r\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/statistics-records/nicks", test_nicks);
  g_test_add_func ("/statistics-records/statistic", test_statistic);
  g_test_add_func ("/statistics-records/ages", test_ages);
  g_test_add_func ("/statistics-records/audit", test_audit);
  g_test_add_func ("/statistics-records/csv", test_csv);
  return g_test_run ();
}
