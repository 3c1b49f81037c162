/* Messages to others, once more, and back to their sender. */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/edit-calls.h"
#include "ui/messages-question.h"
#include "ui/toast.h"

#define SHOWN_MAX 50 /* addresses that the entry starts with */

/* ---- to others ---- */

static char *
redirect_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message goes to other recipients", "%u messages go to other recipients", count),
                          count);
}

static void
redirect_answer (MrQuestion *q)
{
  g_auto (GStrv) to = mr_question_split_addresses (gtk_editable_get_text (q->entry));

  mr_client_redirect_async (mr_question_client (q), mr_question_ids (q), (const char *const *)to,
                            gtk_check_button_get_active (q->check), q->page->cancellable, mr_messages_call_done_cb,
                            mr_messages_call_new (q->page, mr_client_redirect_finish, redirect_words, NULL));
}

static void
redirect_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  MrQuestion *q = mr_question_new (
      self, _ ("Send to Other Recipients"),
      _ ("They get it instead of those it still waits for. Several addresses: with commas."), _ ("Send to Them"),
      redirect_answer);
  GtkWidget *box = mr_question_add_box (q);

  mr_question_add_entry (box, q, _ ("Addresses"), _ ("name@example.com"));
  mr_question_add_check (box, q, _ ("Send a _copy: the message itself stays as it is"));
  gtk_check_button_set_active (q->check, self->held);
  mr_question_follow_addresses (q, box);
  mr_question_ask (q);
}

/* ---- once more ---- */

static void
again_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = mr_client_send_again_finish (MR_CLIENT (source), result, &error);
  guint n = ids != NULL ? g_strv_length (ids) : 0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (ids == NULL) {
    mr_toast_show_error (data, _ ("It cannot be sent again"), error);
    return;
  }
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u message is sent again, as a new one", "%u messages are sent again, as new ones", n), n);
  mr_toast_show (data, text);
}

static void
again_answer (MrQuestion *q)
{
  g_auto (GStrv) to = q->entry != NULL ? mr_question_split_addresses (gtk_editable_get_text (q->entry)) : NULL;

  mr_client_send_again_async (mr_question_client (q), mr_question_ids (q), (const char *const *)to,
                              q->page->cancellable, again_done_cb, q->page);
}

/* Those who did not get it; where everybody did, all of them. (transfer full) */
static char *
dup_again_addresses (const MrMessageRecord *message)
{
  g_autoptr (GString) failed = g_string_new (NULL);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < message->recipients->len && i < SHOWN_MAX; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (message->recipients, i);

    g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", r->address);
    if (r->state != MR_RECIPIENT_DELIVERED && r->state != MR_RECIPIENT_RELAYED)
      g_string_append_printf (failed, "%s%s", failed->len > 0 ? ", " : "", r->address);
  }
  return g_strdup (failed->len > 0 ? failed->str : all->str);
}

static void
send_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  guint n = mr_messages_page_count_selected (self);
  const MrMessageRecord *message = n == 1 ? mr_message_detail_get_message (self->detail) : NULL;
  MrQuestion *q;

  if (message == NULL) {
    g_autofree char *title = g_strdup_printf (ngettext ("Send %u Message Again?", "Send %u Messages Again?", n), n);

    q = mr_question_new (self, title, _ ("All recipients get it once more, whoever has it already as well."),
                         _ ("Send Again"), again_answer);
  } else {
    g_autofree char *addresses = dup_again_addresses (message);

    q = mr_question_new (self, _ ("Send Again"),
                         _ ("The whole message goes once more, as a new one, to these addresses."), _ ("Send Again"),
                         again_answer);
    GtkWidget *box = mr_question_add_box (q);

    mr_question_add_entry (box, q, _ ("Addresses"), _ ("name@example.com"));
    gtk_editable_set_text (q->entry, addresses);
    mr_question_follow_addresses (q, box);
  }
  mr_question_ask (q);
}

/* ---- back ---- */

static char *
return_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message was returned", "%u messages were returned", count), count);
}

static void
return_answer (MrQuestion *q)
{
  mr_client_return_async (mr_question_client (q), mr_question_ids (q), gtk_check_button_get_active (q->check),
                          q->page->cancellable, mr_messages_call_done_cb,
                          mr_messages_call_new (q->page, mr_client_return_finish, return_words, NULL));
}

/* There is no way back from returned, hence the question. */
static void
return_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  guint n = mr_messages_page_count_selected (self);
  g_autofree char *title = g_strdup_printf (
      ngettext ("Return %u Message to Its Sender?", "Return %u Messages to Their Senders?", n), n);
  MrQuestion *q = mr_question_new (self, title,
                                   _ ("What was not delivered is not tried any more. This cannot be undone."),
                                   _ ("Return"), return_answer);

  adw_message_dialog_set_response_appearance (q->dialog, "do", ADW_RESPONSE_DESTRUCTIVE);
  mr_question_add_check (mr_question_add_box (q), q, _ ("_Mail a report to the sender"));
  mr_question_ask (q);
}

void
mr_messages_page_install_again (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "messages.redirect", NULL, redirect_action);
  gtk_widget_class_install_action (widget_class, "messages.send-again", NULL, send_again_action);
  gtk_widget_class_install_action (widget_class, "messages.return", NULL, return_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "messages.redirect", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "messages.send-again", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_b, GDK_CONTROL_MASK, "messages.return", NULL);
}
