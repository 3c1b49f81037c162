/* Unlocking the keyring over GDBus: ReadAlias("default"), Unlock, and the prompt that it may ask for (Secret Service API, "Prompts and
 * prompting"). The service never does this: it has nobody to show a prompt to. Where there is no default collection the first one that lasts
 * is taken (KeePassXC may have none), as the service does.
 */
#include <config.h>

#include "client/keyring-unlock.h"

#include <glib/gi18n-lib.h>

#define SECRETS_NAME      "org.freedesktop.secrets"
#define SECRETS_PATH      "/org/freedesktop/secrets"
#define SECRETS_INTERFACE "org.freedesktop.Secret.Service"
#define PROMPT_INTERFACE  "org.freedesktop.Secret.Prompt"
#define LABEL_PROPERTY    "org.freedesktop.Secret.Collection.Label"
#define NO_OBJECT         "/"
#define TIMEOUT_MS        10000

typedef struct {
  GDBusConnection *connection;
  gboolean create; /* a place, instead of unlocking one */
  char *prompt;
  guint subscription;
  guint owner_watch;
  gulong cancelled;
} Unlock;

static void
unlock_free (gpointer data)
{
  Unlock *unlock = data;

  g_clear_object (&unlock->connection);
  g_free (unlock->prompt);
  g_free (unlock);
}

static void
fail (GTask *task, MrError code, const char *words)
{
  g_task_return_new_error (task, MR_ERROR, (int)code, "%s", words);
}

static void
fail_from (GTask *task, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
           || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    fail (task, MR_ERROR_TIMED_OUT,
          _ ("The keyring does not answer. Perhaps it asks you something: look for its window, then try again"));
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
    fail (task, MR_ERROR_NO_KEYRING, _ ("There is no keyring in this session"));
  else
    g_task_return_new_error (task, MR_ERROR, MR_ERROR_NO_KEYRING, _ ("The keyring cannot be used: %s"), error->message);
}

/* ---- prompt ---- */

/* Takes the prompt's reference on the task away. */
static void
leave_prompt (GTask *task)
{
  Unlock *unlock = g_task_get_task_data (task);

  g_dbus_connection_signal_unsubscribe (unlock->connection, unlock->subscription);
  g_bus_unwatch_name (unlock->owner_watch);
  if (unlock->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), unlock->cancelled);
  g_object_unref (task);
}

static void
completed_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
              const char *name, GVariant *parameters, gpointer data)
{
  GTask *task = data;
  gboolean dismissed = TRUE;

  if (g_task_get_completed (task))
    return;
  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bv)")))
    g_variant_get_child (parameters, 0, "b", &dismissed);
  if (dismissed)
    fail (task, MR_ERROR_KEYRING_LOCKED, _ ("The keyring's question was closed without an answer"));
  else
    g_task_return_boolean (task, TRUE);
  leave_prompt (task);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  GTask *task = data;

  fail (task, MR_ERROR_NO_KEYRING, _ ("The keyring has ended"));
  leave_prompt (task);
}

typedef struct {
  GDBusConnection *connection;
  char *prompt;
} Dismissal;

static void
other_provider_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Dismissal *dismissal = data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
  gboolean is_gnome = TRUE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &is_gnome);
  if (!is_gnome)
    g_dbus_connection_call (dismissal->connection, SECRETS_NAME, dismissal->prompt, PROMPT_INTERFACE, "Dismiss", NULL,
                            NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL, NULL, NULL);
  g_object_unref (dismissal->connection);
  g_free (dismissal->prompt);
  g_free (dismissal);
}

/* gnome-keyring 42 aborts, and with it goes every open keyring, when a question that is on the screen is dismissed: there it stays until the
 * person closes it. */
static void
dismiss (Unlock *unlock)
{
  Dismissal *dismissal = g_new0 (Dismissal, 1);

  dismissal->connection = g_object_ref (unlock->connection);
  dismissal->prompt = g_strdup (unlock->prompt);
  g_dbus_connection_call (unlock->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "NameHasOwner", g_variant_new ("(s)", "org.gnome.keyring"), G_VARIANT_TYPE ("(b)"),
                          G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, other_provider_cb, dismissal);
}

static gboolean
cancelled_idle_cb (gpointer data)
{
  GTask *task = data;
  Unlock *unlock = g_task_get_task_data (task);

  if (unlock->cancelled == 0 || !g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  dismiss (unlock);
  leave_prompt (task);
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, cancelled_idle_cb, g_object_ref (data), g_object_unref);
}

static void
prompted_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (reply != NULL || g_task_get_completed (task))
    return;
  /* gnome-keyring shows one prompt at a time and refuses the second. */
  if (g_dbus_error_is_remote_error (error) && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    fail (task, MR_ERROR_BUSY,
          _ ("The keyring is asking for another program just now: answer that first, then try again"));
  else
    fail_from (task, error);
  leave_prompt (task);
}

static void
show_prompt (GTask *task, const char *prompt)
{
  Unlock *unlock = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  unlock->prompt = g_strdup (prompt);
  g_object_ref (task);
  unlock->subscription = g_dbus_connection_signal_subscribe (unlock->connection, SECRETS_NAME, PROMPT_INTERFACE,
                                                             "Completed", prompt, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                             completed_cb, task, NULL);
  unlock->owner_watch = g_bus_watch_name_on_connection (unlock->connection, SECRETS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                        NULL, vanished_cb, task, NULL);
  if (cancellable != NULL && !g_cancellable_is_cancelled (cancellable))
    unlock->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task);
  g_dbus_connection_call (unlock->connection, SECRETS_NAME, prompt, PROMPT_INTERFACE, "Prompt",
                          g_variant_new ("(s)", ""), G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS,
                          NULL, prompted_cb, g_object_ref (task));
}

/* ---- what to unlock, or to make ---- */

/* Unlock and CreateCollection: what is done already, and the prompt for the rest. */
static void
called_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  const char *prompt;

  if (reply == NULL) {
    fail_from (task, error);
    return;
  }
  g_variant_get_child (reply, 1, "&o", &prompt);
  if (g_str_equal (prompt, NO_OBJECT))
    g_task_return_boolean (task, TRUE);
  else
    show_prompt (task, prompt);
}

static void
call (GTask *task, const char *interface, const char *method, GVariant *parameters, const char *reply_type,
      GAsyncReadyCallback callback)
{
  Unlock *unlock = g_task_get_task_data (task);

  g_dbus_connection_call (unlock->connection, SECRETS_NAME, SECRETS_PATH, interface, method, parameters,
                          G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS,
                          g_task_get_cancellable (task), callback, g_object_ref (task));
}

static void
unlock_collection (GTask *task, const char *collection)
{
  const char *const objects[] = { collection, NULL };

  call (task, SECRETS_INTERFACE, "Unlock", g_variant_new ("(^ao)", objects), "(aoo)", called_cb);
}

static void
list_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_autoptr (GVariant) list = NULL;
  gsize n = 0;

  if (reply == NULL) {
    fail_from (task, error);
    return;
  }
  g_variant_get (reply, "(v)", &list);
  g_autofree const char **paths = g_variant_is_of_type (list, G_VARIANT_TYPE_OBJECT_PATH_ARRAY)
                                      ? g_variant_get_objv (list, &n)
                                      : NULL;
  for (gsize i = 0; i < n; i++)
    if (!g_str_has_suffix (paths[i], "/session")) { /* forgets everything at log-out */
      unlock_collection (task, paths[i]);
      return;
    }
  fail (task, MR_ERROR_NOT_FOUND,
        _ ("The keyring has no place for passwords yet: make one, or open your password database"));
}

static void
alias_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  const char *collection;

  if (reply == NULL) {
    fail_from (task, error);
    return;
  }
  g_variant_get (reply, "(&o)", &collection);
  if (g_str_equal (collection, NO_OBJECT))
    call (task, "org.freedesktop.DBus.Properties", "Get", g_variant_new ("(ss)", SECRETS_INTERFACE, "Collections"),
          "(v)", list_cb);
  else
    unlock_collection (task, collection);
}

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Unlock *unlock = g_task_get_task_data (task);
  GVariantBuilder properties;

  unlock->connection = g_bus_get_finish (result, &error);
  if (unlock->connection == NULL) {
    fail_from (task, error);
    return;
  }
  if (!unlock->create) {
    call (task, SECRETS_INTERFACE, "ReadAlias", g_variant_new ("(s)", "default"), "(o)", alias_cb);
    return;
  }
  g_variant_builder_init (&properties, G_VARIANT_TYPE_VARDICT);
  /* The name that the keyring shows for the place that is made for passwords. */
  g_variant_builder_add (&properties, "{sv}", LABEL_PROPERTY, g_variant_new_string (_ ("Passwords")));
  call (task, SECRETS_INTERFACE, "CreateCollection", g_variant_new ("(a{sv}s)", &properties, "default"), "(oo)",
        called_cb);
}

static void
start (gboolean create, GCancellable *cancellable, gpointer tag, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Unlock *unlock = g_new0 (Unlock, 1);

  unlock->create = create;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, unlock, unlock_free);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, bus_cb, task);
}

void
mr_keyring_unlock_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  start (FALSE, cancellable, mr_keyring_unlock_async, callback, data);
}

gboolean
mr_keyring_unlock_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, mr_keyring_unlock_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mr_keyring_create_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  start (TRUE, cancellable, mr_keyring_create_async, callback, data);
}

gboolean
mr_keyring_create_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, mr_keyring_create_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
