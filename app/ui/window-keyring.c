/* What a person does about the keyring: have it ask, wait no longer for its question, make a place, look again.
 *
 * One question at a time. It is the keyring's own: no password passes through this window. The service hears of an answer and looks again by
 * itself; it is told all the same, for keyrings that tell nobody.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/keyring-unlock.h"
#include "ui/toast.h"
#include "ui/window-private.h"

static void
told_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!mr_client_keyring_changed_finish (MR_CLIENT (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mr_toast_show_error (data, _ ("The service could not look again"), error);
}

static void
look_again (MrWindow *self)
{
  mr_client_keyring_changed_async (mr_desk_get_client (self->desk), self->cancellable, told_cb, self);
}

static void
set_talk (MrWindow *self, MrKeyringTalk talk)
{
  self->keyring_talk = talk;
  mr_window_update (self);
}

static void
answered (MrWindow *self, const GError *error)
{
  if (error == NULL || g_error_matches (error, MR_ERROR, MR_ERROR_NOT_FOUND)) {
    set_talk (self, MR_TALK_NONE);
    look_again (self); /* where there is no place for passwords, the status says so then */
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_talk (self, MR_TALK_NONE);
  else if (g_error_matches (error, MR_ERROR, MR_ERROR_KEYRING_LOCKED))
    set_talk (self, MR_TALK_CLOSED);
  else if (g_error_matches (error, MR_ERROR, MR_ERROR_BUSY))
    set_talk (self, MR_TALK_BUSY);
  else {
    set_talk (self, MR_TALK_NONE);
    if (g_error_matches (error, MR_ERROR, MR_ERROR_NO_KEYRING))
      gtk_widget_activate_action (GTK_WIDGET (self), "win.choose-secrets", NULL);
    else
      mr_toast_show_error (GTK_WIDGET (self), _ ("Your passwords stay locked"), error);
  }
}

/* data: a reference on the window, which may have been closed meanwhile. */
static void
finish (gpointer data, const GError *error)
{
  g_autoptr (MrWindow) self = data;

  g_clear_object (&self->keyring_question);
  if (!g_cancellable_is_cancelled (self->cancellable))
    answered (self, error);
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  mr_keyring_unlock_finish (result, &error);
  finish (data, error);
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  mr_keyring_create_finish (result, &error);
  finish (data, error);
}

/* FALSE: one is open already. */
static gboolean
begin (MrWindow *self)
{
  if (self->keyring_question != NULL)
    return FALSE;
  self->keyring_question = g_cancellable_new ();
  set_talk (self, MR_TALK_ASKING);
  return TRUE;
}

static void
unlock_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  if (begin (self))
    mr_keyring_unlock_async (self->keyring_question, unlocked_cb, g_object_ref (self));
}

static void
create_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  if (begin (self))
    mr_keyring_create_async (self->keyring_question, created_cb, g_object_ref (self));
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mr_window_cancel_keyring (MR_WINDOW (widget));
}

static void
check_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  set_talk (self, MR_TALK_NONE);
  look_again (self);
}

void
mr_window_cancel_keyring (MrWindow *self)
{
  if (self->keyring_question != NULL)
    g_cancellable_cancel (self->keyring_question);
}

void
mr_window_saw_keyring (MrWindow *self, gboolean is_open)
{
  if (is_open && self->keyring_talk != MR_TALK_ASKING)
    self->keyring_talk = MR_TALK_NONE;
  else if (is_open && !self->keyring_is_open)
    mr_window_cancel_keyring (self);
  self->keyring_is_open = is_open;
}

void
mr_window_install_keyring_actions (GtkWidgetClass *widget_class)
{
  static const struct {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.unlock-keyring", unlock_action },
    { "win.create-keyring", create_action },
    { "win.cancel-unlock", cancel_action },
    { "win.check-keyring", check_action },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}
