/* The test of an account: one call, then signals that belong to its number, then the last one.
 *
 * The subscription stands before the call is made, because the first step may arrive with the answer; steps that come before the number is known are
 * kept (at most a handful). The service going away ends the test.
 */
#include <config.h>

#include "client/account-variant.h"
#include "client/calls.h"

#include <glib/gi18n-lib.h>

#include "base/records-variant.h"
#include "client/client-private.h"
#include "data/dbus/names.h"

#define MAX_EARLY 32

typedef struct {
  MrClientTestStepFunc step;
  gpointer step_data;
  GDBusConnection *connection;
  guint subscription;
  gulong lost;
  gulong cancelled;
  guint number;     /* 0: not told yet */
  GPtrArray *early; /* GVariant tuples with the signal's name in front */
  GVariant *parameters;
  GUnixFDList *fds;
  char *transcript;
  gboolean over;
} Test;

static void
test_free (gpointer data)
{
  Test *test = data;

  g_clear_pointer (&test->early, g_ptr_array_unref);
  g_clear_pointer (&test->parameters, g_variant_unref);
  g_clear_object (&test->fds);
  g_clear_object (&test->connection);
  g_free (test->transcript);
  g_free (test);
}

/* Takes the test's reference on the task away, once. */
static void
end (GTask *task, GError *error)
{
  Test *test = g_task_get_task_data (task);

  if (test->over) {
    g_clear_error (&error);
    return;
  }
  test->over = TRUE;
  if (test->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), test->cancelled);
  if (test->connection != NULL) {
    g_signal_handler_disconnect (g_task_get_source_object (task), test->lost);
    g_dbus_connection_signal_unsubscribe (test->connection, test->subscription);
  }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
give_step (Test *test, GVariant *dict)
{
  g_auto (MrTraceStep) step = { 0 };

  mr_trace_step_read (dict, &step);
  if (test->step != NULL)
    test->step (&step, test->step_data);
}

static void
give_end (GTask *task, GVariant *parameters)
{
  Test *test = g_task_get_task_data (task);
  guint number;
  gboolean ok;
  const char *words, *transcript;

  g_variant_get (parameters, "(ub&s&s)", &number, &ok, &words, &transcript);
  g_free (test->transcript);
  test->transcript = g_strdup (transcript);
  if (ok)
    end (task, NULL);
  else
    end (task, g_error_new_literal (MR_ERROR, MR_ERROR_FAILED, *words != '\0' ? words : _ ("The test failed")));
}

static void
take_signal (GTask *task, const char *name, GVariant *parameters)
{
  Test *test = g_task_get_task_data (task);
  guint number = 0;

  if (g_str_equal (name, "TestStep") && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})"))) {
    g_autoptr (GVariant) dict = g_variant_get_child_value (parameters, 1);
    g_variant_get_child (parameters, 0, "u", &number);
    if (number == test->number)
      give_step (test, dict);
  } else if (g_str_equal (name, "TestDone") && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ubss)"))) {
    g_variant_get_child (parameters, 0, "u", &number);
    if (number == test->number)
      give_end (task, parameters);
  }
}

static void
signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Test *test = g_task_get_task_data (task);

  if (test->over)
    return;
  if (test->number != 0)
    take_signal (task, name, parameters);
  else if (test->early->len < MAX_EARLY)
    g_ptr_array_add (test->early, g_variant_ref_sink (g_variant_new ("(sv)", name, parameters)));
}

static void
lost_cb (MrClient *client, GParamSpec *pspec, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);

  end (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The Mail Relay service has ended")));
}

static void
stop_in_service (GTask *task)
{
  Test *test = g_task_get_task_data (task);
  const char *name = mr_client_get_bus_name (g_task_get_source_object (task));

  if (test->number != 0 && test->connection != NULL)
    g_dbus_connection_call (test->connection, name, MR_BUS_PATH, MR_BUS_ACCOUNTS, "CancelTest",
                            g_variant_new ("(u)", test->number), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL,
                            NULL);
}

/* In an idle call: the cancellable's lock is held while its handlers run, and they may not be disconnected there. */
static gboolean
cancelled_idle_cb (gpointer data)
{
  GTask *task = data;
  Test *test = g_task_get_task_data (task);

  if (!test->over) {
    stop_in_service (task);
    end (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The test was stopped")));
  }
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, cancelled_idle_cb, g_object_ref (data), g_object_unref);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Test *test = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (object), NULL,
                                                                                result, &error);

  if (reply == NULL) {
    g_dbus_error_strip_remote_error (error);
    end (task, error);
    return;
  }
  g_variant_get (reply, "(u)", &test->number);
  if (test->over) {
    stop_in_service (task);
    return;
  }
  for (guint i = 0; i < test->early->len && !test->over; i++) {
    const char *name;
    g_autoptr (GVariant) parameters = NULL;
    g_variant_get (g_ptr_array_index (test->early, i), "(&sv)", &name, &parameters);
    take_signal (task, name, parameters);
  }
}

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MrClient *client = MR_CLIENT (object);
  Test *test = g_task_get_task_data (task);
  GError *error = NULL;

  if (test->over) {
    mr_client_connect_finish (client, result, NULL);
    return;
  }
  if (!mr_client_connect_finish (client, result, &error) || mr_client_get_connection (client) == NULL) {
    if (error == NULL)
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The Mail Relay service has ended"));
    end (task, error);
    return;
  }
  const char *name = mr_client_get_bus_name (client);
  test->connection = g_object_ref (mr_client_get_connection (client));
  test->subscription = g_dbus_connection_signal_subscribe (test->connection, name, MR_BUS_ACCOUNTS, NULL, MR_BUS_PATH,
                                                           NULL, G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, task, NULL);
  test->lost = g_signal_connect (client, "notify::connected", G_CALLBACK (lost_cb), task);
  g_dbus_connection_call_with_unix_fd_list (test->connection, name, MR_BUS_PATH, MR_BUS_ACCOUNTS, "Test",
                                            test->parameters, G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                            -1, test->fds, NULL, started_cb, g_object_ref (task));
}

void
mr_client_test_account_async (MrClient *self, const MrAccountRecord *record, MrSecret *secret,
                              MrClientTestStepFunc step, gpointer step_data, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  Test *test = g_new0 (Test, 1);
  GError *error = NULL;
  gboolean no_host = record->host == NULL || *record->host == '\0';
  gboolean only_id = no_host && (record->addresses == NULL || record->addresses[0] == NULL)
                     && record->kind == MR_ACCOUNT_RELAY;

  g_task_set_source_tag (task, mr_client_test_account_async);
  g_task_set_task_data (task, test, test_free);
  test->step = step;
  test->step_data = step_data;
  test->early = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  test->fds = mr_client_secret_fds (secret, &error);
  if (test->fds == NULL) {
    end (task, error);
    return;
  }
  GVariant *account = mr_client_account_to_variant (record);
  if (only_id) {
    g_variant_unref (g_variant_ref_sink (account));
    account = g_variant_new_parsed ("{'id': <%s>}", record->id);
  }
  test->parameters = g_variant_ref_sink (g_variant_new ("(@a{sv}bh)", account, secret != NULL, 0));
  if (cancellable != NULL && !g_cancellable_is_cancelled (cancellable))
    test->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task);
  mr_client_connect_async (self, NULL, connected_cb, g_object_ref (task));
}

gboolean
mr_client_test_account_finish (MrClient *self, GAsyncResult *result, char **ret_transcript, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  Test *test = g_task_get_task_data (G_TASK (result));

  if (ret_transcript != NULL && test->transcript != NULL)
    *ret_transcript = g_steal_pointer (&test->transcript);
  return g_task_propagate_boolean (G_TASK (result), error);
}
