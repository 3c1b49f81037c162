/* The client id goes into the configuration, its secret into the saved passwords; both by the service. The secret's row is write-only. */
#include "config.h"

#include "ui/oauth-client-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/set-up-calls.h"
#include "ui/copy-button.h"
#include "ui/oauth-client-steps.h"
#include "ui/open-link.h"
#include "ui/toast.h"

struct _MrOauthClientWindow {
  AdwWindow parent_instance;
  AdwPreferencesGroup *steps_group;
  GtkListBox *steps;
  GtkEditable *client, *secret;
  GtkLabel *hint, *mistake;
  GtkWidget *save_button;

  MrDesk *desk;
  GCancellable *cancellable;
  const MrOauthClientGuide *guide;
  char *provider;
};

enum { SAVED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrOauthClientWindow, mr_oauth_client_window, ADW_TYPE_WINDOW)

static void
link_clicked_cb (GtkWidget *button, gpointer link)
{
  mr_open_link (button, link);
}

static GtkWidget *
make_link_button (const MrOauthClientStep *step, guint number)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("web-browser-symbolic");
  g_autofree char *name = g_strdup_printf (_ ("Open the page of step %u in the browser"), number);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, step->link);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (link_clicked_cb), (gpointer)step->link);
  return button;
}

static void
add_step (MrOauthClientWindow *self, const MrOauthClientStep *step, guint number)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *text = g_strdup_printf ("%u. %s", number, _ (step->text));
  g_autofree char *title = g_markup_escape_text (text, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (step->value != NULL) {
    g_autofree char *value = g_markup_printf_escaped ("<tt>%s</tt>", step->value);
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), value);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), mr_copy_button_new (step->value, _ (step->what)));
  }
  if (step->link != NULL)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_link_button (step, number));
  gtk_list_box_append (self->steps, row);
}

/* ---- saving ---- */

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_set_oauth_client_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrOauthClientWindow *self = data;
  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (!ok) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not save the application"), error);
    return;
  }
  gtk_editable_set_text (self->secret, "");
  g_object_ref (self);
  g_signal_emit (self, signals[SAVED], 0);
  gtk_window_close (GTK_WINDOW (self));
  g_object_unref (self);
}

static gboolean
is_plausible (const char *client)
{
  return *client != '\0' && strpbrk (client, " \t/<>\"") == NULL;
}

static void
save_clicked_cb (MrOauthClientWindow *self)
{
  g_autofree char *client = g_strstrip (g_strdup (gtk_editable_get_text (self->client)));
  const char *typed = gtk_editable_get_text (self->secret);
  g_autoptr (MrSecret) secret = *typed != '\0' ? mr_secret_new (typed, strlen (typed)) : NULL;
  gboolean good = is_plausible (client);

  gtk_widget_set_visible (GTK_WIDGET (self->mistake), !good);
  if (!good) {
    gtk_widget_add_css_class (GTK_WIDGET (self->client), "error");
    gtk_widget_grab_focus (GTK_WIDGET (self->client));
    return;
  }
  gtk_widget_set_sensitive (self->save_button, FALSE);
  mr_client_set_oauth_client_async (mr_desk_get_client (self->desk), self->provider, client, secret, self->cancellable,
                                    saved_cb, self);
}

static void
changed_cb (MrOauthClientWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->client), "error");
}

/* ---- class ---- */

static void
mr_oauth_client_window_dispose (GObject *object)
{
  MrOauthClientWindow *self = MR_OAUTH_CLIENT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_oauth_client_window_parent_class)->dispose (object);
}

static void
mr_oauth_client_window_finalize (GObject *object)
{
  MrOauthClientWindow *self = MR_OAUTH_CLIENT_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_free (self->provider);
  G_OBJECT_CLASS (mr_oauth_client_window_parent_class)->finalize (object);
}

static void
mr_oauth_client_window_init (MrOauthClientWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_oauth_client_window_class_init (MrOauthClientWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mr_oauth_client_window_dispose;
  object_class->finalize = mr_oauth_client_window_finalize;
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/oauth-client-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrOauthClientWindow, steps_group);
  gtk_widget_class_bind_template_child (widget_class, MrOauthClientWindow, steps);
  gtk_widget_class_bind_template_child (widget_class, MrOauthClientWindow, client);
  gtk_widget_class_bind_template_child (widget_class, MrOauthClientWindow, secret);
  gtk_widget_class_bind_template_child (widget_class, MrOauthClientWindow, hint);
  gtk_widget_class_bind_template_child (widget_class, MrOauthClientWindow, mistake);
  gtk_widget_class_bind_template_child (widget_class, MrOauthClientWindow, save_button);
  gtk_widget_class_bind_template_callback (widget_class, save_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_oauth_client_window_new (MrDesk *desk, GtkWindow *parent, const char *provider)
{
  MrOauthClientWindow *self = g_object_new (MR_TYPE_OAUTH_CLIENT_WINDOW, "transient-for", parent, NULL);
  const MrOauthClientGuide *guide = mr_oauth_client_guide (provider);

  self->desk = g_object_ref (desk);
  self->provider = g_strdup (provider);
  self->guide = guide;
  adw_preferences_group_set_description (self->steps_group, _ (guide->intro));
  for (guint i = 0; i < guide->n_steps; i++)
    add_step (self, &guide->steps[i], i + 1);
  gtk_widget_set_visible (GTK_WIDGET (self->secret), guide->wants_secret);
  gtk_widget_set_visible (GTK_WIDGET (self->hint), guide->client_hint != NULL);
  if (guide->client_hint != NULL)
    gtk_label_set_text (self->hint, _ (guide->client_hint));
  return GTK_WIDGET (self);
}
