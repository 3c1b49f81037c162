/* How often the diagnosis is right on the corpus, as floors that hold what was reached, and the codes that need no text:
 * the whole registry of enhanced codes and every reply code of RFC 5321. */
#include "ndr-table.h"

#include <string.h>

static MrDiagnosis *diagnosis;

static char *
corpus (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "ndr", name, NULL);
}

static void
report (const MrAccuracy *accuracy)
{
  for (guint i = 0; i < accuracy->wrong->len; i++)
    if (!g_str_has_prefix (accuracy->wrong->pdata[i], "accepted"))
      g_test_message ("%s", (const char *)accuracy->wrong->pdata[i]);
}

static void
test_replies (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = corpus ("replies.tsv");
  g_autoptr (MrTsv) replies = mr_tsv_read (path, &error);

  g_assert_no_error (error);
  g_autoptr (MrAccuracy) accuracy = mr_accuracy_of_replies (diagnosis, replies, -1);

  report (accuracy);
  g_assert_cmpuint (accuracy->all.n, >, 700);
  g_assert_cmpfloat (mr_percent (accuracy->all.acceptable, accuracy->all.n), >=, 98.0);
  g_assert_cmpfloat (mr_percent (accuracy->all.strict, accuracy->all.n), >=, 94.0);
  g_assert_cmpfloat (mr_percent (accuracy->all.actor, accuracy->all.n), >=, 98.0);
  g_assert_cmpfloat (mr_accuracy_mean (accuracy), >=, 96.0);
}

/* Replies in wordings that no rule was written after at first: parts a to e are what rules were then widened by, "held"
 * never was, so it tells what to expect of a server that nobody here has met. */
static void
test_wild (void)
{
  static const struct {
    const char *part;
    double acceptable, mean, actor;
  } floors[] = {
    { "a", 98.0, 97.0, 98.0 }, { "b", 98.0, 97.0, 98.0 }, { "c", 97.0, 96.0, 97.0 },
    { "d", 97.0, 97.0, 97.0 }, { "e", 97.0, 97.0, 97.0 }, { "held", 90.0, 89.0, 92.0 },
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = corpus ("wild.tsv");
  g_autoptr (MrTsv) replies = mr_tsv_read (path, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (floors); i++) {
    g_autoptr (MrAccuracy) accuracy = mr_accuracy_of_part (diagnosis, replies, floors[i].part);

    if (!g_str_equal (floors[i].part, "held"))
      report (accuracy);
    g_assert_cmpuint (accuracy->all.n, >, 140);
    g_assert_cmpfloat (mr_percent (accuracy->all.acceptable, accuracy->all.n), >=, floors[i].acceptable);
    g_assert_cmpfloat (mr_accuracy_mean (accuracy), >=, floors[i].mean);
    g_assert_cmpfloat (mr_percent (accuracy->all.actor, accuracy->all.n), >=, floors[i].actor);
  }
}

static void
test_bounces (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = corpus ("bounces");
  g_autoptr (MrBounceAccuracy) bounces = mr_accuracy_of_bounces (diagnosis, folder, &error);

  g_assert_no_error (error);
  report (bounces->causes);
  g_assert_cmpuint (bounces->rows, >, 150);
  g_assert_cmpuint (bounces->nothing, >, 0);
  g_assert_cmpuint (bounces->noise, ==, 0);
  g_assert_cmpfloat (mr_percent (bounces->recipient, bounces->rows), >=, 99.0);
  g_assert_cmpfloat (mr_percent (bounces->outcome, bounces->rows), >=, 98.0);
  g_assert_cmpfloat (mr_percent (bounces->causes->all.acceptable, bounces->rows), >=, 96.0);
  g_assert_cmpfloat (mr_percent (bounces->causes->all.actor, bounces->rows), >=, 98.0);
}

/* Messages in the formats of many servers and languages, written for this test, and mail that only looks like it. */
static void
test_written (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = corpus ("written");
  g_autoptr (MrBounceAccuracy) bounces = mr_accuracy_of_bounces (diagnosis, folder, &error);

  g_assert_no_error (error);
  report (bounces->causes);
  g_assert_cmpuint (bounces->rows, >, 60);
  g_assert_cmpuint (bounces->nothing, >, 15);
  g_assert_cmpuint (bounces->noise, ==, 0);
  g_assert_cmpuint (bounces->recipient, ==, bounces->rows);
  g_assert_cmpuint (bounces->outcome, ==, bounces->rows);
  g_assert_cmpfloat (mr_percent (bounces->causes->all.acceptable, bounces->rows), >=, 97.0);
}

/* ---- line ends ---- */

static char *
with_line_end (const char *data, gsize len, const char *end, gsize *ret_len)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < len; i++) {
    if (data[i] == '\r' && i + 1 < len && data[i + 1] == '\n')
      continue;
    if (data[i] == '\r' || data[i] == '\n')
      g_string_append (out, end);
    else
      g_string_append_c (out, data[i]);
  }
  *ret_len = out->len;
  return g_string_free (out, FALSE);
}

static void
assert_same (const MrReturned *a, const MrReturned *b)
{
  g_assert_cmpint (a->outcome, ==, b->outcome);
  g_assert_cmpstr (a->message_id, ==, b->message_id);
  g_assert_cmpuint (a->recipients->len, ==, b->recipients->len);
  for (guint i = 0; i < a->recipients->len; i++) {
    const MrReturnedRecipient *x = a->recipients->pdata[i], *y = b->recipients->pdata[i];

    g_assert_cmpstr (x->recipient, ==, y->recipient);
    g_assert_cmpstr (x->status, ==, y->status);
    g_assert_cmpstr (x->text, ==, y->text);
    g_assert_cmpuint (x->code, ==, y->code);
    g_assert_true (x->diagnosis.cause == y->diagnosis.cause && x->diagnosis.rule == y->diagnosis.rule);
  }
}

/* Whatever the line end, the answer is the same. */
static void
test_line_ends (gconstpointer data_folder)
{
  static const char *const ends[] = { "\n", "\r\n", "\r" };
  g_autofree char *folder = corpus (data_folder);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL), *data = NULL;
    gsize len = 0;

    if (!g_str_has_suffix (name, ".eml") || !g_file_get_contents (path, &data, &len, NULL))
      continue;
    g_autoptr (MrReturned) as_it_is = mr_returned_read (diagnosis, data, len);

    for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
      gsize n;
      g_autofree char *other = with_line_end (data, len, ends[i], &n);
      g_autoptr (MrReturned) again = mr_returned_read (diagnosis, other, n);

      assert_same (as_it_is, again);
    }
  }
}

/* ---- codes alone ---- */

static void
check_code (guint code, const char *enhanced, const char *cause)
{
  MrDiagnosisInput input = { .code = code, .enhanced = enhanced, .speaker = MR_SPEAKER_RECIPIENT_SERVER, .error = -1 };
  g_auto (MrDiagnosisResult) result = { 0 };

  mr_diagnosis_run (diagnosis, &input, &result);
  g_autofree char *title = mr_cause_dup_title (diagnosis, result.cause, result.params);
  g_autofree char *sentence = mr_cause_dup_sentence (diagnosis, result.cause, result.params);

  g_test_message ("%u %s → %s", code, enhanced != NULL ? enhanced : "", result.cause);
  g_assert_cmpuint (strlen (title), >, 4);
  g_assert_cmpuint (strlen (sentence), >, 10);
  if (cause != NULL && *cause != '\0')
    g_assert_cmpstr (result.cause, ==, cause);
}

/* Where the text says nothing, each code of the registry gives the cause that the table names. */
static void
test_registry (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = corpus ("status-codes.tsv");
  g_autoptr (MrTsv) codes = mr_tsv_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (codes->rows->len, >, 100);
  for (guint i = 0; i < codes->rows->len; i++) {
    const char *code = mr_tsv_get (codes, i, "code");

    if (*code == '4' || *code == '5')
      check_code (*code == '4' ? 450 : 550, code, mr_tsv_get (codes, i, "cause_when_text_says_nothing"));
  }
}

static void
test_reply_codes (void)
{
  static const guint codes[] = { 421, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 521,
                                 530, 534, 535, 538, 550, 551, 552, 553, 554, 555, 556 };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    for (guint stage = MR_STAGE_NONE; stage < MR_STAGE_N_STAGES; stage++) {
      MrDiagnosisInput input = { .stage = stage, .code = codes[i], .error = -1 };
      g_auto (MrDiagnosisResult) result = { 0 };

      mr_diagnosis_run (diagnosis, &input, &result);
      g_assert_cmpstr (result.rule, !=, "none");
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  diagnosis = mr_diagnosis_new_builtin ();
  g_test_add_func ("/corpus/ndr/replies", test_replies);
  g_test_add_func ("/corpus/ndr/wild", test_wild);
  g_test_add_func ("/corpus/ndr/bounces", test_bounces);
  g_test_add_func ("/corpus/ndr/written", test_written);
  g_test_add_data_func ("/corpus/ndr/line-ends", "bounces", test_line_ends);
  g_test_add_data_func ("/corpus/ndr/line-ends-written", "written", test_line_ends);
  g_test_add_func ("/corpus/ndr/registry", test_registry);
  g_test_add_func ("/corpus/ndr/reply-codes", test_reply_codes);
  status = g_test_run ();
  mr_diagnosis_free (diagnosis);
  return status;
}
