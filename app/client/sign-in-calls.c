/* Calls for signing in: OAuth 2.0, registered applications, accounts of the desktop. No token passes here. */
#include <config.h>

#include "client/account-variant.h"
#include "client/set-up-calls.h"

#include <glib/gi18n-lib.h>

#include "base/records-variant.h"
#include "client/job.h"
#include "data/dbus/names.h"

static const MrClientJobKind sign_in = { .interface = MR_BUS_ACCOUNTS,
                                         .method = "SignIn",
                                         .cancel = "CancelSignIn",
                                         .step = "SignInStep",
                                         .done = "SignInDone",
                                         .done_type = "(ubs)" };

typedef struct {
  MrClientSignInStepFunc func;
  gpointer data;
} Steps;

static void
step_cb (GVariant *dict, guint number, gpointer data)
{
  const Steps *steps = data;
  const char *state = "", *url = "", *user_code = "";
  MrClientSignInStep step = { .number = number };

  g_variant_lookup (dict, "state", "&s", &state);
  g_variant_lookup (dict, "url", "&s", &url);
  g_variant_lookup (dict, "user-code", "&s", &user_code);
  g_variant_lookup (dict, "expires", "x", &step.expires);
  step.state = state;
  step.url = url;
  step.user_code = user_code;
  if (steps->func != NULL)
    steps->func (&step, steps->data);
}

void
mr_client_sign_in_async (MrClient *self, const MrAccountRecord *record, MrClientSignInStepFunc step, gpointer step_data,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  Steps *steps = g_new (Steps, 1);
  gboolean only_id = (record->host == NULL || *record->host == '\0')
                     && (record->addresses == NULL || record->addresses[0] == NULL);
  GVariant *account = only_id ? g_variant_new_parsed ("{'id': <%s>}", record->id)
                              : mr_client_account_to_variant (record);

  *steps = (Steps){ .func = step, .data = step_data };
  mr_client_job_async (self, &sign_in, g_variant_new ("(@a{sv})", account), NULL, step_cb, steps, g_free, cancellable,
                       callback, data);
}

gboolean
mr_client_sign_in_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) last = mr_client_job_finish (self, result, error);
  const char *words = "";
  gboolean ok = FALSE;

  if (last == NULL)
    return FALSE;
  g_variant_get (last, "(ub&s)", NULL, &ok, &words);
  if (!ok)
    g_set_error_literal (error, MR_ERROR, MR_ERROR_FAILED, *words != '\0' ? words : _ ("The sign-in failed"));
  return ok;
}

static void
call (MrClient *self, const char *method, GVariant *parameters, GUnixFDList *fds, const GVariantType *reply_type,
      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  const MrClientCall wanted = {
    .interface = MR_BUS_ACCOUNTS, .method = method, .parameters = parameters, .fds = fds, .reply_type = reply_type
  };

  mr_client_call (self, &wanted, cancellable, callback, data);
}

void
mr_client_answer_sign_in_async (MrClient *self, guint number, const char *pasted, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer data)
{
  call (self, "AnswerSignIn", g_variant_new ("(us)", number, pasted), NULL, NULL, cancellable, callback, data);
}

gboolean
mr_client_answer_sign_in_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_sign_out_async (MrClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer data)
{
  call (self, "SignOut", g_variant_new ("(s)", id), NULL, NULL, cancellable, callback, data);
}

gboolean
mr_client_sign_out_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  return mr_client_call_finish_void (self, result, error);
}

void
mr_client_set_oauth_client_async (MrClient *self, const char *owner, const char *client, MrSecret *secret,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = mr_client_secret_fds (secret, &error);

  if (fds == NULL) {
    g_task_report_error (self, callback, data, mr_client_set_oauth_client_async, g_steal_pointer (&error));
    return;
  }
  call (self, "SetOauthClient", g_variant_new ("(ssh)", owner, client, 0), fds, NULL, cancellable, callback, data);
}

gboolean
mr_client_set_oauth_client_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  if (g_async_result_is_tagged (result, mr_client_set_oauth_client_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return mr_client_call_finish_void (self, result, error);
}

static gpointer
convert_desktop_account (GVariant *variant)
{
  return mr_desktop_account_record_from_variant (variant);
}

void
mr_client_list_desktop_accounts_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer data)
{
  call (self, "ListDesktopAccounts", NULL, NULL, G_VARIANT_TYPE ("(aa{sv})"), cancellable, callback, data);
}

GPtrArray *
mr_client_list_desktop_accounts_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = mr_client_call_finish (self, result, NULL, error);
  g_autoptr (GVariant) list = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (list == NULL)
    return NULL;
  return mr_client_convert_records (list, convert_desktop_account, (GDestroyNotify)mr_desktop_account_record_free);
}
