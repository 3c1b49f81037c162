/* A file is read to its end or to the limit, whichever comes first, off the main loop; nothing of it is kept or sent anywhere. */
#include "config.h"

#include "ui/explain-window.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/text.h"
#include "client/read-file.h"
#include "ndr/returned.h"
#include "ui/explain-card.h"
#include "ui/sent-card.h"

/* What a server answers is a few lines; a longer text without a header is not one. */
#define REPLY_MAX   (8 * 1024)
#define SUBJECT_MAX 300

static const char too_big[] = N_ ("This is more than 25 MiB. Returned mail is smaller: choose that message alone.");

struct _MrExplainWindow {
  AdwWindow parent_instance;
  GtkWidget *area, *another, *open, *explain;
  GtkStack *stack;
  GtkTextView *text;
  GtkLabel *problem, *headline, *about;
  GtkListBox *cards;
  MrSentCard *sent;

  MrDesk *desk;
  GCancellable *cancellable; /* of the file that is read */
};

G_DEFINE_FINAL_TYPE (MrExplainWindow, mr_explain_window, ADW_TYPE_WINDOW)

/* ---- faces ---- */

static void
show_problem (MrExplainWindow *self, const char *text)
{
  gtk_label_set_text (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
  gtk_widget_set_visible (self->another, FALSE);
  mr_sent_card_look_up (self->sent, NULL);
  gtk_stack_set_visible_child_name (self->stack, "ask");
}

static void
another_clicked_cb (MrExplainWindow *self)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", 0);
  show_problem (self, NULL);
  gtk_widget_grab_focus (self->open);
}

static void
show_answer (MrExplainWindow *self, const char *headline, const char *about, GPtrArray *recipients,
             const char *message_id)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->cards, 0)) != NULL)
    gtk_list_box_remove (self->cards, GTK_WIDGET (row));
  for (guint i = 0; i < recipients->len; i++)
    gtk_list_box_append (self->cards,
                         mr_explain_card_new (recipients->pdata[i], mr_desk_get_diagnosis (self->desk), message_id));
  gtk_widget_set_visible (GTK_WIDGET (self->cards), recipients->len > 0);
  gtk_label_set_text (self->headline, headline);
  gtk_label_set_text (self->about, about != NULL ? about : "");
  gtk_widget_set_visible (GTK_WIDGET (self->about), about != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->about), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  about != NULL ? about : headline, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  gtk_widget_set_visible (self->another, TRUE);
  /* Before the page changes: the focus of a page that goes would go to the first text that can be selected, and select it. */
  gtk_widget_grab_focus (self->another);
  gtk_stack_set_visible_child_name (self->stack, "answer");
}

static void
show_report (MrExplainWindow *self, const MrReturned *report)
{
  g_autofree char *subject = NULL, *about = NULL;

  if (report->subject != NULL && *report->subject != '\0') {
    subject = mr_text_sanitize (report->subject, SUBJECT_MAX);
    about = g_strdup_printf (_ ("Your message: %s"), g_strdelimit (subject, "\n", ' '));
  }
  show_answer (self, mr_returned_outcome_sentence (report->outcome), about, report->recipients, report->message_id);
  mr_sent_card_look_up (self->sent, report);
}

/* ---- reading ---- */

/* A header field or an mbox line first: a message, not what a server said. */
static gboolean
starts_with_header (const char *text)
{
  const char *p = text + strspn (text, " \t\r\n");
  gsize len = strcspn (p, ": \t\r\n");

  return g_str_has_prefix (p, "From ") || (len > 0 && p[len] == ':' && !g_ascii_isdigit (*p));
}

static void
show_reply (MrExplainWindow *self, const char *text)
{
  g_autoptr (GPtrArray) recipients = g_ptr_array_new ();
  MrReturnedRecipient recipient = { .recipient = (char *)"", .text = (char *)text };
  MrDiagnosisInput input = { .error = -1, .text = text, .stage = MR_STAGE_NONE };

  input.speaker = recipient.speaker = mr_speaker_guess (input.stage, text);
  input.direct = input.speaker == MR_SPEAKER_RECIPIENT_SERVER;
  mr_diagnosis_run (mr_desk_get_diagnosis (self->desk), &input, &recipient.diagnosis);
  g_ptr_array_add (recipients, &recipient);
  show_answer (self, _ ("This is what the server's answer means."), NULL, recipients, NULL);
  mr_sent_card_look_up (self->sent, NULL);
  mr_diagnosis_result_clear (&recipient.diagnosis);
}

/* What is copied out of a mail program lacks the header that tells what it is. */
static MrReturned *
read_without_header (MrDiagnosis *diagnosis, const char *text)
{
  g_autofree char *whole = g_strconcat ("From: MAILER-DAEMON\nSubject: Undelivered Mail Returned to Sender\n\n", text,
                                        NULL);

  return mr_returned_read (diagnosis, whole, strlen (whole));
}

static void
explain_text (MrExplainWindow *self, const char *text)
{
  MrDiagnosis *diagnosis = mr_desk_get_diagnosis (self->desk);
  gboolean header = starts_with_header (text);
  const char *start = text + strspn (text, " \t\r\n");

  if (*start == '\0')
    return show_problem (self, _ ("There is no text to explain"));
  if (strlen (start) > MR_EXPLAIN_FILE_MAX)
    return show_problem (self, _ (too_big));
  g_autoptr (MrReturned) report = header ? mr_returned_read (diagnosis, start, strlen (start))
                                         : read_without_header (diagnosis, start);
  gboolean named = report->recipients->len > 0
                   && *((const MrReturnedRecipient *)report->recipients->pdata[0])->recipient != '\0';
  if (!header && !named && strlen (start) <= REPLY_MAX)
    show_reply (self, start);
  else
    show_report (self, report);
}

static void
explain_clicked_cb (MrExplainWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  explain_text (self, text);
}

static void
text_changed_cb (MrExplainWindow *self)
{
  gtk_widget_set_sensitive (self->explain, gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->text)) > 0);
}

/* ---- files ---- */

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize len = 0;
  g_autofree char *contents = mr_read_file_finish (G_FILE (source), result, &len, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  MrExplainWindow *self = data;
  if (g_error_matches (error, MR_ERROR, MR_ERROR_TOO_BIG))
    return show_problem (self, _ (too_big));
  if (contents == NULL) {
    g_autofree char *text = g_strdup_printf (_ ("Could not read the file: %s"), error->message);
    return show_problem (self, text);
  }
  if (len == 0)
    return show_problem (self, _ ("There is nothing in this file"));
  g_autoptr (MrReturned) report = mr_returned_read (mr_desk_get_diagnosis (self->desk), contents, len);
  show_report (self, report);
}

void
mr_explain_window_open (MrExplainWindow *self, GFile *file)
{
  g_return_if_fail (MR_IS_EXPLAIN_WINDOW (self));
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  mr_read_file_async (file, MR_EXPLAIN_FILE_MAX, self->cancellable, loaded_cb, self);
}

static void
file_chosen_cb (GtkNativeDialog *dialog, int response, MrExplainWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    if (file != NULL)
      mr_explain_window_open (self, file);
  }
  g_object_unref (dialog);
}

static void
open_clicked_cb (MrExplainWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Explain Returned Mail"), GTK_WINDOW (self),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (file_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gboolean
drop_cb (MrExplainWindow *self, const GValue *value)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST)) {
    g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));
    if (files == NULL)
      return FALSE;
    mr_explain_window_open (self, files->data);
  } else if (G_VALUE_HOLDS (value, G_TYPE_FILE)) {
    mr_explain_window_open (self, g_value_get_object (value));
  } else if (G_VALUE_HOLDS_STRING (value)) {
    explain_text (self, g_value_get_string (value));
  } else {
    return FALSE;
  }
  return TRUE;
}

/* Before the text view, which would take the name of a dropped file for its text. */
static void
take_drops (MrExplainWindow *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_FILE, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->area, GTK_EVENT_CONTROLLER (target));
}

/* ---- class ---- */

static void
mr_explain_window_dispose (GObject *object)
{
  MrExplainWindow *self = MR_EXPLAIN_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->desk);
  G_OBJECT_CLASS (mr_explain_window_parent_class)->dispose (object);
}

static void
mr_explain_window_finalize (GObject *object)
{
  g_clear_object (&MR_EXPLAIN_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (mr_explain_window_parent_class)->finalize (object);
}

static void
mr_explain_window_init (MrExplainWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (text_changed_cb), self,
                           G_CONNECT_SWAPPED);
  take_drops (self);
}

static void
mr_explain_window_class_init (MrExplainWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MR_TYPE_SENT_CARD);
  object_class->dispose = mr_explain_window_dispose;
  object_class->finalize = mr_explain_window_finalize;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/example/MailRelay/ui/explain-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, area);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, another);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, open);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, explain);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, text);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, headline);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, about);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, cards);
  gtk_widget_class_bind_template_child (widget_class, MrExplainWindow, sent);
  gtk_widget_class_bind_template_callback (widget_class, another_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, explain_clicked_cb);
}

GtkWidget *
mr_explain_window_new (MrDesk *desk, GtkWindow *parent)
{
  MrExplainWindow *self = g_object_new (MR_TYPE_EXPLAIN_WINDOW, "transient-for", parent, NULL);

  self->desk = g_object_ref (desk);
  mr_sent_card_set_desk (self->sent, desk);
  return GTK_WIDGET (self);
}
