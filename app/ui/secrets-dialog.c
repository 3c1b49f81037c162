/* The choice of a place for passwords. The service moves nothing from one place to another: passwords that are missing there are asked for. */
#include "config.h"

#include "ui/secrets-dialog.h"

#include <glib/gi18n-lib.h>

#include "ui/toast.h"

struct _MrSecretsDialog {
  AdwWindow parent_instance;
  GtkButton *keep_button, *create_button;
  GtkLabel *intro;
  GtkCheckButton *keyring, *memory, *file;
  GtkSwitch *keep_switch;
  gboolean keeps; /* as the service has it */
  MrDesk *desk;
  GCancellable *cancellable;
};

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrSecretsDialog, mr_secrets_dialog, ADW_TYPE_WINDOW)

static void
set_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_set_secrets_backend_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSecretsDialog *self = data;
  gtk_widget_set_sensitive (GTK_WIDGET (self->keep_button), TRUE);
  if (!ok) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Passwords cannot be kept there"), error);
    return;
  }
  g_object_ref (self);
  g_signal_emit (self, signals[CHOSEN], 0);
  gtk_window_close (GTK_WINDOW (self));
  g_object_unref (self);
}

static void
set_backend (MrSecretsDialog *self)
{
  const char *backend = gtk_check_button_get_active (self->memory) ? "memory"
                        : gtk_check_button_get_active (self->file) ? "file"
                                                                   : "secret-service";

  mr_client_set_secrets_backend_async (mr_desk_get_client (self->desk), backend, self->cancellable, set_done_cb, self);
}

/* The window asks the keyring: it says how far that is. */
static void
create_clicked_cb (MrSecretsDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.create-keyring", NULL);
  gtk_window_close (GTK_WINDOW (self));
}

static void
keep_set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_set_config_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSecretsDialog *self = data;
  if (ok) {
    set_backend (self);
    return;
  }
  gtk_widget_set_sensitive (GTK_WIDGET (self->keep_button), TRUE);
  mr_toast_show_error (GTK_WIDGET (self), _ ("That cannot be changed"), error);
}

static void
keep_clicked_cb (MrSecretsDialog *self)
{
  gboolean keeps = gtk_switch_get_active (self->keep_switch);

  gtk_widget_set_sensitive (GTK_WIDGET (self->keep_button), FALSE);
  if (keeps == self->keeps)
    set_backend (self);
  else
    mr_client_set_config_async (mr_desk_get_client (self->desk), "secrets", "keep", keeps ? "until-logout" : "never",
                                self->cancellable, keep_set_cb, self);
}

static void
keep_known_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *keep = mr_client_get_config_finish (MR_CLIENT (source), result, &error);

  if (keep == NULL) /* gone, or the service is: the switch stays where it is and nothing is written */
    return;
  MrSecretsDialog *self = data;
  self->keeps = !g_str_equal (keep, "never");
  gtk_switch_set_active (self->keep_switch, self->keeps);
}

static void
show_state (MrSecretsDialog *self)
{
  const MrServiceStatus *status = mr_desk_get_status (self->desk);
  const char *state = status != NULL ? status->secrets_state : "";
  gboolean no_place = g_str_equal (state, "no-place");

  gtk_widget_set_visible (GTK_WIDGET (self->create_button), no_place);
  gtk_label_set_text (
      self->intro,
      no_place ? _ ("The keyring has no place for passwords. Make one there, open your password database, or choose "
                    "another place.")
      : g_str_equal (state, "no-service")
          ? _ ("No keyring runs here, so passwords need another place. Choose which, or start a keyring and keep that.")
          : _ ("Your providers' passwords are kept in one place only. Choose which."));
}

/* The place in use; where that is a keyring that cannot be used, the next best. */
static void
choose_first (MrSecretsDialog *self)
{
  const MrServiceStatus *status = mr_desk_get_status (self->desk);
  const char *backend = status != NULL ? status->secrets_backend : "secret-service";
  const char *state = status != NULL ? status->secrets_state : "";

  if (g_str_equal (backend, "file"))
    gtk_check_button_set_active (self->file, TRUE);
  else if (g_str_equal (backend, "memory") || g_str_equal (state, "no-service") || g_str_equal (state, "no-place"))
    gtk_check_button_set_active (self->memory, TRUE);
}

static void
mr_secrets_dialog_dispose (GObject *object)
{
  MrSecretsDialog *self = MR_SECRETS_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_secrets_dialog_parent_class)->dispose (object);
}

static void
mr_secrets_dialog_finalize (GObject *object)
{
  g_clear_object (&MR_SECRETS_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (mr_secrets_dialog_parent_class)->finalize (object);
}

static void
mr_secrets_dialog_init (MrSecretsDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->keeps = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_secrets_dialog_class_init (MrSecretsDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mr_secrets_dialog_dispose;
  object_class->finalize = mr_secrets_dialog_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/secrets-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MrSecretsDialog, keep_button);
  gtk_widget_class_bind_template_child (widget_class, MrSecretsDialog, create_button);
  gtk_widget_class_bind_template_child (widget_class, MrSecretsDialog, intro);
  gtk_widget_class_bind_template_child (widget_class, MrSecretsDialog, keep_switch);
  gtk_widget_class_bind_template_child (widget_class, MrSecretsDialog, keyring);
  gtk_widget_class_bind_template_child (widget_class, MrSecretsDialog, memory);
  gtk_widget_class_bind_template_child (widget_class, MrSecretsDialog, file);
  gtk_widget_class_bind_template_callback (widget_class, keep_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, create_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_secrets_dialog_new (MrDesk *desk, GtkWindow *parent)
{
  MrSecretsDialog *self = g_object_new (MR_TYPE_SECRETS_DIALOG, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  show_state (self);
  choose_first (self);
  mr_client_get_config_async (mr_desk_get_client (desk), "secrets", "keep", self->cancellable, keep_known_cb, self);
  g_signal_connect_object (desk, "status-changed", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
