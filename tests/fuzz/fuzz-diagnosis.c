/* Fuzz target: the diagnosis of a reply, and a person's rule file. The first bytes choose stage, speaker, code and error;
 * the rest is text, host and recipient. A first byte of 255 hands the rest over as a rule file. */
#include <string.h>

#include "fuzz.h"
#include "ndr/diagnosis.h"

static MrDiagnosis *builtin;

static void
check_texts (MrDiagnosis *d, const char *cause, GVariant *params)
{
  g_autofree char *title = mr_cause_dup_title (d, cause, params);
  g_autofree char *sentence = mr_cause_dup_sentence (d, cause, params);
  g_autofree char *explanation = mr_cause_dup_explanation (d, cause, params);

  g_assert_true (g_utf8_validate (title, -1, NULL));
  g_assert_true (g_utf8_validate (sentence, -1, NULL));
  g_assert_true (g_utf8_validate (explanation, -1, NULL));
}

static void
check_result (const MrDiagnosisInput *input, const MrDiagnosisResult *a, const MrDiagnosisResult *b)
{
  g_assert_true (mr_cause_is_known (builtin, a->cause));
  g_assert_true (a->cause == b->cause && a->rule == b->rule && a->retry_after == b->retry_after);
  g_assert_true (g_variant_equal (a->params, b->params));
  g_assert_cmpuint (g_variant_get_size (a->params), <, 4096);
  g_assert_cmpfloat (a->confidence, >=, 0.0);
  g_assert_cmpfloat (a->confidence, <=, 1.0);
  g_assert_cmpuint (a->retry_after, <=, 7 * 86400);
  /* Words of this program are no reply, so they say nothing about when to come back. */
  if (input->code == 0 && input->error >= 0)
    g_assert_cmpuint (a->retry_after, ==, 0);
}

static void
fuzz_rules (const guint8 *data, gsize size)
{
  MrDiagnosis *d = mr_diagnosis_new_builtin ();
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  MrDiagnosisInput input = { .stage = MR_STAGE_RCPT, .code = 550, .text = "User unknown", .error = -1 };
  g_auto (MrDiagnosisResult) before = { 0 };
  g_auto (MrDiagnosisResult) after = { 0 };
  gboolean ok;

  mr_diagnosis_run (d, &input, &before);
  ok = mr_diagnosis_add_rules (d, "fuzz.conf", bytes, FALSE, &error);
  g_assert_true (ok == (error == NULL));
  /* Words only, whatever the file says. */
  mr_diagnosis_run (d, &input, &after);
  check_result (&input, &before, &after);
  g_assert_true (before.action == after.action && before.person_remedy == after.person_remedy);
  mr_diagnosis_free (d);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = NULL, *host = NULL;
  MrDiagnosisInput input = { .error = -1 };
  g_auto (MrDiagnosisResult) a = { 0 };
  g_auto (MrDiagnosisResult) b = { 0 };
  const char *newline;

  if (size < 5)
    return 0;
  /* Kept for the whole run: only words could change it, and they are changed in a copy. */
  if (builtin == NULL)
    builtin = mr_diagnosis_new_builtin ();
  if (data[0] == 255) {
    fuzz_rules (data + 1, size - 1);
    return 0;
  }
  text = g_strndup ((const char *)data + 5, size - 5);
  newline = strchr (text, '\n');
  host = newline != NULL ? g_strdup (newline + 1) : NULL;
  input.stage = data[0] % MR_STAGE_N_STAGES;
  input.speaker = data[1] % MR_SPEAKER_N_SPEAKERS;
  input.code = data[2] % 2 == 0 ? 0 : 200 + data[3] * 2;
  input.error = data[4] % (MR_ERROR_N_CODES + 1) - 1;
  input.no_route = (data[1] & 16) != 0;
  input.direct = (data[1] & 32) != 0;
  input.enhanced = (data[1] & 64) != 0 ? text : NULL;
  input.text = text;
  input.host = input.recipient = input.sender = host;
  input.size = input.max_size = (guint64)data[3] << 40;
  mr_diagnosis_run (builtin, &input, &a);
  mr_diagnosis_run (builtin, &input, &b);
  check_result (&input, &a, &b);
  check_texts (builtin, a.cause, a.params);
  return 0;
}
