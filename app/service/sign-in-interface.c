/* com.example.MailRelay.Accounts, the part of signing in: OAuth 2.0, registered applications, the desktop's accounts.
 *
 * A sign-in belongs to the connection and the sender that started it: only they hear of its steps, only they answer or stop
 * it, and it ends when they go. No token crosses the bus; a client's secret comes through a pipe.
 */
#include <config.h>

#include "service/interfaces.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <mailrelay/engine-accounts.h>

#include "base/records-variant.h"
#include "data/dbus/mailrelay-dbus.h"
#include "data/dbus/names.h"
#include "service/call.h"
#include "service/caller-job.h"
#include "service/pipe-secret.h"

#define CONTEXT  "sign-in-context"
#define JOBS_MAX 8

typedef struct {
  MrEngine *engine;
  MrCallerJobs *jobs;
} Context;

/* What is known of a call while the engine or a pipe is asked. */
typedef struct {
  Context *context;
  GDBusMethodInvocation *invocation;
  char *id, *client;
} Call;

static Call *
call_new (Context *context, GDBusMethodInvocation *invocation, const char *id, const char *client)
{
  Call *call = g_new0 (Call, 1);

  call->context = context;
  call->invocation = invocation;
  call->id = g_strdup (id);
  call->client = g_strdup (client);
  return call;
}

static void
call_free (Call *call)
{
  g_free (call->id);
  g_free (call->client);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
context_free (gpointer data)
{
  Context *context = data;

  mr_caller_jobs_free (context->jobs);
  g_free (context);
}

/* ---- steps ---- */

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  g_variant_builder_add (builder, "{sv}", key,
                         g_variant_new_take_string (g_utf8_make_valid (text != NULL ? text : "", -1)));
}

static void
step_cb (const MrSignInStep *step, gpointer data)
{
  MrCallerJob *job = data;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "state", step->state);
  add_text (&builder, "url", step->url);
  add_text (&builder, "user-code", step->user_code);
  g_variant_builder_add (&builder, "{sv}", "expires", g_variant_new_int64 (step->expires));
  mr_caller_job_emit (job, "SignInStep", g_variant_new ("(ua{sv})", mr_caller_job_get_number (job), &builder));
}

static void
done_cb (const GError *error, gpointer data)
{
  MrCallerJob *job = data;
  g_autofree char *words = g_utf8_make_valid (error != NULL ? error->message : "", -1);

  mr_caller_job_emit (job, "SignInDone", g_variant_new ("(ubs)", mr_caller_job_get_number (job), error == NULL, words));
  mr_caller_job_free (job);
}

static void
cancel_cb (guint number, gpointer data)
{
  mr_engine_cancel_sign_in (data, number);
}

/* ---- starting, answering, stopping ---- */

static void
start (Call *call, const MrAccountRecord *record)
{
  MrCallerJob *job = mr_caller_job_new (call->context->jobs, call->invocation);

  if (job != NULL)
    mr_caller_job_started (job, call->invocation,
                           mr_engine_sign_in (call->context->engine, record, step_cb, done_cb, job));
}

static void
accounts_cb (GPtrArray *records, const GError *error, gpointer data)
{
  g_autoptr (Call) call = data;

  if (error != NULL) {
    mr_call_fail (call->invocation, error);
    return;
  }
  for (guint i = 0; i < records->len; i++) {
    const MrAccountRecord *record = g_ptr_array_index (records, i);

    if (g_str_equal (record->id, call->id)) {
      start (call, record);
      return;
    }
  }
  mr_call_refuse (call->invocation, MR_ERROR_NOT_FOUND, _ ("There is no account of that id"));
}

static gboolean
handle_sign_in_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, GVariant *given, Context *context)
{
  g_autoptr (MrAccountRecord) record = mr_account_record_from_variant (given);
  g_autoptr (Call) call = NULL;

  if (record == NULL) {
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("The account has no id"));
    return TRUE;
  }
  if (!mr_call_check_name (invocation, record->id))
    return TRUE;
  call = call_new (context, invocation, record->id, NULL);
  if (g_variant_n_children (given) > 1)
    start (call, record);
  else
    mr_engine_list_accounts (context->engine, accounts_cb, g_steal_pointer (&call));
  return TRUE;
}

static gboolean
handle_answer_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, guint number, const char *pasted,
                  Context *context)
{
  g_autoptr (GError) error = NULL;

  if (!mr_caller_jobs_owns (context->jobs, invocation, number))
    mr_call_refuse (invocation, MR_ERROR_NOT_FOUND, _ ("This sign-in is over, or waits for no address"));
  else if (!mr_engine_answer_sign_in (context->engine, number, pasted, &error))
    mr_call_fail (invocation, error);
  else
    mr_dbus_accounts_complete_answer_sign_in (skeleton, invocation);
  return TRUE;
}

static gboolean
handle_cancel_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, guint number, Context *context)
{
  mr_caller_jobs_cancel (context->jobs, invocation, number);
  mr_dbus_accounts_complete_cancel_sign_in (skeleton, invocation);
  return TRUE;
}

static gboolean
handle_sign_out_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, const char *id, Context *context)
{
  if (mr_call_check_name (invocation, id))
    mr_engine_sign_out (context->engine, id, mr_call_done_cb, invocation);
  return TRUE;
}

/* ---- registered applications, accounts of the desktop ---- */

static void
secret_cb (MrSecret *secret, const GError *error, gpointer data)
{
  g_autoptr (Call) call = data;

  if (error != NULL)
    mr_call_fail (call->invocation, error);
  else
    mr_engine_set_oauth_client (call->context->engine, call->id, call->client, secret, mr_call_done_cb,
                                call->invocation);
}

static gboolean
handle_set_client_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *owner,
                      const char *client, GVariant *handle, Context *context)
{
  int fd = mr_call_take_fd (invocation, fds, handle);

  if (fd >= 0)
    mr_pipe_secret_read_long (fd, secret_cb, call_new (context, invocation, owner, client));
  return TRUE;
}

static GVariant *
convert_desktop_account (gconstpointer record)
{
  return mr_desktop_account_record_to_variant (record);
}

static void
desktop_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_desktop_account);
}

static gboolean
handle_desktop_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, Context *context)
{
  mr_engine_list_desktop_accounts (context->engine, desktop_cb, invocation);
  return TRUE;
}

/* ---- life ---- */

void
mr_sign_in_interface_forget (GDBusInterfaceSkeleton *accounts, GDBusConnection *connection)
{
  Context *context = g_object_get_data (G_OBJECT (accounts), CONTEXT);

  mr_caller_jobs_forget (context->jobs, connection);
}

void
mr_sign_in_interface_attach (GDBusInterfaceSkeleton *accounts, MrEngine *engine)
{
  Context *context = g_new0 (Context, 1);

  context->engine = engine;
  context->jobs = mr_caller_jobs_new (MR_BUS_ACCOUNTS, JOBS_MAX, cancel_cb, engine);
  g_object_set_data_full (G_OBJECT (accounts), CONTEXT, context, context_free);
  g_signal_connect (accounts, "handle-sign-in", G_CALLBACK (handle_sign_in_cb), context);
  g_signal_connect (accounts, "handle-answer-sign-in", G_CALLBACK (handle_answer_cb), context);
  g_signal_connect (accounts, "handle-cancel-sign-in", G_CALLBACK (handle_cancel_cb), context);
  g_signal_connect (accounts, "handle-sign-out", G_CALLBACK (handle_sign_out_cb), context);
  g_signal_connect (accounts, "handle-set-oauth-client", G_CALLBACK (handle_set_client_cb), context);
  g_signal_connect (accounts, "handle-list-desktop-accounts", G_CALLBACK (handle_desktop_cb), context);
}
