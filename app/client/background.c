/* One request of the portal and its answer, which comes as a signal: see background.h. */
#include <config.h>

#include "client/background.h"

#include <glib/gi18n-lib.h>

#include "base/portal.h"

#define INTERFACE "org.freedesktop.portal.Background"
#define REQUEST   "org.freedesktop.portal.Request"

typedef struct {
  gboolean autostart;
  GStrv commandline;
  GDBusConnection *bus;
  guint answer; /* subscription */
  gulong cancelled;
  gboolean done;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_strfreev (wish->commandline);
  g_clear_object (&wish->bus);
  g_free (wish);
}

/* Whatever comes first; the subscription holds a reference of the task. */
static gboolean
end (GTask *task)
{
  Wish *wish = g_task_get_task_data (task);

  if (wish->done)
    return FALSE;
  wish->done = TRUE;
  if (wish->cancelled != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), wish->cancelled);
  if (wish->answer != 0)
    g_dbus_connection_signal_unsubscribe (wish->bus, wish->answer);
  return TRUE;
}

static void
answer_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *name,
           GVariant *parameters, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  const Wish *wish = g_task_get_task_data (task);
  g_autoptr (GVariant) results = NULL;
  gboolean background = FALSE, autostart = FALSE;
  guint32 response = 2;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")) || !end (task))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "background", "b", &background);
  g_variant_lookup (results, "autostart", "b", &autostart);
  if (response == 0 && background && (autostart || !wish->autostart))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, MR_ERROR, MR_ERROR_REFUSED,
                             _ ("The desktop does not let Mail Relay run in the background; allow it in the desktop’s "
                                "settings, under applications"));
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL || !end (task))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, MR_ERROR, MR_ERROR_NOT_FOUND,
                             _ ("The desktop has no portal that lets a program run in the background: %s"),
                             error->message);
}

/* The path at which the answer comes is known before the question, so that none is missed. */
static char *
dup_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  return g_strdup_printf (MR_PORTAL_PATH "/request/%s/%s", g_strdelimit (sender, ".", '_'), token);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Wish *wish = g_task_get_task_data (task);

  /* No disconnecting from inside the signal. */
  wish->cancelled = 0;
  if (end (task))
    g_task_return_error_if_cancelled (task);
}

static void
ask (GTask *task, Wish *wish)
{
  g_autofree char *token = g_strdup_printf ("mail_relay_%u", g_random_int ());
  g_autofree char *path = dup_request_path (wish->bus, token);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GVariantBuilder options;

  wish->answer = g_dbus_connection_signal_subscribe (wish->bus, MR_PORTAL_NAME, REQUEST, "Response", path, NULL,
                                                     G_DBUS_SIGNAL_FLAGS_NONE, answer_cb, g_object_ref (task),
                                                     g_object_unref);
  if (cancellable != NULL)
    wish->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (
      &options, "{sv}", "reason",
      g_variant_new_string (_ ("Mail of your programs is taken and delivered while no window is open.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (wish->autostart));
  if (wish->autostart)
    g_variant_builder_add (&options, "{sv}", "commandline",
                           g_variant_new_strv ((const char *const *)wish->commandline, -1));
  g_dbus_connection_call (wish->bus, MR_PORTAL_NAME, MR_PORTAL_PATH, INTERFACE, "RequestBackground",
                          g_variant_new ("(sa{sv})", "", &options), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          cancellable, asked_cb, g_object_ref (task));
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Wish *wish = g_task_get_task_data (task);
  GError *error = NULL;

  wish->bus = g_bus_get_finish (result, &error);
  if (wish->bus == NULL)
    g_task_return_error (task, error);
  else
    ask (task, wish);
}

void
mr_background_request_async (gboolean autostart, const char *const *commandline, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Wish *wish = g_new0 (Wish, 1);

  wish->autostart = autostart;
  wish->commandline = g_strdupv ((char **)commandline);
  g_task_set_task_data (task, wish, wish_free);
  g_task_set_source_tag (task, mr_background_request_async);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, bus_cb, task);
}

gboolean
mr_background_request_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
