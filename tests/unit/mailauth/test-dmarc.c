/* DMARC: the examples of RFC 9989 (dmarc/), records as people write them, policies and alignment. */
#include "mailauth/dmarc.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct {
  JsonObject *records;
  GPtrArray *asked;
} World;

static gboolean
answer_wanted (MrLookupTable *table, World *world)
{
  char *name;
  MrLookupType type;
  gboolean any = FALSE;

  while (mr_lookup_table_take_wanted (table, &name, &type)) {
    const char *domain = g_str_has_prefix (name, "_dmarc.") ? name + 7 : NULL;
    const char *record = domain != NULL ? json_object_get_string_member_with_default (world->records, domain, NULL)
                                        : NULL;
    mr_lookup_table_answer (table, name, type, record != NULL ? MR_LOOKUP_FOUND : MR_LOOKUP_NOTHING,
                            (const char *const[]){ record, NULL });
    g_ptr_array_add (world->asked, name);
    any = TRUE;
  }
  return any;
}

static void
check_organisation (World *world, const char *domain, const char *expected, JsonArray *queries)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  MrDmarcStatus status;
  char *found;

  g_ptr_array_set_size (world->asked, 0);
  while ((found = mr_dmarc_dup_organisation (table, domain, &status)) == NULL) {
    g_assert_cmpint (status, ==, MR_DMARC_PENDING);
    g_assert_true (answer_wanted (table, world));
  }
  if (expected != NULL)
    g_assert_cmpstr (found, ==, expected);
  g_free (found);
  for (guint i = 0; queries != NULL && i < json_array_get_length (queries); i++)
    g_assert_cmpstr (world->asked->pdata[i], ==, json_array_get_string_element (queries, i));
  if (queries != NULL)
    g_assert_cmpuint (world->asked->len, ==, json_array_get_length (queries));
}

static gboolean
aligns (World *world, const char *author, const char *domain)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  MrDmarcStatus status;

  while ((status = mr_dmarc_aligns (table, author, domain, FALSE)) == MR_DMARC_PENDING)
    g_assert_true (answer_wanted (table, world));
  return status == MR_DMARC_FOUND;
}

static void
check_policy_domain (World *world, const char *author, const char *expected)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_auto (MrDmarcDiscovery) found = { 0 };

  for (;;) {
    mr_dmarc_discover (table, author, FALSE, &found);
    if (found.status != MR_DMARC_PENDING)
      break;
    mr_dmarc_discovery_clear (&found);
    g_assert_true (answer_wanted (table, world));
  }
  g_assert_cmpstr (found.record_domain, ==, expected);
}

static const char *
member (JsonObject *test, const char *name)
{
  return json_object_get_string_member_with_default (test, name, NULL);
}

static JsonArray *
list (JsonObject *test, const char *name)
{
  return json_object_has_member (test, name) ? json_object_get_array_member (test, name) : NULL;
}

static void
run_example (JsonObject *test)
{
  g_autoptr (GPtrArray) asked = g_ptr_array_new_with_free_func (g_free);
  World world = { .records = json_object_get_object_member (test, "records"), .asked = asked };
  const char *author = member (test, "author");

  if (member (test, "start") != NULL)
    check_organisation (&world, member (test, "start"), member (test, "org_domain"), list (test, "queries"));
  if (author == NULL)
    return;
  check_organisation (&world, author, member (test, "org_author"), list (test, "queries_author"));
  check_organisation (&world, member (test, "dkim_d"), member (test, "org_dkim"), NULL);
  check_policy_domain (&world, author, member (test, "policy_domain"));
  g_assert_true (aligns (&world, author, member (test, "mailfrom"))
                 == json_object_get_boolean_member (test, "spf_aligned_relaxed"));
  g_assert_true (aligns (&world, author, member (test, "dkim_d"))
                 == json_object_get_boolean_member (test, "dkim_aligned_relaxed"));
}

static void
test_examples (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "dmarc", "rfc9989-treewalk-cases.json", NULL);

  json_parser_load_from_file (parser, file, &error);
  g_assert_no_error (error);
  JsonArray *tests = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (tests), ==, 9);
  for (guint i = 0; i < json_array_get_length (tests); i++) {
    g_test_message ("%s", member (json_array_get_object_element (tests, i), "id"));
    run_example (json_array_get_object_element (tests, i));
  }
}

static void
test_records (void)
{
  static const struct {
    const char *text;
    gboolean counts;
    MrDmarcPolicy p, sp;
    guint n_rua, n_problems;
  } cases[] = {
    { "v=DMARC1; p=none", TRUE, MR_DMARC_NONE, MR_DMARC_UNSET, 0, 0 },
    { "v=DMARC1;p=reject;sp=quarantine;rua=mailto:a@x.example,mailto:b@x.example!10m;", TRUE, MR_DMARC_REJECT,
      MR_DMARC_QUARANTINE, 2, 0 },
    { "v = DMARC1 ; p = REJECT ", TRUE, MR_DMARC_REJECT, MR_DMARC_UNSET, 0, 0 },
    { "v=DMARC1", FALSE, 0, 0, 0, 0 },
    { "v=DMARC1; rua=mailto:a@x.example", TRUE, MR_DMARC_NONE, MR_DMARC_UNSET, 1, 1 },
    { "v=DMARC1; p=rejcet", FALSE, 0, 0, 0, 0 },
    { "v=DMARC1; p=rejcet; rua=mailto:a@x.example", TRUE, MR_DMARC_NONE, MR_DMARC_UNSET, 1, 2 },
    { "v=DMARC1; p=reject; sp=x; rua=mailto:a@x.example", TRUE, MR_DMARC_NONE, MR_DMARC_UNSET, 1, 1 },
    { "v=dmarc1; p=none", FALSE, 0, 0, 0, 0 },
    { "v=DMARC1p=none", FALSE, 0, 0, 0, 0 },
    { "p=none; v=DMARC1", FALSE, 0, 0, 0, 0 },
    { " v=DMARC1; p=none", FALSE, 0, 0, 0, 0 },
    { "v=DMARC1; p=quarantine; pct=50; ri=86400", TRUE, MR_DMARC_QUARANTINE, MR_DMARC_UNSET, 0, 2 },
    { "v=DMARC1; p=none; rua=a@x.example", TRUE, MR_DMARC_NONE, MR_DMARC_UNSET, 0, 1 },
    { "v=DMARC1; p=none; nonsense; adkim=q; psd=maybe", TRUE, MR_DMARC_NONE, MR_DMARC_UNSET, 0, 2 },
    { "v=DMARC1; p=none; ruaa=mailto:a@x.example", TRUE, MR_DMARC_NONE, MR_DMARC_UNSET, 0, 1 },
    { "v=spf1 -all", FALSE, 0, 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MrDmarcRecord) record = mr_dmarc_record_parse (cases[i].text, &error);
    g_test_message ("%s", cases[i].text);
    g_assert_true (cases[i].counts == (record != NULL));
    g_assert_true (cases[i].counts == (error == NULL));
    if (record == NULL)
      continue;
    g_assert_cmpint (record->p, ==, cases[i].p);
    g_assert_cmpint (record->sp, ==, cases[i].sp);
    g_assert_cmpuint (g_strv_length (record->rua), ==, cases[i].n_rua);
    g_assert_cmpuint (record->problems->len, ==, cases[i].n_problems);
  }
}

static MrDmarcPolicy
policy (const char *record, gboolean at_parent, gboolean nonexistent)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_auto (MrDmarcDiscovery) found = { 0 };
  const char *const some[] = { record, NULL };

  mr_lookup_table_answer (table, "_dmarc.a.example.com", MR_LOOKUP_TXT, MR_LOOKUP_FOUND, at_parent ? NULL : some);
  mr_lookup_table_answer (table, "_dmarc.example.com", MR_LOOKUP_TXT, MR_LOOKUP_FOUND, at_parent ? some : NULL);
  mr_lookup_table_answer (table, "_dmarc.com", MR_LOOKUP_TXT, MR_LOOKUP_NOTHING, NULL);
  mr_dmarc_discover (table, "A.Example.com.", nonexistent, &found);
  return found.policy;
}

static void
test_policies (void)
{
  g_assert_cmpint (policy ("v=DMARC1; p=reject; sp=none; np=quarantine", FALSE, FALSE), ==, MR_DMARC_REJECT);
  g_assert_cmpint (policy ("v=DMARC1; p=reject; sp=none; np=quarantine", TRUE, FALSE), ==, MR_DMARC_NONE);
  g_assert_cmpint (policy ("v=DMARC1; p=reject; sp=none; np=quarantine", TRUE, TRUE), ==, MR_DMARC_QUARANTINE);
  g_assert_cmpint (policy ("v=DMARC1; p=reject", TRUE, TRUE), ==, MR_DMARC_REJECT);
  g_assert_cmpint (policy ("v=DMARC1; p=reject; t=y", FALSE, FALSE), ==, MR_DMARC_QUARANTINE);
  g_assert_cmpint (policy ("v=DMARC1; p=none; t=y", FALSE, FALSE), ==, MR_DMARC_NONE);
  g_assert_cmpint (policy ("nothing", FALSE, FALSE), ==, MR_DMARC_UNSET);
}

static void
test_lookups (void)
{
  g_autoptr (MrLookupTable) table = mr_lookup_table_new ();
  g_auto (MrDmarcDiscovery) two = { 0 }, failed = { 0 };
  const char *const records[] = { "v=DMARC1; p=none", "v=DMARC1; p=reject", NULL };
  const char *const agreed[] = { "v=DMARC1;", NULL };

  mr_lookup_table_answer (table, "_dmarc.two.example", MR_LOOKUP_TXT, MR_LOOKUP_FOUND, records);
  mr_lookup_table_answer (table, "_dmarc.example", MR_LOOKUP_TXT, MR_LOOKUP_NOTHING, NULL);
  mr_dmarc_discover (table, "two.example", FALSE, &two);
  g_assert_cmpint (two.status, ==, MR_DMARC_ABSENT);
  mr_lookup_table_answer (table, "_dmarc.bad.example", MR_LOOKUP_TXT, MR_LOOKUP_TEMPORARY, NULL);
  mr_dmarc_discover (table, "bad.example", FALSE, &failed);
  g_assert_cmpint (failed.status, ==, MR_DMARC_TEMPORARY);

  g_assert_cmpint (mr_dmarc_aligns (table, "x.example", "X.EXAMPLE.", TRUE), ==, MR_DMARC_FOUND);
  g_assert_cmpint (mr_dmarc_aligns (table, "x.example", "y.x.example", TRUE), ==, MR_DMARC_ABSENT);

  mr_lookup_table_answer (table, "_dmarc.one.example", MR_LOOKUP_TXT, MR_LOOKUP_NOTHING, NULL);
  mr_lookup_table_answer (table, "_dmarc.reports.example", MR_LOOKUP_TXT, MR_LOOKUP_NOTHING, NULL);
  g_assert_cmpint (mr_dmarc_may_report (table, "one.example", "one.example"), ==, MR_DMARC_FOUND);
  g_assert_cmpint (mr_dmarc_may_report (table, "one.example", "reports.example"), ==, MR_DMARC_PENDING);
  mr_lookup_table_answer (table, "one.example._report._dmarc.reports.example", MR_LOOKUP_TXT, MR_LOOKUP_NOTHING, NULL);
  g_assert_cmpint (mr_dmarc_may_report (table, "one.example", "reports.example"), ==, MR_DMARC_ABSENT);
  mr_lookup_table_answer (table, "one.example._report._dmarc.reports.example", MR_LOOKUP_TXT, MR_LOOKUP_FOUND, agreed);
  g_assert_cmpint (mr_dmarc_may_report (table, "one.example", "reports.example"), ==, MR_DMARC_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dmarc/examples", test_examples);
  g_test_add_func ("/dmarc/records", test_records);
  g_test_add_func ("/dmarc/policies", test_policies);
  g_test_add_func ("/dmarc/lookups", test_lookups);
  return g_test_run ();
}
