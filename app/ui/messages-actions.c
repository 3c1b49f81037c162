/* What a person can do with messages. Each action sends the ids to the service, says in a toast what came of it, and leaves the list to the
 * service's own word: nothing is changed on the screen before it happened. What would destroy can be undone
 * for a while instead of asking first: stopping as long as the text is kept, removing for 15 seconds.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/edit-calls.h"
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
  gboolean may_send = active
                      && (message == NULL || message->hold == MR_HOLD_PERSON || message->hold == MR_HOLD_OLD
                          || message->hold == MR_HOLD_RULE || message->hold == MR_HOLD_NEVER_WRITE);
  gboolean finished = n > 0 && (self->history || (message != NULL && message->finished != 0));

  gtk_widget_action_set_enabled (widget, "messages.try-now", may_hold);
  gtk_widget_action_set_enabled (widget, "messages.keep-back", may_hold);
  gtk_widget_action_set_enabled (widget, "messages.send", may_send);
  gtk_widget_action_set_enabled (widget, "messages.stop", active);
  gtk_widget_action_set_enabled (widget, "messages.remove", finished);
  mr_messages_page_update_keep_actions (self);
  mr_messages_page_update_edits (self, active, finished);
}

/* ---- calls ---- */

typedef struct {
  MrMessagesPage *page; /* valid only while the call is not cancelled */
  MrCountFinish finish;
  char *(*dup_words) (guint count);
  char **undo_ids;
} Call;

static char *
retry_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message is tried now", "%u messages are tried now", count), count);
}

static char *
hold_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message is kept back", "%u messages are kept back", count), count);
}

static char *
release_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message goes out now", "%u messages go out now", count), count);
}

static char *
stop_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message was stopped", "%u messages were stopped", count), count);
}

static char *
remove_words (guint count)
{
  return g_strdup_printf (
      ngettext ("%u message was removed from the history", "%u messages were removed from the history", count), count);
}

static char *
restore_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message is back", "%u messages are back", count), count);
}

static char *
mark_words (guint count)
{
  return g_strdup (_ ("Marked as delivered"));
}

static void
undo_clicked_cb (MrMessagesPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "messages.undo", NULL);
}

static void
call_free (Call *call)
{
  g_strfreev (call->undo_ids);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

void
mr_messages_call_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
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
  g_autofree char *text = call->dup_words (count);
  if (call->undo_ids == NULL) {
    mr_toast_show (widget, text);
    return;
  }
  g_strfreev (call->page->undo_ids);
  call->page->undo_ids = g_steal_pointer (&call->undo_ids);
  call->page->undo_is_release = call->dup_words == hold_words;
  mr_toast_show_button (widget, text, _ ("Undo"), G_CALLBACK (undo_clicked_cb), G_OBJECT (widget));
}

gpointer
mr_messages_call_new (MrMessagesPage *self, MrCountFinish finish, char *(*dup_words) (guint count), char **undo_ids)
{
  Call *call = g_new0 (Call, 1);

  call->page = self;
  call->finish = finish;
  call->dup_words = dup_words;
  call->undo_ids = undo_ids;
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
  mr_client_release_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable, mr_messages_call_done_cb,
                           mr_messages_call_new (self, mr_client_release_finish, release_words, NULL));
}

static void
try_now_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_auto (GStrv) ids = mr_messages_page_dup_selected_ids (self);

  mr_client_retry_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable, mr_messages_call_done_cb,
                         mr_messages_call_new (self, mr_client_retry_finish, retry_words, NULL));
}

static void
keep_back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  char **ids = mr_messages_page_dup_selected_ids (self);

  mr_client_hold_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable, mr_messages_call_done_cb,
                        mr_messages_call_new (self, mr_client_hold_finish, hold_words, ids));
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_auto (GStrv) ids = g_steal_pointer (&self->undo_ids);

  if (ids != NULL && self->undo_is_release)
    send_ids (self, ids);
  else if (ids != NULL)
    mr_client_restore_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable,
                             mr_messages_call_done_cb,
                             mr_messages_call_new (self, mr_client_restore_finish, restore_words, NULL));
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  g_auto (GStrv) ids = mr_messages_page_dup_selected_ids (self);

  send_ids (self, ids);
}

/* ---- what can be undone asks nothing ---- */

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  char **ids = mr_messages_page_dup_selected_ids (self);

  mr_client_cancel_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable, mr_messages_call_done_cb,
                          mr_messages_call_new (self, mr_client_cancel_finish, stop_words, ids));
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  char **ids = mr_messages_page_dup_selected_ids (self);

  mr_client_delete_async (mr_desk_get_client (self->desk), as_const (ids), self->cancellable, mr_messages_call_done_cb,
                          mr_messages_call_new (self, mr_client_delete_finish, remove_words, ids));
}

/* ---- single messages ---- */

static void
mark_delivered_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  const char *id;
  guint recipient;

  g_variant_get (parameter, "(&su)", &id, &recipient);
  mr_client_mark_delivered_async (mr_desk_get_client (self->desk), id, recipient, self->cancellable,
                                  mr_messages_call_done_cb,
                                  mr_messages_call_new (self, mr_client_mark_delivered_finish, mark_words, NULL));
}

static void
send_through_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  const char *id, *account;
  gboolean always;

  g_variant_get (parameter, "(&s&sb)", &id, &account, &always);
  mr_client_send_through_async (mr_desk_get_client (self->desk), id, account, always, self->cancellable,
                                mr_messages_call_done_cb,
                                mr_messages_call_new (self, mr_client_send_through_finish, release_words, NULL));
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
  mr_messages_page_install_edits (widget_class);
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
