/* Aggregate reports: kept once, added up since a policy is in force, sources that are none of the person's, forgotten. */
#include "engine-fixture.h"

#include <mailrelay/engine-evidence.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/evidence.h"

#define DAY   86400
#define BEGIN (START / G_USEC_PER_SEC)

typedef struct {
  gboolean done;
  GVariant *dict;
  GError *error;
} Told;

static void
told_cb (GVariant *dict, const GError *error, gpointer data)
{
  Told *told = data;

  told->dict = dict != NULL ? g_variant_ref (dict) : NULL;
  told->error = error != NULL ? g_error_copy (error) : NULL;
  told->done = TRUE;
}

static int
open_text (EngineFixture *f, const char *text)
{
  g_autofree char *name = g_build_filename (f->folder, "report", NULL);
  int fd;

  g_assert_true (g_file_set_contents (name, text, -1, NULL));
  fd = g_open (name, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static GVariant *
import (EngineFixture *f, const char *text, gint expected)
{
  Told told = { 0 };

  mr_engine_import_reports (f->engine, open_text (f, text), told_cb, &told);
  g_assert_false (told.done);
  wait_for (told.done);
  g_assert_cmpint (told.error != NULL ? told.error->code : -1, ==, expected);
  g_clear_error (&told.error);
  return told.dict;
}

/* domain, id, day after the start, policy, source, count, result of both mechanisms. */
static char *
report (const char *domain, const char *id, gint64 day, const char *policy, const char *source, guint count,
        const char *dkim, const char *spf)
{
  gint64 begin = BEGIN + day * DAY;

  return g_strdup_printf (
      "<?xml version=\"1.0\"?><feedback><report_metadata><org_name>Receiver</org_name><report_id>%s</report_id>"
      "<date_range><begin>%" G_GINT64_FORMAT "</begin><end>%" G_GINT64_FORMAT "</end></date_range></report_metadata>"
      "<policy_published><domain>%s</domain><p>%s</p></policy_published><record><row><source_ip>%s</source_ip>"
      "<count>%u</count><policy_evaluated><disposition>none</disposition><dkim>%s</dkim><spf>%s</spf>"
      "</policy_evaluated></row><identifiers><header_from>%s</header_from></identifiers><auth_results/></record>"
      "</feedback>",
      id, begin, begin + DAY, domain, policy, source, count, dkim, spf, domain);
}

static void
keep (EngineFixture *f, char *text)
{
  g_autofree char *owned = text;
  g_autoptr (GVariant) dict = import (f, owned, -1);

  g_assert_nonnull (dict);
}

static GVariant *
get (EngineFixture *f, const char *domain)
{
  Told told = { 0 };

  mr_engine_get_evidence (f->engine, domain, told_cb, &told);
  wait_for (told.done);
  g_assert_no_error (told.error);
  return told.dict;
}

static guint64
count (GVariant *evidence, const char *key)
{
  guint64 n = G_MAXUINT64;

  g_assert_true (g_variant_lookup (evidence, key, "t", &n));
  return n;
}

static void
test_adds_up (EngineFixture *f, gconstpointer unused)
{
  guint reports = 0;

  engine_fixture_start (f, NULL);
  keep (f, report ("own.example", "1", 0, "none", "192.0.2.1", 5, "pass", "fail"));
  keep (f, report ("own.example", "2", 1, "none", "192.0.2.1", 2, "fail", "pass"));
  keep (f, report ("own.example", "2", 1, "none", "192.0.2.1", 2, "fail", "pass")); /* the same file once more */
  keep (f, report ("own.example", "3", 2, "none", "192.0.2.9", 3, "fail", "fail"));
  keep (f, report ("else.example", "4", 2, "none", "192.0.2.9", 7, "fail", "fail"));
  g_autoptr (GVariant) evidence = get (f, "OWN.example"); /* as a person types it */
  g_assert_true (g_variant_lookup (evidence, "reports", "u", &reports));
  g_assert_cmpuint (reports, ==, 3);
  g_assert_cmpuint (count (evidence, "messages"), ==, 10);
  g_assert_cmpuint (count (evidence, "passed"), ==, 7);
  g_assert_cmpuint (count (evidence, "by-signature"), ==, 5);
  g_assert_cmpuint (count (evidence, "failing"), ==, 3);
  g_autoptr (GVariant) none = get (f, "nothing.example");
  g_assert_cmpuint (count (none, "messages"), ==, 0);
}

/* Most failures first; a forger's are no failures of the person's. It survives a restart, and can be taken back. */
static void
test_foreign (EngineFixture *f, gconstpointer unused)
{
  const char *first = NULL;
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, NULL);
  keep (f, report ("own.example", "1", 0, "none", "192.0.2.1", 5, "pass", "pass"));
  keep (f, report ("own.example", "2", 0, "none", "192.0.2.9", 3, "fail", "fail"));
  mr_engine_set_source_foreign (f->engine, "own.example", "192.0.2.9", TRUE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  engine_fixture_restart (f);
  g_autoptr (GVariant) evidence = get (f, "own.example");
  g_assert_cmpuint (count (evidence, "failing"), ==, 0);
  g_autoptr (GVariant) sources = g_variant_lookup_value (evidence, "sources", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) row = g_variant_get_child_value (sources, 0);
  g_assert_true (g_variant_lookup (row, "source", "&s", &first));
  g_assert_cmpstr (first, ==, "192.0.2.9");
  mr_engine_set_source_foreign (f->engine, "own.example", "192.0.2.9", FALSE, engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_autoptr (GVariant) again = get (f, "own.example");
  g_assert_cmpuint (count (again, "failing"), ==, 3);
  mr_engine_set_source_foreign (f->engine, "own.example", "../x", TRUE, engine_done_cb, &answer);
  g_assert_cmpint (engine_answer_code (&answer), ==, MR_ERROR_INVALID);
}

static void
test_forgotten (EngineFixture *f, gconstpointer unused)
{
  EngineAnswer answer = { 0 };

  engine_fixture_start (f, NULL);
  keep (f, report ("own.example", "1", 0, "none", "192.0.2.1", 5, "pass", "pass"));
  keep (f, report ("else.example", "2", 0, "none", "192.0.2.1", 6, "pass", "pass"));
  mr_engine_forget_reports (f->engine, "own.example", engine_done_cb, &answer);
  engine_answer_ok (&answer);
  g_autoptr (GVariant) gone = get (f, "own.example"), other = get (f, "else.example");
  g_assert_cmpuint (count (gone, "messages"), ==, 0);
  g_assert_cmpuint (count (other, "messages"), ==, 6);
}

static void
test_refused (EngineFixture *f, gconstpointer unused)
{
  engine_fixture_start (f, NULL);
  g_assert_null (import (f, "no report\n", MR_ERROR_INVALID));
  g_autofree char *odd = report ("not a domain", "1", 0, "none", "192.0.2.1", 1, "pass", "pass");
  g_assert_null (import (f, odd, MR_ERROR_INVALID));
}

/* What is read from the store is judged as well. */
static void
test_notes (void)
{
  g_autoptr (MrKeptReport) good = mr_kept_report_from_text (
      "('R', 'none', 1, 2, [('192.0.2.1', 2, 1, 1, 0, 'a.example', 'none'), ('192.0.2.1', 3, 0, 0, 0, 'b.example', "
      "'none')])");

  g_assert_nonnull (good);
  g_assert_cmpuint (good->sources->len, ==, 1); /* one address, one source */
  const MrEvidenceSource *source = good->sources->pdata[0];
  g_assert_cmpuint (source->messages, ==, 5);
  g_assert_cmpstr (source->domains, ==, "a.example, b.example");
  g_assert_cmpstr (source->dispositions, ==, "none");
  g_assert_null (mr_kept_report_from_text (""));
  g_assert_null (mr_kept_report_from_text ("('R', 'none', 1)"));
  g_assert_null (mr_kept_report_from_text ("('R', 'none', 'x', 2, [])"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/evidence/adds-up", EngineFixture, NULL, engine_fixture_set_up, test_adds_up, engine_fixture_tear_down);
  g_test_add ("/evidence/foreign", EngineFixture, NULL, engine_fixture_set_up, test_foreign, engine_fixture_tear_down);
  g_test_add ("/evidence/forgotten", EngineFixture, NULL, engine_fixture_set_up, test_forgotten,
              engine_fixture_tear_down);
  g_test_add ("/evidence/refused", EngineFixture, NULL, engine_fixture_set_up, test_refused, engine_fixture_tear_down);
  g_test_add_func ("/evidence/notes", test_notes);
  return g_test_run ();
}
