/* The page after the first account. It waits for a message that is younger than itself, in the outbox or already in the history. */
#include "config.h"

#include "ui/connect-window.h"

#include <glib/gi18n-lib.h>

#include "client/autostart.h"
#include "client/connect-texts.h"
#include "client/linger.h"
#include "ui/copy-button.h"
#include "ui/format.h"
#include "ui/record-item.h"
#include "ui/set-up-state.h"
#include "ui/settings.h"
#include "ui/toast.h"

struct _MrConnectWindow {
  AdwWindow parent_instance;
  AdwActionRow *host_row, *port_row, *waiting_row;
  MrCopyButton *copy_host, *copy_port;
  GtkStack *waiting_stack;
  GtkListBox *texts;
  GtkSwitch *autostart, *linger;
  GtkWidget *linger_row, *test_button;
  GtkWidget *done_button;

  MrDesk *desk;
  GCancellable *cancellable;
  gint64 opened;
  gboolean received, ask_again;
  guint pending; /* answers that are still to come */
  char *host;
  guint port;
  gboolean first_run;
  gboolean setting_switch; /* the switch follows the system, it is not pressed */
};

G_DEFINE_FINAL_TYPE (MrConnectWindow, mr_connect_window, ADW_TYPE_WINDOW)

/* ---- texts ---- */

static GtkWidget *
make_text_row (const MrConnectText *text, const char *host, guint port)
{
  GtkWidget *row = adw_expander_row_new ();
  GtkWidget *inner = gtk_list_box_row_new ();
  g_autofree char *body = mr_connect_text_dup (text, host, port);
  g_autofree char *what = g_strdup_printf (_ ("Copy the text for %s"), mr_connect_text_get_title (text));
  g_autofree char *title = g_markup_escape_text (mr_connect_text_get_title (text), -1);
  g_autofree char *hint = g_markup_escape_text (mr_connect_text_get_hint (text), -1);
  GtkWidget *label = gtk_label_new (body);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "reply");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, body, -1);
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_widget_set_margin_top (label, 12);
  gtk_widget_set_margin_bottom (label, 12);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (inner), FALSE);
  gtk_widget_set_focusable (inner, FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (inner), label);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), hint);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row), mr_copy_button_new (body, what));
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), inner);
  return row;
}

static void
fill_texts (MrConnectWindow *self)
{
  GtkListBoxRow *row;
  guint n = 0;
  const MrConnectText *texts = mr_connect_texts (&n);

  while ((row = gtk_list_box_get_row_at_index (self->texts, 0)) != NULL)
    gtk_list_box_remove (self->texts, GTK_WIDGET (row));
  for (guint i = 0; i < n; i++)
    gtk_list_box_append (self->texts, make_text_row (&texts[i], self->host, self->port));
}

static void
status_changed_cb (MrConnectWindow *self)
{
  const MrServiceStatus *status = mr_desk_get_status (self->desk);
  g_autofree char *host = NULL;
  guint port = 2525;

  if (status != NULL)
    mr_service_status_get_submission (status, &host, &port);
  else
    host = g_strdup ("127.0.0.1");
  if (g_strcmp0 (host, self->host) == 0 && port == self->port)
    return;
  g_free (self->host);
  self->host = g_steal_pointer (&host);
  self->port = port;
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  adw_action_row_set_subtitle (self->host_row, self->host);
  adw_action_row_set_subtitle (self->port_row, port_text);
  mr_copy_button_set_text (self->copy_host, self->host);
  mr_copy_button_set_text (self->copy_port, port_text);
  fill_texts (self);
}

/* ---- the first message ---- */

static void ask_for_newest (MrConnectWindow *self);

/* The first start ends with the first message, or with "Done"; who only closes the window comes back to it by the card above the outbox. */
static void
finish_set_up (void)
{
  g_autoptr (GSettings) settings = mr_settings_new ();

  mr_set_up_finish (settings);
}

static void
done_clicked_cb (MrConnectWindow *self)
{
  finish_set_up ();
  gtk_window_close (GTK_WINDOW (self));
}

static void
show_received (MrConnectWindow *self, const MrMessageRecord *message)
{
  g_autofree char *title = g_strdup_printf (_ ("Received from %s"), mr_format_program (message));
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *subject_markup = g_markup_escape_text (mr_format_subject (message), -1);

  self->received = TRUE;
  finish_set_up ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->waiting_row), title_markup);
  adw_action_row_set_subtitle (self->waiting_row, subject_markup);
  gtk_stack_set_visible_child_name (self->waiting_stack, "received");
}

static void
newest_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = mr_client_list_finish (MR_CLIENT (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrConnectWindow *self = data;
  self->pending--;
  if (rows != NULL && rows->len > 0) {
    const MrMessageRecord *message = g_ptr_array_index (rows, 0);
    if (message->created >= self->opened)
      show_received (self, message);
  }
  if (self->pending == 0 && self->ask_again)
    ask_for_newest (self);
}

/* A message may have left the outbox before this window heard of it. */
static void
ask_for_newest (MrConnectWindow *self)
{
  static const MrListKind kinds[] = { MR_LIST_OUTBOX, MR_LIST_HISTORY };

  self->ask_again = self->pending > 0;
  if (self->received || self->pending > 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    MrListFilter filter = { .kind = kinds[i], .state = -1 };
    self->pending++;
    mr_client_list_async (mr_desk_get_client (self->desk), &filter, NULL, 1, self->cancellable, newest_cb, self);
  }
}

/* ---- start when I log in ---- */

static void
autostart_set_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_autostart_set_finish (result, &error);

  if (!ok && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mr_toast_show_error (data, _ ("Could not change what starts when you log in"), error);
}

static void
autostart_changed_cb (MrConnectWindow *self)
{
  if (!self->setting_switch)
    mr_autostart_set_async (gtk_switch_get_active (self->autostart), self->cancellable, autostart_set_cb, self);
}

/* The ports may have been set elsewhere since it was switched on. */
static void
autostart_refreshed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!mr_autostart_refresh_finish (result, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mr_toast_show_error (data, _ ("Could not change what starts when you log in"), error);
}

static void
autostart_query_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  MrAutostart now = MR_AUTOSTART_OFF;

  mr_autostart_query_finish (result, &now, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrConnectWindow *self = data;
  self->setting_switch = TRUE;
  gtk_switch_set_active (self->autostart, now != MR_AUTOSTART_OFF);
  self->setting_switch = FALSE;
  if (now == MR_AUTOSTART_SYSTEMD)
    mr_autostart_refresh_async (self->cancellable, autostart_refreshed_cb, self);
  if (self->first_run && now == MR_AUTOSTART_OFF)
    gtk_switch_set_active (self->autostart, TRUE);
}

/* ---- with nobody logged in ---- */

static void
show_linger (MrConnectWindow *self, gboolean on)
{
  self->setting_switch = TRUE;
  gtk_switch_set_active (self->linger, on);
  gtk_switch_set_state (self->linger, on);
  self->setting_switch = FALSE;
}

/* Only where systemd can do it. */
static void
linger_query_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean on = FALSE;

  if (!mr_linger_query_finish (result, &on, &error))
    return;
  MrConnectWindow *self = data;
  show_linger (self, on);
  gtk_widget_set_visible (self->linger_row, TRUE);
}

static void
linger_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = mr_linger_set_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrConnectWindow *self = data;
  if (!ok)
    mr_toast_show_error (data, _ ("Could not change whether sending goes on"), error);
  show_linger (self, ok == gtk_switch_get_active (self->linger));
}

/* The switch moves over when the system has agreed; it may ask for a password first. */
static gboolean
linger_set_cb (MrConnectWindow *self, gboolean on)
{
  if (self->setting_switch)
    return FALSE;
  mr_linger_set_async (on, self->cancellable, linger_done_cb, self);
  return TRUE;
}

/* ---- a message to oneself ---- */

static char *
dup_usual_account (MrConnectWindow *self)
{
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  g_autofree char *id = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);
    const MrAccountRecord *account = mr_record_item_get (item);

    if (account->is_default || id == NULL) {
      g_free (id);
      id = g_strdup (account->id);
    }
    if (account->is_default)
      break;
  }
  return g_steal_pointer (&id);
}

static void
test_clicked_cb (MrConnectWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autofree char *id = dup_usual_account (self);

  if (parent != NULL && id != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.test-message", "s", id);
  else
    mr_toast_show (GTK_WIDGET (self), _ ("Add a sending account first"));
}

/* ---- class ---- */

static void
mr_connect_window_dispose (GObject *object)
{
  MrConnectWindow *self = MR_CONNECT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_connect_window_parent_class)->dispose (object);
}

static void
mr_connect_window_finalize (GObject *object)
{
  MrConnectWindow *self = MR_CONNECT_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_free (self->host);
  G_OBJECT_CLASS (mr_connect_window_parent_class)->finalize (object);
}

static void
mr_connect_window_init (MrConnectWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
mr_connect_window_class_init (MrConnectWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_COPY_BUTTON);
  object_class->dispose = mr_connect_window_dispose;
  object_class->finalize = mr_connect_window_finalize;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/connect-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, host_row);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, port_row);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, waiting_row);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, copy_host);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, copy_port);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, waiting_stack);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, texts);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, autostart);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, done_button);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, linger);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, linger_row);
  gtk_widget_class_bind_template_child (widget_class, MrConnectWindow, test_button);
  gtk_widget_class_bind_template_callback (widget_class, autostart_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, linger_set_cb);
  gtk_widget_class_bind_template_callback (widget_class, test_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, done_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

GtkWidget *
mr_connect_window_new (MrDesk *desk, GtkWindow *parent, gboolean first_run)
{
  MrConnectWindow *self = g_object_new (MR_TYPE_CONNECT_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  self->opened = mr_desk_now (desk);
  self->first_run = first_run;
  gtk_widget_set_visible (self->done_button, first_run);
  g_signal_connect_object (desk, "status-changed", G_CALLBACK (status_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (desk, "queue-changed", G_CALLBACK (ask_for_newest), self, G_CONNECT_SWAPPED);
  status_changed_cb (self);
  mr_autostart_query_async (self->cancellable, autostart_query_cb, self);
  mr_linger_query_async (self->cancellable, linger_query_cb, self);
  return GTK_WIDGET (self);
}
