/* Each is a dialog that owns its question: both go when it is answered. */
#include "config.h"

#include "ui/messages-question.h"

#include <glib/gi18n-lib.h>

#include "ui/answer-check.h"

#define NARROW_WIDTH 280

static void
question_free (gpointer data)
{
  MrQuestion *q = data;

  g_object_unref (q->page);
  g_strfreev (q->ids);
  mr_message_record_free (q->message);
  g_clear_pointer (&q->rows, g_ptr_array_unref);
  g_free (q);
}

MrClient *
mr_question_client (MrQuestion *q)
{
  return mr_desk_get_client (q->page->desk);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  MrQuestion *q = g_object_get_data (G_OBJECT (dialog), "question");
  void (*answer) (MrQuestion *) = data;

  if (g_str_equal (response, "do") && q->page->desk != NULL)
    answer (q);
}

MrQuestion *
mr_question_new (MrMessagesPage *self, const char *title, const char *body, const char *label,
                 void (*answer) (MrQuestion *))
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, title, body);
  MrQuestion *q = g_new0 (MrQuestion, 1);

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

GtkWidget *
mr_question_add_box (MrQuestion *q)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_widget_set_size_request (box, NARROW_WIDTH, -1);
  adw_message_dialog_set_extra_child (q->dialog, box);
  return box;
}

void
mr_question_name (gpointer widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

GtkWidget *
mr_question_add_entry (GtkWidget *box, MrQuestion *q, const char *name, const char *placeholder)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  mr_question_name (entry, name);
  gtk_box_append (GTK_BOX (box), entry);
  q->entry = GTK_EDITABLE (entry);
  return entry;
}

void
mr_question_add_check (GtkWidget *box, MrQuestion *q, const char *label)
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

void
mr_question_add_choice (GtkWidget *box, MrQuestion *q, GtkStringList *names, const char *name)
{
  GtkWidget *choice = gtk_drop_down_new (G_LIST_MODEL (names), NULL);

  mr_question_name (choice, name);
  gtk_box_append (GTK_BOX (box), choice);
  q->choice = GTK_DROP_DOWN (choice);
}

/* "a@x, b@y; c@z": what stands between commas, semicolons and spaces. (transfer full) strv */
char **
mr_question_split_addresses (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, ",; \t\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (builder, words[i]);
  return g_strv_builder_end (builder);
}

static gboolean
check_addresses (gpointer data, char **ret_mistake)
{
  MrQuestion *q = data;
  g_auto (GStrv) words = mr_question_split_addresses (gtk_editable_get_text (q->entry));

  *ret_mistake = mr_answer_dup_wrong_address (words);
  return words[0] != NULL && *ret_mistake == NULL;
}

void
mr_question_follow_addresses (MrQuestion *q, GtkWidget *box)
{
  mr_answer_check_add (q->dialog, GTK_BOX (box), "do", check_addresses, q);
  mr_answer_check_follow (q->dialog, q->entry);
}

void
mr_question_ask (MrQuestion *q)
{
  gtk_window_present (GTK_WINDOW (q->dialog));
}

const char *const *
mr_question_ids (MrQuestion *q)
{
  return (const char *const *)q->ids;
}
