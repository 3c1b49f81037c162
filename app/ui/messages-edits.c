/* What a person changes of messages that wait: recipients, account, time. What came of it is said in a toast. To others, once more and back are in
 * messages-again.c.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "client/edit-calls.h"
#include "client/times.h"
#include "ndr/states.h"
#include "ui/answer-check.h"
#include "ui/format.h"
#include "ui/messages-question.h"
#include "ui/record-item.h"
#include "ui/toast.h"

#define SHOWN_MAX   50
#define LIST_HEIGHT 320

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
recipients_answer (MrQuestion *q)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (MrRecipientEdit));
  g_auto (GStrv) added = mr_question_split_addresses (gtk_editable_get_text (q->entry));
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
      mr_question_client (q), q->ids[0], (const MrRecipientEdit *)(gpointer)edits->data, edits->len,
      q->page->cancellable, mr_messages_call_done_cb,
      mr_messages_call_new (q->page, mr_client_edit_recipients_finish, changed_words, NULL));
}

/* Every line that is filled and can be changed, then those that are added. */
static gboolean
check_recipients (gpointer data, char **ret_mistake)
{
  MrQuestion *q = data;
  g_auto (GStrv) added = mr_question_split_addresses (gtk_editable_get_text (q->entry));

  for (guint i = 0; i < q->rows->len && *ret_mistake == NULL; i++) {
    const MrRecipientRecord *r = g_ptr_array_index (q->message->recipients, i);
    g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (g_ptr_array_index (q->rows, i))));
    char *words[] = { text, NULL };

    if (may_correct (r) && *text != '\0' && !g_str_equal (text, r->address))
      *ret_mistake = mr_answer_dup_wrong_address (words);
  }
  if (*ret_mistake == NULL)
    *ret_mistake = mr_answer_dup_wrong_address (added);
  return *ret_mistake == NULL;
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
  MrQuestion *q;

  if (message == NULL)
    return;
  q = mr_question_new (
      self, _ ("Recipients"),
      _ ("A corrected or added address gets the message at once, unless it is kept back. Empty a line to "
         "stop sending to it. Whoever has the message keeps it."),
      _ ("Change"), recipients_answer);
  GtkWidget *box = mr_question_add_box (q);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  q->message = mr_message_record_copy (message);
  q->rows = g_ptr_array_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  mr_question_name (list, _ ("Recipients"));
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
  mr_answer_check_add (q->dialog, GTK_BOX (box), "do", check_recipients, q);
  for (guint i = 0; i < q->rows->len; i++)
    mr_answer_check_follow (q->dialog, g_ptr_array_index (q->rows, i));
  mr_answer_check_follow (q->dialog, q->entry);
  mr_question_ask (q);
}

/* ---- account ---- */

static char *
account_words (guint count)
{
  return g_strdup_printf (
      ngettext ("%u message goes through another account", "%u messages go through another account", count), count);
}

static void
account_answer (MrQuestion *q)
{
  GListModel *accounts = mr_desk_get_accounts (q->page->desk);
  guint selected = gtk_drop_down_get_selected (q->choice);
  g_autoptr (MrRecordItem) item = selected > 0 ? g_list_model_get_item (accounts, selected - 1) : NULL;
  const MrAccountRecord *account = item != NULL ? mr_record_item_get (item) : NULL;

  mr_client_change_account_async (mr_question_client (q), mr_question_ids (q), account != NULL ? account->id : NULL,
                                  q->page->cancellable, mr_messages_call_done_cb,
                                  mr_messages_call_new (q->page, mr_client_change_account_finish, account_words, NULL));
}

static void
change_account_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  GListModel *accounts = mr_desk_get_accounts (self->desk);
  GtkStringList *names = gtk_string_list_new ((const char *const[]){ _ ("The account of the sender's address"), NULL });
  MrQuestion *q = mr_question_new (self, _ ("Send Through Another Account"),
                                   _ ("What waits goes at once; the sender's address stays as it is."),
                                   _ ("Send Through It"), account_answer);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MrRecordItem) item = g_list_model_get_item (accounts, i);

    gtk_string_list_append (names, mr_format_account_name (mr_record_item_get (item)));
  }
  mr_question_add_choice (mr_question_add_box (q), q, names, _ ("Sending account"));
  gtk_drop_down_set_selected (q->choice, g_list_model_get_n_items (accounts) > 0 ? 1 : 0);
  mr_question_ask (q);
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
chosen_time (MrQuestion *q, gint64 *ret, GError **error)
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

/* An empty line is no mistake yet. */
static gboolean
check_time (gpointer data, char **ret_mistake)
{
  MrQuestion *q = data;
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (q->entry)));
  g_autoptr (GError) error = NULL;
  gint64 when;

  if (chosen_time (q, &when, &error))
    return TRUE;
  if (*text != '\0')
    *ret_mistake = g_utf8_make_valid (error->message, -1); /* a long text is cut at a byte */
  return FALSE;
}

static void
schedule_answer (MrQuestion *q)
{
  g_autoptr (GError) error = NULL;
  gint64 when = 0;

  if (chosen_time (q, &when, &error))
    mr_client_schedule_async (mr_question_client (q), mr_question_ids (q), when, q->page->cancellable,
                              mr_messages_call_done_cb,
                              mr_messages_call_new (q->page, mr_client_schedule_finish, schedule_words, NULL));
  else
    mr_toast_show_error (GTK_WIDGET (q->page), _ ("That did not work"), error);
}

static void
later_chosen_cb (MrQuestion *q)
{
  gtk_widget_set_visible (GTK_WIDGET (q->entry), gtk_drop_down_get_selected (q->choice) == LATER_OTHER);
  mr_answer_check_look (q->dialog);
}

static void
schedule_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MrMessagesPage *self = MR_MESSAGES_PAGE (widget);
  GtkStringList *names = gtk_string_list_new ((const char *const[]){ _ ("In an hour"), _ ("Tomorrow, 8:00"),
                                                                     _ ("Monday, 8:00"), _ ("Another time"),
                                                                     _ ("No longer later: send it now"), NULL });
  MrQuestion *q = mr_question_new (self, _ ("Send Later"),
                                   _ ("It is not sent before this time. “Try Now” sends it all the same."),
                                   _ ("Send Later"), schedule_answer);
  GtkWidget *box = mr_question_add_box (q);

  mr_question_add_choice (box, q, names, _ ("When"));
  gtk_drop_down_set_selected (q->choice, LATER_TOMORROW);
  /* Translators: keep the form of the date and time: it is read by the program */
  mr_question_add_entry (box, q, _ ("Date and time"), _ ("2026-12-24 08:00"));
  mr_answer_check_add (q->dialog, GTK_BOX (box), "do", check_time, q);
  mr_answer_check_follow (q->dialog, q->entry);
  g_signal_connect_swapped (q->choice, "notify::selected", G_CALLBACK (later_chosen_cb), q);
  later_chosen_cb (q);
  mr_question_ask (q);
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
  mr_messages_page_install_again (widget_class);
  gtk_widget_class_install_action (widget_class, "messages.recipients", NULL, recipients_action);
  gtk_widget_class_install_action (widget_class, "messages.change-account", NULL, change_account_action);
  gtk_widget_class_install_action (widget_class, "messages.schedule", NULL, schedule_action);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "messages.recipients", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, GDK_CONTROL_MASK, "messages.schedule", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_u, GDK_CONTROL_MASK, "messages.change-account", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "messages.undo", NULL);
}
