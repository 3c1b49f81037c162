/* com.example.MailRelay.Accounts: sending accounts, their passwords and their test.
 *
 * A test belongs to the connection and the sender that started it: only they hear of its steps, only they stop it, and it
 * ends when they go.
 */
#include <config.h>

#include "service/interfaces.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <mailrelay/engine-accounts.h>

#include <mailrelay/engine-accounts.h>

#include "base/records-variant.h"
#include "data/dbus/mailrelay-dbus.h"
#include "data/dbus/names.h"
#include "service/call.h"
#include "service/caller-job.h"
#include "service/discovery-interface.h"
#include "service/pipe-secret.h"

#define MAX_TESTS 16

typedef struct {
  MrEngine *engine;
  MrCallerJobs *tests;
} Context;

/* What is known of a call while the engine or a pipe is asked. */
typedef struct {
  Context *context;
  GDBusMethodInvocation *invocation;
  GVariant *given;
  char *id;
  MrSecret *secret;
} Call;

static Call *
call_new (Context *context, GDBusMethodInvocation *invocation)
{
  Call *call = g_new0 (Call, 1);

  call->context = context;
  call->invocation = invocation;
  return call;
}

static void
call_free (Call *call)
{
  g_clear_pointer (&call->given, g_variant_unref);
  g_clear_pointer (&call->secret, mr_secret_unref);
  g_free (call->id);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
context_free (gpointer data, GClosure *closure)
{
  Context *context = data;

  mr_caller_jobs_free (context->tests);
  g_free (context);
}

/* ---- list, add, update ---- */

static GVariant *
convert_account (gconstpointer record)
{
  return mr_account_record_to_variant (record);
}

static void
list_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_account);
}

static GVariant *
convert_discovery (gconstpointer record)
{
  return mr_discovery_record_to_variant (record);
}

static void
list_providers_cb (GPtrArray *records, const GError *error, gpointer data)
{
  mr_call_return_records (data, records, error, convert_discovery);
}

static gboolean
handle_list_providers_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, Context *context)
{
  mr_engine_list_providers (context->engine, list_providers_cb, invocation);
  return TRUE;
}

static gboolean
handle_list_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, Context *context)
{
  mr_engine_list_accounts (context->engine, list_cb, invocation);
  return TRUE;
}

/* NULL: answered. */
static MrAccountRecord *
read_record (GDBusMethodInvocation *invocation, GVariant *given)
{
  MrAccountRecord *record = mr_account_record_from_variant (given);

  if (record == NULL)
    mr_call_refuse (invocation, MR_ERROR_INVALID, _ ("The account has no id"));
  else if (!mr_call_check_name (invocation, record->id))
    g_clear_pointer (&record, mr_account_record_free);
  return record;
}

static gboolean
handle_add_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, GVariant *given, Context *context)
{
  g_autoptr (MrAccountRecord) record = read_record (invocation, given);

  if (record != NULL)
    mr_engine_add_account (context->engine, record, NULL, mr_call_done_cb, invocation);
  return TRUE;
}

static const MrAccountRecord *
find_account (GPtrArray *records, const char *id)
{
  for (guint i = 0; records != NULL && i < records->len; i++) {
    const MrAccountRecord *record = g_ptr_array_index (records, i);
    if (g_str_equal (record->id, id))
      return record;
  }
  return NULL;
}

/* The record in force with the keys of given put over it. (transfer full) */
static MrAccountRecord *
merge (const MrAccountRecord *current, GVariant *given)
{
  GVariantDict dict;
  GVariantIter iter;
  const char *key;
  GVariant *value;
  g_autoptr (GVariant) base = g_variant_ref_sink (mr_account_record_to_variant (current));
  g_autoptr (GVariant) merged = NULL;

  g_variant_dict_init (&dict, base);
  g_variant_iter_init (&iter, given);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value)) {
    g_variant_dict_insert_value (&dict, key, value);
    g_variant_unref (value);
  }
  merged = g_variant_ref_sink (g_variant_dict_end (&dict));
  return mr_account_record_from_variant (merged);
}

static void
update_cb (GPtrArray *records, const GError *error, gpointer data)
{
  g_autoptr (Call) call = data;
  const MrAccountRecord *current = find_account (records, call->id);

  if (error != NULL) {
    mr_call_fail (call->invocation, error);
    return;
  }
  if (current == NULL) {
    mr_call_refuse (call->invocation, MR_ERROR_NOT_FOUND, _ ("There is no account of that id"));
    return;
  }
  g_autoptr (MrAccountRecord) record = merge (current, call->given);
  mr_engine_update_account (call->context->engine, record, mr_call_done_cb, call->invocation);
}

static gboolean
handle_update_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, GVariant *given, Context *context)
{
  g_autoptr (MrAccountRecord) record = read_record (invocation, given);

  if (record == NULL)
    return TRUE;
  Call *call = call_new (context, invocation);
  call->given = g_variant_ref (given);
  call->id = g_strdup (record->id);
  mr_engine_list_accounts (context->engine, update_cb, call);
  return TRUE;
}

static gboolean
handle_remove_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, const char *id, const char *move_to,
                  Context *context)
{
  if (mr_call_check_name (invocation, id) && (*move_to == '\0' || mr_call_check_name (invocation, move_to)))
    mr_engine_remove_account (context->engine, id, *move_to != '\0' ? move_to : NULL, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_set_default_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, const char *id, Context *context)
{
  if (mr_call_check_name (invocation, id))
    mr_engine_set_default_account (context->engine, id, mr_call_done_cb, invocation);
  return TRUE;
}

static gboolean
handle_order_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, const char *const *ids, Context *context)
{
  for (guint i = 0; ids[i] != NULL; i++)
    if (!mr_call_check_name (invocation, ids[i]))
      return TRUE;
  mr_engine_order_accounts (context->engine, ids, mr_call_done_cb, invocation);
  return TRUE;
}

/* ---- password ---- */

static void
password_cb (MrSecret *secret, const GError *error, gpointer data)
{
  g_autoptr (Call) call = data;

  if (error != NULL)
    mr_call_fail (call->invocation, error);
  else
    mr_engine_set_password (call->context->engine, call->id, secret, mr_call_done_cb, call->invocation);
}

static gboolean
handle_set_password_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, const char *id,
                        GVariant *handle, Context *context)
{
  if (!mr_call_check_name (invocation, id))
    return TRUE;
  int fd = mr_call_take_fd (invocation, fds, handle);
  if (fd < 0)
    return TRUE;
  Call *call = call_new (context, invocation);
  call->id = g_strdup (id);
  mr_pipe_secret_read (fd, password_cb, call);
  return TRUE;
}

/* ---- test ---- */

static void
step_cb (const MrTestStep *step, gpointer data)
{
  MrCallerJob *job = data;

  mr_caller_job_emit (job, "TestStep",
                      g_variant_new ("(u@a{sv})", mr_caller_job_get_number (job), mr_trace_step_to_variant (step)));
}

static void
test_done_cb (gboolean ok, const char *transcript, const GError *error, gpointer data)
{
  MrCallerJob *job = data;
  g_autofree char *words = g_utf8_make_valid (error != NULL ? error->message : "", -1);
  g_autofree char *conversation = g_utf8_make_valid (transcript != NULL ? transcript : "", -1);

  mr_caller_job_emit (job, "TestDone",
                      g_variant_new ("(ubss)", mr_caller_job_get_number (job), ok, words, conversation));
  mr_caller_job_free (job);
}

static void
cancel_test_cb (guint number, gpointer data)
{
  mr_engine_cancel_test (data, number);
}

static void
start_test (Call *call, const MrAccountRecord *record)
{
  MrCallerJob *job = mr_caller_job_new (call->context->tests, call->invocation);

  if (job != NULL)
    mr_caller_job_started (
        job, call->invocation,
        mr_engine_test_account (call->context->engine, record, call->secret, step_cb, test_done_cb, job));
}

static void
start_cb (GPtrArray *records, const GError *error, gpointer data)
{
  g_autoptr (Call) call = data;
  const MrAccountRecord *current = find_account (records, call->id);

  if (error != NULL)
    mr_call_fail (call->invocation, error);
  else if (g_variant_n_children (call->given) > 1) {
    g_autoptr (MrAccountRecord) record = mr_account_record_from_variant (call->given);
    start_test (call, record);
  } else if (current != NULL)
    start_test (call, current);
  else
    mr_call_refuse (call->invocation, MR_ERROR_NOT_FOUND, _ ("There is no account of that id"));
}

static void
test_secret_cb (MrSecret *secret, const GError *error, gpointer data)
{
  Call *call = data;

  if (error != NULL) {
    mr_call_fail (call->invocation, error);
    call_free (call);
    return;
  }
  call->secret = mr_secret_ref (secret);
  mr_engine_list_accounts (call->context->engine, start_cb, call);
}

static gboolean
handle_test_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *fds, GVariant *given,
                gboolean has_secret, GVariant *handle, Context *context)
{
  g_autoptr (MrAccountRecord) record = read_record (invocation, given);

  if (record == NULL)
    return TRUE;
  int fd = has_secret ? mr_call_take_fd (invocation, fds, handle) : -1;
  if (has_secret && fd < 0)
    return TRUE;
  Call *call = call_new (context, invocation);
  call->given = g_variant_ref (given);
  call->id = g_strdup (record->id);
  if (has_secret)
    mr_pipe_secret_read (fd, test_secret_cb, call);
  else
    mr_engine_list_accounts (context->engine, start_cb, call);
  return TRUE;
}

static gboolean
handle_cancel_test_cb (MrDBusAccounts *skeleton, GDBusMethodInvocation *invocation, guint number, Context *context)
{
  mr_caller_jobs_cancel (context->tests, invocation, number);
  mr_dbus_accounts_complete_cancel_test (skeleton, invocation);
  return TRUE;
}

void
mr_accounts_interface_forget (GDBusInterfaceSkeleton *skeleton, GDBusConnection *connection)
{
  Context *context = g_object_get_data (G_OBJECT (skeleton), "context");

  mr_sign_in_interface_forget (skeleton, connection);
  mr_discovery_interface_forget (MR_DBUS_ACCOUNTS (skeleton), connection);
  mr_caller_jobs_forget (context->tests, connection);
}

GDBusInterfaceSkeleton *
mr_accounts_interface_new (MrEngine *engine)
{
  MrDBusAccounts *skeleton = mr_dbus_accounts_skeleton_new ();
  Context *context = g_new0 (Context, 1);

  context->engine = engine;
  context->tests = mr_caller_jobs_new (MR_BUS_ACCOUNTS, MAX_TESTS, cancel_test_cb, engine);
  g_object_set_data (G_OBJECT (skeleton), "context", context);
  g_signal_connect_data (skeleton, "handle-list", G_CALLBACK (handle_list_cb), context, context_free, 0);
  g_signal_connect (skeleton, "handle-list-providers", G_CALLBACK (handle_list_providers_cb), context);
  g_signal_connect (skeleton, "handle-add", G_CALLBACK (handle_add_cb), context);
  g_signal_connect (skeleton, "handle-update", G_CALLBACK (handle_update_cb), context);
  g_signal_connect (skeleton, "handle-remove", G_CALLBACK (handle_remove_cb), context);
  g_signal_connect (skeleton, "handle-set-default", G_CALLBACK (handle_set_default_cb), context);
  g_signal_connect (skeleton, "handle-order", G_CALLBACK (handle_order_cb), context);
  g_signal_connect (skeleton, "handle-set-password", G_CALLBACK (handle_set_password_cb), context);
  g_signal_connect (skeleton, "handle-test", G_CALLBACK (handle_test_cb), context);
  g_signal_connect (skeleton, "handle-cancel-test", G_CALLBACK (handle_cancel_test_cb), context);
  mr_sign_in_interface_attach (G_DBUS_INTERFACE_SKELETON (skeleton), engine);
  mr_discovery_interface_connect (skeleton, engine);
  return G_DBUS_INTERFACE_SKELETON (skeleton);
}
