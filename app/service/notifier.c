/* Notes on the desktop: see notifier.h.
 *
 * One call for a note is in flight at a time: the id that its answer brings is what the next one replaces, so that two quick changes never leave
 * two notes. What was asked for meanwhile is done when the answer is there.
 */
#include <config.h>

#include "service/notifier.h"

#include "base/log.h"
#include "base/portal.h"
#include "service/notify-ways.h"

#define APP_ID    "com.example.MailRelay"
#define APP_PATH  "/com/example/MailRelay"
#define NOTES_MAX 200 /* more would bury the screen */

struct _MrNotifier {
  MrNotifierGoneFunc gone;
  gpointer data;
  MrNotifierButtonFunc pressed;
  gpointer pressed_data;
  GDBusConnection *connection;
  GCancellable *cancellable; /* of this connection's calls */
  MrNoteWay preferred;       /* the other one is tried where this one is missing */
  guint signals[MR_NOTE_N_WAYS], watches[MR_NOTE_N_WAYS];
  GHashTable *notes; /* key → MrNote, owned */
  char *token;       /* what lets the window come to the front (xdg-activation), of the next click */
};

typedef struct {
  MrNotifier *notifier;
  char *key;
} Call;

static void send_note (MrNotifier *self, MrNote *note);

static void
note_free (gpointer data)
{
  MrNote *note = data;

  g_free (note->key);
  g_free (note->title);
  g_free (note->body);
  g_free (note->message);
  g_free (note->domain);
  g_free (note->button);
  g_free (note);
}

static MrNote *
find_note (MrNotifier *self, MrNoteWay way, const MrNoteEvent *event)
{
  GHashTableIter iter;
  gpointer value;

  if (event->key != NULL) {
    MrNote *note = g_hash_table_lookup (self->notes, event->key);
    return note != NULL && note->way == way && note->id != 0 ? note : NULL;
  }
  g_hash_table_iter_init (&iter, self->notes);
  while (event->id != 0 && g_hash_table_iter_next (&iter, NULL, &value))
    if (((MrNote *)value)->way == way && ((MrNote *)value)->id == event->id)
      return value;
  return NULL;
}

/* ---- showing and closing ---- */

static void
close_on_screen (MrNotifier *self, MrNote *note)
{
  const MrNoteService *service = mr_note_service_get (note->way);

  if (self->connection != NULL && note->id != 0)
    g_dbus_connection_call (self->connection, service->name, service->path, service->interface, service->close,
                            service->make_close (note), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
  note->id = 0;
}

/* Nobody is there who could show it, or not for us. */
static gboolean
is_missing (const GError *error)
{
  static const GDBusError codes[] = { G_DBUS_ERROR_SERVICE_UNKNOWN,   G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                                      G_DBUS_ERROR_UNKNOWN_METHOD,    G_DBUS_ERROR_UNKNOWN_OBJECT,
                                      G_DBUS_ERROR_UNKNOWN_INTERFACE, G_DBUS_ERROR_ACCESS_DENIED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_DBUS_ERROR, (int)codes[i]))
      return TRUE;
  return FALSE;
}

/* TRUE: it is shown the other way now. */
static gboolean
try_other_way (MrNotifier *self, MrNote *note, const GError *error)
{
  gboolean first = note->way == self->preferred;

  mr_debug ("service", "no notification was shown by %s: %s", mr_note_service_get (note->way)->name, error->message);
  if (!is_missing (error))
    return FALSE;
  note->way = first ? MR_NOTE_N_WAYS - 1 - self->preferred : self->preferred;
  return first;
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
  MrNote *note = g_hash_table_lookup (self->notes, key);
  if (note == NULL)
    return;
  note->pending = FALSE;
  if (reply != NULL)
    note->id = mr_note_service_get (note->way)->read_shown (reply);
  else if (try_other_way (self, note, error))
    note->changed = TRUE;
  if (!note->wanted) {
    close_on_screen (self, note);
    g_hash_table_remove (self->notes, key);
  } else if (note->changed)
    send_note (self, note);
}

static void
send_note (MrNotifier *self, MrNote *note)
{
  const MrNoteService *service = mr_note_service_get (note->way);

  note->changed = TRUE;
  if (self->connection == NULL || note->pending)
    return;
  Call *call = g_new0 (Call, 1);
  call->notifier = self;
  call->key = g_strdup (note->key);
  note->changed = FALSE;
  note->pending = TRUE;
  g_dbus_connection_call (self->connection, service->name, service->path, service->interface, service->show,
                          service->make_show (note), NULL, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, shown_cb,
                          call);
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

/* message, domain, button: NULL where it has none. */
static void
show (MrNotifier *self, const char *key, const char *title, const char *body, const char *message, const char *domain,
      const char *button)
{
  MrNote *note = g_hash_table_lookup (self->notes, key);

  if (note == NULL) {
    if (g_hash_table_size (self->notes) >= NOTES_MAX)
      return;
    note = g_new0 (MrNote, 1);
    note->key = g_strdup (key);
    note->way = self->preferred;
    g_hash_table_insert (self->notes, note->key, note);
  }
  g_free (note->title);
  g_free (note->body);
  g_free (note->message);
  g_free (note->domain);
  g_free (note->button);
  note->domain = g_strdup (domain);
  note->button = g_strdup (button);
  note->title = g_strdup (title);
  note->body = g_strdup (body);
  note->message = g_strdup (message);
  note->wanted = TRUE;
  send_note (self, note);
}

void
mr_notifier_show_button (MrNotifier *self, const char *key, const char *title, const char *body, const char *message,
                         const char *button)
{
  show (self, key, title, body, message, NULL, button);
}

void
mr_notifier_show_domain (MrNotifier *self, const char *key, const char *title, const char *body, const char *domain)
{
  show (self, key, title, body, NULL, domain, NULL);
}

void
mr_notifier_close (MrNotifier *self, const char *key)
{
  MrNote *note = g_hash_table_lookup (self->notes, key);

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
open_window (MrNotifier *self, const MrNote *note)
{
  GVariantBuilder platform;

  g_variant_builder_init (&platform, G_VARIANT_TYPE_VARDICT);
  if (self->token != NULL) {
    g_variant_builder_add (&platform, "{sv}", "activation-token", g_variant_new_string (self->token));
    g_variant_builder_add (&platform, "{sv}", "desktop-startup-id", g_variant_new_string (self->token));
  }
  if (note->message == NULL && note->domain == NULL) {
    g_dbus_connection_call (self->connection, APP_ID, APP_PATH, "org.freedesktop.Application", "Activate",
                            g_variant_new ("(a{sv})", &platform), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  } else {
    GVariantBuilder parameters;
    g_variant_builder_init (&parameters, G_VARIANT_TYPE ("av"));
    g_variant_builder_add (&parameters, "v",
                           note->message != NULL ? g_variant_new_string (note->message)
                                                 : g_variant_new ("(ss)", note->domain, ""));
    g_dbus_connection_call (
        self->connection, APP_ID, APP_PATH, "org.freedesktop.Application", "ActivateAction",
        g_variant_new ("(sava{sv})", note->message != NULL ? "show-message" : "open-domain", &parameters, &platform),
        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  }
  g_clear_pointer (&self->token, g_free);
}

static void
forget (MrNotifier *self, MrNote *note)
{
  g_autofree char *key = g_strdup (note->key);

  note->id = 0;
  if (note->pending)
    return;
  g_hash_table_remove (self->notes, key);
  self->gone (key, self->data);
}

static MrNoteWay
way_of_path (const char *path)
{
  return g_str_equal (path, MR_PORTAL_PATH) ? MR_NOTE_WAY_PORTAL : MR_NOTE_WAY_DESKTOP;
}

static void
signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer data)
{
  MrNotifier *self = data;
  MrNoteWay way = way_of_path (path);
  MrNoteEvent event = { 0 };
  MrNote *note = mr_note_service_get (way)->read_signal (name, parameters, &event) ? find_note (self, way, &event)
                                                                                   : NULL;

  g_autofree char *token = event.token;

  if (note == NULL)
    return;
  if (token != NULL) {
    g_free (self->token);
    self->token = g_steal_pointer (&token);
  }
  if (event.action != NULL) {
    if (g_str_equal (event.action, MR_NOTE_BUTTON) && self->pressed != NULL)
      self->pressed (note->key, self->pressed_data);
    else
      open_window (self, note);
    /* Some desktops leave it standing. */
    close_on_screen (self, note);
  }
  if (event.action != NULL || event.gone)
    forget (self, note);
}

/* ---- the notification services come and go ---- */

static MrNoteWay
way_of_name (const char *name)
{
  return g_str_equal (name, MR_PORTAL_NAME) ? MR_NOTE_WAY_PORTAL : MR_NOTE_WAY_DESKTOP;
}

/* What the other one shows comes over to the preferred one; what nobody shows is shown. */
static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
  MrNotifier *self = data;
  MrNoteWay way = way_of_name (name);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    MrNote *note = value;

    if (note->pending || (note->id != 0 && (note->way == way || way != self->preferred)))
      continue;
    close_on_screen (self, note);
    note->way = way;
    send_note (self, note);
  }
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  MrNotifier *self = data;
  MrNoteWay way = way_of_name (name);
  GHashTableIter iter;
  gpointer value;

  /* Its ids mean nothing to the next one. */
  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((MrNote *)value)->way == way)
      ((MrNote *)value)->id = 0;
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
  for (guint i = 0; i < MR_NOTE_N_WAYS; i++) {
    g_dbus_connection_signal_unsubscribe (self->connection, self->signals[i]);
    g_clear_handle_id (&self->watches[i], g_bus_unwatch_name);
  }
  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    MrNote *note = value;
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
  for (guint i = 0; i < MR_NOTE_N_WAYS; i++) {
    const MrNoteService *service = mr_note_service_get ((MrNoteWay)i);

    self->signals[i] = g_dbus_connection_signal_subscribe (connection, service->name, service->interface, NULL,
                                                           service->path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, signal_cb,
                                                           self, NULL);
    self->watches[i] = g_bus_watch_name_on_connection (connection, service->name, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                       appeared_cb, vanished_cb, self, NULL);
  }
  appeared_cb (connection, mr_note_service_get (self->preferred)->name, NULL, self);
}

/* ---- lifetime ---- */

MrNotifier *
mr_notifier_new (MrNotifierGoneFunc gone, gpointer data)
{
  MrNotifier *self = g_new0 (MrNotifier, 1);

  self->gone = gone;
  self->data = data;
  self->preferred = mr_portal_is_wanted () ? MR_NOTE_WAY_PORTAL : MR_NOTE_WAY_DESKTOP;
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
