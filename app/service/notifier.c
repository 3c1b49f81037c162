/* Notes on the desktop: see notifier.h.
 *
 * One call for a note is in flight at a time: the id that its answer brings is what the next one replaces, so that two quick changes never leave
 * two notes. What was asked for meanwhile is done when the answer is there.
 */
#include <config.h>

#include "service/notifier.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"

#define NAME         "org.freedesktop.Notifications"
#define PATH         "/org/freedesktop/Notifications"
#define APP_ID       "com.example.MailRelay"
#define APP_PATH     "/com/example/MailRelay"
#define NOTES_MAX    200 /* more would bury the screen */
#define BUTTON       "act"
#define CLOSED_BY_US 3 /* reason of NotificationClosed */

typedef struct {
  char *key;
  char *title, *body, *message, *button;
  guint32 id;       /* 0: not on the screen */
  gboolean wanted;  /* FALSE: to be closed when the answer is there */
  gboolean pending; /* a call is in flight */
  gboolean changed; /* since that call */
} Note;

struct _MrNotifier {
  MrNotifierGoneFunc gone;
  gpointer data;
  MrNotifierButtonFunc pressed;
  gpointer pressed_data;
  GDBusConnection *connection;
  GCancellable *cancellable; /* of this connection's calls */
  guint signals, watch;
  GHashTable *notes; /* key → Note, owned */
  char *token;       /* what lets the window come to the front (xdg-activation), of the next click */
};

typedef struct {
  MrNotifier *notifier;
  char *key;
} Call;

static void send_note (MrNotifier *self, Note *note);

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->key);
  g_free (note->title);
  g_free (note->body);
  g_free (note->message);
  g_free (note->button);
  g_free (note);
}

static Note *
find_by_id (MrNotifier *self, guint32 id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->notes);
  while (id != 0 && g_hash_table_iter_next (&iter, NULL, &value))
    if (((Note *)value)->id == id)
      return value;
  return NULL;
}

/* ---- showing and closing ---- */

static void
close_on_screen (MrNotifier *self, Note *note)
{
  if (self->connection != NULL && note->id != 0)
    g_dbus_connection_call (self->connection, NAME, PATH, NAME, "CloseNotification", g_variant_new ("(u)", note->id),
                            NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  note->id = 0;
}

static void
shown_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  g_autofree char *key = call->key;
  MrNotifier *self = call->notifier;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_free (call);
  /* The connection, or all of this, is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  Note *note = g_hash_table_lookup (self->notes, key);
  if (note == NULL)
    return;
  note->pending = FALSE;
  if (reply != NULL)
    g_variant_get (reply, "(u)", &note->id);
  else
    mr_debug ("service", "no notification was shown: %s", error->message);
  if (!note->wanted) {
    close_on_screen (self, note);
    g_hash_table_remove (self->notes, key);
  } else if (note->changed)
    send_note (self, note);
}

static GVariant *
make_parameters (const Note *note)
{
  /* The body may be read as markup, and addresses come from elsewhere. */
  g_autofree char *body = g_markup_escape_text (note->body, -1);
  GVariantBuilder actions, hints;

  g_variant_builder_init (&actions, G_VARIANT_TYPE ("as"));
  g_variant_builder_add (&actions, "s", "default");
  g_variant_builder_add (&actions, "s", C_ ("notification", "Open"));
  if (note->button != NULL) {
    g_variant_builder_add (&actions, "s", BUTTON);
    g_variant_builder_add (&actions, "s", note->button);
  }
  g_variant_builder_add (&actions, "s", "open");
  g_variant_builder_add (&actions, "s", C_ ("notification", "Open"));
  g_variant_builder_init (&hints, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&hints, "{sv}", "desktop-entry", g_variant_new_string (APP_ID));
  g_variant_builder_add (&hints, "{sv}", "urgency", g_variant_new_byte (1));
  return g_variant_new ("(susssasa{sv}i)", _ ("Mail Relay"), note->id, APP_ID, note->title, body, &actions, &hints, -1);
}

static void
send_note (MrNotifier *self, Note *note)
{
  note->changed = TRUE;
  if (self->connection == NULL || note->pending)
    return;
  Call *call = g_new0 (Call, 1);
  call->notifier = self;
  call->key = g_strdup (note->key);
  note->changed = FALSE;
  note->pending = TRUE;
  g_dbus_connection_call (self->connection, NAME, PATH, NAME, "Notify", make_parameters (note), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, shown_cb, call);
}

void
mr_notifier_show (MrNotifier *self, const char *key, const char *title, const char *body, const char *message)
{
  mr_notifier_show_button (self, key, title, body, message, NULL);
}

void
mr_notifier_set_button_func (MrNotifier *self, MrNotifierButtonFunc func, gpointer data)
{
  self->pressed = func;
  self->pressed_data = data;
}

void
mr_notifier_show_button (MrNotifier *self, const char *key, const char *title, const char *body, const char *message,
                         const char *button)
{
  Note *note = g_hash_table_lookup (self->notes, key);

  if (note == NULL) {
    if (g_hash_table_size (self->notes) >= NOTES_MAX)
      return;
    note = g_new0 (Note, 1);
    note->key = g_strdup (key);
    g_hash_table_insert (self->notes, note->key, note);
  }
  g_free (note->title);
  g_free (note->body);
  g_free (note->message);
  g_free (note->button);
  note->button = g_strdup (button);
  note->title = g_strdup (title);
  note->body = g_strdup (body);
  note->message = g_strdup (message);
  note->wanted = TRUE;
  send_note (self, note);
}

void
mr_notifier_close (MrNotifier *self, const char *key)
{
  Note *note = g_hash_table_lookup (self->notes, key);

  if (note == NULL)
    return;
  note->wanted = FALSE;
  if (note->pending)
    return;
  close_on_screen (self, note);
  g_hash_table_remove (self->notes, key);
}

/* ---- what a person does ---- */

/* No flag against starting it: that is how the window opens when it is closed (D-Bus activation, org.freedesktop.Application). */
static void
open_window (MrNotifier *self, const char *message)
{
  GVariantBuilder platform;

  g_variant_builder_init (&platform, G_VARIANT_TYPE_VARDICT);
  if (self->token != NULL) {
    g_variant_builder_add (&platform, "{sv}", "activation-token", g_variant_new_string (self->token));
    g_variant_builder_add (&platform, "{sv}", "desktop-startup-id", g_variant_new_string (self->token));
  }
  if (message == NULL) {
    g_dbus_connection_call (self->connection, APP_ID, APP_PATH, "org.freedesktop.Application", "Activate",
                            g_variant_new ("(a{sv})", &platform), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  } else {
    GVariantBuilder parameters;
    g_variant_builder_init (&parameters, G_VARIANT_TYPE ("av"));
    g_variant_builder_add (&parameters, "v", g_variant_new_string (message));
    g_dbus_connection_call (self->connection, APP_ID, APP_PATH, "org.freedesktop.Application", "ActivateAction",
                            g_variant_new ("(sava{sv})", "show-message", &parameters, &platform), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  }
  g_clear_pointer (&self->token, g_free);
}

static void
forget (MrNotifier *self, Note *note)
{
  g_autofree char *key = g_strdup (note->key);

  note->id = 0;
  if (note->pending)
    return;
  g_hash_table_remove (self->notes, key);
  self->gone (key, self->data);
}

static void
signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer data)
{
  MrNotifier *self = data;
  guint32 id = 0, reason = 0;
  const char *text = NULL;

  if (g_str_equal (name, "NotificationClosed") && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uu)")))
    g_variant_get (parameters, "(uu)", &id, &reason);
  else if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(us)")))
    g_variant_get (parameters, "(u&s)", &id, &text);
  Note *note = find_by_id (self, id);
  if (note == NULL)
    return;
  if (text != NULL && g_str_equal (name, "ActivationToken")) {
    g_free (self->token);
    self->token = g_strdup (text);
  } else if (text != NULL && g_str_equal (name, "ActionInvoked")) {
    if (g_str_equal (text, BUTTON) && self->pressed != NULL)
      self->pressed (note->key, self->pressed_data);
    else
      open_window (self, note->message);
    /* Some desktops leave it standing. */
    close_on_screen (self, note);
    forget (self, note);
  } else if (text == NULL && reason != CLOSED_BY_US)
    forget (self, note);
}

/* ---- the notification service comes and goes ---- */

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
  MrNotifier *self = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Note *)value)->id == 0 && !((Note *)value)->pending)
      send_note (self, value);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  MrNotifier *self = data;
  GHashTableIter iter;
  gpointer value;

  /* Its ids mean nothing to the next one. */
  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Note *)value)->id = 0;
}

static void
disconnect (MrNotifier *self)
{
  if (self->connection == NULL)
    return;
  GHashTableIter iter;
  gpointer value;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_dbus_connection_signal_unsubscribe (self->connection, self->signals);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Note *note = value;
    note->id = 0;
    note->pending = FALSE;
    if (!note->wanted)
      g_hash_table_iter_remove (&iter);
  }
  g_clear_object (&self->connection);
}

void
mr_notifier_set_connection (MrNotifier *self, GDBusConnection *connection)
{
  disconnect (self);
  if (connection == NULL)
    return;
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->signals = g_dbus_connection_signal_subscribe (connection, NAME, NAME, NULL, PATH, NULL,
                                                      G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, self, NULL);
  self->watch = g_bus_watch_name_on_connection (connection, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, appeared_cb,
                                                vanished_cb, self, NULL);
  appeared_cb (connection, NAME, NULL, self);
}

/* ---- lifetime ---- */

MrNotifier *
mr_notifier_new (MrNotifierGoneFunc gone, gpointer data)
{
  MrNotifier *self = g_new0 (MrNotifier, 1);

  self->gone = gone;
  self->data = data;
  self->notes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, note_free);
  return self;
}

void
mr_notifier_free (MrNotifier *self)
{
  if (self == NULL)
    return;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    close_on_screen (self, value);
  disconnect (self);
  g_hash_table_unref (self->notes);
  g_free (self->token);
  g_free (self);
}
