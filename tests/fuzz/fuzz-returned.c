/* Fuzz target: reading of returned mail. */
#include <string.h>

#include "fuzz.h"
#include "ndr/returned.h"

static MrDiagnosis *builtin;

static void
check_text (const char *text)
{
  if (text != NULL)
    g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
check_recipient (const MrReturnedRecipient *r)
{
  g_assert_nonnull (r->recipient);
  check_text (r->recipient);
  check_text (r->final_recipient);
  check_text (r->text);
  check_text (r->remote_host);
  check_text (r->reporting_host);
  g_assert_true (mr_cause_is_known (builtin, r->diagnosis.cause));
  g_assert_cmpuint (r->code, <, 600);
  g_assert_cmpuint (strlen (r->recipient), <=, 4096);
  g_assert_true (r->outcome < MR_RETURNED_AUTOREPLY || r->outcome == MR_RETURNED_COMPLAINT);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  /* Kept for the whole run. */
  if (builtin == NULL)
    builtin = mr_diagnosis_new_builtin ();

  g_autoptr (MrReturned) report = mr_returned_read (builtin, data, size);

  g_assert_cmpuint (report->recipients->len, <=, MR_RETURNED_RECIPIENTS_MAX);
  g_assert_true (report->recipients->len > 0 || report->outcome >= MR_RETURNED_AUTOREPLY);
  check_text (report->message_id);
  check_text (report->envelope_id);
  check_text (report->subject);
  check_text (report->sender);
  for (guint i = 0; i < report->recipients->len; i++)
    check_recipient (report->recipients->pdata[i]);
  return 0;
}
