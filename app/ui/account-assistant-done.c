/* The test is the account page's own. The message to oneself goes the way of every message: handed to the service, which keeps it and delivers it; its
 * state is read back whenever the service says that the queue has changed.
 */
#include "config.h"

#include "ui/account-assistant-done.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "ndr/states.h"
#include "ui/account-assistant-message.h"
#include "ui/account-test.h"
#include "ui/format.h"
#include "ui/toast.h"

struct _MrAssistantDone {
  GtkWidget parent_instance;
  GtkWidget *page;
  AdwPreferencesGroup *heading;
  MrAccountTest *test;
  GtkWidget *failed_group, *next_group, *send_row, *follow_row, *send_button, *show_button;
  GtkImage *follow_icon;
  GtkWidget *follow_spinner;

  MrDesk *desk;
  GCancellable *cancellable;
  MrAccountRecord *account;
  MrSecret *secret;
  char *message; /* queue id, NULL: none was sent */
  gboolean asking, ask_again, over;
  guint scroll_frames;
};

enum { TESTED, ADD_ANYWAY, CONNECT_PROGRAMS, SHOW_MESSAGE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MrAssistantDone, mr_assistant_done, GTK_TYPE_WIDGET)

static const char *
own_address (MrAssistantDone *self)
{
  return self->account != NULL && self->account->addresses != NULL && self->account->addresses[0] != NULL
             ? self->account->addresses[0]
             : "";
}

static void
set_heading (MrAssistantDone *self, const char *title, const char *text)
{
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *text_markup = g_markup_escape_text (text, -1);

  adw_preferences_group_set_title (self->heading, title_markup);
  adw_preferences_group_set_description (self->heading, text_markup);
}

/* ---- the test ---- */

static void
run_test (MrAssistantDone *self)
{
  gtk_widget_set_visible (self->failed_group, FALSE);
  set_heading (self, _ ("Testing the Account"), _ ("Mail Relay logs in as it will for your mail. Nothing is sent."));
  mr_account_test_start (self->test, self->account, self->secret);
}

static void
test_finished_cb (MrAssistantDone *self, gboolean ok)
{
  gtk_widget_set_visible (self->failed_group, !ok);
  if (!ok)
    set_heading (self, _ ("That Did Not Work Yet"),
                 _ ("Read below what the server says, go back and change it, or test again."));
  g_signal_emit (self, signals[TESTED], 0, ok);
}

static void
accept_certificate_cb (MrAssistantDone *self, const char *fingerprint)
{
  g_free (self->account->fingerprint);
  self->account->fingerprint = g_strdup (fingerprint);
  run_test (self);
}

void
mr_assistant_done_start (MrAssistantDone *self, const MrAccountRecord *account, MrSecret *secret)
{
  g_return_if_fail (MR_IS_ASSISTANT_DONE (self));

  mr_assistant_done_stop (self);
  self->account = mr_account_record_copy (account);
  self->secret = secret != NULL ? mr_secret_ref (secret) : NULL;
  gtk_widget_set_visible (self->next_group, FALSE);
  run_test (self);
}

void
mr_assistant_done_stop (MrAssistantDone *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_DONE (self));

  mr_account_test_reset (self->test);
  g_clear_pointer (&self->account, mr_account_record_free);
  g_clear_pointer (&self->secret, mr_secret_unref);
}

const MrAccountRecord *
mr_assistant_done_get_account (MrAssistantDone *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_DONE (self), NULL);
  return self->account;
}

MrSecret *
mr_assistant_done_get_secret (MrAssistantDone *self)
{
  g_return_val_if_fail (MR_IS_ASSISTANT_DONE (self), NULL);
  return self->secret;
}

/* The test has moved the page to its own end; what can be done now stands at the top. In the frames in which sizes are handed out. */
static gboolean
scroll_up_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  MrAssistantDone *self = MR_ASSISTANT_DONE (widget);
  GtkWidget *scroller = gtk_widget_get_ancestor (GTK_WIDGET (self->heading), GTK_TYPE_SCROLLED_WINDOW);

  if (scroller != NULL)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)), 0);
  self->scroll_frames--;
  return self->scroll_frames > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
mr_assistant_done_set_saved (MrAssistantDone *self)
{
  g_return_if_fail (MR_IS_ASSISTANT_DONE (self));

  g_autofree char *title = g_strdup_printf (_ ("%s Can Send"), own_address (self));
  g_clear_pointer (&self->secret, mr_secret_unref);
  set_heading (self, title, _ ("The account is added. Mail from this address goes through it from now on."));
  gtk_widget_set_visible (self->failed_group, FALSE);
  gtk_widget_set_visible (self->next_group, TRUE);
  gtk_widget_grab_focus (self->send_button);
  self->scroll_frames = 4;
  gtk_widget_add_tick_callback (GTK_WIDGET (self), scroll_up_cb, NULL, NULL);
}

/* ---- the message to oneself ---- */

static void ask_for_state (MrAssistantDone *self);

static void
set_follow (MrAssistantDone *self, const char *text, const char *icon, const char *style)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->follow_row), markup);
  gtk_widget_set_visible (self->follow_row, TRUE);
  gtk_widget_set_visible (self->follow_spinner, icon == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->follow_icon), icon != NULL);
  if (icon == NULL)
    return;
  gtk_image_set_from_icon_name (self->follow_icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->follow_icon), (const char *[]){ style, NULL });
}

static void
show_state (MrAssistantDone *self, const MrMessageRecord *message)
{
  const MrRecipientRecord *recipient = message->recipients->len > 0 ? g_ptr_array_index (message->recipients, 0) : NULL;
  MrDiagnosis *diagnosis = mr_desk_get_diagnosis (self->desk);

  if (recipient == NULL)
    return;
  g_autofree char *line = mr_state_dup_line (recipient, mr_desk_now (self->desk));
  gboolean moving = recipient->state == MR_RECIPIENT_SENDING
                    || (recipient->state == MR_RECIPIENT_WAITING && recipient->cause == NULL);
  g_autofree char *why = recipient->cause != NULL && mr_cause_is_known (diagnosis, recipient->cause)
                             ? mr_cause_dup_sentence (diagnosis, recipient->cause, recipient->cause_params)
                             : NULL;
  set_follow (self, line, moving ? NULL : mr_format_state_icon (recipient->state, FALSE),
              mr_format_state_style (recipient->state, FALSE));
  if (why != NULL) {
    g_autofree char *markup = g_markup_escape_text (why, -1);
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->follow_row), markup);
  }
  self->over = mr_recipient_state_is_final (recipient->state);
  gtk_widget_set_sensitive (self->send_button, self->over);
}

static void
state_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MrMessageRecord) message = NULL;
  g_autoptr (GPtrArray) attempts = NULL;
  gboolean ok = mr_client_get_message_finish (MR_CLIENT (source), result, &message, &attempts, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAssistantDone *self = data;
  self->asking = FALSE;
  if (ok && g_strcmp0 (message->id, self->message) == 0)
    show_state (self, message);
  if (self->ask_again)
    ask_for_state (self);
}

static void
ask_for_state (MrAssistantDone *self)
{
  self->ask_again = self->asking;
  if (self->message == NULL || self->asking || self->over)
    return;
  self->asking = TRUE;
  mr_client_get_message_async (mr_desk_get_client (self->desk), self->message, self->cancellable, state_cb, self);
}

static void
submitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = mr_client_submit_finish (MR_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrAssistantDone *self = data;
  if (id == NULL) {
    gtk_widget_set_sensitive (self->send_button, TRUE);
    gtk_widget_set_visible (self->follow_row, FALSE);
    mr_toast_show_error (GTK_WIDGET (self), _ ("The test message was not taken"), error);
    return;
  }
  g_free (self->message);
  self->message = g_steal_pointer (&id);
  gtk_widget_set_visible (self->show_button, TRUE);
  ask_for_state (self);
}

static void
send_clicked_cb (MrAssistantDone *self)
{
  const char *address = own_address (self);
  const char *const recipients[] = { address, NULL };
  g_autoptr (GError) error = NULL;
  int fd = mr_assistant_open_test_message (address, mr_format_account_name (self->account), &error);

  if (fd < 0) {
    mr_toast_show_error (GTK_WIDGET (self), _ ("The test message was not taken"), error);
    return;
  }
  self->over = FALSE;
  g_clear_pointer (&self->message, g_free);
  gtk_widget_set_sensitive (self->send_button, FALSE);
  gtk_widget_set_visible (self->show_button, FALSE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->follow_row), "");
  set_follow (self, _ ("On its way…"), NULL, NULL);
  mr_client_submit_async (mr_desk_get_client (self->desk), fd, address, recipients, "mail-relay", self->cancellable,
                          submitted_cb, self);
  close (fd);
}

static void
show_clicked_cb (MrAssistantDone *self)
{
  g_signal_emit (self, signals[SHOW_MESSAGE], 0, self->message);
}

static void
connect_clicked_cb (MrAssistantDone *self)
{
  g_signal_emit (self, signals[CONNECT_PROGRAMS], 0);
}

static void
add_anyway_clicked_cb (MrAssistantDone *self)
{
  g_signal_emit (self, signals[ADD_ANYWAY], 0);
}

/* ---- class ---- */

void
mr_assistant_done_set_desk (MrAssistantDone *self, MrDesk *desk)
{
  g_return_if_fail (MR_IS_ASSISTANT_DONE (self));
  g_return_if_fail (self->desk == NULL);

  self->desk = g_object_ref (desk);
  mr_account_test_set_desk (self->test, desk);
  g_signal_connect_object (desk, "queue-changed", G_CALLBACK (ask_for_state), self, G_CONNECT_SWAPPED);
}

static void
mr_assistant_done_dispose (GObject *object)
{
  MrAssistantDone *self = MR_ASSISTANT_DONE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->page, gtk_widget_unparent);
  g_clear_object (&self->desk);
  g_clear_pointer (&self->secret, mr_secret_unref);
  G_OBJECT_CLASS (mr_assistant_done_parent_class)->dispose (object);
}

static void
mr_assistant_done_finalize (GObject *object)
{
  MrAssistantDone *self = MR_ASSISTANT_DONE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->account, mr_account_record_free);
  g_free (self->message);
  G_OBJECT_CLASS (mr_assistant_done_parent_class)->finalize (object);
}

static void
mr_assistant_done_init (MrAssistantDone *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->test, "requested", G_CALLBACK (run_test), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->test, "finished", G_CALLBACK (test_finished_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->test, "accept-certificate", G_CALLBACK (accept_certificate_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
add_signals (GType type)
{
  signals[TESTED] = g_signal_new ("tested", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_BOOLEAN);
  signals[ADD_ANYWAY] = g_signal_new ("add-anyway", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CONNECT_PROGRAMS] = g_signal_new ("connect-programs", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 0);
  signals[SHOW_MESSAGE] = g_signal_new ("show-message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_STRING);
}

static void
mr_assistant_done_class_init (MrAssistantDoneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_ACCOUNT_TEST);
  object_class->dispose = mr_assistant_done_dispose;
  object_class->finalize = mr_assistant_done_finalize;
  add_signals (G_TYPE_FROM_CLASS (klass));
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/account-assistant-done.ui");
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, page);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, heading);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, test);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, failed_group);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, next_group);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, send_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, follow_row);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, follow_icon);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, follow_spinner);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, send_button);
  gtk_widget_class_bind_template_child (widget_class, MrAssistantDone, show_button);
  gtk_widget_class_bind_template_callback (widget_class, send_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_anyway_clicked_cb);
}
