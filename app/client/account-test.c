/* The test of an account: a job of the service (client/job.h) whose steps are a trace and whose end carries the conversation. */
#include <config.h>

#include "client/account-variant.h"
#include "client/calls.h"

#include <glib/gi18n-lib.h>

#include "base/records-variant.h"
#include "client/client-private.h"
#include "client/job.h"
#include "data/dbus/names.h"

static const MrClientJobKind account_test = { .interface = MR_BUS_ACCOUNTS,
                                              .method = "Test",
                                              .cancel = "CancelTest",
                                              .step = "TestStep",
                                              .done = "TestDone",
                                              .done_type = "(ubss)" };

typedef struct {
  MrClientTestStepFunc func;
  gpointer data;
} Steps;

static void
step_cb (GVariant *dict, guint number, gpointer data)
{
  const Steps *steps = data;
  g_auto (MrTraceStep) step = { 0 };

  mr_trace_step_read (dict, &step);
  if (steps->func != NULL)
    steps->func (&step, steps->data);
}

void
mr_client_test_account_async (MrClient *self, const MrAccountRecord *record, MrSecret *secret,
                              MrClientTestStepFunc step, gpointer step_data, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  gboolean no_host = record->host == NULL || *record->host == '\0';
  gboolean only_id = no_host && (record->addresses == NULL || record->addresses[0] == NULL)
                     && record->kind == MR_ACCOUNT_RELAY;
  GError *error = NULL;
  g_autoptr (GUnixFDList) fds = mr_client_secret_fds (secret, &error);
  Steps *steps;

  if (fds == NULL) {
    g_task_report_error (self, callback, data, mr_client_test_account_async, error);
    return;
  }
  GVariant *account = only_id ? g_variant_new_parsed ("{'id': <%s>}", record->id)
                              : mr_client_account_to_variant (record);
  steps = g_new (Steps, 1);
  *steps = (Steps){ .func = step, .data = step_data };
  mr_client_job_async (self, &account_test, g_variant_new ("(@a{sv}bh)", account, secret != NULL, 0), fds, step_cb,
                       steps, g_free, cancellable, callback, data);
}

gboolean
mr_client_test_account_finish (MrClient *self, GAsyncResult *result, char **ret_transcript, GError **error)
{
  g_autoptr (GVariant) last = mr_client_job_finish (self, result, error);
  const char *words, *transcript;
  gboolean ok;

  if (last == NULL)
    return FALSE;
  g_variant_get (last, "(ub&s&s)", NULL, &ok, &words, &transcript);
  if (ret_transcript != NULL)
    *ret_transcript = g_strdup (transcript);
  if (!ok)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_FAILED, *words != '\0' ? words : _ ("The test failed"));
  return ok;
}
