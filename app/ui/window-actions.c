/* What can be done from anywhere in the window: connection, pages. Accounts and the keyring have files of their own. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/network-page.h"
#include "ui/activity-window.h"
#include "ui/connect-window.h"
#include "ui/domain-window.h"
#include "ui/explain-window.h"
#include "ui/statistics-window.h"
#include "ui/never-window.h"
#include "ui/log-window.h"
#include "ui/help-window.h"
#include "ui/open-link.h"
#include "ui/preferences-window.h"
#include "ui/secrets-dialog.h"
#include "ui/senders-window.h"
#include "ui/toast.h"
#include "ui/window-private.h"

static MrClient *
client_of (MrWindow *self)
{
  return mr_desk_get_client (self->desk);
}

/* For the calls whose success shows by itself. */
#define DEFINE_DONE(name, finish, words)                                                                               \
  static void name (GObject *source, GAsyncResult *result, gpointer data)                                              \
  {                                                                                                                    \
    g_autoptr (GError) error = NULL;                                                                                   \
                                                                                                                       \
    if (!finish (MR_CLIENT (source), result, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))    \
      mr_toast_show_error (data, words, error);                                                                        \
  }

DEFINE_DONE (paused_cb, mr_client_set_paused_finish, _ ("Could not change that"))
DEFINE_DONE (listen_set_cb, mr_client_set_config_finish, _ ("Could not change the port"))
DEFINE_DONE (quit_cb, mr_client_quit_service_finish, _ ("Could not restart the service"))

/* ---- windows ---- */

static void
connect_programs_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (mr_connect_window_new (self->desk, GTK_WINDOW (self), FALSE)));
}

static void
senders_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (mr_senders_window_new (self->desk, GTK_WINDOW (self))));
}

static void
check_domain_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (mr_domain_window_new (self->desk, GTK_WINDOW (self))));
}

static void
statistics_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (mr_statistics_window_new (self->desk, GTK_WINDOW (self))));
}

static void
never_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (mr_never_window_new (self->desk, GTK_WINDOW (self))));
}

static void
activity_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_present (GTK_WINDOW (mr_activity_window_new (MR_WINDOW (widget)->desk, GTK_WINDOW (widget))));
}

static void
log_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_present (GTK_WINDOW (mr_log_window_new (MR_WINDOW (widget)->desk, GTK_WINDOW (widget))));
}

static void
preferences_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (mr_preferences_window_new (self->desk, GTK_WINDOW (self))));
}

static void
help_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_present (GTK_WINDOW (mr_help_window_new (GTK_WINDOW (widget), g_variant_get_string (parameter, NULL))));
}

static GtkWidget *
open_explain_window (MrWindow *self)
{
  GtkWidget *window = mr_explain_window_new (self->desk, GTK_WINDOW (self));

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
explain_returned_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_explain_window (MR_WINDOW (widget));
}

void
mr_window_explain_file (MrWindow *self, GFile *file)
{
  g_return_if_fail (MR_IS_WINDOW (self));
  mr_explain_window_open (MR_EXPLAIN_WINDOW (open_explain_window (self)), file);
}

static void
choose_secrets_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (mr_secrets_dialog_new (self->desk, GTK_WINDOW (self))));
}

/* Made when it is asked for, not kept hidden: GTK 4.8 ends in a crash when an accessibility client asks for a child of the application that has
 * just gone and there is a hidden window to be mistaken for it. */
static void
shortcuts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/com/example/MailRelay/ui/shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (window, GTK_WINDOW (widget));
  gtk_window_present (window);
}

static void
open_config_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  const MrServiceStatus *status = mr_desk_get_status (self->desk);
  g_autofree char *uri = status != NULL ? g_filename_to_uri (status->config_file, NULL, NULL) : NULL;

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

static void
network_page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *page = mr_network_page_find_finish (result, NULL);

  if (page != NULL)
    mr_open_plain_page (GTK_WIDGET (data), page);
}

static void
open_network_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  mr_network_page_find_async (self->cancellable, network_page_cb, self);
}

/* ---- service ---- */

static void
toggle_paused_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  const MrServiceStatus *status = mr_desk_get_status (self->desk);

  if (status != NULL)
    mr_client_set_paused_async (client_of (self), !status->paused, self->cancellable, paused_cb, self);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_connect_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!ok)
    mr_toast_show_error (data, _ ("The service did not start"), error);
  mr_window_update (data);
}

static void
start_service_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  mr_client_connect_async (client_of (self), self->cancellable, connected_cb, self);
}

static void
restart_service_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  /* The client starts it again when it is gone. */
  mr_client_quit_service_async (client_of (self), self->cancellable, quit_cb, self);
}

static void
port_response_cb (MrWindow *self, const char *response, AdwMessageDialog *dialog)
{
  GtkSpinButton *spin = GTK_SPIN_BUTTON (adw_message_dialog_get_extra_child (dialog));
  int port = gtk_spin_button_get_value_as_int (spin);
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%d;[::1]:%d", port, port);

  mr_client_set_config_async (client_of (self), "submission", "listen", listen, self->cancellable, listen_set_cb, self);
}

static void
choose_port_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (self), _ ("Use Another Port"),
      _ ("Another program has the port. Choose one that is free, and give it to your programs."));
  GtkWidget *spin = gtk_spin_button_new_with_range (1025, 65535, 1);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), 2526);
  gtk_widget_set_halign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Port"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), spin);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "use", _ ("Use This Port"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "use", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "use");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response::use", G_CALLBACK (port_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- pages ---- */

static void
show_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mr_window_show_page (MR_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
skip_welcome_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);

  self->welcome_skipped = TRUE;
  if (self->settings != NULL)
    g_settings_set_boolean (self->settings, "first-run-done", TRUE);
  mr_window_update (self);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *page = mr_window_current_messages (MR_WINDOW (widget));

  if (page != NULL)
    mr_messages_page_go_back (page);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrWindow *self = MR_WINDOW (widget);
  MrMessagesPage *page = mr_window_current_messages (self);

  if (page == NULL) {
    mr_window_show_page (self, "outbox");
    page = self->outbox;
  }
  mr_messages_page_focus_search (page);
}

void
mr_window_install_actions (GtkWidgetClass *widget_class)
{
  static const struct {
    const char *name, *type;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.connect-programs", NULL, connect_programs_action },
    { "win.senders", NULL, senders_action },
    { "win.explain-returned", NULL, explain_returned_action },
    { "win.check-domain", NULL, check_domain_action },
    { "win.statistics", NULL, statistics_action },
    { "win.never", NULL, never_action },
    { "win.activity", NULL, activity_action },
    { "win.log", NULL, log_action },
    { "win.preferences", NULL, preferences_action },
    { "win.help", "s", help_action },
    { "win.choose-secrets", NULL, choose_secrets_action },
    { "win.shortcuts", NULL, shortcuts_action },
    { "win.open-config", NULL, open_config_action },
    { "win.toggle-paused", NULL, toggle_paused_action },
    { "win.start-service", NULL, start_service_action },
    { "win.restart-service", NULL, restart_service_action },
    { "win.open-network-page", NULL, open_network_page_action },
    { "win.choose-port", NULL, choose_port_action },
    { "win.show-page", "s", show_page_action },
    { "win.skip-welcome", NULL, skip_welcome_action },
    { "win.back", NULL, back_action },
    { "win.search", NULL, search_action },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, actions[i].type, actions[i].activate);
}
