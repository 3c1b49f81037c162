/* SPF beyond the public suite: what the facts of real records teach. */
#include "mailauth/spf.h"

#include <string.h>

typedef struct {
  const char *name;
  MrLookupType type;
  const char *records[12];
} Row;

static const Row rows[] = {
  { "ok.example", MR_LOOKUP_TXT, { "unrelated", "v=spf1 ip4:192.0.2.0/24 include:_spf.provider.example -all" } },
  { "_spf.provider.example", MR_LOOKUP_TXT, { "V=SPF1 ip4:198.51.100.7 ip6:2001:db8::/32 ~all" } },
  { "two.example", MR_LOOKUP_TXT, { "v=spf1 -all", "v=spf1 +all" } },
  { "ten.example",
    MR_LOOKUP_TXT,
    { "v=spf1 a:a.example a:a.example a:a.example a:a.example a:a.example a:a.example a:a.example a:a.example "
      "a:a.example a:a.example a:a.example -all" } },
  { "a.example", MR_LOOKUP_A, { "203.0.113.1" } },
  { "void.example", MR_LOOKUP_TXT, { "v=spf1 a:none1.example a:none2.example a:none3.example -all" } },
  { "glued.example", MR_LOOKUP_TXT, { "v=spf1 ip4:192.0.2.1 ip4:1.2.3.4~all" } },
  { "loop.example", MR_LOOKUP_TXT, { "v=spf1 include:loop.example -all" } },
  { "lead.example", MR_LOOKUP_TXT, { " v=spf1 -all" } },
  { "ten-version.example", MR_LOOKUP_TXT, { "v=spf10 -all" } },
  { "words.example", MR_LOOKUP_TXT, { "v=spf1 exp=why.example -all" } },
  { "why.example", MR_LOOKUP_TXT, { "%{i} may not send for %{d}; see http://example/?s=%{S}" } },
};

static void
answer (MrLookupTable *table, const char *name, MrLookupType type)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].type == type && g_str_equal (rows[i].name, name)) {
      mr_lookup_table_answer (table, name, type, MR_LOOKUP_FOUND, rows[i].records);
      return;
    }
  mr_lookup_table_answer (table, name, type, MR_LOOKUP_NOTHING, NULL);
}

static void
check (const char *address, const char *domain, MrSpfReport *report)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_autofree char *sender = g_strconcat ("x&y@", domain, NULL);
  const MrSpfQuery query = { .address = address, .mailfrom = sender, .helo = "mail.example" };
  char *name;
  MrLookupType type;

  while (mr_spf_check (table, &query, report) == MR_SPF_PENDING) {
    mr_spf_report_clear (report);
    while (mr_lookup_table_take_wanted (table, &name, &type)) {
      answer (table, name, type);
      g_free (name);
    }
  }
}

static void
test_results (void)
{
  static const struct {
    const char *address, *domain;
    MrSpfResult result;
    guint look_ups, voids;
  } cases[] = {
    { "192.0.2.9", "ok.example", MR_SPF_PASS, 0, 0 },          { "::ffff:192.0.2.9", "ok.example", MR_SPF_PASS, 0, 0 },
    { "198.51.100.7", "ok.example", MR_SPF_PASS, 1, 0 },       { "2001:db8::25", "ok.example", MR_SPF_PASS, 1, 0 },
    { "203.0.113.9", "ok.example", MR_SPF_FAIL, 1, 0 },        { "192.0.2.9", "two.example", MR_SPF_PERMERROR, 0, 0 },
    { "192.0.2.9", "ten.example", MR_SPF_PERMERROR, 11, 0 },   { "203.0.113.1", "ten.example", MR_SPF_PASS, 1, 0 },
    { "192.0.2.9", "void.example", MR_SPF_PERMERROR, 3, 3 },   { "192.0.2.1", "glued.example", MR_SPF_PERMERROR, 0, 0 },
    { "192.0.2.1", "loop.example", MR_SPF_PERMERROR, 11, 0 },  { "192.0.2.1", "lead.example", MR_SPF_NONE, 0, 0 },
    { "192.0.2.1", "ten-version.example", MR_SPF_NONE, 0, 0 }, { "nonsense", "ok.example", MR_SPF_NONE, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (MrSpfReport) report = { 0 };
    check (cases[i].address, cases[i].domain, &report);
    g_test_message ("%s %s: %s", cases[i].address, cases[i].domain, report.problem);
    g_assert_cmpstr (mr_spf_result_nick (report.result), ==, mr_spf_result_nick (cases[i].result));
    g_assert_cmpuint (report.look_ups, ==, cases[i].look_ups);
    g_assert_cmpuint (report.void_look_ups, ==, cases[i].voids);
    g_assert_true ((report.result == MR_SPF_PERMERROR) == (report.problem != NULL)
                   || g_str_equal (cases[i].address, "nonsense"));
  }
}

/* What was looked at comes out as a tree. */
static void
test_steps (void)
{
  g_auto (MrSpfReport) report = { 0 };
  static const struct {
    guint depth;
    const char *term;
    gboolean matched;
  } steps[] = { { 0, "ip4:192.0.2.0/24", FALSE },
                { 0, "include:_spf.provider.example", TRUE },
                { 1, "ip4:198.51.100.7", TRUE } };

  check ("198.51.100.7", "ok.example", &report);
  g_assert_cmpuint (report.steps->len, ==, G_N_ELEMENTS (steps));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    const MrSpfStep *step = g_ptr_array_index (report.steps, i);
    g_assert_cmpuint (step->depth, ==, steps[i].depth);
    g_assert_cmpstr (step->term, ==, steps[i].term);
    g_assert_true (step->matched == steps[i].matched);
  }
}

static void
test_explanation (void)
{
  g_auto (MrSpfReport) report = { 0 };

  check ("192.0.2.1", "words.example", &report);
  g_assert_cmpint (report.result, ==, MR_SPF_FAIL);
  g_assert_cmpstr (report.explanation, ==,
                   "192.0.2.1 may not send for words.example; see http://example/?s=x%26y%40words.example");
}

static void
test_grammar (void)
{
  static const char *const good[] = { "v=spf1",
                                      "v=spf1 ",
                                      "V=SPF1  a  mx/24//64 ptr:x.example all",
                                      "v=spf1 a//64",
                                      "v=spf1 ip6:::1/0",
                                      "v=spf1 x-y.z=%{d}anything -all",
                                      "v=spf1 a:%{d}",
                                      "v=spf1 redirect=%{l1r-}.x.example",
                                      "v=spf1 exists:%{ir}.%{v}._spf.%{d2147483648}",
                                      NULL };
  static const char *const bad[] = { "v=spf1 all.",
                                     "v=spf1 all/8",
                                     "v=spf1 ip4:1.2.3.4/33",
                                     "v=spf1 ip4:1.2.3.4:25",
                                     "v=spf1 ip6:::1/129",
                                     "v=spf1 ip4:1.2.3",
                                     "v=spf1 a:111.222.33.44",
                                     "v=spf1 a:localhost",
                                     "v=spf1 a/032",
                                     "v=spf1 include",
                                     "v=spf1 redirect=a.example redirect=b.example",
                                     "v=spf1 exp=a.example exp=b.example",
                                     "v=spf1 a:%{d0}.example",
                                     "v=spf1 a:%{c}.example",
                                     "v=spf1 a:%x.example",
                                     "v=spf1 a:%",
                                     "v=spf1 \xc3\xa4.example",
                                     "v=spf1 a\tmx",
                                     "v=spf1 -redirect=a.example",
                                     "v=spf1 foo",
                                     "v=spf1 =x",
                                     "spf1 -all",
                                     NULL };

  for (guint i = 0; good[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MrSpfRecord) record = mr_spf_record_parse (good[i], &error);
    g_assert_no_error (error);
    g_assert_nonnull (record);
  }
  for (guint i = 0; bad[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MrSpfRecord) record = mr_spf_record_parse (bad[i], &error);
    g_test_message ("%s", bad[i]);
    g_assert_null (record);
    g_assert_error (error, MR_ERROR, MR_ERROR_INVALID);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spf/results", test_results);
  g_test_add_func ("/spf/steps", test_steps);
  g_test_add_func ("/spf/explanation", test_explanation);
  g_test_add_func ("/spf/grammar", test_grammar);
  return g_test_run ();
}
