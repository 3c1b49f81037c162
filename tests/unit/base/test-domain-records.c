/* Records of domains: to a dictionary and back, and what comes from elsewhere is bounded. */
#include "base/records-variant.h"

static MrDomainReport *
sample (void)
{
  MrDomainReport *report = mr_domain_report_new ("example.com");
  MrDomainFinding *finding = mr_domain_finding_new ("spf", MR_FINDING_WRONG, "spf-two");

  report->route = MR_DOMAIN_ROUTE_RELAY;
  report->started = 17;
  report->worst = MR_FINDING_WRONG;
  g_free (finding->subject);
  finding->subject = g_strdup ("192.0.2.1");
  finding->params = g_variant_ref_sink (g_variant_new_parsed ("{'domain': 'example.com'}"));
  mr_domain_finding_add_fact (finding, "record", "v=spf1\n\xff ~all");
  mr_domain_finding_add_fact (finding, "record", "");
  mr_domain_finding_add_term (finding, 1, "example.com", "a", TRUE, FALSE);
  g_ptr_array_add (report->findings, finding);
  g_ptr_array_add (report->drifts, mr_domain_finding_new ("dkim", MR_FINDING_ATTENTION, "drift-key"));
  return report;
}

static void
test_round (void)
{
  g_autoptr (MrDomainReport) report = sample (), back = NULL;
  g_autoptr (GVariant) variant = g_variant_ref_sink (mr_domain_report_to_variant (report));
  const MrDomainFinding *finding;
  const MrDomainFact *fact;
  const MrDomainTerm *term;
  const char *domain;

  back = mr_domain_report_from_variant (variant);
  g_assert_cmpstr (back->domain, ==, "example.com");
  g_assert_cmpint (back->route, ==, MR_DOMAIN_ROUTE_RELAY);
  g_assert_cmpint (back->worst, ==, MR_FINDING_WRONG);
  g_assert_cmpint (back->started, ==, 17);
  g_assert_cmpuint (back->findings->len, ==, 1);
  g_assert_cmpuint (back->drifts->len, ==, 1);
  finding = mr_domain_report_find (back, "spf", "192.0.2.1");
  g_assert_nonnull (finding);
  g_assert_null (mr_domain_report_find (back, "spf", "192.0.2.2"));
  g_assert_true (mr_domain_report_find (back, "spf", NULL) == finding);
  g_assert_cmpint (finding->state, ==, MR_FINDING_WRONG);
  g_assert_true (g_variant_lookup (finding->params, "domain", "&s", &domain));
  g_assert_cmpuint (finding->facts->len, ==, 1);
  fact = g_ptr_array_index (finding->facts, 0);
  g_assert_true (g_utf8_validate (fact->value, -1, NULL));
  term = g_ptr_array_index (finding->terms, 0);
  g_assert_cmpuint (term->depth, ==, 1);
  g_assert_true (term->looks_up);
}

static void
test_hostile (void)
{
  g_autoptr (GVariant) none = g_variant_ref_sink (g_variant_new_parsed ("{'route': <'relay'>}"));
  g_autoptr (GVariant) odd = g_variant_ref_sink (g_variant_new_parsed (
      "{'domain': <'x.example'>, 'worst': <'dreadful'>, 'findings': <[{'check': <'spf'>}, {'check': <'spf'>, 'code': "
      "<'c'>, 'facts': <'text'>, 'state': <5>}]>}"));
  g_autoptr (MrDomainReport) report = NULL;

  g_assert_null (mr_domain_report_from_variant (none));
  report = mr_domain_report_from_variant (odd);
  g_assert_cmpuint (report->findings->len, ==, 1);
  g_assert_cmpint (((MrDomainFinding *)report->findings->pdata[0])->state, ==, MR_FINDING_UNKNOWN);
}

static void
test_row (void)
{
  g_autoptr (MrDomainRecord) record = mr_domain_record_new ("example.com"), back = NULL;
  g_autoptr (GVariant) variant = NULL;

  record->added = TRUE;
  record->wrong = 2;
  record->worst = MR_FINDING_WRONG;
  variant = g_variant_ref_sink (mr_domain_record_to_variant (record));
  back = mr_domain_record_from_variant (variant);
  g_assert_cmpstr (back->domain, ==, "example.com");
  g_assert_true (back->added);
  g_assert_cmpuint (back->wrong, ==, 2);
  g_assert_nonnull (back->accounts);
}

static void
test_bounds (void)
{
  g_autoptr (MrDomainFinding) finding = mr_domain_finding_new ("spf", MR_FINDING_GOOD, "c");
  g_autofree char *big = g_strnfill (20000, 'x');

  for (guint i = 0; i < 1000; i++) {
    mr_domain_finding_add_fact (finding, "record", big);
    mr_domain_finding_add_term (finding, 0, big, big, FALSE, FALSE);
  }
  g_assert_cmpuint (finding->facts->len, ==, 200);
  g_assert_cmpuint (finding->terms->len, ==, 500);
  g_assert_cmpuint (strlen (((MrDomainFact *)finding->facts->pdata[0])->value), ==, 8192);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain-records/round", test_round);
  g_test_add_func ("/domain-records/hostile", test_hostile);
  g_test_add_func ("/domain-records/row", test_row);
  g_test_add_func ("/domain-records/bounds", test_bounds);
  return g_test_run ();
}
