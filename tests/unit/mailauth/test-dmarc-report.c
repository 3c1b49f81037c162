/* Aggregate reports: both generations, namespaces, rubbish, bounds, and the table over several. */
#include "mailauth/dmarc-report.h"

#include <string.h>

#define HEAD                                                                                                           \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feedback><report_metadata><org_name>Receiver</org_name>"               \
  "<email>x@receiver.example</email><report_id>77</report_id><date_range><begin>1790000000</begin>"                    \
  "<end>1790086400</end></date_range></report_metadata>"                                                               \
  "<policy_published><domain>example.com</domain><p>none</p></policy_published>"
#define RECORD(ip, n, dkim, spf)                                                                                       \
  "<record><row><source_ip>" ip "</source_ip><count>" n "</count><policy_evaluated><disposition>none</disposition>"    \
  "<dkim>" dkim "</dkim><spf>" spf "</spf></policy_evaluated></row>"                                                   \
  "<identifiers><header_from>example.com</header_from></identifiers>"                                                  \
  "<auth_results><dkim><domain>example.com</domain><selector>s1</selector><result>" dkim "</result></dkim>"            \
  "<spf><domain>bounce.example.com</domain><result>" spf "</result></spf></auth_results></record>"

static MrDmarcReport *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  MrDmarcReport *report = mr_dmarc_report_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return report;
}

static void
test_report (void)
{
  g_autoptr (MrDmarcReport) report = parse ("\xef\xbb\xbf" HEAD RECORD ("192.0.2.1", "12", "pass", "fail")
                                                RECORD ("2001:db8::1", "3", "fail", "fail") "</feedback>");
  const MrDmarcRow *row = report->rows->pdata[0];

  g_assert_cmpstr (report->organisation, ==, "Receiver");
  g_assert_cmpstr (report->id, ==, "77");
  g_assert_cmpint (report->begin, ==, 1790000000);
  g_assert_cmpint (report->end, ==, 1790086400);
  g_assert_cmpstr (report->domain, ==, "example.com");
  g_assert_cmpstr (report->policy, ==, "none");
  g_assert_cmpuint (report->rows->len, ==, 2);
  g_assert_cmpstr (row->source, ==, "192.0.2.1");
  g_assert_cmpuint (row->count, ==, 12);
  g_assert_true (row->dkim);
  g_assert_false (row->spf);
  g_assert_cmpstr (row->header_from, ==, "example.com");
  g_assert_cmpstr (row->dkim_domains, ==, "example.com/s1 pass");
  g_assert_cmpstr (row->spf_domain, ==, "bounce.example.com");
  g_assert_cmpstr (row->spf_result, ==, "fail");
}

/* RFC 9990 has a namespace; some write a prefix, white space and parts that nobody knows. */
static void
test_odd (void)
{
  g_autoptr (MrDmarcReport) report = parse (
      "<ns:feedback xmlns:ns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n<ns:version>2</ns:version><ns:record>\n <ns:row>\n"
      "  <ns:source_ip>\n 192.0.2.9 </ns:source_ip><ns:count> 4 </ns:count><unknown><source_ip>x</source_ip></unknown>"
      "</ns:row></ns:record><record><row><count>5</count></row></record></ns:feedback>");

  g_assert_cmpuint (report->rows->len, ==, 1); /* a row without an address is none */
  g_assert_cmpstr (((MrDmarcRow *)report->rows->pdata[0])->source, ==, "192.0.2.9");
  g_assert_cmpuint (((MrDmarcRow *)report->rows->pdata[0])->count, ==, 4);
  g_assert_cmpstr (report->domain, ==, "");
}

static void
test_refused (void)
{
  g_autoptr (GString) deep = g_string_new ("<feedback>"), long_one = g_string_new ("<feedback>");
  const char *texts[]
      = { "", "text", "<html></html>", "<feedback>", "<feedback></html>", "<feedback>&bomb;</feedback>", NULL, NULL };

  for (guint i = 0; i < 50; i++)
    g_string_append (deep, "<a>");
  for (guint i = 0; i <= MR_DMARC_REPORT_MAX_ROWS; i++)
    g_string_append (long_one, RECORD ("192.0.2.1", "1", "pass", "pass"));
  g_string_append (long_one, "</feedback>");
  texts[6] = deep->str;
  texts[7] = long_one->str;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (mr_dmarc_report_parse (texts[i], strlen (texts[i]), &error));
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
  }
}

static void
test_sources (void)
{
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func ((GDestroyNotify)mr_dmarc_report_free);

  g_ptr_array_add (reports, parse (HEAD RECORD ("192.0.2.1", "100", "pass", "pass")
                                       RECORD ("192.0.2.2", "7", "fail", "fail") "</feedback>"));
  g_ptr_array_add (reports, parse (HEAD RECORD ("192.0.2.2", "3", "fail", "pass")
                                       RECORD ("192.0.2.3", "9", "fail", "fail") "</feedback>"));
  g_autoptr (GPtrArray) sources = mr_dmarc_sources (reports);
  const MrDmarcSource *first = sources->pdata[0], *second = sources->pdata[1], *third = sources->pdata[2];

  g_assert_cmpuint (sources->len, ==, 3);
  g_assert_cmpstr (first->source, ==, "192.0.2.3");
  g_assert_cmpstr (second->source, ==, "192.0.2.2");
  g_assert_cmpuint (second->messages, ==, 10);
  g_assert_cmpuint (second->passed, ==, 3);
  g_assert_cmpuint (second->spf, ==, 3);
  g_assert_cmpuint (second->dkim, ==, 0);
  g_assert_cmpstr (second->dispositions, ==, "none");
  g_assert_cmpuint (third->messages, ==, third->passed);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dmarc-report/report", test_report);
  g_test_add_func ("/dmarc-report/odd", test_odd);
  g_test_add_func ("/dmarc-report/refused", test_refused);
  g_test_add_func ("/dmarc-report/sources", test_sources);
  return g_test_run ();
}
