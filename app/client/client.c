/* MrClient: one connection to the service, made anew whenever it is lost.
 *
 * States: nothing, connecting (a search, then one call for the version), connected. Who wants to call meanwhile waits in a list of tasks. After a loss
 * it looks again with growing pauses; a service that went away is given some seconds to come back by itself before it is started.
 */
#include <config.h>

#include "client/client-private.h"

#include <glib/gi18n-lib.h>

#include "client/find.h"
#include "data/dbus/names.h"

#define CALL_TIMEOUT_MS 5000
/* Look-ups without starting after a loss: 0.2 + 0.2 + 0.4 + 0.8 + 1.6 s. */
#define TRIES_BEFORE_START 5
#define FIRST_PAUSE_MS     200
#define LAST_PAUSE_MS      15000

struct _MrClient {
  GObject parent_instance;
  gboolean may_start;

  GDBusConnection *connection; /* set while connecting for the version, and while connected */
  gboolean on_bus;
  gboolean connected, connecting;
  gboolean was_connected;
  guint name_watch, subscription;

  GCancellable *cancellable; /* of the search and of the call for the version */
  GPtrArray *waiting;        /* GTask */
  char *connect_error;
  char *version;

  guint retry;
  guint pause_ms;
  guint tries;
};

enum { PROP_0, PROP_CONNECTED, PROP_CONNECTING, N_PROPS };
enum { CHANGED, N_SIGNALS };
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrClient, mr_client, G_TYPE_OBJECT)

static void search (MrClient *self, gboolean may_start);

static void
set_string (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

/* ---- state ---- */

static void
set_state (MrClient *self, gboolean connecting, gboolean connected)
{
  gboolean was_connecting = self->connecting, was_connected = self->connected;

  self->connecting = connecting;
  self->connected = connected;
  if (was_connecting != connecting)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTING]);
  if (was_connected != connected)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTED]);
}

static void
answer_waiting (MrClient *self, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++) {
    GTask *task = g_ptr_array_index (waiting, i);
    if (error != NULL)
      g_task_return_error (task, g_error_copy (error));
    else
      g_task_return_boolean (task, TRUE);
  }
}

static void
drop_connection (MrClient *self)
{
  g_clear_handle_id (&self->name_watch, g_bus_unwatch_name);
  if (self->connection == NULL)
    return;
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
}

static gboolean
retry_cb (gpointer data)
{
  MrClient *self = data;

  self->retry = 0;
  self->tries++;
  search (self, self->may_start && self->tries > TRIES_BEFORE_START);
  return G_SOURCE_REMOVE;
}

static void
retry_later (MrClient *self)
{
  if (self->retry == 0)
    self->retry = g_timeout_add (self->pause_ms, retry_cb, self);
  if (self->tries > 0)
    self->pause_ms = MIN (self->pause_ms * 2, LAST_PAUSE_MS);
}

static void
lost (MrClient *self)
{
  drop_connection (self);
  self->pause_ms = FIRST_PAUSE_MS;
  self->tries = 0;
  set_string (&self->connect_error, _ ("The Mail Relay service has ended"));
  retry_later (self);
  set_state (self, FALSE, FALSE);
}

static void
fail (MrClient *self, const GError *error)
{
  drop_connection (self);
  set_string (&self->connect_error, error->message);
  if (self->was_connected)
    retry_later (self);
  set_state (self, FALSE, FALSE);
  answer_waiting (self, error);
}

/* ---- signals of the service ---- */

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  MrClient *self = data;

  if (self->connected)
    lost (self);
}

static void
closed_cb (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  MrClient *self = data;

  if (self->connected)
    lost (self);
}

static MrClientChanged
changed_from_words (const char *const *words)
{
  static const char *const known[] = { "queue", "accounts", "programs", "status", "config", "domains" };
  guint what = 0;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strv_contains (words, known[i]))
      what |= 1u << i;
  return what;
}

static void
signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer data)
{
  MrClient *self = data;
  g_autofree const char **words = NULL;
  guint64 revision;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ast)")))
    return;
  g_variant_get (parameters, "(^a&st)", &words, &revision);
  g_signal_emit (self, signals[CHANGED], 0, (guint)changed_from_words (words), revision);
}

/* ---- connecting ---- */

static void
version_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_autoptr (GVariant) value = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrClient *self = data;
  if (reply == NULL) {
    fail (self, error);
    return;
  }
  g_variant_get (reply, "(v)", &value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    set_string (&self->version, g_variant_get_string (value, NULL));
  g_clear_pointer (&self->connect_error, g_free);
  self->was_connected = TRUE;
  self->pause_ms = FIRST_PAUSE_MS;
  self->tries = 0;
  set_state (self, FALSE, TRUE);
  answer_waiting (self, NULL);
  g_signal_emit (self, signals[CHANGED], 0, (guint)MR_CLIENT_CHANGED_ALL, (guint64)0);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean on_bus = FALSE;
  g_autoptr (GDBusConnection) connection = mr_find_service_finish (result, &on_bus, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrClient *self = data;
  if (connection == NULL) {
    fail (self, error);
    return;
  }
  self->connection = g_steal_pointer (&connection);
  self->on_bus = on_bus;
  g_signal_connect (self->connection, "closed", G_CALLBACK (closed_cb), self);
  self->subscription = g_dbus_connection_signal_subscribe (self->connection, on_bus ? MR_BUS_NAME : NULL,
                                                           MR_BUS_SERVICE, "Changed", MR_BUS_PATH, NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, self, NULL);
  if (on_bus)
    self->name_watch = g_bus_watch_name_on_connection (self->connection, MR_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                       NULL, vanished_cb, self, NULL);
  g_dbus_connection_call (self->connection, on_bus ? MR_BUS_NAME : NULL, MR_BUS_PATH, "org.freedesktop.DBus.Properties",
                          "Get", g_variant_new ("(ss)", MR_BUS_SERVICE, "Version"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, self->cancellable, version_cb, self);
}

static void
search (MrClient *self, gboolean may_start)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->connecting || self->connected)
    return;
  set_state (self, TRUE, FALSE);
  mr_find_service_async (may_start, self->cancellable, found_cb, self);
}

void
mr_client_connect_async (MrClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (MR_IS_CLIENT (self));
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, mr_client_connect_async);
  if (self->connected) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  search (self, self->may_start);
}

gboolean
mr_client_connect_finish (MrClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- what others ask ---- */

GDBusConnection *
mr_client_get_connection (MrClient *self)
{
  return self->connected ? self->connection : NULL;
}

const char *
mr_client_get_bus_name (MrClient *self)
{
  return self->on_bus ? MR_BUS_NAME : NULL;
}

gboolean
mr_client_is_connected (MrClient *self)
{
  g_return_val_if_fail (MR_IS_CLIENT (self), FALSE);
  return self->connected;
}

gboolean
mr_client_is_connecting (MrClient *self)
{
  g_return_val_if_fail (MR_IS_CLIENT (self), FALSE);
  return self->connecting;
}

const char *
mr_client_get_connect_error (MrClient *self)
{
  g_return_val_if_fail (MR_IS_CLIENT (self), NULL);
  return self->connect_error;
}

const char *
mr_client_get_service_version (MrClient *self)
{
  g_return_val_if_fail (MR_IS_CLIENT (self), NULL);
  return self->version;
}

gboolean
mr_client_version_differs (MrClient *self)
{
  g_return_val_if_fail (MR_IS_CLIENT (self), FALSE);
  return self->version != NULL && !g_str_equal (self->version, MR_VERSION);
}

gboolean
mr_client_is_unreachable (const GError *error)
{
  if (error->domain == G_IO_ERROR)
    return error->code != G_IO_ERROR_CANCELLED;
  return error->domain == G_DBUS_ERROR && error->code != G_DBUS_ERROR_ACCESS_DENIED
         && error->code != G_DBUS_ERROR_INVALID_ARGS && error->code != G_DBUS_ERROR_UNKNOWN_METHOD;
}

/* ---- class ---- */

static void
mr_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MrClient *self = MR_CLIENT (object);

  if (id == PROP_CONNECTED)
    g_value_set_boolean (value, self->connected);
  else if (id == PROP_CONNECTING)
    g_value_set_boolean (value, self->connecting);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

/* Waiting tasks hold a reference, so there are none when this runs. */
static void
mr_client_dispose (GObject *object)
{
  MrClient *self = MR_CLIENT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry, g_source_remove);
  drop_connection (self);
  self->connected = self->connecting = FALSE;
  G_OBJECT_CLASS (mr_client_parent_class)->dispose (object);
}

static void
mr_client_finalize (GObject *object)
{
  MrClient *self = MR_CLIENT (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->waiting);
  g_free (self->connect_error);
  g_free (self->version);
  G_OBJECT_CLASS (mr_client_parent_class)->finalize (object);
}

static void
mr_client_init (MrClient *self)
{
  self->cancellable = g_cancellable_new ();
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->pause_ms = FIRST_PAUSE_MS;
}

static void
mr_client_class_init (MrClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mr_client_get_property;
  object_class->dispose = mr_client_dispose;
  object_class->finalize = mr_client_finalize;
  properties[PROP_CONNECTED] = g_param_spec_boolean ("connected", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CONNECTING] = g_param_spec_boolean ("connecting", NULL, NULL, FALSE,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", MR_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_UINT, G_TYPE_UINT64);
}

MrClient *
mr_client_new (gboolean may_start)
{
  MrClient *self = g_object_new (MR_TYPE_CLIENT, NULL);

  mr_bus_register_errors ();
  self->may_start = may_start;
  return self;
}
