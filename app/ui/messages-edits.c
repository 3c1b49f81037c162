/* What a person changes of messages: recipients, account, time; once more, to others, back. Each is one question with the answer beside it; the ids
 * are those that were selected when the question was asked, and what came of it is said in a toast.
 */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/edit-calls.h"
#include "client/times.h"
#include "ndr/states.h"
#include "ui/format.h"
#include "ui/messages-page-private.h"
#include "ui/record-item.h"
#include "ui/toast.h"

#define SHOWN_MAX    50
#define LIST_HEIGHT  320
#define NARROW_WIDTH 280

/* ---- the question ---- */

typedef struct {
  MrMessagesPage *page; /* owned: the dialog may outlive the page's window */
  AdwMessageDialog *dialog;
  char **ids;
  GtkEditable *entry;       /* addresses, or a time */
  GtkDropDown *choice;      /* an account, or a preset */
  GtkCheckButton *check;    /* keep, or report */
  MrMessageRecord *message; /* recipients: as it was */
  GPtrArray *rows;          /* recipients: an entry for each */
} Question;

static void
question_free (gpointer data)
{
  Question *q = data;

  g_object_unref (q->page);
  g_strfreev (q->ids);
  mr_message_record_free (q->message);
  g_clear_pointer (&q->rows, g_ptr_array_unref);
  g_free (q);
}

static MrClient *
client_of (Question *q)
{
  return mr_desk_get_client (q->page->desk);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Question *q = g_object_get_data (G_OBJECT (dialog), "question");
  void (*answer) (Question *) = data;

  if (g_str_equal (response, "do") && q->page->desk != NULL)
    answer (q);
}

static Question *
question_new (MrMessagesPage *self, const char *title, const char *body, const char *label, void (*answer) (Question *))
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, title, body);
  Question *q = g_new0 (Question, 1);

  q->page = g_object_ref (self);
  q->dialog = ADW_MESSAGE_DIALOG (dialog);
  q->ids = mr_messages_page_dup_selected_ids (self);
  adw_message_dialog_add_responses (q->dialog, "cancel", _ ("Cancel"), "do", label, NULL);
  adw_message_dialog_set_response_appearance (q->dialog, "do", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (q->dialog, "do");
  adw_message_dialog_set_close_response (q->dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "question", q, question_free);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), (gpointer)answer);
  return q;
}

static GtkWidget *
question_box (Question *q)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_widget_set_size_request (box, NARROW_WIDTH, -1);
  adw_message_dialog_set_extra_child (q->dialog, box);
  return box;
}

static void
name_widget (gpointer widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static GtkWidget *
add_entry (GtkWidget *box, Question *q, const char *name, const char *placeholder)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  name_widget (entry, name);
  gtk_box_append (GTK_BOX (box), entry);
  q->entry = GTK_EDITABLE (entry);
  return entry;
}

static void
add_check (GtkWidget *box, Question *q, const char *label)
{
  GtkWidget *check = gtk_check_button_new_with_mnemonic (label);
  GtkWidget *child = gtk_widget_get_last_child (check);

  /* A long sentence has to wrap in a narrow window. */
  if (GTK_IS_LABEL (child)) {
    gtk_label_set_wrap (GTK_LABEL (child), TRUE);
    gtk_label_set_xalign (GTK_LABEL (child), 0);
  }
  gtk_box_append (GTK_BOX (box), check);
  q->check = GTK_CHECK_BUTTON (check);
}

static void
add_choice (GtkWidget *box, Question *q, GtkStringList *names, const char *name)
{
  GtkWidget *choice = gtk_drop_down_new (G_LIST_MODEL (names), NULL);

  name_widget (choice, name);
  gtk_box_append (GTK_BOX (box), choice);
  q->choice = GTK_DROP_DOWN (choice);
}

/* "a@x, b@y; c@z": what stands between commas, semicolons and spaces. (transfer full) strv */
static char **
split_addresses (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, ",; \t\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (builder, words[i]);
  return g_strv_builder_end (builder);
}

/* The button can be pressed once there is something to do. */
static void
follow_entry_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_auto (GStrv) words = split_addresses (gtk_editable_get_text (entry));

  adw_message_dialog_set_response_enabled (dialog, "do", words[0] != NULL);
}

static void
follow_entry (Question *q)
{
  g_signal_connect_object (q->entry, "changed", G_CALLBACK (follow_entry_cb), q->dialog, 0);
  follow_entry_cb (q->entry, q->dialog);
}

static void
ask (Question *q)
{
  gtk_window_present (GTK_WINDOW (q->dialog));
}

static const char *const *
ids_of (Question *q)
{
  return (const char *const *)q->ids;
}

/* ---- recipients ---- */

static char *
changed_words (guint count)
{
  return g_strdup (_ ("The recipients were changed"));
}

static gboolean
may_correct (const MrRecipientRecord *r)
{
  return r->state == MR_RECIPIENT_WAITING || r->state == MR_RECIPIENT_NEEDS_PERSON || r->state == MR_RECIPIENT_FAILED
         || r->state == MR_RECIPIENT_EXPIRED || r->state == MR_RECIPIENT_CANCELLED;
}

static void
recipients_answer (Question *q)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrRecipientEdit));
  g_auto (GStrv) added = split_addresses (gtk_editable_get_text (q->entry));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < q->rows->len; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (q->message->recipients, i);
    char *text = g_strstrip (g_strdup (gtk_editable_get_text (g_ptr_array_index (q->rows, i))));
    MrRecipientEdit edit = { *text != '\0' ? MR_EDIT_CORRECT : MR_EDIT_REMOVE, r->n, text };

    g_ptr_array_add (texts, text);
    if (may_correct (r) && !g_str_equal (text, r->address)
        && (*text != '\0' || !mr_recipient_state_is_final (r->state)))
      g_array_append_val (edits, edit);
  }
  for (guint i = 0; added[i] != NULL; i++) {
    MrRecipientEdit edit = { MR_EDIT_ADD, 0, added[i] };
    g_array_append_val (edits, edit);
  }
  if (edits->len == 0)
    return;
  mr_client_edit_recipients_async (
      client_of (q), q->ids[0], (const MrRecipientEdit *)(gpointer)edits->data, edits->len, q->page->cancellable,
      mr_messages_call_done_cb, mr_messages_call_new (q->page, mr_client_edit_recipients_finish, changed_words, NULL));
}

static GtkWidget *
recipient_row (const MrRecipientRecord *r, gint64 now)
{
  GtkWidget *row = adw_entry_row_new ();
  g_autofree char *state = mr_state_dup_line (r, now);
  g_autofree char *markup = g_markup_escape_text (state, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), markup);
  gtk_editable_set_text (GTK_EDITABLE (row), r->address);
  gtk_editable_set_editable (GTK_EDITABLE (row), may_correct (r));
  gtk_widget_set_sensitive (row, may_correct (r));
  return row;
}

static void
recipients_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  const MrMessageRecord *message = mr_message_detail_get_message (self->detail);
  gint64 now = mr_desk_now (self->desk);
  Question *q;

  if (message == NULL)
    return;
  q = question_new (self, _ ("Recipients"),
                    _ ("A corrected or added address gets the message at once, unless it is kept back. Empty a line to "
                       "stop sending to it. Whoever has the message keeps it."),
                    _ ("Change"), recipients_answer);
  GtkWidget *box = question_box (q);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  q->message = mr_message_record_copy (message);
  q->rows = g_ptr_array_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  name_widget (list, _ ("Recipients"));
  for (guint i = 0; i < message->recipients->len && i < SHOWN_MAX; i++) {
    GtkWidget *row = recipient_row (g_ptr_array_index (message->recipients, i), now);

    gtk_list_box_append (GTK_LIST_BOX (list), row);
    g_ptr_array_add (q->rows, row);
  }
  GtkWidget *add = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (add), _ ("Add recipients"));
  gtk_list_box_append (GTK_LIST_BOX (list), add);
  q->entry = GTK_EDITABLE (add);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), LIST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_box_append (GTK_BOX (box), scroller);
  ask (q);
}

/* ---- account ---- */

static char *
account_words (guint count)
{
  return g_strdup_printf (
      ngettext ("%u message goes through another account", "%u messages go through another account", count), count);
}

static void
account_answer (Question *q)
{
  GListModel *accounts = mr_desk_get_accounts (q->page->desk);
  guint selected = gtk_drop_down_get_selected (q->choice);
  g_autoptr (MrRecordItem) item = selected > 0 ? g_list_model_get_item (accounts, selected - 1) : NULL;
  const MrAccountRecord *account = item != NULL ? mr_record_item_get (item) : NULL;

  mr_client_change_account_async (client_of (q), ids_of (q), account != NULL ? account->id : NULL, q->page->cancellable,
                                  mr_messages_call_done_cb,
                                  mr_messages_call_new (q->page, mr_client_change_account_finish, account_words, NULL));
}

static void
change_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  GtkStringList *names = gtk_string_list_new ((const char *const[]){ _ ("The account of the sender's address"), NULL });
  Question *q = question_new (self, _ ("Send Through Another Account"),
                              _ ("What waits goes at once; the sender's address stays as it is."),
                              _ ("Send Through It"), account_answer);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);

    gtk_string_list_append (names, mr_format_account_name (mr_record_item_get (item)));
  }
  add_choice (question_box (q), q, names, _ ("Sending account"));
  gtk_drop_down_set_selected (q->choice, g_list_model_get_n_items (accounts) > 0 ? 1 : 0);
  ask (q);
}

/* ---- later ---- */

enum { LATER_HOUR, LATER_TOMORROW, LATER_MONDAY, LATER_OTHER, LATER_NOW };

static char *
schedule_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message waits for its time", "%u messages wait for their time", count), count);
}

/* 0: without a time. */
static gboolean
chosen_time (Question *q, gint64 *ret, GError **error)
{
  gint64 now = mr_desk_now (q->page->desk);

  switch (gtk_drop_down_get_selected (q->choice)) {
  case LATER_HOUR:
    *ret = now + G_TIME_SPAN_HOUR;
    return TRUE;
  case LATER_TOMORROW:
    *ret = mr_time_morning (now, 1);
    return TRUE;
  case LATER_MONDAY:
    *ret = mr_time_monday (now);
    return TRUE;
  case LATER_NOW:
    *ret = 0;
    return TRUE;
  default:
    return mr_time_parse (gtk_editable_get_text (q->entry), now, ret, error);
  }
}

static void
schedule_answer (Question *q)
{
  g_autoptr (GError) error = NULL;
  gint64 when = 0;

  if (chosen_time (q, &when, &error))
    mr_client_schedule_async (client_of (q), ids_of (q), when, q->page->cancellable, mr_messages_call_done_cb,
                              mr_messages_call_new (q->page, mr_client_schedule_finish, schedule_words, NULL));
  else
    mr_toast_show_error (GTK_WIDGET (q->page), _ ("That did not work"), error);
}

static void
later_chosen_cb (Question *q)
{
  gtk_widget_set_visible (GTK_WIDGET (q->entry), gtk_drop_down_get_selected (q->choice) == LATER_OTHER);
}

static void
schedule_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  GtkStringList *names = gtk_string_list_new ((const char *const[]){ _ ("In an hour"), _ ("Tomorrow, 8:00"),
                                                                     _ ("Monday, 8:00"), _ ("Another time"),
                                                                     _ ("No longer later: send it now"), NULL });
  Question *q = question_new (self, _ ("Send Later"),
                              _ ("It is not sent before this time. “Try Now” sends it all the same."), _ ("Send Later"),
                              schedule_answer);
  GtkWidget *box = question_box (q);

  add_choice (box, q, names, _ ("When"));
  gtk_drop_down_set_selected (q->choice, LATER_TOMORROW);
  /* Translators: keep the form of the date and time: it is read by the program */
  add_entry (box, q, _ ("Date and time"), _ ("2026-12-24 08:00"));
  g_signal_connect_swapped (q->choice, "notify::selected", G_CALLBACK (later_chosen_cb), q);
  later_chosen_cb (q);
  ask (q);
}

/* ---- to others ---- */

static char *
redirect_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message goes to other recipients", "%u messages go to other recipients", count),
                          count);
}

static void
redirect_answer (Question *q)
{
  g_auto (GStrv) to = split_addresses (gtk_editable_get_text (q->entry));

  mr_client_redirect_async (client_of (q), ids_of (q), (const char *const *)to, gtk_check_button_get_active (q->check),
                            q->page->cancellable, mr_messages_call_done_cb,
                            mr_messages_call_new (q->page, mr_client_redirect_finish, redirect_words, NULL));
}

static void
redirect_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  Question *q = question_new (self, _ ("Send to Other Recipients"),
                              _ ("They get it instead of those it still waits for. Several addresses: with commas."),
                              _ ("Send to Them"), redirect_answer);
  GtkWidget *box = question_box (q);

  add_entry (box, q, _ ("Addresses"), _ ("name@example.com"));
  add_check (box, q, _ ("Send a _copy: the message itself stays as it is"));
  gtk_check_button_set_active (q->check, self->held);
  follow_entry (q);
  ask (q);
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
again_answer (Question *q)
{
  g_auto (GStrv) to = q->entry != NULL ? split_addresses (gtk_editable_get_text (q->entry)) : NULL;

  mr_client_send_again_async (client_of (q), ids_of (q), (const char *const *)to, q->page->cancellable, again_done_cb,
                              q->page);
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
  Question *q;

  if (message == NULL) {
    g_autofree char *title = g_strdup_printf (ngettext ("Send %u Message Again?", "Send %u Messages Again?", n), n);

    q = question_new (self, title, _ ("All recipients get it once more, whoever has it already as well."),
                      _ ("Send Again"), again_answer);
  } else {
    g_autofree char *addresses = dup_again_addresses (message);

    q = question_new (self, _ ("Send Again"), _ ("The whole message goes once more, as a new one, to these addresses."),
                      _ ("Send Again"), again_answer);
    add_entry (question_box (q), q, _ ("Addresses"), _ ("name@example.com"));
    gtk_editable_set_text (q->entry, addresses);
    follow_entry (q);
  }
  ask (q);
}

/* ---- back ---- */

static char *
return_words (guint count)
{
  return g_strdup_printf (ngettext ("%u message was returned", "%u messages were returned", count), count);
}

static void
return_answer (Question *q)
{
  mr_client_return_async (client_of (q), ids_of (q), gtk_check_button_get_active (q->check), q->page->cancellable,
                          mr_messages_call_done_cb,
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
  Question *q = question_new (self, title, _ ("What was not delivered is not tried any more. This cannot be undone."),
                              _ ("Return"), return_answer);

  adw_message_dialog_set_response_appearance (q->dialog, "do", ADW_RESPONSE_DESTRUCTIVE);
  add_check (question_box (q), q, _ ("_Mail a report to the sender"));
  ask (q);
}

/* ---- what can be done now ---- */

static gboolean
any_in (const MrMessageRecord *message, gboolean (*fits) (const MrRecipientRecord *r))
{
  for (guint i = 0; i < message->recipients->len; i++)
    if (fits (g_ptr_array_index (message->recipients, i)))
      return TRUE;
  return FALSE;
}

static gboolean
may_return (const MrRecipientRecord *r)
{
  return mr_recipient_state_may_become (r->state, MR_RECIPIENT_RETURNED);
}

void
mr_messages_page_update_edits (MrMessagesPage *self, gboolean active, gboolean finished)
{
  GtkWidget *widget = GTK_WIDGET (self);
  guint n = mr_messages_page_count_selected (self);
  const MrMessageRecord *message = n == 1 ? mr_message_detail_get_message (self->detail) : NULL;
  gboolean damaged = message != NULL && message->hold == MR_HOLD_DAMAGED;
  gboolean has_body = message == NULL || (message->has_body && !damaged);
  gboolean held = message != NULL && message->hold != MR_HOLD_NONE;

  gtk_widget_action_set_enabled (widget, "messages.recipients", message != NULL && has_body);
  gtk_widget_action_set_enabled (widget, "messages.change-account", active && !damaged);
  gtk_widget_action_set_enabled (widget, "messages.schedule", active && !held);
  gtk_widget_action_set_enabled (widget, "messages.redirect", n > 0 && has_body);
  gtk_widget_action_set_enabled (widget, "messages.send-again", finished && has_body);
  gtk_widget_action_set_enabled (widget, "messages.return",
                                 n > 0 && (message != NULL ? any_in (message, may_return) : active));
}

void
mr_messages_page_install_edits (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "messages.recipients", NULL, recipients_action);
  gtk_widget_class_install_action (widget_class, "messages.change-account", NULL, change_account_action);
  gtk_widget_class_install_action (widget_class, "messages.schedule", NULL, schedule_action);
  gtk_widget_class_install_action (widget_class, "messages.redirect", NULL, redirect_action);
  gtk_widget_class_install_action (widget_class, "messages.send-again", NULL, send_again_action);
  gtk_widget_class_install_action (widget_class, "messages.return", NULL, return_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "messages.recipients", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, GDK_CONTROL_MASK, "messages.schedule", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "messages.redirect", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_u, GDK_CONTROL_MASK, "messages.change-account", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "messages.send-again", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_b, GDK_CONTROL_MASK, "messages.return", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "messages.undo", NULL);
}
