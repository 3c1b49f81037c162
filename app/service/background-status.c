/* One line for the list of background applications: see background-status.h. Told when it is another one, at most once in GATHER_MS. */
#include <config.h>

#include "service/background-status.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "base/portal.h"

#define INTERFACE  "org.freedesktop.portal.Background"
#define GATHER_MS  1000
#define LENGTH_MAX 96 /* characters that the portal takes */

struct _MrBackgroundStatus {
  MrEngine *engine; /* NULL: the end */
  GDBusConnection *connection;
  GCancellable *cancellable; /* of this connection's calls */
  gboolean has_list;         /* the portal takes a line */
  guint timer;
  char *told;
};

static void
clear (gpointer data)
{
  MrBackgroundStatus *self = data;

  g_free (self->told);
}

static char *
dup_line (const MrStatus *status)
{
  guint n = (guint)MIN (status->counts.messages_active, G_MAXUINT);

  if (n == 0)
    return g_strdup (status->paused ? _ ("Sending is paused") : _ ("Waits for mail of your programs"));
  if (status->paused)
    return g_strdup_printf (ngettext ("Sending is paused; %u message waits", "Sending is paused; %u messages wait", n),
                            n);
  return g_strdup_printf (ngettext ("%u message has not left yet", "%u messages have not left yet", n), n);
}

static void
set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    mr_debug ("service", "the list of background applications was not told: %s", error->message);
}

static void
tell (MrBackgroundStatus *self, const MrStatus *status)
{
  g_autofree char *line = dup_line (status);
  g_autofree char *message = g_utf8_substring (line, 0, MIN (g_utf8_strlen (line, -1), LENGTH_MAX));
  GVariantBuilder options;

  if (g_strcmp0 (message, self->told) == 0)
    return;
  g_free (self->told);
  self->told = g_strdup (message);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "message", g_variant_new_string (message));
  g_dbus_connection_call (self->connection, MR_PORTAL_NAME, MR_PORTAL_PATH, INTERFACE, "SetStatus",
                          g_variant_new ("(a{sv})", &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable,
                          set_cb, NULL);
}

static void
status_cb (const MrStatus *status, const GError *error, gpointer data)
{
  MrBackgroundStatus *self = data;

  if (status != NULL && self->engine != NULL && self->has_list)
    tell (self, status);
  g_rc_box_release_full (self, clear);
}

static gboolean
timer_cb (gpointer data)
{
  MrBackgroundStatus *self = data;

  self->timer = 0;
  mr_engine_get_status (self->engine, status_cb, g_rc_box_acquire (self));
  return G_SOURCE_REMOVE;
}

static void
schedule (MrBackgroundStatus *self)
{
  if (self->has_list && self->timer == 0)
    self->timer = g_timeout_add (GATHER_MS, timer_cb, self);
}

static void
version_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrBackgroundStatus *self = data;
  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  self->has_list = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32)
                   && g_variant_get_uint32 (value) >= 2;
  schedule (self);
}

static void
disconnect (MrBackgroundStatus *self)
{
  if (self->connection == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->told, g_free);
  self->has_list = FALSE;
}

void
mr_background_status_set_connection (MrBackgroundStatus *self, GDBusConnection *connection)
{
  disconnect (self);
  if (connection == NULL || !mr_portal_is_wanted ())
    return;
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_call (connection, MR_PORTAL_NAME, MR_PORTAL_PATH, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", INTERFACE, "version"), G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE,
                          -1, self->cancellable, version_cb, self);
}

void
mr_background_status_changed (MrBackgroundStatus *self, MrChanged what)
{
  if ((what & (MR_CHANGED_QUEUE | MR_CHANGED_STATUS)) != 0)
    schedule (self);
}

MrBackgroundStatus *
mr_background_status_new (MrEngine *engine)
{
  MrBackgroundStatus *self = g_rc_box_new0 (MrBackgroundStatus);

  self->engine = engine;
  return self;
}

void
mr_background_status_free (MrBackgroundStatus *self)
{
  if (self == NULL)
    return;
  disconnect (self);
  self->engine = NULL;
  g_rc_box_release_full (self, clear);
}
