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
#include "service/pipe-secret.h"

#define CONTEXT "sign-in-context"

typedef struct {
  MrEngine *engine;
  GPtrArray *jobs; /* Job, borrowed: each frees itself when it is done */
  gboolean stopping;
} Context;

typedef struct {
  Context *context;
  GDBusConnection *connection;
  char *sender; /* NULL on a peer-to-peer connection */
  guint name_watch;
  guint number;
} Job;

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

  g_ptr_array_unref (context->jobs);
  g_free (context);
}

/* ---- steps ---- */

static void
emit (Job *job, const char *name, GVariant *parameters)
{
  g_dbus_connection_emit_signal (job->connection, job->sender, MR_BUS_PATH, MR_BUS_ACCOUNTS, name, parameters, NULL);
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  g_variant_builder_add (builder, "{sv}", key,
                         g_variant_new_take_string (g_utf8_make_valid (text != NULL ? text : "", -1)));
}

static void
step_cb (const MrSignInStep *step, gpointer data)
{
  Job *job = data;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "state", step->state);
  add_text (&builder, "url", step->url);
  add_text (&builder, "user-code", step->user_code);
  g_variant_builder_add (&builder, "{sv}", "expires", g_variant_new_int64 (step->expires));
  emit (job, "SignInStep", g_variant_new ("(ua{sv})", job->number, &builder));
}

static void
done_cb (const GError *error, gpointer data)
{
  Job *job = data;
  g_autofree char *words = g_utf8_make_valid (error != NULL ? error->message : "", -1);

  emit (job, "SignInDone", g_variant_new ("(ubs)", job->number, error == NULL, words));
  g_ptr_array_remove_fast (job->context->jobs, job);
  if (job->name_watch != 0)
    g_bus_unwatch_name (job->name_watch);
  g_object_unref (job->connection);
  g_free (job->sender);
  g_free (job);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  Job *job = data;

  mr_engine_cancel_sign_in (job->context->engine, job->number);
}

/* ---- starting, answering, stopping ---- */

/* The engine may refuse inside its call; the number is told first all the same, so that nobody waits for a job without one. */
static void
start (Call *call, const MrAccountRecord *record)
{
  Job *job = g_new0 (Job, 1);
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (call->invocation);
  guint number;

  job->context = call->context;
  job->connection = g_object_ref (connection);
  job->sender = g_strdup (g_dbus_method_invocation_get_sender (call->invocation));
  if (job->sender != NULL)
    job->name_watch = g_bus_watch_name_on_connection (connection, job->sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                      vanished_cb, job, NULL);
  g_ptr_array_add (call->context->jobs, job);
  number = mr_engine_sign_in (call->context->engine, record, step_cb, done_cb, job);
  if (number == 0)
    mr_call_refuse (call->invocation, MR_ERROR_BUSY, _ ("Too many sign-ins run at once: wait for one to end"));
  else {
    job->number = number;
    g_dbus_method_invocation_return_value (call->invocation, g_variant_new ("(u)", number));
  }
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
  if (context->stopping) {
    mr_call_refuse (invocation, MR_ERROR_BUSY, _ ("The service is about to end"));
    return TRUE;
  }
  call = call_new (context, invocation, record->id, NULL);
  if (g_variant_n_children (given) > 1)
    start (call, record);
  else
    mr_engine_list_accounts (context->engine, accounts_cb, g_steal_pointer (&call));
  return TRUE;
}

static Job *
find_job (Context *context, GDBusMethodInvocation *invocation, guint number)
{
  for (guint i = 0; i < context->jobs->len; i++) {
    Job *job = g_ptr_array_index (context->jobs, i);

    if (job->number == number && job->connection == g_dbus_method_invocation_get_connection (invocation)
        && g_strcmp0 (job->sender, g_dbus_method_invocation_get_sender (invocation)) == 0)
      return job;
  }
  return NULL;
}

static gboolean
handle_answer_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, guint number, const char *pasted,
                  Context *context)
{
  g_autoptr (GError) error = NULL;

  if (find_job (context, invocation, number) == NULL)
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
  if (find_job (context, invocation, number) != NULL)
    mr_engine_cancel_sign_in (context->engine, number);
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

static void
desktop_cb (GPtrArray *records, const GError *error, gpointer data)
{
  GVariantBuilder builder;

  if (error != NULL) {
    mr_call_fail (data, error);
    return;
  }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < records->len; i++)
    g_variant_builder_add_value (&builder, mr_desktop_account_record_to_variant (g_ptr_array_index (records, i)));
  g_dbus_method_invocation_return_value (data, g_variant_new ("(aa{sv})", &builder));
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

  context->stopping = context->stopping || connection == NULL;
  /* Backwards: one that is stopped takes itself out, and the last one into its place. */
  for (guint i = context->jobs->len; i-- > 0;) {
    Job *job = g_ptr_array_index (context->jobs, i);

    if (connection == NULL || job->connection == connection)
      mr_engine_cancel_sign_in (context->engine, job->number);
  }
}

void
mr_sign_in_interface_attach (GDBusInterfaceSkeleton *accounts, MrEngine *engine)
{
  Context *context = g_new0 (Context, 1);

  context->engine = engine;
  context->jobs = g_ptr_array_new ();
  g_object_set_data_full (G_OBJECT (accounts), CONTEXT, context, context_free);
  g_signal_connect (accounts, "handle-sign-in", G_CALLBACK (handle_sign_in_cb), context);
  g_signal_connect (accounts, "handle-answer-sign-in", G_CALLBACK (handle_answer_cb), context);
  g_signal_connect (accounts, "handle-cancel-sign-in", G_CALLBACK (handle_cancel_cb), context);
  g_signal_connect (accounts, "handle-sign-out", G_CALLBACK (handle_sign_out_cb), context);
  g_signal_connect (accounts, "handle-set-oauth-client", G_CALLBACK (handle_set_client_cb), context);
  g_signal_connect (accounts, "handle-list-desktop-accounts", G_CALLBACK (handle_desktop_cb), context);
}
