/* What a person can do with messages. Each action sends the ids to the service, says in a toast what came of it, and leaves the list to the
 * service's own word: nothing is changed on the screen before it happened. Only stopping and removing destroy, and ask first.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/messages-page-private.h"
#include "ui/toast.h"

guint
mr_messages_page_count_selected (MrMessagesPage *self)
{
  if (self->selection == NULL)
    return 0;
  g_autoptr (GtkBitset) set = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  return (guint)gtk_bitset_get_size (set);
}

char **
mr_messages_page_dup_selected_ids (MrMessagesPage *self)
{
  g_autoptr (GtkBitset) set = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GtkBitsetIter iter;
  guint position;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, set, &position); more;
       more = gtk_bitset_iter_next (&iter, &position)) {
    const char *id = mr_message_model_get_id (self->model, position);
    if (id != NULL)
      g_strv_builder_add (builder, id);
  }
  return g_strv_builder_end (builder);
}

/* ---- what can be done now ---- */

void
mr_messages_page_update_actions (MrMessagesPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  guint n = mr_messages_page_count_selected (self);
  const MrMessageRecord *message = n == 1 ? mr_message_detail_get_message (self->detail) : NULL;
  gboolean active = n > 0 && !self->history && (message == NULL || message->finished == 0);
  gboolean may_hold = active && (message == NULL || message->hold == MR_HOLD_NONE);
  gboolean may_send = active && (message == NULL || message->hold == MR_HOLD_PERSON || message->hold == MR_HOLD_OLD);
  gboolean finished = n > 0 && (self->history || (message != NULL && message->finished != 0));

  gtk_widget_action_set_enabled (widget, "messages.try-now", may_hold);
  gtk_widget_action_set_enabled (widget, "messages.keep-back", may_hold);
  gtk_widget_action_set_enabled (widget, "messages.send", may_send);
  gtk_widget_action_set_enabled (widget, "messages.stop", active);
  gtk_widget_action_set_enabled (widget, "messages.remove", finished);
  mr_messages_page_update_keep_actions (self);
}

/* ---- calls ---- */

typedef enum { DONE_RETRY, DONE_HOLD, DONE_RELEASE, DONE_CANCEL, DONE_DELETE, DONE_MARK } Done;

typedef gboolean (*FinishFunc) (MrClient *client, GAsyncResult *result, guint *ret_count, GError **error);

typedef struct {
  MrMessagesPage *page; /* valid only while the call is not cancelled */
  FinishFunc finish;
  Done done;
} Call;

static char *
dup_done_text (Done done, guint count)
{
  switch (done) {
  case DONE_RETRY:
    return g_strdup_printf (ngettext ("%u message is tried now", "%u messages are tried now", count), count);
  case DONE_HOLD:
    return g_strdup_printf (ngettext ("%u message is kept back", "%u messages are kept back", count), count);
  case DONE_RELEASE:
    return g_strdup_printf (ngettext ("%u message goes out now", "%u messages go out now", count), count);
  case DONE_CANCEL:
    return g_strdup_printf (ngettext ("%u message was stopped", "%u messages were stopped", count), count);
  case DONE_DELETE:
    return g_strdup_printf (
        ngettext ("%u message was removed from the history", "%u messages were removed from the history", count),
        count);
  case DONE_MARK:
  default:
    return g_strdup (_ ("Marked as delivered"));
  }
}

static void
undo_clicked_cb (MrMessagesPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "messages.undo", NULL);
}

static void
call_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Call *call = data;
  g_autoptr (GError) error = NULL;
  guint count = 0;
  gboolean ok = call->finish (MR_CLIENT (source), result, &count, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  GtkWidget *widget = GTK_WIDGET (call->page);
  if (!ok) {
    mr_toast_show_error (widget, _ ("That did not work"), error);
    return;
  }
  if (count == 0) {
    mr_toast_show (widget, _ ("Nothing to do: the messages are past that"));
    return;
  }
  g_autofree char *text = dup_done_text (call->done, count);
  if (call->done == DONE_HOLD)
    mr_toast_show_button (widget, text, _ ("Undo"), G_CALLBACK (undo_clicked_cb), G_OBJECT (widget));
  else
    mr_toast_show (widget, text);
}

static Call *
call_new (MrMessagesPage *self, FinishFunc finish, Done done)
{
  Call *call = g_new0 (Call, 1);

  call->page = self;
  call->finish = finish;
  call->done = done;
  return call;
}

static const char *const *
as_const (char **ids)
{
  return (const char *const *)ids;
}

static void
send_ids (MrMessagesPage *self, char **ids)
{
  mr_client_release_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable, call_done_cb,
                           call_new (self, mr_client_release_finish, DONE_RELEASE));
}

static void
try_now_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_auto (GStrv) ids = mr_messages_page_dup_selected_ids (self);

  mr_client_retry_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable, call_done_cb,
                         call_new (self, mr_client_retry_finish, DONE_RETRY));
}

static void
keep_back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_auto (GStrv) ids = mr_messages_page_dup_selected_ids (self);
  Call *call = call_new (self, mr_client_hold_finish, DONE_HOLD);

  mr_client_hold_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable, call_done_cb, call);
  g_strfreev (self->undo_ids);
  self->undo_ids = g_steal_pointer (&ids);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_auto (GStrv) ids = g_steal_pointer (&self->undo_ids);

  if (ids != NULL)
    send_ids (self, ids);
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_auto (GStrv) ids = mr_messages_page_dup_selected_ids (self);

  send_ids (self, ids);
}

/* ---- what destroys asks first ---- */

/* The ids are those that were selected when the question was asked. */
typedef struct {
  MrMessagesPage *page; /* owned: the dialog may outlive the page's window */
  char **ids;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->page);
  g_strfreev (question->ids);
  g_free (question);
}

static void
stop_response_cb (Question *question, const char *response)
{
  MrMessagesPage *self = question->page;

  if (!g_str_equal (response, "stop") || self->desk == NULL)
    return;
  mr_client_cancel_async (mr_desk_get_client (self->desk), as_const (question->ids), self->cancellable, call_done_cb,
                          call_new (self, mr_client_cancel_finish, DONE_CANCEL));
}

static void
remove_response_cb (Question *question, const char *response)
{
  MrMessagesPage *self = question->page;

  if (!g_str_equal (response, "remove") || self->desk == NULL)
    return;
  mr_client_delete_async (mr_desk_get_client (self->desk), as_const (question->ids), self->cancellable, call_done_cb,
                          call_new (self, mr_client_delete_finish, DONE_DELETE));
}

static void
ask (MrMessagesPage *self, const char *title, const char *body, const char *response, const char *label,
     GCallback callback)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, title, body);
  Question *question = g_new0 (Question, 1);

  question->page = g_object_ref (self);
  question->ids = mr_messages_page_dup_selected_ids (self);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), response, label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), response, ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "question", question, (GDestroyNotify)question_free);
  g_signal_connect_swapped (dialog, "response", callback, question);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  guint n = mr_messages_page_count_selected (self);
  g_autofree char *title = g_strdup_printf (ngettext ("Stop %u Message?", "Stop %u Messages?", n), n);

  ask (self, title,
       _ ("What has not been sent yet will not be sent, and its text is deleted. Recipients who already have it keep "
          "it."),
       "stop", _ ("Stop Sending"), G_CALLBACK (stop_response_cb));
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  guint n = mr_messages_page_count_selected (self);
  g_autofree char *title = g_strdup_printf (
      ngettext ("Remove %u Message From the History?", "Remove %u Messages From the History?", n), n);

  ask (self, title, _ ("You will no longer see here what became of it. Nothing changes for the recipients."), "remove",
       _ ("Remove"), G_CALLBACK (remove_response_cb));
}

/* ---- single messages ---- */

static void
mark_delivered_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  const char *id;
  guint recipient;

  g_variant_get (parameter, "(&su)", &id, &recipient);
  mr_client_mark_delivered_async (mr_desk_get_client (self->desk), id, recipient, self->cancellable, call_done_cb,
                                  call_new (self, mr_client_mark_delivered_finish, DONE_MARK));
}

static void
send_through_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  const char *id, *account;
  gboolean always;

  g_variant_get (parameter, "(&s&sb)", &id, &account, &always);
  mr_client_send_through_async (mr_desk_get_client (self->desk), id, account, always, self->cancellable, call_done_cb,
                                call_new (self, mr_client_send_through_finish, DONE_RELEASE));
}

static void
select_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);

  if (self->selection != NULL)
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
}

/* Delete stops what waits and removes what is finished: the page decides which of the two there is. */
static gboolean
delete_key_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);

  return gtk_widget_activate_action (widget, self->history ? "messages.remove" : "messages.stop", NULL);
}

void
mr_messages_page_install_actions (GtkWidgetClass *widget_class)
{
  mr_messages_page_install_keep_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "messages.try-now", NULL, try_now_action);
  gtk_widget_class_install_action (widget_class, "messages.keep-back", NULL, keep_back_action);
  gtk_widget_class_install_action (widget_class, "messages.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "messages.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "messages.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "messages.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "messages.select-all", NULL, select_all_action);
  gtk_widget_class_install_action (widget_class, "messages.mark-delivered", "(su)", mark_delivered_action);
  gtk_widget_class_install_action (widget_class, "messages.send-through", "(ssb)", send_through_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "messages.try-now", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_k, GDK_CONTROL_MASK, "messages.keep-back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "messages.send", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "messages.send", NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Delete, 0, delete_key_cb, NULL);
}
