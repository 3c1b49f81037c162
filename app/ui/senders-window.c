/* The one place where a person opens a door: to a program by its own password, to another user of this computer by Allow. */
#include "config.h"

#include "ui/senders-window.h"

#include <glib/gi18n-lib.h>

#include "ui/format.h"
#include "ui/password-dialog.h"
#include "ui/record-item.h"
#include "ui/toast.h"

struct _MrSendersWindow {
  AdwWindow parent_instance;
  GtkWidget *refusals_group, *no_programs;
  GtkListBox *refusals, *programs;
  GtkEditable *new_name;
  GtkWidget *make_button;
  MrDesk *desk;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MrSendersWindow, mr_senders_window, ADW_TYPE_WINDOW)

/* ---- refused attempts ---- */

static const char *
refusal_sentence (const char *reason)
{
  static const struct {
    const char *reason, *sentence;
  } sentences[] = {
    { "bare-cr", N_ ("Its line ends are broken (bare CR), which could smuggle in a second message") },
    { "bare-lf", N_ ("Its line ends are broken (bare LF), which could smuggle in a second message") },
    { "nul", N_ ("Its message has a character that mail must not have (NUL)") },
    { "http", N_ ("It spoke like a web browser: a web page may have tried to send mail") },
    { "tls", N_ ("It began with encryption on the port for plain connections") },
    { "other-user", N_ ("It belongs to another user of this computer") },
    { "unknown-user", N_ ("Nobody could tell whose program it is") },
    { "not-loopback", N_ ("It came from another computer without a password") },
    { "auth-required", N_ ("A password is required here and it gave none") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_strcmp0 (sentences[i].reason, reason) == 0)
      return _ (sentences[i].sentence);
  return _ ("It may not send without a password");
}

static void
allow_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_allow_user_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (ok)
    mr_toast_show (data, _ ("Programs of this user may send from now on"));
  else
    mr_toast_show_error (data, _ ("Could not allow this user"), error);
}

static void
allow_response_cb (MrSendersWindow *self, const char *response, AdwMessageDialog *dialog)
{
  gint64 *uid = g_object_get_data (G_OBJECT (dialog), "uid");

  if (g_str_equal (response, "allow"))
    mr_client_allow_user_async (mr_desk_get_client (self->desk), *uid, TRUE, self->cancellable, allow_done_cb, self);
}

/* Once allowed, every program of that user may send as this person, so the question says so. */
static void
allow_clicked_cb (MrSendersWindow *self, GtkButton *button)
{
  gint64 *uid = g_object_get_data (G_OBJECT (button), "uid");
  g_autofree char *user = mr_desk_dup_user_name (*uid);
  g_autofree char *title = g_strdup_printf (_ ("Allow User %s to Send?"), user);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (self), title,
      _ ("Every program of this user on this computer can then send mail through your accounts."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "allow", _ ("Allow"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "uid", g_memdup2 (uid, sizeof *uid), g_free);
  g_signal_connect_object (dialog, "response::allow", G_CALLBACK (allow_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static GtkWidget *
create_refusal_cb (gpointer item, gpointer data)
{
  MrSendersWindow *self = data;
  const MrRefusalRecord *refusal = mr_record_item_get (item);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *user = mr_desk_dup_user_name (refusal->uid);
  g_autofree char *when = mr_format_time (refusal->time);
  const char *program = refusal->program != NULL && *refusal->program != '\0' ? refusal->program
                                                                              : _ ("An unknown program");
  g_autofree char *title = user != NULL ? g_strdup_printf (_ ("%s, user %s"), program, user) : g_strdup (program);
  g_autofree char *subtitle = g_strdup_printf ("%s\n%s%s%s", refusal_sentence (refusal->reason), when,
                                               refusal->peer != NULL ? " · " : "",
                                               refusal->peer != NULL ? refusal->peer : "");
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *subtitle_markup = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle_markup);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  if (refusal->uid >= 0 && g_strcmp0 (refusal->reason, "other-user") == 0) {
    GtkWidget *button = gtk_button_new_with_label (_ ("Allow…"));
    g_autofree char *name = g_strdup_printf (_ ("Allow user %s to send"), user);
    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_object_set_data_full (G_OBJECT (button), "uid", g_memdup2 (&refusal->uid, sizeof refusal->uid), g_free);
    g_signal_connect_object (button, "clicked", G_CALLBACK (allow_clicked_cb), self, G_CONNECT_SWAPPED);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  }
  return row;
}

static void
clear_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!mr_client_clear_refusals_finish (MR_CLIENT (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mr_toast_show_error (data, _ ("Could not clear the list"), error);
}

static void
clear_clicked_cb (MrSendersWindow *self)
{
  mr_client_clear_refusals_async (mr_desk_get_client (self->desk), self->cancellable, clear_done_cb, self);
}

/* ---- passwords for programs ---- */

static void
remove_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_client_remove_program_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (ok)
    mr_toast_show (data, _ ("This password is no longer accepted"));
  else
    mr_toast_show_error (data, _ ("Could not take the password back"), error);
}

static void
remove_response_cb (MrSendersWindow *self, const char *response, AdwMessageDialog *dialog)
{
  const char *id = g_object_get_data (G_OBJECT (dialog), "id");

  mr_client_remove_program_async (mr_desk_get_client (self->desk), id, self->cancellable, remove_done_cb, self);
}

static void
remove_clicked_cb (MrSendersWindow *self, GtkButton *button)
{
  const char *id = g_object_get_data (G_OBJECT (button), "id");
  g_autofree char *title = g_strdup_printf (_ ("Take Back the Password of %s?"),
                                            (char *)g_object_get_data (G_OBJECT (button), "name"));
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), title,
                                              _ ("The program can no longer send until it gets a new one."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "remove", _ ("Take Back"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "id", g_strdup (id), g_free);
  g_signal_connect_object (dialog, "response::remove", G_CALLBACK (remove_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static GtkWidget *
create_program_cb (gpointer item, gpointer data)
{
  MrSendersWindow *self = data;
  const MrProgramRecord *program = mr_record_item_get (item);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  const char *shown = program->name != NULL && *program->name != '\0' ? program->name : program->id;
  g_autofree char *when = mr_format_time (program->created);
  g_autofree char *subtitle = program->revoked ? g_strdup (_ ("No longer accepted"))
                                               : g_strdup_printf (_ ("User name %s · made %s"), program->id, when);
  g_autofree char *title_markup = g_markup_escape_text (shown, -1);
  g_autofree char *subtitle_markup = g_markup_escape_text (subtitle, -1);
  g_autofree char *name = g_strdup_printf (_ ("Take back the password of %s"), shown);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle_markup);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_widget_set_sensitive (button, !program->revoked);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "id", g_strdup (program->id), g_free);
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (shown), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_clicked_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
add_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autoptr (MrSecret) password = NULL;
  gboolean ok = mr_client_add_program_finish (MR_CLIENT (source), result, &id, &password, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrSendersWindow *self = data;
  if (!ok) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("Could not make a password"), error);
    return;
  }
  gtk_editable_set_text (self->new_name, "");
  gtk_window_present (GTK_WINDOW (mr_password_dialog_new (GTK_WINDOW (self), id, password)));
}

static void
new_program_cb (MrSendersWindow *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->new_name)));

  if (*name != '\0')
    mr_client_add_program_async (mr_desk_get_client (self->desk), name, self->cancellable, add_done_cb, self);
}

static void
new_name_changed_cb (MrSendersWindow *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->new_name)));

  gtk_widget_set_sensitive (self->make_button, *name != '\0');
}

static void
lists_changed_cb (MrSendersWindow *self)
{
  guint n_programs = g_list_model_get_n_items (mr_desk_get_programs (self->desk));

  gtk_widget_set_visible (self->refusals_group, g_list_model_get_n_items (mr_desk_get_refusals (self->desk)) > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->programs), n_programs > 0);
  gtk_widget_set_visible (self->no_programs, n_programs == 0);
}

static void
mr_senders_window_dispose (GObject *object)
{
  MrSendersWindow *self = MR_SENDERS_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->desk != NULL) {
    gtk_list_box_bind_model (self->refusals, NULL, NULL, NULL, NULL);
    gtk_list_box_bind_model (self->programs, NULL, NULL, NULL, NULL);
  }
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_senders_window_parent_class)->dispose (object);
}

static void
mr_senders_window_finalize (GObject *object)
{
  g_clear_object (&MR_SENDERS_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (mr_senders_window_parent_class)->finalize (object);
}

static void
mr_senders_window_init (MrSendersWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_senders_window_class_init (MrSendersWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mr_senders_window_dispose;
  object_class->finalize = mr_senders_window_finalize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/senders-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrSendersWindow, refusals_group);
  gtk_widget_class_bind_template_child (widget_class, MrSendersWindow, refusals);
  gtk_widget_class_bind_template_child (widget_class, MrSendersWindow, programs);
  gtk_widget_class_bind_template_child (widget_class, MrSendersWindow, no_programs);
  gtk_widget_class_bind_template_child (widget_class, MrSendersWindow, new_name);
  gtk_widget_class_bind_template_child (widget_class, MrSendersWindow, make_button);
  gtk_widget_class_bind_template_callback (widget_class, clear_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_program_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_name_changed_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_senders_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrSendersWindow *self = g_object_new (MR_TYPE_SENDERS_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  gtk_list_box_bind_model (self->refusals, mr_desk_get_refusals (desk), create_refusal_cb, self, NULL);
  gtk_list_box_bind_model (self->programs, mr_desk_get_programs (desk), create_program_cb, self, NULL);
  g_signal_connect_object (desk, "programs-changed", G_CALLBACK (lists_changed_cb), self, G_CONNECT_SWAPPED);
  lists_changed_cb (self);
  return GTK_WIDGET (self);
}
